//! What was written, and what lies in the mailboxes of the street.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::house::House;
use crate::mail::address::{self, MemberName};
use crate::mail::envelope::{Envelope, Notify, Recipient};
use crate::smtp::Desk;
use crate::transfer::world::Dice;

/// A home, and a member there.
type Place = (usize, usize);

#[derive(Debug)]
pub struct Letter {
    pub number: usize,
    pub from: Place,
    pub to: Vec<Place>,
    /// Somebody has said "250".
    pub taken: bool,
    /// It was taken out of the queue while it waited for somebody.
    pub taken_back: bool,
    seed: u64,
    size: usize,
}

#[derive(Default)]
pub struct Ledger {
    pub letters: Vec<Letter>,
}

/// What lies in a mailbox.
#[derive(Default)]
struct Found {
    /// Of each letter: how often, and whether its body is what was written.
    letters: BTreeMap<usize, (u32, bool)>,
    /// Letters and recipients that notices call failed.
    failed: Vec<(usize, String)>,
}

impl Ledger {
    /// A letter of about so many bytes; its number.
    pub fn write(&mut self, from: Place, to: Vec<Place>, size: usize, dice: &mut Dice) -> usize {
        let number = self.letters.len();
        self.letters.push(Letter {
            number,
            from,
            to,
            taken: false,
            taken_back: false,
            seed: dice.roll(),
            size,
        });
        number
    }

    /// Compares what was taken with what lies there. What is to be said of it, or what is wrong. A letter may be returned where it
    /// was taken back, or where its home gives up before `bad` days are over, by whatever its clock says.
    pub fn check(&self, houses: &[House], bad: Duration) -> Result<String, String> {
        let mut mailboxes: HashMap<Place, Found> = HashMap::new();
        for (h, house) in houses.iter().enumerate() {
            for (m, member) in house.members.iter().enumerate() {
                mailboxes.insert((h, m), self.look(house, member));
            }
        }
        let (mut filed, mut told, mut both, mut bytes) = (0, 0, 0, 0);
        let mut wrong = Vec::new();
        for letter in &self.letters {
            for place in &letter.to {
                let what = || {
                    let (n, from) = (letter.number, letter.from);
                    format!(
                        "letter {n} ({} bytes) from {from:?} to {place:?}",
                        letter.size
                    )
                };
                let (count, whole) = mailboxes[place]
                    .letters
                    .get(&letter.number)
                    .copied()
                    .unwrap_or((0, true));
                let recipient = address_of(houses, *place);
                let failed = mailboxes[&letter.from]
                    .failed
                    .contains(&(letter.number, recipient));
                match (count, failed) {
                    (1, false) => filed += 1,
                    (0, true) => told += 1,
                    // It had come when it was taken back, or given up, before the word that it had.
                    (1, true) => both += 1,
                    (0, false) => wrong.push(format!("{} is lost", what())),
                    (n, _) => wrong.push(format!("{} lies there {n} times", what())),
                }
                let home = &houses[letter.from.0];
                let gives_up = home.expire_after() < bad || home.leapt;
                if failed && !letter.taken_back && !gives_up {
                    wrong.push(format!("{} is returned for nothing", what()));
                }
                if !whole {
                    wrong.push(format!("{} has other bytes", what()));
                }
                bytes += letter.size;
            }
        }
        for (place, found) in &mailboxes {
            for n in found.letters.keys() {
                if !self.letters[*n].to.contains(place) {
                    wrong.push(format!(
                        "letter {n} lies in {place:?}, where it is nobody's"
                    ));
                }
            }
        }
        // Whoever returned everything would lose nothing.
        let copies: usize = self.letters.iter().map(|letter| letter.to.len()).sum();
        if filed < copies * 9 / 10 {
            wrong.push(format!("of {copies} copies only {filed} were filed"));
        }
        if wrong.is_empty() {
            let letters = self.letters.len();
            Ok(format!(
                "{letters} letters ({bytes} bytes): {filed} filed once, {told} returned, {both} filed and returned"
            ))
        } else {
            Err(wrong.join("\n"))
        }
    }

    fn look(&self, house: &House, member: &MemberName) -> Found {
        let mut found = Found::default();
        for path in house.mails(member) {
            let bytes = std::fs::read(path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let named = text.rmatch_indices("X-Street: ").next();
            let Some((at, _)) = named else { continue };
            let number = &text[at + "X-Street: ".len()..];
            let number: usize = number.lines().next().unwrap().trim().parse().unwrap();
            if text.contains("message/delivery-status") {
                let mut recipient = "";
                for line in text.lines() {
                    if let Some(address) = line.strip_prefix("Final-Recipient: rfc822; ") {
                        recipient = address.trim();
                    }
                    if line.trim() == "Action: failed" {
                        found.failed.push((number, recipient.to_owned()));
                    }
                }
                continue;
            }
            let body = text.find("\r\n\r\n").map_or(0, |at| at + 4);
            let whole = self.letters[number].body() == bytes[body..];
            let entry = found.letters.entry(number).or_insert((0, true));
            entry.0 += 1;
            entry.1 &= whole;
        }
        found
    }
}

fn address_of(houses: &[House], (home, member): Place) -> String {
    let house = &houses[home];
    address::canonical(Some(house.members[member].as_str()), &house.key)
}

impl Letter {
    fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.size + 80);
        let mut block = Sha256::digest(self.seed.to_le_bytes());
        while body.len() < self.size {
            // Hexadecimal digits: half of it goes away where letters are compressed.
            body.extend_from_slice(data_encoding::HEXLOWER.encode(&block).as_bytes());
            body.extend_from_slice(b"\r\n");
            block = Sha256::digest(block);
        }
        body
    }

    /// Its envelope, with every recipient under the canonical address.
    pub fn envelope(&self, houses: &[House]) -> Envelope {
        let recipients = self.to.iter().map(|place| Recipient {
            address: address_of(houses, *place),
            notify: Notify::default(),
            original: None,
        });
        Envelope {
            sender: format!("m{}@toxmail.local", self.from.1),
            recipients: recipients.collect(),
            ..Envelope::default()
        }
    }

    /// Hands it in, as the submission service does. Whether it was taken.
    pub fn hand_in(&self, desk: &dyn Desk, member: &MemberName, envelope: Envelope) -> bool {
        let to: Vec<&str> = envelope
            .recipients
            .iter()
            .map(|r| r.address.as_str())
            .collect();
        let head = format!(
            "From: {}\r\nTo: {}\r\nSubject: letter {n}\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <{n}.{}@street>\r\nX-Street: {n}\r\n\r\n",
            envelope.sender,
            to.join(",\r\n "),
            self.seed,
            n = self.number,
        );
        let body = self.body();
        let taken = desk.letter(member, None).and_then(|mut draft| {
            draft.write(head.as_bytes())?;
            for block in body.chunks(16 << 10) {
                draft.write(block)?;
            }
            draft.submit(envelope)
        });
        taken.is_ok()
    }
}
