//! Which command is legal when. Pure.
//!
//! | | before TLS | TLS, no EHLO yet | not logged in | logged in | MAIL said | RCPT taken | BDAT going on |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | EHLO HELO NOOP HELP RSET QUIT | yes | yes | yes | yes | yes | yes | yes |
//! | STARTTLS | yes | 503 | 503 | 503 | 503 | 503 | 503 |
//! | AUTH | 538 | 503 | yes | 503 | 503 | 503 | 503 |
//! | MAIL | 530 | 530 | 530 | yes | 503 | 503 | 503 |
//! | RCPT | 530 | 530 | 530 | 503 | yes | yes | 503 |
//! | DATA | 530 | 530 | 530 | 503 | 503 | yes | 503 |
//! | BDAT | 530 | 530 | 530 | 503 | 503 | yes | yes |
//! | VRFY EXPN | 530 | 530 | 530 | yes | yes | yes | yes |
//!
//! Where the address alone will do ([`Settings::trusted`](super::step::Settings::trusted)), MAIL is legal without TLS and without
//! a login: who says it is logged in by that.
//!
//! The octets behind a BDAT are read and thrown away also where it is refused (RFC 3030 section 2).

use super::Refusal;
use super::command::Verb;
use crate::mail::verdict::Status;

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Plain,
    Ungreeted,
    Stranger,
    Member,
    Sender,
    Recipients,
    Chunks,
}

/// The table: `None` is legal.
pub(super) fn illegal(verb: Verb, stage: Stage) -> Option<Refusal> {
    use Stage::{Chunks, Member, Plain, Recipients, Sender, Stranger, Ungreeted};
    let order = |text: &str| Some(Refusal::new(503, Status(5, 5, 1), text));
    let needs = |text: &str| Some(Refusal::new(530, Status(5, 7, 0), text));
    match (verb, stage) {
        (Verb::Ehlo | Verb::Helo | Verb::Noop | Verb::Help | Verb::Rset | Verb::Quit, _) => None,
        (Verb::StartTls, Plain) => None,
        (Verb::StartTls, _) => order("TLS is spoken already; go on with EHLO"),
        // RFC 4954 section 6: there is no way to log in that does without TLS.
        (Verb::Auth, Plain) => Some(Refusal::new(
            538,
            Status(5, 7, 11),
            "Say STARTTLS first: switch on STARTTLS or TLS in your mail program; change your password if it went over the air",
        )),
        (_, Plain) => needs("Say STARTTLS first: switch on STARTTLS or TLS in your mail program"),
        (Verb::Auth, Ungreeted) => order("Say EHLO first"),
        (Verb::Auth, Stranger) => None,
        (Verb::Auth, _) => order("You are logged in already"),
        (_, Ungreeted | Stranger) => {
            needs("Log in first: switch on authentication with your mailbox's name and password")
        }
        (Verb::Vrfy | Verb::Expn, _) => None,
        (Verb::Mail, Member) => None,
        (Verb::Mail, _) => order("A letter is begun already; say RSET to give it up"),
        (Verb::Rcpt, Sender | Recipients) => None,
        (Verb::Data | Verb::Bdat, Recipients) => None,
        (Verb::Bdat, Chunks) => None,
        (Verb::Rcpt | Verb::Data, Chunks) => {
            order("BDAT has begun; end it with BDAT LAST, or say RSET to give the letter up")
        }
        (Verb::Data | Verb::Bdat, Sender) => {
            order("No recipient was taken; say RCPT with an address that exists")
        }
        (Verb::Rcpt | Verb::Data | Verb::Bdat, _) => order("Say MAIL first"),
    }
}
