//! What a process task says on a target that has no worker processes.

offloop::__private::no_processes! {}

fn main() {}
