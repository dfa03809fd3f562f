#!/usr/bin/env bash
# The box's scripts for another disk at work, with busybox's tools, in a folder that stands in for the box: disks are folders there, and a
# mounted one is a link to it. What is carried and when, what the next start finds, and the power going away between any two steps. Root is not needed.
# shellcheck disable=SC2016,SC2317 # texts of scripts; functions that are called by their names
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/image/service.sh
. tests/image/service.sh
there=$(mktemp -d)
[ -n "$there" ] || exit 1
trap 'rm -rf "$there"' EXIT
failed=0
# names FOLDER: what lies in it.
names() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | xargs; }
# is WHAT FOUND EXPECTED
is() { [ "$2" = "$3" ] || { echo "$1: \"$2\", not \"$3\"" >&2; failed=1; }; }
mkdir -p "$there"/{scripts,bin,busybox,cut,etc}
busybox --install -s "$there/busybox"
for script in overlay/usr/lib/toxmail/*; do
    sed -e "s|/usr/lib/toxmail/|$there/scripts/|g" -e "s|^boot=.*|boot=$there/boot|" -e "s|^data=.*|data=$there/data|" \
        -e "s|^home=.*|home=$there/data/toxmail|" -e "s|^box=.*|box=$there/data/box|" -e "s|^updates=.*|updates=$there/data/update|" \
        -e "s|^inbox=/data/.*|inbox=$there/data/update/inbox|" -e "s|^daemon=.*|daemon=$there/bin/toxmaild|" \
        -e "s|/proc/sys/kernel/random/uuid|$there/uuid|" -e "s|/proc/mounts|$there/mounts|" -e "s|/proc/cmdline|$there/cmdline|" \
        -e "s|/sys/|$there/sys/|g" -e "s|/dev/\\$|$there/dev/\$|g" -e "s|\([ >\"]\)/run/|\1$there/run/|g" -e "s|=/run/|=$there/run/|g" \
        -e "s|/etc/toxmail-|$there/etc/toxmail-|g" -e "s|/usr/bin/setpriv|$there/bin/setpriv|" -e "s|>/dev/kmsg|>>$there/kernel-log|" \
        -e "s|chown [a-zR: -]*toxmail:toxmail|true|" -e "s|chown root:root|true|" -e "s|^\( *\)sleep [0-9]*|\1sleep 0.05|" -e "s|^slow=.*|slow=2|" \
        -e 's|find "$data" |find "$data/" |' \
        "$script" >"$there/scripts/${script##*/}"
    chmod 0755 "$there/scripts/${script##*/}"
