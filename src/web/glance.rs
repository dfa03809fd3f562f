//! What the first page tells of the home, kept for as long as nothing has changed.
//!
//! # Rules
//! - Each thing is asked once, however many look: who comes meanwhile waits for that answer. It counts until something of the
//!   kinds that it depends on has changed ([`changes`]), and never longer than `FRESH`: not everything rings.
//! - What is one member's is kept under their name, and given to nobody else.
//! - Everything blocks: it is called where that is allowed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Web;
use crate::changes::{self, Kind};
use crate::control::protocol::QueueFilter;
use crate::control::{Failure, Request, answer};
use crate::mail::address::MemberName;

/// An answer is believed for so long without a word of change.
const FRESH: Duration = Duration::from_secs(10);
/// Days that are looked back at, today among them.
pub const DAYS: u32 = 14;
/// Letters on their way that are told of one member.
pub const MOST_MOVING: usize = 10;
/// Members' answers that are kept: more than live in a home.
const MOST_KEPT: usize = 256;

/// Somebody whom a letter would reach now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Online {
    /// Whose contact it is; none for everybody's.
    owner: Option<String>,
    /// What people here call them.
    pub name: String,
    /// Without a relay.
    pub directly: bool,
}

/// The contacts, as far as the first page tells of them.
#[derive(Debug, Default)]
pub struct People {
    /// How many there are, by whose they are.
    counts: HashMap<Option<String>, usize>,
    online: Vec<Online>,
}

impl People {
    fn of(contacts: Vec<answer::Contact>) -> Self {
        let mut people = Self::default();
        for contact in contacts {
            *people.counts.entry(contact.owner.clone()).or_default() += 1;
            if !matches!(contact.state.as_str(), "connected" | "online") {
                continue;
            }
            let name = match contact.display.trim() {
                "" => contact.name,
                _ => contact.display,
            };
            people.online.push(Online {
                owner: contact.owner,
                name,
                directly: contact.connection.as_deref() == Some("udp"),
            });
        }
        people
            .online
            .sort_by_cached_key(|one| one.name.to_lowercase());
        people
    }

    /// Who of a member's contacts, and of everybody's, is there.
    pub fn online<'a>(&'a self, member: &'a MemberName) -> impl Iterator<Item = &'a Online> {
        let theirs = |owner: &Option<String>| match owner {
            Some(owner) => owner == member.as_str(),
            None => true,
        };
        self.online.iter().filter(move |one| theirs(&one.owner))
    }

    /// How many contacts a member has, everybody's among them.
    pub fn count(&self, member: &MemberName) -> usize {
        let of = |owner| self.counts.get(&owner).copied().unwrap_or(0);
        of(None) + of(Some(member.to_string()))
    }
}

/// All that is kept.
#[derive(Default)]
pub struct Glance {
    status: Kept<answer::Status>,
    health: Kept<answer::Health>,
    people: Kept<People>,
    /// By member; none is all of the home.
    counts: Each<answer::QueueCount>,
    days: Each<Vec<answer::Day>>,
}

/// Answers of one kind, one for each member.
type Each<T> = Mutex<HashMap<Option<MemberName>, Arc<Kept<T>>>>;

fn of<T>(each: &Each<T>, member: Option<&MemberName>) -> Arc<Kept<T>> {
    let mut each = each.lock().unwrap_or_else(PoisonError::into_inner);
    if each.len() >= MOST_KEPT {
        each.clear();
    }
    Arc::clone(each.entry(member.cloned()).or_default())
}

