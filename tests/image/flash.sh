#!/usr/bin/env bash
# `make flash`, as far as that goes without a card: what it refuses, and what is on a file that stands in for one.
set -euo pipefail
cd "$(dirname "$0")/../.."
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
failed=0
bad() { echo "$1" >&2; failed=1; }
# An image with nothing but a boot partition where board/genimage.cfg has it.
head -c 6000000 /dev/urandom >"$there/card.img"
truncate -s 12M "$there/card.img"
mformat -i "$there/card.img@@1M" -T 20000 ::
xz -0 -k "$there/card.img"

# flash IMAGE DEVICE ANSWER
flash() { printf '%s\n' "$3" | board/flash "$1" "$2" >"$there/said" 2>&1; }
# refused WHY ANSWER DEVICE: with that in its answer, and nothing written.
refused() {
    if flash "$there/card.img" "$3" "$2"; then bad "written to $3, though $1"; fi
    grep -q "$1" "$there/said" || bad "$3: $(cat "$there/said")"
}

for image in "$there/card.img" "$there/card.img.xz"; do
    rm -f "$there/stick" && truncate -s 20M "$there/stick"
    flash "$image" "$there/stick" stick || bad "$(cat "$there/said")"
    code=$(mtype -i "$there/stick@@1M" ::setup-code.txt | tr -d '\r')
    case $code in
        [0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]) ;;
        *) bad "the code on the card: $code" ;;
    esac
    grep -q "The setup code is $code;" "$there/said" || bad "another code is told: $(cat "$there/said")"
    codes=${codes:-}$code$'\n'
    # But for the code, and what the file system notes of it, it is the image.
    cmp -s -n $((1 << 20)) "$image" "$there/stick" || [ "$image" != "$there/card.img" ] || bad "the begin of the card is another"
done
[ "$(printf '%s' "$codes" | sort -u | wc -l)" = 2 ] || bad "two cards have the same code"

# Names with a blank, as `make flash` hands them on.
cp "$there/card.img" "$there/a card.img" && truncate -s 20M "$there/a stick"
bash -c "$(make -n flash IMAGE="$there/a card.img" DEVICE="$there/a stick" | tail -n 1)" <<<"a stick" >"$there/said" 2>&1 || bad "names with a blank: $(cat "$there/said")"

rm -f "$there/stick" && truncate -s 20M "$there/stick"
refused "nothing was written" no "$there/stick"
[ "$(tr -d '\0' <"$there/stick" | wc -c)" = 0 ] || bad "it was written to without a yes"
rm -f "$there/stick" && truncate -s 10M "$there/stick"
refused "12 MB are needed" stick "$there/stick"
refused "is not there" nowhere "$there/nowhere"
# A card that does not keep what it is given.
mkdir "$there/bin"
printf '#!/bin/sh\ncase "$*" in *of=*) head -c -1 | /bin/dd "$@" ;; *) exec /bin/dd "$@" ;; esac\n' >"$there/bin/dd"
chmod 0755 "$there/bin/dd"
rm -f "$there/stick" && truncate -s 20M "$there/stick"
head -c 20M /dev/urandom >"$there/stick"
PATH=$there/bin:$PATH refused "take another one" stick "$there/stick"

# Disks, as the kernel describes them; /dev/null stands for each, so nothing can be written to one.
export FLASH_SYS=$there/sys
disk=$FLASH_SYS/class/block/null
describe() { # REMOVABLE [TYPE]
    rm -rf "$FLASH_SYS" && mkdir -p "$disk/device" "$disk/holders"
    echo "$1" >"$disk/removable"
    echo 100000 >"$disk/size"
    [ -z "${2:-}" ] || echo "$2" >"$disk/device/type"
    : >"$FLASH_SYS/mounts"
}
describe 0
refused "a disk of this machine" null /dev/null
describe 0 MMC
refused "a disk of this machine" null /dev/null
for kind in 1 "0 SD"; do
    # shellcheck disable=SC2086 # two words
    describe $kind
    refused "nothing was written" no /dev/null
    echo "/dev/null1 /media/card vfat rw 0 0" >"$FLASH_SYS/mounts"
    refused "unmount it first" null /dev/null
done
describe 1
mkdir "$disk/holders/dm-0"
refused "in use by dm-0" null /dev/null
describe 1
echo 1 >"$disk/partition"
refused "a part of a disk" null /dev/null
describe 1
echo 10 >"$disk/size"
refused "are needed" null /dev/null
unset FLASH_SYS
refused "is no disk" null /dev/null

[ $failed = 0 ] && echo "flashing is in order"
exit $failed
