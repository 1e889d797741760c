//! `crossmist`: it has no pool, so one child serves requests over a channel, one after the other.

use std::sync::Mutex;

use crossmist::{Duplex, Object};

use super::{Contender, Record, answered};

#[derive(Object)]
enum Message {
    Number(u32),
    Record(Record),
    Bytes(Vec<u8>),
}

#[crossmist::func]
fn serve(mut channel: Duplex<Message, Message>) {
    while let Ok(Some(message)) = channel.recv() {
        if channel.send(&message).is_err() {
            break;
        }
    }
}

pub(super) struct Crossmist {
    channel: Mutex<Duplex<Message, Message>>,
}

impl Crossmist {
    fn request(&self, message: &Message) -> Message {
        let mut channel = self.channel.lock().expect("no other call panics");
        channel.request(message).expect("the child answers")
    }
}

const OTHER: &str = "the child answers with what it got";

impl Contender for Crossmist {
    fn start(_: Option<usize>) -> Crossmist {
        let (channel, theirs) = crossmist::duplex().expect("a channel can be made");
        serve.spawn(theirs).expect("a process can be started");
        Crossmist {
            channel: Mutex::new(channel),
        }
    }

    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let Message::Number(number) = self.request(&Message::Number(number)) else {
            panic!("{OTHER}")
        };
        answered(number)
    }

    fn record(&self, record: Record) -> impl Future<Output = Record> + Send + 'static {
        let Message::Record(record) = self.request(&Message::Record(record)) else {
            panic!("{OTHER}")
        };
        answered(record)
    }

    fn bytes(&self, bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        let Message::Bytes(bytes) = self.request(&Message::Bytes(bytes)) else {
            panic!("{OTHER}")
        };
        answered(bytes)
    }
}
