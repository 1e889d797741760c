//! The two ways of doing a job, each under the eyes of the ticker and with a progress bar.

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

/// What came of a job that was done one way.
pub(crate) struct Pass<T> {
    /// In the order of the items.
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

    /// Does one item after another right here, on the event loop.
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
                // As if each item were a task of its own: between two of them the loop goes on.
                self.ticker.next_tick().await;
            }
            outputs
        };
        self.watch(all).await
    }

    /// Makes a call for each item and awaits them, so many at a time: as many as the pool has
    /// workers and some more, so that none of these waits for work. All of them at once would do as
    /// well, but their arguments would all be in memory.
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
    /// Where one failure spoils the job: the first one.
    pub(crate) fn all_done(self) -> Result<Pass<T>, E> {
        Ok(Pass {
            outputs: self.outputs.into_iter().collect::<Result<_, E>>()?,
            took: self.took,
            longest_pause: self.longest_pause,
        })
    }
}

/// A progress bar, where standard error is a terminal; otherwise nothing is drawn.
fn bar(what: &str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:24} {wide_bar} {pos:>4}/{len:4} {elapsed:>4}");
    let bar = ProgressBar::new(length as u64).with_message(what.to_owned());
    // Drawn by a thread of its own: a terminal may be slow, and must not hold up the event loop.
    bar.enable_steady_tick(Duration::from_millis(50));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
