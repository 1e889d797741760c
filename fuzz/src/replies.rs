//! Replies in slots, events in the ring, and the purposes of descriptors: each is understood or
//! refused.

use offloop::__fuzz::{parse_events, parse_reply, purpose};

use crate::memory;

/// The kinds of a result, without and with descriptors. Their bytes are decoded later.
const VALUES: [u32; 2] = [1, 4];
/// The kinds of a panic, and of a value that could not be carried.
const REPORTS: [u32; 2] = [2, 3];

/// The first four bytes are the kind of the reply, and the rest is the reply. Its first 16 bytes
/// are taken as a purpose too, and all of it as events.
pub fn check(bytes: &[u8]) {
    let Some((kind, body)) = bytes.split_first_chunk() else {
        return;
    };
    let kind = u32::from_le_bytes(*kind);
    let limit = 8 * body.len() + (64 << 10);
    let parsed = memory::at_most(limit, "a reply", || parse_reply(kind, body.to_vec()));
    match parsed {
        Ok(()) => assert!(VALUES.contains(&kind) || REPORTS.contains(&kind)),
        Err(reason) => assert!(!VALUES.contains(&kind) && !reason.is_empty()),
    }
    // An event of a few bytes has a buffer for the longest.
    let limit = 160 * body.len() + (64 << 10);
    match memory::at_most(limit, "events", || parse_events(body)) {
        Ok(again) => assert_eq!(parse_events(&again), Ok(again)),
        Err(reason) => assert!(!reason.is_empty() && !reason.contains("not in a ring")),
    }
    if let Some(again) = body.first_chunk().and_then(|bytes| purpose(*bytes)) {
        // One purpose has no number, and what is in its place is not read.
        let length = if body[0] == 1 { 8 } else { 16 };
        assert_eq!(again[..length], body[..length]);
    }
}
