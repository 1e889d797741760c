//! What code in a sandbox can do and what it cannot, but for files, in worker processes; and that
//! everything else of a pool works there too.

use std::collections::HashMap;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::process::Command;
use std::time::{Duration, SystemTime};

use offloop::{Error, Exit, Phase, ProcessPool, Sandbox, Shared, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, died, eventually, is_alive, tasks};

use super::refused;

/// For what is refused on every kernel, and for what works.
static LOOSE: ProcessPool = ProcessPool::new("loose")
    .workers(2)
    .timeout(LIMIT)
    .sandbox(Sandbox::new().no_network().best_effort());
static CONNECTED: ProcessPool = ProcessPool::new("connected")
    .workers(1)
    .sandbox(Sandbox::new().best_effort());

#[cpu_bound(pool = LOOSE)]
fn longer(bytes: Shared<[u8]>, more: Vec<u8>) -> io::Result<(Shared<[u8]>, Shared<[u8]>)> {
    let both = Shared::<[u8]>::copy_from(&[&bytes[..], &more].concat())?;
    Ok((bytes, both))
}

/// They come and go by descriptors.
#[test]
fn large_and_shared_values_go_into_a_sandbox_and_out() {
    for length in [10, 3000, 200_000] {
        let bytes = Shared::<[u8]>::copy_from(&vec![7; length]).unwrap();
        let (same, both) = longer(bytes.clone(), vec![7; length]).wait().unwrap();
        assert!(same == bytes && *both == vec![7; 2 * length]);
    }
}

#[cpu_bound(pool = LOOSE)]
fn tcp() -> io::Result<()> {
    TcpListener::bind("127.0.0.1:0").map(drop)
}

#[cpu_bound(pool = LOOSE)]
fn connect(port: u16) -> io::Result<()> {
    TcpStream::connect(("127.0.0.1", port)).map(drop)
}

#[cpu_bound(pool = LOOSE)]
fn udp() -> io::Result<()> {
    UdpSocket::bind("127.0.0.1:0").map(drop)
}

#[cpu_bound(pool = LOOSE)]
fn unix(name: &str) -> io::Result<()> {
    UnixStream::connect_addr(&unix_address(name)?).map(drop)
}

/// A name and not a path, which may be too long for a socket.
fn unix_address(name: &str) -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(name)
}

#[cpu_bound(pool = LOOSE)]
fn datagrams() -> io::Result<()> {
    UnixDatagram::unbound().map(drop)
}

#[cpu_bound(pool = LOOSE)]
fn pair() -> io::Result<()> {
    UnixStream::pair().map(drop)
}

/// Each of such a pair can send to other sockets too.
#[cpu_bound(pool = LOOSE)]
fn datagram_pair() -> io::Result<()> {
    UnixDatagram::pair().map(drop)
}

#[tokio::test]
async fn a_sandbox_without_the_network_has_no_sockets() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let name = format!("offloop-test-{}", std::process::id());
    let _unix = UnixListener::bind_addr(&unix_address(&name).unwrap()).unwrap();
    refused(tcp().await);
    refused(connect(port).await);
    refused(udp().await);
    refused(unix(&name).await);
    refused(datagrams().await);
    refused(datagram_pair().await);
    pair().await.unwrap();

    // Left alone, all of it works.
    tcp().on(&CONNECTED).await.unwrap();
    connect(port).on(&CONNECTED).await.unwrap();
    udp().on(&CONNECTED).await.unwrap();
    unix(&name).on(&CONNECTED).await.unwrap();
}

#[cpu_bound(pool = LOOSE)]
fn command() -> io::Result<()> {
    Command::new("/bin/true").status().map(drop)
}

