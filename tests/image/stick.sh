#!/usr/bin/env bash
# The box's script for USB sticks at work, with busybox's tools, in a folder that stands in for the box: a stick's bytes are a real file system's, a
# mounted one is a link to a folder. Which sticks are told, which one is mounted and how, that it is put away whatever happens; and the service
# ended between any two steps. Where root may mount things, once more with a real ext4. Else root is not needed.
# shellcheck disable=SC2016,SC2317 # texts of scripts; functions that are called by their names
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/image/service.sh
. tests/image/service.sh
export PATH=$PATH:/usr/sbin:/sbin
# What is mounted is nobody else's to see, and is gone with the test.
if [ "$(id -u)" = 0 ] && [ -z "${STICK_MOUNTS:-}" ] && unshare --mount true 2>/dev/null; then
    STICK_MOUNTS=yes exec unshare --mount tests/image/stick.sh
fi
there=$(mktemp -d)
[ -n "$there" ] || exit 1
trap 'rm -rf "$there"' EXIT
failed=0
# is WHAT FOUND EXPECTED
is() { [ "$2" = "$3" ] || { echo "$1: \"$2\", not \"$3\"" >&9; failed=1; }; }
exec 9>&2
mkdir -p "$there"/{scripts,bin,busybox,cut,disks,data}
busybox --install -s "$there/busybox"
for script in paths stick; do
    sed -e "s|/usr/lib/toxmail/|$there/scripts/|g" -e "s|^data=.*|data=$there/data|" -e "s|/proc/mounts|$there/mounts|" -e "s|/sys/|$there/sys/|g" \
        -e "s|/dev/\\$|$there/dev/\$|g" -e "s|=/run/|=$there/run/|g" -e "s|/usr/bin/setpriv|$there/bin/setpriv|" -e "s|>/dev/kmsg|>>$there/kernel-log|" \
        -e "s|chown root:root|true|" -e "s|chown toxmail:toxmail|chowned|" -e "s|id -[ug] toxmail|echo 77|g" -e "s|^\( *\)sleep [0-9]*|\1sleep 0.05|" \
        overlay/usr/lib/toxmail/$script >"$there/scripts/$script"
    chmod 0755 "$there/scripts/$script"
done
# stand_in NAME: reads what it does.
stand_in() { { printf '#!/bin/busybox ash\nthere=%s\n' "$there"; cat; } >"$there/bin/$1"; chmod 0755 "$there/bin/$1"; }
stand_in setpriv <<'EOF2'
while [ "${1#-}" != "$1" ]; do case $1 in --reuid | --regid) shift ;; esac; shift; done
[ ! -e "$there/read-only" ] || exit 1
exec "$@"
EOF2
stand_in mkdir <<'EOF2'
for last in "$@"; do :; done
if [ -e "$there/full" ] && [ "${last##*/}" = Toxmail ]; then echo "mkdir: can't create directory '$last': No space left on device" >&2; exit 1; fi
exec busybox mkdir "$@"
EOF2
stand_in chowned <<'EOF2'
for last in "$@"; do :; done
echo "${last##*/}" >>"$there/given"
EOF2
stand_in mount <<'EOF2'
echo "$1 $2 $3 $4" >>"$there/how"
for last in "$@"; do device=$folder; folder=$last; done
[ -d "$there/disks/${device##*/}" ] || { echo "mount: it is damaged" >&2; exit 1; }
rmdir "$folder" && ln -s "$there/disks/${device##*/}" "$folder"
EOF2
stand_in umount <<'EOF2'
[ ! -e "$there/held" ] || [ "$1" = -l ] || exit 1
[ "$1" != -l ] || shift
[ -L "$1" ] && rm "$1" && mkdir "$1"
EOF2
stand_in mountpoint <<'EOF2'
[ "$2" = "$there/data" ] || [ -L "$2" ]
EOF2
tools=$there/bin:$there/busybox:$PATH
# Those that change something, or whose answer does.
for program in chmod mkdir mv rm mount umount mountpoint chowned setpriv; do
    real="/bin/busybox $program"
    [ ! -e "$there/bin/$program" ] || real=$there/bin/$program
    printf '#!/bin/busybox ash\nprintf . >>"%s"\n[ $(/bin/busybox stat -c %%s "%s") -lt $cut ] || kill -KILL 0\nexec %s "$@"\n' \
        "$there/steps" "$there/steps" "$real" >"$there/cut/$program"
    chmod 0755 "$there/cut/$program"
