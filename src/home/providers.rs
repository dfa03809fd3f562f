//! The accounts at mail providers, for the operator.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::operator::Running;
use super::people::value;
use super::{fetching, letters};
use crate::cause::Cause;
use crate::control::answer;
use crate::control::protocol::{Failure, NewProvider};
use crate::delivery::relay;
use crate::mail::address::MemberName;
use crate::mail::verdict::Reason;
use crate::providers::{Listed, NewAccount, word_of};
use crate::queue::{AccountId, Destination};

/// `provider set`: a login first, unless it is asked for without.
pub(super) fn set(home: &Running, new: NewProvider) -> Result<Value, Failure> {
    let (members, providers) = (&home.post.members, &home.post.providers);
    let address = match (&new.member, &new.address) {
        (None, address) => address.clone(),
        (Some(_), Some(address)) => Some(address.clone()),
        // The provider says that it is theirs.
        (Some(_), None) if new.username.contains('@') => Some(new.username.clone()),
        (Some(member), None) => members.ordinary_address(member)?,
    };
    if let (Some(member), None) = (&new.member, &address) {
        return Err(Failure::new(
            format!("{member} has no ordinary e-mail address yet"),
            "give it with --address",
        ));
    }
    let account = NewAccount {
        member: new.member,
        host: new.host,
        port: new.port,
        tls: new.tls,
        username: new.username,
        password: Zeroizing::new(new.password.expose().to_owned()),
        address,
    };
    let proposed = providers.proposed(&account)?;
    if let (Some(member), Some(address)) = (&account.member, &account.address)
        && let Some(owner) = members.owner_of(address)?
        && owner != *member
    {
        return Err(crate::members::Error::AddressTaken(address.clone(), owner).into());
    }
    if !new.untested {
        relay::test(home.outbound.runtime(), &proposed).map_err(|why| untested(&why))?;
    }
    if let (Some(member), Some(address)) = (&account.member, &account.address) {
        members.address_add(member, address)?;
    }
    let id = providers.set(account)?;
    home.fetcher.wake_those_of(id);
    // Letters that wait for it go now, and those that wait for another home have a way.
    wake(home, id)?;
    home.outbound.reconsider_fallbacks()?;
    shown_again(home, id)
}

fn shown_again(home: &Running, id: AccountId) -> Result<Value, Failure> {
    let found = home.post.providers.list()?.into_iter().find(|l| l.id == id);
    value(&found.map(|listed| shown(home, listed)).transpose()?)
}

pub(super) fn untested(why: &Reason) -> Failure {
    Failure::new(
        format!("nothing was stored: {}", why.text),
        "correct it and set it again; --untested stores it without a login",
    )
    .because(Cause::LoginFails)
    .about(why.text.as_str())
}

/// `provider show`
pub(super) fn show(home: &Running, member: Option<&MemberName>) -> Result<Value, Failure> {
    let mut list = home.post.providers.list()?;
    if let Some(member) = member {
        let id = home.post.providers.id_of(Some(member))?;
        list.retain(|listed| listed.id == id);
    }
    let list: Result<Vec<_>, Failure> = list.into_iter().map(|l| shown(home, l)).collect();
    value(&list?)
}

/// `provider test`
pub(super) fn test(home: &Running, member: Option<&MemberName>) -> Result<Value, Failure> {
    let providers = &home.post.providers;
    let id = providers.id_of(member)?;
    let Some(account) = providers.account(id)? else {
        return Err(none(member));
    };
    match relay::test(home.outbound.runtime(), &account) {
        Ok(()) => {
            providers.works(id)?;
            wake(home, id)?;
            shown_again(home, id)
        }
        Err(why) => {
            providers.fails(id, &why)?;
            Err(Failure::new(
                &why.text,
                "correct it, and set it again with `toxmaild provider set`",
            )
            .because(Cause::AccountFails)
            .about(why.text.as_str()))
        }
    }
}

/// `provider remove`
pub(super) fn remove(home: &Running, member: Option<&MemberName>) -> Result<Value, Failure> {
    let id = home.post.providers.id_of(member)?;
    if !home.post.providers.remove(member)? {
        return Err(none(member));
    }
    let mut waiting = 0;
    letters::each(&home.post.queue, |entry| {
        let mut recipients = entry.recipients.iter();
        let waits =
            recipients.any(|r| r.destination == Destination::Relay(id) && r.state == "waiting");
        waiting += u64::from(waits);
        Ok(())
    })?;
    Ok(json!({ "member": member, "waiting": waiting }))
}

/// What waits for an account that works (again) is due now.
fn wake(home: &Running, id: AccountId) -> Result<(), Failure> {
    let mut theirs = Vec::new();
    letters::each(&home.post.queue, |entry| {
        let mut recipients = entry.recipients.iter();
        if recipients.any(|r| r.destination == Destination::Relay(id) && r.state == "waiting") {
            theirs.push(entry.id);
        }
        Ok(())
    })?;
    for id in theirs {
        home.post.queue.retry(Some(id))?;
    }
    Ok(())
}

fn none(member: Option<&MemberName>) -> Failure {
    let failure = match member {
        Some(member) => Failure::new(
            format!("{member} has no provider of their own"),
            format!(
                "set one up with `toxmaild provider set HOST --member {member} --username LOGIN`"
            ),
        ),
        None => Failure::new(
            "the home has no provider",
            "set one up with `toxmaild provider set HOST --username LOGIN`",
        ),
    };
    failure.because(Cause::Gone)
}

fn shown(home: &Running, listed: Listed) -> Result<answer::Provider, Failure> {
    let (problem, problem_since) = listed.trouble.unzip();
    let mut fetches = home.post.providers.fetches()?;
    fetches.retain(|fetch| fetch.login_of == Some(listed.id));
    let fetches = fetches
        .into_iter()
        .map(|fetch| fetching::shown(home, fetch));
    Ok(answer::Provider {
        member: listed.member.map(String::from),
        host: listed.host,
        port: listed.port,
        tls: word_of(listed.tls).to_owned(),
        username: listed.username,
        address: listed.address,
        from_file: listed.from_file,
        problem,
        problem_since,
        fetches: fetches.collect::<Result<_, _>>()?,
    })
}
