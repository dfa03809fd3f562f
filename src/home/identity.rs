//! What the home is to others: its Tox address, who sees what of it, and where it and they have gone.

use serde_json::{Value, json};

use super::operator::Running;
use super::people::value;
use crate::cause::Cause;
use crate::contacts::{InvitationState, MoveState, Paths, Share};
use crate::control::Failure;
use crate::control::answer;
use crate::control::protocol::{Shared, Switch};
use crate::delivery::boxes;
use crate::journal;
use crate::mail::address::ToxId;
use crate::tox::{Command, CommandError, Connection};

/// `tox-id renew`: a new address is on the disk before anybody hears of it.
pub(super) fn renew(home: &Running) -> Result<Value, Failure> {
    home.node.perform(Command::NewNospam).map_err(|e| {
        let advice = match e {
            CommandError::NotSaved => {
                "make room on the disk, look whether it is failing, and try again"
            }
            _ => "look into the home's log, start the home again, and try again",
        };
        let cause = match e {
            CommandError::NotSaved => Cause::DiskFails,
            _ => Cause::Other,
        };
        Failure::new(format!("the home has its old Tox ID still: {e}"), advice).because(cause)
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

/// `contact direct`
pub(super) fn direct(home: &Running, name: &str, only: Switch) -> Result<Value, Failure> {
    let paths = match only {
        Switch::On => Paths::DirectOnly,
        Switch::Off => Paths::All,
    };
    let key = home.post.contacts.set_paths(name, paths)?;
    home.pairing.set_paths(key, paths);
    journal::paths_set(&key, &paths);
    let peers = home.node.peers();
    let connection = peers.iter().find(|peer| peer.key == key);
    let now = match connection.map(|peer| peer.connection) {
        _ if home.node.udp_port().is_none() => "never",
        Some(Connection::Udp) => "direct",
        Some(Connection::Tcp) => "relay",
        Some(Connection::Offline) | None => "offline",
    };
    Ok(json!({ "key": key, "direct_only": only, "now": now }))
}

/// `move announce`
pub(super) fn announce_move(home: &Running, tox_id: &str) -> Result<Value, Failure> {
    let id: ToxId = tox_id.trim().parse().map_err(|e| {
        Failure::new(
            format!("this is not a Tox ID: {e}"),
            "give the 76 hex digits that `toxmaild status` shows on the new box",
        )
        .because(Cause::ToxAddressWrong)
    })?;
    home.post.contacts.move_to(Some(&id))?;
    home.announce();
    Ok(json!({ "tox_id": id.to_string() }))
}

/// `move withdraw`
pub(super) fn withdraw_move(home: &Running) -> Result<Value, Failure> {
    home.post.contacts.move_to(None)?;
    home.announce();
    Ok(json!({}))
}

/// `move list`
pub(super) fn moves(home: &Running) -> Result<Value, Failure> {
    let contacts = &home.post.contacts;
    let mut list = Vec::new();
    if let Some(id) = contacts.moving_to()? {
        list.push(answer::Move {
            old_key: home.node.key().to_string(),
            new_key: id.key().to_string(),
            state: "announced".into(),
            ..answer::Move::default()
        });
    }
    for one in contacts.moves()? {
        let state = match one.state {
            MoveState::Open => "open",
            MoveState::Withdrawn => "withdrawn",
            MoveState::Confirmed => "confirmed",
            MoveState::Refused => "refused",
        };
        let words = match one.is_open() {
            true => Some(contacts.words_of_move(&one)?),
            false => None,
        };
        let (words, digits) = words.map(|w| (w.words, w.digits)).unzip();
        list.push(answer::Move {
            words,
            digits,
            name: contacts.nickname_of(&one.old)?,
            old_key: one.old.to_string(),
            new_key: one.new.to_string(),
            new_name: contacts.nickname_of(&one.new)?,
            state: state.into(),
            announced: Some(one.announced),
        });
    }
    value(&list)
}

/// `move confirm`
pub(super) fn confirm_move(home: &Running, name: &str) -> Result<Value, Failure> {
    let moved = boxes::confirm(&home.post, &home.outbound, name)?;
    journal::moved(&moved.old, &moved.new, moved.names.len(), moved.also.count);
    home.outbound.reconsider();
    home.pairing.inherit_paths(&moved.old, moved.new);
    // The new box is a contact now, and sees what contacts see.
    home.announce();
    value(&answer::Moved {
        old_key: moved.old.to_string(),
        new_key: moved.new.to_string(),
        names: moved.names,
        letters: moved.also.count as u64,
        old_name: home.post.contacts.nickname_of(&moved.old)?,
    })
}

/// `move refuse`
pub(super) fn refuse_move(home: &Running, name: &str) -> Result<Value, Failure> {
    if let Some(key) = home.post.contacts.refuse_move(name)? {
        home.part(key);
    }
    Ok(json!({}))
}
