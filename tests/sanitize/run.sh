#!/usr/bin/env bash
# tests/sanitize/run.sh [address|thread]…: the Tox room's unit tests and tests/tox.rs under AddressSanitizer (which looks for leaks at the
# end, too) and under ThreadSanitizer. For x86_64 Debian 12; what it needs is installed by `.ci/install sanitize`.
#
# Instrumented are this room, every crate under it, Rust's own library (built for it: with the one that comes ready, each channel would be
# a false alarm), and libtoxcore. All of that by the same LLVM: Debian's rustc-web and clang. Not
# instrumented are libsodium and the C library (what these do with memory that is handed to them is seen where it goes through a function
# that a sanitizer knows, such as memcpy), and what lies above this room.
#
# That it finds something was tried with mistakes made on purpose: the events of an iteration read after tox_events_free (told inside
# libtoxcore's tox_events_get_size), never freed (a leak), and tox_iteration_interval called from another thread while the Tox thread
# iterates (a race in libtoxcore's send_crypto_packets). In docs/threats.md stands what of it is not seen.
#
# libtoxcore is Debian's source (sid: the newest), or that in the folder TOXCORE_SOURCE.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -m "${CARGO_TARGET_DIR:-target}/sanitize")
cd tests/sanitize
llvm=22
mkdir -p "$out"

# Prints the folder of Debian's newest libtoxcore, by package lists of its own, so that those of this machine stay as they are.
fetch_source() {
    local apt=$out/apt site
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,source}
    # shellcheck disable=SC2016 # what apt-get reads is not for this shell
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m 1 '/debian/\?$')
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site sid main" >"$apt/sources.list"
    cat >"$apt/conf" <<END
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/nonexistent";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
Debug::NoLocking "1";
END
    if ! compgen -G "$apt/source/libtoxcore-*/CMakeLists.txt" >/dev/null; then
        (export APT_CONFIG=$apt/conf && cd "$apt/source" && apt-get -qq update && apt-get -qq source libtoxcore) >"$apt/log" 2>&1 ||
            { cat "$apt/log" >&2; echo "Debian's libtoxcore cannot be had: TOXCORE_SOURCE=FOLDER names another" >&2; exit 1; }
    fi
    echo "$apt"/source/libtoxcore-*/
}

# toxcore SANITIZER: builds it; where it lies stands in $prefix.
toxcore() {
    local build=$out/build-$1-$version
    prefix=$out/toxcore-$1-$version
    # Its own assertions stay in: CMake's build type None. Its events' header, which a test reads, is called experimental.
    cmake --fresh -S "$source" -B "$build" -DCMAKE_C_COMPILER=clang-$llvm -DCMAKE_CXX_COMPILER=clang++-$llvm -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_C_FLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=$1" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
        -DENABLE_SHARED=ON -DENABLE_STATIC=OFF -DEXPERIMENTAL_API=ON -DBUILD_TOXAV=OFF -DMUST_BUILD_TOXAV=OFF -DBOOTSTRAP_DAEMON=OFF \
        -DDHT_BOOTSTRAP=OFF -DUNITTEST=OFF -DAUTOTEST=OFF -DBUILD_MISC_TESTS=OFF -DBUILD_FUN_UTILS=OFF >"$out/log" 2>&1 || told
    cmake --build "$build" --parallel "$(nproc)" --target install >"$out/log" 2>&1 || told
}

told() {
    cat "$out/log" >&2
    exit 1
}

# build SANITIZER: the programs of the tests, in $programs. The compiler is Debian's, whose LLVM is clang's; RUSTC_BOOTSTRAP lets it do what
# only a nightly may. The crates are those of the daemon, by its Cargo.lock: cargo takes out of it what this room does not use.
build() {
    cp ../../Cargo.lock .
    env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 CARGO_TARGET_DIR="$out" \
        CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=clang-$llvm \
        CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-Zsanitizer=$1 -Zexternal-clangrt -Clink-arg=-fsanitize=$1 -Cforce-frame-pointers=yes" \
        PKG_CONFIG_PATH="$prefix/lib/pkgconfig" \
        /usr/bin/cargo test -Zbuild-std --target x86_64-unknown-linux-gnu --lib --test tox --no-run >"$out/log" 2>&1 || told
    mapfile -t programs < <(sed -n 's/^ *Executable .*(\(.*\))$/\1/p' "$out/log")
    [ ${#programs[@]} = 2 ] || told
}

[ $# -gt 0 ] || set -- address thread
source=$(realpath "${TOXCORE_SOURCE:-$(fetch_source)}")
version=$(sed -n 's/^set(PROJECT_VERSION_M[A-Z]* "\([0-9]*\)").*/\1/p; s/^set(PROJECT_VERSION_PATCH "\([0-9]*\)").*/\1/p' "$source/CMakeLists.txt" | xargs | tr ' ' .)
reports=$out/reports
options="log_path=$reports/report handle_abort=1"
# A helper that a test kills leaves its reports there as well: what is told counts, not the end of the test alone.
export ASAN_OPTIONS="$options detect_leaks=1 strict_string_checks=1"
export TSAN_OPTIONS="$options second_deadlock_stack=1 history_size=4"
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-$llvm TSAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-$llvm
export TOXMAIL_TEST_SANITIZED=yes
failed=
for sanitizer in "$@"; do
    echo "== libtoxcore $version and the Tox room with -fsanitize=$sanitizer"
    toxcore "$sanitizer"
    build "$sanitizer"
    rm -rf "$reports" && mkdir "$reports"
    export LD_LIBRARY_PATH=$prefix/lib
    "${programs[0]}" tox:: || failed=yes
    # One after the other: each holds its clock.
    "${programs[1]}" --test-threads=1 || failed=yes
    unset LD_LIBRARY_PATH
    for report in "$reports"/*; do
        [ -f "$report" ] || continue
        cat "$report"
        failed=yes
    done
done
[ -z "$failed" ] || { echo "a sanitizer has found something, or a test has failed under it" >&2; exit 1; }
