//! What the home is to others: its Tox address, and who sees what of it.

use serde_json::{Value, json};

use super::operator::Running;
use super::people::value;
use crate::contacts::{InvitationState, Share};
use crate::control::Failure;
use crate::control::answer;
use crate::control::protocol::Shared;
use crate::journal;
use crate::tox::{Command, CommandError};

/// `tox-id renew`: a new address is on the disk before anybody hears of it.
pub(super) fn renew(home: &Running) -> Result<Value, Failure> {
    home.node.perform(Command::NewNospam).map_err(|e| {
        let advice = match e {
            CommandError::NotSaved => {
                "make room on the disk, look whether it is failing, and try again"
            }
            _ => "look into the home's log, start the home again, and try again",
        };
        Failure::new(format!("the home has its old Tox ID still: {e}"), advice)
    })?;
    let (contacts, id) = (&home.post.contacts, home.node.id());
    // From here on it is done: what goes wrong with the rest is told, and the next start does it.
    let outdated = contacts
        .set_tox_id(&id)
        .and_then(|()| contacts.invitations());
    let outdated: Vec<i64> = match outdated {
        Ok(all) => {
            let outdated = all.iter().filter(|i| i.state == InvitationState::Outdated);
            outdated.map(|i| i.id).collect()
        }
        Err(e) => {
            journal::trouble("contacts", &e);
            Vec::new()
        }
    };
    journal::tox_id_renewed(outdated.len());
    home.pairing.forget_knocks();
    home.announce();
    value(&answer::NewToxId {
        tox_id: id.to_string(),
        outdated_invitations: outdated,
    })
}

/// `contact share`
pub(super) fn share(home: &Running, name: &str, share: Shared) -> Result<Value, Failure> {
    let share = match share {
        Shared::All => Share::All,
        Shared::Nothing => Share::Nothing,
    };
    let key = home.post.contacts.share(name, share)?;
    home.announce();
    Ok(json!({ "key": key }))
}
