//! Closed letters become mail: made of what was written down, and filed, one friend's after the other.
//!
//! What never happens here: an open letter is not touched, and what was filed is not forgotten before its row says so.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Arrivals, Common, Item, Trouble, language, lock, notebook, of, reader};
use crate::days::Way;
use crate::delivery::chat::letter::{self, Making};
use crate::durable::fault;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::store::{self, Filed, UniqueName};

/// A letter that found no room is filed again after this.
const FILE_AGAIN: Duration = Duration::from_secs(300);

impl Arrivals {
    /// Files the closed letters of a friend, one after the other.
    pub(super) fn file_soon(self: &Arc<Self>, peer: PeerKey) {
        {
            let mut filing = lock(&self.filing);
            if let Some(more) = filing.get_mut(&peer) {
                *more = true;
                return;
            }
            filing.insert(peer, false);
        }
        let this = Arc::clone(self);
        self.common
            .runtime
            .spawn_blocking(move || this.file_all(peer));
    }

    fn file_all(self: &Arc<Self>, peer: PeerKey) {
        loop {
            let filed =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.file_next(peer)));
            match filed {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => {
                    let mut filing = lock(&self.filing);
                    if filing.insert(peer, false) == Some(true) {
                        continue;
                    }
                    filing.remove(&peer);
                    return;
                }
                Ok(Err(Trouble)) | Err(_) => {
                    lock(&self.filing).remove(&peer);
                    let this = Arc::clone(self);
                    self.common.runtime.spawn(async move {
                        tokio::time::sleep(FILE_AGAIN).await;
                        this.file_soon(peer);
                    });
                    return;
                }
            }
        }
    }

    /// Files one letter. `false`: there is none.
    fn file_next(&self, peer: PeerKey) -> Result<bool, Trouble> {
        let Common {
            post,
            database,
            folder,
            ..
        } = &*self.common;
        let letter = database
            .read(|c| notebook::next_letter(c, &peer))
            .map_err(of("chat"))?;
        let Some(letter) = letter else {
            return Ok(false);
        };
        let friend = post.contacts.friend(&peer).map_err(of("contacts"))?;
        let owner = match (&letter.owner, &friend) {
            (Some(owner), _) => owner.parse().ok(),
            (None, Some(friend)) => friend.owner.clone(),
            // Nobody's friend: it would be somebody else who read it.
            (None, None) => return self.done_with(&letter),
        };
        let member = reader(post, owner)?;
        let local = friend.as_ref().and_then(|friend| friend.local.as_deref());
        let name = post
            .contacts
            .name_of(&peer, local, Some(&member))
            .map_err(of("contacts"))?;
        let made = letter::make(&Making {
            letter: &letter,
            peer: &peer,
            local,
            name: &name,
            member: &member,
            suffix: &post.suffix(),
            language: language(post, Some(&member)),
            folder,
        });
        let made = match made {
            Ok(made) => made,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                journal::disk_trouble("attaching a file that a friend sent", &e);
                return self.lose_files(&letter);
            }
            Err(e) => {
                journal::disk_trouble("writing the letter of a chat", &e);
                return Err(Trouble);
            }
        };
        let book = post
            .contacts
            .arrival_book(&peer, Some(&member), &made.header)
            .map_err(of("contacts"))?;
        let head = made.head(&book).map_err(of("chat"))?;
        let unique = UniqueName::of(&[
            b"chat",
            &letter.token,
            peer.as_bytes(),
            member.as_str().as_bytes(),
        ]);
        let size = letter.items.iter().map(weight).sum::<u64>();
        let mut body = made.body();
        let filed =
            post.store
                .deliver_by(Some(Way::Chat), &member, "INBOX", &unique, &head, &mut body);
        match filed {
            Ok(filed) => {
                fault::point("chat.filed");
                if let Filed::New(_) = filed {
                    journal::chat_arrived(&peer, &member, size);
                }
            }
            Err(e) => {
                match &e {
                    store::Error::OverQuota(member) => journal::over_quota(member),
                    store::Error::Full => journal::disk_full("filing the letter of a chat"),
                    other => journal::store_trouble(other),
                }
                return Err(Trouble);
            }
        }
        self.done_with(&letter)
    }

    /// A letter that nobody asks for any more, with its files.
    fn done_with(&self, letter: &notebook::Letter) -> Result<bool, Trouble> {
        let Common {
            database, folder, ..
        } = &*self.common;
        let id = letter.id;
        database
            .write(move |c| notebook::filed(c, id))
            .map_err(of("chat"))?;
        for item in &letter.items {
            if let Item::File { file, .. } = item {
                // It stays then, and is swept at the next start.
                let _ = fs::remove_file(folder.join(file));
            }
        }
        Ok(true)
    }

    /// Somebody has removed files of a letter: it says so, and comes all the same.
    fn lose_files(&self, letter: &notebook::Letter) -> Result<bool, Trouble> {
        for item in &letter.items {
            if let Item::File { file, .. } = item
                && !self.common.folder.join(file).exists()
            {
                let (id, file) = (letter.id, file.clone());
                self.common
                    .database
                    .write(move |c| notebook::lose(c, id, &file))
                    .map_err(of("chat"))?;
            }
        }
        Ok(true)
    }
}

fn weight(item: &Item) -> u64 {
    match item {
        Item::File { size, .. } => *size,
        other => other.words(),
    }
}
