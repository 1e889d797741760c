//! Untrusted code: the feature `sandbox`.

mod files;
mod rules;
