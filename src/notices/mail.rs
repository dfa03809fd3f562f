//! A plain mail from the home to one of its members: a question, or a word about their answer.

use std::io;

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use super::text::Letter;
use super::{FROM, Notice, clean, random, reference};
use crate::mail::address::{LOCAL_DOMAIN, MemberName};
use crate::questions::Secret;

/// What the mail is, for programs.
#[derive(Clone, Copy, Debug)]
pub enum Occasion<'a> {
    /// The home speaks by itself.
    Itself,
    /// It is about a letter of the member's: its `Message-ID`, if it has one.
    Letter(Option<&'a str>),
}

/// Where an answer goes.
#[derive(Clone, Copy, Debug)]
pub enum AnswerTo<'a> {
    /// To whoever looks after the box.
    Postmaster,
    /// To a one-time address: it stands in `From` and `Reply-To`, because programs differ in what they answer to.
    Question(&'a Secret),
}

/// What a mail needs to know besides its words.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    /// Who gets it.
    pub to: &'a MemberName,
    /// Where an answer goes.
    pub answer_to: AnswerTo<'a>,
    /// What it is.
    pub occasion: Occasion<'a>,
    /// This home's host name.
    pub hostname: &'a str,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// Writes the mail, without sending it.
///
/// # Errors
/// [`io::Error`] without randomness for the `Message-ID`.
pub fn mail(mail: &Mail<'_>, letter: Letter) -> io::Result<Notice> {
    let id = format!("{}@{}", random()?, mail.hostname);
    let to = format!("{}@{LOCAL_DOMAIN}", mail.to);
    let auto = match mail.occasion {
        Occasion::Itself => "auto-generated",
        Occasion::Letter(_) => "auto-replied",
    };
    let mut message = MessageBuilder::new();
    message = match mail.answer_to {
        AnswerTo::Postmaster => message.header("From", Raw::new(format!("Toxmail <{FROM}>"))),
        AnswerTo::Question(secret) => {
            let address = secret.address();
            message
                .header("From", Raw::new(format!("Toxmail <{address}>")))
                .header("Sender", Raw::new(format!("Toxmail <{FROM}>")))
                .header("Reply-To", Raw::new(format!("Toxmail <{address}>")))
        }
    };
    message = message
        .to(Address::new_address(None::<&str>, to.as_str()))
        .subject(clean(&letter.subject))
        .date(Date::new(mail.now))
        .message_id(id.as_str())
        .header("Auto-Submitted", Raw::new(auto));
    if let Occasion::Letter(Some(about)) = mail.occasion
        && let Some(about) = reference(about)
    {
        message = message.in_reply_to(about).references(about);
    }
    let bytes = message
        .body(MimePart::new("text/plain", letter.body))
        .write_to_vec()?;
    Ok(Notice::new(bytes, &id, to, false))
}
