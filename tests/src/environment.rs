//! Keeps what the caller of the tests has set out of them.

/// Declares that a test binary runs without the variables that its caller has set for offloop
/// (`OFFLOOP_IN_PLACE=1`, say), for the stacks of threads and for HTTP clients, and with as many
/// descriptors as it may have. To be called once in the root of the binary.
///
/// The programs that tests start keep the variables that their tests give them.
#[macro_export]
macro_rules! settings_of_its_own {
    () => {
        #[used]
        // SAFETY: the section holds pointers to functions that the loader calls once each; what it
        // passes may be left unread.
        #[unsafe(link_section = ".init_array")]
        static SETTINGS: extern "C" fn() = $crate::environment::set;
    };
}

/// Runs before `main`, when there is one thread. Workers keep what their pool has given them.
pub extern "C" fn set() {
    if std::env::var_os("OFFLOOP_WORKER").is_some() {
        return;
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_uppercase();
        let is_setting = text.starts_with("OFFLOOP_")
            || text == "RUST_MIN_STACK"
            // Servers of tests are on this machine.
            || text.ends_with("_PROXY");
        // Read by the tests themselves.
        if is_setting && text != "OFFLOOP_TEST_SECONDS" {
            // SAFETY: no other thread reads or writes the environment: there is none yet.
            unsafe { std::env::remove_var(&name) };
        }
    }
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: it writes to the value that it is given.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0 {
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: it reads the value that it is given. If it fails, the limit is what it was.
        let _ = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    }
}