done
# stand_in NAME: reads what it does.
stand_in() { { printf '#!/bin/busybox ash\nthere=%s\n' "$there"; cat; } >"$there/bin/$1"; chmod 0755 "$there/bin/$1"; }
stand_in setpriv <<'EOF2'
while [ "${1#-}" != "$1" ]; do case $1 in --reuid | --regid) shift ;; esac; shift; done
exec "$@"
EOF2
# A file system is there once it is made; its folder is its content.
stand_in mount <<'EOF2'
case " $* " in *" tmpfs "*) exit 0 ;; esac
for last in "$@"; do device=$folder; folder=$last; done
[ -d "$there/disks/${device##*/}" ] && [ -e "$device" ] || exit 1
[ -L "$folder" ] || rmdir "$folder" || exit 1
ln -sfn "$there/disks/${device##*/}" "$folder"
EOF2
stand_in wpa_passphrase <<'EOF2'
printf 'network={\n\tssid="%s"\n\t#psk="secret"\n\tpsk=0123\n}\n' "$1"
EOF2
stand_in umount <<'EOF2'
[ -L "$1" ] && rm "$1" && mkdir "$1"
EOF2
stand_in mountpoint <<'EOF2'
[ -L "$2" ]
EOF2
stand_in sfdisk <<'EOF2'
for last in "$@"; do name=${last##*/}; done
cat >"$there/table"
rm -rf "$there/disks/${name}1"
mkdir -p "$there/sys/block/$name/${name}1"
echo "PARTNAME=$(sed -n 's/^name="\(.*\)"$/\1/p' "$there/table")" >"$there/sys/block/$name/${name}1/uevent"
ln -sfn "../../block/$name/${name}1" "$there/sys/class/block/${name}1"
head -c 2000 /dev/zero >"$there/dev/${name}1"
EOF2
stand_in mke2fs <<'EOF2'
while [ $# -gt 1 ]; do [ "$1" != -U ] || uuid=$2; shift; done
{ head -c 1128 /dev/zero; for two in $(echo "$uuid" | tr -d - | sed 's/../& /g'); do printf "\\x$two"; done; head -c 1000 /dev/zero; } >"$1"
rm -rf "$there/disks/${1##*/}"
mkdir "$there/disks/${1##*/}"
EOF2
for name in e2fsck resize2fs fstrim killall logger; do stand_in $name </dev/null; done
# In kilobytes: all, used, free.
stand_in df <<'EOF2'
echo "disk 9000 100 $(cat "$there/free" 2>/dev/null || echo 8000) 2% /"
EOF2
stand_in dropbear <<'EOF2'
echo "$*" >>"$there/ssh"
exec /bin/busybox sleep 600
EOF2
stand_in dropbearkey <<'EOF2'
echo "a key" >"$4"
EOF2
# The machine is off.
stand_in reboot <<'EOF2'
echo reboot >>"$there/rebooted"
kill -KILL 0
EOF2
# As src/appliance/carry.rs: first what there is, later exactly that. A letter comes in between.
stand_in toxmaild <<'EOF2'
if [ "$3 ${4:-} ${5:-}" = "--json member list" ] || [ "$3 ${4:-}" = "member list" ]; then
    [ -e "$2/toxmail.db" ] || { echo "there is no home in $2" >&2; exit 1; }
    ! grep -q later "$2/toxmail.db" || { echo "made by a later Toxmail" >&2; exit 1; }
    # A slow card.
    if [ "$2" = "$there/data/toxmail" ] && [ -s "$there/slow" ]; then
        sed -i 's/.//' "$there/slow"
        echo "the database is busy" >&2
        exit 1
    fi
    if [ -s "$2/toxmail.db" ]; then printf '[\n  {"name": "anna"}\n]\n'; else echo '[]'; fi
    # Somebody is quicker.
    ! [ -e "$there/claims" ] || echo ben >"$there/data/toxmail/toxmail.db"
    exit 0
fi
if [ "$3 ${4:-}" = "member password" ]; then
    echo "$5 $(cat)" >"$2/reset"
    exit 0
fi
if [ "$1" = absent ]; then
    echo "$2" >"$there/absent"
    exec sleep 60
fi
[ "$3" = carry ] || exit 2
[ ! -e "$there/full" ] || { echo "there is no room on the other disk" >&2; exit 1; }
echo 5 10
case ${5:-} in
    --exact)
        [ -e "$there/run/toxmail-moving" ] || echo "the home was on" >>"$there/wrong"
        rm -rf "$4"/* && cp -a "$2/." "$4/" ;;
    *)
        mkdir -p "$4/mail" && cp -a "$2/mail/first" "$4/mail/"
        echo half >"$4/mail/half"
        echo second >"$2/mail/second"
        [ ! -e "$there/update-begins" ] || echo phase=checking >"$there/data/update/state" ;;
esac
echo 10 10
EOF2
tools=$there/bin:$there/busybox:$PATH
run() { PATH=$tools dash "$there/scripts/$1" "${@:2}"; }

# A power cut: each program that a script starts counts, and before the one whose turn it is everything of the script is killed.
for program in awk cat chmod cmp cp cut date dd df find grep head mkdir mv od readlink rm rmdir sed stat sync tail touch tr \
    mount umount mountpoint sfdisk mke2fs e2fsck toxmaild setpriv; do
    real="/bin/busybox $program"
    [ ! -e "$there/bin/$program" ] || real=$there/bin/$program
    printf '#!/bin/busybox ash\nprintf . >>"%s"\n[ $(/bin/busybox stat -c %%s "%s") -lt $cut ] || kill -KILL 0\nexec %s "$@"\n' \
        "$there/steps" "$there/steps" "$real" >"$there/cut/$program"
    chmod 0755 "$there/cut/$program"
done
steps=0
# cut_at STEP SCRIPT…: runs that far, or until the machine starts anew; whether it was cut before that.
cut_at() {
    : >"$there/steps"
    (cut=$1 PATH=$there/cut:$tools busybox setsid dash "$there/scripts/$2" "${@:3}" || true) >"$there/log" 2>&1
    steps=$((steps + 1))
    [ "$(stat -c %s "$there/steps")" -ge "$1" ]
}
# Off and on: what is in memory is gone, and nothing is mounted.
power_off() {
    for folder in data card new; do
        case $folder in data) at=$there/data ;; card) at=$there/run/toxmail-root/card ;; *) at=$there/run/toxmail-$folder ;; esac
        [ ! -L "$at" ] || rm "$at"
        mkdir -p "$at"
    done
    rm -rf "$there/run"
    mkdir -p "$there/run"
    rm -f "$there/rebooted"
}
power_on() { power_off; run volume >"$there/log" 2>&1; }

# disk NAME SECTORS: is plugged in.
disk() {
    mkdir -p "$there/sys/block/$1/device"
    echo "$2" >"$there/sys/block/$1/size"
    echo 0 >"$there/sys/block/$1/ro"
    echo 7 >"$there/sys/block/$1/diskseq"
    echo "Fast  <b>/Disk" >"$there/sys/block/$1/device/model"
    ln -sfn "../../block/$1" "$there/sys/class/block/$1"
    head -c 3000 /dev/zero >"$there/dev/$1"
}
# A box with its card, a letter on it, and another disk.
new_box() {
    rm -rf "${there:?}"/{sys,dev,disks,boot,data,run,full}
    mkdir -p "$there"/{sys/class/block,sys/block/mmcblk0/mmcblk0p7,dev,disks/mmcblk0p7,boot,data,run}
    : >"$there/mounts"
    echo 'toxmail.slot=A' >"$there/cmdline"
    printf 'BOARD=virt_64\nVERSION=0.1.0\n' >"$there/etc/toxmail-release"
    printf 'left_A=3\nleft_B=3\norder=A B\nwhole=yes\n' | tee "$there/boot/toxmail.env" >"$there/boot/toxmail.bak"
    cat /proc/sys/kernel/random/uuid >"$there/uuid"
    ln -s ../../block/mmcblk0 "$there/sys/class/block/mmcblk0"
    ln -s ../../block/mmcblk0/mmcblk0p7 "$there/sys/class/block/mmcblk0p7"
    echo PARTNAME=data >"$there/sys/block/mmcblk0/mmcblk0p7/uevent"
    for name in mmcblk0 mmcblk0/mmcblk0p7; do echo 2000000000 >"$there/sys/block/$name/size"; done
    head -c 2000 /dev/zero >"$there/dev/mmcblk0p7"
    disk sda 4000000000
    mkdir -p "$there/disks/mmcblk0p7"/{toxmail/mail,box}
    echo first >"$there/disks/mmcblk0p7/toxmail/mail/first"
    echo secret >"$there/disks/mmcblk0p7/toxmail/secret.key"
    echo anna >"$there/disks/mmcblk0p7/toxmail/toxmail.db"
    echo psk >"$there/disks/mmcblk0p7/box/wifi.conf"
    power_on
}
letters() { find "$there/data/toxmail/mail" -type f -printf '%f\n' 2>/dev/null | LC_ALL=C sort | xargs; }
where() { basename "$(readlink "$there/data" || echo nowhere)"; }
state() { sed -n "s/^$1=//p" "$there/run/toxmail-disks/state" 2>/dev/null; }
ask() { printf '%s' "$1" >"$there/run/toxmail-disks/inbox/ask"; }
# served UNTIL…: the service has its turn until that is so.
served() {
    (PATH=$tools exec busybox setsid dash "$there/scripts/disk" >"$there/log" 2>&1) & service=$!
    for _ in $(seq 200); do ! "$@" || break; sleep 0.1; done
    "$@" || { is "waited for" "$*" "seen; $(cat "$there/log")"; }
    end_service "$service"
}
is_phase() { [ "$(state phase)" = "$1" ]; }
is_listed() { grep -qs "$1" "$there/run/toxmail-disks/list"; }
is_rebooted() { [ -e "$there/rebooted" ]; }
moved() { ask "$1"; served is_rebooted; }

# What there is: not the card, and what will not do says why.
new_box
is "where the letters are" "$(where): $(letters)" "mmcblk0p7: first"
# A repair that has lost the home's folder: no other home is begun in its place, and it is put back where it was found.
mkdir "$there/disks/mmcblk0p7/lost+found"
mv "$there/disks/mmcblk0p7/toxmail" "$there/kept-home"
power_on
is "a card that has lost its home" "$(where), $(cat "$there/run/toxmail-missing"), $(names "$there/disks/mmcblk0p7")" "nowhere, broken, box lost+found update"
mv "$there/kept-home" "$there/disks/mmcblk0p7/lost+found/#12"
power_on
is "a card whose home was found" "$(where): $(letters), $(names "$there/disks/mmcblk0p7")" "mmcblk0p7: first, box lost+found toxmail update"
# Its folder is there, and empty.
mv "$there/disks/mmcblk0p7/toxmail" "$there/disks/mmcblk0p7/lost+found/#12"
mkdir "$there/disks/mmcblk0p7/toxmail"
power_on
is "a card whose home was emptied" "$(where): $(letters), $(names "$there/disks/mmcblk0p7/lost+found")" "mmcblk0p7: first, "
# Where it is not sure which one it was, none is taken: an older home lies beside the rows of this one, or a second one, or the letters are on a disk.
mv "$there/disks/mmcblk0p7/toxmail" "$there/disks/mmcblk0p7/lost+found/#12"
doubt() {
    power_on
    is "$1" "$(where), $(cat "$there/run/toxmail-missing"), $(names "$there/disks/mmcblk0p7")" "nowhere, broken, box lost+found update"
}
printf 'SQLite format 3\000rows' >"$there/disks/mmcblk0p7/lost+found/#13"
doubt "the rows of another home"
echo "The letters are on another disk." >"$there/disks/mmcblk0p7/lost+found/#13"
doubt "a word that was lost"
rm "$there/disks/mmcblk0p7/lost+found/#13"
mkdir "$there/disks/mmcblk0p7/lost+found/#13" && : >"$there/disks/mmcblk0p7/lost+found/#13/toxmail.db"
doubt "two homes"
rm -r "$there/disks/mmcblk0p7/lost+found/#13"
power_on
is "no doubt any more" "$(where): $(letters)" "mmcblk0p7: first"
rmdir "$there/disks/mmcblk0p7/lost+found"
served is_listed sda-7
is "the list" "$(grep -v -e used= -e needs= "$there/run/toxmail-disks/list" | xargs)" "on=card disk=sda-7 2048000000000 empty ok Fast b Disk"
disk sdb 1000
echo 1 >"$there/sys/block/sda/ro"
echo something >"$there/dev/sda"
served is_listed sdb-7
is "one that is too small" "$(grep -c 'disk=sdb-7 512000 empty small' "$there/run/toxmail-disks/list")" 1
is "one that is locked, and was looked into once" "$(grep -c 'disk=sda-7 2048000000000 empty locked' "$there/run/toxmail-disks/list")" 1
for row in sdb-7:small sda-7:locked sdc-7:gone sda-8:gone card:gone; do
    rm -f "$there/run/toxmail-disks/state"
    ask "${row%:*}"
    served is_phase "${row#*:}"
done
# Nothing is opened in the home's folder, and nothing happens to a disk that was not asked for.
for odd in "ln -s $there/dev/sda" mkdir mkfifo; do
    $odd "$there/run/toxmail-disks/inbox/ask"
    empty_again() { [ -z "$(ls "$there/run/toxmail-disks/inbox")" ]; }
    served empty_again
done
is "what is left of the disk" "$(cat "$there/dev/sda")" something
# A disk that fails: the home goes on where it was.
new_box
: >"$there/full"
ask sda-7
served is_phase failed
rm "$there/full"
is "after a disk that is full" "$(state why)$(where): $(letters), $(find "$there/run" -name toxmail-moving)" \
    "there is no room on the other disk mmcblk0p7: first, "
# While another version is installed nothing is moved.
mkdir -p "$there/data/update"
echo phase=installing >"$there/data/update/state"
ask sda-7
served is_phase busy
rm "$there/data/update/state"

# Neither where the update begins during the first copy.
new_box
: >"$there/update-begins"
ask sda-7
served is_phase busy
rm "$there/update-begins"
is "an update that begins meanwhile" "$(where): $(letters), $(find "$there/run" -name toxmail-moving; find "$there/disks" -name data-disk)" \
    "mmcblk0p7: first second, "
rm "$there/data/update/state"

# Moved: the disk has all of it, and is used from the next start on. What the card had is put aside before that start, and stays.
moved sda-7
is "the card before that start" "$(names "$there/disks/mmcblk0p7"), $(find "$there/disks/mmcblk0p7/toxmail" -type f)" "box data-disk stale toxmail update, $there/disks/mmcblk0p7/toxmail"
power_on
is "who sees the card" "$(stat -c %a "$there/run/toxmail-root")" 700
is "the start after it" "$(where): $(letters), $(state phase) $(state to)" "sda1: first second, moved Fast b Disk"
is "the old letters" "$(names "$there/disks/mmcblk0p7"), $(find "$there/disks/mmcblk0p7/toxmail" -type f)" "box data-disk stale toxmail update, $there/disks/mmcblk0p7/toxmail"
served is_listed on=disk
is "what the card keeps" "$(cd "$there/disks/mmcblk0p7/stale" && find . -type f | LC_ALL=C sort | xargs)" "./mail/first ./mail/second ./secret.key ./toxmail.db"
is "the list there" "$(grep -c '^disk=' "$there/run/toxmail-disks/list"), $(grep -c 'disk=card .* card ok' "$there/run/toxmail-disks/list")" "1, 1"
# From a disk the way leads to the card alone.
disk sdb 4000000000
ask sdb-7
served is_phase gone
is "a second disk" "$(grep -c '^disk=' "$there/run/toxmail-disks/list"), $(head -c 3000 "$there/dev/sdb" | tr -d '\000' | wc -c)" "1, 0"
rm -r "$there/sys/block/sdb" "$there/sys/class/block/sdb"
# Another network's password: the card has it at the next start, and so the box finds its way without the disk.
echo other >"$there/data/box/wifi.conf"
power_on
is "the card's way into the network" "$(cat "$there/disks/mmcblk0p7/box/wifi.conf")" other

# Without its disk the box waits, and uses nothing of the card's; with it, it goes on by itself.
mv "$there/sys/class/block/sda1" "$there/away"
power_on
is "without the disk" "$(where), $(wc -c <"$there/run/toxmail-missing"), $(cat "$there/run/toxmail-meanwhile/wifi.conf")" "nowhere, 33, other"
# Whoever has to repair it comes in meanwhile, by the files on the card; what is in them is done for good, and they go, once the disk is there.
printf 'Home\r\nsecret\r\nfr\r\n' >"$there/boot/wifi.txt.txt"
echo 'ssh-ed25519 AAAA somebody' >"$there/boot/ssh-keys.txt"
printf 'anna\nnew words\n' >"$there/boot/password-reset.txt"
power_on
is "the files on the card without the disk" \
    "$(cat "$there"/run/toxmail-meanwhile/{authorized_keys,wifi.conf} | grep -c -e AAAA -e Home -e 0123 -e country=FR -e secret), $(names "$there/boot")" \
    "4, password-reset.txt ssh-keys.txt toxmail.bak toxmail.env wifi.txt"
# Whoever is let in by these keys is let in by them until then, and by the box's own from then on.
lets_in() { (PATH=$tools exec busybox setsid dash "$there/scripts/shell" >"$there/log" 2>&1) & shell=$!; }
by_keys_in() { sed -n 's/.* -D \([^ ]*\) .*/\1/p' "$there/ssh" 2>/dev/null | tail -n 1; }
wait_until() { for _ in $(seq 200); do ! "$@" || return 0; sleep 0.1; done; is "waited for" "$*" seen; }
is_by_keys_in() { [ "$(by_keys_in)" = "$1" ]; }
is_over() { ! pgrep -g "$1" >/dev/null; }
lets_in
wait_until is_by_keys_in "$there/run/toxmail-meanwhile"
is_back() { [ "$(where)" = sda1 ] && [ ! -e "$there/run/toxmail-missing" ]; }
(sleep 1; mv "$there/away" "$there/sys/class/block/sda1") &
served is_back
is "with it" "$(letters)" "first second"
wait_until is_over $shell
lets_in
wait_until is_by_keys_in "$there/data/box"
{ kill -KILL -- -$shell; wait $shell; } 2>/dev/null || true
is "the files on the card with it" "$(grep -c -e 0123 -e AAAA "$there/data/box/wifi.conf" "$there/data/box/authorized_keys" | sed 's/.*://' | xargs), $(names "$there/boot")" \
    "1 1, toxmail.bak toxmail.env"
echo other >"$there/data/box/wifi.conf"
# Another box's disk is not this one's.
head -c 2000 /dev/zero >"$there/dev/sda1.other"
mv "$there/dev/sda1" "$there/dev/kept"; mv "$there/dev/sda1.other" "$there/dev/sda1"
power_on
is "another disk" "$(where)" nowhere
mv "$there/dev/kept" "$there/dev/sda1"
# Neither is one of two that are the same: who knows which is the copy.
mkdir -p "$there/sys/block/sdb/sdb1"
cp "$there/sys/block/sda/sda1/uevent" "$there/sys/block/sdb/sdb1/uevent"
ln -s ../../block/sdb/sdb1 "$there/sys/class/block/sdb1"
cp "$there/dev/sda1" "$there/dev/sdb1"
: >"$there/kernel-log"
power_on
is "a disk and its copy" "$(where), $(grep -c 'two disks' "$there/kernel-log")" "nowhere, 1"
rm -r "$there/sys/block/sdb" "$there/sys/class/block/sdb1" "$there/dev/sdb1"
# A disk without a home is no new one.
mv "$there/disks/sda1/toxmail" "$there/kept-home"
power_on
is "a disk without a home" "$(where), $(wc -c <"$there/run/toxmail-missing"), $(names "$there/disks/sda1")" "nowhere, 33, box update"
# Where a repair has put it among what it found it goes back.
mkdir "$there/disks/sda1/lost+found"
mv "$there/kept-home" "$there/disks/sda1/lost+found/#12"
power_on
is "a home that a repair has found" "$(where): $(letters), $(names "$there/disks/sda1")" "sda1: first second, box lost+found toxmail update"
rmdir "$there/disks/sda1/lost+found"
why_absent() {
    (PATH=$tools exec busybox setsid timeout 1 dash "$there/scripts/home" >"$there/log" 2>&1) || true
    cat "$there/absent"
    rm -f "$there/absent"
}
# From here they went back to another card: what lies there is old, though this card still names it.
echo elsewhere >"$there/disks/sda1/left-for-the-card"
power_on
is "a disk that was left for another card" "$(where), $(cat "$there/run/toxmail-missing"), $(why_absent)" "nowhere, left, left"
rm "$there/disks/sda1/left-for-the-card"
# A card that is damaged hides no disk: nothing is formatted, nothing of the disk is touched, and a page says what to do (home). Better again,
# all is as it was.
power_on
mv "$there/disks/mmcblk0p7" "$there/kept-card"
power_on
is "a card that cannot be mounted" "$(where), $(cat "$there/run/toxmail-missing"), $(why_absent), $(find "$there/disks" -name mmcblk0p7)" "nowhere, broken, damaged, "
(sleep 1; mv "$there/kept-card" "$there/disks/mmcblk0p7") &
served is_back
is "a card that can be mounted again" "$(letters), $(find "$there/run" -name toxmail-missing)" "first second, "
mv "$there/sys/class/block/mmcblk0p7" "$there/away"
power_on
is "a card without its partition" "$(where), $(cat "$there/run/toxmail-missing"), $(why_absent)" "nowhere, broken, damaged"
mv "$there/away" "$there/sys/class/block/mmcblk0p7"
# The repair has lost the mark alone: what is left says that the card has no letters.
mv "$there/disks/mmcblk0p7/data-disk" "$there/kept"
power_on
is "a card that has lost its mark" "$(where), $(cat "$there/run/toxmail-missing"), $(why_absent), $(names "$there/disks/mmcblk0p7")" "nowhere, unknown, damaged, box stale toxmail update"
mv "$there/kept" "$there/disks/mmcblk0p7/data-disk"
mv "$there/sys/class/block/sda1" "$there/away"
power_on
is "a disk that is missing" "$(where), $(why_absent)" "nowhere, missing"
mv "$there/away" "$there/sys/class/block/sda1"
# A mark that cannot be read is no word for the card.
cp "$there/disks/mmcblk0p7/data-disk" "$there/kept"
: >"$there/disks/mmcblk0p7/data-disk"
power_on
is "a mark without a word" "$(where)" nowhere
cp "$there/kept" "$there/disks/mmcblk0p7/data-disk"
# Pulled out while it is used: the machine starts anew.
power_on
rm "$there/sys/class/block/sda1"
sed -i s/left_A=3/left_A=1/ "$there"/boot/toxmail.{env,bak}
served is_rebooted
is "the tries after that" "$(grep left_A "$there/boot/toxmail.env")" left_A=3
ln -s ../../block/sda/sda1 "$there/sys/class/block/sda1"
# A system that was just installed has to find the disk.
mv "$there/sys/class/block/sda1" "$there/away"
echo A >"$there/boot/trial"
power_on
is "a trial without the disk" "$(find "$there/run" -name toxmail-trial)" "$there/run/toxmail-trial"
rm "$there/boot/trial"
# Without the disk the guard says that the system is a good one, but for one on trial, and nothing more.
guarded() {
    sed -i s/left_A=3/left_A=1/ "$there"/boot/toxmail.{env,bak}
    (PATH=$tools exec busybox setsid timeout 1 dash "$there/scripts/guard" >"$there/log" 2>&1) || true
    is "the tries of $1" "$(grep left_A "$there/boot/toxmail.env")" "left_A=$2"
}
guarded "a trial without the disk" 1
power_on
guarded "a start without the disk" 3
# It may be the system's fault that a card cannot be read, and a trial has to get at the letters there, too.
mv "$there/disks/mmcblk0p7" "$there/kept-card"
power_on
guarded "a card that cannot be read" 1
echo A >"$there/boot/trial"
power_on
is "a trial on a card that cannot be read" "$(find "$there/run" -name toxmail-trial)" "$there/run/toxmail-trial"
rm "$there/boot/trial"
mv "$there/kept-card" "$there/disks/mmcblk0p7"
# A disk that died: who asks for a box as new gets one, on the card.
echo 'erase it all' >"$there/boot/factory-reset.txt"
power_on
is "a reset that was not meant" "$(where)" nowhere
printf 'erase everything\r\n' >"$there/boot/factory-reset.txt.txt"
rm "$there/boot/factory-reset.txt"
power_on
is "a reset without the disk" "$(where): $(letters), $(find "$there/data/" -type f ! -path '*/update/*' -printf '%f ')" "mmcblk0p7: , "
mv "$there/away" "$there/sys/class/block/sda1"
power_on
is "the old disk after that" "$(where): $(letters)" "mmcblk0p7: "

# And back to the card; the disk keeps what it had, and so does the card until then.
new_box
moved sda-7
power_on
: >"$there/full"
ask card
served is_phase failed
rm "$there/full"
is "a way back that failed" "$(where): $(letters), $(names "$there/disks/mmcblk0p7")" "sda1: first second, box data-disk stale toxmail update"
# Where there is no room for both the older copy goes first.
echo 100 >"$there/free"
moved card
rm "$there/free"
is "the card with little room" "$(names "$there/disks/mmcblk0p7")" "box data-disk left-for-the-card new toxmail update"
# What cannot be put into its place is not deleted, and nothing else is used in its stead.
stand_in mv <<'EOF2'
case "$*" in */card/box) exit 1 ;; esac
exec /bin/busybox mv "$@"
EOF2
for _ in 1 2; do
    power_on
    is "a card that lets nothing be renamed" "$(where), $(cat "$there/run/toxmail-missing" "$there/disks/mmcblk0p7/data-disk" | xargs), $(names "$there/disks/mmcblk0p7/new")" \
        "nowhere, card card, box update"