done

# plug NAME KIND [removable]: a stick with that file system in its one part; `whole`: without a table.
plug() {
    local name=$1 part=${1}1 device
    [ "${3:-}" != whole ] || part=$name
    device=$there/sys/devices/pci/usb1/block/$name
    mkdir -p "$device/device" "$there/sys/block" "$there/sys/class/block"
    ln -sfn "../devices/pci/usb1/block/$name" "$there/sys/block/$name"
    ln -sfn "../../block/$name" "$there/sys/class/block/$name"
    printf 'Fast  ' >"$device/device/vendor"
    echo "<b>/Stick" >"$device/device/model"
    echo 0 >"$device/ro"
    echo 0 >"$device/removable"
    echo 7 >"$device/diskseq"
    echo 4000 >"$device/size"
    : >"$device/uevent"
    head -c 3000 /dev/zero >"$there/dev/$name"
    if [ "$part" != "$name" ]; then
        mkdir -p "$device/$part"
        echo 1 >"$device/$part/partition"
        echo 3000 >"$device/$part/size"
        : >"$device/$part/uevent"
        ln -sfn "../../block/$name/$part" "$there/sys/class/block/$part"
    fi
    rm -f "$there/dev/$part"
    case $2 in
        vfat32) truncate -s 40M "$there/dev/$part" && mkfs.vfat -F 32 -i 1A2B3C4D "$there/dev/$part" >/dev/null ;;
        vfat16) truncate -s 20M "$there/dev/$part" && mkfs.vfat -F 16 -i 0000ABCD "$there/dev/$part" >/dev/null ;;
        ext4) truncate -s 8M "$there/dev/$part" && mke2fs -q -F -t ext4 -U 00112233-4455-6677-8899-aabbccddeeff "$there/dev/$part" ;;
        exfat)
            # By its documentation (section 3.1): the name at byte 3, the serial number at 100, the sign at 510.
            { printf '\353\166\220EXFAT   '; head -c 89 /dev/zero; printf '\x11\x22\x33\x44'; head -c 406 /dev/zero; printf '\x55\xaa'; head -c 2000 /dev/zero; } \
                >"$there/dev/$part" ;;
        none) head -c 3000 /dev/zero >"$there/dev/$part" ;;
    esac
    mkdir -p "$there/disks/$part"
}
new_box() {
    rm -rf "${there:?}"/{sys,dev,disks,run,held,read-only,how,given}
    mkdir -p "$there"/{sys/class/block,sys/block/mmcblk0/mmcblk0p7,dev,disks,run}
    : >"$there/mounts"
    : >"$there/how"
    ln -s ../../block/mmcblk0 "$there/sys/class/block/mmcblk0"
    ln -s ../../block/mmcblk0/mmcblk0p7 "$there/sys/class/block/mmcblk0p7"
    echo PARTNAME=data >"$there/sys/block/mmcblk0/mmcblk0p7/uevent"
    echo 1 >"$there/sys/block/mmcblk0/removable"
    for name in mmcblk0 mmcblk0/mmcblk0p7; do echo 2000000000 >"$there/sys/block/$name/size"; done
    PATH=$tools dash "$there/scripts/stick" begun
    : >"$there/given"
}
shared=$there/run/toxmail-stick
state() { sed -n "s/^$1=//p" "$shared/state" 2>/dev/null; }
ask() { printf '%s' "$1" >"$shared/inbox/ask"; }
# served UNTIL…: the service has its turn until that is so.
served() {
    (PATH=$tools exec busybox setsid dash "$there/scripts/stick" >"$there/log" 2>&1) & service=$!
    for _ in $(seq 200); do ! "$@" || break; sleep 0.1; done
    "$@" || is "waited for" "$*" "seen; $(cat "$there/log")"
    end_service "$service"
}
answered() { [ "$(state asked)" = "$1" ]; }
listed() { grep -qs "$1" "$shared/list"; }
is_away() { [ ! -L "$shared/mnt" ]; }
# asked VERB UUID WORD: what is answered.
asked() { ask "$1 $2 $$ $3"; served answered "$3"; state phase; }

