//! Mailboxes at providers from which this home fetches, for the operator and the doctor.

use std::time::Duration;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::doctor::Findings;
use super::operator::Running;
use super::people::value;
use super::providers::untested;
use crate::cause::Cause;
use crate::control::answer;
use crate::control::finding::Finding;
use crate::control::protocol::{Failure, NewFetch};
use crate::delivery::fetcher::Look;
use crate::mail::address::MemberName;
use crate::providers::fetch::{Kind, Listed, Login};
use crate::providers::{self, word_of};

/// Trouble with a server for less than this, in seconds, mends itself.
const WORTH_TELLING: i64 = 3600;

/// `provider fetch set`: a login first, unless it is asked for without.
pub(super) fn set(home: &Running, new: NewFetch) -> Result<Value, Failure> {
    let providers = &home.post.providers;
    let untested_wanted = new.untested;
    let new = providers::fetch::NewFetch {
        member: new.member,
        protocol: new.protocol,
        host: new.host,
        port: new.port,
        tls: new.tls,
        login: match new.login {
            None => Login::AsOutgoing,
            Some((username, password)) => {
                Login::Own(username, Zeroizing::new(password.expose().to_owned()))
            }
        },
        after: new.after,
        since: new.since,
        every: Duration::from_secs(new.every_seconds),
    };
    let proposed = providers.fetch_proposed(&new)?;
    if !untested_wanted {
        home.fetcher.test(&proposed).map_err(|why| untested(&why))?;
    }
    let id = providers.fetch_set_tested(&new, &proposed)?;
    home.fetcher.wake(id);
    one(home, &new.member)
}

/// `provider fetch show`
pub(super) fn show(home: &Running, member: Option<&MemberName>) -> Result<Value, Failure> {
    if let Some(member) = member {
        home.post.providers.id_of(Some(member))?;
    }
    let list = home.post.providers.fetches()?.into_iter();
    let list = list.filter(|fetch| member.is_none_or(|member| fetch.member == *member));
    let list: Result<Vec<_>, Failure> = list.map(|fetch| shown(home, fetch)).collect();
    value(&list?)
}

/// `provider fetch test`
pub(super) fn test(home: &Running, member: &MemberName) -> Result<Value, Failure> {
    let listed = of(home, member)?;
    let Some(inbox) = home.post.providers.fetch_inbox(listed.id)? else {
        return Err(none(member));
    };
    home.fetcher.test(&inbox).map_err(|why| {
        let advice = "correct it, and set it again with `toxmaild provider fetch set`";
        Failure::new(&why.text, advice)
            .because(Cause::AccountFails)
            .about(why.text.as_str())
    })?;
    one(home, member)
}

/// `provider fetch now`
pub(super) fn now(home: &Running, member: &MemberName) -> Result<Value, Failure> {
    let listed = of(home, member)?;
    let round = match home.fetcher.now(listed.id) {
        Look::Ended(Ok(round)) => answer::FetchRound {
            filed: round.filed,
            deleted: round.deleted,
            left: round.left,
            old: round.old,
            still_runs: false,
        },
        Look::StillRuns => answer::FetchRound {
            still_runs: true,
            ..answer::FetchRound::default()
        },
        Look::Ended(Err(why)) => {
            return Err(Failure::new(
                &why.text,
                "nothing is lost: the letters wait at the provider; `toxmaild doctor` tells what to do",
            )
            .because(Cause::AccountFails)
            .about(why.text.as_str()));
        }
        Look::Dropped => {
            return Err(Failure::new(
                "the mailbox was not looked at: the home is stopping, or it is fetched no more",
                "ask again",
            )
            .because(Cause::Stopping));
        }
    };
    value(&round)
}

/// `provider fetch remove`
pub(super) fn remove(home: &Running, member: &MemberName) -> Result<Value, Failure> {
    let listed = of(home, member)?;
    if !home.post.providers.fetch_remove(member)? {
        return Err(none(member));
    }
    // They have heard that answers are read here, perhaps.
    home.post.members.forget_ordinary(member)?;
    home.fetcher.wake(listed.id);
    Ok(json!({ "member": member }))
}

fn of(home: &Running, member: &MemberName) -> Result<Listed, Failure> {
    home.post.providers.id_of(Some(member))?;
    let found = home.post.providers.fetch_of(member)?;
    found.ok_or_else(|| none(member))
}

fn one(home: &Running, member: &MemberName) -> Result<Value, Failure> {
    value(&shown(home, of(home, member)?)?)
}

fn none(member: &MemberName) -> Failure {
    Failure::new(
        format!("nothing is fetched for {member}"),
        format!("set it up with `toxmaild provider fetch set HOST --member {member}`"),
    )
    .because(Cause::Gone)
}

/// A mailbox as it may be shown.
pub(super) fn shown(home: &Running, listed: Listed) -> Result<answer::Fetch, Failure> {
    let (problem, problem_since) = listed.trouble.map(|t| (t.reason, t.since)).unzip();
    Ok(answer::Fetch {
        member: listed.member.to_string(),
        protocol: listed.protocol.word().to_owned(),
        host: listed.host,
        port: listed.port,
        tls: word_of(listed.tls).to_owned(),
        username: listed.username,
        after: listed.after.word().to_owned(),
        since: listed.since.word().to_owned(),
        every_seconds: listed.every.as_secs(),
        worked: home.fetcher.worked_at(listed.id),
        problem,
        problem_since,
    })
}

/// What the doctor finds. `now` is in seconds since 1970.
pub(super) fn look(fetches: &[Listed], now: i64, found: &mut Findings) {
    for fetch in fetches {
        let Some(trouble) = &fetch.trouble else {
            continue;
        };
        let member = &fetch.member;
        let (why, host) = (&trouble.reason, &fetch.host);
        let waits = format!("letters for {member} wait at {host}");
        let advice = match trouble.kind {
            // The others come; whose it is hears of it by mail.
            Kind::Letter => continue,
            Kind::Server if now.saturating_sub(trouble.since) < WORTH_TELLING => continue,
            Kind::Login => format!(
                "set it again with the right password: `toxmaild provider fetch set {host} --member {member}`, or `toxmaild provider set` \
                 if its login is that for outgoing mail"
            ),
            Kind::Account => format!(
                "set it up again: `toxmaild provider fetch set {host} --member {member}`, with --username for a login of its own"
            ),
            Kind::Server => format!("try it with `toxmaild provider fetch test --member {member}`"),
            Kind::Full => {
                format!("ask {member} to delete something, or raise quota_bytes in [limits]")
            }
            Kind::Own => "make room on the disk, and look into the log".to_owned(),
        };
        found.add(
            Finding::FetchFails,
            [
                ("member", member.to_string().into()),
                ("host", host.clone().into()),
                ("why", why.clone().into()),
                ("since", trouble.since.into()),
            ],
            format!("{waits} ({why})"),
            advice,
        );
    }
}