done
rm "$there/bin/mv"
power_on
is "back on the card" "$(where): $(letters), $(state phase) $(state to)" "mmcblk0p7: first second, moved card"
is "the disk until the home has begun on the card" "$(find "$there/disks/sda1/toxmail" -type f | wc -l), $(names "$there/disks/sda1")" "4, box toxmail update"
# From then on what the disk has is old, and it says so. One that was pulled out meanwhile says so when it is plugged in again.
mv "$there/sys/class/block/sda1" "$there/away"
is_left() { [ -e "$there/disks/sda1/left-for-the-card" ] && [ ! -e "$there/disks/mmcblk0p7/left-for-the-card" ]; }
served is_listed on=card
is "a card whose disk was pulled out" "$(names "$there/disks/mmcblk0p7")" "box left-for-the-card toxmail update"
mv "$there/away" "$there/sys/class/block/sda1"
# Not before the home has begun. (The list is written behind it.)
rm "$there/run/toxmail-disks/list"
served is_listed disk=sda-7
is "a disk before the home has begun" "$(names "$there/disks/sda1")" "box toxmail update"
: >"$there/data/toxmail/ports.json"
served is_left
rm "$there/data/toxmail/ports.json"
is "what else is on the card" "$(names "$there/disks/mmcblk0p7")" "box toxmail update"
is "the disk" "$(find "$there/disks/sda1/toxmail" -type f | wc -l), $(names "$there/disks/sda1")" "4, box left-for-the-card toxmail update"
is "what is mounted" "$(find "$there/run/toxmail-new" -type l)" ""
# What is to be put into its place is not there.
new_box
moved sda-7
power_on
moved card
rm -r "$there/disks/mmcblk0p7/new/toxmail"
power_on
is "a way back without its end" "$(where), $(names "$there/disks/mmcblk0p7")" "nowhere, box data-disk left-for-the-card new stale toxmail update"
# The service is ended in the last step, and started again: before the mark the home goes on where it was, behind it the machine starts anew.
new_box
mkdir -p "$there/run/toxmail-disks"
echo phase=moved >"$there/run/toxmail-disks/state"
: >"$there/run/toxmail-moving"
served is_phase failed
is "the home after that" "$(find "$there/run" -name toxmail-moving)" ""
: >"$there/run/toxmail-moving"
: >"$there/data/data-disk"
served is_rebooted
# A reset in the same way as ever, on the disk.
new_box
moved sda-7
power_on
echo 'erase everything' >"$there/boot/factory-reset.txt"
power_on
is "a reset on the disk" "$(where): $(letters), $(names "$there/disks/mmcblk0p7")" "sda1: , data-disk toxmail"

