//! What is promised of shared memory.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::{MemfdFlags, SealFlags};

use super::{Access, Memory};
use crate::sys::MemoryError;
use crate::sys::sealed::SealedMemory;

const PAGE: usize = 4096;

fn copy_of(memory: &Memory) -> OwnedFd {
    memory.descriptor().try_clone_to_owned().unwrap()
}

fn bytes(memory: &Memory, at: usize, length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    memory.copy_out(at, length, &mut bytes).unwrap();
    bytes
}

#[test]
fn the_other_side_sees_the_bytes() {
    let mut memory = Memory::create("offloop-test", 1).unwrap();
    assert_eq!(memory.len() % PAGE, 0);
    assert_eq!(bytes(&memory, 0, 3), [0, 0, 0]);
    let mut other = Memory::open(copy_of(&memory), Access::ReadWrite).unwrap();
    assert_eq!(other.len(), memory.len());
    memory.copy_in(10, b"there").unwrap();
    assert_eq!(bytes(&other, 10, 5), b"there");
    other.copy_in(12, b"o").unwrap();
    let mut into = *b"-----";
    memory.copy_to(10, &mut into).unwrap();
    assert_eq!(&into, b"thore");
    // SAFETY: both mappings are this test's, and it does not write while the reference lives.
    let slice = unsafe { memory.slice(11, 3) };
    assert_eq!(slice.unwrap(), b"hor");
}

#[test]
fn growth_is_seen_after_catching_up() {
    let mut memory = Memory::create("offloop-test", PAGE).unwrap();
    let mut other = Memory::open(copy_of(&memory), Access::Read).unwrap();
    memory.copy_in(0, b"start").unwrap();
    let refused = other.catch_up(PAGE + 1).unwrap_err();
    assert!(matches!(refused, MemoryError::Shorter { said: 4097, .. }));
    memory.grow(PAGE + 1).unwrap();
    assert_eq!(memory.len(), 2 * PAGE);
    memory.grow(9 * PAGE).unwrap();
    assert_eq!(memory.len(), 9 * PAGE);
    memory.grow(PAGE).unwrap();
    assert_eq!(memory.len(), 9 * PAGE);
    memory.copy_in(9 * PAGE - 3, b"end").unwrap();
    assert_eq!(other.len(), PAGE);
    other.catch_up(5 * PAGE).unwrap();
    assert_eq!(other.len(), 9 * PAGE);
    assert_eq!(bytes(&other, 0, 5), b"start");
    assert_eq!(bytes(&other, 9 * PAGE - 3, 3), b"end");
}

#[test]
fn both_sides_may_grow() {
    let mut memory = Memory::create("offloop-test", PAGE).unwrap();
    let mut other = Memory::open(copy_of(&memory), Access::ReadWrite).unwrap();
    memory.grow(100 * PAGE).unwrap();
    // Less than the file has by now: it is not made shorter.
    other.grow(3 * PAGE).unwrap();
    memory.copy_in(100 * PAGE - 1, b"x").unwrap();
    assert_eq!(bytes(&memory, 100 * PAGE - 1, 1), b"x");
}

#[test]
fn growing_beyond_measure_is_an_error() {
    let mut memory = Memory::create("offloop-test", PAGE).unwrap();
    memory.copy_in(0, b"kept").unwrap();
    assert!(memory.grow(usize::MAX).is_err());
    assert!(memory.grow(1 << 60).is_err());
    assert_eq!(bytes(&memory, 0, 4), b"kept");
    assert!(Memory::create("offloop-test", usize::MAX).is_err());
}

#[test]
fn what_lies_outside_is_refused() {
    let mut memory = Memory::create("offloop-test", PAGE).unwrap();
    assert!(memory.copy_in(PAGE - 1, b"xy").is_err());
    assert!(memory.copy_in(usize::MAX, b"xy").is_err());
    assert!(memory.copy_out(0, PAGE + 1, &mut Vec::new()).is_err());
    assert!(memory.copy_to(usize::MAX, &mut [0; 2]).is_err());
    assert!(memory.copy_in(PAGE, b"").is_ok());
}

#[test]
fn reading_only() {
    let mut memory = Memory::create("offloop-test", PAGE).unwrap();
    let mut other = Memory::open(copy_of(&memory), Access::Read).unwrap();
    let error = other.copy_in(0, b"x").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    memory.copy_in(0, b"y").unwrap();
    assert_eq!(bytes(&other, 0, 1), b"y");
}

#[test]
fn other_descriptors_are_refused() {
    let open = |file: OwnedFd| Memory::open(file, Access::ReadWrite).unwrap_err();
    let (pipe, _writer) = io::pipe().unwrap();
    assert!(matches!(open(pipe.into()), MemoryError::NotMemory(_)));
    let null = File::open("/dev/null").unwrap();
    assert!(matches!(open(null.into()), MemoryError::NotMemory(_)));

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let unsealed = rustix::fs::memfd_create("offloop-test", flags).unwrap();
    rustix::fs::ftruncate(&unsealed, 4096).unwrap();
    assert!(matches!(open(unsealed), MemoryError::CanShrink));
    let unsealable = rustix::fs::memfd_create("offloop-test", MemfdFlags::CLOEXEC).unwrap();
    rustix::fs::ftruncate(&unsealable, 4096).unwrap();
    assert!(matches!(open(unsealable), MemoryError::CanShrink));
    let empty = rustix::fs::memfd_create("offloop-test", flags).unwrap();
    rustix::fs::fcntl_add_seals(&empty, SealFlags::SHRINK).unwrap();
    assert!(matches!(open(empty), MemoryError::Empty));
}

