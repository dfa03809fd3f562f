//! The gateway without a network: what another home hands in, whose mailbox a name is, who is told.

use std::io::Read as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::super::courier::Errand;
use super::super::mailbox::{Gateway, Mailbox};
use super::super::report;
use super::super::tests::{Home, name, peer};
use super::*;
use crate::config::{Config, Ports};
use crate::contacts::Who;
use crate::mail::address::MemberName;
use crate::mail::envelope::Return;
use crate::transfer::Answer;
use crate::transfer::frame::OfferedRecipient;

const LETTER: &str =
    "From: Ben <ben@home.example>\r\nSubject: hello\r\nMessage-ID: <1@there>\r\n\r\ncaf\u{e9}\r\n";

fn gateway(deliver_to: &str, main: Option<&str>) -> Gateway {
    let text = format!(
        "[gateway]\ndomain = \"example.org\"\naccept_from = [\"10.0.0.5\"]\nallow_unauthenticated = true\n\
         deliver_to = \"{deliver_to}\"\n"
    );
    let config = Config::parse(&text, std::path::Path::new("x"), Ports::Standard).unwrap();
    Gateway {
        settings: config.gateway.unwrap(),
        main_mailbox: main.map(name),
    }
}

/// Anna has a mailbox here; everybody else is the mail server's.
fn home() -> Home {
    let home = Home::new();
    home.post
        .set_gateway(Some(gateway("lmtp://127.0.0.1:9", None)));
    home
}

fn offer(id: TransferId, letter: &[u8], to: &[&str]) -> Offer {
    Offer {
        id,
        content_size: letter.len() as u64,
        encoded_size: letter.len() as u64,
        digest: Sha256::digest(letter).into(),
        compressed: false,
        sender: address::canonical(Some("ben"), &peer().key()),
        recipients: to
            .iter()
            .map(|local| OfferedRecipient {
                local: (*local).into(),
                notify: Notify {
                    success: true,
                    ..Notify::default()
                },
            })
            .collect(),
        body: Body::SevenBit,
        smtputf8: false,
        ret: Return::Unspecified,
        envelope_id: None,
        inline: None,
    }
}

#[test]
fn what_the_writer_wished_of_a_failure_notice_reaches_the_mail_server() {
    let home = home();
    let inbound = home.inbound();
    let id = [3; 16];
    let wishes = Offer {
        ret: Return::Headers,
        envelope_id: Some("QQ+2Bx".into()),
        ..offer(id, LETTER.as_bytes(), &["bruno"])
    };
    inbound.offered(peer().key(), id, wishes);
    assert!(matches!(home.errand(), Errand::Answer { .. }));
    inbound.data(
        peer().key(),
        id,
        0,
        bytes::Bytes::copy_from_slice(LETTER.as_bytes()),
    );
    assert!(matches!(home.errand(), Errand::Wrote { .. }));
    inbound.complete(peer().key(), id);
    assert!(matches!(home.errand(), Errand::Receipt { .. }));
    let envelope = &waiting(&home)[0].envelope;
    assert_eq!(envelope.ret, Return::Headers);
    assert_eq!(envelope.envelope_id.as_deref(), Some("QQ+2Bx"));
}

/// What the home says to an offer, and to the letter if it wants that.
fn hand_in(
    home: &Home,
    id: TransferId,
    letter: &[u8],
    to: &[&str],
) -> (Answer, Vec<RecipientStatus>) {
    let inbound = home.inbound();
    inbound.offered(peer().key(), id, offer(id, letter, to));
    let Errand::Answer { answer, .. } = home.errand() else {
        panic!("no answer");
    };
    if !matches!(answer, Answer::Accept { .. }) {
        return (answer, Vec::new());
    }
    inbound.data(peer().key(), id, 0, bytes::Bytes::copy_from_slice(letter));
    assert!(matches!(home.errand(), Errand::Wrote { .. }));
    inbound.complete(peer().key(), id);
    let Errand::Receipt { told, .. } = home.errand() else {
        panic!("no receipt");
    };
    (answer, told)
}

