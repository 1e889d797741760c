//! `std::process`.

use offloop::blocking_io;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

// own
#[blocking_io]
fn run<S: AsRef<OsStr>>(program: S) -> io::Result<ExitStatus> {
    Command::new(program).status()
}
// own
#[blocking_io]
fn run_with<I, S>(program: &str, args: I) -> io::Result<Output>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    Command::new(program).args(args).output()
}
// own
#[blocking_io]
fn run_with_envs<I, K, V>(program: &OsStr, vars: I) -> io::Result<Output>
where
    I: IntoIterator<Item = (K, V)>,
    K: AsRef<OsStr>,
    V: AsRef<OsStr>,
{
    Command::new(program).envs(vars).output()
}
// own
#[blocking_io]
fn run_in<P: AsRef<Path>>(
    program: &str,
    dir: P,
    #[default = &[]] args: &[OsString],
    env: Option<HashMap<String, String>>,
) -> io::Result<Output> {
    let mut command = Command::new(program);
    command.current_dir(dir).args(args);
    command.envs(env.into_iter().flatten()).output()
}
// own
#[blocking_io]
fn shell(script: &str, #[default = Stdio::null()] stdin: Stdio) -> io::Result<Output> {
    Command::new("sh")
        .args(["-c", script])
        .stdin(stdin)
        .output()
}
// adapted: `&mut self` cannot cross, so the command is given away
#[blocking_io]
fn output(mut command: Command) -> io::Result<Output> {
    command.output()
}
// adapted: as above
#[blocking_io]
fn status(mut command: Command) -> io::Result<ExitStatus> {
    command.status()
}
// adapted: as above
#[blocking_io]
fn spawn(mut command: Command) -> io::Result<Child> {
    command.spawn()
}
// adapted: `&mut self` cannot cross, the child comes back with its status
#[blocking_io]
fn wait(mut child: Child) -> io::Result<(Child, ExitStatus)> {
    let status = child.wait()?;
    Ok((child, status))
}
// adapted: as above
#[blocking_io]
fn kill(mut child: Child) -> io::Result<Child> {
    child.kill()?;
    Ok(child)
}
#[blocking_io]
fn wait_with_output(child: Child) -> io::Result<Output> {
    child.wait_with_output()
}

#[cfg(unix)]
#[test]
fn programs_run() -> io::Result<()> {
    assert!(run("true").wait()?.success());
    assert_eq!(run_with("echo", ["a", "b"]).wait()?.stdout, b"a b\n");
    assert_eq!(
        shell::builder()
            .script("exit 3")
            .call()
            .wait()?
            .status
            .code(),
        Some(3)
    );
    let output = run_in::builder().program("pwd").dir("/").call().wait()?;
    assert_eq!(output.stdout, b"/\n");
    let output = run_with_envs(OsStr::new("env"), [("OF_A_TEST", "1")]).wait()?;
    assert!(String::from_utf8_lossy(&output.stdout).contains("OF_A_TEST=1"));

    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let child = kill(spawn(command).wait()?).wait()?;
    let (_, status) = wait(child).wait()?;
    assert!(!status.success());
    Ok(())
}