new_box
plug sda vfat32
plug sdb exfat
plug sdc ext4
plug sdd none
plug sde vfat16 whole
plug sdf ext4
echo PARTNAME=toxmail-data >"$there/sys/devices/pci/usb1/block/sdf/sdf1/uevent"
plug sdg vfat16
echo "$there/dev/sdg1 /elsewhere vfat rw 0 0" >"$there/mounts"
echo 1 >"$there/sys/devices/pci/usb1/block/sdb/ro"
# A disk that is no stick.
mkdir -p "$there/sys/block/nvme0n1" && echo 9 >"$there/sys/block/nvme0n1/size" && echo 0 >"$there/sys/block/nvme0n1/removable"
served listed sde-7
is "the list" "$(sed 's/^stick=//; s/ *$//' "$shared/list" | LC_ALL=C sort | tr '\n' '|')" \
    "sda1-7 1536000 vfat 4d3c2b1a ok Fast b Stick|sdb1-7 1536000 exfat 11223344 locked Fast b Stick|sdc1-7 1536000 ext4 00112233445566778899aabbccddeeff ok Fast b Stick|sdd-7 2048000 other - ok Fast b Stick|sde-7 2048000 vfat cdab0000 ok Fast b Stick|"
is "nothing is mounted for that" "$(cat "$there/how")" ""

# Mounted for whoever asks, for the home alone, and put away.
is "FAT" "$(asked open 4d3c2b1a one)" open
served is_away
is "how, and what the home gets" "$(cat "$there/how"), $(ls "$there/disks/sda1"), $(cat "$there/given")" \
    "-t vfat -o nosuid,nodev,noexec,noatime,rw,uid=77,gid=77,fmask=0177,dmask=0077,utf8=1, Toxmail, "
rm "$there/how"
is "ext4" "$(asked open 00112233445566778899aabbccddeeff two)" open
is "how" "$(cat "$there/how"), $(cat "$there/given")" "-t ext4 -o nosuid,nodev,noexec,noatime,rw,errors=remount-ro, Toxmail"
rm "$there/how"
is "to look" "$(asked read 00112233445566778899aabbccddeeff three)" open
is "how" "$(cat "$there/how")" "-t ext4 -o nosuid,nodev,noexec,noatime,ro,noload,errors=remount-ro"
ask "close four"
served answered four
is "closed" "$(state phase), $(is_away && echo away)" "closed, away"
# A service that is ended leaves it mounted; the next one puts it away. So it is with one that somebody holds, and with a home that ends.
ask "open 4d3c2b1a $$ five"; served answered five
touch "$there/held"
served is_away
rm "$there/held"
sleep 60 & home=$!
(PATH=$tools exec busybox setsid dash "$there/scripts/stick" >"$there/log" 2>&1) & service=$!
ask "open 4d3c2b1a $home six"
for _ in $(seq 200); do ! answered six || break; sleep 0.1; done
is "a home that lives" "$(state phase), $(is_away || echo mounted)" "open, mounted"
kill $home; wait $home 2>/dev/null || true
for _ in $(seq 200); do ! is_away || break; sleep 0.1; done
is "a home that has ended" "$(is_away && echo away)" away
end_service "$service"

# What will not do.
is "a stick that is not there" "$(asked open deadbeef seven)" gone
is "a locked one" "$(asked open 11223344 eight)" locked
is "a locked one, to look" "$(asked read 11223344 nine)" open
served is_away
rmdir "$there/disks/sde"
is "a damaged one" "$(asked open cdab0000 ten), $(state why)" "unusable, mount: it is damaged"
touch "$there/read-only"
is "one that turns out to be locked" "$(asked open 4d3c2b1a eleven)" locked
is "and is put away" "$(is_away && echo away)" away
rm "$there/read-only"
rm -r "$there/disks/sdc1/Toxmail"
touch "$there/full"
is "one without room for a folder" "$(asked open 00112233445566778899aabbccddeeff full), $(is_away && echo away)" "full, away"
rm "$there/full"
ln -s / "$there/disks/sdc1/Toxmail"
is "a link in the folder's place" "$(asked open 00112233445566778899aabbccddeeff twelve)" locked
plug sdh vfat32
is "two with the same content" "$(asked open 4d3c2b1a thirteen)" twins
# What is no question is thrown away, and nothing is led elsewhere by it.
echo kept >"$there/victim"
empty_again() { [ -z "$(ls "$shared/inbox")" ]; }
for odd in "ask format" "ask close" "ln -s ../../../victim $shared/inbox/ask" "mkdir $shared/inbox/ask"; do
    $odd
    served empty_again
    is "after $odd" "$(cat "$there/victim"), $(state asked)" "kept, thirteen"