fn waiting(home: &Home) -> Vec<Delivery> {
    let due = (home.post.queue).due(&Destination::Gateway, 9, &Default::default());
    due.unwrap()
}

#[test]
fn a_letter_of_another_home_waits_for_the_mail_server_once() {
    let home = home();
    let to = ["anna", "Bruno", "carl+x"];
    let (_, told) = hand_in(&home, [1; 16], LETTER.as_bytes(), &to);
    assert_eq!(told, vec![RecipientStatus::Stored; 3]);
    let letters = waiting(&home);
    assert_eq!(letters.len(), 1, "one for all of the server's people");
    let letter = &letters[0];
    let there: Vec<&str> = letter.recipients.iter().map(|r| r.there.as_str()).collect();
    assert_eq!(there, ["bruno", "carl+x"]);
    let ours = address::canonical(Some("bruno"), &home.post.ourselves);
    assert_eq!(letter.recipients[0].recipient.address, ours);
    let ben = address::canonical(Some("ben"), &peer().key());
    assert_eq!(
        (letter.sender.as_str(), &letter.member),
        (ben.as_str(), &None)
    );
    // The good news is told by the receipt; octets beyond ASCII are told whatever was said of them.
    let notify = letter.recipients[0].recipient.notify;
    assert!(!notify.success && notify.failure && notify.delay);
    assert_eq!(letter.envelope.body, Body::EightBitMime);
    let mut text = String::new();
    let mut file = home.post.queue.open_message(letter.message).unwrap();
    file.read_to_string(&mut text).unwrap();
    assert!(text.contains("X-Toxmail-Path: gateway\r\n"), "{text}");
    assert!(
        text.contains("X-Toxmail-Claimed-From: Ben <ben@home.example>"),
        "{text}"
    );
    assert!(text.ends_with("\r\n\r\ncaf\u{e9}\r\n"), "{text}");

    // The receipt was lost.
    let (answer, _) = hand_in(&home, [1; 16], LETTER.as_bytes(), &to);
    assert_eq!(answer, Answer::Have(vec![RecipientStatus::Stored; 3]));
    assert_eq!(waiting(&home).len(), 1);
    // Another letter with the same bytes is another letter.
    hand_in(&home, [2; 16], LETTER.as_bytes(), &["bruno"]);
    assert_eq!(waiting(&home).len(), 2);
}

#[test]
fn nothing_is_handed_on_that_two_servers_could_read_as_two_letters() {
    let home = home();
    for (number, body) in ["x\n.\nMAIL FROM:<a@b>\r\n", "x\r.\r\n", "x\0\r\n"]
        .iter()
        .enumerate()
    {
        let letter = format!("Subject: x\r\n\r\n{body}");
        let id = [number as u8; 16];
        let (_, told) = hand_in(&home, id, letter.as_bytes(), &["bruno", "anna"]);
        let RecipientStatus::Never { why } = &told[0] else {
            panic!("{body:?}: {told:?}");
        };
        assert_eq!(why.status, Status(5, 6, 0));
        // A mailbox here has no server behind it.
        assert_eq!(told[1], RecipientStatus::Stored);
    }
    // A letter that is not what was announced is not kept either.
    let inbound = home.inbound();
    let mut false_offer = offer([9; 16], b"Subject: x\r\n\r\nx\r\n", &["bruno"]);
    false_offer.digest = [0; 32];
    inbound.offered(peer().key(), [9; 16], false_offer);
    assert!(matches!(home.errand(), Errand::Answer { .. }));
    let bytes = bytes::Bytes::from_static(b"Subject: x\r\n\r\nx\r\n");
    inbound.data(peer().key(), [9; 16], 0, bytes);
    home.errand();
    inbound.complete(peer().key(), [9; 16]);
    let Errand::Receipt { told, .. } = home.errand() else {
        panic!("no receipt");
    };
    assert!(
        matches!(&told[..], [RecipientStatus::Never { .. }]),
        "{told:?}"
    );
    assert!(waiting(&home).is_empty());
    let files = std::fs::read_dir(home.dir.path().join("queue")).unwrap();
    assert_eq!(files.count(), 0);
}

