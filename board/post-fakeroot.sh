#!/usr/bin/env bash
# post-fakeroot.sh TARGET-FOLDER BOARD: the last look at the root file system, once Buildroot has given each file its owner and its rights, in
# the make-believe of being root. Nothing lends its owner's rights: Buildroot would install busybox setuid root, and each hole in one of
# its hundred programs would make a member of the box its master; here services that need root are started as root. What everybody
# may write is a mistake of whoever installed it, and ends the build.
#
# What packages put where the start mounts something else is never seen, and would be the only files that are not root's.
set -euo pipefail
target=$1
find "$target"/{data,var} -mindepth 1 -delete
chmod 0755 "$target/tmp"
# Buildroot's table of devices makes this anew, and lets everybody write there.
rm -rf "$target/etc/network"
find "$target" -type f -perm /6000 -exec chmod u-s,g-s {} +
open=$(find "$target" \( -type f -o -type d \) -perm -o+w -printf '/%P\n')
[ -z "$open" ] || { printf 'everybody may write to these:\n%s\n' "$open" >&2; exit 1; }
