//! Which way a recipient's mail goes. One pure function.
//!
//! | who | what the home knows | route |
//! | --- | --- | --- |
//! | a member | there is one of that name | `Local` |
//! | a member | there is none, and a mail server at home takes all other names | `Gateway` |
//! | a member | there is none | refused, 5.1.1: check the spelling |
//! | main mailbox, postmaster | somebody lives here | `Local` |
//! | main mailbox, postmaster | it is somebody's at the mail server at home | `Gateway` |
//! | main mailbox, postmaster | nobody lives here yet | refused, 5.1.1: add a member |
//! | a one-time address of a question | | `Answer`: the clerk says whose word counts |
//! | a peer's mailbox | the peer is known, as a home or as nothing yet | `Tox` |
//! | a peer's mailbox | the peer is a friend with a chat program | `Chat` |
//! | a peer's mailbox | the peer is blocked | refused, 5.7.1: remove and add the contact again |
//! | a peer's mailbox | the key is a stranger's | refused, 5.1.2: ask for their full Tox ID or an invitation |
//! | a full Tox address | a stranger's, or of a peer as above | `Tox`, or as the peer |
//! | an ordinary address that no contact has with a Tox address | the writer has a provider and an ordinary address | `Relay` |
//! | … | there is a provider, but the writer has no ordinary address | refused, 5.7.1: enter one |
//! | … | there is no provider | refused, 5.1.2: add them, or set up a provider |
//!
//! Refused recipients are refused at `RCPT TO`, with a sentence that says what to do. A contact who may fall back has the route
//! `Tox` all the same; when the letter has waited as long as was set, the queue moves it to the route `Relay`
//! ([`crate::queue::Fallback`]).

use crate::contacts::{Kind, Standing, Who};
use crate::mail::verdict::{Reason, Status};

/// Where a recipient's mail goes, if it is not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To a mailbox of this home.
    Local,
    /// To another home.
    Tox,
    /// To the home itself, which has asked ([`crate::questions`]).
    Answer,
    /// To the writer's provider.
    Relay,
    /// To a friend with an ordinary Tox program.
    Chat,
    /// To the mail server that the family has already.
    Gateway,
}

/// What the writer has for the ordinary route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// An account (their own, or the home's) and an ordinary address.
    Ready,
    /// An account, but no ordinary address to write as.
    NoAddress,
    /// No account.
    Missing,
}

/// What [`route`] must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// For a member: there is one of that name. For the main mailbox and the postmaster: somebody lives here.
    pub lives_here: bool,
    /// For a member, the main mailbox and the postmaster: the mailbox is at the mail server that the family has already.
    pub at_gateway: bool,
    /// For a mailbox elsewhere: what this home has to do with its key ([`crate::contacts::Contacts::standing`]).
    pub standing: Standing,
    /// For an ordinary address: what the writer has for it.
    pub provider: Provider,
}

/// The route of a recipient.
///
/// # Errors
/// It is refused: a sentence for the writer.
pub fn route(who: &Who, facts: &Facts) -> Result<Route, Reason> {
    match who {
        Who::Member { .. } | Who::Main { .. } | Who::Postmaster if facts.lives_here => {
            Ok(Route::Local)
        }
        Who::Member { .. } | Who::Main { .. } | Who::Postmaster if facts.at_gateway => {
            Ok(Route::Gateway)
        }
        Who::Member { name, .. } => no(
            Status(5, 1, 1),
            format!("nobody called '{name}' lives in this home; check the spelling"),
        ),
        Who::Main { .. } | Who::Postmaster => no(
            Status(5, 1, 1),
            "nobody lives in this home yet; add somebody on the home's page first",
        ),
        Who::Answer(_) => Ok(Route::Answer),
        Who::Peer { .. } => match facts.standing {
            Standing::Known(Kind::Home | Kind::Unknown) => Ok(Route::Tox),
            Standing::Known(Kind::Chat) => Ok(Route::Chat),
            Standing::Blocked => blocked(),
            Standing::Stranger => no(
                Status(5, 1, 2),
                "this home is not known here, and its key alone is not enough; ask for their full Tox ID or an invitation",
            ),
        },
        Who::FirstContact { .. } => match facts.standing {
            Standing::Stranger | Standing::Known(Kind::Home | Kind::Unknown) => Ok(Route::Tox),
            Standing::Known(Kind::Chat) => Ok(Route::Chat),
            Standing::Blocked => blocked(),
        },
        Who::Ordinary(address) => match facts.provider {
            Provider::Ready => Ok(Route::Relay),
            Provider::NoAddress => no(
                Status(5, 7, 1),
                "you have no ordinary e-mail address here to write as; have yours entered on the home's page first",
            ),
            Provider::Missing => no(
                Status(5, 1, 2),
                // The address of a stranger may be long; the advice must not be cut off.
                format!(
                    "nobody here knows a Tox address for '{}'; add them to your contacts, or set up your provider on the home's page",
                    shortened(address)
                ),
            ),
        },
    }
}

