#!/usr/bin/env bash
# The box's own scripts at work, with busybox's tools as on the box, in a folder that stands in for it: the two systems' tries, the files that
# somebody left on the boot partition, updates, doors, the guard; and the power going away between any two of their steps.
# shellcheck disable=SC2317,SC2016 # functions that are called by their names, texts of scripts
set -euo pipefail
cd "$(dirname "$0")/../.."
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
failed=0
# is WHAT FOUND EXPECTED
is() { [ "$2" = "$3" ] || { echo "$1: \"$2\", not \"$3\"" >&2; failed=1; }; }
# wait_for WHAT COMMAND…: until that is so.
wait_for() {
    local what=$1
    shift
    for _ in $(seq 300); do ! "$@" || return 0; sleep 0.1; done
    is "$what" "waited for" "seen"
}
# names FOLDER: what lies in it.
names() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | xargs; }
# clear FOLDER…
clear() { find "$@" -mindepth 1 -delete; }
mkdir -p "$there"/{scripts,boot,data/box,data/toxmail/mail,data/update/inbox,bin,busybox,cut,etc,run}
busybox --install -s "$there/busybox"
for script in overlay/usr/lib/toxmail/*; do
    sed -e "s|/usr/lib/toxmail/|$there/scripts/|g" -e "s|^boot=.*|boot=$there/boot|" -e "s|^data=.*|data=$there/data|" \
        -e "s|^home=.*|home=$there/data/toxmail|" -e "s|^box=.*|box=$there/data/box|" -e "s|^updates=.*|updates=$there/data/update|" -e "s|^inbox=.*|inbox=$there/data/update/inbox|" \
        -e "s|^handed=.*|handed=$there/run/toxmail-boot|" -e "s|/etc/nftables|$PWD/overlay/etc/nftables|g" \
        -e "s|/dev/watchdog|$there/watchdog|g" -e "s|/proc/uptime|$there/uptime|g" -e "s|^feed=.*|feed=0.2|" -e "s|reboot\( -n\)\? -f|$there/bin/reboot|" \
        -e "s|^    mount -t tmpfs|    true -t tmpfs|" -e "s|sleep 1\$|sleep 0.1|" -e "s|sleep 1 &|sleep 0.1 \&|" -e "s|sleep 3 &|sleep 0.1 \&|" -e "s|/sys/class/net/|$there/net/|g" \
        -e "s|/etc/toxmail-|$there/etc/toxmail-|g" -e "s|\([ >]\)/run/|\1$there/run/|g" -e "s|=/run/|=$there/run/|g" -e "s|chown root:root|true|" -e "s|modprobe|true|" -e "s|sleep 600|sleep 1|" -e "s|^\( *\)reboot\$|\1$there/bin/reboot|" -e "s|^daemon=.*|daemon=$there/bin/toxmaild|" \
        -e "s|/proc/cmdline|$there/cmdline|" -e "s|/usr/bin/setpriv|$there/bin/setpriv|" \
        -e "s|/sys/|$there/sys/|g" -e "s|\"/dev/\$disk\"|\"$there/dev/\$disk\"|" \
        -e "s|chown -R toxmail:toxmail|true|" -e "s|chown toxmail:toxmail|true|" -e "s|>/dev/kmsg|>>$there/kernel-log|" "$script" >"$there/scripts/${script##*/}"
    chmod 0755 "$there/scripts/${script##*/}"
done
# Stand-ins for what only the box has: its user, and the daemon that a password is given to.
cat >"$there/bin/setpriv" <<'EOF'
#!/bin/sh
while [ "${1#-}" != "$1" ]; do case $1 in --reuid | --regid) shift ;; esac; shift; done
exec "$@"
EOF
cat >"$there/bin/toxmaild" <<'EOF'
#!/bin/sh
read -r password
[ "$5" != bert ] || { echo "nobody is called bert"; exit 1; }
echo "$*: $password" >>"${0%/*}/../asked"
EOF
cat >"$there/bin/wpa_passphrase" <<'EOF'
#!/bin/sh
read -r password
printf 'network={\n\tssid="%s"\n\t#psk="%s"\n\tpsk=00ff\n}\n' "$1" "$password"
EOF
chmod 0755 "$there"/bin/*
# What is only on the box, then what is only on this machine (nft).
tools=$there/bin:$there/busybox:$PATH
run() { PATH=$tools $shell "$there/scripts/$1" "${@:2}"; }
slots() { run slots "$@"; }
# Busybox's shell knows its own tools by heart; where some of them have stand-ins it is dash that reads the script.
shell="busybox ash"

# A power cut: each program that a script starts counts, and before the one whose turn it is everything of the script is killed.
for program in awk cat chmod cp cut dd find grep head mkdir mv rm rmdir sed sort stat sync tail touch tr; do
    cat >"$there/cut/$program" <<EOF
#!/bin/busybox ash
printf . >>"$there/steps"
[ \$(/bin/busybox stat -c %s "$there/steps") -lt \$cut ] || kill -KILL 0
exec /bin/busybox $program "\$@"
EOF
    chmod 0755 "$there/cut/$program"
done
# cut_at STEP SCRIPT…: runs that far; whether it was cut before its end.
cut_at() {
    rm -f "$there/steps"
    (cut=$1 PATH=$there/cut:$tools busybox setsid dash "$there/scripts/$2" "${@:3}" || true) >/dev/null 2>&1
    [ "$(stat -c %s "$there/steps")" -ge "$1" ]
}
# at_every_step BEFORE AFTER SCRIPT…: for each step, from the state that BEFORE makes, a cut there; AFTER is called with a name for it.
at_every_step() {
    local before=$1 after=$2 step=0
    shift 2
    while step=$((step + 1)); $before; cut_at $step "$@"; do
        $after "cut before step $step of $*"
    done
    $after "no cut in $*"
    [ $step -gt 3 ] || is "the steps of $*" $step "more than three"
}

# Two systems: the one that runs is confirmed, the other is chosen, and given up.
echo 'root=x toxmail.slot=A quiet' >"$there/cmdline"
printf 'left_A=2\nleft_B=3\norder=A B\n\0' >"$there/boot/toxmail.env"     # as U-Boot writes it
is "the running system" "$(slots get-current)" A
is "the first system" "$(slots get-primary)" A
slots confirm
is "the tries of a confirmed system" "$(grep -c 'left_A=3' "$there/boot/toxmail.env")" 1
slots set-primary B
is "the system that was chosen" "$(slots get-primary) $(slots get-state B)" "B good"
slots set-state B bad
is "the system after a bad one" "$(slots get-primary) $(slots get-state B)" "A bad"
before=$(stat -c %i "$there/boot/toxmail.env")
slots confirm
is "a confirmed system is not written again" "$(stat -c %i "$there/boot/toxmail.env")" "$before"
if slots set-primary C 2>/dev/null; then is "a third system" there "not there"; fi
rm "$there/boot/toxmail.env"
is "without the file" "$(slots get-primary)" A

# The words of both files, and what a script of U-Boot's that reads them would start: the shell is near enough to U-Boot's for it.
cat >"$there/uboot" <<'EOF'
devtype=virtio devnum=0 distro_bootpart=1 scriptaddr=0 ramdisk_addr_r=1 kernel_addr_r=2 fdt_addr=3 filesize=0
setenv() { name=$1; shift; eval "$name=\$*"; }
setexpr() { case $1 in scratch) scratch=$there/memory ;; *) eval "$1=$(($2 $3 $4))" ;; esac; }
# Kernels are on partitions of their own.
load() { case $2 in 0:1) cat "$there/boot/$4" >"$3" 2>/dev/null && filesize=$(stat -c %s "$3") ;; *) case $4 in Image) ;; *) false ;; esac ;; esac; }
env() {
    case $1 in
        import)
            shift 4
            for name in "$@"; do
                found=$(tr '\000' '\n' <"$scratch" | grep "^$name=") && eval "$name=\${found#*=}"
            done
            true ;;
        export)
            shift 3
            # U-Boot's are in the order of their names, with a zero behind them.
            for name in "$@"; do eval "echo $name=\$$name"; done | LC_ALL=C sort >"$scratch"
            printf '\000' >>"$scratch"
            filesize=$(stat -c %s "$scratch") ;;
    esac
}
# The file is gone, empty, or half there when the power goes away in it.
fatwrite() {
    writes=$((writes + 1))
    if [ "$writes" = "$cut" ]; then
        case $how in
            gone) rm -f "$there/boot/$4" ;;
            empty) : >"$there/boot/$4" ;;
            half) head -c 12 "$3" >"$there/boot/$4" ;;
            nonsense) head -c 40 /dev/zero | tr '\000' '=' >"$there/boot/$4" ;;
        esac
        echo cut
        exit
    fi
    cat "$3" >"$there/boot/$4"
}
booti() { echo "starts $slot"; exit; }
bootz() { false; }
sleep() { :; }
reset() { echo reset; exit; }
writes=0
EOF
# uboot [CUT HOW]: what happens at power-on.
uboot() {
    { echo "there=$there cut=${1:-0} how=${2:-}"; cat "$there/uboot"; grep -v '^ *echo' board/boot.cmd; } >"$there/uboot-script"
    PATH=$tools busybox ash "$there/uboot-script"
}
words() { printf 'left_A=%s\nleft_B=%s\norder=%s\nwhole=yes\n' "$2" "$3" "$1"; }
put_words() { for file in toxmail.env toxmail.bak; do words "$@" >"$there/boot/$file"; done; }
told_words() { tr -d '\000' <"$there/boot/$1" | tr '\n' ' '; }

put_words "B A" 3 3
is "the chosen system" "$(uboot)" "starts B"
is "its tries go down, in both files" "$(told_words toxmail.env)$(told_words toxmail.bak)" \
    "left_A=3 left_B=2 order=B A whole=yes left_A=3 left_B=2 order=B A whole=yes "
for left in 1 0; do uboot >/dev/null; is "tries" "$(grep -a left_B "$there/boot/toxmail.env")" "left_B=$left"; done
is "the one before it, then" "$(uboot)" "starts A"
put_words "B A" 0 0
is "neither" "$(uboot), $(told_words toxmail.env)" "reset, left_A=3 left_B=3 order=B A whole=yes "
# The power goes away while U-Boot writes: whatever that leaves, the other file is whole. Nothing is chosen that was not chosen.
for how in gone empty half nonsense; do
    for cut in 1 2; do
        for order in "A B" "B A"; do
            put_words "$order" 3 3
            is "a cut in write $cut ($how)" "$(uboot $cut $how)" cut
            is "after a cut in write $cut ($how)" "$(slots get-primary)" "${order%% *}"
            is "the start after a cut in write $cut ($how)" "$(uboot)" "starts ${order%% *}"
            is "both files after that" "$(told_words toxmail.env)" "$(told_words toxmail.bak)"
        done
    done
done
# While the box itself writes: RAUC chooses the other system, the guard confirms one, a bad one is given up. Torn is what a script was at.
tear=0
slots_before() {
    echo 'toxmail.slot=A' >"$there/cmdline"
    put_words "A B" 2 3
}
slots_after() {
    local now
    now=$(slots get-primary)
    case $now:$1 in
        A:*cut*) ;;
        *:*set-primary*) is "the system after a $1" "$now" B ;;
        *) is "the system after a $1" "$now" A ;;
    esac
    is "U-Boot's system after a $1" "$(uboot)" "starts $now"
    # Done once more, it is done.
    slots set-primary B
    is "then it is chosen, $1" "$(slots get-primary), $(uboot)" "B, starts B"
    tear=$((tear + 1))
}
at_every_step slots_before slots_after slots set-primary B
at_every_step slots_before slots_after slots confirm
at_every_step slots_before slots_after slots set-state B bad
[ $tear -gt 20 ] || is "the cuts" $tear "more than 20"
# A torn file is made whole by the next confirmation; nothing at all is as new.
echo 'toxmail.slot=B' >"$there/cmdline"
for torn in toxmail.env toxmail.bak; do
    put_words "B A" 3 3
    : >"$there/boot/$torn"
    is "beside a torn $torn" "$(slots get-primary)" B
    slots confirm
    is "$torn is whole again" "$(told_words $torn)" "left_A=3 left_B=3 order=B A whole=yes "
done
# Where both are torn nobody knows what was chosen: U-Boot starts A, and whichever runs and works is the first from then on.
for slot in A B; do
    echo "toxmail.slot=$slot" >"$there/cmdline"
    for file in toxmail.env toxmail.bak; do printf 'left_A=3\nleft_' >"$there/boot/$file"; done
    is "beside two torn files" "$(slots get-primary)" A
    slots confirm
    is "the system that works, $slot, after two torn files" "$(slots get-primary), $(uboot)" "$slot, starts $slot"
done
rm "$there"/boot/toxmail.*
is "without both files" "$(slots get-primary), $(uboot)" "A, starts A"
# A Pi 5, whose firmware chooses. Its card: a kernel for each system, with the words it is started with, and a root; a version is whole where all of them say so.
mkdir -p "$there"/card/{kernel-a,kernel-b} "$there"/sys/{dev/block,devices/mmcblk0}
echo STARTED_BY=firmware >"$there/etc/toxmail-release"
printf '#!/bin/sh\n[ "$1" != -d ] || echo 179:5\n' >"$there/bin/mountpoint"
# Without names, as the old kind of table leaves it.
for number in 1 2 3 5 6 7; do
    mkdir "$there/sys/devices/mmcblk0/mmcblk0p$number"
    echo $number >"$there/sys/devices/mmcblk0/mmcblk0p$number/partition"
    printf 'DEVTYPE=partition\nPARTN=%s\n' $number >"$there/sys/devices/mmcblk0/mmcblk0p$number/uevent"
done
ln -s ../../devices/mmcblk0/mmcblk0p5 "$there/sys/dev/block/179:5"
# The kernel's door to the firmware, as the Raspberry Pi's own program answers.
cat >"$there/bin/vcmailbox" <<EOF
#!/bin/busybox ash
[ "\$1" != 0x00038064 ] || echo "\$4" >"$there/flag"
printf '0x0000001c 0x80000000 %s 0x00000004 0x80000004 0x%08x 0x00000000 \n' "\$1" "\$(/bin/busybox cat "$there/flag")"
EOF
# mount -t vfat -o OPTIONS DEVICE FOLDER
cat >"$there/bin/mount" <<EOF
#!/bin/busybox ash
case \$5 in /dev/mmcblk0p2) from=kernel-a ;; /dev/mmcblk0p3) from=kernel-b ;; *) exit 1 ;; esac
/bin/busybox rmdir "\$6" && /bin/busybox ln -s "$there/card/\$from" "\$6"
EOF
printf '#!/bin/busybox ash\n/bin/busybox rm "$1" && /bin/busybox mkdir "$1"\n' >"$there/bin/umount"
for program in vcmailbox mount umount; do
    printf '#!/bin/busybox ash\nprintf . >>"%s"\n[ $(/bin/busybox stat -c %%s "%s") -lt $cut ] || kill -KILL 0\nexec "%s" "$@"\n' \
        "$there/steps" "$there/steps" "$there/bin/$program" >"$there/cut/$program"
done
chmod 0755 "$there"/{bin,cut}/*
# What it does when it starts, by its documentation. What it was told to try is forgotten in that moment, and with the power.
firmware() {
    local told line section='' all='' once='' ab='' slot='' number lower version
    told=$(cat "$there/flag")
    echo 0 >"$there/flag"
    while read -r line; do
        case $section:$line in
            *:\[*\]) section=$line ;;
            *:tryboot_a_b=1) ab=yes ;;
            \[tryboot\]:boot_partition=[0-9]) once=${line#*=} ;;
            *:boot_partition=[0-9]) all=${line#*=} ;;
        esac
    done < <(head -c 512 "$there/boot/autoboot.txt" 2>/dev/null | tr -d '\000')
    number=$all
    if [ "$told" = 1 ]; then
        number=${once:-$all}
        [ -n "$ab" ] || { echo "looks for tryboot.txt"; return; }
    fi
    if [ -z "$number" ]; then
        # The first one to start from.
        for number in 2 3 none; do [ ! -e "$there/card/kernel-$(echo $number | tr 23 ab)/config.txt" ] || break; done
    fi
    case $number in 2) slot=A ;; 3) slot=B ;; *) echo "nothing to start from"; return ;; esac
    lower=${slot,}
    [ -e "$there/card/kernel-$lower/config.txt" ] || { echo "no config.txt in $slot"; return; }
    version=$(cat "$there/card/kernel-$lower/Image")
    [ "$version" = "$(cat "$there/card/root-$lower")" ] || { echo "half of a system in $slot"; return; }
    cp "$there/card/kernel-$lower/cmdline.txt" "$there/cmdline"
    [ "$(slots get-current)" = $slot ] || { echo "the root of another than $slot"; return; }
    echo "$slot $version"
}
power_on() { echo 0 >"$there/flag"; firmware; }
# make_update VERSION: what comes in one. put_system SLOT VERSION: as on a card that has it.
make_update() {
    mkdir -p "$there/new"
    for slot in A B; do echo "root=x toxmail.slot=$slot quiet" >"$there/new/cmdline-$slot.txt"; done
    cp "$there/new/cmdline-A.txt" "$there/new/cmdline.txt"
    echo kernel >"$there/new/config.txt"
    echo "$1" >"$there/new/Image"
}
put_system() {
    make_update "$2"
    clear "$there/card/kernel-${1,}"
    cp "$there"/new/* "$there/card/kernel-${1,}/"
    cp "$there/new/cmdline-$1.txt" "$there/card/kernel-${1,}/cmdline.txt"
    echo "$2" >"$there/card/root-${1,}"
}
chosen() { tr '\n' ' ' <"$there/boot/autoboot.txt"; }
choice() { printf '[all] tryboot_a_b=1 boot_partition=%s [tryboot] boot_partition=%s ' "$1" "$2"; }
# RAUC's way: the slot is bad while it is written, and chosen after that.
cat >"$there/scripts/install" <<EOF
#!/bin/sh
lower=\$(echo "\$1" | tr AB ab)
"$there/scripts/slots" set-state "\$1" bad || exit 1
rm -f "$there/card/kernel-\$lower"/*
cp "$there/new"/* "$there/card/kernel-\$lower/" && cp "$there/new/Image" "$there/card/root-\$lower" && "$there/scripts/slots" set-primary "\$1"
EOF
chmod 0755 "$there/scripts/install"

# A new card, and its first update, which stays once it is confirmed.
# shellcheck disable=SC2059 # the text of board/post-image.sh
printf "$(sed -n "s/^ *printf '\(\[all\].*\)' >.*/\1/p" board/post-image.sh)" >"$there/boot/autoboot.txt"
put_system A 1
: >"$there/card/root-b"
new_card=$(stat -c %i "$there/boot/autoboot.txt")
is "a new card" "$(power_on), $(slots get-state A) $(slots get-state B), $(slots get-primary)" "A 1, good bad, A"
slots confirm
is "a new card is not written to" "$(stat -c %i "$there/boot/autoboot.txt")" "$new_card"
make_update 2
run install B
is "after an update" "$(slots get-primary), $(slots get-state B), $(chosen)" "B, good, $(choice 2 3)"
is "the update is tried" "$(firmware)" "B 2"
is "while it is tried" "$(slots get-current), $(slots get-primary)" "B, A"
slots confirm
is "it is confirmed" "$(chosen)" "$(choice 3 2)"
before=$(stat -c '%i %Y' "$there/boot/autoboot.txt")
slots confirm
is "a system that is confirmed is not written again" "$(stat -c '%i %Y' "$there/boot/autoboot.txt")" "$before"
is "it stays" "$(firmware), $(power_on)" "B 2, B 2"
# One that is not confirmed is left by whatever resets it: here the watchdog, then the plug, then the guard.
make_update 3
for how in firmware power_on given-up; do
    run install A
    is "another is tried" "$(firmware)" "A 3"
    if [ $how = given-up ]; then slots set-state A bad; how=firmware; fi
    is "the one before it ($how)" "$($how), $(slots get-primary)" "B 2, B"
    slots confirm
