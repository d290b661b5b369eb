# Shared by the scripts here: sourced, never run. Leaves the caller in the repository's root.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit

# The wasm target, and the Debian packages that bring a compiler for it where rustup cannot.
# shellcheck disable=SC2034
target=wasm32-wasip1
# shellcheck disable=SC2034
debian_packages=(rustc-web cargo-web rust-web-src rust-web-clippy lld-22 wasi-libc)
# Which of the two it is: "rustup" or "debian". scripts/setup writes it, scripts/wasm reads it.
# shellcheck disable=SC2034
route_file=target/wasm-route

say() { printf '    %s\n' "$*"; }

# die WHAT [WHAT TO DO...]: one line each.
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    (($# == 0)) || printf '       %s\n' "$@" >&2
    exit 1
}

# Runs a slow command and puts the seconds since its start before each line it prints.
timed() {
    local start=$SECONDS line
    "$@" 2>&1 </dev/null | while IFS= read -r line || [[ -n $line ]]; do
        printf '    [%3ds] %s\n' $((SECONDS - start)) "$line"
    done
}

# The comment at the head of a script is its help.
help_of() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }
