//! The table that is printed at the end. Every figure in it was measured in this run.

use std::fmt;
use std::num::NonZero;
use std::thread;
use std::time::Duration;

use offloop::Error;

use crate::place::{self, Place};
use crate::stage::Pass;

/// The results of all jobs.
#[derive(Default)]
pub(crate) struct Report {
    jobs: Vec<Job>,
    crash: Option<String>,
    failures: Vec<String>,
    notes: Vec<String>,
}

struct Job {
    what: String,
    in_place: Row,
    offloop: Row,
}

/// One line of the table.
struct Row {
    place: String,
    calls: u32,
    took: Duration,
    longest_pause: Duration,
}

impl Report {
    /// Adds a job that was done both ways. `places` has an entry for each call that offloop
    /// finished.
    pub(crate) fn job<'a, T, U>(
        &mut self,
        what: &str,
        in_place: &Pass<T>,
        offloop: &Pass<U>,
        places: impl Iterator<Item = &'a Place>,
    ) {
        let places: Vec<&Place> = places.collect();
        let on_the_loop = if in_place.outputs.len() < offloop.outputs.len() {
            format!(
                "{} of them in place, on the event loop",
                in_place.outputs.len()
            )
        } else {
            "in place, on the event loop".to_owned()
        };
        self.jobs.push(Job {
            what: format!("{} {what}", places.len()),
            in_place: Row::new(on_the_loop, in_place),
            offloop: Row::new(place::describe(&places), offloop),
        });
    }

    /// Adds the error that the caller of the crashing function got.
    pub(crate) fn crash(&mut self, error: &Error) {
        self.crash = Some(error.to_string());
    }

    /// Adds a photograph that has no thumbnail.
    pub(crate) fn failure(&mut self, name: &str, error: &dyn fmt::Display) {
        self.failures.push(format!("{name}: {error}"));
    }

    /// Adds a sentence about the work.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Returns the sum of all jobs. `None` if a job was not done completely in place.
    fn total(&self) -> Option<Job> {
        let whole = |job: &Job| job.in_place.calls == job.offloop.calls;
        self.jobs.iter().all(whole).then(|| Job {
            what: "all of it".to_owned(),
            in_place: Row::sum("in place", self.jobs.iter().map(|job| &job.in_place)),
            offloop: Row::sum("offloop", self.jobs.iter().map(|job| &job.offloop)),
        })
    }
}

impl Row {
    fn new<T>(place: String, pass: &Pass<T>) -> Row {
        Row {
            place,
            calls: u32::try_from(pass.outputs.len()).unwrap_or(u32::MAX),
            took: pass.took,
            longest_pause: pass.longest_pause,
        }
    }

    fn sum<'a>(place: &str, rows: impl Iterator<Item = &'a Row> + Clone) -> Row {
        Row {
            place: place.to_owned(),
            calls: rows.clone().map(|row| row.calls).sum(),
            took: rows.clone().map(|row| row.took).sum(),
            longest_pause: rows.map(|row| row.longest_pause).max().unwrap_or_default(),
        }
    }

    /// Returns how many calls it makes in a second.
    fn rate(&self) -> f64 {
        f64::from(self.calls) / self.took.as_secs_f64()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        writeln!(
            f,
            "Each job was done in place, on the event loop, and then by offloop, with {cores} cores.\n\
             A task on the loop wants to run every millisecond. The longest pause is the longest time\n\
             that it had to wait, and everything else on the loop waited too.\n"
        )?;
        if cfg!(debug_assertions) {
            writeln!(
                f,
                "This is a debug build, which computes slowly: use `cargo run --release`.\n"
            )?;
        }
        self.write_table(f)?;
        if let Some(crash) = &self.crash {
            writeln!(
                f,
                "\nAmong the thumbnails, in the same pool, one call wrote to a null pointer. That ended a\n\
                 worker process, but not the program. The caller got this error:\n  {crash}"
            )?;
        }
        if !self.failures.is_empty() {
            writeln!(
                f,
                "\nThese photographs have no thumbnail. The others were done all the same:"
            )?;
        }
        for failure in &self.failures {
            writeln!(f, "  {failure}")?;
        }
        writeln!(f)?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        Ok(())
    }
}

impl Report {
    fn write_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines =
            vec![["what", "where", "took", "longest pause", "speed"].map(str::to_owned)];
        for job in self.jobs.iter().chain(&self.total()) {
            for (what, row) in [(&*job.what, &job.in_place), ("", &job.offloop)] {
                lines.push([
                    what.to_owned(),
                    row.place.clone(),
                    format!("{:.2} s", row.took.as_secs_f64()),
                    format!("{:.1} ms", row.longest_pause.as_secs_f64() * 1e3),
                    format!("{:.1} ×", row.rate() / job.in_place.rate()),
                ]);
            }
        }
        let width = |column: usize| {
            let lengths = lines.iter().map(|line| line[column].chars().count());
            lengths.max().unwrap_or(0)
        };
        let [first, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map(width);
        for [what, place, took, pause, speed] in &lines {
            write!(f, "{what:first$}  {place:second$}  ")?;
            writeln!(f, "{took:>third$}  {pause:>fourth$}  {speed:>fifth$}")?;
        }
        Ok(())
    }
}

/// Returns a size in megabytes, as text.
pub(crate) fn megabytes(bytes: usize) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