done
is "one that was given up is not started by chance" "$(slots get-state A), $(echo 1 >"$there/flag"; firmware)" "bad, B 2"
# Nor one of which half is there.
rm "$there/new/cmdline-A.txt"
if run install A 2>/dev/null; then is "an update without the kernel's words" chosen refused; fi
is "after half of an update" "$(slots get-primary) $(slots get-state A), $(firmware)" "B bad, B 2"
make_update 3
# Somebody thinks better of it, before the machine is started anew.
run install A
slots set-primary B
is "the running one is chosen again" "$(slots get-primary), $(firmware)" "B, B 2"
run install A
slots set-state A bad
is "the new one is marked bad" "$(slots get-primary), $(firmware)" "B, B 2"
# A firmware that cannot be told is told of; nothing is said to have been chosen.
mv "$there/bin/vcmailbox" "$there/bin/vcmailbox-"
if run install A 2>/dev/null; then is "without a way to the firmware" chosen refused; fi
is "then" "$(slots get-primary 2>/dev/null), $(power_on)" "B, B 2"
printf '#!/bin/sh\necho "0x0000001c 0x80000000 $1 0x00000004 0x80000004 0x00000000 0x00000000"\n' >"$there/bin/vcmailbox" && chmod 0755 "$there/bin/vcmailbox"
if run install A; then is "a firmware that does not listen" chosen refused; fi
mv "$there/bin/vcmailbox-" "$there/bin/vcmailbox"

# The power goes away anywhere in an update, in either direction: the running system starts again, whole, and the update can be done again.
from=A to=B other=older
# write_choice FIRST ONCE: in autoboot.txt.
write_choice() { choice "$(echo "$1" | tr AB 23)" "$(echo "$2" | tr AB 23)" | tr ' ' '\n' | grep . >"$there/boot/autoboot.txt"; }
# The other one is an older system, or half of one.
install_before() {
    put_system "$from" 1
    put_system "$to" 0
    case $other in
        older) write_choice "$from" "$to" ;;
        half) write_choice "$from" "$from"; echo half >"$there/card/root-${to,}" ;;
    esac
    make_update 2
    rm -rf "$there/run/toxmail-kernel"
    power_on >/dev/null
}
install_after() {
    rm -rf "$there/run/toxmail-kernel"
    is "power after a $1 ($from to $to)" "$(power_on), $(slots get-primary)" "$from 1, $from"
    run install "$to"
    is "the update after a $1" "$(firmware)" "$to 2"
    slots confirm
    is "it stays after a $1" "$(power_on)" "$to 2"
}
at_every_step install_before install_after install B
from=B to=A other=half
at_every_step install_before install_after install A
# And while one is confirmed: the one or the other, whole, and confirmed it can be again.
confirm_before() {
    install_before
    run install A
    firmware >/dev/null
}
confirm_after() {
    local now
    now=$(power_on)
    case $now:$1 in "A 2:"*) ;; "B 1:cut"*) ;; *) is "the system after a $1" "$now" "A 2, or B 1" ;; esac
    slots confirm
    is "the start after a $1" "$(power_on)" "$now"
}
at_every_step confirm_before confirm_after slots confirm
# A card that tears the file itself: it is gone, half there, but for its last letters, or nonsense, whichever of its writes that is in. Something whole starts, and makes it whole.
cat >"$there/bin/mv" <<EOF
#!/bin/busybox ash
case \$2 in
    */autoboot.txt)
        echo >>"$there/writes"
        if [ \$(/bin/busybox wc -l <"$there/writes") = "\$nth" ]; then
            case \$how in
                gone) /bin/busybox rm -f "\$2" ;;
                half) /bin/busybox head -c 25 "\$1" >"\$2" ;;
                nearly) /bin/busybox head -c 58 "\$1" >"\$2" ;;
                nonsense) /bin/busybox head -c 40 /dev/zero >"\$2" ;;
            esac
            kill -KILL 0
        fi ;;
esac
exec /bin/busybox mv "\$@"
EOF
chmod 0755 "$there/bin/mv"
torn=0
for how in gone half nearly nonsense; do
    # The last write of each is the confirmation.
    for what in "A B older 1" "A B older 2" "A B older 3" "B A older 1" "B A older 2" "B A older 3" "A B half 1" "A B half 2" "B A half 1" "B A half 2"; do
        read -r from to other nth <<<"$what"
        install_before
        rm -f "$there/writes"
        for step in "install $to" "slots confirm"; do
            # shellcheck disable=SC2086 # words
            (how=$how nth=$nth PATH=$tools busybox setsid dash "$there/scripts/"$step || exit 1) >/dev/null 2>&1 || break
            firmware >/dev/null
        done
        is "the writes ($what)" "$(wc -l <"$there/writes")" "$nth"
        started=$(power_on)
        case $started in "A "[012] | "B "[012]) ;; *) is "the start with the file $how ($what)" "$started" "a whole system" ;; esac
        is "the running one with the file $how ($what)" "$(slots get-primary)" "${started% *}"
        nth=0 how=none slots confirm
        is "the file that was $how" "$(power_on), $(slots get-primary) $(chosen | cut -d ' ' -f 1-3)" \
            "$started, ${started% *} $(choice "$(echo "${started% *}" | tr AB 23)" 0 | cut -d ' ' -f 1-3)"
        torn=$((torn + 1))
    done
done
is "the torn files" $torn 40
rm -f "$there"/bin/{mv,mount,umount,mountpoint} "$there"/cut/{mount,umount} "$there"/boot/autoboot.* "$there/etc/toxmail-release"

# The card of a Pi 5 is larger than its image: the extended partition ends where the card does, and the data partition in it; also when the power goes
# away between the two.
truncate -s 300M "$there/dev-card"
mkdir -p "$there/dev"
mv "$there/dev-card" "$there/dev/mmcblk0"
printf 'label: dos\nstart=1MiB,size=4MiB,type=c,bootable\nsize=4MiB,type=c\nsize=4MiB,type=c\nsize=60MiB,type=f\nsize=8MiB\nsize=8MiB\nsize=20MiB\n' |
    /sbin/sfdisk --quiet "$there/dev/mmcblk0"
