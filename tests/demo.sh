#!/usr/bin/env bash
# `make demo`: a bootstrap node and two homes on loopback, in a network of their own. Anna writes to Bob with an ordinary
# mail program (curl, SMTP over TLS), the letter crosses Tox, Bob fetches it with POP3 over TLS, and the bytes are compared.
# Exit code 0 only when they are equal. TOXMAILD names the program.
set -euo pipefail
cd "$(dirname "$0")/.."
toxmaild=$(realpath "${TOXMAILD:-${CARGO_TARGET_DIR:-target}/release/toxmaild}")

if [ -z "${DEMO_INSIDE:-}" ]; then
    export DEMO_INSIDE=1
    if unshare --net true 2>/dev/null; then exec unshare --net "$0" "$@"; fi
    if unshare --map-root-user --net true 2>/dev/null; then exec unshare --map-root-user --net "$0" "$@"; fi
    echo "(a network of its own is not allowed here; using this machine's loopback)"
fi
ip link set lo up 2>/dev/null || true

work=$(mktemp -d)
processes=()
finish() {
    local code=$?
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    for process in "${processes[@]}"; do wait "$process" 2>/dev/null || true; done
    if [ $code != 0 ]; then
        for log in "$work"/*.log; do
            printf '\n--- the end of %s\n' "$(basename "$log")"
            tail -n 25 "$log"
        done
        echo "The demonstration failed."
    fi
    rm -rf "$work"
    exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

begin=${EPOCHREALTIME/[.,]/}
step() {
    local now=$((${EPOCHREALTIME/[.,]/} - begin))
    printf '%3d.%02d s  %s\n' $((now / 1000000)) $((now % 1000000 / 10000)) "$*"
}
# wait_for WHAT SECONDS COMMAND…: looks again and again until the command succeeds.
wait_for() {
    local what=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" 2>/dev/null; do
        [ $SECONDS -lt $end ] || { echo "waited in vain for $what"; return 1; }
        sleep 0.02
    done
}
home() { local name=$1; shift; "$toxmaild" --data "$work/$name" "$@"; }
# The first text under a key in JSON on standard input.
text() {
    local all
    all=$(sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p')
    echo "${all%%$'\n'*}"
}
port() { tr ',' '\n' <"$work/$1/ports.json" | text "$2" | sed 's/.*://'; }
# talk HOME SERVICE SCHEME PATH CURL-OPTION…
talk() {
    local name=$1 number
    number=$(port "$1" "$2")
    curl --silent --show-error --noproxy '*' --max-time 60 --cacert "$work/$name/tls/ca.pem" \
        --resolve "toxmail.local:$number:127.0.0.1" "$3://toxmail.local:$number/$4" "${@:5}"
}
body() { LC_ALL=C sed '1,/^\r$/d' "$1"; }

# --- the Tox network of this demonstration
RUST_LOG=warn "$toxmaild" bootstrap-node --port 33400 --data "$work/node" >"$work/node.out" 2>"$work/node.log" &
processes+=($!)
node_key() { grep -oE '\b[0-9A-Fa-f]{64}\b' "$work/node.out" | head -n 1 | grep .; }
wait_for "the bootstrap node" 20 node_key >/dev/null
key=$(node_key)
step "a bootstrap node runs on loopback: ${key:0:16}…"

# --- two homes
for pair in "anna:Garden Street 5" "bob:Mill Lane 2"; do
    name=${pair%%:*}
    mkdir -m 700 "$work/$name"
    cat >"$work/$name/toxmail.toml" <<TOML
[home]
name = "${pair#*:}"
main_mailbox = "$name"
[listen]
submission = ""
submissions = "127.0.0.1:0"
imap = ""
imaps = ""
pop3 = ""
pop3s = "127.0.0.1:0"
carddav = ""
http = ""
https = ""
metrics = ""
[tox]
local_discovery = false
bootstrap = [ { host = "127.0.0.1", port = 33400, key = "$key", tcp_ports = [33400] } ]
TOML
    echo "secret of $name" | home "$name" member add "$name" --json >/dev/null
    "$toxmaild" run --data "$work/$name" >"$work/$name.log" 2>&1 &
    processes+=($!)
done
for name in anna bob; do
    ready() { [ -s "$work/$name/ports.json" ] && home "$name" status --json >/dev/null; }
    wait_for "the home of $name" 30 ready
    step "the home of $name is ready: SMTP on port $(port "$name" submissions), POP3 on port $(port "$name" pop3s)"
done

# --- an invitation makes them contacts
link=$(home anna invite --json | text link)
step "Anna's home makes an invitation: ${link:0:24}…"
home bob invite accept "$link" --json >/dev/null
step "Bob's home accepts it"
connected() { home "$1" contact list --json | tr -d ' \n' | grep -q '"state":"connected"'; }
wait_for "the two homes to find each other" 120 connected anna
wait_for "the two homes to find each other" 120 connected bob
step "they have found each other over Tox"

# --- a letter with an attachment
head -c 1000000 /dev/urandom >"$work/picture"
bob=bob@$(home bob status --json | text address_suffix | sed 's/^@//')
{
    cat <<LETTER
From: Anna <anna@toxmail.local>
To: Bob <$bob>
Subject: The garden in June
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=demo="

--=demo=
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear Bob, here is the picture: schöne Grüße.
.
..and a line that begins with dots.

--=demo=
Content-Type: image/jpeg; name="garden.jpeg"
Content-Disposition: attachment; filename="garden.jpeg"
Content-Transfer-Encoding: base64

LETTER
    base64 -w 76 "$work/picture"
    echo "--=demo=--"
} | sed 's/$/\r/' >"$work/sent"
step "Anna writes to ${bob:0:20}….tox, $(($(wc -c <"$work/sent") / 1000)) kB with the attachment"

sent=${EPOCHREALTIME/[.,]/}
talk anna submissions smtps anna-laptop --user "anna:secret of anna" \
    --mail-from anna@toxmail.local --mail-rcpt "$bob" --upload-file "$work/sent"
step "her home has it on its disk (250, $(((${EPOCHREALTIME/[.,]/} - sent) / 1000)) ms)"
accepted=${EPOCHREALTIME/[.,]/}
filed() { [ -n "$(ls "$work/bob/mail/bob/Maildir/new")" ]; }
wait_for "the letter" 60 filed
step "Bob's home has it on its disk ($(((${EPOCHREALTIME/[.,]/} - accepted) / 1000)) ms later)"
empty() { home anna status --json | grep -qE '"queue": *0\b'; }
wait_for "the receipt" 30 empty
step "Anna's home has the receipt and forgets the letter"

talk bob pop3s pop3s 1 --user "bob:secret of bob" --output "$work/fetched"
step "Bob fetches it with POP3"
LC_ALL=C sed '/^\r$/q' "$work/fetched" | grep -iE '^(from|to|subject|date):' | tr -d '\r' | cut -c 1-96 | sed 's/^/             /'

# --- the proof
before=$(body "$work/sent" | sha256sum | cut -d ' ' -f 1)
after=$(body "$work/fetched" | sha256sum | cut -d ' ' -f 1)
step "the body as written  SHA-256 $before"
step "the body as fetched  SHA-256 $after"
[ "$before" = "$after" ] || { echo "They differ."; exit 1; }
step "equal, byte for byte"
