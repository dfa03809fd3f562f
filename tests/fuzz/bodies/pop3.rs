//! A POP3 session, driven byte by byte as its shell drives it (src/pop3/serve.rs).

use std::sync::Arc;

use toxmail::net::connection::Ended;
use toxmail::net::line::{Event, Splitter};
use toxmail::net::login::Admission;
use toxmail::pop3::session::{Answer, Ask, Reply, Session, Settings, Step, Trouble};
use toxmail::store::{Entry, Figures, Flags, KeywordSet, ModSeq, Snapshot, Uid, UidValidity};

const MOST_ERRORS: u32 = 6;

/// The first byte chooses where the session begins and what fails. The rest is what the client says.
pub fn pop3(data: &[u8]) {
    let Some((&options, said)) = data.split_first() else {
        return;
    };
    let whole = Talk::new(options).hear(said, said.len().max(1));
    let cut = Talk::new(options).hear(said, 3);
    assert_eq!(
        whole.answers.escape_ascii().to_string(),
        cut.answers.escape_ascii().to_string()
    );
    assert_eq!(whole.removed, cut.removed);
}

struct Talk {
    session: Session,
    splitter: Splitter,
    options: u8,
    secure: bool,
    member: bool,
    over: bool,
    /// What a QUIT removed.
    removed: Vec<Uid>,
    answers: Vec<u8>,
}

impl Talk {
    fn new(options: u8) -> Self {
        let settings = Arc::new(Settings {
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
            over: false,
            removed: Vec::new(),
            answers: Vec::new(),
        };
        let greeting = talk.session.greeting();
        talk.say(&greeting);
        if options & 2 == 0 && secure {
            for line in ["USER anna", "PASS sesame"] {
                let step = talk.session.line(line.as_bytes());
                talk.obey(step);
            }
        }
        talk
    }

    fn hear(mut self, said: &[u8], size: usize) -> Self {
        let mut refused = 0;
        for read in said.chunks(size) {
            let mut rest = read;
            while !rest.is_empty() && !self.over {
                let limit = self.session.longest_line();
                let (taken, event) = self.splitter.feed(rest, limit);
                rest = &rest[taken..];
                let step = match event {
                    Some(Event::Line(line)) => self.session.line(&line),
                    Some(Event::Broken(fault)) => self.session.broken(fault),
                    None => continue,
                };
                self.obey(step);
                refused = self
                    .answers
                    .windows(4)
                    .filter(|four| *four == b"-ERR")
                    .count();
            }
        }
        if !self.over
            && let Some(last) = self.session.goodbye(Ended::Stopping)
        {
            self.say(&last);
        }
        // No command is shorter than its line end, and those that fail are told once.
        assert!(refused <= 8 + said.len() / 2);
        self
    }

    fn say(&mut self, reply: &Reply) {
        let text = std::str::from_utf8(reply.as_bytes()).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for line in &lines {
            assert!(line.len() <= 512 && line.ends_with("\r\n"), "{text:?}");
            assert!(
                line[..line.len() - 2]
                    .bytes()
                    .all(|b| (b' '..=b'~').contains(&b)),
                "{text:?}"
            );
        }
        let first = lines[0];
        assert!(
            first.starts_with("+OK ") || first.starts_with("-ERR ") || first == "+ \r\n",
            "{text:?}"
        );
        // More lines than one end with the dot that says so, and none before is taken for it.
        if lines.len() > 1 {
            assert!(first.starts_with("+OK "));
            let (last, body) = lines[1..].split_last().unwrap();
            assert!(
                *last == ".\r\n" && !body.iter().any(|line| line.starts_with('.')),
                "{text:?}"
            );
        }
        self.answers.extend_from_slice(reply.as_bytes());
    }

    fn obey(&mut self, mut step: Step) {
        loop {
            match step {
                Step::Ask(ask) => {
                    let answer = self.find_out(ask);
                    step = self.session.answer(answer);
                }
                Step::Reply(reply) => return self.say(&reply),
                Step::Send(reply) => {
                    assert!(self.member);
                    self.say(&reply);
                    self.answers.extend_from_slice(b"..\r\n.\r\n");
                    return;
                }
                Step::StartTls(reply) => {
                    assert!(!self.secure);
                    self.say(&reply);
                    self.session.tls_started();
                    self.splitter.reset();
                    self.secure = true;
                    return;
                }
                Step::Close(reply) => {
                    self.say(&reply);
                    self.over = true;
                    return;
                }
            }
        }
    }

    fn find_out(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Login { login, password } => {
                assert!(self.secure && !self.member, "a password before TLS");
                let right = login == "anna" && password.reveal() == "sesame";
                Answer::Login(if right {
                    Admission::Welcome("anna".parse().unwrap())
                } else {
                    Admission::Wrong
                })
            }
            Ask::Open { member } => {
                assert_eq!(member.as_str(), "anna");
                let opened = match self.options >> 2 & 3 {
                    1 => Err(Trouble::InUse),
                    2 => Err(Trouble::OutOfOrder),
                    _ => Ok(snapshot()),
                };
                self.member = opened.is_ok();
                Answer::Opened(opened)
            }
            Ask::Message { uid, .. } => {
                assert!(self.member && snapshot().entries.iter().any(|e| e.uid == uid));
                Answer::Message(if self.options & 16 == 0 {
                    Ok(())
                } else {
                    Err(Trouble::Gone)
                })
            }
            Ask::Update { marked } => {
                assert!(self.member && self.removed.is_empty() && !marked.is_empty());
                let all = snapshot();
                assert!(
                    marked
                        .iter()
                        .all(|uid| all.entries.iter().any(|e| e.uid == *uid))
                );
                assert!(marked.is_sorted_by(|a, b| a.0 < b.0));
                self.removed = marked;
                Answer::Updated(if self.options & 32 == 0 {
                    Ok(0)
                } else {
                    Err(Trouble::OutOfOrder)
                })
            }
        }
    }
}

fn snapshot() -> Snapshot {
    let entry = |uid, size, open_end| Entry {
        uid: Uid(uid),
        size,
        flags: Flags::NONE,
        keywords: KeywordSet::NONE,
        mod_seq: ModSeq(1),
        arrived: 0,
        open_end,
    };
    Snapshot {
        figures: Figures {
            uid_validity: UidValidity(77),
            uid_next: Uid(9),
            mod_seq: ModSeq(3),
            messages: 3,
            bytes: 1111,
            unseen: 3,
            deleted: 0,
            deleted_bytes: 0,
        },
        entries: Arc::new(vec![
            entry(2, 100, false),
            entry(5, 1000, true),
            entry(8, 11, false),
        ]),
        keywords: Arc::default(),
    }
}
