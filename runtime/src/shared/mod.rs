//! Data that goes to worker processes and back without being copied.

#![allow(
    unsafe_code,
    reason = "bytes are read as numbers where they are mapped"
)]

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

use self::content::ContentError;
pub use self::content::{Shareable, ShareableNumber};
use crate::sys::sealed::SealedMemory;
use crate::wire::handles;

/// A text, bytes or numbers that all processes read in place: nothing is copied on the way to a
/// worker or back.
///
/// The content has memory of its own, which is mapped into each process that has the `Shared`, and
/// which never changes again. To send it takes about 20 µs, however large it is. To make it takes
/// one copy into new memory (64 MiB: 30 ms). So it pays for what many calls read, and for what is
/// large and goes on from worker to worker: a model, an index, an image. What is computed or read
/// from a file can be filled in place ([`with_len`](Shared::with_len)), without a copy. What is in
/// memory already is copied faster ([`copy_from`](Shared::copy_from)).
///
/// ```
/// use offloop::Shared;
///
/// # fn main() -> std::io::Result<()> {
/// let bytes = Shared::<[u8]>::copy_from(b"some bytes")?;
/// assert_eq!(bytes.len(), 10); // it is read as a slice
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
/// A `Shared` can be an argument or result of a `#[cpu_bound]` function, or be anywhere inside of
/// one: in a struct, a `Vec`, an `Option`. A worker that has received one may keep it, and send it
/// back. If it is used several times in one call, it is sent once.
///
/// It does not go into other formats. To serialize it to JSON, for example, is an error, because
/// JSON cannot carry memory. There is one such place in the messages of workers too, because serde
/// itself stores the value there to write it later: a variant with named or numbered fields of an
/// enum under `#[serde(flatten)]`.
///
/// # What it holds
///
/// `Shared<str>`, and `Shared<[N]>` for the numbers `u8` to `u128`, `usize`, `i8` to `i128`,
/// `isize`, `f32` and `f64`. It may be empty.
///
/// # What it costs
///
/// - Memory: its length in whole pages of 4 KiB, once for all processes together, until the last of
///   them has dropped it or has ended. An empty one takes none.
/// - One file descriptor in each process that has it. A process may have 1024 by default, which
///   `ulimit -n` tells. One message carries at most 253 different ones.
///
/// # What can go wrong
///
/// To make one fails with an [`io::Error`] if the system has no memory or no descriptor left. A
/// message whose `Shared` cannot be received fails with [`Error::Decode`](crate::Error::Decode).
///
/// It never changes: the kernel refuses all writes to its memory, by any process. So a worker that
/// has gone wrong can neither change what the program reads, nor make a checked text invalid.
///
/// Linux only, as the process pools are.
pub struct Shared<T: ?Sized> {
    /// It is in the buffer, or empty.
    content: NonNull<T>,
    /// `None` if the content is empty.
    buffer: Option<Arc<SealedMemory>>,
    owns: PhantomData<T>,
}

// SAFETY: it gives out `&T` only, to memory that never changes, and frees the memory when the last
// one is dropped, on any thread. So it is like `Arc<T>`.
unsafe impl<T: ?Sized + Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for Shared<T> {}

impl<T: ?Sized + Shareable> Shared<T> {
    /// Makes a `Shared` by copying `content` into memory that other processes can read.
    ///
    /// # Errors
    /// The system has no memory left, or the process has no descriptor left.
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

    /// Makes a `Shared` whose content is all of the buffer.
    fn new(buffer: Arc<SealedMemory>) -> Result<Self, ContentError> {
        Ok(Shared {
            // This stays valid: the buffer keeps its address and its bytes as long as it lives.
            content: NonNull::from(T::of(buffer.bytes())?),
            buffer: Some(buffer),
            owns: PhantomData,
        })
    }
}

impl<N: ShareableNumber> Shared<[N]> {
    /// Makes `length` numbers, which `fill` fills in place. They are zero before.
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
    /// The system has no memory left, or the process has no descriptor left. Then `fill` is not
    /// called.
    pub fn with_len(length: usize, fill: impl FnOnce(&mut [N])) -> io::Result<Self> {
        Self::try_with_len(length, |numbers| {
            fill(numbers);
            Ok(())
        })
    }

    /// Makes `length` numbers like [`with_len`](Self::with_len), with a `fill` that can fail.
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
    /// The error of `fill`; or the system has no memory left, or the process has no descriptor
    /// left.
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
        Shared::new(Arc::new(buffer)).map_err(|error| io::Error::other(error).into())
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the pointer was made from a reference: to a constant, or into the buffer, which
        // `self` holds and which neither moves nor changes.
        unsafe { self.content.as_ref() }
    }
}

impl<T: ?Sized> AsRef<T> for Shared<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

/// The clone has the same memory. Nothing is copied.
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

/// Shows how many bytes there are, not which: they may be many, or secret.
impl<T: ?Sized> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("bytes", &size_of_val(&**self))
            .finish_non_exhaustive()
    }
}

/// Copies the content. This is not `From`, because memory and descriptors may run out.
impl<N: ShareableNumber> TryFrom<&[N]> for Shared<[N]> {
    type Error = io::Error;

    fn try_from(content: &[N]) -> io::Result<Self> {
        Shared::copy_from(content)
    }
}

/// Copies the content. This is not `From`, because memory and descriptors may run out.
impl TryFrom<&str> for Shared<str> {
    type Error = io::Error;

    fn try_from(content: &str) -> io::Result<Self> {
        Shared::copy_from(content)
    }
}

/// Copies the content, because the memory of a `Vec` cannot be shared.
impl<N: ShareableNumber> TryFrom<Vec<N>> for Shared<[N]> {
    type Error = io::Error;

    fn try_from(content: Vec<N>) -> io::Result<Self> {
        Shared::copy_from(&content)
    }
}

/// Copies the content, because the memory of a `String` cannot be shared.
impl TryFrom<String> for Shared<str> {
    type Error = io::Error;

    fn try_from(content: String) -> io::Result<Self> {
        Shared::copy_from(&content)
    }
}

/// Goes into the messages between a program and its workers. To any other format it is an error.
impl<T: ?Sized + Shareable> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let handle = self.buffer.as_deref().map(SealedMemory::file);
        handles::serialize(handle, self.bytes().len(), serializer)
    }
}

/// Comes from the messages between a program and its workers only.
impl<'de, T: ?Sized + Shareable> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let open = |handle| SealedMemory::open(handle).map(Arc::new);
        let Some((buffer, length)) = handles::deserialize(deserializer, open)? else {
            return Ok(Shared::empty());
        };
        let (said, found) = (length, buffer.bytes().len());
        if found as u64 != said {
            return Err(D::Error::custom(ContentError::WrongLength { said, found }));
        }
        Shared::new(buffer).map_err(D::Error::custom)
    }
}
