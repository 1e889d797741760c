//! Frames of a worker that sets itself up: they are the same in pieces as at once, and each is
//! understood as the worker's report or refused.

use std::io::{self, Read};

use offloop::__fuzz::{End, parse_ready, read_frames};

use crate::memory;

const HEADER: usize = 16;
const KIND: u64 = 4;
const LONGEST: u64 = 1 << 36;

/// A reader of `bytes` in pieces of the lengths in `pattern`, with pauses and interruptions.
struct Pieces<'a> {
    bytes: &'a [u8],
    pattern: &'a [u8],
    at: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.at += 1;
        let length = match self.pattern.get(self.at % self.pattern.len().max(1)) {
            // Not every read is a pause, or reading would not end.
            Some(0) if self.at.is_multiple_of(2) => return Err(io::ErrorKind::WouldBlock.into()),
            Some(1) if self.at.is_multiple_of(2) => return Err(io::ErrorKind::Interrupted.into()),
            Some(length) => usize::from(*length).max(1),
            None => usize::MAX,
        };
        let length = length.min(into.len()).min(self.bytes.len());
        let (piece, rest) = self.bytes.split_at(length);
        into[..length].copy_from_slice(piece);
        self.bytes = rest;
        Ok(length)
    }
}

/// Returns the frames in all of the bytes, and whether garbage ends them.
fn reference(mut bytes: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut frames = Vec::new();
    while let Some((header, rest)) = bytes.split_at_checked(HEADER) {
        let number = |at| u64::from_le_bytes(*header[at..].first_chunk::<8>().unwrap());
        if number(0) != KIND || number(8) > LONGEST {
            return (frames, true);
        }
        let Some((body, rest)) = usize::try_from(number(8))
            .ok()
            .and_then(|length| rest.split_at_checked(length))
        else {
            break;
        };
        frames.push(body);
        bytes = rest;
    }
    (frames, false)
}

/// The first byte says how many bytes of lengths follow. Then come the lengths of the pieces, and
/// the frames.
pub fn check(bytes: &[u8]) {
    let Some((count, bytes)) = bytes.split_first() else {
        return;
    };
    let (pattern, bytes) = bytes.split_at(usize::from(count % 16).min(bytes.len()));
    let (expected, has_garbage) = reference(bytes);
    let mut seen = 0;
    // A buffer that grows is there twice for a moment. A report and its error are copies too.
    let limit = 8 * bytes.len() + (64 << 10);
    let end = memory::at_most(limit, "reading frames", || {
        let pieces = Pieces {
            bytes,
            pattern,
            at: 0,
        };
        read_frames(pieces, |body| {
            assert_eq!(expected.get(seen), Some(&&*body), "frame {seen}");
            seen += 1;
            match parse_ready(&body) {
                Ok(report) => assert!(report.is_none_or(|text| text.len() < body.len())),
                Err(reason) => assert!(!reason.is_empty()),
            }
        })
    });
    assert_eq!(seen, expected.len());
    match end {
        End::Closed => assert!(!has_garbage),
        End::Garbage(text) => assert!(has_garbage && !text.is_empty()),
        End::Io(error) => panic!("no piece failed, but reading says: {error}"),
    }
}