/sbin/sfdisk -J "$there/dev/mmcblk0" >"$there/table-before"
# table FILE NUMBER: where that partition begins, and how long it is.
table() { python3 -c 'import json, sys; p = [p for p in json.load(open(sys.argv[1]))["partitiontable"]["partitions"] if p["node"].endswith("k0p" + sys.argv[2])][0]; print(p["start"], p["size"])' "$1" "$2"; }
data=$there/sys/devices/mmcblk0/mmcblk0p7
mkdir -p "$there/sys/class/block"
ln -s "$data" "$there/sys/class/block/mmcblk0p7"
echo $((300 * 2048)) >"$there/sys/devices/mmcblk0/size"
table "$there/table-before" 7 >"$there/there"
cut -d ' ' -f 1 "$there/there" >"$data/start"
cut -d ' ' -f 2 "$there/there" >"$data/size"
for program in partx e2fsck; do printf '#!/bin/sh\n' >"$there/bin/$program"; done
printf '#!/bin/sh\ncase " $* " in *" -N $without "*) exit 1 ;; esac\nexec /sbin/sfdisk "$@"\n' >"$there/bin/sfdisk"
chmod 0755 "$there"/bin/*
for without in 7 none; do
    export without
    PATH=$tools busybox ash "$there/scripts/grow" /dev/mmcblk0p7 || true
    /sbin/sfdisk -J "$there/dev/mmcblk0" >"$there/table-after"
    is "where the extended partition ends" "$(table "$there/table-after" 4 | awk '{ print $1 + $2 }')" $((300 * 2048))
    for number in 1 2 3 5 6; do
        is "partition $number after that" "$(table "$there/table-after" $number)" "$(table "$there/table-before" $number)"
    done
    case $without in
        7) is "the data partition of a cut" "$(table "$there/table-after" 7)" "$(table "$there/table-before" 7)" ;;
        *) is "where the data partition begins and ends" "$(table "$there/table-after" 7 | awk '{ print $1, $1 + $2 }')" "$(cut -d ' ' -f 1 "$there/there") $((300 * 2048))" ;;
    esac
done
# The other boards' table has names, and beside it an old one with the boot partition, which the firmware of the first Pis reads: that stays, byte for byte.
rm "$there/dev/mmcblk0"
truncate -s 64M "$there/dev/mmcblk0"
printf 'label: gpt\nstart=1MiB,size=4MiB,name=boot\nsize=20MiB,name=data\n' | /sbin/sfdisk --quiet "$there/dev/mmcblk0"
printf '%b' '\x80\x04\x01\x00\x0c\x43\x01\x01\x00\x08\x00\x00\x00\x20\x00\x00\x00\xfe\xff\xff\xee\xfe\xff\xff\x01\x00\x00\x00\xff\x07\x00\x00' |
    dd of="$there/dev/mmcblk0" bs=1 seek=446 conv=notrunc status=none
truncate -s 300M "$there/dev/mmcblk0"
old_table() { head -c 512 "$there/dev/mmcblk0" | od -An -v -tx1; }
before=$(old_table)
printf 'DEVTYPE=partition\nPARTNAME=data\n' >"$data/uevent"
echo 2 >"$data/partition"
echo $((5 * 2048)) >"$data/start"
echo $((20 * 2048)) >"$data/size"
PATH=$tools busybox ash "$there/scripts/grow" /dev/mmcblk0p7
is "the old table beside the grown one" "$(old_table)" "$before"
/sbin/sfdisk -J "$there/dev/mmcblk0" >"$there/table-after"
is "where the data partition ends by name" "$(table "$there/table-after" 2 | awk '{ print $1, ($1 + $2 > 299 * 2048) }')" "$((5 * 2048)) 1"
printf 'DEVTYPE=partition\nPARTN=7\n' >"$data/uevent"
echo 7 >"$data/partition"
rm -f "$there"/bin/{partx,e2fsck,sfdisk} "$there/dev/mmcblk0"
rm -f "$there"/boot/toxmail.*
echo 'toxmail.slot=A' >"$there/cmdline"
# A forgotten password: once, with Windows' line ends and its mark at the begin.
printf '\xef\xbb\xbfanna\r\nspring rain 7\r\n' >"$there/boot/password-reset.txt"
run boot-files
is "the password" "$(cat "$there/asked")" "--data $there/data/toxmail member password anna: spring rain 7"
is "the file is gone" "$(find "$there/boot" -name 'password*')" ""
printf 'bert\nsecret\n' >"$there/boot/password-reset.txt"
run boot-files
is "the file with the mistake is gone" "$(find "$there/boot" -name password-reset.txt)" ""
is "the mistake" "$(tr -d '\r' <"$there/boot/password-reset-problem.txt")" "nobody is called bert"
printf -- '--help\nsecret\n' >"$there/boot/password-reset.txt"
run boot-files
is "a name that is none is asked of nobody" "$(wc -l <"$there/asked")" 1
# Once, whenever the power goes away: again only while nobody can have chosen another one meanwhile, and never half.
resets_before() {
    rm -f "$there/asked" "$there"/boot/password* "$there"/data/box/password*
    printf 'anna\nspring rain 7\n' >"$there/boot/password-reset.txt"
}
resets_after() {
    run boot-files
    is "the password after a $1" "$(sort -u "$there/asked")" "--data $there/data/toxmail member password anna: spring rain 7"
    is "the files after a $1" "$(find "$there/boot" "$there/data/box" -name 'password*')" ""
    rm "$there/asked"
    run boot-files
    is "the start after a $1" "$(find "$there" -maxdepth 1 -name asked)" ""
}
at_every_step resets_before resets_after boot-files
# A card that keeps what is removed, as a worn one does: the password of then is not set again at each start.
resets_before
cat >"$there/bin/rm" <<'EOF'
#!/bin/busybox ash
case $* in *"$kept") exit 1 ;; esac
exec /bin/busybox rm "$@"
EOF
printf '#!/bin/busybox ash\ncat >/dev/null\n' >"$there/bin/dd"
printf '#!/bin/busybox ash\ncase $1 in *"$kept") exit 1 ;; esac\nexec /bin/busybox mv "$@"\n' >"$there/bin/mv"
chmod 0755 "$there"/bin/{rm,dd,mv}
export kept=/password-reset.txt shell=dash
for _ in 1 2 3; do run boot-files; done
is "a file that cannot be removed" "$(wc -l <"$there/asked")" 1
# Another one in its place counts.
printf 'anna\nsummer storm 88\n' >"$there/boot/password-reset.txt"
run boot-files
is "its successor" "$(tail -n 1 "$there/asked")" "--data $there/data/toxmail member password anna: summer storm 88"
# And it does not make a box new at each start.
echo 'erase everything' >"$there/boot/factory-reset.txt"
echo letter >"$there/data/toxmail/mail/letter"
kept=/factory-reset.txt
run boot-files
is "a letter on such a card" "$(cat "$there/data/toxmail/mail/letter")" letter
# Where the name can be changed and the file stays all the same, the box is made new once: what the next family writes is theirs.
kept=/factory-reset.now
for family in first second; do
    echo 'erase everything' >"$there/boot/factory-reset.txt"
    # Each of them writes the file at a time of their own.
    [ $family = first ] || touch -d '2 minutes' "$there/boot/factory-reset.txt"
    run boot-files
    is "what the $family reset leaves" "$(names "$there/data/toxmail"), $(names "$there/boot")" ", factory-reset.now"
    mkdir -p "$there/data/toxmail/mail"
    echo "$family" >"$there/data/toxmail/mail/letter"
    for _ in 1 2; do run boot-files; done
    is "the letter after the $family reset" "$(cat "$there/data/toxmail/mail/letter")" "$family"
done
rm -f "$there"/bin/{rm,dd,mv} "$there/asked"
clear "$there/boot" "$there/data/box"
shell="busybox ash"
# A file that was half erased is no file with a mistake in it.
head -c 20 /dev/zero >"$there/boot/password-reset.txt"
run boot-files
is "a half erased file" "$(find "$there/boot" -name 'password*')" ""

# What Windows' editor has given a second ending works once, too; where the right name is there as well, that one counts.
printf 'anna\r\nsummer rain 8\r\n' >"$there/boot/password-reset.txt.txt"
rm -f "$there/boot/password-reset-problem.txt"
run boot-files
is "the password of the second ending" "$(tail -n 1 "$there/asked")" "--data $there/data/toxmail member password anna: summer rain 8"
is "the second ending is gone" "$(find "$there/boot" -name 'password*')" ""
printf 'anna\nautumn rain 9\n' >"$there/boot/password-reset.txt.txt"
printf 'anna\nwinter rain 10\n' >"$there/boot/password-reset.txt"
run boot-files
is "the password of two files" "$(tail -n 1 "$there/asked")" "--data $there/data/toxmail member password anna: winter rain 10"
is "both are gone" "$(find "$there/boot" -name 'password*')" ""

# Wi-Fi: the password itself is not kept.
printf 'Garden 5\nmany words\nfr\n' >"$there/boot/wifi.txt"
run boot-files
is "Wi-Fi" "$(grep -cE '^country=FR$|ssid="Garden 5"|psk=00ff' "$there/data/box/wifi.conf")" 3
is "the Wi-Fi password" "$(grep -c 'many words' "$there/data/box/wifi.conf" || true)" 0
is "only root reads it" "$(stat -c %a "$there/data/box/wifi.conf")" 600
printf 'Harbour\nmany words\nde\n' >"$there/boot/wifi.txt.txt"
run boot-files
is "Wi-Fi of the second ending" "$(grep -cE '^country=DE$|ssid="Harbour"' "$there/data/box/wifi.conf")" 2
printf 'Garden 5\nmany words\nFrance\n' >"$there/boot/wifi.txt"
run boot-files
is "no country" "$(find "$there/boot" -name 'wifi*')" "$there/boot/wifi-problem.txt"

# A key for SSH: what is no key is not taken.
printf 'ssh-ed25519 AAAA anna\r\nhello\r\n' >"$there/boot/ssh-keys.txt"
run boot-files
is "the key" "$(cat "$there/data/box/authorized_keys")" "ssh-ed25519 AAAA anna"
printf 'ssh-ed25519 BBBB ben\r\n' >"$there/boot/ssh-keys.txt.txt"
run boot-files
is "the key of the second ending" "$(cat "$there/data/box/authorized_keys")" "ssh-ed25519 BBBB ben"
# Windows' mark before the first line, and blanks before and behind one.
printf '\xef\xbb\xbfssh-ed25519 CCCC carl\r\n\r\n\t ssh-rsa DDDD dora \r\n# a note\r\n' >"$there/boot/ssh-keys.txt"
run boot-files
is "keys with what does not belong to them" "$(cat "$there/data/box/authorized_keys")" "$(printf 'ssh-ed25519 CCCC carl\nssh-rsa DDDD dora')"
is "what was wrong with them" "$(names "$there/boot" | grep -o 'ssh[^ ]*' || true)" ""
# What is understood by nobody closes no door, and is told; so is a line among others. What was told goes with the next file.
for line in 'sk-ssh-ed25519@openssh.com EEEE' 'ecdsa-sha2-nistp384 FFFF' '-----BEGIN OPENSSH PRIVATE KEY-----'; do
    printf '%s\r\n' "$line" >"$there/boot/ssh-keys.txt"
    run boot-files
    is "the keys after $line" "$(cut -d ' ' -f 3 "$there/data/box/authorized_keys" | xargs), $(names "$there/boot" | grep -o 'ssh[^ ]*')" "carl dora, ssh-keys-problem.txt"
    is "what is said of $line" "$(grep -c 'stay as they were' "$there/boot/ssh-keys-problem.txt")" 1
done
printf 'hello\nssh-ed25519 GGGG gina\n' >"$there/boot/ssh-keys.txt"
run boot-files
is "a key among others" "$(cat "$there/data/box/authorized_keys"), $(cut -d : -f 1 "$there/boot/ssh-keys-problem.txt")" "ssh-ed25519 GGGG gina, Not every line is a key"
# An empty one closes it.
printf '\xef\xbb\xbf \r\n' >"$there/boot/ssh-keys.txt"
run boot-files
is "the keys of an empty file" "$(wc -c <"$there/data/box/authorized_keys"), $(names "$there/boot" | grep -o 'ssh[^ ]*' || true)" "0, "

# SSH's own key: one, made once, so that whoever comes back knows the box again.
cat >"$there/bin/dropbear" <<EOF
#!/bin/sh
echo "\$*" >>"$there/ssh-asked"
while [ "\$1" != -r ]; do shift; done
cat "\$2" >>"$there/ssh-key"
EOF
cat >"$there/bin/dropbearkey" <<'EOF'
#!/bin/sh
[ "$1 $2 $3" = "-t ed25519 -f" ] && [ ! -e "$4" ] || exit 1
echo "a key of $$" >"$4"
EOF
chmod 0755 "$there"/bin/*
ssh_before() {
    rm -rf "$there/data/box/ssh"
    echo 'ssh-ed25519 AAAA anna' >"$there/data/box/authorized_keys"
}
ssh_after() {
    rm -f "$there/ssh-key" "$there/ssh-asked"
    for _ in 1 2; do run shell; done
    is "the keys of SSH after a $1" "$(wc -l <"$there/ssh-key"), $(sort -u "$there/ssh-key")" "2, $(cat "$there/data/box/ssh/host_key")"
    is "who may come in after a $1" "$(sort -u "$there/ssh-asked")" "-F -s -j -k -r $there/data/box/ssh/host_key -D $there/data/box -p 22"
}
at_every_step ssh_before ssh_after shell
rm -r "$there"/bin/dropbear* "$there/data/box/ssh"

# What is taken over is gone from the boot partition only once it is safe on the other one: here `sync` is what makes a file last, and neither is a
# name given to what would not last, nor is anything erased or removed whose copy would not.
mkdir -p "$there/lasts"
printf '#!/bin/busybox ash\n/bin/busybox cp "%s"/data/box/* "%s/lasts/"\n' "$there" "$there" >"$there/bin/sync"
cat >"$there/bin/mv" <<EOF
#!/bin/busybox ash
case \$2 in */data/box/*) /bin/busybox cmp -s "\$1" "$there/lasts/\${1##*/}" || echo "\${2##*/} too early" >>"$there/order" ;; esac
exec /bin/busybox mv "\$@"
EOF
for program in rm dd; do
    cat >"$there/bin/$program" <<EOF
#!/bin/busybox ash
case "\$*" in
    */wifi.txt*) copy=wifi.conf ;;
    */ssh-keys.txt*) copy=authorized_keys ;;
    *) exec /bin/busybox $program "\$@" ;;
