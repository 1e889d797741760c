//! What a worker says beside its answers.
//!
//! An [`Event`] says itself how it is delivered. The function that causes it never waits for the
//! pool:
//!
//! - [`Delivery::Latest`]: there is one of it for each call, and a newer one replaces it.
//! - [`Delivery::Bounded`]: it goes into a ring of bounded size, in order. If there is no room, or
//!   another thread writes there just now, it is dropped and counted.
//! - [`Delivery::Vital`]: the same ring, with a part of it that only these events may use. It waits
//!   for another thread of the worker that writes there.
//!
//! Events that must all arrive and of which there are many, such as the items of a function that
//! yields, will be a fourth way: with credit, so that the worker sends no more than the pool has
//! asked for.
//!
//! In the ring an event is its kind, the length of what follows, both a `u32`, and that; the next
//! one begins at a multiple of 8 bytes.

use crate::context::Progress;
use crate::error::fault::ProtocolFault;

/// What a worker says beside its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// How far the function of the running call is.
    Progress(Progress),
    /// There was a panic while this call ran: its message and place. The worker may survive it.
    Panicked {
        /// The call that the worker had taken up last.
        call: u64,
        /// The message and the place.
        text: &'a str,
    },
    /// The worker ends by itself.
    Stopping {
        /// Why.
        reason: &'a str,
    },
}

/// How an event gets to the pool, with what gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The newest replaces those before.
    Latest(Progress),
    /// Dropped and counted if there is no room for these bytes.
    Bounded(Vec<u8>),
    /// As `Bounded`, with room of its own.
    Vital(Vec<u8>),
}

/// The kinds of events in the ring.
const PANICKED: u32 = 1;
const STOPPING: u32 = 2;

/// The length of the kind and the length in front of an event.
const HEAD: usize = 8;

/// No text in an event has more bytes. A longer one loses its end.
const LONGEST_TEXT: usize = 1024;

/// No event has more bytes after its head.
const LONGEST: usize = size_of::<u64>() + LONGEST_TEXT;

impl<'a> Event<'a> {
    /// Returns how the event gets to the pool.
    pub(crate) fn delivery(&self) -> Delivery {
        match self {
            Event::Progress(progress) => Delivery::Latest(*progress),
            Event::Panicked { call, text } => {
                Delivery::Bounded(record(PANICKED, &call.to_le_bytes(), text))
            }
            Event::Stopping { reason } => Delivery::Vital(record(STOPPING, &[], reason)),
        }
    }

    /// Takes the first event off `bytes`, which the worker has written. `None` if there are no
    /// more.
    ///
    /// # Errors
    /// The bytes do not begin with an event.
    pub(crate) fn take(bytes: &mut &'a [u8]) -> Result<Option<Event<'a>>, ProtocolFault> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let (kind, rest) = number(bytes).ok_or(ProtocolFault::Event)?;
        let (length, rest) = number(rest).ok_or(ProtocolFault::Event)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (body, padding) = rest
            .split_at_checked(length)
            .filter(|_| length <= LONGEST)
            .ok_or(ProtocolFault::Event)?;
        let used = padding.len() % HEAD;
        *bytes = padding.get(used..).unwrap_or_default();
        Event::parse(kind, body).map(Some)
    }

    fn parse(kind: u32, body: &'a [u8]) -> Result<Event<'a>, ProtocolFault> {
        let text = |bytes: &'a [u8]| {
            let text = std::str::from_utf8(bytes).ok();
            text.filter(|text| text.len() <= LONGEST_TEXT)
                .ok_or(ProtocolFault::Event)
        };
        match kind {
            PANICKED => {
                let (call, rest) = body.split_first_chunk().ok_or(ProtocolFault::Event)?;
                Ok(Event::Panicked {
                    call: u64::from_le_bytes(*call),
                    text: text(rest)?,
                })
            }
            STOPPING => Ok(Event::Stopping {
                reason: text(body)?,
            }),
            kind => Err(ProtocolFault::EventKind(kind)),
        }
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

/// The bytes of an event, padded.
fn record(kind: u32, numbers: &[u8], text: &str) -> Vec<u8> {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text.as_bytes()[..end];
    // Neither is longer than `LONGEST`.
    let length = u32::try_from(numbers.len() + text.len()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEAD + LONGEST);
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(numbers);
    bytes.extend_from_slice(text);
    bytes.resize(bytes.len().next_multiple_of(HEAD), 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(events: &[Event<'_>]) -> Vec<u8> {
        let bytes = events.iter().flat_map(|event| match event.delivery() {
            Delivery::Bounded(bytes) | Delivery::Vital(bytes) => bytes,
            Delivery::Latest(_) => Vec::new(),
        });
        bytes.collect()
    }

    fn read(mut bytes: &[u8]) -> Result<Vec<Event<'_>>, ProtocolFault> {
        let mut events = Vec::new();
        while let Some(event) = Event::take(&mut bytes)? {
            events.push(event);
        }
        Ok(events)
    }

    #[test]
    fn events_arrive_as_they_were_said() {
        let events = [
            Event::Stopping { reason: "" },
            Event::Panicked {
                call: u64::MAX,
                text: "größer",
            },
            Event::Stopping { reason: "12345678" },
            Event::Stopping { reason: "1" },
        ];
        let bytes = bytes_of(&events);
        assert_eq!(bytes.len() % HEAD, 0);
        assert_eq!(read(&bytes).unwrap(), events);
    }

    #[test]
    fn a_long_text_loses_its_end_between_two_characters() {
        let text = "ü".repeat(LONGEST_TEXT);
        for (front, kept) in [("", LONGEST_TEXT), ("x", LONGEST_TEXT - 1)] {
            let reason = &*format!("{front}{text}");
            let bytes = bytes_of(&[Event::Stopping { reason }]);
            let expected = &reason[..kept];
            assert_eq!(
                read(&bytes).unwrap(),
                [Event::Stopping { reason: expected }]
            );
        }
    }

    #[test]
    fn what_is_no_event_is_refused() {
        let good = bytes_of(&[Event::Panicked { call: 1, text: "x" }]);
        let is_refused = |bytes: &[u8]| read(bytes).is_err();
        for length in 1..HEAD + size_of::<u64>() {
            assert!(is_refused(&good[..length]), "{length} bytes");
        }
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        assert!(matches!(
            read(&with(0, 9)),
            Err(ProtocolFault::EventKind(9))
        ));
        assert!(is_refused(&with(4, 7)), "no room for the call");
        assert!(is_refused(&with(4, 200)), "longer than what is there");
        assert!(is_refused(&with(7, 0xff)), "longer than anything");
        assert!(is_refused(&with(16, 0xff)), "no text");
    }
}