done

# The service is ended before each of its steps: the next one puts away what was mounted, and does what is asked.
new_box
plug sda vfat32
cut=1
# The shell tells of each that was killed.
exec 2>/dev/null
while :; do
    rm -f "$shared/state"
    ask "open 4d3c2b1a $$ word"
    : >"$there/steps"
    (cut=$cut PATH=$there/cut:$tools exec busybox setsid dash "$there/scripts/stick" >"$there/log" 2>&1) & service=$!
    for _ in $(seq 400); do
        if [ "$(stat -c %s "$there/steps")" -ge "$cut" ] || answered word; then break; fi
        sleep 0.02
    done
    if ! answered word && [ "$(stat -c %s "$there/steps")" -lt "$cut" ]; then is "cut $cut" "nothing" "an answer"; fi
    through=
    ! answered word || through=yes
    end_service "$service"
    rm -f "$shared/inbox/ask"
    served is_away
    is "after a cut before step $cut" "$(asked open 4d3c2b1a again), $(ls "$there/disks/sda1")" "open, Toxmail"
    served is_away
    [ -z "$through" ] || break
    cut=$((cut + 1))
done
[ "$cut" -gt 8 ] || is "steps that were cut" "$cut" "more than 8"
exec 2>&9

# With real file systems, as far as this machine has them.
real=
for kind in ext4 vfat32; do
    if [ -z "${STICK_MOUNTS:-}" ] || ! grep -qw "${kind%32}" /proc/filesystems; then continue; fi
    new_box
    plug sda $kind
    mkdir -p "$there/try"
    mount -o loop "$there/dev/sda1" "$there/try" 2>/dev/null || continue
    umount "$there/try"
    stand_in mount <<'EOF2'
exec /bin/mount -t "$2" -o "loop,$4" "$5" "$6"
EOF2
    stand_in umount <<'EOF2'
exec /bin/umount "$@"
EOF2
    stand_in mountpoint <<'EOF2'
[ "$2" = "$there/data" ] || exec /bin/mountpoint -q "$2"
EOF2
    is_away() { ! mountpoint -q "$shared/mnt"; }
    uuid=4d3c2b1a
    [ $kind != ext4 ] || uuid=00112233445566778899aabbccddeeff
    is "a real $kind" "$(asked open $uuid real-1)" open
    served is_away
    ask "open $uuid $$ real-2"
    (PATH=$tools exec busybox setsid dash "$there/scripts/stick" >"$there/log" 2>&1) & service=$!
    for _ in $(seq 200); do ! answered real-2 || break; sleep 0.1; done
    echo kept >"$shared/mnt/Toxmail/backup.tar"
    options=$(grep " $shared/mnt " /proc/mounts | cut -d' ' -f4)
    for option in rw nosuid nodev noexec noatime; do case ,$options, in *,$option,*) ;; *) is "the options of $kind" "$options" $option ;; esac; done
    ask "close real-3"
    for _ in $(seq 200); do ! answered real-3 || break; sleep 0.1; done
    is "put away" "$(state phase), $(is_away && echo away)" "closed, away"
    ask "read $uuid $$ real-4"
    for _ in $(seq 200); do ! answered real-4 || break; sleep 0.1; done
    is "what is on it, to read" "$(cat "$shared/mnt/Toxmail/backup.tar"), $(touch "$shared/mnt/Toxmail/x" 2>/dev/null || echo locked)" "kept, locked"
    end_service "$service"
    # In the middle; the next service puts it away.
    is_away && is "a service that was ended" away mounted
    served is_away
    real="$real $kind"
done
echo "sticks: $cut steps were cut; real ones:${real:- none}"
exit $failed
