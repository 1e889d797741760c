//! `ipc-channel` without a pool: one child, a channel to it and a channel back. Bytes travel in the
//! shared memory of the crate.

use std::sync::{Arc, Mutex, OnceLock};

use ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcSender, IpcSharedMemory};
use serde::{Deserialize, Serialize};

use super::responder::Responder;
use super::{Contender, answered};
use crate::payload::{Record, sum_of_pages};

#[derive(Serialize, Deserialize)]
enum Message {
    Number(u32),
    Record(Record),
    Bytes(IpcSharedMemory),
    ReadPages(IpcSharedMemory),
    Sum(u64),
}

/// The ends of the two channels that the program uses.
type Ends = (IpcSender<Message>, IpcReceiver<Message>);

/// Answers the program whose one-shot server has this name, until that program ends.
pub(crate) fn respond(server: String) {
    let (to_here, requests) = ipc::channel().expect("a channel can be made");
    let (answers, to_there) = ipc::channel().expect("a channel can be made");
    let server: IpcSender<Ends> = IpcSender::connect(server).expect("the program waits");
    server.send((to_here, to_there)).expect("the program waits");
    while let Ok(message) = requests.recv() {
        let answer = match message {
            Message::Bytes(bytes) => Message::Bytes(IpcSharedMemory::from_bytes(&bytes)),
            Message::ReadPages(bytes) => Message::Sum(sum_of_pages(&bytes)),
            other => other,
        };
        if answers.send(answer).is_err() {
            break;
        }
    }
}

pub(crate) struct IpcChannel {
    requests: Mutex<IpcSender<Message>>,
    answers: Arc<Mutex<IpcReceiver<Message>>>,
    kept: OnceLock<IpcSharedMemory>,
    _responder: Responder,
}

impl IpcChannel {
    fn send(&self, message: Message) {
        let requests = self.requests.lock().expect("no other call panics");
        requests.send(message).expect("the child listens");
    }

    fn request(&self, message: Message) -> Message {
        self.send(message);
        receive(&self.answers)
    }
}

fn receive(answers: &Mutex<IpcReceiver<Message>>) -> Message {
    let answers = answers.lock().expect("no other call panics");
    answers.recv().expect("the child answers")
}

const WRONG_ANSWER: &str = "the answer does not fit the request";

impl Contender for IpcChannel {
    fn start(_: Option<usize>) -> IpcChannel {
        let (server, name) = IpcOneShotServer::<Ends>::new().expect("a server can be made");
        let responder = Responder::start(&["ipc", &name]);
        let (_, (requests, answers)) = server.accept().expect("the child connects");
        IpcChannel {
            requests: Mutex::new(requests),
            answers: Arc::new(Mutex::new(answers)),
            kept: OnceLock::new(),
            _responder: responder,
        }
    }

    /// Answers come in the order of the requests, and callers wait in that order.
    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.send(Message::Number(number));
        let answers = self.answers.clone();
        async move {
            let Message::Number(number) = receive(&answers) else {
                panic!("{WRONG_ANSWER}")
            };
            number
        }
    }

    fn record(&self, record: Record) -> impl Future<Output = Record> + Send + 'static {
        let Message::Record(record) = self.request(Message::Record(record)) else {
            panic!("{WRONG_ANSWER}")
        };
        answered(record)
    }

    fn bytes(&self, bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        let shared = IpcSharedMemory::from_bytes(&bytes);
        let Message::Bytes(shared) = self.request(Message::Bytes(shared)) else {
            panic!("{WRONG_ANSWER}")
        };
        answered(shared.to_vec())
    }

    fn read_pages(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        let shared = IpcSharedMemory::from_bytes(&bytes);
        let Message::Sum(sum) = self.request(Message::ReadPages(shared)) else {
            panic!("{WRONG_ANSWER}")
        };
        answered(sum)
    }

    fn keep(&self, bytes: &[u8]) {
        self.kept.get_or_init(|| IpcSharedMemory::from_bytes(bytes));
    }

    fn read_kept(&self, _: &mut Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        let kept = self.kept.get().expect("it was kept").clone();
        let Message::Sum(sum) = self.request(Message::ReadPages(kept)) else {
            panic!("{WRONG_ANSWER}")
        };
        answered(sum)
    }
}
