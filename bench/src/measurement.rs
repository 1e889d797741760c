//! One measurement: this program starts itself, or Python, as a child and reads its figures.

use std::env::current_exe;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::commands::MEASURE;
use crate::figures::Figures;
use crate::line::Line;
use crate::options::Options;
use crate::who::Who;

/// A child that runs longer is taken to hang.
const LIMIT: Duration = Duration::from_secs(120);

/// Measures one contender in a process of its own.
pub(crate) fn measure(who: Who, line: &Line, options: &Options) -> Result<Figures, String> {
    let mut command = if who.is_python() {
        let mut command = Command::new("python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/peers.py"));
        command
    } else {
        Command::new(current_exe().map_err(|error| error.to_string())?)
    };
    command.args([MEASURE, line.name, who.name()]);
    if options.quick {
        command.arg("--quick");
    }
    if line.pinned || options.pinned {
        command.arg("--pinned");
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let (output, errors, success) = output(child)?;
    if !success {
        return Err(reason(&errors));
    }
    serde_json::from_str(last_line(&output)).map_err(|error| format!("no figures: {error}"))
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or("")
}

/// Returns the message of the first panic, or the last line if nothing panicked.
fn reason(errors: &str) -> String {
    let mut lines = errors
        .lines()
        .skip_while(|line| !line.contains("panicked at"));
    lines.nth(1).unwrap_or(last_line(errors)).to_owned()
}

/// Returns what the child printed on both streams, and whether it succeeded. A child that hangs is
/// killed.
fn output(mut child: Child) -> Result<(String, String, bool), String> {
    let (mut out, mut err) = (
        child.stdout.take().ok_or("no output")?,
        child.stderr.take().ok_or("no output")?,
    );
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (mut output, mut errors) = (String::new(), String::new());
        let _ = out.read_to_string(&mut output);
        let _ = err.read_to_string(&mut errors);
        let _ = sender.send((output, errors));
    });
    let read = receiver.recv_timeout(LIMIT);
    if read.is_err() {
        let _ = child.kill();
    }
    let success = child.wait().is_ok_and(|status| status.success());
    let (output, errors) = read.map_err(|_| format!("took longer than {LIMIT:?}"))?;
    Ok((output, errors, success))
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_reason_is_the_message_of_the_first_panic() {
        let errors = "thread 'main' panicked at src/a.rs:1:2:\nno memory\nnote: run with\n";
        assert_eq!(reason(errors), "no memory");
    }

    #[test]
    fn without_a_panic_the_reason_is_the_last_line() {
        assert_eq!(
            reason("Traceback\nloky is not installed\n"),
            "loky is not installed"
        );
        assert_eq!(reason(""), "");
    }
}
