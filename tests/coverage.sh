#!/usr/bin/env bash
# A tool that measures coverage sees what ran in workers: builds a program of the tests with
# instrumentation, runs it, and looks for a function that runs in a worker only.
# Needs the component `llvm-tools` of the toolchain, which it installs.
set -euo pipefail
cd "$(dirname "$0")/.."

rustup component add llvm-tools >/dev/null 2>&1 || true
tools="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin"
target="${CARGO_TARGET_DIR:-target}/coverage"
profiles="$(mktemp -d)"
trap 'rm -rf "$profiles"' EXIT

# Build scripts and macros are instrumented too, and write profiles when they run.
mkdir "$profiles/build"
LLVM_PROFILE_FILE="$profiles/build/%p.profraw" \
    RUSTFLAGS='-C instrument-coverage' CARGO_TARGET_DIR="$target" \
    cargo build --quiet -p offloop-tests --bin program

# The program waits half a second at its end for its workers, which may not be enough on a busy machine.
for _ in 1 2 3 4 5; do
    LLVM_PROFILE_FILE="$profiles/%p.profraw" \
        "$target/debug/program" exit-handler "$profiles/file" >/dev/null
    "$tools/llvm-profdata" merge -o "$profiles/all" "$profiles"/*.profraw
    report="$("$tools/llvm-cov" export -format=lcov -instr-profile="$profiles/all" "$target/debug/program")"
    # `FNDA:count,name` tells how often a function ran.
    if grep -qE '^FNDA:[1-9][0-9]*,.*8blocking13write_at_exit$' <<<"$report"; then
        echo 'coverage: what ran in a worker is seen'
        exit
    fi
done
echo 'coverage: what ran in a worker is not seen' >&2
exit 1
