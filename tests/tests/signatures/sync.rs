//! `std::sync`: what waits for another thread.

use offloop::{blocking_io, methods};
use std::sync::mpsc::{
    Receiver, RecvError, RecvTimeoutError, SendError, Sender, SyncSender, TryRecvError,
};
use std::sync::{Arc, Barrier, Condvar, Mutex, OnceLock, RwLock};
use std::time::Duration;

#[blocking_io(nested)]
fn recv<T>(receiver: Receiver<T>) -> Result<T, RecvError> {
    receiver.recv()
}
#[blocking_io(nested)]
fn try_recv<T>(receiver: Receiver<T>) -> Result<T, TryRecvError> {
    receiver.try_recv()
}
#[blocking_io(nested)]
fn recv_timeout<T>(receiver: Receiver<T>, timeout: Duration) -> Result<T, RecvTimeoutError> {
    receiver.recv_timeout(timeout)
}
#[blocking_io(nested)]
fn send<T>(sender: Sender<T>, t: T) -> Result<(), SendError<T>> {
    sender.send(t)
}
#[blocking_io(nested)]
fn sync_send<T>(sender: &SyncSender<T>, t: T) -> Result<(), SendError<T>> {
    sender.send(t)
}
// own
#[blocking_io]
fn barrier_wait(barrier: Arc<Barrier>) -> bool {
    barrier.wait().is_leader()
}
// own
#[blocking_io]
fn wait_while(pair: Arc<(Mutex<bool>, Condvar)>, timeout: Duration) -> bool {
    let Ok(pending) = pair.0.lock() else {
        return false;
    };
    let waited = pair
        .1
        .wait_timeout_while(pending, timeout, |pending| *pending);
    waited.is_ok_and(|(_, waited)| !waited.timed_out())
}
#[blocking_io]
fn get_or_init<T, F>(cell: &'static OnceLock<T>, f: F) -> &'static T
where
    T: Sync,
    F: FnOnce() -> T,
{
    cell.get_or_init(f)
}
// own
#[blocking_io]
fn with_lock<T, R, F: FnOnce(&mut T) -> R>(mutex: &Arc<Mutex<T>>, f: F) -> Option<R> {
    mutex.lock().ok().map(|mut value| f(&mut value))
}
// own
#[blocking_io]
fn snapshot<T: Clone + Sync>(lock: Arc<RwLock<T>>) -> Option<T> {
    lock.read().ok().map(|value| value.clone())
}

/// A table behind a lock.
#[derive(Clone, Default)]
struct Table<K, V>(Arc<RwLock<std::collections::BTreeMap<K, V>>>);

#[methods]
impl<K: Ord + Clone + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Table<K, V> {
    // own
    #[blocking_io]
    fn insert(&self, key: K, value: V) -> Option<V> {
        self.0.write().ok()?.insert(key, value)
    }
    // own
    #[blocking_io]
    fn get(&self, key: &K) -> Option<V> {
        self.0.read().ok()?.get(key).cloned()
    }
    // own
    #[blocking_io]
    fn len(&self) -> usize {
        self.0.read().map_or(0, |table| table.len())
    }
}

#[test]
fn threads_are_waited_for() -> Result<(), offloop::Error> {
    static CELL: OnceLock<u8> = OnceLock::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    let waiting = recv(receiver).start();
    send(sender, 7).wait()?.unwrap();
    assert_eq!(waiting.wait()?, Ok(7));

    assert_eq!(get_or_init(&CELL, || 3).wait()?, &3);

    let mutex = Arc::new(Mutex::new(1));
    let add = with_lock(&mutex, |value| {
        *value += 1;
        *value
    });
    assert_eq!(add.wait()?, Some(2));

    let table = Table::default();
    table.insert("a", 1).wait()?;
    assert_eq!(table.get_builder().key("a").call().wait()?, Some(1));
    assert_eq!(table.len().wait()?, 1);
    Ok(())
}
