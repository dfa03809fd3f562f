//! The gateway agent: letters for people of the mail server that the family has already (`[gateway]`, such as Zimbra).
//!
//! ```text
//! a member ── submission ─┐                         ┌── LMTP or SMTP ── the mail server
//! a notice ── report ─────┼── queue ── gateway ─────┘
//! another home ── inbound ┘  ══ receipt ══
//! ```
//!
//! # Rules
//! - What another home hands in (`take_in`) is rewritten for its reader before it waits, and acknowledged when it is on our
//!   disk, in the queue. From then on a failure is ours to tell: the writer gets a notice over Tox ([`super::report`]).
//! - A letter of a member is rewritten when it goes, as on every other way. So it goes by who submitted it: what has no member
//!   waits in the form in which it goes.
//! - Whoever has a mailbox here is seen there by the canonical address, which the mail server hands back to us; its own people
//!   by their own addresses.
//! - A body with a bare CR or LF is not handed on: two servers might not agree where such a letter ends (SMTP smuggling).
//! - It is at least once: between the server's word and our row lies a moment in which a power cut costs a second copy.
//!
//! # Known limits
//! Whom the mail server does not know is found out when the letter is handed over: until then it is on our disk. What waits for
//! its people has no quota but the room on that disk.

use std::collections::HashSet;
use std::io::{self, BufRead, Write};

use super::letter;
use super::lmtp::{self, Letter, Times};
use super::mailbox::Gateway;
use super::{Post, unique_name_there};
use crate::contacts;
use crate::journal;
use crate::mail::address::{self, PeerKey};
use crate::mail::envelope::{Body, Envelope, Notify, Recipient};
use crate::mail::gateway as mail;
use crate::mail::header::{AddressBook, ArrivalBook, HeaderSection, Stamp, on_arrival};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{self, Delivery, Destination, Plan, Submission};
use crate::smtp::intake::Intake;
use crate::transfer::frame::Offer;
use crate::transfer::{RecipientStatus, TransferId};

/// Letters on their way to the mail server at the same time.
pub const MOST: usize = 4;
/// What is copied at once.
const PIECE: usize = 64 * 1024;

/// One attempt: every recipient of `delivery` who is still waiting gets a verdict.
pub fn attempt(post: &Post, delivery: &Delivery) -> Vec<(usize, Verdict)> {
    match hand_over(post, delivery) {
        Ok(verdicts) => {
            let indices = delivery.recipients.iter().map(|r| r.index);
            indices.zip(verdicts).collect()
        }
        Err(verdict) => letter::everybody(delivery, &verdict),
    }
}

fn hand_over(post: &Post, delivery: &Delivery) -> Result<Vec<Verdict>, Verdict> {
    let gateway = post.gateway();
    let gateway = gateway.as_deref();
    let Some((gateway, to)) = gateway.and_then(|g| Some((g, g.settings.deliver_to.as_ref()?)))
    else {
        let text =
            "this home is not told any more where the mail server is; set [gateway] deliver_to";
        return Err(letter::own_trouble(Reason::new(Status(4, 3, 5), text)));
    };
    let mut opened = letter::open(post, delivery)?;
    let stamp = letter::stamp(post, delivery);
    let (head, sender) = match &delivery.member {
        Some(_) => (
            written_here(post, gateway, delivery, &opened.header, &stamp)?,
            sender(post, delivery)?,
        ),
        None => (
            mail::without_return_path(&opened.header),
            delivery.sender.clone(),
        ),
    };
    let head = letter::with_empty_line(head);
    let recipients = delivery.recipients.iter().map(|waiting| Recipient {
        address: format!("{}@{}", waiting.there, gateway.settings.domain),
        notify: waiting.recipient.notify,
        original: original(&waiting.recipient),
    });
    let envelope = Envelope {
        sender,
        recipients: recipients.collect(),
        ..delivery.envelope.clone()
    };
    let body_size = opened.body_size;
    let body = opened.body().map_err(|e| {
        journal::disk_trouble("reading a waiting letter", &e);
        letter::own_trouble(letter::disk_reason(&e))
    })?;
    let mut letter = Letter {
        envelope: &envelope,
        head: &head,
        body_size,
        body,
    };
    let hello = greeting(&post.hostname);
    Ok(lmtp::hand_over(to, hello, &Times::default(), &mut letter))
}

/// The name by which this home greets: mail servers want one with a dot in it.
fn greeting(hostname: &str) -> &str {
    match hostname.contains('.') {
        true => hostname,
        false => address::LOCAL_DOMAIN,
    }
}

/// `ORCPT` as it was said, or the address that the writer used (RFC 3461 section 5.2.1).
fn original(recipient: &Recipient) -> Option<String> {
    let written = recipient.original.clone();
    written.or_else(|| {
        let address = &recipient.address;
        let plain = |c: char| c.is_ascii_graphic() && c != '=' && c != '+';
        let xtext = |c: char| match c {
            c if plain(c) => c.to_string(),
            c => format!("+{:02X}", u32::from(c)),
        };
        let address = address.is_ascii().then(|| address.chars().map(xtext));
        address.map(|a| format!("rfc822;{}", a.collect::<String>()))
    })
}