fn blocked() -> Result<Route, Reason> {
    no(
        Status(5, 7, 1),
        "this contact is blocked here; to write to them, remove and add the contact again",
    )
}

fn no<T>(status: Status, text: impl Into<String>) -> Result<T, Reason> {
    Err(Reason::new(status, text))
}

fn shortened(address: &str) -> String {
    const MOST: usize = 80;
    if address.chars().count() <= MOST {
        return address.to_owned();
    }
    let start: String = address.chars().take(MOST - 3).collect();
    format!("{start}...")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::mail::address::PeerKey;

    #[test]
    fn every_row_of_the_table() {
        let key = PeerKey::from_bytes([1; 32]);
        let id = format!("{}{}", "01".repeat(36), "0000").parse().unwrap();
        let member = Who::Member {
            name: "anna".parse().unwrap(),
            tag: None,
        };
        let main = Who::Main { tag: None };
        let answer = Who::Answer("a".repeat(26));
        let peer = Who::Peer { key, local: None };
        let first = Who::FirstContact { id, local: None };
        let ordinary = Who::Ordinary(format!("{}@example.org", "x".repeat(64)));
        let here = |lives_here| Facts {
            lives_here,
            at_gateway: false,
            standing: Standing::Stranger,
            provider: Provider::Missing,
        };
        let at_gateway = Facts {
            at_gateway: true,
            ..here(false)
        };
        let there = |standing| Facts {
            standing,
            provider: Provider::Ready,
            ..here(false)
        };
        let by = |provider| Facts {
            provider,
            ..here(false)
        };
        let home = Standing::Known(Kind::Home);
        let unknown = Standing::Known(Kind::Unknown);
        let chat = Standing::Known(Kind::Chat);
        let (local, tox) = (Ok(Route::Local), Ok(Route::Tox));
        let gateway = Ok(Route::Gateway);
        type Row<'a> = (&'a Who, Facts, Result<Route, (&'a str, &'a str)>);
        let table: Vec<Row<'_>> = vec![
            (&member, here(true), local),
            (&member, at_gateway, gateway),
            (&member, here(false), Err(("5.1.1", "check the spelling"))),
            (&main, here(true), local),
            (&main, at_gateway, gateway),
            (&main, here(false), Err(("5.1.1", "add somebody"))),
            (&Who::Postmaster, here(true), local),
            (&Who::Postmaster, at_gateway, gateway),
            (
                &Who::Postmaster,
                here(false),
                Err(("5.1.1", "add somebody")),
            ),
            (&answer, there(Standing::Stranger), Ok(Route::Answer)),
            (&peer, there(home), tox),
            (&peer, there(unknown), tox),
            (&peer, there(chat), Ok(Route::Chat)),
            (&peer, there(Standing::Blocked), Err(("5.7.1", "blocked"))),
            (
                &peer,
                there(Standing::Stranger),
                Err(("5.1.2", "ask for their full Tox ID or an invitation")),
            ),
            (&first, there(Standing::Stranger), tox),
            (&first, there(home), tox),
            (&first, there(unknown), tox),
            (&first, there(chat), Ok(Route::Chat)),
            (&first, there(Standing::Blocked), Err(("5.7.1", "blocked"))),
            (&ordinary, by(Provider::Ready), Ok(Route::Relay)),
            (
                &ordinary,
                by(Provider::NoAddress),
                Err(("5.7.1", "yours entered on the home's page")),
            ),
            (
                &ordinary,
                by(Provider::Missing),
                Err((
                    "5.1.2",
                    "add them to your contacts, or set up your provider",
                )),
            ),
        ];
        for (who, facts, expected) in table {
            match (route(who, &facts), expected) {
                (Ok(route), Ok(expected)) => assert_eq!(route, expected, "{who:?} {facts:?}"),
                (Err(reason), Err((status, words))) => {
                    assert_eq!(reason.status.to_string(), status, "{who:?} {facts:?}");
                    assert!(reason.text.contains(words), "{reason}");
                    assert!(reason.text.len() < 200, "{reason}");
                }
                (found, _) => panic!("{who:?} {facts:?}: {found:?}"),
            }
        }
    }
}
