//! Tests that count what the whole process holds, or change a setting of all of it. They are a
//! binary of their own because any other test beside them would be counted too. For the same reason
//! each of them holds the guard of [`offloop_tests::alone`].

offloop_tests::settings_of_its_own!();

mod descriptors;
mod payloads;
mod shared;