# The card died: a new one, on which nobody lives yet, and the old disk.
new_card() {
    power_off
    rm -rf "$there/disks/mmcblk0p7" "$there/boot/toxmail.env"
    mkdir -p "$there/disks/mmcblk0p7"/{toxmail,box}
    : >"$there/disks/mmcblk0p7/toxmail/toxmail.db"
    echo here >"$there/disks/mmcblk0p7/box/wifi.conf"
    power_on
}
card_died() {
    new_box
    moved sda-7
    power_on
    echo phase=trying >"$there/data/update/state"
    echo key >"$there/data/box/authorized_keys"
    new_card
}
still_new() { is "the card after $1" "$(where): $(letters), $(find "$there/run" -name toxmail-moving; names "$there/disks/mmcblk0p7")" "mmcblk0p7: , box toxmail update"; }
card_died
printf '\1\2\0\0' | dd of="$there/dev/sda1" bs=4 seek=268 conv=notrunc 2>/dev/null
served is_listed sda-7
is "the disk of the card that died" "$(grep -e disk=sda -e written= "$there/run/toxmail-disks/list" | xargs)" \
    "disk=sda-7 2048000000000 toxmail ok Fast b Disk written=sda-7 513"
# Whatever is wrong with it: the card stays as it was, and the disk too.
refused() {
    rm -f "$there/run/toxmail-disks/state"
    ask "adopt ${3:-sda-7}"
    served is_phase "$2"
    still_new "$1"
}
refused "a disk that is not there" gone sdz-7
disk sdb 4000000000
refused "a disk that is no box's" no-home sdb-7
rm -r "$there/sys/block/sdb" "$there/sys/class/block/sdb"
echo 1 >"$there/sys/block/sda/ro"
refused "a disk that is locked" locked
echo 0 >"$there/sys/block/sda/ro"
mv "$there/disks/sda1" "$there/kept-disk"
refused "a disk that is broken" unusable
mv "$there/kept-disk" "$there/disks/sda1"
mv "$there/disks/sda1/toxmail" "$there/kept-home"
refused "a disk without a home" no-home
mv "$there/kept-home" "$there/disks/sda1/toxmail"
echo later >"$there/disks/sda1/toxmail/toxmail.db"
refused "a home of a later system" unusable
is "why" "$(state why)" "made by a later Toxmail "
: >"$there/disks/sda1/toxmail/toxmail.db"
refused "a home in which nobody lives" no-home
echo anna >"$there/disks/sda1/toxmail/toxmail.db"
: >"$there/disks/sda1/left-for-the-card"
refused "a disk that was left for a card" left
rm "$there/disks/sda1/left-for-the-card"
mkdir -p "$there/sys/block/sdb/sdb1"
cp "$there/sys/block/sda/sda1/uevent" "$there/sys/block/sdb/sdb1/uevent"
ln -s ../../block/sdb/sdb1 "$there/sys/class/block/sdb1"
cp "$there/dev/sda1" "$there/dev/sdb1"
refused "one of two that are the same" unusable
rm -r "$there/sys/block/sdb" "$there/sys/class/block/sdb1" "$there/dev/sdb1"
# Whoever has moved in a moment before that keeps their home.
: >"$there/claims"
ask "adopt sda-7"
served is_phase claimed
rm "$there/claims"
power_on
is "whoever was quicker" "$(where): $(cat "$there/data/toxmail/toxmail.db")" "mmcblk0p7: ben"
# One that cannot be read says nothing of who lives there.
new_card
head -c 200 /dev/zero | tr '\0' . >"$there/slow"
refused "a card that cannot be read" unusable
is "why" "$(state why)" "this card cannot be read: the database is busy "
# The home on the disk goes on with this card: all of it, and the network that this box was told last. The card may be slow.
new_card
printf ... >"$there/slow"
ask "adopt sda-7"
served is_rebooted
is "the slow card" "$(wc -c <"$there/slow")" 0
rm "$there/slow"
power_on
is "the home on the new card" "$(where): $(letters), $(state phase) $(state to)" "sda1: first second, adopted Fast b Disk"
is "what it has" "$(cat "$there/data/box/wifi.conf" "$there/data/box/authorized_keys" "$there/data/toxmail/toxmail.db" | xargs), $(find "$there/data/update" -name state)" "here key anna, "
is "the new card" "$(names "$there/disks/mmcblk0p7"), $(cat "$there/disks/mmcblk0p7/toxmail")" "box data-disk stale toxmail update, The letters are on another disk."
# A password that nobody remembers.
printf 'anna\r\nnew words\r\n' >"$there/boot/password-reset.txt"
power_on
is "a password that was forgotten" "$(cat "$there/data/toxmail/reset"), $(names "$there/boot")" "anna new words, toxmail.bak"
# The power went away before the card's word: no disk is told that it was left, then or later.
moved card
rm "$there/disks/mmcblk0p7/data-disk"
tr -d - <"$there/uuid" >"$there/disks/mmcblk0p7/data-disk"
power_on
is "a disk that was not left" "$(where), $(names "$there/disks/sda1"), $(find "$there/disks" -name 'left-*')" "sda1, box toxmail update, "
ask card
: >"$there/full"
served is_phase failed
rm "$there/full"
is "a way back that failed, after that" "$(find "$there/disks" -name 'left-*')" ""

