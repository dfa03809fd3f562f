//! A letter to the full address of a stranger makes them a peer, and the home knocks there once the letter is in the queue.
//!
//! The peer's row comes before the letter's, and a mark with it. The mark goes when the letter is queued, and only then Tox hears
//! of it; where no letter came of it, because the disk was full or the home was stopped between, the peer goes with the mark.

use rusqlite::Connection;

use super::{Befriend, Contacts, Error, peers, sharing, table};
use crate::mail::address::{PeerKey, ToxId};

impl Contacts {
    /// A letter to a full Tox address of a stranger: makes it a peer, and says what Tox has to do once the letter is queued.
    /// Doing it again does nothing.
    ///
    /// # Errors
    /// The database.
    pub fn first_contact(&self, id: &ToxId) -> Result<Befriend, Error> {
        let (id, now, message) = (*id, self.now(), self.request_message(None));
        self.database.write(move |c: &Connection| {
            if peers::standing(c, &id.key())? != peers::Standing::Stranger {
                return Ok(Befriend::Nothing);
            }
            let befriend = peers::ask(c, &id, peers::Kind::Unknown, "", message, now)?;
            sharing::unasked(c, &id.key())?;
            peers::home_contact(c, &id.key(), "", now)?;
            c.execute(
                "INSERT INTO first_contacts (key) VALUES (?1)",
                [id.key().as_bytes()],
            )?;
            Ok(befriend)
        })
    }

    /// A letter to a full address is in the queue: whoever is there is knocked at now.
    ///
    /// # Errors
    /// The database.
    pub fn first_contact_stands(&self, key: &PeerKey) -> Result<(), Error> {
        let key = *key;
        self.database.write_at_leisure(move |c| {
            c.execute(
                "DELETE FROM first_contacts WHERE key = ?1",
                [key.as_bytes()],
            )?;
            Ok(())
        })
    }

    /// No letter came of it: the peer that [`first_contact`](Self::first_contact) has made is none.
    ///
    /// # Errors
    /// The database.
    pub fn undo_first_contact(&self, key: &PeerKey) -> Result<(), Error> {
        let (key, now) = (*key, self.now());
        self.database.write(move |c| {
            let pending = "SELECT EXISTS (SELECT 1 FROM first_contacts WHERE key = ?1)";
            if !c.query_row(pending, [key.as_bytes()], |row| row.get::<_, bool>(0))? {
                return Ok(());
            }
            c.execute(
                "DELETE FROM first_contacts WHERE key = ?1",
                [key.as_bytes()],
            )?;
            if sharing::is_unasked(c, &key)? {
                let made = "DELETE FROM contacts WHERE peer = ?1 AND made_by = 'pairing'";
                c.execute(made, [key.as_bytes()])?;
                if !table::has_contacts(c, &key)? {
                    peers::forget(c, &key, now)?;
                }
            }
            Ok(())
        })
    }

    /// Peers that a letter was to make, when the home stopped.
    ///
    /// # Errors
    /// The database.
    pub fn pending_first_contacts(&self) -> Result<Vec<PeerKey>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached("SELECT key FROM first_contacts")?;
            let keys = statement.query_map([], |row| row.get(0).map(PeerKey::from_bytes))?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
    }
}
