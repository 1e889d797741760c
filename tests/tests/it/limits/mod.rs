//! Time limits hold.

mod cancel;
mod clock;
mod grace;
