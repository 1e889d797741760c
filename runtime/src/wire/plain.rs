//! The short way for bulk data: bytes, text and slices of numbers go as the memory they are.
//!
//! Through serde, each number of a `Vec<f32>` is a call and gets a tag; as memory, the whole is one copy. It
//! applies to a value that is an argument or result of its own, because there the type is known.
//!
//! The layout is the number of elements as a `u64`, then the elements in this machine's order of bytes.

use std::any::{Any, TypeId};

use bytemuck::Pod;

use super::fault::Fault;
use super::packer::Packer;
use super::unpacker::Unpacker;

/// Calls the macro `$then` with every type of number that has a short way.
macro_rules! with_numbers {
    ($then:ident) => {
        $then! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
    };
}

/// Whether values of type `T` take the short way.
///
/// Asked before anything else, and on the type alone, so that a compiled program holds the answer only.
#[inline]
pub(super) fn is_plain<T: 'static>() -> bool {
    // All of them are two or three words. Where that is not so the rest is not even compiled.
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

/// Writes a value for whose type [`is_plain`] is true.
pub(super) fn encode(value: &dyn Any, packer: &mut Packer) -> Result<(), Fault> {
    if let Some(text) = value.downcast_ref::<String>() {
        return write(text.as_bytes(), packer);
    }
    if let Some(text) = value.downcast_ref::<Box<str>>() {
        return write(text.as_bytes(), packer);
    }
    macro_rules! try_each {
        ($($number:ident)*) => {$(
            if let Some(numbers) = value.downcast_ref::<Vec<$number>>() {
                return write(numbers.as_slice(), packer);
            }
            if let Some(numbers) = value.downcast_ref::<Box<[$number]>>() {
                return write(numbers.as_ref(), packer);
            }
        )*};
    }
    with_numbers! { try_each }
    Err(not_plain())
}

/// Reads a value for whose type [`is_plain`] is true. `slot` is the `Option` of that type to be filled.
pub(super) fn decode(slot: &mut dyn Any, unpacker: &mut Unpacker<'_>) -> Result<(), Fault> {
    if let Some(slot) = slot.downcast_mut::<Option<String>>() {
        *slot = Some(read_text(unpacker)?.to_owned());
        return Ok(());
    }
    if let Some(slot) = slot.downcast_mut::<Option<Box<str>>>() {
        *slot = Some(read_text(unpacker)?.into());
        return Ok(());
    }
    macro_rules! try_each {
        ($($number:ident)*) => {$(
            if let Some(slot) = slot.downcast_mut::<Option<Vec<$number>>>() {
                *slot = Some(read(unpacker)?);
                return Ok(());
            }
            if let Some(slot) = slot.downcast_mut::<Option<Box<[$number]>>>() {
                *slot = Some(read(unpacker)?.into_boxed_slice());
                return Ok(());
            }
        )*};
    }
    with_numbers! { try_each }
    Err(not_plain())
}

fn write<N: Pod>(numbers: &[N], packer: &mut Packer) -> Result<(), Fault> {
    let bytes: &[u8] = bytemuck::cast_slice(numbers);
    let count = (numbers.len() as u64).to_ne_bytes();
    packer.reserve(count.len() + bytes.len())?;
    packer.put(&count)?;
    packer.put(bytes)
}

fn read<N: Pod>(unpacker: &mut Unpacker<'_>) -> Result<Vec<N>, Fault> {
    // The copy aligns: in the buffer, numbers lie anywhere.
    Ok(bytemuck::pod_collect_to_vec(read_bytes(
        unpacker,
        size_of::<N>(),
    )?))
}

fn read_text<'de>(unpacker: &mut Unpacker<'de>) -> Result<&'de str, Fault> {
    std::str::from_utf8(read_bytes(unpacker, 1)?).map_err(|error| Fault::said(error.to_string()))
}

/// The bytes of the elements, of `size` bytes each. Nothing is reserved for a length that is not there.
fn read_bytes<'de>(unpacker: &mut Unpacker<'de>, size: usize) -> Result<&'de [u8], Fault> {
    let count = u64::from_ne_bytes(unpacker.take_array()?);
    match usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(size))
    {
        Some(length) => unpacker.take(length),
        None => Err(Fault::said(format!(
            "a length of {count} elements, which no memory holds"
        ))),
    }
}

fn not_plain() -> Fault {
    Fault::said("this type has no short way; this is a bug in `offloop`")
}
