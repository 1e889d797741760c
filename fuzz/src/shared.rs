//! Values with `Shared` buffers in them. Neither the name of a buffer in the bytes is trusted, nor
//! the descriptor that comes with it.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;

use offloop::__fuzz::{decode_with, encode_with};
use offloop::__private::Wire;
use offloop::Shared;
use rustix::fs::{MemfdFlags, SealFlags};
use serde::{Deserialize, Serialize};

use crate::memory;

/// Buffers in places where serde itself stores values in between.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Mixed {
    bytes: Shared<[u8]>,
    text: Option<Shared<str>>,
    #[serde(flatten)]
    others: BTreeMap<String, Either>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Numbers(Shared<[u32]>),
    Number(u32),
}

/// The descriptors that may come.
struct Descriptors {
    /// Text and bytes that no process can change any more.
    sealed: Vec<OwnedFd>,
    /// A device, and memory that may still be changed.
    others: Vec<OwnedFd>,
}

fn descriptors() -> &'static Descriptors {
    static ALL: OnceLock<Descriptors> = OnceLock::new();
    ALL.get_or_init(|| {
        let contents = [&b"some text"[..], b"12345678", &[0xff; 4096], b"x"];
        let sealed = contents.into_iter().flat_map(|bytes| {
            let shared = Shared::<[u8]>::copy_from(bytes).expect("there is memory");
            encode_with(&shared).expect("it can be sent").1
        });
        let open = || {
            let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
            let file = rustix::fs::memfd_create("offloop-fuzz", flags).expect("there is memory");
            rustix::fs::ftruncate(&file, 8).expect("it may be longer");
            file
        };
        let half_sealed = open();
        rustix::fs::fcntl_add_seals(&half_sealed, SealFlags::SHRINK | SealFlags::GROW)
            .expect("it may be sealed");
        Descriptors {
            sealed: sealed.collect(),
            others: vec![
                File::open("/dev/null").expect("it is there").into(),
                open(),
                half_sealed,
            ],
        }
    })
}

fn copy_of(descriptor: BorrowedFd<'_>) -> OwnedFd {
    descriptor.try_clone_to_owned().expect("few are open")
}

fn choose(choice: &[u8]) -> Vec<OwnedFd> {
    let all = descriptors();
    let all: Vec<_> = all.sealed.iter().chain(&all.others).collect();
    let choose = |byte: &u8| copy_of(all[usize::from(*byte) % all.len()].as_fd());
    choice.iter().map(choose).collect()
}

/// If the bytes are a value, that value is encoded and decoded again, and stays the same.
fn read<T: Wire + PartialEq + std::fmt::Debug>(bytes: &[u8], choice: &[u8]) {
    let limit = 1024 * bytes.len() + (64 << 10);
    let came = choose(choice);
    let read = memory::at_most(limit, std::any::type_name::<T>(), || {
        decode_with::<T>(bytes, came)
    });
    match read {
        Ok(value) => {
            let (again, came) = encode_with(&value).expect("what was decoded can be encoded");
            assert_eq!(decode_with::<T>(&again, came).as_ref(), Ok(&value));
        }
        Err(reason) => assert!(!reason.is_empty()),
    }
}

/// The first byte is the number of descriptors. The bytes after it choose them, and the rest is the
/// value.
pub fn check(bytes: &[u8]) {
    let Some((count, bytes)) = bytes.split_first() else {
        return;
    };
    let (choice, bytes) = bytes.split_at(usize::from(count % 8).min(bytes.len()));
    read::<Shared<[u8]>>(bytes, choice);
    read::<Shared<str>>(bytes, choice);
    read::<Shared<[u64]>>(bytes, choice);
    read::<Vec<Shared<[u8]>>>(bytes, choice);
    read::<(Shared<str>, Shared<[u8]>)>(bytes, choice);
    read::<Mixed>(bytes, choice);
}