esac
when=before
! /bin/busybox grep -q Shore "$there/lasts/\$copy" || when=after
echo "$program \$when \$copy" >>"$there/order"
exec /bin/busybox $program "\$@"
EOF
done
chmod 0755 "$there"/bin/*
printf 'Shore\nmany words\nnl\n' >"$there/boot/wifi.txt"
echo 'ssh-ed25519 CCCC Shore' >"$there/boot/ssh-keys.txt"
shell=dash run boot-files
is "the order of it" "$(sort -u "$there/order" | xargs)" "dd after wifi.conf rm after authorized_keys rm after wifi.conf"
is "both are gone" "$(names "$there/boot")" ""
rm "$there"/bin/{sync,mv,rm,dd}

# As if it were new, when it is said in full.
echo letter >"$there/data/toxmail/mail/letter"
echo yes >"$there/boot/factory-reset.txt"
run boot-files
is "a letter after a reset that was not meant" "$(cat "$there/data/toxmail/mail/letter")" letter
echo 'erase everything' >"$there/boot/factory-reset.txt.txt"
run boot-files
is "what is left after a reset" "$(cd "$there/data" && find . -mindepth 1 | LC_ALL=C sort | xargs)" "./box ./toxmail"
is "the reset happens once" "$(find "$there/boot" -name 'factory-reset*')" ""

# A power cut in a factory reset: it goes on, and happens once. What a repair of the file system has found may be letters and keys, and goes as well.
reset_before() {
    mkdir -p "$there/data/toxmail/mail" "$there/data/box" "$there/data/lost+found/#12"
    echo letter >"$there/data/toxmail/mail/letter"
    echo letter >"$there/data/lost+found/#12/letter"
    echo key >"$there/data/lost+found/#13"
    echo 'erase everything' >"$there/boot/factory-reset.txt"
}
reset_after() {
    run boot-files
    is "what is left after a $1" "$(cd "$there/data" && find . -mindepth 1 | LC_ALL=C sort | xargs)" "./box ./lost+found ./toxmail"
    is "the file after a $1" "$(find "$there/boot" -name 'factory-reset*')" ""
    echo new >"$there/data/toxmail/new"
    run boot-files
    is "the start after a $1" "$(cat "$there/data/toxmail/new")" new
}
at_every_step reset_before reset_after boot-files
rmdir "$there/data/lost+found"

# What is the home's own of the boot partition: it gets copies, and what it erases is erased. The partition itself is root's.
is "the home is started with its copies" "$(grep -o 'run --boot "$[a-z]*"' overlay/usr/lib/toxmail/home)" 'run --boot "$handed"'
copies=$there/run/toxmail-boot
handed_before() {
    # Memory is empty after a power cut.
    rm -rf "$copies" "$there/run/toxmail-handed"
    clear "$there/boot"
    printf 'apple tree 42\r\n' >"$there/boot/setup-code.txt"
    printf '[home]\nname = "x"\n' >"$there/boot/toxmail-setup.toml.txt"
    echo 'ssh-ed25519 AAAA anna' >"$there/boot/ssh-keys.txt"
    echo other >"$there/boot/holiday.jpg"
}
handed_before
run handed in
is "the copies" "$(names "$copies"), $(tr -d '\r' <"$copies/setup-code.txt"), $(stat -c %a "$copies")" "setup-code.txt toxmail-setup.toml.txt, apple tree 42, 700"
run handed out
is "nothing was erased yet" "$(names "$there/boot")" "holiday.jpg setup-code.txt ssh-keys.txt toxmail-setup.toml.txt"
# The home erases one, and makes what is nobody's business; the other file stays as long as its copy does.
rm "$copies/setup-code.txt"
echo 'ssh-ed25519 EVIL eve' >"$copies/ssh-keys.txt"
echo evil >"$copies/boot.scr"
run handed out
is "the used one is erased" "$(names "$there/boot")" "holiday.jpg ssh-keys.txt toxmail-setup.toml.txt"
is "nothing comes from the home" "$(cat "$there/boot/ssh-keys.txt")" "ssh-ed25519 AAAA anna"
# A link instead of the copy erases nothing.
rm "$copies/toxmail-setup.toml.txt"
ln -s /nowhere "$copies/toxmail-setup.toml.txt"
run handed out
is "a link is no copy that was used" "$(names "$there/boot")" "holiday.jpg ssh-keys.txt toxmail-setup.toml.txt"
# The service waits for it, and ends when there is nothing more to wait for.
run handed & service=$!
sleep 0.3
kill -0 $service || is "the service" ended waiting
rm "$copies/toxmail-setup.toml.txt"
wait $service || is "the service" "$?" 0
is "the second one is erased" "$(names "$there/boot")" "holiday.jpg ssh-keys.txt"
# A code that cannot be read is no open door; a half erased one is gone.
handed_before
rm "$there/boot/setup-code.txt" "$there/boot/toxmail-setup.toml.txt"
head -c 15 /dev/zero >"$there/boot/setup-code.txt"
echo name >"$there/boot/toxmail-setup.toml"
printf '#!/bin/busybox ash\nexit 1\n' >"$there/bin/cat" && chmod 0755 "$there/bin/cat"
shell=dash run handed in
rm "$there/bin/cat"
is "what cannot be read" "$(names "$copies"): $(cat "$copies/toxmail-setup.toml")" "toxmail-setup.toml: ?"
rm "$copies/toxmail-setup.toml"
run handed out
is "what could not be read stays" "$(names "$there/boot")" "holiday.jpg ssh-keys.txt toxmail-setup.toml"
# The power goes away while they are handed in: nothing is lost. While a used one is erased: the home, to whom it comes again, erases it again.
in_after() {
    is "the files after a $1" "$(names "$there/boot")" "holiday.jpg setup-code.txt ssh-keys.txt toxmail-setup.toml.txt"
}
at_every_step handed_before in_after handed in
out_before() {
    handed_before
    run handed in
    rm "$copies/setup-code.txt"
}
out_after() {
    rm -rf "$copies" "$there/run/toxmail-handed"
    run handed in
    rm -f "$copies/setup-code.txt"
    run handed out
    is "what is left after a $1" "$(names "$there/boot")" "holiday.jpg ssh-keys.txt toxmail-setup.toml.txt"
    is "the setup file after a $1" "$(cat "$copies/toxmail-setup.toml.txt")" "$(printf '[home]\nname = "x"')"
}
at_every_step out_before out_after handed out
rm -rf "$copies"
clear "$there/boot"
# The home's own global IPv6 networks: not what is reached through a router, nor a half of the internet that somebody calls on-link, nor
# this machine's own address.
z=00000000000000000000000000000000
cat >"$there/routes" <<END
20010db8000500010000000000000000 40 $z 00 $z 00000100 00000001 00000000 00400001     eth0
20010db8000500010000000000000000 40 $z 00 $z 00000200 00000001 00000000 00400001    wlan0
2a01004f000000000000000000000000 30 $z 00 $z 00000100 00000001 00000000 00400001     eth0
20010db8000600000000000000000000 40 $z 00 fe800000000000000000000000000001 00000100 00000001 00000000 00000003     eth0
20000000000000000000000000000000 03 $z 00 $z 00000100 00000001 00000000 00400001     eth0
20010db8000500010000000000000007 80 $z 00 $z 00000000 00000001 00000000 80200001     eth0
20010db8000500010000000000000000 40 $z 00 $z 00000000 00000001 00000000 00100001     eth0
20010db8000700000000000000000000 40 $z 00 $z 00000100 00000001 00000000 00000201       lo
20010db8000800000000000000000000 40 $z 00 $z 00000100 00000001 00000000 00000201     eth0
fe800000000000000000000000000000 40 $z 00 $z 00000100 00000001 00000000 00000001     eth0
$z 00 $z 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0
END
is "the networks at home" "$(run doors "$there/routes" | grep -o '[0-9a-f:]*/[0-9]*' | xargs)" \
    "2001:0db8:0005:0001:0000:0000:0000:0000/64 2a01:004f:0000:0000:0000:0000:0000:0000/48"
# As the packet filter takes it, in a network of its own: who is at home, and who is not.
run doors "$there/routes" >"$there/doors"
cat >"$there/ask-nft" <<'END'
nft -f overlay/etc/nftables.conf && nft -f "$1/doors" && nft -f "$1/doors" || exit 1
for address in 2001:db8:5:1::99 2a01:4f:0:7::1; do
    nft get element inet filter home6 "{ $address }" >/dev/null || { echo "$address is not at home"; exit 1; }
done
for address in 2001:db8:5:2::99 2001:db8:6::1 2a02::1 2001:db8:7::1 2001:db8:8::1; do
    ! nft get element inet filter home6 "{ $address }" >/dev/null 2>&1 || { echo "$address is at home"; exit 1; }
done
END
rights=(unshare --net)
[ "$(id -u)" = 0 ] || rights+=(--map-root-user)
is "the doors" "$("${rights[@]}" bash "$there/ask-nft" "$there" 2>&1)" ""

# Another system: what the home has left in the inbox. RAUC is a stand-in here: it knows one good file, and notes what it is told.
cat >"$there/bin/rauc" <<'EOF'
#!/bin/sh
shift
echo "$*" >>"${0%/*}/../rauc-asked"
case $1 in
    info)
        read -r first compatible version <"$3"
        [ "$first" = signed ] || { echo "signature verification failed"; exit 1; }
        printf "RAUC_MF_COMPATIBLE='%s'\\nRAUC_MF_VERSION='%s'\\n" "$compatible" "$version" ;;
    install) grep -q breaks "$2" && { echo "no space left"; exit 1; }; "${0%/*}/../scripts/slots" set-primary B ;;
esac
EOF
printf '#!/bin/sh\necho reboot >>"%s"\n' "$there/rebooted" >"$there/bin/reboot"
printf '#!/bin/sh\n' >"$there/bin/mountpoint"
chmod 0755 "$there"/bin/*
printf 'BOARD=virt_64\nVERSION=0.10.0\n' >"$there/etc/toxmail-release"
rm -f "$there/boot/toxmail.env"
run update begun
is "which kind of box the home is told" "$(cat "$there/data/update/board")" virt_64
state() { sed -n "s/^$1=//p" "$there/data/update/state"; }
# hand_in WORD CONTENT: as the home does; then the service has its turn, until it says how that ended or starts the machine anew.
hand_in() {
    echo "$2" >"$there/data/update/inbox/bundle"
    echo "$1" >"$there/data/update/inbox/ask"
    rm -f "$there/data/update/state" "$there/rebooted"
    (PATH=$tools exec busybox ash "$there/scripts/update" >/dev/null) &
    local service=$!
    for _ in $(seq 200); do
        case $(state phase 2>/dev/null) in
            refused | older | other-board | failed) break ;;
            trying) [ ! -e "$there/rebooted" ] || break ;;
        esac
        sleep 0.1
    done
    kill "$service" 2>/dev/null || true
    wait "$service" 2>/dev/null || true
    is "the inbox after $2" "$(ls "$there/data/update/inbox")" ""
    is "the file after $2" "$(find "$there/data/update" -name bundle)" ""
}
hand_in install "forged toxmail-virt_64 0.11.0"
is "a forged update" "$(state phase): $(state why)" "refused: signature verification failed"
hand_in install "signed toxmail-rpi2 0.11.0"
is "another board's update" "$(state phase)" other-board
for older in 0.9.9 0.10.0-rc1 0.2; do
    hand_in install "signed toxmail-virt_64 $older"
    is "an older update" "$(state phase) $(state version) $(state from)" "older $older 0.10.0"
done
is "nothing of all that was installed" "$(grep -c '^install' "$there/rauc-asked")" 0
hand_in install "signed toxmail-virt_64 0.11.0 breaks"
is "an update that cannot be written" "$(state phase) $(state slot) $(slots get-state B) $(slots get-primary)" "failed B bad A"
for newer in 0.10.1 0.11.0-rc1 0.10.0 1.0.0+5; do
    hand_in install "signed toxmail-virt_64 $newer"
    is "a newer update" "$(state phase) $(state version) $(state slot) $(slots get-primary)" "trying $newer B B"
done
for same in 0.10.0 0.10.0+7 0.9.9; do
    hand_in later "signed toxmail-virt_64 $same"
    is "a server's update that is no later" "$(state phase) $(state version)" "older $same"
done
hand_in later "signed toxmail-virt_64 0.10.1"
is "a server's update" "$(state phase) $(state version)" "trying 0.10.1"
# Whatever the new system cannot read of the card, it knows that it is on trial (volume).
is "what stands beside the card's letters" "$(cat "$there/boot/trial")" B
hand_in older "signed toxmail-virt_64 0.9.9"
is "an older update that is asked for" "$(state phase) $(state version)" "trying 0.9.9"
is "the slots that RAUC knows" "$(grep -c -e '^bootname=[AB]$' -e '^bundle-formats=verity$' "$there/run/rauc.conf")" 3
# Whatever else lies in the inbox leads nowhere, and is told: links, folders, pipes, in place of either file.
inbox=$there/data/update/inbox
mkdir "$there/precious"
echo dear >"$there/precious/file"
odd() {
    local before
    before=$(wc -l <"$there/rauc-asked")
    rm -f "$there/data/update/state"
    (PATH=$tools exec dash "$there/scripts/update" >/dev/null) & service=$!
    for _ in $(seq 100); do [ "$(state phase 2>/dev/null)" != refused ] || break; sleep 0.1; done
    kill "$service"; wait "$service" 2>/dev/null || true
    is "$1 in the inbox" "$(state phase): $(state why), $(wc -l <"$there/rauc-asked")" "refused: there is no file, $before"
    is "the inbox after $1" "$(ls "$inbox")" ""
    is "what was root's after $1" "$(cat "$there/precious/file"), $(names "$there/data/update")" "dear, board inbox rauc-status state"
}
: >"$there/data/update/rauc-status"
ln -s "$there/etc/toxmail-release" "$inbox/bundle"; echo install >"$inbox/ask"; odd "a link"
mkdir "$inbox/bundle"; ln -s "$there/precious" "$inbox/bundle/link"; echo install >"$inbox/ask"; odd "a folder"
mkfifo "$inbox/bundle"; echo install >"$inbox/ask"; odd "a pipe"
mkfifo "$inbox/ask"; odd "a pipe for a word"
mkdir -p "$inbox/ask/deep"; ln -s "$there/precious" "$inbox/ask/deep/link"; odd "a folder for a word"
ln -s /nowhere "$inbox/ask"; odd "a link for a word"
# Changed in the very moment between the look and the move.
for kind in "ln -s $there/precious" mkdir mkfifo; do
    echo file >"$inbox/bundle"; echo install >"$inbox/ask"
    cat >"$there/bin/mv" <<EOF
#!/bin/busybox ash
case \$1 in */inbox/bundle) /bin/busybox rm "\$1"; /bin/busybox $kind "\$1" ;; esac
exec /bin/busybox mv "\$@"
EOF
    chmod 0755 "$there/bin/mv"
    odd "a file that becomes a ${kind%% *}"
done
rm "$there/bin/mv"
for same in 0.10.0 0.10.0+7 0.9.9; do
    hand_in later "signed toxmail-virt_64 $same"
    is "a server's update that is no later" "$(state phase) $(state version)" "older $same"
