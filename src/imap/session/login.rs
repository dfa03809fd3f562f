//! Who it is, and what works then.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::{Ask, Asked, Session, Stage, State, Step};
use crate::imap::view::Gone;
use crate::mail::address::MemberName;
use crate::net::login::{self, Admission};

impl Session {
    /// A response of AUTHENTICATE PLAIN came.
    pub(super) fn response(&mut self, tag: String, line: &[u8]) -> Step {
        if line == b"*" {
            return self.bad(&tag, "AUTHENTICATE was given up");
        }
        let decoded = BASE64.decode(line).map(Zeroizing::new);
        let parts = decoded
            .as_ref()
            .ok()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .and_then(login::sasl_plain);
        match parts {
            Some((login, password)) => self.ask(tag, Asked::Login, Ask::Login { login, password }),
            None => self.bad(
                &tag,
                "This is not base64 of a name and a password; try again",
            ),
        }
    }

    pub(super) fn admitted(&mut self, tag: &str, admission: Admission) -> Step {
        match admission {
            Admission::Welcome(member) => self.welcome(tag, &member),
            Admission::Wrong => self.no(
                tag,
                "[AUTHENTICATIONFAILED] Name or password is wrong; check both in your mail program's settings",
            ),
            Admission::TryLater(wait) => {
                let text = format!("[UNAVAILABLE] Too many wrong passwords; try again in {}", login::in_words(wait));
                self.no(tag, &text)
            }
            Admission::Unavailable => self.no(
                tag,
                "[UNAVAILABLE] Passwords cannot be checked just now; try again in a minute",
            ),
        }
    }

    fn welcome(&mut self, tag: &str, member: &MemberName) -> Step {
        self.state = State::Member;
        let capabilities = self.capabilities();
        self.tagged(
            tag,
            "OK",
            &format!("[CAPABILITY {capabilities}] Welcome, {member}"),
        )
    }

    pub(super) fn enable(&mut self, tag: String, wanted: &[String]) -> Step {
        let mut now = Vec::new();
        for word in wanted {
            match word.as_str() {
                "CONDSTORE" => self.tell_mod_seqs(),
                "QRESYNC" => {
                    self.enabled.qresync = true;
                    self.tell_mod_seqs();
                }
                "UTF8=ACCEPT" => self.enabled.utf8 = true,
                "IMAP4REV2" => {
                    self.enabled.rev2 = true;
                    if let State::Selected(selected) = &mut self.state {
                        selected.view.forget_recent();
                    }
                }
                _ => continue,
            }
            now.push(if word == "IMAP4REV2" {
                "IMAP4rev2"
            } else {
                word
            });
        }
        let now = now.join(" ");
        self.untagged(format!("ENABLED {now}").trim_end());
        self.done(tag, "OK", "Done", Gone::Told)
    }

    /// What works in this state.
    pub(super) fn capabilities(&self) -> String {
        let always = "IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE";
        match self.stage() {
            Stage::Plain => format!("{always} STARTTLS LOGINDISABLED"),
            Stage::Stranger => format!("{always} AUTH=PLAIN"),
            Stage::Member | Stage::Selected => format!(
                "{always} AUTH=PLAIN IDLE NAMESPACE UNSELECT UIDPLUS MOVE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE \
                 CREATE-SPECIAL-USE STATUS=SIZE ESEARCH SEARCHRES WITHIN BINARY MULTIAPPEND SORT THREAD=ORDEREDSUBJECT \
                 THREAD=REFERENCES CONDSTORE QRESYNC UTF8=ACCEPT OBJECTID QUOTA QUOTA=RES-STORAGE APPENDLIMIT={}",
                self.settings.max_message_bytes
            ),
        }
    }
}
