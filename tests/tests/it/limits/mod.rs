//! Time limits hold.

mod cancel;
mod grace;
