//! Where encoded bytes go: into a `Vec`, or by way of one into memory that another process reads.
//!
//! The memory is not written byte by byte. Small pieces gather in the `Vec`, which stays in the processor's
//! cache, and go on together; long ones go straight on. So encoding is as fast into memory as into a `Vec`, the
//! memory may be such that has to be asked for each access, and no reference into what others write is needed.

use std::any::Any;
use std::io;

use super::errors::Fault;

/// Memory of the transport's.
pub(crate) trait Room: Any + Send {
    /// Makes it hold at least `length` bytes.
    fn grow(&mut self, length: usize) -> io::Result<()>;
    fn write(&mut self, at: usize, bytes: &[u8]) -> io::Result<()>;
    fn read(&self, at: usize, into: &mut [u8]) -> io::Result<()>;
    /// To give it back as what it is.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// How many bytes gather before they go on.
const PIECE: usize = 64 << 10;

pub(super) struct Sink {
    /// All that was written; with a room, the end of it.
    bytes: Vec<u8>,
    /// How many bytes, counted from the beginning of the room, lie before those in `bytes`.
    gone: usize,
    /// How long `bytes` may become before somebody has to look.
    soft_limit: usize,
    /// How many bytes there may be in all.
    limit: usize,
    /// Behind a pointer: most messages are small, and to move this about is what they pay.
    room: Option<Box<Beyond>>,
}

/// Where bytes go on to, once there are so many.
struct Beyond {
    room: Box<dyn Room>,
    piece: usize,
}

impl Beyond {
    fn write(&mut self, at: usize, end: usize, bytes: &[u8]) -> io::Result<()> {
        self.room.grow(end)?;
        self.room.write(at, bytes)
    }
}

impl Sink {
    /// Appends to `bytes`.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Sink {
            bytes,
            gone: 0,
            soft_limit: usize::MAX,
            limit: usize::MAX,
            room: None,
        }
    }

    /// Writes into `room` from `at` on. `spare` is a buffer to gather in; what it holds is dropped.
    pub(super) fn in_room(room: Box<dyn Room>, at: usize, mut spare: Vec<u8>) -> Self {
        spare.clear();
        let mut sink = Sink {
            gone: at,
            room: Some(Box::new(Beyond { room, piece: PIECE })),
            ..Sink::new(spare)
        };
        sink.set_soft_limit();
        sink
    }

    #[cfg(test)]
    pub(super) fn set_piece(&mut self, piece: usize) {
        if let Some(beyond) = &mut self.room {
            beyond.piece = piece;
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
        let left = self.limit.saturating_sub(self.gone);
        self.soft_limit = match &self.room {
            Some(beyond) => left.min(beyond.piece),
            None => left,
        };
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The `Vec`, and the room if there is one.
    pub(super) fn into_parts(self) -> (Vec<u8>, Option<Box<dyn Room>>) {
        (self.bytes, self.room.map(|beyond| beyond.room))
    }

    /// How many bytes there are, if none of them has gone on.
    pub(super) fn gathered(&self) -> Option<usize> {
        (self.gone == 0).then_some(self.bytes.len())
    }

    /// Where the next byte goes.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.gone + self.bytes.len()
    }

    /// What was written from `start` on. Nothing if some of it has gone on; that is then longer than a few bytes.
    #[inline]
    pub(super) fn written(&self, start: usize) -> &[u8] {
        start
            .checked_sub(self.gone)
            .and_then(|start| self.bytes.get(start..))
            .unwrap_or_default()
    }

    /// A copy of up to `count` bytes from `start` on, wherever they are.
    #[cold]
    pub(super) fn copy_from(&self, start: usize, count: usize) -> Vec<u8> {
        let mut copy = Vec::new();
        if let Some(beyond) = self.room.as_ref().filter(|_| start < self.gone) {
            copy.resize(count.min(self.gone - start), 0);
            if beyond.room.read(start, &mut copy).is_err() {
                return Vec::new();
            }
        }
        let here = self.written(start.max(self.gone));
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
    pub(super) fn put_on(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.check_limit(bytes.len())?;
        self.flush()?;
        let long = |beyond: &&mut Box<Beyond>| bytes.len() >= beyond.piece;
        let Some(beyond) = self.room.as_mut().filter(long) else {
            self.bytes.extend_from_slice(bytes);
            return Ok(());
        };
        let end = self.gone + bytes.len();
        beyond
            .write(self.gone, end, bytes)
            .map_err(|error| no_room(end, &error))?;
        self.gone = end;
        self.set_soft_limit();
        Ok(())
    }

    /// Announces that `count` more bytes come.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), Fault> {
        self.check_limit(count)?;
        let end = self.position() + count;
        match &mut self.room {
            // What is small gathers.
            Some(beyond) if count < beyond.piece => Ok(()),
            Some(beyond) => beyond.room.grow(end).map_err(|error| no_room(end, &error)),
            None => {
                self.bytes.reserve(count);
                Ok(())
            }
        }
    }

    /// Puts `bytes` in place of the `old` bytes at `start`; what follows them moves.
    pub(super) fn replace(&mut self, start: usize, old: usize, bytes: &[u8]) -> Result<(), Fault> {
        self.check_limit(bytes.len().saturating_sub(old))?;
        if start < self.gone {
            if let Some(beyond) = &mut self.room {
                if bytes.len() == old && start + old <= self.gone {
                    return beyond
                        .room
                        .write(start, bytes)
                        .map_err(|error| no_room(start + old, &error));
                }
                self.fetch_back(start)?;
            }
        }
        let start = start - self.gone;
        self.bytes.splice(start..start + old, bytes.iter().copied());
        Ok(())
    }

    /// Takes what has gone on back from `start` on, because it is going to move. That is rare: a long text of
    /// a type's `Display`, or a type that was wrong about its length.
    #[cold]
    fn fetch_back(&mut self, start: usize) -> Result<(), Fault> {
        let mut bytes = vec![0; self.gone - start];
        if let Some(beyond) = &self.room {
            beyond
                .room
                .read(start, &mut bytes)
                .map_err(|error| no_room(self.gone, &error))?;
        }
        bytes.append(&mut self.bytes);
        self.bytes = bytes;
        self.gone = start;
        self.set_soft_limit();
        Ok(())
    }

    /// Sends on what has gathered.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        let end = self.position();
        let Some(beyond) = self.room.as_mut().filter(|_| !self.bytes.is_empty()) else {
            return Ok(());
        };
        beyond
            .write(self.gone, end, &self.bytes)
            .map_err(|error| no_room(end, &error))?;
        self.bytes.clear();
        self.gone = end;
        self.set_soft_limit();
        Ok(())
    }

    /// Whether `count` more bytes stay within the limit.
    #[inline]
    fn check_limit(&self, count: usize) -> Result<(), Fault> {
        match self.position().checked_add(count) {
            Some(end) if end <= self.limit => Ok(()),
            _ => Err(Fault::too_large()),
        }
    }
}

#[cold]
fn no_room(length: usize, error: &io::Error) -> Fault {
    Fault::said(format!(
        "there is no shared memory for a message of {length} bytes: {error}"
    ))
}
