//! A hash of a signature: a worker refuses a call that was made for another signature.

use proc_macro2::TokenStream;

/// Returns the FNV-1a hash of the tokens as text. It does not depend on the machine or the build.
pub(crate) fn of(tokens: &TokenStream) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    tokens.to_string().bytes().fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}