#[test]
fn one_name_is_one_person() {
    let home = home();
    let post = &home.post;
    let at = |local: &str| post.mailbox_for(local).unwrap();
    let here = || Some(Mailbox::Here(name("anna")));
    let there = |local: &str| Some(Mailbox::Gateway(local.into()));
    for (local, expected) in [
        ("anna", here()),
        ("ANNA+x", here()),
        ("bruno", there("bruno")),
        ("Bruno+News", there("bruno+News")),
        ("", here()),
        ("home", here()),
        ("postmaster", here()),
        ("root", None),
        ("o'neil", None),
        ("bruno+a.b_c=d-e+f", there("bruno+a.b_c=d-e+f")),
        ("bruno+h\u{f6}r", there("bruno+h\u{f6}r")),
        // The mail server sends on, whatever it is told.
        ("bruno+x@elsewhere.example> ORCPT=rfc822;x", None),
        ("bruno+x@elsewhere.example", None),
        ("bruno+x%elsewhere.example", None),
        ("bruno+elsewhere.example!x", None),
        ("bruno+x y", None),
        ("bruno+\"x\"", None),
        ("bruno+x.", None),
        ("bruno+x..y", None),
    ] {
        assert_eq!(at(local), expected, "{local}");
    }
    // The settings may name somebody of the mail server, as long as nobody here is called so.
    post.set_gateway(Some(gateway("lmtp://127.0.0.1:9", Some("bruno"))));
    assert_eq!((at(""), at("postmaster")), (there("bruno"), here()));
    post.set_gateway(Some(gateway("lmtp://127.0.0.1:9", Some("anna"))));
    assert_eq!(at("home"), here());
    assert!(post.owns_at_gateway(&name("anna"), "Anna+x@Example.org"));
    assert!(!post.owns_at_gateway(&name("anna"), "bruno@example.org"));
    // Where nobody lives the mail server has its own postmaster.
    post.members.remove(&name("anna")).unwrap();
    assert_eq!(at("home"), there("anna"));
    post.set_gateway(Some(gateway("lmtp://127.0.0.1:9", None)));
    assert_eq!((at("postmaster"), at("home")), (there("postmaster"), None));
    assert_eq!(at("anna"), there("anna"));
    // A server that only sends has nobody.
    post.set_gateway(Some(gateway("", None)));
    assert_eq!((at("bruno"), at("postmaster")), (None, None));
    let ordinary = Who::Ordinary("x@y.example".into());
    assert_eq!(post.mailbox_of(&ordinary).unwrap(), None);
}

/// Ends a letter that waits, and tells its writer; where the word about it goes.
fn told(home: &Home) -> Vec<(Destination, String)> {
    report::tell(&home.post).unwrap();
    let queue = &home.post.queue;
    let each = queue.list(None, 99).unwrap().into_iter();
    let notices = each.filter(|entry| entry.sender.is_empty());
    notices
        .map(|entry| {
            (
                entry.recipients[0].destination,
                entry.recipients[0].address.clone(),
            )
        })
        .collect()
}

