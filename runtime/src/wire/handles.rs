//! How descriptors go beside what serde encodes.
//!
//! serde knows numbers, texts and what is built of them, but no descriptors. So a `Shared` tells
//! serde that it is a newtype of a name that no other type has, and its descriptor goes beside:
//!
//! - **Out**: right before, the `Shared` offers its descriptor to this thread. The serializer knows
//!   the name, takes the descriptor, and writes a ticket: which of the message's descriptors it is,
//!   and how long the buffer is. Any other format reports an error.
//! - **In**: while a message is read, this thread knows the descriptors that came with it. The
//!   thread must know them, not the deserializer, because serde's own buffer can be between the
//!   two, for `flatten`, `untagged` and tagged enums.
//!
//! A ticket is not trusted. It may name a descriptor that has not come, and a descriptor may belong
//! to anything.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use serde::de::{Deserializer, Error as _, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

pub(crate) use crate::sys::Handle;

/// The name of the newtype. Rust does not allow it for a type.
pub(super) const NEWTYPE_NAME: &str = "$offloop::Shared";

/// How many descriptors can go with one message: the kernel takes no more at once (`SCM_MAX_FD`).
const MAX_HANDLES: usize = 253;

/// The index in the ticket of an empty buffer, which has no descriptor.
const NO_HANDLE: u32 = u32::MAX;

const TICKET_LENGTH: usize = 12;

/// Which descriptor of the message, and how many bytes are in it; as it is written.
pub(super) type Ticket = [u8; TICKET_LENGTH];

/// A buffer that is about to be written.
struct Offer {
    handle: Option<Arc<Handle>>,
    length: u64,
}

thread_local! {
    static OFFERED: RefCell<Option<Offer>> = const { RefCell::new(None) };
    static RECEIVED: RefCell<Option<Rc<Received>>> = const { RefCell::new(None) };
}

/// Why the descriptor of a `Shared` cannot be sent or received.
#[derive(Debug)]
pub(super) enum HandleError {
    /// A type that is no `Shared` has taken its name.
    NothingOffered,
    /// The message has as many descriptors as the kernel takes at once.
    TooMany,
    /// The ticket names a descriptor that has not come.
    NotReceived {
        /// The number in the ticket.
        index: u32,
        /// How many descriptors came with the message.
        count: usize,
    },
    /// The descriptor was opened as something else before.
    OtherKind,
    /// The descriptor cannot be opened. The text says why.
    Unusable(String),
}

impl fmt::Display for HandleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HandleError::NothingOffered => f.write_str("a `Shared` buffer that offers nothing"),
            HandleError::TooMany => write!(
                f,
                "there are more than {MAX_HANDLES} different `Shared` buffers, \
                 which is as many as go at once"
            ),
            HandleError::NotReceived { index, count } => write!(
                f,
                "the `Shared` buffer {index} of a message that came with {count}"
            ),
            HandleError::OtherKind => f.write_str("a `Shared` buffer of two kinds"),
            HandleError::Unusable(reason) => f.write_str(reason),
        }
    }
}

/// Writes a buffer of `length` bytes. An empty one has no handle.
pub(crate) fn serialize<S: Serializer>(
    handle: Option<&Arc<Handle>>,
    length: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let offer = Offer {
        handle: handle.map(Arc::clone),
        length: length as u64,
    };
    // A thread that is ending has no thread-locals any more. Then nothing is offered.
    let _ = OFFERED.try_with(|offered| offered.replace(Some(offer)));
    let written = serializer.serialize_newtype_struct(NEWTYPE_NAME, &OnlyForWorkers);
    let _ = OFFERED.try_with(RefCell::take);
    written
}

/// The content of the newtype, which a format finds that does not know its name.
pub(super) struct OnlyForWorkers;

impl Serialize for OnlyForWorkers {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(
            "a `Shared` buffer can only go to a worker process and back, not into this format",
        ))
    }
}

