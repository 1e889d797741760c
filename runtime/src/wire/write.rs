//! Writes the bytes of values, within two limits: of size and of depth.
//!
//! This file knows bytes only. What serde asks for is in `ser.rs`.

use std::sync::Arc;

use serde::ser::Serialize;

use super::errors::{FormatError, Reason, Step};
use super::format::{
    ARRAY_16, ARRAY_32, BIN_8, BIN_16, BIN_32, DEPTH_LIMIT, FIX_ARRAY, FIX_MAP, FIX_STR, I8, I16,
    I32, I64, MAP_16, MAP_32, STR_8, STR_16, STR_32, U8, U16, U32, U64,
};
use super::handles::{self, Handle};
use super::output::{OutputBuffer, Spill};
use super::read::key_text;

/// The kinds of values that begin with a length.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Str,
    Bin,
    Array,
    Map,
}

/// The bytes in front of a value that begins with a length: up to five, and how many of them count.
pub(super) struct Head([u8; 5], usize);

impl Head {
    /// Returns the shortest head for this length.
    pub(super) fn new(kind: Kind, length: usize) -> Result<Self, FormatError> {
        let [.., high, low] = length.to_be_bytes();
        let (fix, fix_end, in_8, in_16) = match kind {
            Kind::Str => (FIX_STR, 32, Some(STR_8), STR_16),
            Kind::Bin => (0, 0, Some(BIN_8), BIN_16),
            Kind::Array => (FIX_ARRAY, 16, None, ARRAY_16),
            Kind::Map => (FIX_MAP, 16, None, MAP_16),
        };
        if length < fix_end {
            return Ok(Head([fix | low, 0, 0, 0, 0], 1));
        }
        if let (Some(in_8), 0..=0xff) = (in_8, length) {
            return Ok(Head([in_8, low, 0, 0, 0], 2));
        }
        if length <= 0xffff {
            return Ok(Head([in_16, high, low, 0, 0], 3));
        }
        Self::longest(kind, length)
    }

    /// Returns a head that has room for every length, to be written before the length is known.
    pub(super) fn longest(kind: Kind, length: usize) -> Result<Self, FormatError> {
        let Ok(length) = u32::try_from(length) else {
            return Err(Reason::TooLong.into());
        };
        let in_32 = match kind {
            Kind::Str => STR_32,
            Kind::Bin => BIN_32,
            Kind::Array => ARRAY_32,
            Kind::Map => MAP_32,
        };
        let [a, b, c, d] = length.to_be_bytes();
        Ok(Head([in_32, a, b, c, d], 5))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0[..self.1]
    }
}

/// Writes values one after another. serde's `Serializer` is implemented for `&mut Writer`.
pub(super) struct Writer {
    output: OutputBuffer,
    /// The descriptors that go with the message.
    outgoing: Vec<Arc<Handle>>,
    depth: usize,
    /// The limit of size was met. This is kept beside the error, because a type's own `Serialize`
    /// may turn the error into another one (as `typetag` does), and who set the limit must know to
    /// try again without it.
    full: bool,
    /// A value inside another one has failed. If the type's `Serialize` goes on all the same, half
    /// a value is in the buffer, and nothing after it can be trusted.
    broken: bool,
}