#[test]
fn whoever_wrote_hears_where_they_are() {
    let home = home();
    let refuse = |home: &Home| {
        for delivery in waiting(home) {
            let why = Reason::new(Status(5, 1, 1), "no such user");
            let never = letter::everybody(&delivery, &Verdict::Never { why });
            home.post.queue.settle(delivery.id, &never).unwrap();
        }
    };
    hand_in(&home, [1; 16], LETTER.as_bytes(), &["bruno"]);
    refuse(&home);
    let ben = address::canonical(Some("ben"), &peer().key());
    assert_eq!(told(&home), [(Destination::Tox(peer().key()), ben)]);
    assert_eq!(told(&home).len(), 1, "told once");

    // Somebody of the mail server, by its name there.
    let home = self::home();
    let write = |member: MemberName, sender: &str| {
        let mut draft = home.post.queue.draft(None).unwrap();
        draft.write_all(b"Subject: x\r\n\r\nx\r\n").unwrap();
        let recipient = Recipient {
            address: "dora@example.org".into(),
            notify: Notify::default(),
            original: None,
        };
        let submission = Submission {
            member: Some(member),
            envelope: Envelope {
                sender: sender.into(),
                recipients: vec![recipient],
                ..Envelope::default()
            },
            plans: vec![Plan {
                recipient: 0,
                destination: Destination::Gateway,
                there: "dora".into(),
            }],
            ..Submission::default()
        };
        home.post.queue.submit(draft, submission).unwrap();
    };
    write(name("bruno"), "Bruno+x@example.org");
    refuse(&home);
    let bruno = (Destination::Gateway, "Bruno+x@example.org".to_owned());
    assert_eq!(told(&home), [bruno]);
    let notice = &waiting(&home)[0];
    assert_eq!(notice.recipients[0].there, "bruno+x");
    let mut text = Vec::new();
    let mut file = home.post.queue.open_message(notice.message).unwrap();
    file.read_to_end(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text);
    // It can be answered from there.
    let postmaster = address::canonical(Some("postmaster"), &home.post.ourselves);
    assert!(
        text.contains(&format!("From: Toxmail <{postmaster}>")),
        "{text}"
    );
    assert!(text.contains("the post office in your home"), "{text}");

    // A member of this home, and nobody who has gone meanwhile.
    let home = self::home();
    home.letter(Destination::Gateway, "dora");
    refuse(&home);
    assert_eq!(
        told(&home),
        [(Destination::Local, "anna@toxmail.local".to_owned())]
    );
    let home = self::home();
    home.letter(Destination::Gateway, "dora");
    home.post.members.remove(&name("anna")).unwrap();
    refuse(&home);
    assert_eq!(told(&home), []);
}

#[test]
fn a_letter_waits_until_it_is_said_where_the_mail_server_is() {
    let home = home();
    hand_in(&home, [1; 16], LETTER.as_bytes(), &["bruno"]);
    home.post.set_gateway(Some(gateway("", None)));
    let letter = &waiting(&home)[0];
    let verdicts = attempt(&home.post, letter);
    assert!(
        matches!(&verdicts[..], [(0, Verdict::Later { why, .. })] if why.text.contains("deliver_to")),
        "{verdicts:?}"
    );
    home.post.set_gateway(None);
    assert!(matches!(
        attempt(&home.post, letter)[0].1,
        Verdict::Later { .. }
    ));
    let post = Arc::clone(&home.post);
    post.set_gateway(Some(gateway("lmtp://127.0.0.1:9", None)));
    assert!(matches!(attempt(&post, letter)[0].1, Verdict::Later { .. }));
}

#[test]
fn the_mail_server_hears_a_name_with_a_dot_and_the_address_that_was_used() {
    assert_eq!(greeting("post.garden.example"), "post.garden.example");
    assert_eq!(greeting("post"), "toxmail.local");
    let recipient = |address: &str, original: Option<&str>| Recipient {
        address: address.into(),
        notify: Notify::default(),
        original: original.map(str::to_owned),
    };
    let said = |r: Recipient| original(&r);
    assert_eq!(
        said(recipient("a+b@c.tox", None)).as_deref(),
        Some("rfc822;a+2Bb@c.tox")
    );
    assert_eq!(
        said(recipient("a@c.tox", Some("rfc822;x@y"))).as_deref(),
        Some("rfc822;x@y")
    );
    assert_eq!(said(recipient("k\u{e4}the@tox", None)), None);
}
