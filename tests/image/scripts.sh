#!/usr/bin/env bash
# The box's own scripts at work, under busybox as on the box, in a folder that stands in for it: the two systems' tries, and the files that
# somebody left on the boot partition.
set -euo pipefail
cd "$(dirname "$0")/../.."
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
failed=0
# is WHAT FOUND EXPECTED
is() { [ "$2" = "$3" ] || { echo "$1: \"$2\", not \"$3\"" >&2; failed=1; }; }
mkdir -p "$there"/{scripts,boot,data/box,data/toxmail/mail,data/update/inbox,bin,etc,run}
for script in overlay/usr/lib/toxmail/*; do
    sed -e "s|/usr/lib/toxmail/|$there/scripts/|g" -e "s|^boot=.*|boot=$there/boot|" -e "s|^data=.*|data=$there/data|" \
        -e "s|^home=.*|home=$there/data/toxmail|" -e "s|^box=.*|box=$there/data/box|" -e "s|^updates=.*|updates=$there/data/update|" -e "s|^inbox=.*|inbox=$there/data/update/inbox|" \
        -e "s|/etc/toxmail-|$there/etc/toxmail-|g" -e "s|/run/|$there/run/|g" -e "s|chown root:root|true|" -e "s|modprobe|true|" -e "s|sleep 600|sleep 1|" -e "s|^\( *\)reboot\$|\1$there/bin/reboot|" -e "s|^daemon=.*|daemon=$there/bin/toxmaild|" \
        -e "s|/proc/cmdline|$there/cmdline|" -e "s|/usr/bin/setpriv|$there/bin/setpriv|" \
        -e "s|chown toxmail:toxmail|true|" -e "s|>/dev/kmsg|>>$there/kernel-log|" "$script" >"$there/scripts/${script##*/}"
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
run() { PATH="$there/bin:$PATH" busybox ash "$there/scripts/$1" "${@:2}"; }
slots() { run slots "$@"; }

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

# What Windows' editor has given a second ending works once, too; where the right name is there as well, that one counts.
printf 'anna\r\nsummer rain 8\r\n' >"$there/boot/password-reset.txt.txt"
rm "$there/boot/password-reset-problem.txt"
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

# As if it were new, when it is said in full.
echo letter >"$there/data/toxmail/mail/letter"
echo yes >"$there/boot/factory-reset.txt"
run boot-files
is "a letter after a reset that was not meant" "$(cat "$there/data/toxmail/mail/letter")" letter
echo 'erase everything' >"$there/boot/factory-reset.txt.txt"
run boot-files
is "what is left after a reset" "$(cd "$there/data" && find . -mindepth 1 | LC_ALL=C sort | xargs)" "./box ./toxmail"
is "the reset happens once" "$(find "$there/boot" -name 'factory-reset*')" ""

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
state() { sed -n "s/^$1=//p" "$there/data/update/state"; }
# hand_in WORD CONTENT: as the home does; then the service has its turn, until it says how that ended or starts the machine anew.
hand_in() {
    echo "$2" >"$there/data/update/inbox/bundle"
    echo "$1" >"$there/data/update/inbox/ask"
    rm -f "$there/data/update/state" "$there/rebooted"
    (PATH="$there/bin:$PATH" exec busybox ash "$there/scripts/update" >/dev/null) &
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
hand_in older "signed toxmail-virt_64 0.9.9"
is "an older update that is asked for" "$(state phase) $(state version)" "trying 0.9.9"
is "the slots that RAUC knows" "$(grep -c -e '^bootname=[AB]$' -e '^bundle-formats=verity$' "$there/run/rauc.conf")" 3
# A link in the inbox leads nowhere.
ln -s "$there/etc/toxmail-release" "$there/data/update/inbox/bundle"
echo install >"$there/data/update/inbox/ask"
before=$(wc -l <"$there/rauc-asked")
(PATH="$there/bin:$PATH" exec busybox ash "$there/scripts/update") & service=$!
for _ in $(seq 100); do [ -e "$there/data/update/inbox/ask" ] || break; sleep 0.1; done
kill "$service"; wait "$service" 2>/dev/null || true
is "a link in the inbox" "$(wc -l <"$there/rauc-asked")" "$before"
# The next start: in the new system, it is on trial; the home answers, and it stays.
echo 'toxmail.slot=B' >"$there/cmdline"
run update begun
is "on trial" "$(ls "$there/run/toxmail-trial")" "$there/run/toxmail-trial"
run update confirmed
is "it stays" "$(state phase)" installed
run update begun
is "a later start" "$(state phase) $(find "$there/run" -name toxmail-trial)" "installed "
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

[ $failed = 0 ] && echo "the box's scripts are in order"
exit $failed
