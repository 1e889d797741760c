//! What a child process does, by its hidden command: it measures or responds, or ends at once.

use std::process::ExitCode;

use crate::commands::{EXIT, MEASURE, RESPOND};
use crate::contenders::{
    blocking, command, ipc_channel, limit_eventfd, limit_futex, limit_memcpy, limit_pipes,
    limit_thread, offloop_process, offloop_thread, procspawn, rayon, spawn_blocking,
};
use crate::figures::Figures;
use crate::line::Line;
use crate::scale::Scale;
use crate::who::Who;
use crate::{lines, system, workloads};

pub(crate) fn is_hidden_command() -> bool {
    let first = std::env::args().nth(1);
    first.is_some_and(|first| [MEASURE, EXIT, RESPOND].contains(&first.as_str()))
}

pub(crate) fn run() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [MEASURE, line, who, ..] => {
            let (Some(line), Some(who)) = (lines::named(line), Who::named(who)) else {
                eprintln!("no line `{line}` or no contender `{who}`");
                return ExitCode::FAILURE;
            };
            if arguments.contains(&"--pinned") {
                system::pin_to_one_core();
            }
            system::raise_descriptor_limit();
            let scale = Scale {
                quick: arguments.contains(&"--quick"),
            };
            let figures = measure(who, line, scale);
            let figures = serde_json::to_string(&figures).expect("numbers can be written as JSON");
            println!("{figures}");
        }
        [RESPOND, "pipes"] => limit_pipes::respond(),
        [RESPOND, "futex", memory] => limit_futex::respond(memory),
        [RESPOND, "eventfd", memory] => limit_eventfd::respond(memory),
        [RESPOND, "ipc", server] => ipc_channel::respond(server.to_owned()),
        // `EXIT`: the process only has to end.
        _ => {}
    }
    ExitCode::SUCCESS
}

/// Measures one contender for one line, in this process.
fn measure(who: Who, line: &'static Line, scale: Scale) -> Figures {
    match who {
        Who::SpawnBlocking => workloads::run::<spawn_blocking::SpawnBlocking>(line, scale),
        Who::OffloopThread => workloads::run::<offloop_thread::OffloopThread>(line, scale),
        Who::OffloopProcess => workloads::run::<offloop_process::OffloopProcess>(line, scale),
        Who::Blocking => workloads::run::<blocking::Blocking>(line, scale),
        Who::Rayon => workloads::run::<rayon::Rayon>(line, scale),
        Who::Procspawn => workloads::run::<procspawn::Procspawn>(line, scale),
        Who::IpcChannel => workloads::run::<ipc_channel::IpcChannel>(line, scale),
        Who::LimitThread => workloads::run::<limit_thread::LimitThread>(line, scale),
        Who::LimitPipes => workloads::run::<limit_pipes::LimitPipes>(line, scale),
        Who::LimitFutex => workloads::run::<limit_futex::LimitFutex>(line, scale),
        Who::LimitEventfd => workloads::run::<limit_eventfd::LimitEventfd>(line, scale),
        Who::LimitMemcpy => workloads::run::<limit_memcpy::LimitMemcpy>(line, scale),
        Who::Command => workloads::run::<command::Command>(line, scale),
        Who::PythonThreads | Who::PythonProcesses | Who::PythonLoky => {
            unreachable!("`bench/python/peers.py` measures these")
        }
    }
}