impl Writer {
    pub(super) fn new(output: OutputBuffer) -> Self {
        Writer {
            output,
            outgoing: Vec::new(),
            depth: 0,
            full: false,
            broken: false,
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.output.limit()
    }

    pub(super) fn set_limit(&mut self, limit: usize) {
        self.output.set_limit(limit);
    }

    #[cfg(test)]
    pub(super) fn set_piece(&mut self, piece: usize) {
        self.output.set_piece(piece);
    }

    pub(super) fn unspilled(&self) -> Option<usize> {
        self.output.unspilled()
    }

    pub(super) fn flush(&mut self) -> Result<(), FormatError> {
        self.output.flush()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.output.into_bytes()
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, Option<Box<dyn Spill>>) {
        self.output.into_parts()
    }

    /// Writes one whole value.
    pub(super) fn write_value<T: Serialize>(&mut self, value: &T) -> Result<(), FormatError> {
        self.depth = 0;
        let written = value.serialize(&mut *self);
        if self.full {
            return Err(Reason::TooLarge.into());
        }
        written?;
        if self.broken {
            return Err(Reason::IgnoredError("Serialize").into());
        }
        Ok(())
    }

    /// Returns the descriptors that go with all that was written so far.
    pub(super) fn take_handles(&mut self) -> Vec<Arc<Handle>> {
        std::mem::take(&mut self.outgoing)
    }

    /// Writes the ticket of a `Shared`, which has just offered its descriptor to this thread.
    #[cold]
    pub(super) fn shared(&mut self) -> Result<(), FormatError> {
        match handles::take_offer(&mut self.outgoing) {
            Ok(ticket) => {
                self.put(Head::new(Kind::Bin, ticket.len())?.bytes())?;
                self.put(&ticket)
            }
            Err(error) => Err(self.refused(error.into())),
        }
    }

    /// Returns where the next byte goes.
    pub(super) fn position(&self) -> usize {
        self.output.position()
    }

    /// Returns what was written from `start` on. Empty if it is so long that some of it has
    /// spilled.
    #[inline]
    pub(super) fn written(&self, start: usize) -> &[u8] {
        self.output.written(start)
    }

    /// Returns the key of a map that was written at `start`, for the path in an error.
    #[cold]
    pub(super) fn key_at(&self, start: usize) -> String {
        /// A longer key is not worth reading in an error.
        const LONGEST: usize = 1 << 10;
        key_text(&self.output.copy_from(start, LONGEST))
    }

    /// Makes room for `count` more bytes, before many of them are put.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), FormatError> {
        self.output
            .reserve(count)
            .map_err(|error| self.refused(error))
    }

    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        if self.output.put(bytes) {
            return Ok(());
        }
        self.put_slow(bytes)
    }

    #[cold]
    fn put_slow(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        self.output
            .put_slow(bytes)
            .map_err(|error| self.refused(error))
    }

    /// Puts `bytes` in place of the `old` bytes at `start`. What follows them moves.
    pub(super) fn replace(
        &mut self,
        start: usize,
        old: usize,
        bytes: &[u8],
    ) -> Result<(), FormatError> {
        self.output
            .replace(start, old, bytes)
            .map_err(|error| self.refused(error))
    }

    /// Notes that nothing can be written any more, and why.
    #[cold]
    fn refused(&mut self, error: FormatError) -> FormatError {
        if error.is_too_large() {
            self.full = true;
        } else {
            self.broken = true;
        }
        error
    }

    /// Goes one level deeper.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), FormatError> {
        if self.depth == DEPTH_LIMIT {
            return Err(Reason::TooDeep.into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Goes back one level.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Notes that a value inside another has failed, and where.
    #[cold]
    pub(super) fn broke(&mut self, error: FormatError, step: Step) -> FormatError {
        self.broken = true;
        error.at(step)
    }

    #[inline]
    pub(super) fn head(&mut self, kind: Kind, length: usize) -> Result<(), FormatError> {
        match (kind, u8::try_from(length)) {
            // Nearly every struct and tuple.
            (Kind::Array, Ok(length @ 0..16)) => self.put(&[FIX_ARRAY | length]),
            (Kind::Map, Ok(length @ 0..16)) => self.put(&[FIX_MAP | length]),
            _ => self.long_head(kind, length),
        }
    }

    fn long_head(&mut self, kind: Kind, length: usize) -> Result<(), FormatError> {
        self.put(Head::new(kind, length)?.bytes())
    }

    #[inline]
    pub(super) fn text(&mut self, text: &str) -> Result<(), FormatError> {
        match u8::try_from(text.len()) {
            // Nearly every name of a field. The compiler knows its length.
            Ok(length @ 0..32) => {
                self.put(&[FIX_STR | length])?;
                self.put(text.as_bytes())
            }
            _ => self.long_text(text),
        }
    }

    fn long_text(&mut self, text: &str) -> Result<(), FormatError> {
        self.head(Kind::Str, text.len())?;
        self.put(text.as_bytes())
    }

    /// Writes a number in as few bytes as hold it, whatever type it comes from.
    pub(super) fn unsigned(&mut self, number: u64) -> Result<(), FormatError> {
        let [.., d, c, b, a] = number.to_be_bytes();
        match number {
            0..=0x7f => self.put(&[a]),
            0x80..=0xff => self.put(&[U8, a]),
            0x100..=0xffff => self.put(&[U16, b, a]),
            0x1_0000..=0xffff_ffff => self.put(&[U32, d, c, b, a]),
            _ => self.tagged(U64, number.to_be_bytes()),
        }
    }

    pub(super) fn signed(&mut self, number: i64) -> Result<(), FormatError> {
        let [.., d, c, b, a] = number.to_be_bytes();
        match number {
            0.. => self.unsigned(number.unsigned_abs()),
            -0x20..0 => self.put(&[a]),
            -0x80..-0x20 => self.put(&[I8, a]),
            -0x8000..-0x80 => self.put(&[I16, b, a]),
            -0x8000_0000..-0x8000 => self.put(&[I32, d, c, b, a]),
            _ => self.tagged(I64, number.to_be_bytes()),
        }
    }

    pub(super) fn tagged<const N: usize>(
        &mut self,
        tag: u8,
        bytes: [u8; N],
    ) -> Result<(), FormatError> {
        self.put(&[tag])?;
        self.put(&bytes)
    }
}
