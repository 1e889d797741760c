//! The options of the command line.

use std::fmt::Write;
use std::path::PathBuf;

use crate::line::Line;
use crate::lines::LINES;

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    /// Whether all lines are measured on one core, and not only those that always are.
    pub(crate) pinned: bool,
    /// The lines whose names contain one of these are measured. If there is none, all lines are.
    pub(crate) only: Vec<String>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) svg: Option<PathBuf>,
    /// Whether the table goes into README.md, and the chart into the file that README.md shows.
    pub(crate) write: bool,
}

const HELP: &str = "\
Compares offloop with its peers and with the limits of the machine, in one run.

In each round every contender of every line is measured in turn, in a process of its own. The table
shows ratios to the baseline of the same round: the median of all rounds, with the least and the
most. A full run takes about ten minutes on two cores, a quick run about one minute.

usage: cargo run --release -p offloop-bench -- [options]

  --rounds N    the number of rounds (5; with --quick 1)
  --quick       fewer calls and smaller documents: shows the order of magnitude
  --pinned      measures every line on one core
  --only NAME   measures only the lines whose name contains NAME; may be given several times
  --json FILE   writes all figures of all rounds to FILE
  --svg FILE    draws the chart to FILE
  --write       puts the table into bench/README.md and the chart into bench/chart.svg
  --help        prints this text

lines:
";

pub(crate) fn help() -> String {
    let mut text = HELP.to_owned();
    for line in LINES {
        let _ = writeln!(text, "  {:22} {}", line.name, line.title);
    }
    text
}

impl Options {
    /// Returns `None` if help was asked for.
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
                    if !LINES.iter().any(|line| line.name.contains(&name)) {
                        return Err(format!("no line has `{name}` in its name"));
                    }
                    options.only.push(name);
                }
                "--json" => options.json = Some(value()?.into()),
                "--svg" => options.svg = Some(value()?.into()),
                "--write" => options.write = true,
                "--help" | "-h" => return Ok(None),
                // `cargo bench` adds it.
                "--bench" => {}
                _ => return Err(format!("there is no option `{argument}`")),
            }
        }
        if options.write && (options.quick || options.pinned || !options.only.is_empty()) {
            return Err(
                "`--write` needs a full run: leave out `--quick`, `--pinned` and `--only`"
                    .to_owned(),
            );
        }
        if options.rounds == 0 {
            options.rounds = if options.quick { 1 } else { 5 };
        }
        Ok(Some(options))
    }

    /// Returns the lines to measure.
    pub(crate) fn lines(&self) -> Vec<&'static Line> {
        let is_wanted = |name: &str| self.only.iter().any(|only| name.contains(only));
        LINES
            .iter()
            .filter(|line| self.only.is_empty() || is_wanted(line.name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn read(arguments: &[&str]) -> Result<Option<Options>, String> {
        Options::read(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn only_takes_a_part_of_a_name_and_may_be_repeated() {
        let options = read(&["--only", "record", "--only", "mib64"]);
        let options = options
            .expect("the options are right")
            .expect("no help is asked for");
        let names: Vec<_> = options.lines().iter().map(|line| line.name).collect();
        assert_eq!(
            names,
            ["record-pinned", "mib64", "mib64-borrowed", "mib64-shared"]
        );
    }

    #[test]
    fn a_wrong_option_is_an_error() {
        for arguments in [
            &["--only", "no-such-line"][..],
            &["--only"],
            &["--rounds", "0"],
            &["--rounds", "many"],
            &["--write", "--quick"],
            &["--no-such-option"],
        ] {
            assert!(read(arguments).is_err(), "{arguments:?}");
        }
    }
}
