//! How long the event loop is blocked: the longest pause of a ticker that is set to 1 ms.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::contenders::Contender;
use crate::figures::{Figures, figures, milliseconds};
use crate::scale::Scale;

pub(super) struct Ticker {
    task: JoinHandle<Duration>,
    stop: oneshot::Sender<()>,
}

impl Ticker {
    pub(super) fn start() -> Ticker {
        let (stop, mut stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut ticks = interval(Duration::from_millis(1));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut last = Instant::now();
            let mut longest = Duration::ZERO;
            while stopped.try_recv().is_err() {
                ticks.tick().await;
                longest = longest.max(last.elapsed());
                last = Instant::now();
            }
            longest
        });
        Ticker { task, stop }
    }

    /// Ends the ticker, and returns its longest pause.
    pub(super) async fn stop(self) -> Duration {
        let _ = self.stop.send(());
        self.task.await.expect("the ticker does not panic")
    }
}

pub(super) async fn measure<C: Contender>(contender: &C, scale: Scale) -> Figures {
    const SIZE: usize = 64 << 20;
    let mut bytes = contender.bytes(vec![7; SIZE]).await;
    let ticker = Ticker::start();
    tokio::task::yield_now().await;
    for _ in 0..scale.pick(3, 1) {
        bytes = contender.bytes(bytes).await;
    }
    assert_eq!(bytes.len(), SIZE);
    figures([("gap", milliseconds(ticker.stop().await))])
}
