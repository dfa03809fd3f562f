//! What this home says of itself, and to whom how much of it.

use std::collections::HashMap;

use crate::contacts::Share;
use crate::mail::address::PeerKey;
use crate::transfer::Directory;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Announcement {
    /// Everything there is to say.
    pub whole: Directory,
    /// What each peer may see of it; the home's name whoever is not in here.
    pub shares: HashMap<PeerKey, Share>,
}

impl Announcement {
    /// What that peer is told.
    pub fn for_peer(&self, peer: &PeerKey) -> Directory {
        match self.shares.get(peer).unwrap_or(&Share::Unasked) {
            Share::All => self.whole.clone(),
            Share::Nothing => Directory {
                members: Vec::new(),
                ..self.whole.clone()
            },
            Share::Unasked => Directory {
                home_name: self.whole.home_name.clone(),
                ..Directory::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::ClaimedMember;

    #[test]
    fn who_is_no_contact_learns_the_name_of_the_home_and_no_more() {
        let [all, nothing, unasked, stranger] = [1, 2, 3, 4].map(|n| PeerKey::from_bytes([n; 32]));
        let whole = Directory {
            home_name: "Garden Street 5".into(),
            members: vec![ClaimedMember::default()],
            tox_id: Some([1; 38]),
            moved_to: Some([2; 38]),
        };
        let announcement = Announcement {
            whole: whole.clone(),
            shares: HashMap::from([
                (all, Share::All),
                (nothing, Share::Nothing),
                (unasked, Share::Unasked),
            ]),
        };
        assert_eq!(announcement.for_peer(&all), whole);
        let told = announcement.for_peer(&nothing);
        assert_eq!((told.members.len(), told.tox_id), (0, whole.tox_id));
        let name_only = Directory {
            home_name: "Garden Street 5".into(),
            ..Directory::default()
        };
        for peer in [unasked, stranger] {
            assert_eq!(announcement.for_peer(&peer), name_only);
        }
    }
}
