//! What a writer is told by mail, on whole homes: that a letter waits and why, that it came back and what to do, that it is
//! on the other disk; what they asked to be told and nothing else. The machine's part is read by an independent reader.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use client::Line;
use home::{Home, Node, Plan, nobody, pair, wait_for};
use serde_json::Value;

const ANNA: &str = "anna@toxmail.local";
/// More than Bob's mailbox may hold.
const TOO_MUCH: usize = 200_000;

/// Anna's home, which gives up quickly once it is told to, and Bob's, whose mailboxes are small.
struct Street {
    garden: Home,
    mill: Home,
    _node: Node,
}

fn street() -> Street {
    let node = Node::start("127.0.0.1", 33400);
    let start = |name: &str, plan: Plan| {
        let mut home = Home::new(name, plan);
        home.start();
        home
    };
    let tox = ("tox", format!("bootstrap = [ {} ]", node.entry));
    let garden = Plan {
        settings: vec![tox.clone(), ("home", "language = \"en\"".into())],
        members: vec!["anna"],
        ..Plan::default()
    };
    let mill = Plan {
        settings: vec![tox, ("limits", format!("quota_bytes = {}", TOO_MUCH / 2))],
        members: vec!["bob"],
        ..Plan::default()
    };
    let (garden, mill) = (start("garden", garden), start("mill", mill));
    pair(&garden, &mill);
    Street {
        garden,
        mill,
        _node: node,
    }
}

