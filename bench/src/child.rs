//! The hidden commands: one measurement, or the other side of a limit.

use std::process::ExitCode;

use crate::contenders::{Who, ipc_channel, limit_eventfd, limit_futex, limit_pipes};
use crate::line::Work;
use crate::workloads::Scale;
use crate::{contenders, system};

/// `measure LINE CONTENDER [--quick] [--pinned]`: prints the figures as JSON.
pub(crate) const MEASURE: &str = "measure";
/// Does nothing and ends: what the start of a process costs.
pub(crate) const NOTHING: &str = "nothing";
/// `peer KIND ..`: the other side of a contender that has no workers of its own.
pub(crate) const PEER: &str = "peer";

pub(crate) fn is_hidden_command() -> bool {
    let first = std::env::args().nth(1);
    first.is_some_and(|first| [MEASURE, NOTHING, PEER].contains(&first.as_str()))
}

pub(crate) fn run() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [MEASURE, work, who, ..] => {
            let (Some(work), Some(who)) = (Work::named(work), Who::named(who)) else {
                eprintln!("no line `{work}` or no contender `{who}`");
                return ExitCode::FAILURE;
            };
            if arguments.contains(&"--pinned") {
                system::pin_to_one_core();
            }
            system::raise_descriptor_limit();
            let scale = Scale {
                quick: arguments.contains(&"--quick"),
            };
            let figures = contenders::measure(who, work, scale);
            let figures = serde_json::to_string(&figures).expect("numbers can be written as JSON");
            println!("{figures}");
        }
        [PEER, "pipes"] => limit_pipes::peer(),
        [PEER, "futex", memory] => limit_futex::peer(memory),
        [PEER, "eventfd", memory] => limit_eventfd::peer(memory),
        [PEER, "ipc", server] => ipc_channel::peer(server.to_owned()),
        _ => {}
    }
    ExitCode::SUCCESS
}