done
hand_in later "signed toxmail-virt_64 0.10.1"
is "a server's update" "$(state phase) $(state version)" "trying 0.10.1"
hand_in older "signed toxmail-virt_64 0.9.9"
# The next start: in the new system, it is on trial; the home answers, and it stays.
echo 'toxmail.slot=B' >"$there/cmdline"
run update begun
is "on trial" "$(ls "$there/run/toxmail-trial")" "$there/run/toxmail-trial"
run update confirmed
is "it stays" "$(state phase) $(find "$there/boot" -name trial)" "installed "
run update begun
is "a later start" "$(state phase) $(find "$there/run" -name toxmail-trial)" "installed "
# The power goes away while it is confirmed: what is left beside the card's letters goes with the trial. Years later, on a start without its disk, a
# system that works would be taken for one on trial, and given up.
confirmed_before() {
    printf 'phase=trying\nversion=0.9.9\nfrom=0.10.0\nslot=B\nat=1\nwhy=\n' >"$there/data/update/state"
    echo B >"$there/boot/trial"
    : >"$there/run/toxmail-trial"
}
confirmed_after() {
    # Memory is empty after a power cut.
    rm -f "$there/run/toxmail-trial"
    run update begun
    case $(state phase) in
        trying) is "the trial after a $1" "$(cat "$there/boot/trial"), $(find "$there/run" -name toxmail-trial)" "B, $there/run/toxmail-trial" ;;
        *) is "the end of the trial after a $1" "$(state phase) $(find "$there/boot" "$there/run" -name '*trial')" "installed " ;;
    esac
    run update confirmed
    is "it stays after a $1" "$(state phase) $(find "$there/boot" "$there/run" -name '*trial')" "installed "
}
at_every_step confirmed_before confirmed_after update confirmed
# A box that is made new on such a start has no state any more; nor was what a missing disk has made of an old word a trial.
confirmed_before
rm "$there/data/update/state"
run update begun
is "the trial of a box that was made new" "$(find "$there/boot" "$there/run" -name '*trial')" ""
confirmed_before
run update confirmed
# Three starts in vain of what stays (somebody pulls the plug before it has answered): U-Boot starts the other one, and that is told, once.
put_words "B A" 3 3
for _ in 1 2 3; do is "a start that is cut short" "$(uboot)" "starts B"; done
is "the fourth" "$(uboot)" "starts A"
echo 'toxmail.slot=A' >"$there/cmdline"
run update begun
is "what is said of the one that did not start" "$(state phase) $(state version) $(state slot)" "not-started 0.9.9 B"
told=$(cat "$there/data/update/state")
run update begun
is "the start after that" "$(cat "$there/data/update/state")" "$told"
is "whether that is a trial" "$(find "$there/run" -name toxmail-trial)" ""
echo 'toxmail.slot=B' >"$there/cmdline"
run update begun
is "when it starts all the same" "$(state phase) $(state version)" "installed 0.9.9"
rm "$there"/boot/toxmail.*
# Or it is given up, or never came up: the one before it runs again.
sed -i 's/phase=.*/phase=trying/' "$there/data/update/state"
run update begun
run update given-up "the home ends"
is "it is given up" "$(state phase), $(state why), $(slots get-state B)" "fell-back, the home ends, bad"
sed -i 's/phase=.*/phase=trying/' "$there/data/update/state"
echo 'toxmail.slot=A' >"$there/cmdline"
run update begun
is "it never came up" "$(state phase)" fell-back
sed -i 's/phase=.*/phase=installing/' "$there/data/update/state"
run update begun
is "the power went in the middle" "$(state phase)" interrupted
sed -i -e 's/phase=.*/phase=installing/' -e 's/slot=.*/slot=A/' "$there/data/update/state"
run update begun
is "the power went after the choice" "$(state phase) $(ls "$there/run/toxmail-trial")" "trying $there/run/toxmail-trial"
# The same of a Pi 5: it is chosen, tried once, and stays when the home has answered, or does not.
printf 'BOARD=rpi5_64\nVERSION=0.10.0\nSTARTED_BY=firmware\n' >"$there/etc/toxmail-release"
printf '#!/bin/sh\n[ "$1" != -d ] || echo 179:5\n' >"$there/bin/mountpoint"
# (Its card is written by RAUC, which is a stand-in here: what is in B is a system already.)
printf '#!/bin/busybox ash\n/bin/busybox rmdir "$6" && /bin/busybox ln -s "%s/card/kernel-b" "$6"\n' "$there" >"$there/bin/mount"
printf '#!/bin/busybox ash\n/bin/busybox rm "$1" && /bin/busybox mkdir "$1"\n' >"$there/bin/umount"
chmod 0755 "$there"/bin/*
for ends in stays goes; do
    put_system A 1
    put_system B 2
    choice 2 2 | tr ' ' '\n' | grep . >"$there/boot/autoboot.txt"
    is "a Pi 5" "$(power_on)" "A 1"
    rm -rf "$there/run/toxmail-trial" "$there/run/toxmail-kernel"
    hand_in install "signed toxmail-rpi5_64 0.11.0"
    is "its update" "$(state phase) $(state slot) $(slots get-primary)" "trying B B"
    is "its partitions" "$(grep '^device=' "$there/run/rauc.conf" | xargs)" "device=/dev/mmcblk0p5 device=/dev/mmcblk0p2 device=/dev/mmcblk0p6 device=/dev/mmcblk0p3"
    is "it is tried" "$(firmware)" "B 2"
    run update begun
    is "it is on trial" "$(names "$there/run" | grep -o toxmail-trial)" toxmail-trial
    if [ $ends = stays ]; then
        slots confirm
        run update confirmed
        is "it stays on a Pi 5" "$(power_on), $(state phase), $(chosen)" "B 2, installed, $(choice 3 2)"
    else
        is "it goes on a Pi 5" "$(firmware)" "A 1"
        run update begun
        is "that is told" "$(state phase), $(slots get-state B), $(chosen)" "fell-back, bad, $(choice 2 2)"
    fi
done
mv "$there/bin/vcmailbox" "$there/vcmailbox"
hand_in install "signed toxmail-rpi5_64 0.12.0"
is "an update that the firmware cannot be told of" "$(state phase), $(slots get-state B 2>/dev/null)" "failed, bad"
rm -f "$there"/bin/{mount,umount} "$there"/boot/autoboot.* "$there/run/toxmail-trial"
printf '#!/bin/sh\n' >"$there/bin/mountpoint"
printf 'BOARD=virt_64\nVERSION=0.10.0\nSTARTED_BY=u-boot\n' >"$there/etc/toxmail-release"
# The disk with the letters comes later: network time and updates begin in that moment. Where there is none, and none is waited for, they end.
printf '#!/bin/sh\n[ ! -e "%s" ]\n' "$there/run/toxmail-missing" >"$there/bin/mountpoint"
printf '#!/bin/sh\necho "$*" >"%s"\nexec sleep 1000\n' "$there/chronyd-began" >"$there/bin/chronyd"
printf '#!/bin/sh\n' >"$there/bin/chown"
chmod 0755 "$there"/bin/*
rm -f "$there/data/update/state"
waits() { pgrep -x -P "$1" sleep >/dev/null; }
is_refused() { [ "$(state phase 2>/dev/null)" = refused ]; }
for name in clock update; do
    : >"$there/run/toxmail-missing"
    (PATH=$tools exec busybox ash "$there/scripts/$name" >/dev/null 2>&1) & service=$!
    wait_for "$name, as long as the disk is missing" waits $service
    if [ $name = update ]; then echo install >"$there/data/update/inbox/ask"; fi
    rm "$there/run/toxmail-missing"
    case $name in
        clock) wait_for "the clock's beginning" test -s "$there/chronyd-began" ;;
        update) wait_for "an answer about an update" is_refused ;;
    esac
    { kill $service; wait $service; } 2>/dev/null || true
    printf '#!/bin/sh\nexit 1\n' >"$there/bin/mountpoint"
    ended=0
    run $name || ended=$?
    is "$name without a disk" $ended 69
    printf '#!/bin/sh\n[ ! -e "%s" ]\n' "$there/run/toxmail-missing" >"$there/bin/mountpoint"
done
rm "$there"/bin/{chronyd,chown}
printf '#!/bin/sh\n' >"$there/bin/mountpoint"


# The guard: the watchdog is fed while the home is asked, however long that takes; a home that answers confirms its system; one that does not is
# started again after three minutes, and the machine after six. The clock here goes as the test likes.
cat >"$there/bin/toxmaild" <<'EOF'
#!/bin/sh
there=${0%/*}/..
begin=$(stat -c %s "$there/watchdog")
for _ in $(seq 300); do
    if [ "$(stat -c %s "$there/watchdog")" -ge $((begin + 3)) ]; then
        echo "$*" >>"$there/alive-asked"
        echo "imaps: nothing"
        exit "$(cat "$there/verdict")"
    fi
    sleep 0.1
done
echo starved >>"$there/alive-asked"
exit 1
EOF
printf '#!/bin/sh\necho "$*" >>"%s"\n' "$there/killed" >"$there/bin/killall"
printf '#!/bin/sh\necho "$*" >>"%s"\n' "$there/logged" >"$there/bin/logger"
chmod 0755 "$there"/bin/*
at() { echo "$1.00 1.00" >"$there/uptime.new" && mv "$there/uptime.new" "$there/uptime"; }
asked_times() { if [ -e "$there/alive-asked" ]; then wc -l <"$there/alive-asked"; else echo 0; fi; }
start_guard() {
    rm -f "$there"/{killed,rebooted,logged,alive-asked,run/ended-home,data/toxmail/ports.json}
    : >"$there/watchdog"
    echo "$1" >"$there/verdict"
    echo 'toxmail.slot=A' >"$there/cmdline"
    put_words "A B" 2 3
    at 100
    [ "${2:-}" = starting ] || : >"$there/data/toxmail/ports.json"
    (PATH=$tools exec dash "$there/scripts/guard") & guard=$!
}
end_guard() { kill $guard; wait $guard 2>/dev/null || true; }
asked_more() { [ "$(asked_times)" -gt "$1" ]; }
is_confirmed() { grep -q left_A=3 "$there/boot/toxmail.env"; }
start_guard 0
wait_for "the confirmation" is_confirmed
is "who was asked" "$(sort -u "$there/alive-asked")" "--data $there/data/toxmail alive"
echo 1 >"$there/verdict"
for now in 140 200 279; do
    before=$(asked_times)
    at $now
    wait_for "a question at $now s" asked_more "$before"
    is "at $now s" "$(find "$there" -maxdepth 1 -name killed -o -maxdepth 1 -name rebooted)" ""
done
at 281
wait_for "the home's end" test -e "$there/killed"
is "what is ended" "$(cat "$there/killed")" "-q -KILL toxmaild"
is "the machine, by then" "$(find "$there" -maxdepth 1 -name rebooted)" ""
# One that answers again is left in peace.
echo 0 >"$there/verdict"
for now in 320 460; do before=$(asked_times); at $now; wait_for "a question at $now s" asked_more "$before"; done
is "the home ended" "$(wc -l <"$there/killed"), $(find "$there" -maxdepth 1 -name rebooted)" "1, "
echo 1 >"$there/verdict"
at 821
wait_for "a new start of the machine" test -e "$there/rebooted"
is "starved questions" "$(grep -c starved "$there/alive-asked" || true)" 0
end_guard
is "the watchdog rests when the guard is told to end" "$(tail -c 1 "$there/watchdog")" V
# One that still starts is not asked, for a minute.
has_fed() { [ "$(stat -c %s "$there/watchdog")" -gt "$1" ]; }
start_guard 0 starting
for now in 100 130 159; do
    at $now
    wait_for "the watchdog's food at $now s" has_fed "$(($(stat -c %s "$there/watchdog") + 3))"
    is "questions by $now s" "$(asked_times)" 0
done
at 160
wait_for "a question to a home that takes long" asked_more 0
end_guard
# Before the machine starts again the end of the log is kept, and that of the start before; a disk that keeps whoever writes to it holds nothing up.
cat >"$there/bin/logread" <<EOF
#!/bin/sh
[ ! -e "$there/stuck" ] || : >"$there/reads-log"
while [ -e "$there/stuck" ]; do sleep 0.1; done
head -c 100000 /dev/zero | tr '\\000' x
echo "the last of \$(cut -d . -f 1 "$there/uptime")"
EOF
printf '#!/bin/sh\n' >"$there/bin/sync"
chmod 0755 "$there"/bin/*
kept() { tail -n 1 "$there/data/box/$1" 2>/dev/null | tr -d x; }
is_kept() { [ "$(kept last-log)" = "the last of $1" ]; }
rm -f "$there"/data/box/last-log*
for now in 500 600; do
    start_guard 1
    wait_for "a question" asked_more 0
    at $now
    wait_for "a new start at $now s" test -e "$there/rebooted"
    wait_for "the log of $now s" is_kept $now
    end_guard
done
is "the logs" "$(kept last-log), $(kept last-log.1), $(stat -c %s "$there/data/box/last-log")" "the last of 600, the last of 500, 65536"
: >"$there/stuck"
rm -f "$there/reads-log"
start_guard 1
wait_for "a question" asked_more 0
at 700
wait_for "a new start beside a disk that has died" test -e "$there/rebooted"
wait_for "the one who waits for that disk" test -e "$there/reads-log"
rm -f "$there/stuck"
end_guard
wait_for "the end of that" is_kept 700
rm -f "$there"/data/box/last-log*
# Where there is no disk nothing is left in its folder.
mv "$there/bin/mountpoint" "$there/mountpoint"
printf '#!/bin/sh\nexit 1\n' >"$there/bin/mountpoint" && chmod 0755 "$there/bin/mountpoint"
start_guard 1
wait_for "a question" asked_more 0
at 800
wait_for "a new start without a disk" test -e "$there/rebooted"
end_guard
is "the log without a disk" "$(names "$there/data/box" | grep -o 'last-log[^ ]*' || true)" ""
rm "$there"/bin/{logread,sync}
# What the kernel says of power, and of the card and the disk with the letters, is kept for the home, and nothing else: the first line of it, also when
# the kernel has forgotten that.
mkdir -p "$there/sys/dev/block" "$there"/sys/devices/{mmcblk0/mmcblk0p5,usb1/sda/sda1}
echo 5 >"$there/sys/devices/mmcblk0/mmcblk0p5/partition"
echo 1 >"$there/sys/devices/usb1/sda/sda1/partition"
ln -sf ../../devices/mmcblk0/mmcblk0p5 "$there/sys/dev/block/179:5"
ln -s ../../devices/usb1/sda/sda1 "$there/sys/dev/block/8:1"
printf '#!/bin/sh\ncase $* in "-d /") echo 179:5 ;; "-d %s") echo 8:1 ;; esac\n' "$there/data" >"$there/bin/mountpoint"
printf '#!/bin/sh\ncat "%s"\necho >>"%s"\n' "$there/kernel-says" "$there/listened" >"$there/bin/dmesg"
: >"$there/listened"
chmod 0755 "$there"/bin/*
said() { for file in "$there"/run/toxmail-{power,reads}; do [ ! -e "$file" ] || echo "${file##*-} $(stat -c %a "$file") $(cat "$file")"; done; }
listened_more() { [ "$(wc -l <"$there/listened")" -gt "$1" ]; }
# turn TIME: the guard's look at that time, to its end.
turn() {
    local before
    before=$(wc -l <"$there/listened")
    at "$1"
    wait_for "a look at $1 s" listened_more "$before"
    wait_for "the end of the look at $1 s" has_fed "$(stat -c %s "$there/watchdog")"
}
noise=$(printf '[ 3.1] %s\n' 'I/O error, dev sdb, sector 5 op 0x1:(WRITE)' 'I/O error, dev mmcblk0boot0, sector 0 op 0x0:(READ)' \
    'critical medium error, dev sdab, sector 5 op 0x0:(READ)' 'hwmon hwmon1: Voltage normalised')
for row in 'hwmon hwmon1: Undervoltage detected!|I/O error, dev mmcblk0, sector 5 op 0x0:(READ)' \
    'Under-voltage detected! (0x00050005)|I/O error, dev sda, sector 5 op 0x1:(WRITE)' \
    'hwmon hwmon1: Undervoltage detected!|critical medium error, dev sda, sector 5 op 0x0:(READ)'; do
    echo "$noise" >"$there/kernel-says"
    start_guard 0
    wait_for "a question" asked_more 0
    turn 131
    is "what is kept of nothing" "$(said)" ""
    power="[ 9.5] ${row%%|*} " reads="[ 9.5] ${row#*|} "
    printf '%s\033%0300d\n' "$power" 0 "$reads" 0 "[ 9.9] ${row%%|*}" 0 "[ 9.9] ${row#*|}" 0 >>"$there/kernel-says"
    turn 162
    is "what is kept of $row" "$(said)" "$(printf 'power 644 %s\nreads 644 %s' "$(printf '%s%0300d' "$power" 0 | head -c 200)" "$(printf '%s%0300d' "$reads" 0 | head -c 200)")"
    # As long as the box is on.
    before=$(asked_times)
    at 193
    wait_for "a question at 193 s" asked_more "$before"
    end_guard
    is "what is known later" "$(said | cut -d ' ' -f 1-4 | xargs)" "power 644 [ 9.5] reads 644 [ 9.5]"
    rm "$there"/run/toxmail-{power,reads}
done
rm "$there/bin/dmesg"
rm -r "$there/sys/devices/usb1" "$there/sys/dev/block/8:1"
mv "$there/mountpoint" "$there/bin/mountpoint"

# Services: the home and what leads to it at once, the others when it answers, or after a minute.
mv "$there/scripts" "$there/all-scripts"
mkdir "$there/scripts"
cp "$there/all-scripts"/{paths,supervise} "$there/scripts/"
for name in home clock wifi; do
    cat >"$there/scripts/$name" <<EOF
#!/bin/busybox ash
if [ -e "$there/data/toxmail/ports.json" ]; then open=open; else open=closed; fi
echo "\$open \$(/bin/busybox cut -d . -f 1 "$there/uptime")" >"$there/began-$name"
exec /bin/busybox sleep 1000
EOF
    chmod 0755 "$there/scripts/$name"
done
supervised=()
supervise() {
    local name
    rm -f "$there"/began-*
    for name in "$@"; do
        PATH=$tools busybox setsid busybox ash "$there/scripts/supervise" "$name" >/dev/null 2>&1 &
        supervised+=($!)
    done
}
# Each is the first of its group.
end_supervised() {
    local one
    for one in "${supervised[@]}"; do
        kill -KILL -- "-$one" 2>/dev/null || true
        wait "$one" 2>/dev/null || true
    done
    supervised=()
}
began() { cat "$there/began-$1" 2>/dev/null || echo not; }
rm -f "$there/data/toxmail/ports.json" "$there/run/toxmail-missing"
at 20
supervise clock wifi home
wait_for "the home's start" test -e "$there/began-home"
at 59
sleep 2
is "beside a home that starts" "$(began clock), $(began wifi)" "not, not"
: >"$there/data/toxmail/ports.json"
for name in clock wifi; do wait_for "the start of $name" test -e "$there/began-$name"; done
is "when the home answers" "$(began home), $(began clock), $(began wifi)" "closed 20, open 59, open 59"
end_supervised
rm "$there/data/toxmail/ports.json"
mkdir -p "$there/net/wlan0/phy80211"
at 20
rm "$there"/run/log-*
supervise clock wifi
wait_for "Wi-Fi's start, by a radio" test -e "$there/began-wifi"
wait_for "the supervisor of what waits" test -p "$there/run/log-clock"
at 79
sleep 2
is "without waiting for the home" "$(began wifi), $(began clock)" "closed 20, not"
at 80
wait_for "the start of the rest, after a minute" test -e "$there/began-clock"
is "beside a home that takes long" "$(began clock)" "closed 80"
end_supervised
rm -r "$there/net/wlan0"
# Who ends at once begins later each time; who ran five minutes, after a second again.
printf '#!/bin/busybox ash\necho >>"%s"\n[ "$(/bin/busybox wc -l <"%s")" != 3 ] || echo "400.00 1.00" >"%s"\nexit 3\n' \
    "$there/began-often" "$there/began-often" "$there/uptime" >"$there/scripts/often"
chmod 0755 "$there/scripts/often"
rm -f "$there/logged"
at 100
# By dash, for the stand-in of logger.
PATH=$tools busybox setsid dash "$there/scripts/supervise" often >/dev/null 2>&1 &
supervised+=($!)
pauses() { grep '^-t supervise ' "$there/logged" 2>/dev/null | sed 's/.* often //'; }
paused() { [ "$(pauses | wc -l)" -ge "$1" ]; }
wait_for "three pauses" paused 3
is "the pauses" "$(pauses | head -n 3 | xargs -d '\n' printf '%s, ')" "ended with 3 after 0 s; again in 1 s, ended with 3 after 0 s; again in 2 s, ended with 3 after 300 s; again in 1 s, "
end_supervised
# The machine goes off: init leaves the supervisors alone until the home has closed its books, and it is not started again meanwhile.
cp "$there/all-scripts/stop" "$there/scripts/"
cat >"$there/scripts/home" <<EOF
#!/bin/busybox ash
echo start >>"$there/began-home"
trap 'echo end >>"$there/began-home"; exit 0' TERM
echo \$\$ >"$there/home-number"
while :; do /bin/busybox sleep 0.1; done
EOF
# The home is ended by its name; here that is this number, and as long as it is there it has not closed its books.
printf '#!/bin/busybox ash\nkill "$(/bin/busybox cat "%s")"\n' "$there/home-number" >"$there/bin/killall"
cat >"$there/bin/pidof" <<EOF
#!/bin/busybox ash
number=\$(/bin/busybox cat "$there/home-number") && kill -0 "\$number" 2>/dev/null && echo "\$number"
EOF
printf '#!/bin/busybox ash\necho "umount $1" >>"%s"\n' "$there/began-home" >"$there/bin/umount"
printf '#!/bin/busybox ash\necho "the last words"\n' >"$there/bin/logread"
printf '#!/bin/busybox ash\n' | tee "$there/scripts/handed" >"$there/bin/mount"
# Longer than a supervisor waits before it starts a service again: these are asked before the end is.
printf '#!/bin/busybox ash\nexec /bin/busybox sleep 3\n' >"$there/bin/sync"
chmod 0755 "$there"/{bin,scripts}/*
rm -f "$there/home-number"
supervise home
wait_for "the home's start" test -e "$there/home-number"
shell=dash run stop
is "the home while the machine goes off" "$(xargs <"$there/began-home")" "start end umount $there/run/toxmail-stick/mnt umount $there/boot umount $there/data"
is "the log that is kept" "$(cat "$there/data/box/last-log")" "the last words"
end_supervised
rm "$there"/bin/{pidof,umount,logread,mount,sync} "$there/data/box/last-log"
printf '#!/bin/sh\necho "$*" >>"%s"\n' "$there/killed" >"$there/bin/killall"
chmod 0755 "$there"/bin/*
rm -r "$there/scripts"
rm -f "$there/run/toxmail-stopping"
mv "$there/all-scripts" "$there/scripts"

# The start, with stand-ins for all that it does to a machine: what is mounted, and how. SSH needs terminals; programs and devices come from / and /dev alone.
# It says itself where programs are (PATH); here that would lead past the stand-ins.
mv "$there/scripts" "$there/all-scripts"
mkdir "$there/scripts"
cp "$there/all-scripts/paths" "$there/scripts/"
sed -e '/^export PATH=/d' -e "s|/proc/sys/|$there/proc-sys/|g" "$there/all-scripts/start" >"$there/scripts/start"
for program in bin/{mount,mkdir,ln,hostname,ip,sysctl,chown,sleep} scripts/{drivers,filter,boot-partition,volume}; do
    printf '#!/bin/busybox ash\necho "%s $*" >>"%s"\n' "${program##*/}" "$there/started" >"$there/$program"
    chmod 0755 "$there/$program"
