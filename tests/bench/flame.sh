#!/usr/bin/env bash
# Where a part of `make bench` spends the home's processor time: flame.sh PART (accept, imap, loopback …) writes docs/flame-PART.svg, in
# which a frame is as wide as it was often seen at work. Who calls is below. Builds the daemon with frame pointers and all names,
# in a folder of its own: ten minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$HOME/.cargo/bin:$PATH"
part=${1:?usage: tests/bench/flame.sh PART}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/flame RUSTFLAGS="-C force-frame-pointers=yes -C symbol-mangling-version=v0"
export CARGO_PROFILE_RELEASE_STRIP=none CARGO_PROFILE_BENCH_STRIP=none BENCH=quick BENCH_ONLY=$part
cargo bench --locked --bench home --no-run
data=$(mktemp --suffix=.perf)
trap 'rm -f "$data" "$data".*' EXIT
perf record --quiet --freq 997 --call-graph fp --output "$data" -- cargo bench --locked --bench home
# Every home of that part, and nobody else.
homes=$(perf script --input "$data" --show-task-events --fields comm,pid,tid,event,trace 2>/dev/null |
    sed -n 's/.*PERF_RECORD_COMM exec: toxmaild:\([0-9]*\).*/\1/p' | sort -u | paste -sd,)
[ -n "$homes" ] || { echo "no home was seen at work" >&2; exit 1; }
perf script --input "$data" --pid "$homes" --max-stack 64 >"$data.txt" 2>/dev/null
inferno-collapse-perf <"$data.txt" 2>/dev/null |
    # Commands that prepare a home are not its work.
    grep -v 'toxmail::control::command::ask' >"$data.folded"
inferno-flamegraph --title "Toxmail at work: $part" --subtitle "BENCH_ONLY=$part, processor time; made by make flame" --minwidth 0.4 \
    --nametype "" <"$data.folded" |
    # What its script says to those who write it.
    sed '/^ *\/\/ /d' >"docs/flame-$part.svg"
echo "docs/flame-$part.svg"
# The same as a table: what part of all samples has that name anywhere in its stack.
awk '{ n = $NF; total += n; $NF = ""; delete seen
       m = split($0, frames, ";")
       for (i = 1; i <= m; i++) if (!(frames[i] in seen)) { seen[frames[i]]; count[frames[i]] += n } }
     END { for (f in count) printf "%5.1f %%  %s\n", 100 * count[f] / total, f }' "$data.folded" | sort -rn >"$CARGO_TARGET_DIR/flame-$part.txt"
head -60 "$CARGO_TARGET_DIR/flame-$part.txt"
