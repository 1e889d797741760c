//! `sha2` and `base64`, and `std::hash`.

use base64::engine::general_purpose::GeneralPurpose;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, Engine};
use base64::{DecodeError, DecodeSliceError};
use offloop::{blocking_io, cpu_bound};
use sha2::digest::{Digest, Output};
use sha2::{Sha256, Sha512};
use std::hash::{BuildHasher, Hash};
use std::io::{self, Read};
use std::path::Path;

#[cpu_bound(threads)]
fn digest<D: Digest>(data: impl AsRef<[u8]>) -> Output<D> {
    D::digest(data)
}
#[cpu_bound(threads)]
fn chain_update<D: Digest>(hasher: D, data: impl AsRef<[u8]>) -> D {
    hasher.chain_update(data)
}
#[cpu_bound(threads)]
fn finalize<D: Digest>(hasher: D) -> Output<D> {
    hasher.finalize()
}
// own
#[cpu_bound]
fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}
// own
#[blocking_io]
fn hash_file(path: &Path, #[default = 1 << 16] chunk: usize) -> io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut buffer) = (Sha512::new(), vec![0; chunk]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().to_vec()),
            count => hasher.update(&buffer[..count]),
        }
    }
}
#[cpu_bound(threads)]
fn hash_one<S: BuildHasher, T: Hash>(state: S, x: T) -> u64 {
    state.hash_one(x)
}
#[cpu_bound(threads)]
fn encode<T: AsRef<[u8]>>(engine: &'static GeneralPurpose, input: T) -> String {
    engine.encode(input)
}
#[cpu_bound(threads, nested)]
fn decode<T: AsRef<[u8]>>(
    engine: &'static GeneralPurpose,
    input: T,
) -> Result<Vec<u8>, DecodeError> {
    engine.decode(input)
}
// adapted: the caller's `&mut Vec<u8>` cannot cross, it is given and comes back
#[cpu_bound(threads, nested)]
fn decode_vec<E: Engine, T: AsRef<[u8]>>(
    engine: E,
    input: T,
    mut buffer: Vec<u8>,
) -> Result<Vec<u8>, DecodeError> {
    engine.decode_vec(input, &mut buffer)?;
    Ok(buffer)
}
// adapted: the caller's slice cannot cross
#[cpu_bound(threads, nested)]
fn decode_into<const N: usize>(input: &str) -> Result<[u8; N], DecodeSliceError> {
    let mut bytes = [0; N];
    BASE64_STANDARD.decode_slice(input, &mut bytes)?;
    Ok(bytes)
}

#[test]
fn bytes_are_hashed_and_written() -> Result<(), Box<dyn std::error::Error>> {
    let here = digest::<Sha256>("abc").wait()?;
    assert_eq!(here[..], sha256(b"abc").wait()?);
    let parts = chain_update(chain_update(Sha256::new(), "ab").wait()?, "c").wait()?;
    assert_eq!(finalize(parts).wait()?, here);
    assert_eq!(encode(&BASE64_STANDARD, b"abc").wait()?, "YWJj");
    assert_eq!(decode(&BASE64_URL_SAFE, "YWJj").wait()??, b"abc");
    assert_eq!(decode_into::<3>("YWJj").wait()??, *b"abc");
    assert_eq!(
        hash_file::builder()
            .path(Path::new("/dev/null"))
            .call()
            .wait()?
            .len(),
        64
    );
    Ok(())
}