done
echo "cat \"$there\"/sys/class/leds/*/* >\"$there/light\" 2>/dev/null" >>"$there/scripts/volume"
mkdir -p "$there/sys/class/block/mmcblk0p9"
echo PARTNAME=data >"$there/sys/class/block/mmcblk0p9/uevent"
start() {
    rm -f "$there/started"
    # In a world of its own all the same: this machine's mounts and name are not for tests.
    PATH=$tools "${rights[@]}" --mount --uts dash "$there/scripts/start"
}
start
is "what is mounted at power-on" "$(sed -n 's/^mount -t \([a-z0-9]*\) -o \([^ ]*\) .* \(.*\)$/\3 \1 \2/p' "$there/started" | tr '\n' ';')" \
    "$(printf '%s;' '/proc proc nosuid,nodev,noexec,hidepid=2' '/sys sysfs nosuid,nodev,noexec' '/dev devtmpfs nosuid,mode=0755' \
        '/dev/pts devpts nosuid,noexec,mode=0620,gid=5' '/dev/shm tmpfs nosuid,nodev,noexec,mode=1777,size=8m' \
        "/run tmpfs nosuid,nodev,mode=0755,size=16m" '/tmp tmpfs nosuid,nodev,noexec,mode=1777,size=64m' \
        '/var tmpfs nosuid,nodev,noexec,mode=0755,size=16m')"
is "where the terminals are" "$(grep -nE '^(mkdir -p|mount -t dev[a-z]* .*) /dev' "$there/started" | cut -d : -f 2 | cut -d ' ' -f 1-3 | xargs)" \
    "mount -t devtmpfs mkdir -p /dev/pts mount -t devpts"
# The light blinks fast (src/appliance/light.rs) before the letters are looked for, which may take half a minute; from then on it is the home's.
for light in ACT led0; do
    mkdir -p "$there/sys/class/leds/$light"
    for name in delay_off delay_on trigger; do echo as-it-was >"$there/sys/class/leds/$light/$name"; done
    start
    is "the light $light while it starts" "$(xargs <"$there/light"), $(grep -c "^ln -sfn $there/sys/class/leds/$light $there/run/toxmail-light" "$there/started")" "100 100 timer, 1"
    is "whose the light $light is" "$(grep '^chown' "$there/started" | xargs)" "chown toxmail $there/sys/class/leds/$light/delay_on chown toxmail $there/sys/class/leds/$light/delay_off"
    rm -r "$there/sys/class/leds/$light"
done
start
is "a box without a light" "$(grep -c -e '^chown' -e '^ln -sfn' "$there/started" || true)" 0
rm "$there"/bin/{mount,mkdir,ln,hostname,ip,sysctl,chown,sleep}
rm -r "$there/scripts" "$there/sys/class/block/mmcblk0p9"
mv "$there/all-scripts" "$there/scripts"

# On trial: a home that ends all the time is given up, and so is one that does not answer.
rm -f "$there/data/update/state"
for how in ends silent; do
    printf 'phase=trying\nversion=1\nfrom=0\nslot=A\nat=1\nwhy=\n' >"$there/data/update/state"
    run update begun
    start_guard 1
    wait_for "a question" asked_more 0
    case $how in
        ends) echo 4 >"$there/run/ended-home"; why="the home ends" ;;
        silent) at 470; why="the home does not answer: imaps: nothing" ;;
    esac
    wait_for "the new start" test -e "$there/rebooted"
    end_guard
    is "the trial of one that is $how" "$(state phase): $(state why), $(slots get-state A)" "fell-back: $why, bad"
    rm -f "$there/run/toxmail-trial"
done

# Wi-Fi. The radio is a stand-in: it knows the networks of $there/near, a line each of name, key, and as which the air says it.
cat >"$there/bin/wpa_supplicant" <<'EOF'
#!/bin/sh
there=${0%/*}/..
while [ "$1" != -c ]; do shift; done
echo "${2##*/}" >>"$there/radio-asked"
ssid=$(sed -n 's/^\tssid=//p' "$2") psk=$(sed -n 's/^\tpsk=//p' "$2")
grep -q key_mgmt=NONE "$2" && psk=open
state=SCANNING
if grep -q "^$ssid $psk " "$there/near"; then
    state=COMPLETED
elif grep -q "^$ssid [^o]" "$there/near" && [ "$psk" != open ]; then
    state=4WAY_HANDSHAKE
    for times in 1 2; do
        echo "wlan0: CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"x\" auth_failures=$times duration=10 reason=WRONG_KEY"
    done
