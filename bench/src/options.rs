//! The options of the command line.

use std::fmt::Write;
use std::path::PathBuf;

use crate::line::Work;
use crate::lines::WORKS;

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    /// Everything on one core, not only the lines that are measured so in any case.
    pub(crate) pinned: bool,
    /// Parts of the names of the lines to measure; all when empty.
    pub(crate) only: Vec<String>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) svg: Option<PathBuf>,
    /// The table and the chart go where README.md shows them.
    pub(crate) write: bool,
}

const HELP: &str = "\
offloop beside its peers and beside what the machine allows, in one run

Each line of the table is measured for every contender in turn, round after round, each time in a
process of its own. What is printed are ratios to a baseline of the same round: the median, with the
least and the most. A full run takes about ten minutes on two cores, a quick one about one.

usage: cargo run --release -p offloop-bench -- [options]

  --rounds N    rounds (5; with --quick 1)
  --quick       fewer calls and smaller documents: tells the order of magnitude
  --pinned      everything on one core
  --only NAME   only the lines whose name contains NAME; may be given several times
  --json FILE   writes all figures of all rounds there
  --svg FILE    draws a chart there
  --write       puts the table into bench/README.md and the chart into bench/chart.svg
  --help        this text

names:
";

pub(crate) fn help() -> String {
    let mut text = HELP.to_owned();
    for work in WORKS {
        let _ = writeln!(text, "  {:22} {}", work.name, work.title);
    }
    text
}

impl Options {
    /// `None` when help is asked for.
    pub(crate) fn read(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Options>, String> {
        let mut options = Options {
            rounds: 0,
            quick: false,
            pinned: false,
            only: Vec::new(),
            json: None,
            svg: None,
            write: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or(format!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--rounds" => {
                    let rounds = value()?;
                    options.rounds = match rounds.parse() {
                        Ok(rounds) if rounds > 0 => rounds,
                        _ => return Err(format!("`{rounds}` is not a number of rounds")),
                    };
                }
                "--quick" => options.quick = true,
                "--pinned" => options.pinned = true,
                "--only" => {
                    let name = value()?;
                    if !WORKS.iter().any(|work| work.name.contains(&name)) {
                        return Err(format!("no line has `{name}` in its name"));
                    }
                    options.only.push(name);
                }
                "--json" => options.json = Some(value()?.into()),
                "--svg" => options.svg = Some(value()?.into()),
                "--write" => options.write = true,
                "--help" | "-h" => return Ok(None),
                // `cargo bench` and its like add it.
                "--bench" => {}
                _ => return Err(format!("there is no option `{argument}`")),
            }
        }
        if options.write && (options.quick || options.pinned || !options.only.is_empty()) {
            return Err("`--write` is for a full run".to_owned());
        }
        if options.rounds == 0 {
            options.rounds = if options.quick { 1 } else { 5 };
        }
        Ok(Some(options))
    }

    /// The lines to measure.
    pub(crate) fn works(&self) -> Vec<&'static Work> {
        let is_wanted = |name: &str| self.only.iter().any(|only| name.contains(only));
        WORKS
            .iter()
            .filter(|work| self.only.is_empty() || is_wanted(work.name))
            .collect()
    }
}
