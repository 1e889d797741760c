//! The two ways of doing a job. Each is measured by the ticker and has a progress bar.

use std::future::Future;
use std::num::NonZero;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use indicatif::{ProgressBar, ProgressStyle};

use crate::ticker::Ticker;

/// Where the jobs are done.
pub(crate) struct Stage {
    pub(crate) cores: usize,
    ticker: Ticker,
}

/// The result of a job that was done in one of the two ways.
pub(crate) struct Pass<T> {
    /// The outputs, in the order of the items.
    pub(crate) outputs: Vec<T>,
    pub(crate) took: Duration,
    pub(crate) longest_pause: Duration,
}

impl Stage {
    pub(crate) fn new() -> Stage {
        Stage {
            cores: std::thread::available_parallelism().map_or(1, NonZero::get),
            ticker: Ticker::start(),
        }
    }

    /// Does one item after another in place, on the event loop.
    pub(crate) async fn in_place<I, T>(
        &self,
        what: &str,
        items: impl IntoIterator<Item = I, IntoIter: ExactSizeIterator>,
        mut work: impl FnMut(I) -> T,
    ) -> Pass<T> {
        let items = items.into_iter();
        let bar = bar(&format!("{what}, in place"), items.len());
        let all = async {
            let mut outputs = Vec::new();
            for item in items {
                outputs.push(work(item));
                bar.inc(1);
                // The loop runs its other tasks between two items, as if each item were a task.
                self.ticker.next_tick().await;
            }
            outputs
        };
        self.watch(all).await
    }

    /// Makes a call for each item and awaits the calls, `at_a_time` of them at a time. That should
    /// be as many as the pool has workers and some more, so that no worker waits. All calls at once
    /// would work too, but all their arguments would be in memory.
    pub(crate) async fn offloop<I, C: Future>(
        &self,
        what: &str,
        items: impl IntoIterator<Item = I, IntoIter: ExactSizeIterator>,
        at_a_time: usize,
        call: impl FnMut(I) -> C,
    ) -> Pass<C::Output> {
        let items = items.into_iter();
        let bar = bar(&format!("{what}, offloop"), items.len());
        let calls = stream::iter(items).map(call).buffered(at_a_time);
        self.watch(calls.inspect(|_| bar.inc(1)).collect()).await
    }

    async fn watch<T>(&self, work: impl Future<Output = Vec<T>>) -> Pass<T> {
        let (outputs, took, longest_pause) = self.ticker.watch(work).await;
        Pass {
            outputs,
            took,
            longest_pause,
        }
    }
}

impl<T, E> Pass<Result<T, E>> {
    /// Returns the pass with its values, for a job that fails if one call fails.
    ///
    /// # Errors
    /// The first error of a call.
    pub(crate) fn all_done(self) -> Result<Pass<T>, E> {
        Ok(Pass {
            outputs: self.outputs.into_iter().collect::<Result<_, E>>()?,
            took: self.took,
            longest_pause: self.longest_pause,
        })
    }
}

/// Returns a progress bar. It is drawn only if standard error is a terminal.
fn bar(what: &str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:24} {wide_bar} {pos:>4}/{len:4} {elapsed:>4}");
    let bar = ProgressBar::new(length as u64).with_message(what.to_owned());
    // A thread of its own draws it, because a slow terminal would block the event loop.
    bar.enable_steady_tick(Duration::from_millis(50));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
