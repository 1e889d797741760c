//! Where encoded bytes go: into a `Vec`, or by way of one into memory that another process reads.
//!
//! The memory is not written byte by byte. Small pieces gather in the `Vec`, which stays in the
//! processor's cache, and spill together; a long piece spills at once. So encoding into memory is
//! as fast as into a `Vec`, the memory may be such that grows on request, and no reference into
//! memory that others write is needed.

use std::any::Any;
use std::io;

use super::errors::{FormatError, Reason};

/// Memory that encoded bytes spill into, such as memory that another process maps too.
pub(crate) trait Spill: Any + Send {
    /// Makes it hold at least `length` bytes.
    fn grow(&mut self, length: usize) -> io::Result<()>;
    /// Writes `bytes` from `at` on, into what it holds.
    fn write(&mut self, at: usize, bytes: &[u8]) -> io::Result<()>;
    /// Fills `into` with the bytes from `at` on.
    fn read(&self, at: usize, into: &mut [u8]) -> io::Result<()>;
    /// Returns itself as `Any`, for a downcast to the type that it is.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// How many bytes gather before they spill.
const PIECE: usize = 64 << 10;

/// The bytes that have been encoded so far.
pub(super) struct OutputBuffer {
    /// All bytes; if they spill, those that have not yet.
    bytes: Vec<u8>,
    /// The position of the first byte of `bytes`: so many bytes have spilled, counted from the
    /// beginning of the memory.
    spilled: usize,
    /// How long `bytes` may become before [`put_slow`](Self::put_slow) has to decide.
    soft_limit: usize,
    /// How many bytes there may be in all.
    limit: usize,
    /// Behind a pointer, because most messages are small and do not spill, but all are moved.
    spill: Option<Box<Spilling>>,
}

/// The memory that bytes spill into.
struct Spilling {
    memory: Box<dyn Spill>,
    /// How many bytes gather before they spill.
    piece: usize,
}

impl Spilling {
    /// Writes bytes that end at `end`.
    fn write(&mut self, at: usize, end: usize, bytes: &[u8]) -> Result<(), FormatError> {
        self.grow(end)?;
        self.memory
            .write(at, bytes)
            .map_err(|error| no_memory(end, error))
    }

