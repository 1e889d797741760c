//! Where encoded bytes go: into a `Vec`, or by way of one into memory that another process reads.
//!
//! The memory is not written byte by byte. Small pieces gather in the `Vec`, which stays in the processor's
//! cache, and go on together; long ones go straight on. So encoding is as fast into memory as into a `Vec`, the
//! memory may be such that has to be asked for each access, and no reference into what others write is needed.

use std::any::Any;
use std::io;

use super::errors::FormatError;

/// Memory of the transport's.
pub(crate) trait Spill: Any + Send {
    /// Makes it hold at least `length` bytes.
    fn grow(&mut self, length: usize) -> io::Result<()>;
    fn write(&mut self, at: usize, bytes: &[u8]) -> io::Result<()>;
    fn read(&self, at: usize, into: &mut [u8]) -> io::Result<()>;
    /// To give it back as what it is.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// How many bytes gather before they go on.
const PIECE: usize = 64 << 10;

pub(super) struct OutputBuffer {
    /// All that was written; with a spill, the end of it.
    bytes: Vec<u8>,
    /// How many bytes, counted from the beginning of the spill, lie before those in `bytes`.
    spilled: usize,
    /// How long `bytes` may become before somebody has to look.
    soft_limit: usize,
    /// How many bytes there may be in all.
    limit: usize,
    /// Behind a pointer: most messages are small, and to move this about is what they pay.
    spill: Option<Box<Spilling>>,
}

/// Where bytes go on to, once there are so many.
struct Spilling {
    spill: Box<dyn Spill>,
    piece: usize,
}

impl Spilling {
    fn write(&mut self, at: usize, end: usize, bytes: &[u8]) -> io::Result<()> {
        self.spill.grow(end)?;
        self.spill.write(at, bytes)
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

    /// Writes into `spill` from `at` on. `spare` is a buffer to gather in; what it holds is dropped.
    pub(super) fn spilling_into(spill: Box<dyn Spill>, at: usize, mut spare: Vec<u8>) -> Self {
        spare.clear();
        let mut output = OutputBuffer {
            spilled: at,
            spill: Some(Box::new(Spilling {
                spill,
                piece: PIECE,
            })),
            ..OutputBuffer::new(spare)
        };
        output.set_soft_limit();
        output
    }

    #[cfg(test)]
    pub(super) fn set_piece(&mut self, piece: usize) {
        if let Some(spilling) = &mut self.spill {
            spilling.piece = piece;
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
            Some(spilling) => left.min(spilling.piece),
            None => left,
        };
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The `Vec`, and the spill if there is one.
    pub(super) fn into_parts(self) -> (Vec<u8>, Option<Box<dyn Spill>>) {
        (self.bytes, self.spill.map(|spilling| spilling.spill))
    }

    /// How many bytes there are, if none of them has spilled on.
    pub(super) fn unspilled(&self) -> Option<usize> {
        (self.spilled == 0).then_some(self.bytes.len())
    }

    /// Where the next byte goes.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.spilled + self.bytes.len()
    }

    /// What was written from `start` on. Nothing if some of it has spilled on; that is then longer than a few bytes.
    #[inline]
    pub(super) fn written(&self, start: usize) -> &[u8] {
        start
            .checked_sub(self.spilled)
            .and_then(|start| self.bytes.get(start..))
            .unwrap_or_default()
    }

    /// A copy of up to `count` bytes from `start` on, wherever they are.
    #[cold]
    pub(super) fn copy_from(&self, start: usize, count: usize) -> Vec<u8> {
        let mut copy = Vec::new();
        if let Some(spilling) = self.spill.as_ref().filter(|_| start < self.spilled) {
            copy.resize(count.min(self.spilled - start), 0);
            if spilling.spill.read(start, &mut copy).is_err() {
                return Vec::new();
            }
        }
        let here = self.written(start.max(self.spilled));
        copy.extend(here.iter().take(count - copy.len()));
        copy
    }

    /// Puts `bytes` if nobody has to look; whether it has.
    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) -> bool {
        // No sum of two lengths in memory overflows.
        let fits = self.bytes.len() + bytes.len() <= self.soft_limit;
        if fits {
            self.bytes.extend_from_slice(bytes);
        }
        fits
    }

