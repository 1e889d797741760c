//! Keeps the settings of whoever starts the tests out of them.

/// Declares that a test binary runs without the variables that its caller has set for offloop
/// (`OFFLOOP_IN_PLACE=1`, say) and for the stacks of threads. To be called once in the root of the binary.
///
/// The program that tests start as a user would has these variables from its test.
#[macro_export]
macro_rules! forget_settings_of_the_caller {
    () => {
        #[used]
        // SAFETY: the section holds pointers to functions that the loader calls once each; what it
        // passes may be left unread.
        #[unsafe(link_section = ".init_array")]
        static FORGET_SETTINGS: extern "C" fn() = $crate::environment::forget_settings;
    };
}

/// Runs before `main`, when there is one thread. Workers keep what their pool has given them.
pub extern "C" fn forget_settings() {
    if std::env::var_os("OFFLOOP_WORKER").is_some() {
        return;
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_setting = text.starts_with("OFFLOOP_") || text == "RUST_MIN_STACK";
        // Read by the tests themselves.
        if is_setting && text != "OFFLOOP_TEST_SECONDS" {
            // SAFETY: no other thread reads or writes the environment: there is none yet.
            unsafe { std::env::remove_var(&name) };
        }
    }
}
