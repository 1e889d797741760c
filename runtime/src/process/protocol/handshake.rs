//! What a pool tells a worker before anything else.
//!
//! It is the first frame on the worker's socket, written before the process is started, so that it
//! lies there when the worker looks.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

use super::frame::{self, Assembler, HEADER, Kind, NoFrame};
use crate::wire::{Decoder, Encoder};

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
    pub(crate) fn receive(socket: &UnixStream) -> Result<WorkerConfig, String> {
        let mut assembler = Assembler::default();
        loop {
            match assembler.read(socket, Kind::WorkerConfig) {
                Ok(config) => {
                    return Decoder::new(&config)
                        .output()
                        .map_err(|error| error.to_string());
                }
                Err(NoFrame::NotYet) => {}
                Err(NoFrame::Closed) => return Err("the pool has gone".to_owned()),
                Err(NoFrame::Garbage(what)) => return Err(what),
                Err(NoFrame::Io(error)) => return Err(error.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_arrive_as_they_were_sent() {
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
        assert_eq!(WorkerConfig::receive(&worker), Ok(config));
        drop(pool);
        assert!(WorkerConfig::receive(&worker).is_err());
    }
}