/// The header section of a member's letter, for the mail server.
fn written_here(
    post: &Post,
    gateway: &Gateway,
    delivery: &Delivery,
    header: &HeaderSection,
    stamp: &Stamp,
) -> Result<Vec<u8>, Verdict> {
    let book = post.contacts.book(delivery.member.as_ref(), header);
    let book = book.map_err(|e| letter::own_trouble(letter::trouble("contacts", &e)))?;
    let people = People::new(post, gateway).map_err(letter::own_trouble)?;
    let book = Departing { book, people };
    mail::for_gateway(header, &book, stamp).map_err(|why| Verdict::Never { why })
}

/// The envelope sender of a member's letter, as the mail server can send back to it.
fn sender(post: &Post, delivery: &Delivery) -> Result<String, Verdict> {
    if delivery.sender.is_empty() {
        return Ok(String::new());
    }
    let member = delivery.member.as_ref();
    let found = post.contacts.canonical_of(&delivery.sender, member);
    let found = found.map_err(|e| letter::own_trouble(letter::trouble("contacts", &e)))?;
    Ok(found.unwrap_or_else(|| address::canonical(member.map(|m| m.as_str()), &post.ourselves)))
}

/// A notice for one of the mail server's people, as it goes.
///
/// # Errors
/// Those of the queue and of the rows.
pub(super) fn notice(post: &Post, bytes: Vec<u8>) -> Result<Vec<u8>, queue::Error> {
    let broken = |e: &dyn std::fmt::Display| queue::Error::Io(io::Error::other(e.to_string()));
    let Some(gateway) = post.gateway() else {
        return Ok(bytes);
    };
    let mut source = io::BufReader::new(&bytes[..]);
    let header = HeaderSection::read(&mut source)?.map_err(|e| broken(&e))?;
    let book = post.contacts.book(None, &header).map_err(|e| broken(&e))?;
    let people = People::new(post, &gateway).map_err(|why| broken(&why))?;
    let stamp = Stamp {
        date: letter::date(post.clock.now().wall),
        message_id: header.message_id().unwrap_or_default(),
    };
    let head = mail::for_gateway(&header, &Departing { book, people }, &stamp);
    let mut out = letter::with_empty_line(head.map_err(|why| broken(&why))?);
    io::Read::read_to_end(&mut source, &mut out)?;
    Ok(out)
}

/// The header section at the beginning of a letter that another home has handed in, with the empty line, as it may go back
/// there. `source` is left at the body.
///
/// # Errors
/// Those of `source` and of the rows.
pub(super) fn for_its_writer(post: &Post, source: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let broken = |e: &dyn std::fmt::Display| io::Error::other(e.to_string());
    let header = HeaderSection::read(source)?.map_err(|e| broken(&e))?;
    let book = post.contacts.book(None, &header).map_err(|e| broken(&e))?;
    let stamp = Stamp {
        date: letter::date(post.clock.now().wall),
        message_id: header.message_id().unwrap_or_default(),
    };
    let head = mail::for_its_writer(&header, &book, &stamp).map_err(|e| broken(&e))?;
    Ok(letter::with_empty_line(head))
}

