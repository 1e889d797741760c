//! Data that goes to worker processes and back without being copied.

mod content;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

pub use self::content::{Shareable, ShareableNumber};
use crate::sys::sealed::SealedMemory;
use crate::wire::handles;

/// A text, bytes or numbers that all processes read where they are: nothing is copied on the way to a worker or back.
///
/// What it holds lies in memory of its own, which is mapped into each process that has it, and never changes again.
/// Sending it costs the same 20 µs or so however large it is; making it costs a copy into new memory, once (64 MiB:
/// 30 ms). So it pays for what many calls read, or what is large and goes on from worker to worker: a model, an
/// index, an image. What is computed or read from a file can be filled in place
/// ([`with_len`](Shared::with_len)), without a copy; what already lies in memory is faster copied
/// ([`copy_from`](Shared::copy_from)).
///
/// ```
/// use offloop::Shared;
///
/// # fn main() -> std::io::Result<()> {
/// let bytes = Shared::<[u8]>::copy_from(b"some bytes")?;
/// assert_eq!(bytes.len(), 10); // it is read as the slice that it is
/// assert!(bytes.starts_with(b"some"));
///
/// let text = Shared::<str>::copy_from("some text")?;
/// assert_eq!(text.to_uppercase(), "SOME TEXT");
///
/// // Filled in place: no copy at all.
/// let squares = Shared::<[f64]>::with_len(1_000, |numbers| {
///     for (number, i) in numbers.iter_mut().zip(0_u32..) {
///         *number = f64::from(i * i);
///     }
/// })?;
/// assert_eq!(squares[30], 900.0);
///
/// let again = squares.clone(); // counts; copies nothing
/// assert!(std::ptr::eq(&*again, &*squares));
/// # Ok(())
/// # }
/// ```
///
/// # Where it goes
///
/// A `Shared` can be an argument or result of a `#[cpu_bound]` function, or lie anywhere inside of one: in a struct, a
/// `Vec`, an `Option`. A worker that has received one may keep it, and send it back. Used several times in one call,
/// it is sent once.
///
/// Into other formats it does not go: to serialize it to JSON, say, is an error, because JSON cannot carry
/// memory. The same holds, in a worker's messages too, where serde itself stores a value in between to write it later:
/// in a variant with named or numbered fields of an enum under `#[serde(flatten)]`.
///
/// # What it holds
///
/// `Shared<str>`, and `Shared<[N]>` for the numbers `u8` to `u128`, `usize`, `i8` to `i128`, `isize`, `f32` and
/// `f64`. It may be empty.
///
/// # What it costs
///
/// - Memory: its length in whole pages of 4 KiB, once for all processes together, until the last of them has dropped
///   it or has ended, however it ended. An empty one takes none.
/// - In each process that has it, one file descriptor, of which a process may have 1024 unless told otherwise
///   (`ulimit -n`). One message carries 253 different ones at most.
///
/// # What can go wrong
///
/// To make one is an [`io::Error`] when the system has no memory or no descriptor left. A message whose `Shared`
/// cannot be received is an [`Error::Decode`](crate::Error::Decode).
///
/// It never changes: the kernel refuses all writing to its memory, by any process. So a worker gone mad can neither
/// alter what the program reads, nor make a text invalid that has been checked.
///
/// Linux only, as the process pools are.
pub struct Shared<T: ?Sized> {
    /// In the buffer, or of no length.
    content: NonNull<T>,
    /// `None` if it is empty.
    buffer: Option<Arc<SealedMemory>>,
    owns: PhantomData<T>,
}

// SAFETY: it gives `&T` only, to memory that never changes, and frees it when the last one is dropped, on whatever
// thread; so it is as `Arc<T>`.
unsafe impl<T: ?Sized + Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for Shared<T> {}

impl<T: ?Sized + Shareable> Shared<T> {
    /// Copies this into memory that other processes can read.
    ///
    /// # Errors
    /// The system has no memory, or the process no descriptor left.
    pub fn copy_from(content: &T) -> io::Result<Self> {
        match content.bytes() {
            [] => Ok(Shared::empty()),
            bytes => {
                Shared::new(Arc::new(SealedMemory::copy_from(bytes)?)).map_err(io::Error::other)
            }
        }
    }

    fn empty() -> Self {
        Shared {
            content: NonNull::from(T::EMPTY),
            buffer: None,
            owns: PhantomData,
        }
    }

    /// All of the buffer.
    fn new(buffer: Arc<SealedMemory>) -> Result<Self, String> {
        Ok(Shared {
            // It stays valid: the buffer keeps its place and its bytes as long as it lives.
            content: NonNull::from(T::of(buffer.bytes())?),
            buffer: Some(buffer),
            owns: PhantomData,
        })
    }
}