/// Takes what a `Shared` has offered to this thread, and returns its ticket. The descriptor is
/// added to `outgoing`, unless it is there already.
pub(super) fn take_offer(outgoing: &mut Vec<Arc<Handle>>) -> Result<Ticket, HandleError> {
    let offer = OFFERED.try_with(RefCell::take).ok().flatten();
    let Some(Offer { handle, length }) = offer else {
        return Err(HandleError::NothingOffered);
    };
    let index = match handle {
        None => NO_HANDLE,
        Some(handle) => {
            let known = outgoing
                .iter()
                .position(|known| Arc::ptr_eq(known, &handle));
            let index = known.unwrap_or(outgoing.len());
            if index == MAX_HANDLES {
                return Err(HandleError::TooMany);
            }
            if known.is_none() {
                outgoing.push(handle);
            }
            u32::try_from(index).unwrap_or(NO_HANDLE)
        }
    };
    let mut ticket = [0; TICKET_LENGTH];
    ticket[..4].copy_from_slice(&index.to_le_bytes());
    ticket[4..].copy_from_slice(&length.to_le_bytes());
    Ok(ticket)
}

/// The descriptors that came with a message.
pub(super) struct Received(RefCell<Vec<Entry>>);

struct Entry {
    handle: Arc<Handle>,
    /// The buffer that was opened from it, once a value has asked for it.
    opened: Option<Arc<dyn Any + Send + Sync>>,
}

impl Received {
    pub(super) fn new(handles: Vec<Handle>) -> Rc<Self> {
        let entry = |handle| Entry {
            handle: Arc::new(handle),
            opened: None,
        };
        Rc::new(Received(RefCell::new(
            handles.into_iter().map(entry).collect(),
        )))
    }

    /// Makes them known to this thread until the scope is dropped.
    pub(super) fn enter(self: &Rc<Self>) -> Scope {
        let received = Some(Rc::clone(self));
        let before = RECEIVED.try_with(|known| known.replace(received));
        Scope(before.ok().flatten())
    }

    /// Returns the buffer of this descriptor, which is opened once, however many values name it.
    fn buffer<B: Any + Send + Sync, E: fmt::Display>(
        &self,
        index: u32,
        open: impl FnOnce(Arc<Handle>) -> Result<Arc<B>, E>,
    ) -> Result<Arc<B>, HandleError> {
        let mut entries = self.0.borrow_mut();
        let count = entries.len();
        let Some(Entry { handle, opened }) = entries.get_mut(index as usize) else {
            return Err(HandleError::NotReceived { index, count });
        };
        if let Some(opened) = opened {
            // All kinds of `Shared` open it as the same type.
            return Arc::clone(opened)
                .downcast()
                .map_err(|_| HandleError::OtherKind);
        }
        let buffer =
            open(Arc::clone(handle)).map_err(|error| HandleError::Unusable(error.to_string()))?;
        *opened = Some(Arc::<B>::clone(&buffer));
        Ok(buffer)
    }
}

/// As long as it lives, this thread knows the descriptors that came with a message.
pub(super) struct Scope(Option<Rc<Received>>);

impl Drop for Scope {
    fn drop(&mut self) {
        let before = self.0.take();
        let _ = RECEIVED.try_with(|known| known.replace(before));
    }
}

/// Reads a buffer. Returns what `open` makes of its descriptor, and how many bytes it should have;
/// `None` for an empty one.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, B: Any + Send + Sync, E: fmt::Display>(
    deserializer: D,
    open: impl FnOnce(Arc<Handle>) -> Result<Arc<B>, E>,
) -> Result<Option<(Arc<B>, u64)>, D::Error> {
    let Some(received) = RECEIVED
        .try_with(|known| known.borrow().clone())
        .ok()
        .flatten()
    else {
        return Err(D::Error::custom(
            "a `Shared` buffer can only come with a message of a worker process or its pool, \
             and here is none",
        ));
    };
    let ticket = deserializer.deserialize_newtype_struct(NEWTYPE_NAME, TicketVisitor)?;
    let [a, b, c, d, length @ ..] = ticket;
    match (u32::from_le_bytes([a, b, c, d]), u64::from_le_bytes(length)) {
        (NO_HANDLE, 0) => Ok(None),
        (index, length) => match received.buffer(index, open) {
            Ok(buffer) => Ok(Some((buffer, length))),
            Err(error) => Err(D::Error::custom(error)),
        },
    }
}

struct TicketVisitor;

impl<'de> Visitor<'de> for TicketVisitor {
    type Value = Ticket;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a `Shared` buffer")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Ticket, D::Error> {
        inner.deserialize_bytes(self)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Ticket, E> {
        Ticket::try_from(bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}