#[test]
fn it_cannot_be_made_shorter() {
    let memory = Memory::create("offloop-test", 10 * PAGE).unwrap();
    assert!(rustix::fs::ftruncate(memory.descriptor(), 4096).is_err());
}

/// How often this process maps the file of that name, and how many descriptors of it there are.
fn uses(name: &str) -> (usize, usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().filter(|entry| {
        let link = entry.as_ref().unwrap().path().read_link();
        link.is_ok_and(|link| link.to_string_lossy().contains(name))
    });
    let mapped = maps.lines().filter(|line| line.contains(name)).count();
    (mapped, descriptors.count())
}

#[test]
fn dropping_unmaps_and_closes() {
    let name = "offloop-test-drop";
    let mut memory = Memory::create(name, PAGE).unwrap();
    let other = Memory::open(copy_of(&memory), Access::Read).unwrap();
    assert_eq!(uses(name), (2, 2));
    memory.grow(5 << 20).unwrap();
    assert_eq!(uses(name), (2, 2));
    drop(memory);
    assert_eq!(uses(name), (1, 1));
    drop(other);
    assert_eq!(uses(name), (0, 0));
}

#[test]
fn the_descriptor_does_not_reach_other_programs() {
    let memory = Memory::create("offloop-test", PAGE).unwrap();
    let flags = rustix::io::fcntl_getfd(memory.descriptor()).unwrap();
    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn bytes_arrive_in_new_pages_and_in_old_ones() {
    let mut memory = Memory::create("offloop-test", 8 * PAGE).unwrap();
    let other = Memory::open(copy_of(&memory), Access::Read).unwrap();
    let mut expected = vec![0; 8 * PAGE];
    // New; old; half of each; new with a gap before; half of each.
    for (turn, (at, length)) in [
        (0, 5000),
        (10, 100),
        (4000, 3000),
        (20_000, 999),
        (9000, 9000),
    ]
    .into_iter()
    .enumerate()
    {
        let value = u8::try_from(turn).unwrap() + 1;
        memory.copy_in(at, &vec![value; length]).unwrap();
        expected[at..at + length].fill(value);
        assert_eq!(bytes(&other, 0, 8 * PAGE), expected);
    }
}

#[test]
fn it_goes_between_threads() {
    fn assert<T: Send + Sync>(_: &T) {}
    let memory = Memory::create("offloop-test", PAGE).unwrap();
    assert(&memory);
    let _ = memory.descriptor().as_fd();
}

fn fill(length: usize, value: u8) -> SealedMemory {
    SealedMemory::fill::<io::Error>(length, |bytes| {
        assert!(bytes.len() == length && bytes.iter().all(|&byte| byte == 0));
        bytes.fill(value);
        Ok(())
    })
    .unwrap()
}

#[test]
fn frozen_bytes_are_there() {
    for length in [1, PAGE, PAGE + 1, 3 << 20] {
        let bytes = vec![7; length];
        assert_eq!(SealedMemory::copy_from(&bytes).unwrap().bytes(), bytes);
        let filled = fill(length, 7);
        assert_eq!(filled.bytes(), bytes);
        let arrived = SealedMemory::open(Arc::clone(filled.file())).unwrap();
        drop(filled);
        assert_eq!(arrived.bytes(), bytes);
    }
}

#[test]
fn nobody_changes_what_is_frozen() {
    for frozen in [SealedMemory::copy_from(b"as it is").unwrap(), fill(8, b'x')] {
        let file = frozen.file();
        let before = frozen.bytes().to_vec();
        rustix::io::pwrite(file, b"other", 0).unwrap_err();
        rustix::fs::ftruncate(file, 3).unwrap_err();
        rustix::fs::ftruncate(file, 1 << 20).unwrap_err();
        let hole = rustix::fs::FallocateFlags::PUNCH_HOLE | rustix::fs::FallocateFlags::KEEP_SIZE;
        rustix::fs::fallocate(file, hole, 0, 4096).unwrap_err();
        let copy = file.try_clone().unwrap();
        Memory::open(copy, Access::ReadWrite).unwrap_err();
        assert_eq!(frozen.bytes(), before);
    }
}

#[test]
fn what_could_be_changed_is_not_taken_for_frozen() {
    let open = |file: OwnedFd| SealedMemory::open(Arc::new(file)).unwrap_err();
    let memory = Memory::create("offloop-test", PAGE).unwrap();
    assert!(matches!(open(copy_of(&memory)), MemoryError::CanBeWritten));
    // Who has mapped it for writing before could still write.
    let seals = SealFlags::FUTURE_WRITE | SealFlags::GROW | SealFlags::SHRINK;
    rustix::fs::fcntl_add_seals(memory.descriptor(), seals).unwrap();
    assert!(matches!(open(copy_of(&memory)), MemoryError::CanBeWritten));
    let (pipe, _writer) = io::pipe().unwrap();
    assert!(matches!(open(pipe.into()), MemoryError::NotMemory(_)));
}

#[test]
fn filling_may_fail_or_panic() {
    let refused = SealedMemory::fill(10, |_| Err(io::Error::other("not today")));
    assert_eq!(refused.unwrap_err().to_string(), "not today");
    let panicked = std::panic::catch_unwind(|| {
        SealedMemory::fill::<io::Error>(10, |_| std::panic::resume_unwind(Box::new("oh")))
    });
    panicked.unwrap_err();
    assert!(SealedMemory::fill::<io::Error>(usize::MAX, |_| Ok(())).is_err());
}