    fn grow(&mut self, length: usize) -> Result<(), FormatError> {
        self.memory
            .grow(length)
            .map_err(|error| no_memory(length, error))
    }
}

impl OutputBuffer {
    /// Appends to `bytes`.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        OutputBuffer {
            bytes,
            spilled: 0,
            soft_limit: usize::MAX,
            limit: usize::MAX,
            spill: None,
        }
    }

    /// Writes into `memory` from `at` on. `spare` is a buffer to gather in; its content is dropped.
    pub(super) fn spilling_into(memory: Box<dyn Spill>, at: usize, mut spare: Vec<u8>) -> Self {
        spare.clear();
        let mut output = OutputBuffer {
            spilled: at,
            spill: Some(Box::new(Spilling {
                memory,
                piece: PIECE,
            })),
            ..OutputBuffer::new(spare)
        };
        output.set_soft_limit();
        output
    }

    #[cfg(test)]
    pub(super) fn set_piece(&mut self, piece: usize) {
        if let Some(spill) = &mut self.spill {
            spill.piece = piece;
        }
        self.set_soft_limit();
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.set_soft_limit();
    }

    fn set_soft_limit(&mut self) {
        let left = self.limit.saturating_sub(self.spilled);
        self.soft_limit = match &self.spill {
            Some(spill) => left.min(spill.piece),
            None => left,
        };
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Returns the `Vec`, and the memory if there is one.
    pub(super) fn into_parts(self) -> (Vec<u8>, Option<Box<dyn Spill>>) {
        (self.bytes, self.spill.map(|spill| spill.memory))
    }

    /// Returns how many bytes there are, if none of them has spilled.
    pub(super) fn unspilled(&self) -> Option<usize> {
        (self.spilled == 0).then_some(self.bytes.len())
    }

    /// Returns where the next byte goes.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.spilled + self.bytes.len()
    }

    /// Returns what was written from `start` on. Empty if some of it has spilled, so that it is
    /// longer than a few bytes.
    #[inline]
    pub(super) fn written(&self, start: usize) -> &[u8] {
        start
            .checked_sub(self.spilled)
            .and_then(|start| self.bytes.get(start..))
            .unwrap_or_default()
    }

    /// Returns a copy of up to `count` bytes from `start` on, spilled or not.
    #[cold]
    pub(super) fn copy_from(&self, start: usize, count: usize) -> Vec<u8> {
        let mut copy = Vec::new();
        if let Some(spill) = self.spill.as_ref().filter(|_| start < self.spilled) {
            copy.resize(count.min(self.spilled - start), 0);
            if spill.memory.read(start, &mut copy).is_err() {
                return Vec::new();
            }
        }
        let here = self.written(start.max(self.spilled));
        copy.extend(here.iter().take(count - copy.len()));
        copy
    }

    /// Appends `bytes` if they fit below the soft limit. Otherwise returns false, and
    /// [`put_slow`](Self::put_slow) has to follow.
    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) -> bool {
        // No sum of two lengths in memory overflows.
        let fits = self.bytes.len() + bytes.len() <= self.soft_limit;
        if fits {
            self.bytes.extend_from_slice(bytes);
        }
        fits
    }

    /// Appends `bytes` for which [`put`](Self::put) has returned false.
    #[cold]
    pub(super) fn put_slow(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        self.check_limit(bytes.len())?;
        self.flush()?;
        let is_long = |spill: &&mut Box<Spilling>| bytes.len() >= spill.piece;
        let Some(spill) = self.spill.as_mut().filter(is_long) else {
            self.bytes.extend_from_slice(bytes);
            return Ok(());
        };
        let end = self.spilled + bytes.len();
        spill.write(self.spilled, end, bytes)?;
        self.spilled = end;
        self.set_soft_limit();
        Ok(())
    }

    /// Makes room for `count` more bytes that are about to come.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), FormatError> {
        self.check_limit(count)?;
        let end = self.position() + count;
        match &mut self.spill {
            // What is small gathers.
            Some(spill) if count < spill.piece => Ok(()),
            Some(spill) => spill.grow(end),
            None => {
                self.bytes.reserve(count);
                Ok(())
            }
        }
    }

    /// Puts `bytes` in place of the `old` bytes at `start`. What follows them moves.
    pub(super) fn replace(
        &mut self,
        start: usize,
        old: usize,
        bytes: &[u8],
    ) -> Result<(), FormatError> {
        self.check_limit(bytes.len().saturating_sub(old))?;
        if start < self.spilled {
            if let Some(spill) = &mut self.spill {
                if bytes.len() == old && start + old <= self.spilled {
                    return spill.write(start, start + old, bytes);
                }
                self.fetch_back(start)?;
            }
        }
        let start = start - self.spilled;
        self.bytes.splice(start..start + old, bytes.iter().copied());
        Ok(())
    }

    /// Takes back the spilled bytes from `start` on, because they are going to move. That is rare:
    /// a long text of a type's `Display`, or a type that was wrong about its length.
    #[cold]
    fn fetch_back(&mut self, start: usize) -> Result<(), FormatError> {
        let mut bytes = vec![0; self.spilled - start];
        if let Some(spill) = &self.spill {
            spill
                .memory
                .read(start, &mut bytes)
                .map_err(|error| no_memory(self.spilled, error))?;
        }
        bytes.append(&mut self.bytes);
        self.bytes = bytes;
        self.spilled = start;
        self.set_soft_limit();
        Ok(())
    }

    /// Spills what has gathered, if there is memory to spill into.
    pub(super) fn flush(&mut self) -> Result<(), FormatError> {
        let end = self.position();
        let Some(spill) = self.spill.as_mut().filter(|_| !self.bytes.is_empty()) else {
            return Ok(());
        };
        spill.write(self.spilled, end, &self.bytes)?;
        self.bytes.clear();
        self.spilled = end;
        self.set_soft_limit();
        Ok(())
    }

    /// Checks that `count` more bytes stay within the limit.
    #[inline]
    fn check_limit(&self, count: usize) -> Result<(), FormatError> {
        match self.position().checked_add(count) {
            Some(end) if end <= self.limit => Ok(()),
            _ => Err(Reason::TooLarge.into()),
        }
    }
}

#[cold]
fn no_memory(length: usize, error: io::Error) -> FormatError {
    Reason::Spill(length, error).into()
}
