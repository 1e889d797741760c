//! The raw form of bulk data: bytes, text and slices of numbers are sent as the memory that they
//! are.
//!
//! Through serde, each number of a `Vec<f32>` is a call and gets a tag. As memory, the whole is one
//! copy. A value has a raw form only if it is an argument or result of its own, because there the
//! type is known.
//!
//! The layout is the number of elements as a `u64`, then the elements in this machine's byte order.
//! Numbers begin at a multiple of `ALIGNMENT` in the message, with zeros in front as needed, so
//! that they can be used where they are.

use std::any::{Any, TypeId};
use std::borrow::Cow;

use bytemuck::Pod;

use super::errors::{FormatError, Reason};
use super::read::Reader;
use super::write::Writer;
use crate::sys::huge_pages;

/// Where numbers of any type may begin. Bytes begin there too, as in the memory of a `Vec`, because
/// user code may count on it.
const ALIGNMENT: usize = 16;

/// Calls the macro `$then` with every type of number whose slices have a raw form.
macro_rules! with_numbers {
    ($then:ident) => {
        $then! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
    };
}
pub(super) use with_numbers;

/// Returns whether values of type `T` have a raw form.
///
/// This depends on the type alone, so the compiler replaces the call by the answer.
#[inline]
pub(super) fn has_raw_form<T: 'static>() -> bool {
    // All of them are two or three words. For other sizes the rest is not even compiled.
    if const { !(size_of::<T>() == size_of::<Vec<u8>>() || size_of::<T>() == size_of::<Box<[u8]>>()) }
    {
        return false;
    }
    macro_rules! is_any {
        ($($number:ident)*) => {
            TypeId::of::<T>() == TypeId::of::<String>()
                || TypeId::of::<T>() == TypeId::of::<Box<str>>()
                $(|| TypeId::of::<T>() == TypeId::of::<Vec<$number>>()
                || TypeId::of::<T>() == TypeId::of::<Box<[$number]>>())*
        };
    }
    with_numbers! { is_any }
}

/// Writes a value whose type [`has_raw_form`]. The message begins at `message_at` in the writer's
/// buffer.
pub(super) fn encode(
    value: &dyn Any,
    message_at: usize,
    writer: &mut Writer,
) -> Result<(), FormatError> {
    if let Some(text) = value.downcast_ref::<String>() {
        return write_text(text, writer);
    }
    if let Some(text) = value.downcast_ref::<Box<str>>() {
        return write_text(text, writer);
    }
    // Where the count ends.
    let position = writer.position() + size_of::<u64>() - message_at;
    let padding = padding(position);
    macro_rules! try_each {
        ($($number:ident)*) => {$(
            if let Some(numbers) = value.downcast_ref::<Vec<$number>>() {
                return write(numbers.as_slice(), padding, writer);
            }
            if let Some(numbers) = value.downcast_ref::<Box<[$number]>>() {
                return write(numbers.as_ref(), padding, writer);
            }
        )*};
    }
    with_numbers! { try_each }
    Err(Reason::NotRaw.into())
}

/// Reads a value whose type [`has_raw_form`]. `slot` is the `Option` of that type to be filled.
///
/// Each byte of the message is read once, and what has to be checked is checked in the copy. So the
/// message may be in memory that another process could write to in the meantime.
pub(super) fn decode(slot: &mut dyn Any, reader: &mut Reader<'_>) -> Result<(), FormatError> {
    if let Some(slot) = slot.downcast_mut::<Option<String>>() {
        *slot = Some(copy_text(reader)?);
        return Ok(());
    }
    if let Some(slot) = slot.downcast_mut::<Option<Box<str>>>() {
        *slot = Some(copy_text(reader)?.into_boxed_str());
        return Ok(());
    }
    macro_rules! try_each {
        ($($number:ident)*) => {$(
            if let Some(slot) = slot.downcast_mut::<Option<Vec<$number>>>() {
                *slot = Some(read(reader)?);
                return Ok(());
            }
            if let Some(slot) = slot.downcast_mut::<Option<Box<[$number]>>>() {
                *slot = Some(read(reader)?.into_boxed_slice());
                return Ok(());
            }
        )*};
    }
    with_numbers! { try_each }
    Err(Reason::NotRaw.into())
}

/// Returns how many bytes there are from this position in the message to the next one where numbers
/// may begin.
fn padding(position: usize) -> usize {
    position.next_multiple_of(ALIGNMENT) - position
}

fn write_text(text: &str, writer: &mut Writer) -> Result<(), FormatError> {
    write(text.as_bytes(), 0, writer)
}

fn write<N: Pod>(numbers: &[N], padding: usize, writer: &mut Writer) -> Result<(), FormatError> {
    let bytes: &[u8] = bytemuck::cast_slice(numbers);
    let count = (numbers.len() as u64).to_ne_bytes();
    writer.reserve(count.len() + padding + bytes.len())?;
    writer.put(&count)?;
    writer.put(&[0; ALIGNMENT][..padding])?;
    writer.put(bytes)
}

fn read<N: Pod>(reader: &mut Reader<'_>) -> Result<Vec<N>, FormatError> {
    copy(read_numbers::<N>(reader)?)
}

/// Returns a copy of these numbers, which may begin at any address.
fn copy<N: Pod>(bytes: &[u8]) -> Result<Vec<N>, FormatError> {
    let Ok(numbers) = bytemuck::try_cast_slice(bytes) else {
        return Ok(bytemuck::pod_collect_to_vec(bytes));
    };
    let mut copy = huge_pages::new_vec(numbers.len()).map_err(Reason::NoMemory)?;
    copy.extend_from_slice(numbers);
    Ok(copy)
}

fn copy_text(reader: &mut Reader<'_>) -> Result<String, FormatError> {
    let count = read_count(reader)?;
    let bytes = copy(read_elements(reader, count, 1)?)?;
    String::from_utf8(bytes).map_err(|error| Reason::NotText(error.utf8_error()).into())
}

/// Reads numbers: where they are, or a copy if numbers of this type cannot begin there.
pub(super) fn lend<'de, N: Pod>(reader: &mut Reader<'de>) -> Result<Cow<'de, [N]>, FormatError> {
    let bytes = read_numbers::<N>(reader)?;
    Ok(match bytemuck::try_cast_slice(bytes) {
        Ok(numbers) => Cow::Borrowed(numbers),
        Err(_) => Cow::Owned(bytemuck::pod_collect_to_vec(bytes)),
    })
}

/// Reads the bytes of the numbers.
fn read_numbers<'de, N: Pod>(reader: &mut Reader<'de>) -> Result<&'de [u8], FormatError> {
    let count = read_count(reader)?;
    reader.take(padding(reader.position()))?;
    read_elements(reader, count, size_of::<N>())
}

pub(super) fn read_text<'de>(reader: &mut Reader<'de>) -> Result<&'de str, FormatError> {
    let count = read_count(reader)?;
    let bytes = read_elements(reader, count, 1)?;
    std::str::from_utf8(bytes).map_err(|error| Reason::NotText(error).into())
}

fn read_count(reader: &mut Reader<'_>) -> Result<u64, FormatError> {
    reader.take_array().map(u64::from_ne_bytes)
}

/// Reads the bytes of so many elements, of `size` bytes each. No memory is reserved for a length
/// that is not there.
fn read_elements<'de>(
    reader: &mut Reader<'de>,
    count: u64,
    size: usize,
) -> Result<&'de [u8], FormatError> {
    match usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(size))
    {
        Some(length) => reader.take(length),
        None => Err(Reason::HugeCount(count).into()),
    }
}
