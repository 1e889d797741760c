//! The programs are in the folder `examples/`. The test in `tests/` runs the longest of them.
