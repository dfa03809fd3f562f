"""Python's imaplib as a mail program: everything it can say is said, and every answer looked at.

imap_programs.py WAY HOST PORT CA.PEM LOGIN PASSWORD: WAY is tls or starttls; the mailbox is empty.
"""

import imaplib
import re
import ssl
import sys

way, host, port, authority, login, password = sys.argv[1:]
trust = ssl.create_default_context(cafile=authority)
if way == "tls":
    box = imaplib.IMAP4_SSL(host, int(port), ssl_context=trust, timeout=60)
else:
    box = imaplib.IMAP4(host, int(port), timeout=60)
    box.starttls(trust)


def ok(answer):
    kind, data = answer
    assert kind == "OK", answer
    return data


def letter(number):
    return (
        f"From: anna@example.org\r\nTo: ben@example.org\r\nSubject: number {number}\r\nMessage-ID: <{number}@example.org>\r\n"
        f"Date: Wed, 25 Nov 2026 10:00:{number:02} +0000\r\n\r\nThis is letter {number}.\r\nGr\u00fc\u00dfe\r\n"
    ).encode()


ok(box.login(login, password))
box._get_capabilities()  # by itself it keeps those of before the login
assert "IDLE" in box.capabilities and "UIDPLUS" in box.capabilities, box.capabilities
assert ok(box.noop()) is not None
ok(box.create('"Work stuff"'))
names = [line.decode() for line in ok(box.list())]
assert any("Work stuff" in name for name in names), names
assert any(re.search(r"\\Trash\b.*Trash", name) for name in names), names
for number in range(20):
    ok(box.append('"Work stuff"', r"(\Flagged)" if number % 5 == 0 else None, None, letter(number)))
assert ok(box.select('"Work stuff"')) == [b"20"]
assert ok(box.search(None, "FLAGGED")) == [b"1 6 11 16"]
assert ok(box.search(None, "SUBJECT", '"number 1"')) == [b"2 11 12 13 14 15 16 17 18 19 20"]
assert ok(box.search("UTF-8", "ALL")) == [b" ".join(b"%d" % n for n in range(1, 21))]
for number in (0, 7, 19):
    (head, body), _ = ok(box.fetch(str(number + 1), "(RFC822.SIZE BODY.PEEK[])"))
    assert body == letter(number), body
    assert b"RFC822.SIZE %d" % len(body) in head, head
assert b"\\Seen" in ok(box.store("2", "+FLAGS", r"(\Seen $label1)"))[0]
uids = ok(box.uid("SEARCH", None, "KEYWORD", "$label1"))[0]
assert b"$label1" in ok(box.uid("FETCH", uids.decode(), "FLAGS"))[0]
ok(box.copy("1:3", "INBOX"))
ok(box.uid("MOVE", uids.decode(), "Archive"))
assert box.response("EXPUNGE") == ("EXPUNGE", [b"2"])
assert b"MESSAGES 1" in ok(box.status("Archive", "(MESSAGES)"))[0]
ok(box.store("1:4", "+FLAGS.SILENT", r"(\Deleted)"))
assert len(ok(box.expunge())) == 4
assert ok(box.select("INBOX")) == [b"3"]
assert ok(box.sort("(REVERSE DATE)", "UTF-8", "ALL")) == [b"3 2 1"]
assert ok(box.thread("REFERENCES", "UTF-8", "ALL"))[0].replace(b" ", b"") == b"(1)(2)(3)"
ok(box.close())
ok(box.subscribe('"Work stuff"'))
assert any(b"Work stuff" in line for line in ok(box.lsub()))
ok(box.unsubscribe('"Work stuff"'))
ok(box.rename('"Work stuff"', "Play"))
assert ok(box.select("Play", readonly=True)) == [b"15"]
ok(box.unselect())
ok(box.delete("Play"))
assert box.select("Play")[0] == "NO"
assert b"" in ok(box.namespace())[0]
quota = ok(box.getquotaroot("INBOX"))
assert quota, quota
kind, _ = box.enable("UTF8=ACCEPT") if "UTF8=ACCEPT" in box.capabilities else ("OK", None)
assert kind == "OK"
assert box.logout()[0] == "BYE"
try:
    again = imaplib.IMAP4_SSL(host, int(port), ssl_context=trust, timeout=60) if way == "tls" else None
    if again:
        again.login(login, "not " + password)
        sys.exit("it took a wrong password")
except imaplib.IMAP4.error as error:
    assert "AUTHENTICATIONFAILED" in str(error), error
print("done")