# A power cut between any two steps: the next start finds every letter, on the card as long as the card does not say otherwise, and half a copy is never used.
# whole NAME: after a cut.
whole() {
    power_on
    case $(where) in
        mmcblk0p7) [ ! -e "$there/disks/mmcblk0p7/data-disk" ] || is "the mark $1" there gone ;;
        sda1) is "the mark $1" "$(cat "$there/disks/mmcblk0p7/data-disk")" "$(tr -d - <"$there/uuid")" ;;
        *) is "the letters $1" "$(where)" somewhere ;;
    esac
    case $(letters) in
        "first second") ;;
        # Before the first pass has ended.
        first) is "the place $1" "$(where)" mmcblk0p7 ;;
        *) is "the letters $1" "$(letters)" "first second" ;;
    esac
    case $(state phase) in '' | interrupted | moved | adopted) ;; *) is "the page $1" "$(state phase)" "interrupted, moved or adopted" ;; esac
    is "the home $1" "$(find "$there/run" -name toxmail-moving -o -name toxmail-missing)" ""
}
# Every step of all takes some minutes (DISK_CUTS=1); here each thirteenth, and the last twelve of each.
stride=${DISK_CUTS:-13}
count=0
# at_steps BEFORE AFTER SCRIPT…: AFTER is called with a name for the cut.
at_steps() {
    local before=$1 after=$2 step
    shift 2
    $before
    if cut_at 100000 "$@"; then is "the end of $*" never seen; fi
    count=$(stat -c %s "$there/steps")
    $after "at the end of $*"
    for ((step = 1; step <= count; step++)); do
        if [ $((step % stride)) = 0 ] || [ $step -gt $((count - 12)) ]; then
            $before
            cut_at $step "$@" || true
            $after "after a cut before step $step of $*"
        fi
    done
    [ "$count" -gt 30 ] || is "the steps of $*" "$count" "more than 30"
}
from_kept() { power_off; rm -rf "$there/disks"; cp -a "$there/before" "$there/disks"; }
keep_disks() { rm -rf "$there/before"; cp -a "$there/disks" "$there/before"; }
on_the_disk() { whole "$1"; is "the place $1" "$(where): $(letters)" "sda1: first second"; }
on_the_card() { whole "$1"; is "the place $1" "$(where): $(letters)" "mmcblk0p7: first second"; }
move_before() { new_box; ask sda-7; }
at_steps move_before whole disk
# The next try after a cut in its last steps begins from nothing, and ends well.
move_before
cut_at $((count - 25)) disk || true
whole "after half a move"
is "the place after half a move" "$(where)" mmcblk0p7
moved sda-7
power_off
keep_disks
on_the_disk "after another try"
# At the next start.
at_steps from_kept on_the_disk volume
# The way back. Where the card dies just then, the home on the disk is taken by a new one.
keep_disks
back_before() { from_kept; power_on; ask card; }
then_the_card_dies() {
    new_card
    ask "adopt sda-7"
    served is_rebooted
    power_on
    is "the home of a card that died $1" "$(where): $(letters)" "sda1: first second"
}
back_or_not() { whole "$1"; then_the_card_dies "$1"; }
at_steps back_before back_or_not disk
back_before
served is_rebooted
keep_disks
back_for_good() { on_the_card "$1"; then_the_card_dies "$1"; }
at_steps from_kept back_for_good volume
# A new card takes the disk of one that died: it is still new then, or goes on with all of the home.
card_died
power_off
keep_disks
died_before() { from_kept; power_on; ask "adopt sda-7"; }
beside() { cat "$1/box/wifi.conf" "$1/box/authorized_keys" "$1/update/state" 2>/dev/null | xargs; }
adopted_or_not() {
    power_on
    case $(where) in
        # What the disk knows of its own box's network, of who may log in there, and of its systems, it keeps.
        mmcblk0p7) is "the card $1" "$(letters), $(names "$there/disks/mmcblk0p7" | sed 's/data-disk.new //'), $(beside "$there/disks/sda1")" ", box toxmail update, psk key phase=trying" ;;
        *) is "the home $1" "$(where): $(letters), $(cat "$there/data/toxmail/toxmail.db"), $(state phase)" "sda1: first second, anna, adopted" ;;
    esac
    is "the box $1" "$(find "$there/run" -name toxmail-moving -o -name toxmail-missing)" ""
    # Where it has not come to it, it comes to it then.
    if [ "$(where)" = mmcblk0p7 ]; then
        ask "adopt sda-7"
        served is_rebooted
        power_on
    fi
    is "the home after $1" "$(where): $(letters), $(beside "$there/data"), $(names "$there/disks/mmcblk0p7" | sed 's/data-disk.new //')" \
        "sda1: first second, here key, box data-disk stale toxmail update"
}
at_steps died_before adopted_or_not disk
taken_over() { on_the_disk "$1"; is "what it has $1" "$(beside "$there/data"), $(state phase), $(names "$there/disks/mmcblk0p7")" "here key, adopted, box data-disk stale toxmail update"; }
died_before
served is_rebooted
keep_disks
at_steps from_kept taken_over volume
is "what never may be" "$(cat "$there/wrong" 2>/dev/null)" ""
[ $steps -gt 60 ] || is "the cuts" $steps "more than 60"

[ $failed = 0 ] && echo "the scripts for another disk are in order, after $steps power cuts"
exit $failed
