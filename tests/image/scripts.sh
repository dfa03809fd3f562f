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
mkdir -p "$there"/{scripts,boot,data/box,data/toxmail/mail,bin}
for script in overlay/usr/lib/toxmail/*; do
    sed -e "s|/usr/lib/toxmail/|$there/scripts/|g" -e "s|^boot=.*|boot=$there/boot|" -e "s|^data=.*|data=$there/data|" \
        -e "s|^home=.*|home=$there/data/toxmail|" -e "s|^box=.*|box=$there/data/box|" -e "s|^daemon=.*|daemon=$there/bin/toxmaild|" \
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

[ $failed = 0 ] && echo "the box's scripts are in order"
exit $failed