/// An answer, and what it was true for.
struct Kept<T>(Mutex<Option<Answer<T>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

struct Answer<T> {
    at: Instant,
    counts: Vec<u64>,
    value: Arc<T>,
}

impl<T> Kept<T> {
    /// What is kept, or what `ask` says. A failure is not kept.
    fn look(
        &self,
        kinds: &[Kind],
        ask: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Arc<T>, Failure> {
        // Held while it is asked: who comes meanwhile gets the same answer.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Counted before: what changes while it is asked makes the answer old.
        let counts: Vec<u64> = kinds.iter().map(|kind| changes::count(*kind)).collect();
        let good = |answer: &&Answer<T>| answer.at.elapsed() < FRESH && answer.counts == counts;
        if let Some(answer) = last.as_ref().filter(good) {
            return Ok(Arc::clone(&answer.value));
        }
        let value = Arc::new(ask()?);
        *last = Some(Answer {
            at: Instant::now(),
            counts,
            value: Arc::clone(&value),
        });
        Ok(value)
    }
}

impl Web {
    /// The home at a glance.
    ///
    /// # Errors
    /// The home says no, and why; so for all of these.
    pub fn status(&self) -> Result<Arc<answer::Status>, Failure> {
        let kept = &self.0.glance.status;
        kept.look(&[Kind::Tox], || self.ask_now(Request::Status))
    }

    /// Whether everything is all right.
    ///
    /// # Errors
    /// As above.
    pub fn health(&self) -> Result<Arc<answer::Health>, Failure> {
        let kept = &self.0.glance.health;
        kept.look(&[Kind::Health, Kind::Tox], || self.ask_now(Request::Health))
    }

    /// Who is there.
    ///
    /// # Errors
    /// As above.
    pub fn people(&self) -> Result<Arc<People>, Failure> {
        let kept = &self.0.glance.people;
        kept.look(&[Kind::Contacts, Kind::Tox], || {
            self.ask_now(Request::ContactList).map(People::of)
        })
    }

    /// How much waits, of one member or in all.
    ///
    /// # Errors
    /// As above.
    pub fn waiting(&self, member: Option<&MemberName>) -> Result<Arc<answer::QueueCount>, Failure> {
        let member_too = member.cloned();
        of(&self.0.glance.counts, member).look(&[Kind::Queue], || {
            self.ask_now(Request::QueueCount { member: member_too })
        })
    }

    /// A member's letters that are on their way this moment: how far they are changes all the time, so they are not kept.
    ///
    /// # Errors
    /// As above.
    pub fn moving(&self, member: &MemberName) -> Result<Vec<answer::Queued>, Failure> {
        let filter = QueueFilter {
            member: Some(member.clone()),
            limit: Some(MOST_MOVING),
            moving: true,
            subjects: true,
            ..QueueFilter::default()
        };
        self.ask_now(Request::QueueList(filter))
    }

    /// The letters of the last days, of one member or in all.
    ///
    /// # Errors
    /// As above.
    pub fn days(&self, member: Option<&MemberName>) -> Result<Arc<Vec<answer::Day>>, Failure> {
        let request = Request::Timeline {
            days: DAYS,
            member: member.cloned(),
        };
        of(&self.0.glance.days, member).look(&[Kind::Queue, Kind::Store], || self.ask_now(request))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn an_answer_is_kept_until_what_it_depends_on_changes_and_a_failure_is_not() {
        let (kept, asked) = (Kept::default(), Cell::new(0));
        let look = |says: Result<u8, Failure>| {
            kept.look(&[Kind::Store], || {
                asked.set(asked.get() + 1);
                says
            })
        };
        assert!(look(Err(Failure::new("no", ""))).is_err());
        assert_eq!((*look(Ok(1)).unwrap(), asked.get()), (1, 2));
        assert_eq!((*look(Ok(2)).unwrap(), asked.get()), (1, 2));
        changes::ring(Kind::Store);
        assert_eq!((*look(Ok(3)).unwrap(), asked.get()), (3, 3));
    }

    #[test]
    fn a_member_sees_their_own_contacts_and_everybodys() {
        let contact = |name: &str, owner: Option<&str>, state: &str| answer::Contact {
            name: name.to_owned(),
            owner: owner.map(str::to_owned),
            state: state.to_owned(),
            connection: Some("udp".to_owned()),
            ..answer::Contact::default()
        };
        let people = People::of(vec![
            contact("zoe", None, "connected"),
            contact("Bo", Some("anna"), "online"),
            contact("secret", Some("ben"), "connected"),
            contact("al", Some("anna"), "offline"),
        ]);
        let anna: MemberName = "anna".parse().unwrap();
        let names: Vec<&str> = people.online(&anna).map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Bo", "zoe"]);
        assert_eq!(people.count(&anna), 3);
        let carla: MemberName = "carla".parse().unwrap();
        assert_eq!(
            (people.online(&carla).count(), people.count(&carla)),
            (1, 1)
        );
    }
}