fi
# A name that looks like one of its words is none.
echo 'wlan0: CTRL-EVENT-CONNECTED ssid="CTRL-EVENT-SSID-TEMP-DISABLED reason=WRONG_KEY"'
sed -n "s/^${ssid:-none} [^ ]* /ssid=/p" "$there/near" >"$there/air.new"
echo wpa_state=$state >>"$there/air.new"
trap 'rm -f "$there/air"; kill $!; exit 0' TERM
mv "$there/air.new" "$there/air"
sleep 1000 &
wait $!
EOF
cat >"$there/bin/wpa_cli" <<'EOF'
#!/bin/sh
there=${0%/*}/..
[ -e "$there/air" ] || exit 1
case $5 in
    status) cat "$there/air" ;;
    signal_poll) echo RSSI=-54 ;;
    scan) echo OK ;;
    scan_results) cat "$there/heard" ;;
esac
EOF
cat >"$there/bin/ip" <<'EOF'
#!/bin/sh
case $* in *"show dev"*) [ ! -e "${0%/*}/../no-address" ] || { : >"${0%/*}/../asked-address"; exit 0; }; echo "    inet 192.168.1.23/24 brd 192.168.1.255 scope global $5" ;; esac
EOF
chmod 0755 "$there"/bin/*
mkdir -p "$there"/net/{eth0,wlan0}/device "$there/net/wlan0/phy80211"
for name in eth0 wlan0; do echo 1 >"$there/net/$name/type"; echo 0 >"$there/net/$name/carrier"; done
key=$(printf 'ab%.0s' $(seq 32))
other_key=$(printf 'cd%.0s' $(seq 32))
# What anybody may call a network, and what would begin another one in the settings.
wild='220a7d0a6e6574776f726b3d7b0a73736964223d5cff'
printf '%s\n' "4f6c64 $key Old" "4e6577 $key New" "$wild $key "'\"\n}\nnetwork={\nssid\"=\\\xff' "436166c3a9 open Caf\\xc3\\xa9" >"$there/near"
wired=$there/run/toxmail-network
wireless=$there/data/box/wifi.conf
of_wifi() { sed -n "s/^$1=//p" "$wired/state"; }
settings() { printf 'ctrl_interface=%s/run/wpa_supplicant\ncountry=%s\nnetwork={\n\tssid=%s\n%b}\n' "$there" "$1" "$2" "$3"; }
with_key="\tkey_mgmt=WPA-PSK\n\tpsk=$key\n"
box_starts() {
    rm -rf "$wired" "$there"/run/toxmail-{wifi,used}* "$there/air"
    run wifi begun
}
wants() { printf '%s\n' "$@" >"$wired/inbox/ask.new" && mv "$wired/inbox/ask.new" "$wired/inbox/ask"; }
is_over() { [ ! -e "$wired/inbox/ask" ] && [ ! -L "$wired/inbox/ask" ] && [ ! -e "$wired/asked" ] && case $(of_wifi phase) in '' | looking | joining) false ;; esac; }
is_joining() { [ "$(of_wifi phase)" = joining ]; }
start_wifi() { (PATH=$tools exec dash "$there/scripts/wifi" >"$there/wifi-log" 2>&1) & service=$!; }
end_wifi() { kill "$service" 2>/dev/null || true; wait "$service" 2>/dev/null || true; }
# joins WHAT LINE…: the home asks; until it is over.
joins() {
    local what=$1
    shift
    wants "$@"
    wait_for "the end of $what" is_over
}
minute_later() { at $(($(cut -d . -f 1 "$there/uptime") + 61)); }
wifi_files() { names "$there/data/box" | tr ' ' '\n' | grep wifi | xargs; }
# shellcheck disable=SC2016 # the text of the script
is "the home is started with its folder" "$(grep -o -e '--network "$[a-z]*"' overlay/usr/lib/toxmail/home)" '--network "$network"'
at 100
: >"$there/kernel-log"
rm -f "$there"/data/box/wifi*
box_starts
is "whose the inbox is" "$(stat -c %a "$wired/inbox") $(stat -c %a "$wired")" "700 755"
start_wifi
wait_for "a first report" test -s "$wired/state"
is "a box without a network" "$(of_wifi link) $(of_wifi hardware) $(of_wifi phase)" "none yes "
is "the home may read it" "$(stat -c %a "$wired/state")" 644
# A wrong password, with nothing before it: it is tried on, and a card in a computer says so.
joins "a wrong password" join ssid=4e6577 "psk=$other_key" country=FR hidden=no
is "a wrong password" "$(of_wifi phase) $(of_wifi 'then') $(of_wifi asked) $(wifi_files)" "wrong-password tries 4e6577 wifi.conf"
is "what the card says" "$(cut -d . -f 1 "$there/boot/wifi-problem.txt")" "The network did not take the password"
wants forget
wait_for "the end of that" is_over
# A network that gives no address is none; there is no cable.
: >"$there/no-address"
wants join ssid=4f6c64 "psk=$key" country=FR hidden=no
wait_for "a look for its address" test -e "$there/asked-address"
minute_later
wait_for "the end of a network without addresses" is_over
is "a network without addresses" "$(of_wifi phase) $(of_wifi 'then')" "failed tries"
rm "$there/no-address"
wants forget
wait_for "the end of that" is_over
joins "a network" join ssid=4f6c64 "psk=$key" country=FR hidden=no
is "a network" "$(of_wifi phase) $(of_wifi name) $(of_wifi signal) $(of_wifi saved) $(of_wifi country)" "joined Old -54 4f6c64 FR"
is "its settings" "$(cat "$wireless")" "$(settings FR 4f6c64 "$with_key")"
is "nothing is wrong any more" "$(names "$there/boot" | grep -c wifi-problem || true)" 0
is "only root reads them" "$(stat -c %a "$wireless")" 600
# Each of these leaves it as it was, in the settings and on the air.
before=$(cat "$wireless")
came_back() { grep -qx ssid=Old "$there/air" 2>/dev/null; }
stays() {
    is "$1" "$(of_wifi phase) $(of_wifi 'then')" "$2"
    is "the settings after $1" "$(cat "$wireless")" "$before"
    is "beside them after $1" "$(wifi_files)" wifi.conf
    wait_for "the network from before, after $1" came_back
}
joins "a wrong password" join ssid=4e6577 "psk=$other_key" country=FR hidden=no
stays "a wrong password" "wrong-password back"
for odd in "that nobody hears" "that is protected otherwise"; do
    case $odd in *hears) wants join ssid=4e6f6e65 "psk=$key" country=FR hidden=yes ;; *) wants join ssid=4e6577 psk=open country=FR hidden=no ;; esac
    wait_for "a try" is_joining
    is "before its minute is over" "$(cat "$wireless")" "$before"
    minute_later
    wait_for "the end of a network $odd" is_over
    stays "a network $odd" "not-found back"
done
radio_before=$(cat "$there/radio-asked")
# shellcheck disable=SC2016 # nobody shall expand it
for row in 'ssid=4e6577"\n|K|FR' 'ssid=|K|FR' 'ssid=4e657|K|FR' "ssid=$wild$wild|K|FR" 'ssid=4e6577|open"|FR' 'ssid=4e6577|abcd|FR' 'ssid=4e6577|K|fr' \
    'ssid=4e6577|K|FR}' 'ssid=../../x|K|FR' 'ssid=$(reboot)|K|FR' 'ssid=4e6577;reboot|K|FR'; do
    IFS='|' read -r first second third <<<"$row"
    [ "$second" != K ] || second=$key
    joins "nonsense" join "$first" "psk=$second" "country=$third" hidden=no
    stays "nonsense ($row)" "not-understood "
done
joins "another word" "$(printf 'forget\x01')"
stays "another word" "not-understood "
# In place of the file: links, folders, pipes.
for kind in "ln -s $there/precious/file" mkdir mkfifo "ln -s /nowhere"; do
    $kind "$wired/inbox/ask"
    wait_for "the end of a ${kind%% *}" is_over
    stays "a $kind in the inbox" "not-understood "
    is "the inbox after a $kind" "$(ls -A "$wired/inbox")" ""
    is "what was root's after a $kind" "$(cat "$there/precious/file")" dear
done
is "the radio in all that" "$(cat "$there/radio-asked")" "$radio_before"
# A name of any bytes stays one name.
joins "a wild name" join "ssid=$wild" "psk=$key" country=DE hidden=yes
is "a wild name" "$(of_wifi phase) $(of_wifi saved)" "joined $wild"
is "its settings" "$(cat "$wireless")" "$(settings DE "$wild" "$with_key\tscan_ssid=1\n")"
is "as the air says it" "$(of_wifi name)" '\"\n}\nnetwork={\nssid\"=\\\xff'
joins "an open network" join ssid=436166c3a9 psk=open country=DE hidden=no
is "an open network" "$(of_wifi phase), $(cat "$wireless")" "joined, $(settings DE 436166c3a9 '\tkey_mgmt=NONE\n')"
# What is near, as the radio says it.
{
    printf 'bssid / frequency / signal level / flags / ssid\n'
    printf '00:00:00:00:00:01\t2412\t-50\t[WPA2-PSK-CCMP][ESS]\tGarden\\n\\xff\n'
    for n in $(seq 100); do printf '00:00:00:00:00:02\t5180\t-80\t[ESS]\tnet %s\n' "$n"; done
} >"$there/heard"
radio_before=$(cat "$there/radio-asked")
joins "a look" look
is "a look" "$(of_wifi phase) $(wc -l <"$wired/networks") $(stat -c %a "$wired/networks")" "looked 64 644"
is "what is near" "$(head -n 1 "$wired/networks")" "$(printf -- '-50\t[WPA2-PSK-CCMP][ESS]\tGarden\\n\\xff')"
is "while it looks the network stays" "$(cat "$there/radio-asked"): $(of_wifi name)" "$radio_before: Caf\\xc3\\xa9"
joins "to forget" forget
is "forgotten" "$(of_wifi phase), $(wifi_files)" "forgotten, "
is_silent() { [ ! -e "$there/air" ]; }
wait_for "silence" is_silent
# Without a network it may look as well, and is silent again.
joins "a look without a network" look
is "a look without a network" "$(of_wifi phase) $(wc -l <"$wired/networks")" "looked 64"
wait_for "silence after that" is_silent
# Nothing before it, and nobody there: it is tried on.
wants join ssid=4c61746572 "psk=$key" country=FR hidden=yes
wait_for "a try" is_joining
minute_later
wait_for "the end of a first network" is_over
is "a first network that is not there" "$(of_wifi phase) $(of_wifi 'then') $(of_wifi saved) $(wifi_files)" "not-found tries 4c61746572 wifi.conf"
printf 'ssid=Later\nwpa_state=COMPLETED\n' >"$there/air.new" && mv "$there/air.new" "$there/air"
is_joined() { [ "$(of_wifi phase) $(of_wifi 'then') $(of_wifi name)" = "joined  Later" ]; }
wait_for "that one in the end" is_joined
# No radio.
mv "$there/net/wlan0" "$there/wlan0"
joins "a look without a radio" look
is "a look without a radio" "$(of_wifi phase) $(of_wifi hardware) $(wc -c <"$wired/networks")" "no-hardware no 0"
rm "$wireless"
wants join ssid=4e6577 "psk=$key" country=FR hidden=no
wait_for "a try" is_joining
minute_later
wait_for "the end of that" is_over
is "a network without a radio" "$(of_wifi phase) $(of_wifi 'then'), $(wifi_files)" "no-hardware nothing, "
mv "$there/wlan0" "$there/net/wlan0"
end_wifi
is "no key is told" "$(grep -c -e "$key" -e "$other_key" "$there/wifi-log" "$there/kernel-log" | grep -vc ':0$' || true)" 0
is "the radio is silent with the service" "$(find "$there" -maxdepth 1 -name air)" ""

# The power goes away between any two steps: the old network or the new one, whole, and never none. What the home has handed over is on the
# card, or still where it was put.
# cut_wifi OLD NEW KEY LEFT
cut_wifi() {
    local step=0 end
    while step=$((step + 1)); do
        rm -f "$there"/data/box/wifi* "$there/steps"
        [ -z "$1" ] || settings FR "$1" "$with_key" >"$wireless"
        box_starts
        wants join "ssid=$2" "psk=$3" country=FR hidden=no
        (cut=$step PATH=$there/cut:$tools exec busybox setsid dash "$there/scripts/wifi" >/dev/null 2>&1) & service=$!
        disown $service
        end=yes
        for _ in $(seq 600); do
            if ! kill -0 $service 2>/dev/null; then end=; break; fi
            if is_over; then break; fi
            sleep 0.05
        done
        [ -n "$end" ] || [ -e "$wired/inbox/ask" ] || [ -e "$wired/asked" ] || [ -e "$there/data/box/wifi.new" ] || [ -s "$wireless" ] ||
            is "what was handed over, step $step" lost kept
        kill -KILL -- -$service 2>/dev/null || true
        box_starts
        case $(wifi_files) in '' | wifi.conf) ;; *) is "the files after a cut at step $step" "$(wifi_files)" wifi.conf ;; esac
        if [ -n "$end" ]; then
            is "the network when it is over" "$(sed -n 's/^\tssid=//p' "$wireless")" "$4"
            break
        fi
        case $(cat "$wireless" 2>/dev/null) in
            "$(settings FR "${1:-$2}" "$with_key")" | "$(settings FR "$2" "$with_key")") ;;
            '') [ -z "$1" ] || is "the network after a cut at step $step" none "$1" ;;
            *) is "the network after a cut at step $step" "$(cat "$wireless")" whole ;;
        esac
    done
    [ $step -gt 20 ] || is "the steps of a new network" $step "more than 20"
}
cut_wifi 4f6c64 4e6577 "$key" 4e6577
cut_wifi 4f6c64 4e6577 "$other_key" 4f6c64
cut_wifi '' 4e6577 "$key" 4e6577
# The setup file is not erased before its Wi-Fi was tried.
handed_before
run handed in
box_starts
rm "$copies"/*
for file in inbox/ask asked; do
    echo join >"$wired/$file"
    run handed out
    is "the setup file while $file is there" "$(names "$there/boot" | grep -o toxmail-setup.toml.txt)" toxmail-setup.toml.txt
    rm "$wired/$file"
done
: >"$there/data/box/wifi.new"
run handed out
is "the setup file while its network is tried" "$(names "$there/boot" | grep -o toxmail-setup.toml.txt)" toxmail-setup.toml.txt
rm "$there/data/box/wifi.new"
run handed out
is "the setup file after that" "$(names "$there/boot")" "holiday.jpg ssh-keys.txt"
clear "$there/boot"
rm -rf "$copies"

# The cable goes before Wi-Fi, Wi-Fi takes over when it is pulled, and another network is another address.
# shellcheck disable=SC2016 # the text of a script
printf '#!/bin/sh\nwhile [ "$1" != -i ]; do shift; done\necho "$2" >>"%s"\nexec sleep 1000\n' "$there/leases" >"$there/bin/udhcpc"
chmod 0755 "$there/bin/udhcpc"
: >"$there/run/toxmail-doors"
: >"$there/leases"
echo 1 >"$there/run/toxmail-wifi"
carries() { echo "$2" >"$there/net/$1/carrier"; }
used_is() { [ "$(cat "$there/run/toxmail-used" 2>/dev/null):$(xargs <"$there/leases")" = "$1" ]; }
carries eth0 1
carries wlan0 1
(PATH=$tools exec busybox setsid dash "$there/scripts/network" >/dev/null 2>&1) & service=$!
wait_for "the cable" used_is eth0:eth0
carries eth0 0
wait_for "Wi-Fi" used_is "wlan0:eth0 wlan0"
echo 2 >"$there/run/toxmail-wifi"
wait_for "another network" used_is "wlan0:eth0 wlan0 wlan0"
carries eth0 1
wait_for "the cable again" used_is "eth0:eth0 wlan0 wlan0 eth0"
# Another Wi-Fi is nothing to the cable.
echo 3 >"$there/run/toxmail-wifi"
carries wlan0 0
carries eth0 0
wait_for "nothing" used_is ":eth0 wlan0 wlan0 eth0"
kill -KILL -- -$service
wait $service 2>/dev/null || true
rm "$there"/bin/{ip,udhcpc} "$there/run/toxmail-doors"
# What the router says, in a network of its own. A lease that is renewed touches nothing: by the address hangs whatever leads out, here a way that
# somebody has added; whatever else there is goes. And chronyd is told each time.
printf '#!/bin/sh\necho "$*" >>"%s"\n' "$there/chrony-told" >"$there/bin/chronyc"
: >"$there/chrony-told"
chmod 0755 "$there/bin/chronyc"
cat >"$there/ask-lease" <<'END'
here=$1 tools=$2
ip link add lan type veth peer name router && ip link set router up || exit 1
# told WHAT ADDRESS MASK ROUTERS
told() { interface=lan ip=$2 mask=$3 router=$4 dns="192.168.5.1 9.9.9.9" PATH=$tools busybox ash "$here/scripts/lease" "$1"; }
# row …: what was told, and what there is then.
row() {
    told "$@" 2>&1
    echo "$1 $2/$3 ${4:-none}: $(ip -4 -o address show dev lan | awk '{ print $4 }' | xargs), $(ip route show default | xargs), $(ip route show 198.51.100.0/24 | xargs)."
}
told deconfig '' '' ''
row bound 192.168.5.20 24 "192.168.5.1 192.168.5.9"
ip route add 198.51.100.0/24 via 192.168.5.3
row renew 192.168.5.20 24 192.168.5.1
row renew 192.168.5.20 24 192.168.5.9
row renew 192.168.5.20 24 ''
row renew 192.168.5.20 16 192.168.5.1
row renew 192.168.5.21 24 192.168.5.1
ip address add 192.168.7.7/24 dev lan
row bound 192.168.5.21 24 192.168.5.1
row deconfig
END
is "the leases" "$("${rights[@]}" bash "$there/ask-lease" "$there" "$tools")" "$(sed 's/^ *//' <<'END'
    bound 192.168.5.20/24 192.168.5.1 192.168.5.9: 192.168.5.20/24, default via 192.168.5.1 dev lan, .
    renew 192.168.5.20/24 192.168.5.1: 192.168.5.20/24, default via 192.168.5.1 dev lan, 198.51.100.0/24 via 192.168.5.3 dev lan.
    renew 192.168.5.20/24 192.168.5.9: 192.168.5.20/24, default via 192.168.5.9 dev lan, 198.51.100.0/24 via 192.168.5.3 dev lan.
    renew 192.168.5.20/24 none: 192.168.5.20/24, , 198.51.100.0/24 via 192.168.5.3 dev lan.
    renew 192.168.5.20/16 192.168.5.1: 192.168.5.20/16, default via 192.168.5.1 dev lan, .
    renew 192.168.5.21/24 192.168.5.1: 192.168.5.21/24, default via 192.168.5.1 dev lan, .
    bound 192.168.5.21/24 192.168.5.1: 192.168.5.21/24, default via 192.168.5.1 dev lan, .
    deconfig / none: , , .
END
)"
is "who answers for names" "$(cat "$there/run/resolv.conf")" "$(printf 'nameserver %s\n' 192.168.5.1 9.9.9.9)"
times_told() { [ "$(wc -l <"$there/chrony-told")" = 7 ]; }
wait_for "chronyd's words" times_told
is "what chronyd is told" "$(sort -u "$there/chrony-told")" "-n -h $there/run/chrony/chronyd.sock online"
rm "$there/bin/chronyc"

