//! One visit to a mailbox at a provider: letter by letter read, filed, noted, deleted there.

use std::collections::{HashMap, HashSet};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::{Fetcher, FiledHow, Round, Trouble, empty, hung_up, of_store};
use crate::durable::{self, fault};
use crate::fetch::plan::{Act, After, Sight, Since, State, act};
use crate::fetch::spool::Spool;
use crate::fetch::{self, Error as FetchError, Listed, Listing, Protocol, Read, Session};
use crate::mail::verdict::Reason;
use crate::notices::FetchNews;
use crate::providers::fetch::{FetchId, Inbox, Note, Progress};

/// Refusals one after the other that end a round: it is not the letter, then.
pub(super) const REFUSALS: u32 = 5;
/// Notes that share a transaction, and letters that are deleted together.
const TOGETHER: usize = 20;
/// Room on the disk that a large letter leaves alone while it lies there twice.
const RESERVE: u64 = 64 << 20;

/// Why this home does not take a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    TooLarge,
    Unreadable,
}

/// One look at one mailbox.
pub(super) struct Visit<'a, S> {
    pub(super) fetcher: &'a Fetcher,
    pub(super) id: FetchId,
    pub(super) inbox: &'a Inbox,
    pub(super) session: Option<Session<S>>,
    pub(super) ends: Instant,
    pub(super) round: Round,
    /// What is not noted yet.
    pub(super) notes: Vec<Note>,
    /// Letters that lie here and shall go there.
    pub(super) done: Vec<(u32, Option<String>)>,
    /// POP3: these go when we say goodbye.
    pub(super) quitting: Vec<String>,
    /// Letters that stay there because this home does not take them: told together, then noted.
    pub(super) left: Vec<(Note, Why)>,
    /// The first letter with which something is still to be done.
    pub(super) unsettled: Option<u32>,
    /// What the server said when it did not hand out a letter.
    pub(super) refused: Option<Reason>,
    /// How often it did so since it handed one out.
    pub(super) refusals: u32,
    /// Letters that it did not hand out in earlier rounds of this run, and how many of them it has refused once more.
    pub(super) refused_before: HashSet<String>,
    /// With which of them to begin.
    pub(super) refused_from: usize,
    pub(super) refused_again: u32,
    /// The member's mailbox here has no room for one of them.
    pub(super) full: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Visit<'_, S> {
    /// The first look.
    pub(super) fn begin(&mut self, listing: &Listing) -> Result<(), Trouble> {
        let mut old = Vec::new();
        let mut progress = Progress {
            validity: listing.validity,
            settled: 0,
        };
        if self.inbox.since == Since::New {
            // What came while it was listed is new.
            let before = |letter: &&Listed| listing.next == 0 || letter.number < listing.next;
            let noted = |letter: &Listed| note_of(letter, State::Old, None);
            old = listing
                .letters
                .iter()
                .filter(before)
                .filter_map(noted)
                .collect();
            progress.settled = match listing.next {
                0 => highest(listing, self.inbox.settled),
                next => next - 1,
            };
            self.round.old = old.len() as u64;
        }
        self.fetcher
            .post
            .providers
            .fetch_begin(self.id, old, progress)?;
        Ok(())
    }

    /// Letters that were asked for by their numbers, and are not there any more.
    pub(super) fn forget_gone(&self, listing: &Listing, asked: &[u32]) -> Result<(), Trouble> {
        let there: HashSet<u32> = listing.letters.iter().map(|l| l.number).collect();
        let gone = asked.iter().filter(|uid| !there.contains(uid));
        let validity = listing.validity.unwrap_or_default();
        let names = gone.map(|uid| format!("{validity}/{uid}")).collect();
        self.fetcher.post.providers.fetch_forget(self.id, names)?;
        Ok(())
    }

    pub(super) fn go_through(&mut self, listing: &Listing, max: u64) -> Result<(), Trouble> {
        if listing.letters.is_empty() {
            return Ok(());
        }
        let providers = &self.fetcher.post.providers;
        let known = providers.fetch_known(self.id)?;
        let mut names: HashMap<&str, usize> = HashMap::new();
        for name in listing.letters.iter().filter_map(|l| l.name.as_deref()) {
            *names.entry(name).or_default() += 1;
        }
        // Only where numbers mean something else than before is there anything to recognise.
        let anew = listing.validity.is_some()
            && self.inbox.validity.is_some()
            && listing.validity != self.inbox.validity;
        let (mut last, first): (Vec<_>, Vec<_>) = (listing.letters.iter()).partition(|letter| {
            let name = letter.name.as_deref();
            name.is_some_and(|name| self.refused_before.contains(name))
        });
        if !last.is_empty() {
            let from = self.refused_from % last.len();
            last.rotate_left(from);
        }
        let asked_last = first.len();
        for (at, letter) in first.into_iter().chain(last).enumerate() {
            let name = letter.name.as_deref();
            let mut sight = Sight {
                doubled: name.is_some_and(|name| names.get(name).is_some_and(|n| *n > 1)),
                old: false,
            };
            let before = name.and_then(|name| known.get(name)).copied();
            if let (true, None, Some(mark)) = (anew, before, &letter.mark) {
                sight.old = providers.fetch_has_old(self.id, mark)?;
            }
            let does = act(letter, before, sight, self.inbox.after, max);
            let dealt = match does {
                Act::Nothing => Ok(()),
                Act::Stay => {
                    self.notes.extend(note_of(letter, State::Old, None));
                    Ok(())
                }
                Act::Leave => {
                    self.too_large(letter, max);
                    Ok(())
                }
                Act::Delete => {
                    self.done.push((letter.number, letter.name.clone()));
                    Ok(())
                }
                // Each costs a question in each round.
                Act::Read if at >= asked_last && self.refused_again >= REFUSALS => {
                    self.wait_with(letter.number);
                    Ok(())
                }
                Act::Read => self.read(letter, max),
            };
            match dealt {
                Ok(()) => {}
                // A smaller one may still fit.
                Err(Trouble::Full) => {
                    self.full = true;
                    self.wait_with(letter.number);
                }
                Err(trouble) => return Err(trouble),
            }
            if self.notes.len().max(self.done.len()) >= TOGETHER {
                self.delete()?;
            }
        }
        self.delete()
    }

    fn read(&mut self, letter: &Listed, max: u64) -> Result<(), Trouble> {
        let post = &self.fetcher.post;
        match post.store.room_for(&self.inbox.member, letter.size) {
            Ok(()) => {}
            Err(e) => return Err(of_store(&e)),
        }
        if letter.size > fetch::spool::IN_MEMORY as u64 {
            let room = durable::room(&self.fetcher.folder).map_err(FetchError::Disk)?;
            if room < RESERVE.saturating_add(letter.size.saturating_mul(2)) {
                return Err(Trouble::disk_full());
            }
        }
        let path = self
            .fetcher
            .folder
            .join(format!("fetch-{}", self.id.number()));
        let mut spool = Spool::new(&path, max);
        let session = self.session.as_mut().ok_or_else(hung_up)?;
        let mut too_large = false;
        let read = async {
            let read = session.read(letter.number, &mut spool).await;
            too_large = matches!(read, Err(FetchError::TooLarge));
            read
        };
        let read = match self.fetcher.wait(self.ends, read) {
            // Some servers list a letter before they have its content; some never have it again.
            Ok(Read::Whole) if spool.size() == 0 && letter.size > 0 => Ok(Read::Refused(empty())),
            read => read,
        };
        match read {
            Ok(Read::Whole) => {
                self.refusals = 0;
                if let Some(name) = &letter.name {
                    self.fetcher.note_refusal(self.id, name, false);
                }
            }
            Ok(Read::Gone) => {
                // If it was not deleted after all it is listed again.
                self.wait_with(letter.number);
                return Ok(());
            }
            Ok(Read::Refused(why)) => {
                self.wait_with(letter.number);
                if let Some(name) = &letter.name {
                    self.fetcher.note_refusal(self.id, name, true);
                    if self.refused_before.contains(name) {
                        self.refused_again += 1;
                        self.refused = Some(why);
                        return Ok(());
                    }
                }
                self.refusals += 1;
                if self.refusals == REFUSALS {
                    return Err(Trouble::Server(why));
                }
                self.refused = Some(why);
                return Ok(());
            }
            Err(trouble) if too_large => {
                // Its server has said that it is smaller. The connection is of no use any more; the next round is.
                self.too_large(letter, max);
                return Err(trouble);
            }
            Err(trouble) => return Err(trouble),
        }
        fault::point("fetch.read");
        let digest = spool.digest();
        let known = post.providers.fetch_has_digest(self.id, &digest)?;
        let filed = match known {
            true => FiledHow::Already,
            false => self.fetcher.file(self.inbox, &spool)?,
        };
        let lies_here = match filed {
            FiledHow::New => {
                self.round.filed += 1;
                true
            }
            // Filed once and deleted here since, somebody may have put it back there: it is the only one.
            FiledHow::Already => self.fetcher.lies_here(self.inbox, &digest)?,
            FiledHow::HeaderTooLong => {
                self.leave(letter, i64::MAX as u64, Why::Unreadable);
                return Ok(());
            }
        };
        let state = match self.inbox.after {
            After::Delete if lies_here => State::Taken,
            After::Delete | After::Keep => State::Kept,
        };
        self.notes.extend(note_of(letter, state, Some(digest)));
        if state == State::Taken {
            self.done.push((letter.number, letter.name.clone()));
        }
        Ok(())
    }

    fn too_large(&mut self, letter: &Listed, max: u64) {
        let bytes = letter.size.max(max.saturating_add(1));
        self.leave(letter, bytes, Why::TooLarge);
    }

    /// A letter that this home does not take while it has a limit below `size`.
    fn leave(&mut self, letter: &Listed, size: u64, why: Why) {
        // Without a name it cannot be noted, and would be told of every few minutes.
        if let Some(note) = note_of(letter, State::Left, None) {
            self.left.push((Note { size, ..note }, why));
        }
    }

    /// Tells of the letters that stay there, in one mail for each reason, and notes them.
    pub(super) fn tell_of_left(&mut self, max: u64) -> Result<(), Trouble> {
        let login = &self.inbox.username;
        let left = std::mem::take(&mut self.left);
        for why in [Why::TooLarge, Why::Unreadable] {
            let these = left.iter().filter(|(_, w)| *w == why);
            let notes: Vec<Note> = these.map(|(note, _)| note.clone()).collect();
            let count = notes.len() as u64;
            let Some(bytes) = notes.iter().map(|note| note.size).max() else {
                continue;
            };
            let news = match why {
                Why::TooLarge => FetchNews::TooLarge {
                    login,
                    count,
                    bytes,
                    max,
                },
                Why::Unreadable => FetchNews::Unreadable { login, count },
            };
            let told = self.fetcher.tell(&self.inbox.member, &news);
            told.map_err(|e| Trouble::Own(e.to_string()))?;
            self.fetcher.post.providers.fetch_note(self.id, notes)?;
            self.round.left += count;
        }
        Ok(())
    }

    /// The mailbox may be fetched no more, or what becomes of its letters may be another thing now: the round ends then.
    fn is_still_wanted(&mut self) -> Result<(), Trouble> {
        let after = self.fetcher.post.providers.fetch_after(self.id)?;
        if after == Some(self.inbox.after) {
            return Ok(());
        }
        // What was filed stays there now.
        for note in &mut self.notes {
            if note.state == State::Taken && after == Some(After::Keep) {
                note.state = State::Kept;
            }
        }
        Err(Trouble::SetUpAnew)
    }

    fn wait_with(&mut self, number: u32) {
        let first = self.unsettled.map_or(number, |before| before.min(number));
        self.unsettled = Some(first);
    }

    pub(super) fn note(&mut self) -> Result<(), Trouble> {
        let notes = std::mem::take(&mut self.notes);
        if !notes.is_empty() {
            self.fetcher.post.providers.fetch_note(self.id, notes)?;
            fault::point("fetch.noted");
        }
        Ok(())
    }

    /// Notes what was filed, and deletes there what shall go.
    fn delete(&mut self) -> Result<(), Trouble> {
        self.is_still_wanted()?;
        self.note()?;
        let done = std::mem::take(&mut self.done);
        if done.is_empty() {
            return Ok(());
        }
        let numbers: Vec<u32> = done.iter().map(|(number, _)| *number).collect();
        let session = self.session.as_mut().ok_or_else(hung_up)?;
        let kept = self.fetcher.wait(self.ends, session.delete(&numbers))?;
        let gone: Vec<String> = done
            .into_iter()
            .filter(|(number, _)| !kept.contains(number))
            .filter_map(|(_, name)| name)
            .collect();
        self.round.deleted += (numbers.len() - kept.len()) as u64;
        kept.iter().for_each(|number| self.wait_with(*number));
        if self.inbox.server.protocol == Protocol::Pop3 {
            self.quitting.extend(gone);
            return Ok(());
        }
        fault::point("fetch.deleted");
        self.fetcher.post.providers.fetch_forget(self.id, gone)?;
        Ok(())
    }

    /// Everything that was listed has been dealt with.
    pub(super) fn finish(&mut self, listing: &Listing, max: u64) -> Result<(), Trouble> {
        self.tell_of_left(max)?;
        let providers = &self.fetcher.post.providers;
        match self.inbox.server.protocol {
            Protocol::Imap => {
                let settled = match self.unsettled {
                    Some(first) => first.saturating_sub(1),
                    None => highest(listing, self.inbox.settled),
                };
                let same = listing.validity == self.inbox.validity;
                let settled = if same {
                    settled.max(self.inbox.settled)
                } else {
                    settled
                };
                if !same || settled != self.inbox.settled {
                    let progress = Progress {
                        validity: listing.validity,
                        settled,
                    };
                    providers.fetch_advance(self.id, progress)?;
                }
            }
            Protocol::Pop3 => {
                let names: HashSet<&str> = listing
                    .letters
                    .iter()
                    .filter_map(|l| l.name.as_deref())
                    .collect();
                providers.fetch_listed(self.id, &names, self.fetcher.post.clock.now().wall)?;
            }
        }
        self.quit()
    }

    pub(super) fn quit(&mut self) -> Result<(), Trouble> {
        if !self.quitting.is_empty() {
            // What was marked there goes with the goodbye only.
            self.is_still_wanted()?;
        }
        let Some(session) = self.session.take() else {
            return Ok(());
        };
        let said = self.fetcher.wait(self.ends, session.quit());
        if self.quitting.is_empty() {
            // Nothing hangs on it.
            return match said {
                Err(Trouble::Stopping) => Err(Trouble::Stopping),
                _ => Ok(()),
            };
        }
        said?;
        fault::point("fetch.deleted");
        let gone = std::mem::take(&mut self.quitting);
        self.fetcher.post.providers.fetch_forget(self.id, gone)?;
        Ok(())
    }
}

fn note_of(letter: &Listed, state: State, digest: Option<[u8; 32]>) -> Option<Note> {
    Some(Note {
        name: letter.name.clone()?,
        state,
        size: letter.size,
        digest,
        mark: letter.mark,
    })
}

/// The UID up to which everything was listed.
fn highest(listing: &Listing, before: u32) -> u32 {
    let last = listing.letters.iter().map(|letter| letter.number).max();
    let last = last.unwrap_or(0).max(listing.next.saturating_sub(1));
    if listing.letters.is_empty() {
        last.max(before)
    } else {
        last
    }
}
