//! What comes to a worker: calls, the memory that large ones lie in, and descriptors.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::bell;
use super::channel::BELLS;
use super::desk::Desk;
use super::mail::{self, NoMail, Subject};
use super::region::Region;

pub(super) struct Inbox {
    desk: &'static Desk,
    /// How many times descriptors have come.
    received: u64,
    bells: [Option<OwnedFd>; BELLS],
    region: Option<Region>,
}

/// A call that has been taken up.
pub(super) enum Opened<'a> {
    Call(&'a [u8]),
    PoolHasGone,
}

impl Inbox {
    pub(super) fn new(desk: &'static Desk) -> Inbox {
        Inbox {
            desk,
            // The channel came this way.
            received: 1,
            bells: std::array::from_fn(|_| None),
            region: None,
        }
    }

    /// The call at this position, with whatever it needs.
    pub(super) fn open(&mut self, position: u64) -> Result<Opened<'_>, String> {
        let channel = &self.desk.channel;
        while self.received < channel.mail(position) {
            match mail::receive(&self.desk.socket) {
                Ok(mail) => self.sort(mail.subject, mail.descriptors)?,
                Err(NoMail::NotYet) => {}
                Err(NoMail::Closed) => return Ok(Opened::PoolHasGone),
                Err(NoMail::Garbage(what)) => return Err(what),
            }
        }
        let at = channel.place_of(position);
        if at.memory == 0 {
            return Ok(Opened::Call(channel.request(position, at.length)));
        }
        match &mut self.region {
            Some(region) if region.id() == at.memory => region.call(at.length).map(Opened::Call),
            _ => Err("a call lies in memory that was not sent".to_owned()),
        }
    }

    fn sort(&mut self, subject: Subject, mut descriptors: Vec<OwnedFd>) -> Result<(), String> {
        self.received += 1;
        let descriptor = descriptors.pop().ok_or("mail without descriptors")?;
        match subject {
            Subject::Memory(id) => self.region = Some(Region::open(id, descriptor)?),
            Subject::Bell(number) if number < BELLS => self.bells[number] = Some(descriptor),
            other => return Err(format!("mail that is not for workers: {other:?}")),
        }
        Ok(())
    }

    /// Wakes the listener of this number.
    pub(super) fn ring(&self, number: usize) -> io::Result<()> {
        let bell: BorrowedFd<'_> = match &self.bells[number] {
            Some(bell) => bell.as_fd(),
            None => self.desk.bell.as_fd(),
        };
        bell::ring(bell)
    }
}
