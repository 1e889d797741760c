//! How a buffer that is not copied passes through serde.
//!
//! serde knows numbers, texts and what is built of them, and no descriptors. So a `Shared` says to serde that it is
//! a newtype of a name that nobody else uses, and what serde cannot carry goes beside it:
//!
//! - **Out**: right before, it leaves its descriptor for this thread. The writer knows the name, takes the
//!   descriptor, and writes a ticket: which of the message's descriptors it is, and how long the buffer. To any
//!   other format it is an error.
//! - **In**: while a message is read, the descriptors that came with it are there for this thread. It must
//!   be the thread and not the deserializer that has them, because between the two there may be serde's own buffer,
//!   for `flatten`, `untagged` and tagged enums.
//!
//! A ticket is not trusted: it may name a descriptor that has not come, or anything that was sent as one.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use serde::de::{Deserializer, Error as _, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

/// What a `Shared` keeps open and another process can map.
#[cfg(unix)]
pub(crate) type Handle = std::os::fd::OwnedFd;
/// There are no worker processes here yet, so there is none.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) enum Handle {}

/// The name of the newtype. Not one that Rust allows.
pub(super) const NAME: &str = "$offloop::Shared";

/// How many descriptors may go with one message: the kernel takes no more at once (`SCM_MAX_FD`).
const MOST: usize = 253;

/// The ticket of an empty buffer, for which there is no descriptor.
const EMPTY: u32 = u32::MAX;

const TICKET_LENGTH: usize = 12;

/// Which descriptor, and how many bytes of it; as it is written.
pub(super) type Ticket = [u8; TICKET_LENGTH];

/// What is about to be written.
struct Offer {
    handle: Option<Arc<Handle>>,
    length: u64,
}

thread_local! {
    static OFFERED: RefCell<Option<Offer>> = const { RefCell::new(None) };
    static ARRIVED: RefCell<Option<Rc<Arrived>>> = const { RefCell::new(None) };
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
    // A thread that is ending has no such place any more, and then nothing is offered.
    let _ = OFFERED.try_with(|offered| offered.replace(Some(offer)));
    let written = serializer.serialize_newtype_struct(NAME, &OnlyForWorkers);
    let _ = OFFERED.try_with(RefCell::take);
    written
}

/// What a format finds that does not know the name.
pub(super) struct OnlyForWorkers;

impl Serialize for OnlyForWorkers {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(
            "a `Shared` buffer can only go to a worker process and back, not into this format",
        ))
    }
}

/// Takes what a `Shared` offers to the writer of this thread. Its descriptor is added to `leaving`, unless it is there.
pub(super) fn take_offer(leaving: &mut Vec<Arc<Handle>>) -> Result<Ticket, String> {
    let offer = OFFERED.try_with(RefCell::take).ok().flatten();
    let Some(Offer { handle, length }) = offer else {
        return Err("a `Shared` buffer that offers nothing".to_owned());
    };
    let index = match handle {
        None => EMPTY,
        Some(handle) => {
            let known = leaving.iter().position(|known| Arc::ptr_eq(known, &handle));
            let index = known.unwrap_or(leaving.len());
            if index == MOST {
                return Err(format!(
                    "there are more than {MOST} different `Shared` buffers, which is as many as go at once"
                ));
            }
            if known.is_none() {
                leaving.push(handle);
            }
            u32::try_from(index).unwrap_or(EMPTY)
        }
    };
    let mut ticket = [0; TICKET_LENGTH];
    ticket[..4].copy_from_slice(&index.to_le_bytes());
    ticket[4..].copy_from_slice(&length.to_le_bytes());
    Ok(ticket)
}

/// The descriptors that came with a message.
pub(super) struct Arrived(RefCell<Vec<Entry>>);

struct Entry {
    handle: Arc<Handle>,
    /// What was made of it, once somebody has asked.
    opened: Option<Arc<dyn Any + Send + Sync>>,
}

impl Arrived {
    pub(super) fn new(handles: Vec<Handle>) -> Rc<Self> {
        let entry = |handle| Entry {
            handle: Arc::new(handle),
            opened: None,
        };
        Rc::new(Arrived(RefCell::new(
            handles.into_iter().map(entry).collect(),
        )))
    }

    /// Makes them known to this thread until the scope is dropped.
    pub(super) fn enter(self: &Rc<Self>) -> Scope {
        let arrived = Some(Rc::clone(self));
        let before = ARRIVED.try_with(|known| known.replace(arrived));
        Scope(before.ok().flatten())
    }

    /// The buffer of this descriptor. Opened once, however often it is named.
    fn buffer<B: Any + Send + Sync>(
        &self,
        index: u32,
        open: impl FnOnce(Arc<Handle>) -> Result<Arc<B>, String>,
    ) -> Result<Arc<B>, String> {
        let mut entries = self.0.borrow_mut();
        let count = entries.len();
        let Some(Entry { handle, opened }) = entries.get_mut(index as usize) else {
            return Err(format!(
                "the `Shared` buffer {index} of a message that came with {count}"
            ));
        };
        if let Some(opened) = opened {
            // All kinds of `Shared` make the same of it.
            return Arc::clone(opened)
                .downcast()
                .map_err(|_| "a `Shared` buffer of two kinds".to_owned());
        }
        let buffer = open(Arc::clone(handle))?;
        *opened = Some(Arc::<B>::clone(&buffer));
        Ok(buffer)
    }
}

/// As long as it lives, this thread knows what came with a message.
pub(super) struct Scope(Option<Rc<Arrived>>);

impl Drop for Scope {
    fn drop(&mut self) {
        let before = self.0.take();
        let _ = ARRIVED.try_with(|known| known.replace(before));
    }
}

/// Reads a buffer: what `open` makes of its descriptor, and how many bytes it has. `None` for an empty one.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, B: Any + Send + Sync>(
    deserializer: D,
    open: impl FnOnce(Arc<Handle>) -> Result<Arc<B>, String>,
) -> Result<Option<(Arc<B>, u64)>, D::Error> {
    let Some(arrived) = ARRIVED
        .try_with(|known| known.borrow().clone())
        .ok()
        .flatten()
    else {
        return Err(D::Error::custom(
            "a `Shared` buffer can only come with a message of a worker process or its pool, and here is none",
        ));
    };
    let ticket = deserializer.deserialize_newtype_struct(NAME, TicketVisitor)?;
    let [a, b, c, d, length @ ..] = ticket;
    match (u32::from_le_bytes([a, b, c, d]), u64::from_le_bytes(length)) {
        (EMPTY, 0) => Ok(None),
        (index, length) => match arrived.buffer(index, open) {
            Ok(buffer) => Ok(Some((buffer, length))),
            Err(reason) => Err(D::Error::custom(reason)),
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
