//! What is asserted of every decoder, whatever the bytes: one room's targets a file, each an ordinary function
//! `NAME(data: &[u8])` that panics when an invariant does not hold.
//!
//! Two use them: the fuzzer (`make fuzz`, tests/fuzz/fuzz_targets), which looks for new inputs for as long as one likes,
//! and the smoke run of `make test` (tests/fuzz_smoke.rs), which tries the committed inputs and some thousand seeded
//! mutations of them.

// The fuzzer's binaries use one function each.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

pub mod address;
pub mod answers;
pub mod exchange;
pub mod header;
pub mod home;
pub mod letters;
pub mod pop3;
pub mod smtp;
pub mod store;
pub mod streams;
pub mod transfer;

/// A target and what the fuzzer may know of it.
pub struct Target {
    /// Its name: that of its folder in tests/fuzz/corpus and of its binary.
    pub name: &'static str,
    /// What it asserts.
    pub body: fn(&[u8]),
    /// Words that mutations are made of.
    pub tokens: &'static [&'static str],
}

/// Every target. A new one is added here, in tests/fuzz/Cargo.toml and as a file in tests/fuzz/fuzz_targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "addresses",
        body: address::addresses,
        tokens: ADDRESSES,
    },
    Target {
        name: "answers",
        body: answers::answers,
        tokens: &[
            "\r\n",
            "yes\r\n",
            "> no\r\n",
            "On Tue, Toxmail <a@b> wrote:\r\n",
            "-----Original Message-----\r\n",
            "-- \r\n",
            "<blockquote>",
            "</blockquote>",
            "<style",
            "Content-Type: text/html\r\n",
            "Content-Transfer-Encoding: base64\r\n",
            "Auto-Submitted: no\r\n",
        ],
    },
    Target {
        name: "mailboxes",
        body: address::mailboxes,
        tokens: ADDRESSES,
    },
    Target {
        name: "departure",
        body: header::departure,
        tokens: HEADERS,
    },
    Target {
        name: "arrival",
        body: header::arrival,
        tokens: HEADERS,
    },
    Target {
        name: "smtp",
        body: smtp::smtp,
        tokens: &[
            "\r\n",
            "\r\n.\r\n",
            "EHLO x\r\n",
            "MAIL FROM:<",
            "RCPT TO:<",
            ">\r\n",
            "DATA\r\n",
            "BDAT 3",
            " LAST\r\n",
            "RSET\r\n",
            "AUTH PLAIN ",
            "STARTTLS\r\n",
            "SIZE=9",
            "NOTIFY=",
            "ORCPT=rfc822;",
            "\n",
            "\0",
            "QUIT\r\n",
            "BODY=8BITMIME",
            "SMTPUTF8",
            "ENVID=",
        ],
    },
    Target {
        name: "pop3",
        body: pop3::pop3,
        tokens: &[
            "\r\n",
            "USER anna\r\n",
            "PASS x\r\n",
            "AUTH PLAIN ",
            "STLS\r\n",
            "LIST",
            "RETR 1\r\n",
            "TOP 1 0\r\n",
            "UIDL",
            "DELE 2\r\n",
            "RSET\r\n",
            "QUIT\r\n",
            "UTF8\r\n",
            "CAPA\r\n",
            " 4294967295",
            "\n",
            "\0",
        ],
    },
    Target {
        name: "lines",
        body: letters::lines,
        tokens: &["\r\n", ".", "\r\n.", "\r", "\n", "\r\n\r\n"],
    },
    Target {
        name: "frames",
        body: transfer::frames,
        tokens: &[
            "kind",
            "offer",
            "receipt",
            "directory",
            "told",
            "inline",
            "recipients",
            "versions",
        ],
    },
    Target {
        name: "exchange",
        body: exchange::exchange,
        tokens: &[],
    },
    Target {
        name: "streams",
        body: streams::streams,
        tokens: &[],
    },
    Target {
        name: "content",
        body: transfer::content,
        tokens: &["\u{28}\u{b5}\u{2f}\u{fd}", "AAAAAAAA"],
    },
    Target {
        name: "maildir",
        body: store::maildir,
        tokens: &[
            "INBOX",
            "/",
            "..",
            ".",
            "&-",
            "&AOk-",
            "\u{e9}",
            ":2,",
            ":2,RS",
            ".toxmail,S=",
            ",W=",
            ".T",
        ],
    },
    Target {
        name: "invitations",
        body: home::invitations,
        tokens: &[
            "tox:",
            "?toxmail=1",
            "&name=",
            "&token=",
            "%00",
            "%E2%80%AE",
            "+",
            "%3C",
        ],
    },
    Target {
        name: "requests",
        body: home::requests,
        tokens: &["toxmail-invitation:", "\n", "\u{202e}", "\u{0}", "<", "@"],
    },
    Target {
        name: "settings",
        body: home::settings,
        tokens: &[
            "[home]\n",
            "[listen]\n",
            "[tox]\n",
            "[limits]\n",
            "[queue]\n",
            "[relay]\n",
            "[gateway]\n",
            "\"\"",
            " = ",
            "\"[::]:0\"",
            "\"4h\"",
            "\"999999999999d\"",
            "18446744073709551615",
            "true",
            "[",
            "]",
        ],
    },
    Target {
        name: "nodes",
        body: home::nodes,
        tokens: &[
            "{\"nodes\":[",
            "]}",
            "[[bootstrap]]\n",
            "33445",
            "\"ipv4\":",
            "\"public_key\":",
            "tcp_ports",
            "NONE",
        ],
    },
    Target {
        name: "savedata",
        body: home::savedata,
        tokens: &["\u{1f}\u{1b}", "\u{ce}\u{1}"],
    },
    Target {
        name: "requests_of_the_operator",
        body: home::requests_of_the_operator,
        tokens: &[
            "\"command\":",
            "\"member add\"",
            "\"name\":",
            "\"password\":",
            "null",
            "\\u0000",
            "{",
            "}",
        ],
    },
];

const ADDRESSES: &[&str] = &[
    "@tox",
    "@toxmail.local",
    ".tox",
    "home",
    "postmaster",
    "anna",
    "+tag",
    "\"",
    "\\",
    "<",
    ">",
    "(",
    ")",
    ",",
    ";",
    ":",
    "@",
    "=?utf-8?Q?",
    "?=",
    "[IPv6:",
    "]",
    "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042",
    "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dyp55ln655qee",
    "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq",
];

const HEADERS: &[&str] = &[
    "From: ",
    "Sender: ",
    "To: ",
    "Cc: ",
    "Bcc: ",
    "Reply-To: ",
    "Resent-From: ",
    "Resent-Sender: ",
    "Received: ",
    "X-Toxmail-Hops: 9",
    "X-Toxmail-Path: ",
    "Authentication-Results: ",
    "Return-Path: ",
    "Date: ",
    "Message-ID: ",
    "User-Agent: ",
    "\r\n",
    "\r\n ",
    "\r\n\r\n",
    "anna@toxmail.local",
    "oma@tox",
    "support@bank.example",
    "paul@work.example",
    "<",
    ">",
    ",",
    "(",
    ")",
    "\"",
    ";",
    ":",
    "=?utf-8?Q?",
    "?=",
    "home@",
    ".tox",
    "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042@tox",
    "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dyp55ln655qee.tox",
    "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq.tox",
];
