#!/usr/bin/env bash
# post-build.sh TARGET-FOLDER BOARD: the last touch on the root file system, after overlay/. Buildroot calls it, and whoever builds a
# look-alike. Not root: owners and permissions belong into users and permission tables.
set -euo pipefail
target=$1 board=$2
here=$(dirname "$0")
[ -f "$here/$board/meta" ] || { echo "no such board: $board" >&2; exit 1; }
# shellcheck source=board/virt_64/meta
. "$here/$board/meta"

# The date of the file is the earliest that the clock may say: that of the commit, or the same twice would differ.
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/../Cargo.toml" | head -n 1)
printf 'BOARD=%s\nVERSION=%s\nSTARTED_BY=%s\n' "$board" "$version" "$started_by" >"$target/etc/toxmail-release"
touch -d "@${SOURCE_DATE_EPOCH:-1767225600}" "$target/etc/toxmail-release"

# The daemon names no folder that it was built in, or two builds of the same commit would differ.
for folder in "$(realpath "$here/..")" "${BASE_DIR:-}" "${CARGO_HOME:-$HOME/.cargo}"; do
    if [ -n "$folder" ] && [ -e "$target/usr/bin/toxmaild" ] && LC_ALL=C grep -aqF "$folder/" "$target/usr/bin/toxmaild"; then
        echo "usr/bin/toxmaild names $folder" >&2
        exit 1
    fi
done

# Whose updates this system takes.
cp "$("$here/keys")" "$target/etc/toxmail-updates.pem"
chmod 0644 "$target/etc/toxmail-updates.pem"

# The root is read-only; what changes is elsewhere.
mkdir -p "$target"/{boot,data,dev,proc,sys,run,tmp,var}
ln -sfn ../run/resolv.conf "$target/etc/resolv.conf"
# Buildroot's wpa_supplicant brings an example that joins whatever network is open; ours is written by overlay/'s `wifi`.
rm -f "$target/etc/wpa_supplicant.conf"
# Services are those of etc/inittab, each with its own script.
rm -rf "$target/etc/init.d"
