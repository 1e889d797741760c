//! The programs are in `examples/`, the test that runs the longest of them in `tests/`.
