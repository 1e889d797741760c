//! How a pool and a process that it has started make sure of each other, before the first call.
//!
//! 1. The pool writes the [`WorkerConfig`] into the socket, and then starts the process, which
//!    finds the frame there.
//! 2. The environment has an [`Invitation`], by which the process knows that it is a worker.
//! 3. The worker says [`Hello`], which shows that it is the same build and that this pool has
//!    started it.
//! 4. The worker has set itself up: it reports that it is ready, or why it is not.

use std::fmt;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::str::FromStr;

use rustix::process::Pid;
use serde::{Deserialize, Serialize};

use super::frame::{self, Assembler, HEADER, Kind, NoFrame};
use crate::error::fault::{PoolFault, ProtocolFault};
use crate::wire::{Decoder, Encoder};

/// The variable that a pool sets for its workers. Each of them removes it at once.
pub(crate) const VARIABLE: &str = "OFFLOOP_WORKER";

/// What a pool tells a worker by way of [`VARIABLE`]: enough to know that it is one. Everything
/// else is in its [`WorkerConfig`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) parent: Pid,
    pub(crate) nonce: u64,
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.parent.as_raw_nonzero(), self.nonce)
    }
}

impl FromStr for Invitation {
    type Err = ();

    fn from_str(text: &str) -> Result<Invitation, ()> {
        let (parent, nonce) = text.split_once(':').ok_or(())?;
        let parent = parent.parse().map_err(drop)?;
        Ok(Invitation {
            parent: Pid::from_raw(parent).ok_or(())?,
            nonce: nonce.parse().map_err(drop)?,
        })
    }
}

/// The first word of a worker. It shows that the program at the other end is the same build, and
/// was started by whom it thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) build_id: u64,
    pub(crate) nonce: u64,
}

impl Hello {
    pub(crate) const LENGTH: usize = 24;

    pub(crate) fn to_bytes(self) -> [u8; Hello::LENGTH] {
        let mut bytes = [0; Hello::LENGTH];
        bytes[..8].copy_from_slice(b"offloop1");
        bytes[8..16].copy_from_slice(&self.build_id.to_le_bytes());
        bytes[16..].copy_from_slice(&self.nonce.to_le_bytes());
        bytes
    }
}

pub(crate) fn say_hello(mut socket: &UnixStream, build_id: u64, nonce: u64) -> io::Result<()> {
    socket.write_all(&Hello { build_id, nonce }.to_bytes())
}

/// Tells the pool that it may send calls, or why not.
pub(crate) fn report_ready(mut socket: &UnixStream, failure: Option<&str>) -> io::Result<()> {
    let mut out = Encoder::new(vec![0; HEADER]);
    out.output(&failure.map(str::to_owned))
        .map_err(io::Error::other)?;
    let mut bytes = out.into_bytes();
    frame::seal(&mut bytes, Kind::Ready);
    socket.write_all(&bytes)
}

/// What the pool takes from that: why the worker is not ready, or nothing.
pub(crate) fn read_ready(body: &[u8]) -> Result<Option<String>, ProtocolFault> {
    let mut input = Decoder::new(body);
    let failure = input.output();
    failure
        .and_then(|failure| input.end().map(|()| failure))
        .map_err(|error| ProtocolFault::Report(error.to_string()))
}

/// How a worker has to set itself up.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WorkerConfig {
    /// The pool that it works for.
    pub(crate) pool: String,
    /// Which of the pool's workers it is.
    pub(crate) number: usize,
    /// How much memory its data may take, in bytes.
    pub(crate) memory_limit: Option<u64>,
    /// What to add to its niceness.
    pub(crate) nice: i32,
    /// Tells the pool after each call how much memory it takes.
    pub(crate) reports_memory: bool,
    /// What its code may do to the machine.
    #[cfg(feature = "sandbox")]
    pub(crate) sandbox: Option<crate::process::sandbox::Rules>,
}

impl WorkerConfig {
    /// Writes them, into a socket that has room for them.
    pub(crate) fn send(&self, mut socket: &UnixStream) -> io::Result<()> {
        let mut out = Encoder::new(vec![0; HEADER]);
        out.output(self).map_err(io::Error::other)?;
        let mut bytes = out.into_bytes();
        frame::seal(&mut bytes, Kind::WorkerConfig);
        socket.write_all(&bytes)
    }

    /// Reads them, in the worker.
    pub(crate) fn receive(socket: &UnixStream) -> Result<WorkerConfig, PoolFault> {
        let mut assembler = Assembler::default();
        loop {
            match assembler.read(socket, Kind::WorkerConfig) {
                Ok(config) => {
                    return Decoder::new(&config)
                        .output()
                        .map_err(|error| PoolFault::Config(error.to_string()));
                }
                Err(NoFrame::NotYet) => {}
                Err(NoFrame::Closed) => return Err(PoolFault::Gone),
                Err(NoFrame::Garbage(fault)) => return Err(fault.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_arrives_as_it_was_sent() {
        let (pool, worker) = UnixStream::pair().unwrap();
        let config = WorkerConfig {
            pool: "a pool: with, odd \"name\"".to_owned(),
            number: 7,
            memory_limit: Some(512 << 20),
            nice: -3,
            reports_memory: true,
            #[cfg(feature = "sandbox")]
            sandbox: Some(crate::process::sandbox::Sandbox::new().read("/usr").rules()),
        };
        config.send(&pool).unwrap();
        assert_eq!(WorkerConfig::receive(&worker).unwrap(), config);
        drop(pool);
        assert!(WorkerConfig::receive(&worker).is_err());
    }
}