/// A letter of another home for people of the mail server goes into the queue, once. `theirs` are the recipients of the offer
/// and the local part of each there.
///
/// # Errors
/// The word for all of them.
pub(super) fn take_in(
    post: &Post,
    from: (PeerKey, TransferId),
    offer: &Offer,
    theirs: &[(usize, String)],
    return_path: String,
    (header, content): (&HeaderSection, &mut dyn BufRead),
) -> Result<(), Refused> {
    let (peer, id) = from;
    let Some(gateway) = post.gateway() else {
        return Err(Refused::Word(RecipientStatus::Later {
            why: letter::out_of_order(),
        }));
    };
    let later = |why| Refused::Word(RecipientStatus::Later { why });
    let book = post.contacts.arrival_book(&peer, None, header);
    let book = book.map_err(|e| later(letter::trouble("contacts", &e)))?;
    let people = People::new(post, &gateway).map_err(later)?;
    let head = on_arrival(header, &Arriving { book, people }, &return_path, "gateway")
        .map_err(|why| Refused::Word(RecipientStatus::Never { why }))?;
    let head = letter::with_empty_line(head);

    let full = |e: queue::Error| match letter::queue_verdict(&e) {
        Verdict::Later { why, .. } => Refused::Word(RecipientStatus::Later { why }),
        Verdict::Never { why } => Refused::Word(RecipientStatus::Never { why }),
        Verdict::Delivered => Refused::Word(RecipientStatus::Stored),
    };
    let mut draft = post.queue.draft(Some(offer.content_size)).map_err(full)?;
    let mut intake = Intake::new(u64::MAX);
    draft.write_all(&head).map_err(|e| full(e.into()))?;
    let (mut piece, mut clean) = (vec![0; PIECE], Vec::with_capacity(PIECE + 1));
    loop {
        let count = match content.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Refused::Source(e)),
        };
        intake.take(&piece[..count], &mut clean);
        draft.write_all(&clean).map_err(|e| full(e.into()))?;
        clean.clear();
    }
    let intake = intake.finish().map_err(|flaw| {
        Refused::Word(RecipientStatus::Never {
            why: Reason::new(flaw.reason.status, flaw.reason.text),
        })
    })?;

    let eight_bit = intake.is_eight_bit() || !head.is_ascii() || offer.body == Body::EightBitMime;
    let recipients = theirs.iter().filter_map(|(index, there)| {
        let wishes = offer.recipients.get(*index)?.notify;
        Some(Recipient {
            address: address::canonical(Some(there), &post.ourselves),
            // That it is here is told by the receipt.
            notify: Notify {
                success: false,
                ..wishes
            },
            original: None,
        })
    });
    let plans = theirs
        .iter()
        .enumerate()
        .map(|(recipient, (_, there))| Plan {
            recipient,
            destination: Destination::Gateway,
            there: there.clone(),
        });
    let submission = Submission {
        member: None,
        envelope: Envelope {
            sender: return_path,
            recipients: recipients.collect(),
            body: match eight_bit {
                true => Body::EightBitMime,
                false => Body::SevenBit,
            },
            smtputf8: offer.smtputf8,
            ret: offer.ret,
            envelope_id: offer.envelope_id.clone(),
        },
        message_id: header.message_id(),
        plans: plans.collect(),
        ..Submission::default()
    };
    let names = theirs
        .iter()
        .map(|(_, there)| taken_name(&id, &peer, there));
    let names = names.collect();
    let submitted = post.queue.submit_once(draft, submission, names);
    if let queue::Submitted::Queued(_) = submitted.map_err(full)? {
        for (_, there) in theirs {
            let whose = format!("{there}@{}", gateway.settings.domain);
            journal::arrived(&peer, &whose, offer.content_size);
        }
    }
    Ok(())
}

/// The name under which the queue takes a letter of another home for one of the mail server's people once.
pub(super) fn taken_name(id: &TransferId, peer: &PeerKey, there: &str) -> [u8; 16] {
    *unique_name_there(id, peer, there).as_bytes()
}

/// Why a letter of another home was not taken.
pub(super) enum Refused {
    /// Its bytes cannot be read, or are not what was announced.
    Source(io::Error),
    /// The word for the other home.
    Word(RecipientStatus),
}

/// Who of this home's names is where, for one letter.
struct People<'a> {
    here: HashSet<String>,
    suffix: String,
    gateway: &'a Gateway,
}

impl<'a> People<'a> {
    fn new(post: &Post, gateway: &'a Gateway) -> Result<Self, Reason> {
        let members = post.members.list().map_err(|e| {
            journal::trouble("members", &e);
            letter::out_of_order()
        })?;
        Ok(Self {
            here: members.into_iter().map(|m| m.name.into()).collect(),
            suffix: post.suffix(),
            gateway,
        })
    }

    /// The address at the mail server of a canonical one of this home, if it is of one of the server's people.
    fn at_gateway(&self, canonical: &str) -> Option<String> {
        let (local, domain) = canonical.rsplit_once('@')?;
        let name = address::split_tag(local).0;
        let is_name = name.parse::<address::MemberName>().is_ok();
        (domain == self.suffix && is_name && !self.here.contains(name))
            .then(|| format!("{local}@{}", self.gateway.settings.domain))
    }
}

/// For a letter from here to the mail server.
struct Departing<'a> {
    book: contacts::Book,
    people: People<'a>,
}

impl AddressBook for Departing<'_> {
    fn canonical_of(&self, address: &str) -> Option<String> {
        let canonical = self.book.canonical_of(address)?;
        Some(self.people.at_gateway(&canonical).unwrap_or(canonical))
    }
}

/// For a letter from another home to the mail server. Nicknames stay what they are: it hands us what goes to `tox`.
struct Arriving<'a> {
    book: contacts::Arrival,
    people: People<'a>,
}

impl ArrivalBook for Arriving<'_> {
    fn peer_suffix(&self) -> &str {
        self.book.peer_suffix()
    }

    fn may_write_as(&self, address: &str) -> bool {
        self.book.may_write_as(address)
    }

    fn display_for(&self, address: &str) -> Option<String> {
        self.book.display_for(address)
    }

    fn preferred(&self, canonical: &str) -> Option<String> {
        let ours = canonical
            .rsplit_once('@')
            .is_some_and(|(_, domain)| domain == self.people.suffix);
        match ours {
            // What this home calls its own people is not what the mail server does.
            true => self.people.at_gateway(canonical),
            false => self.book.preferred(canonical),
        }
    }
}

#[cfg(test)]
#[path = "gateway_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
