#![allow(dead_code)] // each test binary uses a part of it
//! What was promised about letters, and whether it was kept. Pure.
//!
//! Every letter has a word of its own, its *token*, by which it is known again wherever it lies. A command that is about to be
//! given makes its letters *doubtful*: they may be as before or as asked. A yes makes them certain; a no, or no answer at all,
//! leaves them in doubt until somebody looks. What was certain must be just so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names of mailboxes, sorted; a name twice is two copies.
pub type Places = Vec<String>;

#[derive(Clone, Debug)]
pub struct Letter {
    pub bytes: Arc<Vec<u8>>,
    /// Where it may be, any one of these.
    may: Vec<Places>,
    /// Which flags it may have.
    flags: Vec<BTreeSet<char>>,
    /// Whether somebody has been asked to delete it.
    touched: bool,
}

/// A letter as it was found.
#[derive(Clone, Debug)]
pub struct Seen {
    pub token: String,
    pub place: String,
    pub flags: BTreeSet<char>,
    /// Whether it ends with this body, or is it altogether.
    pub whole: bool,
}

#[derive(Debug, Default)]
pub struct Promises {
    letters: BTreeMap<String, Letter>,
    /// These were there, and are gone for good.
    gone: BTreeSet<String>,
    /// All of these are in that place, or none.
    together: Vec<(Vec<String>, String)>,
}

fn with(places: &Places, place: &str) -> Places {
    let mut places = places.clone();
    places.push(place.to_owned());
    places.sort();
    places
}

fn without(places: &Places, place: &str) -> Places {
    let mut places = places.clone();
    if let Some(at) = places.iter().position(|p| p == place) {
        places.remove(at);
    }
    places
}

impl Promises {
    pub fn bytes(&self, token: &str) -> Option<Arc<Vec<u8>>> {
        Some(self.letters.get(token)?.bytes.clone())
    }

    pub fn len(&self) -> usize {
        self.letters.len()
    }

    /// Letters that are certainly in a place, and there alone or not.
    pub fn certain(&self, place: &str) -> Vec<String> {
        let is_there =
            |letter: &Letter| letter.may.len() == 1 && letter.may[0].iter().any(|p| p == place);
        let found = self.letters.iter().filter(|(_, letter)| is_there(letter));
        found.map(|(token, _)| token.clone()).collect()
    }

    /// Whether it is certain where a letter is, and that no copy of it is in this place.
    pub fn is_certainly_not_in(&self, token: &str, place: &str) -> bool {
        let letter = self.letters.get(token);
        letter.is_some_and(|l| l.may.len() == 1 && !l.may[0].iter().any(|p| p == place))
    }

    /// New letters are about to be filed, together or not at all.
    pub fn filing(
        &mut self,
        letters: &[(String, Arc<Vec<u8>>)],
        place: &str,
        flags: &BTreeSet<char>,
    ) {
        for (token, bytes) in letters {
            let letter = Letter {
                bytes: bytes.clone(),
                may: vec![vec![], vec![place.to_owned()]],
                flags: vec![flags.clone()],
                touched: false,
            };
            self.letters.insert(token.clone(), letter);
        }
        let tokens = letters.iter().map(|(token, _)| token.clone()).collect();
        self.together.push((tokens, place.to_owned()));
    }

    /// A letter is handed in, perhaps once more, and that was answered with yes or not.
    pub fn handed_in(&mut self, token: &str, bytes: &Arc<Vec<u8>>, place: &str, accepted: bool) {
        let there = vec![place.to_owned()];
        let may = match accepted {
            true => vec![there],
            false => vec![vec![], there],
        };
        if self.gone.contains(token) {
            return;
        }
        let letter = Letter {
            bytes: bytes.clone(),
            may,
            flags: vec![BTreeSet::new()],
            touched: false,
        };
        let known = self
            .letters
            .entry(token.to_owned())
            .or_insert(letter.clone());
        if !known.touched && (accepted || known.may == [Places::new()]) {
            known.may = letter.may;
        }
    }

    fn doubt(&mut self, tokens: &[String], after: impl Fn(&Places) -> Places) {
        for token in tokens {
            if let Some(letter) = self.letters.get_mut(token) {
                let new = after(&letter.may[0]);
                letter.may.push(new);
            }
        }
    }

    /// They are about to be moved, each for itself.
    pub fn moving(&mut self, tokens: &[String], from: &str, to: &str) {
        self.doubt(tokens, |places| with(&without(places, from), to));
    }

    /// They are about to be copied, all or none.
    pub fn copying(&mut self, tokens: &[String], to: &str) {
        self.doubt(tokens, |places| with(places, to));
        self.together.push((tokens.to_vec(), to.to_owned()));
    }