# The doors. Where the kernel does not take them the plain ones stand, and where it takes none that is known.
printf '#!/bin/sh\ncase " $refused " in *" ${2##*/} "*) echo "no such thing" >&2; exit 1 ;; esac\necho "${2##*/}" >>"%s"\n' "$there/doors-set" >"$there/bin/nft"
chmod 0755 "$there/bin/nft"
for row in ":nftables.conf:" "nftables.conf:nftables-plain.conf:plain" "nftables.conf nftables-plain.conf::none"; do
    rm -f "$there/doors-set"
    refused=${row%%:*} run filter
    is "the doors without \"${row%%:*}\"" "$(cat "$there/doors-set" 2>/dev/null):$(cat "$there/run/toxmail-doors" 2>/dev/null)" "${row#*:}"
done
rm "$there/bin/nft"
# Who comes in by either, as packets go: a box and the world beside it, in networks of their own.
cat >"$there/world" <<'EOF'
import socket, sys, threading, time
# From there, to that port: from home, from outside.
tcp = {22: "oc", 80: "oc", 143: "oc", 443: "oc", 993: "oc", 8443: "oc", 25: "cc", 9925: "cc"}
udp = {33445: "oo", 33545: "oo", 5353: "oc", 5000: "cc"}
places = [("192.168.5.2", "192.168.5.1", 0), ("203.0.113.2", "203.0.113.1", 1), ("fd00:5::2", "fd00:5::1", 0), ("2001:db8:5::2", "2001:db8:5::1", 1)]
family = lambda address: socket.AF_INET6 if ":" in address else socket.AF_INET
def serve(kind, port, bound):
    s = socket.socket(socket.AF_INET6, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("::", port))
    if kind == socket.SOCK_STREAM: s.listen()
    bound.release()
    while True:
        if kind == socket.SOCK_STREAM: s.accept()[0].sendall(b"hello")
        else: s.sendto(*s.recvfrom(100))
def serve_all(doors):
    bound = threading.Semaphore(0)
    for kind, port in doors: threading.Thread(target=serve, args=(kind, port, bound), daemon=True).start()
    for _ in doors: bound.acquire()
    print("ready", flush=True)
def ask(kind, source, to, port, wait):
    s = socket.socket(family(to), kind)
    s.settimeout(wait)
    if source: s.bind((source, 0))
    try:
        s.connect((to, port))
        if kind == socket.SOCK_DGRAM: s.send(b"hello")
        return "o" if s.recv(5) == b"hello" else "?"
    except OSError: return "c"
def compare(rows):
    wrong = []
    def one(name, expected, *args):
        # What is open is waited for, what is closed cannot be.
        if ask(*args, 20 if expected == "o" else 0.7) != expected: wrong.append(f"{name}: not {expected}")
    threads = [threading.Thread(target=one, args=row) for row in rows]
    for t in threads: t.start()
    for t in threads: t.join()
    print("\n".join(sorted(wrong)))
# A router asks which groups are listened to (IGMPv2, RFC 2236), in each of these: the box names that of multicast DNS, or switches keep it from it.
group = socket.inet_aton("224.0.0.251")
def ask_groups():
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    heard.bind(("world", 0x0800))
    heard.settimeout(0.5)
    router = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
    router.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("192.168.5.2"))
    # Router Alert, as all of these have it.
    router.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b"\x94\x04\x00\x00")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        router.sendto(bytes([0x11, 1, 0xee, 0xfe, 0, 0, 0, 0]), ("224.0.0.1", 0))
        try:
            while True:
                packet = heard.recv(100)
                said = packet[(packet[0] & 15) * 4:]
                if packet[9] == socket.IPPROTO_IGMP and said[0] == 0x16 and said[4:8] == group: return
        except TimeoutError: pass
    print("the router hears of no group")
both = {**{(socket.SOCK_STREAM, p): w for p, w in tcp.items()}, **{(socket.SOCK_DGRAM, p): w for p, w in udp.items()}}
outside = [(socket.SOCK_STREAM, 587), (socket.SOCK_DGRAM, 53), (socket.SOCK_DGRAM, 123)]
match sys.argv[1]:
    case "box":
        member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + socket.inet_aton("192.168.5.1"))
        serve_all(both)
        threading.Event().wait()
    case "world": serve_all(outside); threading.Event().wait()
    case "from-world": compare([(f"{s} to {k.name} {p}", w[who], k, s, to, p) for s, to, who in places for (k, p), w in both.items()]); ask_groups()
    case "from-box": compare([(f"to {s} {k.name} {p}", "o", k, None, s, p) for s, *_ in places for k, p in outside])
EOF
cat >"$there/ask-packets" <<'END'
set -e
here=$1
ip link set lo up
unshare --net sleep 60 &
world=$!
trap 'kill $world $servers' EXIT
until [ "$(readlink /proc/$world/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add box type veth peer name world netns $world
for end in 1 2; do
    enter=()
    name=box
    [ $end = 1 ] || { enter=(nsenter -t $world --net) name=world; }
    for address in 192.168.5.$end/24 203.0.113.$end/24 fd00:5::$end/64 2001:db8:5::$end/64; do
        case $address in *:*) flags=nodad ;; *) flags= ;; esac
        "${enter[@]}" ip address add $address dev $name $flags
    done
    "${enter[@]}" ip link set $name up
done
mkfifo "$here/ready"
python3 "$here/world" box >"$here/ready" & servers=$!
read -r _ <"$here/ready"
nsenter -t $world --net python3 "$here/world" world >"$here/ready" & servers="$servers $!"
read -r _ <"$here/ready"
rm "$here/ready"
for rules in nftables nftables-plain; do
    nft -f overlay/etc/$rules.conf
    nsenter -t $world --net python3 "$here/world" from-world | sed "s/^./$rules: &/"
    python3 "$here/world" from-box | sed "s/^./$rules: &/"
done
END
is "who comes in" "$("${rights[@]}" bash "$there/ask-packets" "$there" 2>&1 | grep .)" ""

# A boot partition after a power cut: marked as not in order, with a piece of a file that nobody owns, and one whose length is wrong. It is put
# in order, not formatted, and the piece, which may be of a password, is erased.
export PATH=$PATH:/usr/sbin:/sbin
cat >"$there/bin/mount" <<'EOF'
#!/bin/sh
echo "$*" >"${0%/*}/../mounted"
for last in "$@"; do device=$folder; folder=$last; done
mcopy -n -i "$device" "::*" "$folder/"
EOF
chmod 0755 "$there/bin/mount"
truncate -s 4M "$there/fat"
mkfs.fat -F 16 -s 1 -S 512 -n TOXMAIL "$there/fat" >/dev/null
words "B A" 3 3 >"$there/words"
for name in lost.txt toxmail.env long.txt; do
    case $name in
        lost.txt) printf 'anna\nspring rain 7\n' ;;
        toxmail.env) cat "$there/words" ;;
        long.txt) head -c 700 /dev/zero | tr '\000' x ;;
    esac | mcopy -i "$there/fat" - "::$name"
done
python3 - "$there/fat" <<'EOF'
import struct, sys
with open(sys.argv[1], "r+b") as card:
    head = card.read(512)
    reserved, copies, entries, size = (struct.unpack_from(f, head, at)[0] for f, at in (("<H", 14), ("B", 16), ("<H", 17), ("<H", 22)))
    for copy in range(copies):
        at = (reserved + copy * size) * 512
        card.seek(at + 2)
        # FAT[1], its highest bit: whoever mounted it has not unmounted it.
        card.write(struct.pack("<H", 0x7FFF))
    root = (reserved + copies * size) * 512
    card.seek(root)
    table = bytearray(card.read(entries * 32))
    for at in range(0, len(table), 32):
        name = bytes(table[at:at + 11])
        if name == b"LOST    TXT": table[at] = 0xE5
        if name == b"LONG    TXT": table[at + 28:at + 32] = struct.pack("<I", 7000)
    card.seek(root)
    card.write(table)
    # Linux marks it here (linux/msdos_fs.h, FAT_STATE_DIRTY).
    card.seek(37)
    card.write(b"\x01")
EOF
if fsck.fat -n "$there/fat" >"$there/fsck" 2>&1; then is "the spoilt partition" "in order" "not"; fi
grep -qi dirty "$there/fsck" || is "the mark" "$(cat "$there/fsck")" "Dirty bit is set"
clear "$there/boot"
shell=dash run boot-partition "$there/fat"
fsck.fat -n "$there/fat" >"$there/fsck" 2>&1 || is "the partition" "$(cat "$there/fsck")" "in order"
mdir -b -i "$there/fat" :: | grep -qi fsck || is "the piece" "$(mdir -b -i "$there/fat" ::)" "found"
is "its files" "$(names "$there/boot" | tr '[:upper:]' '[:lower:]')" "long.txt toxmail.env"
is "the words" "$(cat "$there/boot/toxmail.env")" "$(cat "$there/words")"
is "what was whole of the other one" "$(tr -dc x <"$there/boot/long.txt" | wc -c)" 700
is "how it is mounted" "$(cut -d ' ' -f 4 "$there/mounted")" "rw,sync,nosuid,nodev,noexec,noatime,uid=0,gid=0,umask=0077"

# An update is signed for the certificate that the image has in it, and for no other.
for who in ours theirs; do board/keys "$there/keys-$who" >/dev/null 2>&1; done
mkdir -p "$there/images" "$there/root/etc"
head -c 100000 /dev/urandom | tee "$there/images/kernel.vfat" >"$there/root/content"
# make_bundle WHOSE-KEY: for the image as it is.
make_bundle() {
    UPDATE_CERT=$there/keys-$1/development.crt UPDATE_KEY=$there/keys-$1/development.key board/bundle "$there/images" virt_64 9.9.9 >"$there/said" 2>&1
}
pack_image() { mksquashfs "$there/root" "$there/images/rootfs.squashfs" -quiet -no-progress -noappend >/dev/null; }
pack_image
if make_bundle ours; then is "an update of an image without a certificate" made refused; fi
is "why" "$(grep -c 'no etc/toxmail-updates.pem' "$there/said")" 1
cp "$there/keys-ours/development.crt" "$there/root/etc/toxmail-updates.pem"
pack_image
make_bundle ours || is "an update of ours" "$(cat "$there/said")" made
is "what was made" "$(cat "$there/said")" "$there/images/toxmail-virt_64-9.9.9.raucb"
if make_bundle theirs; then is "an update that no such box takes" made refused; fi
is "what is left of it" "$(find "$there/images" -name '*.raucb')" ""
UPDATE_KEYRING=$there/keys-theirs/development.crt make_bundle theirs || is "for boxes of theirs" "$(cat "$there/said")" made

[ $failed = 0 ] && echo "the box's scripts are in order"
exit $failed
