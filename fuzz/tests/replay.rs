//! Runs every target with all inputs that fuzzing has found so far.

use std::path::Path;

fn replay(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut count = 0;
    for file in corpus.read_dir().unwrap() {
        let path = file.unwrap().path();
        // The name of the file is printed first, because a check may end the process.
        eprintln!("{}", path.display());
        check(&std::fs::read(path).unwrap());
        count += 1;
    }
    assert!(count > 0, "the corpus of `{target}` is empty");
}

#[test]
fn frames() {
    replay("frames", offloop_fuzz::frames::check);
}

#[test]
fn decode() {
    replay("decode", offloop_fuzz::decode::check);
}

#[test]
fn replies() {
    replay("replies", offloop_fuzz::replies::check);
}

#[test]
fn shared() {
    replay("shared", offloop_fuzz::shared::check);
}

#[test]
fn round_trip() {
    replay("round_trip", offloop_fuzz::round_trip::check);
}
