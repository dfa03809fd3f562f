//! The operator's commands about one contact and about cards: show, edit, words, verify, export, import.

use serde_json::Value;

use super::operator::Running;
use super::people::value;
use crate::cause::Cause;
use crate::contacts::{Befriend, Compared, ContactRow, Edit, ToxIds};
use crate::control::answer;
use crate::control::protocol::{Failure, Request};
use crate::mail::address::MemberName;

/// Answers one of them.
pub(super) fn handle(home: &Running, request: Request) -> Result<Value, Failure> {
    let contacts = &home.post.contacts;
    match request {
        Request::ContactShow { name } => details(home, &contacts.find(&name)?),
        Request::ContactEdit {
            name,
            new_name,
            emails,
            tox,
        } => {
            let edit = Edit {
                name: new_name,
                emails,
                tox,
            };
            let (id, befriend) = contacts.edit(&name, edit)?;
            home.pairing.befriend(befriend);
            let rows = contacts.list()?;
            match rows.iter().find(|row| row.id == id) {
                Some(row) => details(home, row),
                None => Err(Failure::new("the contact is gone meanwhile", "").because(Cause::Gone)),
            }
        }
        Request::ContactWords { name } => {
            let (row, words) = contacts.words(&name)?;
            let verified = contacts.verified()?;
            value(&answer::Words {
                verified: row.key.is_some_and(|key| verified.contains(&key)),
                name: row.name,
                words: words.words,
                digits: words.digits,
            })
        }
        Request::ContactVerify { name, undo } => {
            let verdict = if undo {
                Compared::NotYet
            } else {
                Compared::Same
            };
            details(home, &contacts.verify(&name, verdict)?)
        }
        Request::ContactExport {
            member,
            behind,
            tox_ids,
        } => {
            exists(home, member.as_ref())?;
            let tox_ids = if tox_ids {
                ToxIds::Full
            } else {
                ToxIds::Canonical
            };
            let (vcards, next) = match contacts.export(member.as_ref(), behind, tox_ids)? {
                Some((vcards, last)) => (vcards, Some(last)),
                None => (String::new(), None),
            };
            value(&answer::Cards { vcards, next })
        }
        Request::ContactImport { member, cards } => import(home, member.as_ref(), &cards),
        other => Err(Failure::new(
            format!("{} is answered elsewhere", other.name()),
            "use the toxmaild of the same version as the home",
        )),
    }
}

fn exists(home: &Running, member: Option<&MemberName>) -> Result<(), Failure> {
    match member {
        Some(member) if !home.post.members.exists(member)? => {
            Err(crate::members::Error::NoSuchMember(member.clone()).into())
        }
        _ => Ok(()),
    }
}

fn details(home: &Running, row: &ContactRow) -> Result<Value, Failure> {
    let contacts = &home.post.contacts;
    let verified = contacts.verified()?;
    let mut listed = home.contacts(|other| other.id == row.id)?;
    let Some(contact) = listed.pop() else {
        return Err(Failure::new("the contact is gone meanwhile", "").because(Cause::Gone));
    };
    value(&answer::ContactDetails {
        contact,
        home_name: row.home_name.clone().filter(|name| !name.is_empty()),
        claimed_emails: row.claimed_emails.clone(),
        verified: row.key.is_some_and(|key| verified.contains(&key)),
        hidden_from: contacts.hidden_from(row.id)?,
    })
}

fn import(
    home: &Running,
    member: Option<&MemberName>,
    cards: &[(usize, String)],
) -> Result<Value, Failure> {
    exists(home, member)?;
    let outcomes = home.post.contacts.import(member, cards)?;
    let mut answers = Vec::new();
    for (outcome, (line, _)) in outcomes.into_iter().zip(cards) {
        answers.push(match outcome {
            Ok(imported) => {
                if imported.befriend != Befriend::Nothing {
                    home.pairing.befriend(imported.befriend);
                }
                answer::ImportedCard {
                    line: *line,
                    name: Some(imported.name),
                    outcome: if imported.new { "new" } else { "completed" }.to_owned(),
                    ..answer::ImportedCard::default()
                }
            }
            Err(refused) => answer::ImportedCard {
                line: refused.line,
                name: None,
                outcome: "refused".to_owned(),
                why: Some(refused.why),
                cause: Some(refused.cause),
                about: refused.about,
            },
        });
    }
    value(&answers)
}
