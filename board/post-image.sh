#!/usr/bin/env bash
# post-image.sh IMAGES-FOLDER BOARD: from root file system and kernel to the card, with genimage. Buildroot calls it, and whoever builds
# a look-alike; then IMAGES may have an `initrd` as well.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
images=$(realpath "$1") board=$2
here=$(realpath "$(dirname "$0")")
# shellcheck source=board/virt_64/meta
. "$here/$board/meta"

mkimage -A arm -T script -C none -d "$here/boot.cmd" "$images/boot.scr" >/dev/null
cp "$here/$board/board.env" "$images/board.env"
# Known to nobody before it is read once: then it is right.
for file in toxmail.env toxmail.bak; do printf 'left_A=3\nleft_B=3\norder=A B\nwhole=yes\n' >"$images/$file"; done

# list FILE-OR-PATTERN…: as genimage wants them.
list() {
    local file first=yes
    for file in "$@"; do
        [ -e "$images/$file" ] || { echo "$images/$file is missing" >&2; exit 1; }
        [ $first = yes ] || printf ', '
        first=no
        printf '"%s"' "$file"
    done
}
cd "$images"
# shellcheck disable=SC2086 # a list of patterns
boot_list=$(list boot.scr board.env toxmail.env toxmail.bak $boot_files)
kernel_files=("$kernel")
[ ! -e initrd ] || kernel_files+=(initrd)
kernel_list=$(list "${kernel_files[@]}")
sed -e "s|@BOOT_FILES@|$boot_list|" -e "s|@KERNEL_FILES@|$kernel_list|" "$here/genimage.cfg" >genimage.cfg

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/root"
genimage --loglevel 0 --rootpath "$scratch/root" --tmppath "$scratch/tmp" --inputpath "$images" --outputpath "$images" \
    --config genimage.cfg
