//! The words of questions and of what is said about their answers, in four languages.
//!
//! What strangers wrote is never shown so that a program makes a link of it, or so that it could be taken for a word of ours:
//! it stands indented, on its own, and short.

mod phrases;

use std::fmt::Write as _;

use super::clean;
use super::text::{Language, Letter, date, fill, greeting_of, no_subject_of};
use crate::mail::address::PeerKey;
use crate::questions::{About, Word};
use phrases::{Means, Phrases, phrases};

/// Where a stranger's words are broken, in characters.
const WIDTH: usize = 66;

/// What a mail says.
#[derive(Clone, Copy, Debug)]
pub enum Tale<'a> {
    /// Somebody would like to become a contact.
    Request {
        /// What they are called here.
        name: &'a str,
        /// Their key.
        key: &'a PeerKey,
        /// What they say.
        words: &'a str,
        /// Until when an answer counts, in seconds since 1970.
        until: i64,
    },
    /// So many more would.
    MoreRequests(usize),
    /// A home says that these addresses are its people's.
    Claims {
        /// What the home is called here.
        home: &'a str,
        /// Address, and what the contact is called here.
        claims: &'a [(String, String)],
        /// Until when an answer counts, in seconds since 1970.
        until: i64,
    },
    /// They are a contact now.
    Accepted {
        /// What they are called.
        name: &'a str,
        /// `nick@tox`.
        address: &'a str,
    },
    /// They are not.
    Refused(&'a str),
    /// They are blocked.
    Blocked(&'a str),
    /// Somebody decided about them before, in another way.
    Overtaken(&'a str),
    /// These addresses count now; these do not, because somebody else has them.
    Confirmed(&'a [String], &'a [String]),
    /// Nothing has changed.
    Denied(&'a [String]),
    /// Shall this letter go, although a part of it takes the ordinary route?
    Held {
        /// Its subject.
        title: Option<&'a str>,
        /// Its recipients.
        recipients: &'a [Way],
        /// When it comes back, in seconds since 1970.
        until: i64,
    },
    /// The home was restored from a backup: shall this letter go, which may have gone before?
    Restored {
        /// Its subject.
        title: Option<&'a str>,
        /// Who would get it now.
        recipients: &'a [Way],
        /// When it comes back, in seconds since 1970.
        until: i64,
    },
    /// It does not go a second time.
    NotAgain(Option<&'a str>),
    /// It goes now.
    Sent(Option<&'a str>),
    /// It does not.
    Stopped(Option<&'a str>),
    /// It is not there any more.
    Gone,
    /// Which ways a letter took.
    Ways {
        /// Its subject.
        title: Option<&'a str>,
        /// Its recipients.
        recipients: &'a [Way],
    },
    /// The writer has used ordinary mail for the first time: its subject, and where answers are read.
    FirstOrdinary(Option<&'a str>, Answers),
    /// Both in one.
    WaysAndFirst {
        /// Its subject.
        title: Option<&'a str>,
        /// Its recipients.
        recipients: &'a [Way],
        /// Where answers are read.
        answers: Answers,
    },
    /// The answer was not understood; what it said, and the words that would be.
    Unclear(&'a str, &'a About),
    /// The question was answered before, by this person, with this word.
    AnsweredBefore(&'a str, Word),
    /// Nobody has answered in time.
    TooLate,
    /// There is no such question, or others were asked.
    NotYours,
}

/// Where a member reads answers to ordinary mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// At the provider.
    There,
    /// Here: the home fetches them.
    Here,
}

/// The way of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Name and address.
    pub who: String,
    /// By ordinary mail, where others can read it.
    pub ordinary: bool,
    /// How far it is.
    pub state: State,
}

/// How far a letter is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there, or has not begun: nothing is said.
    Plain,
    /// It waits for their home.
    Waits,
    /// It did not arrive; another mail tells why.
    Failed,
}

impl Phrases {
    fn answers_in(&self, place: Answers) -> &'static str {
        match place {
            Answers::There => self.answers,
            Answers::Here => self.answers_fetched,
        }
    }
}

impl Phrases {
    fn word(&self, word: Word) -> &'static str {
        let [yes, no, block, send] = self.words;
        match word {
            Word::Yes => yes,
            Word::No => no,
            Word::Block => block,
            Word::Send => send,
        }
    }

    /// The words that answer a question, and what each does.
    fn choices(&self, about: &About) -> Vec<(&'static str, &'static str)> {
        let [yes, no, block, send] = self.words;
        let Means {
            request: [accept, refuse, shut],
            claims: [right, wrong],
            letter: [go, stay],
        } = self.means;
        match about {
            About::Request(_) => vec![(yes, accept), (no, refuse), (block, shut)],
            About::Claims(..) => vec![(yes, right), (no, wrong)],
            About::Letter(_) => vec![(send, go), (no, stay)],
        }
    }
}

/// A mail in the making.
struct Page {
    phrases: &'static Phrases,
    letter: Letter,
}

impl Page {
    fn new(language: Language, subject: String) -> Self {
        let mut page = Self {
            phrases: phrases(language),
            letter: Letter {
                subject,
                body: String::new(),
            },
        };
        page.line(greeting_of(language));
        page.line("");
        page
    }

    fn line(&mut self, text: &str) {
        let _ = write!(self.letter.body, "{text}\r\n");
    }

    /// A paragraph, with an empty line behind it.
    fn say(&mut self, text: &str) {
        self.line(text);
        self.line("");
    }

    fn list(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.line(&format!("    {line}"));
        }
        self.line("");
    }

    /// How to answer.
    fn choices(&mut self, about: &About) {
        self.offer(self.phrases.choices(about));
    }

    fn offer(&mut self, choices: Vec<(&'static str, &'static str)>) {
        let width = choices.iter().map(|(word, _)| word.chars().count()).max();
        let width = width.unwrap_or(0) + 2;
        self.say(self.phrases.how);
        self.list(choices.into_iter().map(|(word, means)| {
            let space = " ".repeat(width - word.chars().count());
            format!("{word}{space}{means}")
        }));
    }

    /// Who is reached in which way, and what that means.
    fn ways(&mut self, recipients: &[Way]) {
        let phrases = self.phrases;
        for (ordinary, heading) in [(false, phrases.privately), (true, phrases.ordinarily)] {
            let mut these = recipients
                .iter()
                .filter(|way| way.ordinary == ordinary)
                .peekable();
            if these.peek().is_none() {
                continue;
            }
            self.line(heading);
            self.list(these.map(|way| {
                let who = clean(&way.who);
                match way.state {
                    State::Plain => who,
                    State::Waits => fill(phrases.waits, &who),
                    State::Failed => fill(phrases.failed, &who),
                }
            }));
        }
        self.say(phrases.shows);
    }

    fn done(mut self) -> Letter {
        self.line("Toxmail");
        self.letter
    }
}

/// The mail that tells this.
pub fn letter(language: Language, tale: &Tale<'_>) -> Letter {
    let phrases = phrases(language);
    let page =
        |(subject, _): (&str, &str), with: &str| Page::new(language, fill(subject, &clean(with)));
    match tale {
        Tale::Request {
            name,
            key,
            words,
            until,
        } => {
            let mut page = page(phrases.request, name);
            page.say(&filled(phrases.request.1, [&clean(name), &beginning(key)]));
            if !words.is_empty() {
                page.say(phrases.request_words);
                page.list(broken(&harmless(words)));
            }
            page.say(phrases.request_advice);
            page.choices(&About::Request(**key));
            page.say(&fill(phrases.until, &date(*until)));
            page.done()
        }
        Tale::MoreRequests(count) => {
            let count = count.to_string();
            let mut page = page(phrases.more, &count);
            page.say(&fill(phrases.more.1, &count));
            page.done()
        }
        Tale::Claims {
            home,
            claims,
            until,
        } => {
            let mut page = page(phrases.claims, home);
            page.say(&fill(phrases.claims.1, &clean(home)));
            page.list(
                claims
                    .iter()
                    .map(|(address, name)| filled(phrases.claim, [&clean(address), &clean(name)])),
            );
            page.say(phrases.claims_advice);
            // Which home it is about is of no matter for the words.
            page.choices(&About::Claims(PeerKey::from_bytes([0; 32]), Vec::new()));
            page.say(&fill(phrases.until, &date(*until)));
            page.done()
        }
        Tale::Accepted { name, address } => {
            let mut page = page(phrases.accepted, name);
            page.say(&filled(phrases.accepted.1, [&clean(name), &clean(address)]));
            page.done()
        }
        Tale::Refused(name) => about(page(phrases.refused, name), phrases.refused.1, name),
        Tale::Blocked(name) => about(page(phrases.blocked, name), phrases.blocked.1, name),
        Tale::Overtaken(name) => {
            let mut page = page(phrases.overtaken, name);
            page.say(&fill(phrases.overtaken.1, &clean(name)));
            page.say(phrases.nothing);
            page.done()
        }
        Tale::Confirmed(these, others) => {
            let mut page = page(
                if these.is_empty() {
                    phrases.denied
                } else {
                    phrases.confirmed
                },
                "",
            );
            if !these.is_empty() {
                page.say(phrases.confirmed.1);
                page.list(these.iter().map(|a| clean(a)));
            }
            if !others.is_empty() {
                page.say(phrases.taken);
                page.list(others.iter().map(|a| clean(a)));
            }
            page.done()
        }
        Tale::Denied(these) => {
            let mut page = page(phrases.denied, "");
            page.say(phrases.denied.1);
            page.list(these.iter().map(|a| clean(a)));
            page.done()
        }
        Tale::Held {
            title,
            recipients,
            until,
        } => {
            let title = title.unwrap_or(no_subject_of(language));
            let mut page = page(phrases.held, title);
            page.say(&fill(phrases.held.1, &clean(title)));
            page.ways(recipients);
            // Which letter it is about is of no matter for the words.
            page.choices(&About::Letter(0));
            page.say(&fill(phrases.held_end, &date(*until)));
            page.done()
        }
        Tale::Restored {
            title,
            recipients,
            until,
        } => {
            let title = title.unwrap_or(no_subject_of(language));
            let mut page = page(phrases.held, title);
            page.say(&fill(phrases.restored, &clean(title)));
            page.list(recipients.iter().map(|way| clean(&way.who)));
            let ([_, no, _, send], [go, stay]) = (phrases.words, phrases.again);
            page.offer(vec![(send, go), (no, stay)]);
            page.say(&fill(phrases.restored_end, &date(*until)));
            page.done()
        }
        Tale::NotAgain(title) => titled(language, phrases.not_again, *title).done(),
        Tale::Sent(title) => titled(language, phrases.sent, *title).done(),
        Tale::Stopped(title) => titled(language, phrases.stopped, *title).done(),
        Tale::Gone => about_nothing(page(phrases.gone, ""), phrases.gone.1),
        Tale::Ways { title, recipients } => {
            let mut page = titled(language, phrases.ways, *title);
            page.ways(recipients);
            page.done()
        }
        Tale::FirstOrdinary(title, answers) => {
            let mut page = titled(language, phrases.first, *title);
            page.say(phrases.answers_in(*answers));
            page.done()
        }
        Tale::WaysAndFirst {
            title,
            recipients,
            answers,
        } => {
            let mut page = titled(language, phrases.ways, *title);
            page.ways(recipients);
            page.say(phrases.answers_in(*answers));
            page.done()
        }
        Tale::Unclear(said, about) => {
            let mut page = page(phrases.unclear, "");
            if said.is_empty() {
                page.say(phrases.unclear_empty);
            } else {
                page.say(&fill(phrases.unclear.1, &clean(said)));
            }
            page.choices(about);
            page.say(phrases.unclear_end);
            page.done()
        }
        Tale::AnsweredBefore(who, word) => {
            let mut page = page(phrases.before, "");
            page.say(&filled(
                phrases.before.1,
                [&clean(who), phrases.word(*word)],
            ));
            page.say(phrases.nothing);
            page.done()
        }
        Tale::TooLate => about_nothing(page(phrases.late, ""), phrases.late.1),
        Tale::NotYours => about_nothing(page(phrases.not_yours, ""), phrases.not_yours.1),
    }
}

fn titled(language: Language, phrase: (&str, &str), title: Option<&str>) -> Page {
    let title = clean(title.unwrap_or(no_subject_of(language)));
    let mut page = Page::new(language, fill(phrase.0, &title));
    page.say(&fill(phrase.1, &title));
    page
}

fn about(mut page: Page, sentence: &str, name: &str) -> Letter {
    page.say(&fill(sentence, &clean(name)));
    page.done()
}

fn about_nothing(mut page: Page, sentence: &str) -> Letter {
    page.say(sentence);
    page.say(page.phrases.nothing);
    page.done()
}

/// Two things into a sentence: the first may be anybody's words, so it is not looked at for the place of the second.
fn filled(sentence: &str, with: [&str; 2]) -> String {
    let mut out = String::new();
    for (index, part) in sentence.splitn(3, "{}").enumerate() {
        if let Some(before) = index.checked_sub(1) {
            out.push_str(with[before]);
        }
        out.push_str(part);
    }
    out
}

/// The beginning of a key, to be compared by telephone: 64 bits, which nobody makes a second key for.
fn beginning(key: &PeerKey) -> String {
    let digits = key.to_string();
    let groups: Vec<&str> = (0..4)
        .filter_map(|n| digits.get(4 * n..4 * n + 4))
        .collect();
    format!("{} …", groups.join(" "))
}

/// A stranger's words without what mail programs make links of.
fn harmless(words: &str) -> String {
    let words = clean(words).replace("://", " : // ").replace('@', " (at) ");
    let mut out = String::with_capacity(words.len() + 8);
    let mut chars = words.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        out.push(c);
        let within = before.is_alphanumeric() && chars.peek().is_some_and(|n| n.is_alphanumeric());
        if c == '.' && within {
            out.push(' ');
        }
        before = c;
    }
    out
}

/// Lines of a width that can be read; a word that is longer is broken.
fn broken(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(WIDTH) {
            let piece: String = piece.iter().collect();
            let length = piece.chars().count();
            match lines.last_mut() {
                Some(line) if length < room => {
                    line.push(' ');
                    line.push_str(&piece);
                    room -= length + 1;
                }
                _ => {
                    room = WIDTH - length;
                    lines.push(piece);
                }
            }
        }
    }
    lines
}
