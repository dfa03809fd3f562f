#!/usr/bin/env bash
# post-image.sh IMAGES-FOLDER BOARD: from root file system and kernel to the card, with genimage. Buildroot calls it, and whoever builds
# a look-alike; then IMAGES may have an `initrd` as well.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
# Every date on the card is that of the commit. FAT has the hour of the place, and ext4's tools ask for the time by names of their own.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600} TZ=UTC
export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH E2FSCK_TIME=$SOURCE_DATE_EPOCH
images=$(realpath "$1") board=$2
here=$(realpath "$(dirname "$0")")
# shellcheck source=board/virt_64/meta
. "$here/$board/meta"

config=$here/$board/genimage.cfg
[ -e "$config" ] || config=$here/genimage.cfg
cp "$here/$board/board.env" "$images/board.env"
case $started_by in
    u-boot)
        mkimage -A arm -T script -C none -d "$here/boot.cmd" "$images/boot.scr" >/dev/null
        # Known to nobody before it is read once: then it is right.
        for file in toxmail.env toxmail.bak; do printf 'left_A=3\nleft_B=3\norder=A B\nwhole=yes\n' >"$images/$file"; done
        boot_files="boot.scr board.env toxmail.env toxmail.bak $boot_files" ;;
    firmware)
        # As overlay/usr/lib/toxmail/tryboot has it: there is nothing in B yet.
        printf '[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=2\n' >"$images/autoboot.txt"
        boot_files="autoboot.txt $boot_files"
        # The same words for the kernel as U-Boot gives it, but for the kind of table. A system does not know whether it will be A or B: it
        # has both, and A is what is on a new card.
        signature=$(sed -n 's/.*disk-signature = 0x//p' "$config")
        console=$(sed -n 's/^console=//p' "$images/board.env")
        for slot in A B; do
            if [ $slot = A ]; then number=05; else number=06; fi
            sed -n -e "s/\${root}/$signature-$number/; s/ gpt / /; s/\${slot}/$slot/g; s/\${console}/$console/" \
                -e 's/^ *setenv bootargs "\(.*\)"$/\1/p' "$here/boot.cmd" >"$images/cmdline-$slot.txt"
        done
        cp "$images/cmdline-A.txt" "$images/cmdline.txt"
        cp "$here/$board/config.txt" "$images/config.txt"
        kernel_files="config.txt cmdline.txt cmdline-A.txt cmdline-B.txt $kernel_files" ;;
esac

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
[ ! -e initrd ] || kernel_files="initrd $kernel_files"
# shellcheck disable=SC2086 # lists of patterns
boot_list=$(list $boot_files) kernel_list=$(list "$kernel" $kernel_files)
sed -e "s|@BOOT_FILES@|$boot_list|" -e "s|@KERNEL_FILES@|$kernel_list|" "$config" >genimage.cfg

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/root"
genimage --loglevel 0 --rootpath "$scratch/root" --tmppath "$scratch/tmp" --inputpath "$images" --outputpath "$images" \
    --config genimage.cfg
