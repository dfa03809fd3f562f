//! A submission session, driven byte by byte as its shell drives it (src/smtp/serve.rs).

use std::sync::Arc;

use toxmail::mail::envelope::Envelope;
use toxmail::mail::verdict::Status;
use toxmail::net::line::{Event, Splitter};
use toxmail::net::login::Admission;
use toxmail::smtp::Refusal;
use toxmail::smtp::intake::LONGEST_LINE;
use toxmail::smtp::session::Session;
use toxmail::smtp::step::{Answer, Ask, Goodbye, Reply, Settings, Step, Wants};

const LARGEST: u64 = 3000;
const MOST_RECIPIENTS: usize = 4;
const MOST_ERRORS: u32 = 6;

/// The first byte chooses: where the session begins, and what its desk refuses. The rest is what the client says.
pub fn smtp(data: &[u8]) {
    let Some((&options, said)) = data.split_first() else {
        return;
    };
    let whole = Talk::new(options).hear(said, said.len().max(1));
    for piece in [1, 7] {
        let cut = Talk::new(options).hear(said, piece);
        // However the client's bytes are cut into reads, the same is answered and the same letters are taken.
        assert_eq!(
            whole.answers.escape_ascii().to_string(),
            cut.answers.escape_ascii().to_string()
        );
        assert_eq!(whole.letters, cut.letters);
    }
    let lines = whole.answers.split_inclusive(|b| *b == b'\n');
    for line in lines {
        assert!(
            line.len() <= 512 && line.ends_with(b"\r\n"),
            "{}",
            line.escape_ascii()
        );
        assert!(
            line[..3].iter().all(u8::is_ascii_digit) && matches!(line[3], b' ' | b'-'),
            "{}",
            line.escape_ascii()
        );
        assert!(
            line[..line.len() - 2]
                .iter()
                .all(|b| (b' '..=b'~').contains(b)),
            "{}",
            line.escape_ascii()
        );
    }
    for (envelope, letter) in &whole.letters {
        assert!(letter.len() as u64 <= LARGEST);
        assert!((1..=MOST_RECIPIENTS).contains(&envelope.recipients.len()));
        // BDAT may leave the last line open; the queue ends it.
        let mut rest = &letter[..];
        while !rest.is_empty() {
            let end = rest
                .windows(2)
                .position(|two| two == b"\r\n")
                .unwrap_or(rest.len());
            assert!(end <= LONGEST_LINE);
            assert!(
                !rest[..end].iter().any(|b| matches!(b, 0 | b'\r' | b'\n')),
                "{}",
                letter.escape_ascii()
            );
            rest = rest.get(end + 2..).unwrap_or_default();
        }
        for address in envelope
            .recipients
            .iter()
            .map(|r| &r.address)
            .chain([&envelope.sender])
        {
            assert!(!address.chars().any(char::is_control), "{address:?}");
        }
    }
}

struct Talk {
    session: Session,
    splitter: Splitter,
    options: u8,
    secure: bool,
    member: bool,
    questions: u8,
    piece: Vec<u8>,
    answers: Vec<u8>,
    letters: Vec<(Envelope, Vec<u8>)>,
}

impl Talk {
    fn new(options: u8) -> Self {
        let settings = Arc::new(Settings {
            max_message_bytes: LARGEST,
            max_recipients: MOST_RECIPIENTS,
            max_errors: MOST_ERRORS,
            ..Settings::default()
        });
        let secure = options & 1 == 0;
        let session = if secure {
            Session::secure(settings)
        } else {
            Session::plain(settings)
        };
        let mut talk = Self {
            session,
            splitter: Splitter::new(),
            options,
            secure,
            member: false,
            questions: 0,
            piece: Vec::new(),
            answers: Vec::new(),
            letters: Vec::new(),
        };
        let greeting = talk.session.greeting();
        talk.say(&greeting);
        if options & 2 == 0 && secure {
            for line in [&b"EHLO x"[..], b"AUTH PLAIN AGFubmEAc2VzYW1l"] {
                let step = talk.session.line(line);
                talk.obey(step);
            }
        }
        talk
    }