impl<N: ShareableNumber> Shared<[N]> {
    /// Makes `length` numbers by filling them in where they stay. They are zero before.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let ones = offloop::Shared::<[u32]>::with_len(1 << 20, |numbers| numbers.fill(1))?;
    /// assert_eq!(ones.len(), 1 << 20);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The system has no memory, or the process no descriptor left; nothing has been called then.
    pub fn with_len(length: usize, fill: impl FnOnce(&mut [N])) -> io::Result<Self> {
        Self::try_with_len(length, |numbers| {
            fill(numbers);
            Ok(())
        })
    }

    /// Like [`with_len`](Self::with_len), for what can fail to fill them.
    ///
    /// ```
    /// use offloop::Shared;
    /// use std::fs::File;
    /// use std::io::{self, Read};
    ///
    /// /// Reads a file into memory that workers can read too.
    /// fn load(path: &str) -> io::Result<Shared<[u8]>> {
    ///     let mut file = File::open(path)?;
    ///     let length = file.metadata()?.len();
    ///     let length = usize::try_from(length).map_err(io::Error::other)?;
    ///     Shared::try_with_len(length, |bytes| file.read_exact(bytes))
    /// }
    ///
    /// # fn main() -> io::Result<()> {
    /// assert!(load("Cargo.toml")?.starts_with(b"[package]"));
    /// assert!(load("nothing here").is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `fill` returns; or the system has no memory, or the process no descriptor left.
    pub fn try_with_len<E: From<io::Error>>(
        length: usize,
        fill: impl FnOnce(&mut [N]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let Some(bytes) = length.checked_mul(size_of::<N>()) else {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory).into());
        };
        if bytes == 0 {
            fill(&mut [])?;
            return Ok(Shared::empty());
        }
        let buffer =
            SealedMemory::fill(bytes, |bytes| match bytemuck::try_cast_slice_mut(bytes) {
                Ok(numbers) => fill(numbers),
                Err(error) => Err(io::Error::other(error.to_string()).into()),
            })?;
        Shared::new(Arc::new(buffer)).map_err(|reason| io::Error::other(reason).into())
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: it was made from a reference, to a constant or into the buffer, which `self` holds, and which
        // neither moves nor changes.
        unsafe { self.content.as_ref() }
    }
}

impl<T: ?Sized> AsRef<T> for Shared<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

/// Both are then the same memory. Nothing is copied.
impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared {
            content: self.content,
            buffer: self.buffer.clone(),
            owns: PhantomData,
        }
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: ?Sized + Eq> Eq for Shared<T> {}

/// Says how much there is, not what: it may be large, or secret.
impl<T: ?Sized> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("bytes", &size_of_val(&**self))
            .finish_non_exhaustive()
    }
}

/// Copies. It is no `From`, because memory and descriptors may run out.
impl<N: ShareableNumber> TryFrom<&[N]> for Shared<[N]> {
    type Error = io::Error;

    fn try_from(content: &[N]) -> io::Result<Self> {
        Shared::copy_from(content)
    }
}

/// Copies. It is no `From`, because memory and descriptors may run out.
impl TryFrom<&str> for Shared<str> {
    type Error = io::Error;

    fn try_from(content: &str) -> io::Result<Self> {
        Shared::copy_from(content)
    }
}

/// Copies, because the memory of a `Vec` cannot be shared.
impl<N: ShareableNumber> TryFrom<Vec<N>> for Shared<[N]> {
    type Error = io::Error;

    fn try_from(content: Vec<N>) -> io::Result<Self> {
        Shared::copy_from(&content)
    }
}

/// Copies, because the memory of a `String` cannot be shared.
impl TryFrom<String> for Shared<str> {
    type Error = io::Error;

    fn try_from(content: String) -> io::Result<Self> {
        Shared::copy_from(&content)
    }
}

/// Only into the messages between a program and its workers; to any other format it is an error.
impl<T: ?Sized + Shareable> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let handle = self.buffer.as_deref().map(SealedMemory::file);
        handles::serialize(handle, self.bytes().len(), serializer)
    }
}

/// Only from the messages between a program and its workers.
impl<'de, T: ?Sized + Shareable> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let open = |handle| SealedMemory::open(handle).map(Arc::new);
        let Some((buffer, length)) = handles::deserialize(deserializer, open)? else {
            return Ok(Shared::empty());
        };
        let there = buffer.bytes().len();
        if there as u64 != length {
            return Err(D::Error::custom(format!(
                "a `Shared` of {length} bytes that came with {there}"
            )));
        }
        Shared::new(buffer).map_err(D::Error::custom)
    }
}