    /// Puts `bytes` for which [`put`](Self::put) has not.
    #[cold]
    pub(super) fn put_on(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        self.check_limit(bytes.len())?;
        self.flush()?;
        let long = |spilling: &&mut Box<Spilling>| bytes.len() >= spilling.piece;
        let Some(spilling) = self.spill.as_mut().filter(long) else {
            self.bytes.extend_from_slice(bytes);
            return Ok(());
        };
        let end = self.spilled + bytes.len();
        spilling
            .write(self.spilled, end, bytes)
            .map_err(|error| cannot_spill(end, &error))?;
        self.spilled = end;
        self.set_soft_limit();
        Ok(())
    }

    /// Announces that `count` more bytes come.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), FormatError> {
        self.check_limit(count)?;
        let end = self.position() + count;
        match &mut self.spill {
            // What is small gathers.
            Some(spilling) if count < spilling.piece => Ok(()),
            Some(spilling) => spilling
                .spill
                .grow(end)
                .map_err(|error| cannot_spill(end, &error)),
            None => {
                self.bytes.reserve(count);
                Ok(())
            }
        }
    }

    /// Puts `bytes` in place of the `old` bytes at `start`; what follows them moves.
    pub(super) fn replace(
        &mut self,
        start: usize,
        old: usize,
        bytes: &[u8],
    ) -> Result<(), FormatError> {
        self.check_limit(bytes.len().saturating_sub(old))?;
        if start < self.spilled {
            if let Some(spilling) = &mut self.spill {
                if bytes.len() == old && start + old <= self.spilled {
                    return spilling
                        .spill
                        .write(start, bytes)
                        .map_err(|error| cannot_spill(start + old, &error));
                }
                self.fetch_back(start)?;
            }
        }
        let start = start - self.spilled;
        self.bytes.splice(start..start + old, bytes.iter().copied());
        Ok(())
    }

    /// Takes what has spilled on back from `start` on, because it is going to move. That is rare: a long text of
    /// a type's `Display`, or a type that was wrong about its length.
    #[cold]
    fn fetch_back(&mut self, start: usize) -> Result<(), FormatError> {
        let mut bytes = vec![0; self.spilled - start];
        if let Some(spilling) = &self.spill {
            spilling
                .spill
                .read(start, &mut bytes)
                .map_err(|error| cannot_spill(self.spilled, &error))?;
        }
        bytes.append(&mut self.bytes);
        self.bytes = bytes;
        self.spilled = start;
        self.set_soft_limit();
        Ok(())
    }

    /// Sends on what has gathered.
    pub(super) fn flush(&mut self) -> Result<(), FormatError> {
        let end = self.position();
        let Some(spilling) = self.spill.as_mut().filter(|_| !self.bytes.is_empty()) else {
            return Ok(());
        };
        spilling
            .write(self.spilled, end, &self.bytes)
            .map_err(|error| cannot_spill(end, &error))?;
        self.bytes.clear();
        self.spilled = end;
        self.set_soft_limit();
        Ok(())
    }

    /// Whether `count` more bytes stay within the limit.
    #[inline]
    fn check_limit(&self, count: usize) -> Result<(), FormatError> {
        match self.position().checked_add(count) {
            Some(end) if end <= self.limit => Ok(()),
            _ => Err(FormatError::too_large()),
        }
    }
}

#[cold]
fn cannot_spill(length: usize, error: &io::Error) -> FormatError {
    FormatError::said(format!(
        "there is no shared memory for a message of {length} bytes: {error}"
    ))
}