    /// Reads pieces of this size until the client has said all or the session is over.
    fn hear(mut self, said: &[u8], size: usize) -> Self {
        let mut errors = 0;
        'reads: for read in said.chunks(size) {
            let mut rest = read;
            while !rest.is_empty() {
                let step = match self.session.wants() {
                    Wants::Nothing => break 'reads,
                    Wants::Line(limit) => {
                        let (taken, event) = self.splitter.feed(rest, limit);
                        rest = &rest[taken..];
                        match event {
                            Some(Event::Line(line)) => {
                                assert!(line.len() <= limit);
                                self.session.line(&line)
                            }
                            Some(Event::Broken(fault)) => self.session.broken(fault),
                            None => continue,
                        }
                    }
                    Wants::Content => {
                        let (taken, step) = self.session.content(rest, &mut self.piece);
                        assert!(
                            taken <= rest.len() && (taken > 0 || step.is_some()),
                            "content that is not taken"
                        );
                        rest = &rest[taken..];
                        assert!(
                            self.piece.len() as u64 <= LARGEST,
                            "more than the limit was given out"
                        );
                        if self.session.letter_is_refused() {
                            self.piece.clear();
                        }
                        match step {
                            Some(step) => step,
                            None => continue,
                        }
                    }
                };
                self.obey(step);
                if self.session.letter().is_none() {
                    self.piece.clear();
                }
                errors = self.answers.windows(3).filter(|w| *w == b"\n50").count();
            }
        }
        assert!(
            errors <= 2 * MOST_ERRORS as usize + 8,
            "a client that makes {errors} errors is still served"
        );
        let over = self.session.wants() == Wants::Nothing;
        let last = self.session.goodbye(Goodbye::Stopping);
        if !over {
            self.say(&last);
        }
        self
    }

    fn say(&mut self, reply: &Reply) {
        self.answers.extend_from_slice(reply.as_bytes());
    }

    fn obey(&mut self, mut step: Step) {
        loop {
            match step {
                Step::Ask(ask) => {
                    assert_eq!(self.session.wants(), Wants::Nothing);
                    let answer = self.find_out(ask);
                    step = self.session.answer(answer);
                }
                Step::StartChunk => return,
                Step::StartTls(reply) => {
                    assert!(!self.secure);
                    self.say(&reply);
                    self.session.tls_started();
                    self.splitter.reset();
                    self.secure = true;
                    return;
                }
                Step::Reply(reply) | Step::StartBody(reply) => {
                    self.say(&reply);
                    return;
                }
                Step::Close(reply) => {
                    self.say(&reply);
                    assert_eq!(self.session.wants(), Wants::Nothing);
                    return;
                }
            }
        }
    }

    fn find_out(&mut self, ask: Ask) -> Answer {
        self.questions = self.questions.wrapping_add(1);
        // Options 4 to 128 say at which questions the desk refuses.
        let refuses = self.questions > 1
            && self.options >> 2 != 0
            && self.questions % 6 == (self.options >> 2) % 6;
        let refusal = || Refusal::new(550, Status(5, 1, 1), "no such mailbox\r\n250 ok");
        match ask {
            Ask::Login { login, password } => {
                assert!(self.secure && !self.member, "a password before TLS");
                let right = login == "anna" && password.reveal() == "sesame";
                self.member = right;
                Answer::Login(if right {
                    Admission::Welcome("anna".parse().unwrap())
                } else {
                    Admission::Wrong
                })
            }
            Ask::Sender { member, .. } | Ask::Recipient { member, .. } => {
                assert!(
                    self.member && member.as_str() == "anna",
                    "a letter without a login"
                );
                Answer::Allowed(if refuses { Err(refusal()) } else { Ok(()) })
            }
            Ask::Submit {
                member, envelope, ..
            } => {
                assert!(
                    self.member && member.as_str() == "anna",
                    "a letter without a login"
                );
                let letter = std::mem::take(&mut self.piece);
                if refuses {
                    return Answer::Submitted(Err(refusal()));
                }
                self.letters.push((envelope, letter));
                Answer::Submitted(Ok(self.letters.len().to_string()))
            }
        }
    }
}