#[cpu_bound(pool = LOOSE)]
fn fork() -> io::Result<()> {
    // SAFETY: the child, should there be one, ends at once.
    match unsafe { libc::fork() } {
        0 => std::process::exit(0),
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[cpu_bound(pool = LOOSE)]
fn execute() -> io::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(Command::new("/bin/true").exec())
}

/// A system call by its number, with arguments that do no harm.
#[cpu_bound(pool = LOOSE)]
fn system_call(number: i64, first: u64, second: u64) -> io::Result<()> {
    // SAFETY: none of the calls that are made here takes memory of ours.
    match unsafe { libc::syscall(number, first, second, 0_u64, 0_u64, 0_u64) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Sets the priority that this process has already: more would take a right.
#[cpu_bound(pool = LOOSE)]
fn keep_own_priority() -> io::Result<()> {
    // SAFETY: it reads a number.
    let priority = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    // SAFETY: it sets a number.
    match unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, priority) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[tokio::test]
async fn a_sandbox_has_no_other_processes() {
    refused(command().await);
    refused(fork().await);
    refused(execute().await);
    refused(command().on(&CONNECTED).await);
    let parent = std::process::id().into();
    for signal in [0, 9] {
        refused(system_call(libc::SYS_kill, parent, signal).await);
        refused(system_call(libc::SYS_tgkill, parent, parent).await);
        refused(system_call(libc::SYS_kill, u64::MAX, signal).await);
        refused(system_call(libc::SYS_kill, 0, signal).await);
    }
    // Its priority, its processors, and signals that the kernel sends for somebody.
    refused(system_call(libc::SYS_setpriority, 0, parent).await);
    refused(system_call(libc::SYS_setpriority, 2, 0).await);
    refused(system_call(libc::SYS_sched_setaffinity, parent, 0).await);
    refused(system_call(libc::SYS_ioprio_set, 1, parent).await);
    refused(system_call(libc::SYS_fcntl, 1, 8).await);
    keep_own_priority().await.unwrap();
}

#[tokio::test]
async fn a_sandbox_has_no_way_around_its_rules() {
    let flags = u64::try_from(libc::CLONE_NEWUSER).unwrap();
    refused(system_call(libc::SYS_unshare, flags, 0).await);
    refused(system_call(libc::SYS_io_uring_setup, 8, 0).await);
    refused(system_call(libc::SYS_bpf, 0, 0).await);
    refused(system_call(libc::SYS_ptrace, 0, 0).await);
    refused(system_call(libc::SYS_ioctl, 1, 0x5412).await);
    // What the upper half of a number says is nothing to the kernel, so it must not be to the
    // filter.
    refused(system_call(libc::SYS_ioctl, 1, 0x1_0000_5412).await);
    refused(system_call(libc::SYS_prctl, 1, 0).await);
    let error = system_call(libc::SYS_clone3, 0, 0).await.unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOSYS));
    #[cfg(target_arch = "x86_64")]
    {
        refused(system_call(libc::SYS_execve | 0x4000_0000, 0, 0).await);
        // `execve` once more, by a number of its own.
        refused(system_call(0x4000_0208, 0, 0).await);
    }
}

#[cpu_bound(pool = LOOSE)]
fn ordinary_things() -> (u64, usize, bool) {
    println!("a line on standard output");
    eprintln!("a line on standard error");
    let threads: Vec<_> = (0..4)
        .map(|n| std::thread::spawn(move || (n, std::thread::current().id())))
        .collect();
    let sum = threads
        .into_iter()
        .map(|thread| thread.join().unwrap().0)
        .sum();
    // Random numbers, memory and the clock.
    let map: HashMap<u64, Vec<u8>> = (0..100).map(|n| (n, vec![7; 1 << 16])).collect();
    (sum, map.len(), SystemTime::now() > SystemTime::UNIX_EPOCH)
}

#[cpu_bound(pool = LOOSE)]
fn reverse(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.reverse();
    bytes
}

/// Replaced after each call, if it can be told how much memory its workers have.
static SMALL: ProcessPool = ProcessPool::new("small")
    .workers(1)
    .recycle_above(1)
    .sandbox(Sandbox::new().best_effort());

#[tokio::test]
async fn a_sandboxed_worker_that_has_grown_is_replaced() {
    let first = pid().on(&SMALL).await.unwrap();
    eventually("its place is taken", || !is_alive(first));
    assert_ne!(pid().on(&SMALL).await.unwrap(), first);
}

#[cpu_bound(pool = LOOSE)]
fn inner() -> u32 {
    std::process::id()
}

#[cpu_bound(pool = LOOSE)]
fn nested(value: u32) -> (u32, u32) {
    (std::process::id(), inner().wait().unwrap() + value)
}

#[tokio::test]
async fn a_sandbox_leaves_ordinary_things_alone() {
    assert_eq!(ordinary_things().await.unwrap(), (6, 100, true));
    let bytes: Vec<u8> = (0..8 << 20).map(|n: u32| n.to_le_bytes()[1]).collect();
    let back = reverse(bytes.clone()).await.unwrap();
    assert!(back.iter().rev().eq(&bytes));
    let (outer, inner) = nested(0).await.unwrap();
    assert_eq!(outer, inner);
    assert_ne!(outer, std::process::id());
}

#[cpu_bound(pool = LOOSE)]
fn panics() {
    panic!("as it was told");
}

#[cpu_bound(pool = LOOSE)]
fn aborts() {
    eprintln!("last words");
    std::process::abort();
}

#[tokio::test]
async fn a_failure_in_a_sandbox_is_told_as_elsewhere() {
    match panics().await {
        Err(Error::Panicked(panic)) => {
            assert_eq!(panic.message, "as it was told");
            assert!(panic.location.unwrap().contains("rules.rs"));
            // The program itself can be read, for the names.
            let backtrace = panic.backtrace.unwrap_or_default();
            assert!(
                backtrace.is_empty() || backtrace.contains("panics"),
                "{backtrace}"
            );
        }
        other => panic!("{other:?}"),
    }
    let death = died(aborts().await);
    assert_eq!((death.exit, death.phase), (Exit::Signal(6), Phase::Run));
    assert!(death.stderr.contains("last words"), "{}", death.stderr);
    let call = tasks::spin().on(&LOOSE);
    match call.timeout(Duration::from_millis(50)).await {
        Err(Error::TimedOut(late)) => {
            eventually("the worker is gone", || !is_alive(late.pid.unwrap()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(ordinary_things().await.unwrap().0, 6);
}
