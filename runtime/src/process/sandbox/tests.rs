//! Each part by itself, on a thread that is lost to it. The whole is tested in worker processes.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;
use std::thread;

use super::fault::SandboxFault;
use super::*;

/// Runs on a thread of its own, since what is restricted there cannot be undone.
fn apart<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn filter(rules: &Rules) {
    for filter in calls::filters(rules).unwrap() {
        seccompiler::apply_filter(&filter).unwrap();
    }
}

#[track_caller]
fn refused<T>(result: std::io::Result<T>) {
    assert_eq!(
        result.err().map(|error| error.kind()),
        Some(ErrorKind::PermissionDenied)
    );
}

#[test]
fn rules_cross_as_they_are() {
    const SANDBOX: Sandbox = Sandbox::new()
        .no_network()
        .read("/a")
        .read("/b")
        .write("/c");
    let rules = SANDBOX.rules();
    assert_eq!(
        (&*rules.read[1], rules.read.len(), &*rules.write[0]),
        ("/b", 2, "/c")
    );
    assert!(!rules.network && !rules.best_effort && SANDBOX.best_effort().rules().best_effort);
}

#[test]
#[should_panic(expected = "at most 16 paths to read")]
fn more_paths_than_there_is_room_for() {
    let _ = (0..17).fold(Sandbox::new(), |sandbox, _| sandbox.read("/usr"));
}

#[test]
fn files_that_are_granted_and_others() {
    let below = std::env::temp_dir().join(format!("offloop-sandbox-{}", std::process::id()));
    let (readable, writable) = (below.join("read"), below.join("write"));
    fs::create_dir_all(&readable).unwrap();
    fs::create_dir_all(&writable).unwrap();
    fs::write(readable.join("file"), "text").unwrap();
    let rules = Rules {
        read: vec![readable.to_str().unwrap().to_owned()],
        write: vec![writable.to_str().unwrap().to_owned()],
        ..Sandbox::new().rules()
    };
    apart(|| {
        if let Err(fault) = files::restrict(&rules) {
            // A kernel that cannot: it has to say so.
            assert!(lacks_landlock(&fault), "{fault}");
            return;
        }
        assert_eq!(fs::read(readable.join("file")).unwrap(), b"text");
        assert_eq!(fs::read_dir(&readable).unwrap().count(), 1);
        refused(fs::write(readable.join("file"), "other"));
        refused(fs::write(readable.join("new"), "other"));
        refused(fs::remove_file(readable.join("file")));
        fs::write(writable.join("new"), "other").unwrap();
        fs::rename(writable.join("new"), writable.join("newer")).unwrap();
        assert_eq!(fs::read(writable.join("newer")).unwrap(), b"other");
        fs::remove_file(writable.join("newer")).unwrap();
        refused(File::open("/etc/passwd"));
        refused(fs::read_dir("/"));
        refused(fs::read_dir(&below));
        refused(fs::write(below.join("new"), ""));
        // Threads of a restricted thread are too.
        thread::spawn(|| refused(File::open("/etc/passwd")))
            .join()
            .unwrap();
        assert!(fs::metadata("/etc/passwd").is_ok());
    });
    assert!(File::open("/etc/passwd").is_ok());
    fs::remove_dir_all(below).unwrap();
}

/// Whether the fault is that the kernel has no Landlock, or too little of it.
fn lacks_landlock(fault: &SandboxFault) -> bool {
    match fault {
        SandboxFault::NoLandlock(_) => true,
        SandboxFault::Needed(fault) => lacks_landlock(fault),
        _ => false,
    }
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let rules = Sandbox::new().read("/no/such/path").rules();
    let fault = apart(|| files::restrict(&rules)).unwrap_err();
    let is_named =
        matches!(&fault, SandboxFault::NotOpened { path, .. } if path == "/no/such/path");
    assert!(is_named || lacks_landlock(&fault), "{fault}");
}

#[test]
fn calls_that_are_refused_and_others() {
    apart(|| {
        filter(&Sandbox::new().no_network().rules());
        refused(UdpSocket::bind("127.0.0.1:0"));
        refused(TcpListener::bind("127.0.0.1:0"));
        refused(UnixListener::bind("/tmp/offloop-sandbox-socket"));
        refused(Command::new("/bin/true").status());
        let parent = rustix::process::getppid().unwrap();
        assert_eq!(
            rustix::process::test_kill_process(parent),
            Err(rustix::io::Errno::PERM)
        );
        assert_eq!(
            rustix::process::test_kill_process(rustix::process::getpid()),
            Ok(())
        );
        assert!(UnixStream::pair().is_ok());
        assert_eq!(thread::spawn(|| 7).join().unwrap(), 7);
        assert!(File::open("/etc/passwd").is_ok());
    });
}

#[test]
fn the_network_is_left_unless_refused() {
    apart(|| {
        filter(&Sandbox::new().rules());
        assert!(UdpSocket::bind("127.0.0.1:0").is_ok());
        refused(Command::new("/bin/true").status());
    });
}

/// As if the kernel did not know this call.
fn without(call: i64) {
    let filter = calls::filter(vec![(call, refused::When::Always)], libc::ENOSYS).unwrap();
    seccompiler::apply_filter(&filter).unwrap();
}

#[test]
fn a_kernel_that_cannot_restrict_is_told() {
    apart(|| {
        without(libc::SYS_landlock_create_ruleset);
        let fault = files::restrict(&Sandbox::new().rules()).unwrap_err();
        assert!(lacks_landlock(&fault), "{fault}");
        let text = fault.to_string();
        assert!(
            text.contains("use Linux 6.2 or newer with `landlock`"),
            "{text}"
        );
        assert!(text.contains("`.best_effort()`"), "{text}");
        files::restrict(&Sandbox::new().best_effort().rules()).unwrap();
        assert!(File::open("/etc/passwd").is_ok());
    });
    apart(|| {
        without(libc::SYS_seccomp);
        let fault = calls::restrict(&Sandbox::new().rules()).unwrap_err();
        assert!(
            matches!(fault, SandboxFault::CallsNotRestricted(_)),
            "{fault}"
        );
    });
}

#[test]
fn a_thread_that_would_stay_outside_is_refused() {
    // The tests of this program run on threads of their own.
    let fault = apart(|| Sandbox::new().rules().apply()).unwrap_err();
    let SandboxFault::Needed(fault) = fault else {
        panic!("{fault}");
    };
    assert!(matches!(*fault, SandboxFault::OtherThreads(_)), "{fault}");
}
