#!/usr/bin/env bash
# Fuzzes the targets one after the other, each for FUZZ_SECONDS (600 unless said otherwise); all of them, or those that are
# named. A finding ends it, and its input lies in tests/fuzz/artifacts: put it into tests/fuzz/corpus/TARGET under a name
# that says what was wrong, so that `make test` tries it for ever.
#
# What is found on the way gathers in tests/fuzz/found, which git does not keep. `run.sh --keep` brings what of it reaches new
# code into the committed inputs: few and short ones, since the whole of them stays under 200 kB.
#
# There is no nightly compiler in it: RUSTC_BOOTSTRAP lets the stable one do what cargo-fuzz asks for. Without a sanitizer,
# because the rooms that are fuzzed are safe Rust: what can go wrong there are panics, overflows and broken invariants, and
# they are looked for twice as fast.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RUSTC_BOOTSTRAP=1
seconds=${FUZZ_SECONDS:-600}
keep=
if [ "${1:-}" = --keep ]; then keep=yes; shift; fi

fuzz() { nice -n 19 cargo fuzz "$1" --fuzz-dir tests/fuzz --sanitizer none "${@:2}"; }

# The longest input: beyond it nothing new is to be expected of a target, only slowness.
longest() {
    case $1 in
        addresses | mailboxes | maildir | invitations) echo 400 ;;
        requests) echo 921 ;;
        content | departure | arrival) echo 8192 ;;
        *) echo 2048 ;;
    esac
}

# Short inputs that reach what the committed ones do not, the shortest first, until the target has used up its share.
keep() {
    local committed=tests/fuzz/corpus/$1 more room size file
    more=$(mktemp -d)
    cp "$committed"/* "$more"
    fuzz run "$1" "$more" "tests/fuzz/found/$1" -- -merge=1 -max_len=400 -rss_limit_mb=1024 >/dev/null 2>&1
    room=$((10000 - $(cat "$committed"/* | wc -c)))
    while read -r size file; do
        [ ! -e "$committed/$file" ] || continue
        [ "$size" -le "$room" ] || break
        cp "$more/$file" "$committed/"
        room=$((room - size))
    done < <(find "$more" -type f -printf '%s %f\n' | sort -n)
    rm -r "$more"
    echo "$1: $(find "$committed" -type f | wc -l) inputs, $(cat "$committed"/* | wc -c) bytes"
}

# Some targets write to a folder in memory.
trap 'rm -rf /dev/shm/toxmail-fuzz-*' EXIT

[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list --fuzz-dir tests/fuzz)
[ $# -eq 0 ] || targets=("$@")
for target in "${targets[@]}"; do
    mkdir -p "tests/fuzz/found/$target"
    if [ -n "$keep" ]; then
        keep "$target"
        continue
    fi
    echo "$target: $seconds seconds"
    fuzz run "$target" "tests/fuzz/found/$target" "tests/fuzz/corpus/$target" -- -max_total_time="$seconds" \
        -max_len="$(longest "$target")" -rss_limit_mb=1024 -timeout=20 -print_final_stats=1 -verbosity=0
done