    /// They are about to be deleted, each for itself.
    pub fn deleting(&mut self, tokens: &[String], from: &str) {
        self.doubt(tokens, |places| without(places, from));
        for token in tokens {
            if let Some(letter) = self.letters.get_mut(token) {
                letter.touched = true;
            }
        }
    }

    /// The last that was about to be done with them has been done.
    pub fn done(&mut self, tokens: &[String]) {
        self.together.retain(|(group, _)| group != tokens);
        for token in tokens {
            if let Some(letter) = self.letters.get_mut(token)
                && let Some(last) = letter.may.pop()
            {
                letter.may = vec![last];
            }
        }
    }

    /// They are about to get a flag.
    pub fn flagging(&mut self, tokens: &[String], flag: char) {
        for token in tokens {
            if let Some(letter) = self.letters.get_mut(token) {
                let mut flags = letter.flags.last().cloned().unwrap_or_default();
                flags.insert(flag);
                letter.flags.push(flags);
            }
        }
    }

    pub fn flagged(&mut self, tokens: &[String]) {
        for token in tokens {
            if let Some(letter) = self.letters.get_mut(token) {
                let last = letter.flags.pop();
                letter.flags.clear();
                letter.flags.extend(last);
            }
        }
    }

    /// What is wrong with what was found: nothing, if every promise was kept. `flags_in` are the places whose flags count.
    pub fn complaints(&self, seen: &[Seen], flags_in: &[&str]) -> Vec<String> {
        let mut of: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
        for found in seen {
            of.entry(&found.token).or_default().push(found);
        }
        let mut complaints = vec![];
        for (token, found) in &of {
            let places: Vec<&str> = found.iter().map(|seen| &*seen.place).collect();
            if self.gone.contains(*token) {
                complaints.push(format!("{token} was deleted and is back in {places:?}"));
            } else if !self.letters.contains_key(*token) {
                complaints.push(format!("{token} in {places:?} is nobody's"));
            }
            if let Some(torn) = found.iter().find(|seen| !seen.whole) {
                complaints.push(format!("{token} in {} has other bytes", torn.place));
            }
        }
        for (token, letter) in &self.letters {
            let found = of.get(&**token).map(Vec::as_slice).unwrap_or_default();
            let places = places_of(found);
            if !letter.may.contains(&places) {
                let word = match places.len() {
                    0 => "lost",
                    n if letter.may.iter().all(|may| may.len() < n) => "there too often",
                    _ => "elsewhere",
                };
                let may = &letter.may;
                complaints.push(format!(
                    "{token} is {word}: in {places:?}, not in any of {may:?}"
                ));
            }
            for seen in found.iter().filter(|seen| flags_in.contains(&&*seen.place)) {
                if !letter.flags.contains(&seen.flags) {
                    let (has, may) = (&seen.flags, &letter.flags);
                    complaints.push(format!("{token} has the flags {has:?}, not any of {may:?}"));
                }
            }
        }
        for (tokens, place) in &self.together {
            let is_there = |token: &&String| {
                let found = of.get(&***token).map(Vec::as_slice).unwrap_or_default();
                found.iter().any(|seen| seen.place == *place)
            };
            let count = tokens.iter().filter(is_there).count();
            if count != 0 && count != tokens.len() {
                complaints.push(format!("{count} of {tokens:?} are in {place}"));
            }
        }
        complaints
    }

    /// What was found is certain from now on.
    pub fn settle(&mut self, seen: &[Seen], flags_in: &[&str]) {
        self.together.clear();
        let mut of: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
        for found in seen {
            of.entry(&found.token).or_default().push(found);
        }
        let gone = &mut self.gone;
        self.letters.retain(|token, letter| {
            let found = of.get(&**token).map(Vec::as_slice).unwrap_or_default();
            let places = places_of(found);
            // What was never accepted, and is not there, may come yet.
            let stays = !places.is_empty() || !letter.touched;
            if !stays {
                gone.insert(token.clone());
            }
            letter.may = vec![places];
            if let Some(seen) = found.iter().find(|seen| flags_in.contains(&&*seen.place)) {
                letter.flags = vec![seen.flags.clone()];
            }
            stays
        });
    }

    /// The wait for these is over: they are nowhere, and nobody was promised anything.
    pub fn forget_unborn(&mut self) {
        self.letters
            .retain(|_, letter| letter.may != [Places::new()]);
    }
}

fn places_of(found: &[&Seen]) -> Places {
    let mut places: Places = found.iter().map(|seen| seen.place.clone()).collect();
    places.sort();
    places
}
