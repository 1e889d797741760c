//! Whether a call whose worker has died is given to another worker.

use crate::error::Phase;

/// What the decision rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// How far the worker had come with the call when it died.
    pub(super) phase: Phase,
    /// How often the call may still go to another worker because its worker died before it began
    /// it.
    pub(super) moves_left: u32,
    /// How often the call may still be made again after a worker died of it.
    pub(super) retries_left: u32,
    /// How many workers the arguments have killed in all calls with them, the one that died
    /// included.
    pub(super) killed: u32,
    /// So many are too many, whatever the call allows.
    pub(super) poison_after: u32,
}

/// What becomes of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No worker has begun the call: another one gets it, of which the caller hears nothing.
    Reassign,
    /// The call is made once more.
    Repeat,
    /// The caller gets an error.
    Fail,
}

/// Decides what becomes of a call whose worker has died.
pub(super) fn decide(facts: &Facts) -> Verdict {
    let has_begun = facts.phase != Phase::Idle;
    if !has_begun && facts.moves_left > 0 {
        Verdict::Reassign
    } else if has_begun && facts.retries_left > 0 && facts.killed < facts.poison_after {
        Verdict::Repeat
    } else {
        Verdict::Fail
    }
}

#[cfg(test)]
mod tests {
    use super::Phase::{Decode, Encode, Idle, Run, Unknown};
    use super::Verdict::{Fail, Reassign, Repeat};
    use super::*;

    #[test]
    fn each_case_has_its_verdict() {
        // Phase, moves left, retries left, killed, poison after.
        let table = [
            ((Idle, 3, 0, 0, 3), Reassign),
            ((Idle, 1, 5, 9, 1), Reassign),
            // A call that no worker begins is no reason to repeat it.
            ((Idle, 0, 0, 0, 3), Fail),
            ((Idle, 0, 5, 0, 3), Fail),
            // Without `retry`, a call that has begun is never made again.
            ((Decode, 3, 0, 0, 3), Fail),
            ((Run, 3, 0, 0, 3), Fail),
            ((Encode, 3, 0, 0, 3), Fail),
            ((Unknown, 3, 0, 0, 3), Fail),
            ((Decode, 3, 1, 1, 3), Repeat),
            ((Run, 0, 1, 1, 3), Repeat),
            ((Run, 3, 2, 2, 3), Repeat),
            ((Encode, 3, 1, 1, 3), Repeat),
            ((Unknown, 3, 1, 1, 3), Repeat),
            // Arguments that kill every worker are poison.
            ((Run, 3, 2, 3, 3), Fail),
            ((Run, 3, 9, 4, 3), Fail),
            ((Run, 3, 9, 1, 1), Fail),
        ];
        for ((phase, moves_left, retries_left, killed, poison_after), verdict) in table {
            let facts = Facts {
                phase,
                moves_left,
                retries_left,
                killed,
                poison_after,
            };
            assert_eq!(decide(&facts), verdict, "{facts:?}");
        }
    }
}
