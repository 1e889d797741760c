//! What rings a doorbell.

use std::sync::Arc;

/// Something that has something to tell, and rings a doorbell for that: a worker.
#[cfg_attr(
    not(feature = "tokio"),
    allow(dead_code, reason = "without tokio there is no doorbell to ring")
)]
pub(crate) trait Ringer: Send + Sync {
    /// The doorbell of this number was rung. The ringer says what there is to say, and rings again
    /// only after that.
    fn rung(self: Arc<Self>, number: usize);

    /// The doorbell of this number has ended: nothing hears it any more.
    fn forget(&self, number: usize);
}