impl Street {
    /// Writes other settings and tells the home, as an operator does.
    fn set(&self, table: &str, lines: &str) {
        let path = self.garden.path().join("toxmail.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let heading = format!("[{table}]\n");
        let at = text.find(&heading).unwrap() + heading.len();
        let (section, rest) = text[at..].split_once("\n\n").unwrap_or((&text[at..], ""));
        let key = |line: &str| line.split('=').next().unwrap().trim().to_owned();
        let new: Vec<String> = lines.lines().map(key).collect();
        let kept: String = section
            .lines()
            .filter(|line| !new.contains(&key(line)))
            .map(|line| format!("{line}\n"))
            .collect();
        let text = format!("{}{kept}{lines}\n\n{rest}", &text[..at]);
        std::fs::write(&path, text).unwrap();
        let read_before = self
            .garden
            .log()
            .matches("configuration read again")
            .count();
        let pid = rustix::process::Pid::from_raw(self.garden.pid() as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
        wait_for("the settings", Duration::from_secs(60), || {
            (self
                .garden
                .log()
                .matches("configuration read again")
                .count()
                > read_before)
                .then_some(())
        });
    }

    fn anna(&self) -> Line {
        client::submission(self.garden.address("submissions"), "anna", "secret-anna").unwrap()
    }

    /// Anna's letter with that name, of so many bytes or more, to one recipient with these wishes.
    fn write(&self, line: &mut Line, name: &str, to: &str, wishes: &str, bytes: usize) -> Vec<u8> {
        self.write_from(line, &format!("<{ANNA}>"), name, to, wishes, bytes)
    }

    fn write_from(
        &self,
        line: &mut Line,
        from: &str,
        name: &str,
        to: &str,
        wishes: &str,
        bytes: usize,
    ) -> Vec<u8> {
        let mut letter =
            format!("From: Anna <{ANNA}>\r\nTo: {to}\r\nSubject: {name}\r\nMessage-ID: <{name}@test>\r\n\r\nDear reader,\r\n")
                .into_bytes();
        let mut state = 1_u64;
        while letter.len() < bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            letter.extend_from_slice(format!("{state:016x}\r\n").as_bytes());
        }
        let ok = |reply: String| assert!(reply.starts_with("250"), "{name}: {reply}");
        ok(line.say(&format!("MAIL FROM:{from} ENVID={name}")).unwrap());
        ok(line.say(&format!("RCPT TO:<{to}>{wishes}")).unwrap());
        assert!(line.say("DATA").unwrap().starts_with("354"));
        line.send(&[&letter[..], b".\r\n"].concat()).unwrap();
        ok(line.reply().unwrap());
        letter
    }

    /// The notices in anna's mailbox about the letter with that name, oldest first.
    fn notices(&self, name: &str) -> Vec<Notice> {
        let about = format!("\r\nIn-Reply-To: <{name}@test>\r\n").into_bytes();
        let files = self.garden.letter_files("anna");
        let mut notices: Vec<(std::time::SystemTime, Notice)> = files
            .iter()
            .filter_map(|file| {
                let bytes = std::fs::read(file).ok()?;
                let is_about = bytes.windows(about.len()).any(|w| w == about);
                let when = std::fs::metadata(file).ok()?.modified().ok()?;
                is_about.then(|| (when, Notice::read(bytes)))
            })
            .collect();
        notices.sort_by_key(|(when, _)| *when);
        notices.into_iter().map(|(_, notice)| notice).collect()
    }

    #[track_caller]
    fn notice(&self, name: &str) -> Notice {
        wait_for(
            &format!("a notice about {name}"),
            Duration::from_secs(60),
            || self.notices(name).pop(),
        )
    }
}

/// A notice as Python's `email` reads it.
struct Notice {
    bytes: Vec<u8>,
    read: Value,
}

/// Every notice has these, whatever it tells.
impl Notice {
    fn read(bytes: Vec<u8>) -> Self {
        let mut python = Command::new("python3")
            .args(["-c", READER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        python.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = python.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let read: Value = serde_json::from_slice(&output.stdout).expect(&text);
        assert_eq!(read["defects"], serde_json::json!([]), "{text}");
        assert_eq!(read["Return-Path"], "<>", "{text}");
        assert_eq!(read["Auto-Submitted"], "auto-replied", "{text}");
        assert_eq!(read["From"], "Toxmail <postmaster@toxmail.local>");
        assert_eq!(read["To"], ANNA);
        assert_eq!(read["type"], "multipart/report", "{text}");
        assert_eq!(read["report-type"], "delivery-status", "{text}");
        assert_eq!(read["parts"][0], "text/plain", "{text}");
        assert_eq!(read["parts"][1], "message/delivery-status", "{text}");
        Self { bytes, read }
    }

    fn text(&self) -> &str {
        self.read["text"].as_str().unwrap()
    }

    /// A field of the one recipient's part of the status.
    fn status(&self, field: &str) -> &str {
        assert_eq!(
            self.read["status"].as_array().unwrap().len(),
            2,
            "{}",
            self.read
        );
        self.read["status"][1][field].as_str().unwrap_or("")
    }

    #[track_caller]
    fn tells(&self, name: &str, action: &str, status: &str, words: &[&str]) {
        let read = &self.read;
        assert_eq!(self.status("Action"), action, "{name}: {read}");
        assert_eq!(self.status("Status"), status, "{name}: {read}");
        assert_eq!(read["status"][0]["Original-Envelope-Id"], name, "{read}");
        assert_eq!(
            read["status"][0]["Reporting-MTA"], "dns; toxmail.local",
            "{read}"
        );
        for word in words {
            assert!(
                self.text().contains(word),
                "{name}: {word} in {}",
                self.text()
            );
        }
    }

    /// The letter comes along as it was, whole or its header section alone.
    #[track_caller]
    fn carries(&self, kind: &str, bytes: &[u8]) {
        assert_eq!(self.read["parts"][2], kind, "{}", self.read);
        assert!(
            self.bytes.windows(bytes.len()).any(|w| w == bytes),
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
    }
}

/// A notice on standard input, what is in it as JSON on standard output.
const READER: &str = r#"
import email, email.policy, json, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = message.get_payload()
def whole(part):
    return part.get_content() if part.get_content_type() == "text/plain" else ""
told = {name: message[name] for name in ("Return-Path", "Auto-Submitted", "From", "To", "Subject")}
told["type"] = message.get_content_type()
told["report-type"] = message.get_param("report-type")
told["parts"] = [part.get_content_type() for part in parts]
told["text"] = whole(parts[0])
told["status"] = [dict(block.items()) for block in parts[1].get_payload()]
told["defects"] = [str(d) for part in message.walk() for d in part.defects]
json.dump(told, sys.stdout)
"#;

#[test]
fn writers_are_told_what_they_need_to_know() {
    netns::enter_loopback_namespace();
    let mut street = street();
    deliveries_and_refusals_are_told_as_wished(&street);
    waiting_and_giving_up_are_told_as_wished(&mut street);
    a_removed_contacts_letters_go_back(&street);
    notices_speak_the_homes_language(&street);
}

fn deliveries_and_refusals_are_told_as_wished(street: &Street) {
    let bob = street.mill.canonical("bob");
    let unknown = street.mill.canonical("bert");
    let mut line = street.anna();
    let short = |line: &mut Line, name: &str, to: &str, wishes: &str| {
        street.write(line, name, to, wishes, 0)
    };
    let success = short(
        &mut line,
        "success",
        &bob,
        " NOTIFY=SUCCESS ORCPT=rfc822;bob+40example.org@b",
    );
    short(&mut line, "quiet", &bob, "");
    let failure = short(&mut line, "failure", &unknown, "");
    short(&mut line, "never", &unknown, " NOTIFY=NEVER");
    short(&mut line, "only-delay", &unknown, " NOTIFY=DELAY");
    street.write_from(&mut line, "<>", "null-sender", &unknown, "", 0);
    let both = " NOTIFY=SUCCESS,FAILURE";
    let second = short(&mut line, "both", &unknown, both);

    let notice = street.notice("success");
    notice.tells(
        "success",
        "delivered",
        "2.0.0",
        &["delivered. It is on their disk."],
    );
    assert_eq!(
        notice.status("Original-Recipient"),
        "rfc822; bob@example.org@b"
    );
    assert_eq!(notice.status("Final-Recipient"), format!("rfc822; {bob}"));
    assert_eq!(notice.read["Subject"], "Delivered: success");
    let head = success.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    notice.carries("text/rfc822-headers", &success[..head]);

    let notice = street.notice("failure");
    let words = [
        "did NOT get it.",
        "there is no mailbox of that name. [5.1.1 their home says: nobody in this home has that name]",
        "check the address, and send it again.",
        "Your message is attached",
    ];
    notice.tells("failure", "failed", "5.1.1", &words);
    assert_eq!(
        notice.status("Diagnostic-Code"),
        "x-toxmail; their home says: nobody in this home has that name"
    );
    assert_eq!(notice.read["Subject"], "Not delivered: failure");
    notice.carries("message/rfc822", &failure);
    let notice = street.notice("both");
    notice.tells("both", "failed", "5.1.1", &[]);
    notice.carries("message/rfc822", &second);

    // Everything has ended: what has not been told by now never will be.
    wait_for("the queue to be empty", Duration::from_secs(30), || {
        street.garden.queue_is_empty().then_some(())
    });
    for name in ["quiet", "never", "only-delay", "null-sender"] {
        assert!(street.notices(name).is_empty(), "{name}");
    }
    assert_eq!(street.garden.letters("anna").len(), 3);
    assert_eq!(street.mill.letters("bob").len(), 2);
}

fn waiting_and_giving_up_are_told_as_wished(street: &mut Street) {
    let bob = street.mill.canonical("bob");
    let ghost = format!("{}@tox", nobody(7));
    street
        .garden
        .say(&["contact", "add", "Ghost", "--tox", &ghost])
        .unwrap();
    let mut line = street.anna();
    let full = street.write(&mut line, "full", &bob, "", TOO_MUCH);
    for (name, wishes) in [
        ("full-never", " NOTIFY=NEVER"),
        ("full-delay", " NOTIFY=DELAY"),
        ("full-failure", " NOTIFY=FAILURE"),
        ("full-success", " NOTIFY=SUCCESS"),
    ] {
        street.write(&mut line, name, &bob, wishes, TOO_MUCH);
    }
    street.write_from(&mut line, "<>", "full-null", &bob, "", TOO_MUCH);
    let away = street.write(&mut line, "away", &ghost, "", 0);
    // The other home has said no before the writer is told why.
    wait_for("the refusals", Duration::from_secs(30), || {
        let queue = street.garden.say(&["queue", "list"]).unwrap().to_string();
        (queue.matches("the mailbox is full").count() >= 6).then_some(())
    });

    street.set("queue", "delay_notice_after = \"1s\"");
    let mailbox_is_full =
        "their mailbox or their disk is full. [4.2.2 their home says: the mailbox is full";
    for name in ["full", "full-delay"] {
        let notice = street.notice(name);
        let words = [
            "has not got it yet.",
            mailbox_is_full,
            "You need not do anything",
        ];
        notice.tells(name, "delayed", "4.2.2", &words);
        assert!(!notice.status("Will-Retry-Until").is_empty());
        assert_eq!(notice.read["Subject"], format!("Still waiting: {name}"));
    }
    let notice = street.notice("away");
    notice.tells(
        "away",
        "delayed",
        "4.4.1",
        &["Ghost", "cannot be reached at the moment"],
    );

    // The home looks every second now, and at every start; the next notice is due tomorrow all the same.
    street.garden.stop();
    street.garden.start();
    street.set(
        "queue",
        "delay_notice_after = \"1s\"\nexpire_after = \"8s\"",
    );
    for (name, count, status, words) in [
        (
            "full",
            2,
            "4.2.2",
            [
                "their mailbox or their disk is full.",
                "ask them to make room",
                "8 s",
            ],
        ),
        (
            "full-failure",
            1,
            "4.2.2",
            [
                "their mailbox or their disk is full.",
                "ask them to make room",
                "8 s",
            ],
        ),
        (
            "away",
            2,
            "4.4.7",
            [
                "could not be reached in time",
                "ask them whether their box is switched on",
                "8 s",
            ],
        ),
    ] {
        let notice = wait_for(name, Duration::from_secs(60), || {
            let notice = street.notices(name).pop()?;
            (notice.status("Action") == "failed").then_some(notice)
        });
        notice.tells(name, "failed", status, &words);
        assert_eq!(street.notices(name).len(), count, "{name}: once a day");
        match name {
            "full" => notice.carries("message/rfc822", &full),
            "away" => notice.carries("message/rfc822", &away),
            _ => {}
        }
    }
    wait_for("the queue to be empty", Duration::from_secs(60), || {
        street.garden.queue_is_empty().then_some(())
    });
    for (name, count) in [
        ("full-never", 0),
        ("full-delay", 1),
        ("full-success", 0),
        ("full-null", 0),
    ] {
        assert_eq!(street.notices(name).len(), count, "{name}");
    }
    assert_eq!(
        street.mill.letters("bob").len(),
        2,
        "nothing of it was filed"
    );
    street.set(
        "queue",
        "delay_notice_after = \"4h\"\nexpire_after = \"30d\"",
    );
}

fn a_removed_contacts_letters_go_back(street: &Street) {
    let ghost = "ghost@tox";
    let mut line = street.anna();
    let letter = street.write(&mut line, "removed", ghost, "", 0);
    street.write(&mut line, "removed-never", ghost, " NOTIFY=NEVER", 0);
    street.garden.say(&["contact", "remove", "Ghost"]).unwrap();
    let notice = street.notice("removed");
    let words = [
        "removed or blocked in your own home",
        "add the contact again",
    ];
    notice.tells("removed", "failed", "5.4.4", &words);
    notice.carries("message/rfc822", &letter);
    wait_for("the queue to be empty", Duration::from_secs(30), || {
        street.garden.queue_is_empty().then_some(())
    });
    assert!(street.notices("removed-never").is_empty());

    // A word of the operator's is told, too.
    let ghost = format!("{}@tox", nobody(9));
    street.write(&mut line, "cancelled", &ghost, "", 0);
    let queue = street.garden.say(&["queue", "list"]).unwrap();
    let id = queue[0]["id"].to_string();
    street.garden.say(&["queue", "cancel", &id]).unwrap();
    let notice = street.notice("cancelled");
    notice.tells(
        "cancelled",
        "failed",
        "5.7.0",
        &["cancelled before it was delivered"],
    );
}

fn notices_speak_the_homes_language(street: &Street) {
    let unknown = street.mill.canonical("bert");
    for (language, subject, words) in [
        (
            "fr",
            "Non remis : francais",
            "pas de boîte aux lettres de ce nom",
        ),
        (
            "de",
            "Nicht zugestellt: deutsch",
            "es gibt kein Postfach dieses Namens",
        ),
        (
            "es",
            "No entregado: espanol",
            "no hay ningún buzón con ese nombre",
        ),
    ] {
        street.set("home", &format!("language = \"{language}\""));
        let name = subject.rsplit(' ').next().unwrap();
        street.write(&mut street.anna(), name, &unknown, "", 0);
        let notice = street.notice(name);
        assert_eq!(notice.read["Subject"], subject);
        notice.tells(name, "failed", "5.1.1", &[words]);
    }
}
