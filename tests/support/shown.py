"""What mail programs make of the headers of messages: Python's two readers, as JSON.

Standard input: one path a line. Standard output: one object a message, {"FIELD": [[name, address], …], …}, of the fields that
are shown as the writer or answered to, in both of Python's ways (the modern policy, and the one for old programs), and
"defects", what the modern one complains of, and "body", the bytes behind the header section in Latin-1.
"""

import email
import email.header
import email.policy
import email.utils
import json
import sys

FIELDS = [
    "From", "Sender", "Author", "Original-From", "Reply-To", "Mail-Reply-To",
    "Resent-From", "Resent-Sender", "Resent-Reply-To",
    "Disposition-Notification-To", "Return-Receipt-To", "X-Confirm-Reading-To",
    # No program of today writes or heeds these, and whoever looks at the source believes them.
    "Apparently-From", "X-Sender", "X-X-Sender", "X-Original-From", "X-Envelope-From", "Envelope-From", "X-From",
]


def decoded(value):
    parts = []
    for text, charset in email.header.decode_header(value):
        if isinstance(text, bytes):
            try:
                text = text.decode(charset or "latin-1", "replace")
            except LookupError:
                text = text.decode("latin-1")
        parts.append(text)
    return "".join(parts)


def shown(data):
    seen = {}
    modern = email.message_from_bytes(data, policy=email.policy.default)
    old = email.message_from_bytes(data)
    for field in FIELDS:
        pairs = []
        for value in modern.get_all(field, []):
            addresses = getattr(value, "addresses", None)
            if addresses is None:
                addresses = ()
                pairs += [list(pair) for pair in email.utils.getaddresses([str(value)])]
            pairs += [[a.display_name, a.addr_spec] for a in addresses]
        for value in old.get_all(field, []):
            pairs += [[decoded(name), address] for name, address in email.utils.getaddresses([str(value)])]
        seen[field] = pairs
    seen["defects"] = [type(d).__name__ for d in modern.defects]
    seen["body"] = data.partition(b"\r\n\r\n")[2].decode("latin-1")
    return seen


for line in sys.stdin:
    with open(line.rstrip("\n"), "rb") as file:
        print(json.dumps(shown(file.read())), flush=True)
