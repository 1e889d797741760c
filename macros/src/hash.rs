//! A hash of the signature: a worker refuses a request that was made for another one.

use proc_macro2::TokenStream;

/// FNV-1a of the tokens as text: short, and the same on every machine and in every build.
pub(crate) fn of(tokens: &TokenStream) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    tokens.to_string().bytes().fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}
