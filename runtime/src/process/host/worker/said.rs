//! What a worker has said of itself beside its answers: why it ends.

use std::time::Instant;

use crate::error::Exit;
use crate::error::fault::ProtocolFault;
use crate::process::protocol::event::Event;
use crate::process::transport::{Overfull, Ring};

/// What a worker has said of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// How many bytes of events the pool has read.
    read: u64,
    /// Why the worker ends by itself.
    stopping: Option<String>,
    /// The last panic, and the call in which it was.
    panicked: Option<(u64, String)>,
    /// When callers were last told how far their calls are.
    pub(super) told: Option<Instant>,
}

impl Said {
    /// Takes in the events that are there: no more than there is room for, however fast the worker
    /// says more.
    pub(super) fn take_in(&mut self, ring: &Ring) -> Result<(), ProtocolFault> {
        let bytes = ring
            .read_events(&mut self.read)
            .map_err(|Overfull(length)| ProtocolFault::EventBytes(length))?;
        let mut rest = bytes.as_deref().unwrap_or_default();
        while let Some(event) = Event::take(&mut rest)? {
            match event {
                Event::Stopping { reason } => self.stopping = Some(reason.to_owned()),
                Event::Panicked { call, text } => self.panicked = Some((call, text.to_owned())),
                // It has a place of its own in the slot of the call.
                Event::Progress(_) => {}
            }
        }
        Ok(())
    }

    /// Returns why the worker has ended, if it has said so. `call` is the call that it ran, or 0,
    /// and `dropped` is how many events it had no room for.
    ///
    /// A panic that the process survives may be followed by an end that has nothing to do with it.
    /// So it counts only if the process has aborted in the same call, and if it was certainly the
    /// last one.
    pub(super) fn why(self, exit: Exit, call: u64, dropped: u64) -> Option<String> {
        if let Some(reason) = self.stopping {
            return Some(format!("it stopped: {reason}"));
        }
        let is_last = exit == Exit::Signal(libc::SIGABRT) && dropped == 0;
        let (_, text) = self.panicked.filter(|(of, _)| is_last && *of == call)?;
        Some(format!("it panicked at {text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABORTED: Exit = Exit::Signal(libc::SIGABRT);

    fn said(stopping: Option<&str>, panicked: Option<u64>) -> Said {
        Said {
            stopping: stopping.map(ToOwned::to_owned),
            panicked: panicked.map(|call| (call, "a.rs:1:2: no".to_owned())),
            ..Said::default()
        }
    }

    #[test]
    fn an_end_has_the_reason_that_the_worker_gave() {
        let why = said(Some("no descriptors"), Some(7)).why(Exit::Code(70), 7, 0);
        assert_eq!(why.as_deref(), Some("it stopped: no descriptors"));
        assert_eq!(said(None, None).why(ABORTED, 7, 0), None);
    }

    #[test]
    fn a_panic_is_the_reason_of_an_abort_in_the_same_call_only() {
        let why = |exit, call, dropped| said(None, Some(7)).why(exit, call, dropped);
        let expected = Some("it panicked at a.rs:1:2: no");
        assert_eq!(why(ABORTED, 7, 0).as_deref(), expected);
        assert_eq!(why(ABORTED, 8, 0), None, "another call");
        assert_eq!(why(ABORTED, 7, 1), None, "not known to be the last");
        assert_eq!(why(Exit::Signal(libc::SIGSEGV), 7, 0), None);
        assert_eq!(why(Exit::Code(3), 7, 0), None);
    }
}
