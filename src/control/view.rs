//! Answers laid out for people.
//!
//! Much of an answer was written in other homes: every control character is shown as `?`, so that nobody far away can move
//! the cursor here.

mod table;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{
    Contact, ContactDetails, ContactRequest, Day, Device, Fetch, FetchRound, Health, Invitation,
    LogLine, Member, MemberSettings, Move, Moved, NewDevice, NewInvitation, NewToxId, Problem,
    Progress, Provider, QueueCount, Queued, QueuedRecipient, Setting, Status, Storage, Ways, Words,
};
use super::protocol::{HeldWord, Office, Request, Shared, Switch};
use crate::config::BootstrapNode;
use crate::fetch::plan::{After, Since};
use table::{ago, size, span, table, until};

pub use super::qr::Ink;

/// The answer to `request` as text, ready to print. `now` is seconds since 1970.
pub fn text(request: &Request, answer: &Value, now: i64, ink: Ink) -> String {
    let laid_out = match request {
        Request::Status => typed(answer).map(|s: Status| status(&s)),
        Request::MemberList => typed(answer).map(|list: Vec<Member>| members(&list)),
        Request::MemberSettings { .. } => typed(answer).map(|s: MemberSettings| settings(&s)),
        Request::DeviceList { .. } => typed(answer).map(|list: Vec<Device>| devices(&list, now)),
        Request::DeviceAdd { .. } => typed(answer).map(|d: NewDevice| new_device(&d)),
        Request::ContactList => typed(answer).map(|list: Vec<Contact>| contacts(&list, now)),
        Request::ProviderShow { .. } => {
            typed(answer).map(|list: Vec<Provider>| providers(&list, now))
        }
        Request::FetchShow { .. } => typed(answer).map(|list: Vec<Fetch>| fetches(&list, now)),
        Request::ContactShow { .. }
        | Request::ContactEdit { .. }
        | Request::ContactVerify { .. } => typed(answer).map(|c: ContactDetails| details(&c, now)),
        Request::ContactWords { .. } => typed(answer).map(|w: Words| words(&w)),
        Request::ContactRequests => {
            typed(answer).map(|list: Vec<ContactRequest>| requests(&list, now))
        }
        Request::Invite { .. } => typed(answer).map(|i: NewInvitation| invitation(&i, now, ink)),
        Request::InviteList => typed(answer).map(|list: Vec<Invitation>| invitations(&list, now)),
        Request::MoveList => typed(answer).map(|list: Vec<Move>| moves(&list, now)),
        Request::MoveConfirm { .. } => typed(answer).map(|m: Moved| moved(&m)),
        Request::ToxIdRenew => typed(answer).map(|n: NewToxId| new_tox_id(&n)),
        Request::QueueList(_) => typed(answer).map(|list: Vec<Queued>| queue(&list, now)),
        Request::QueueCount { .. } => typed(answer).map(|count: QueueCount| queue_count(&count)),
        Request::Health => typed(answer).map(|h: Health| health(&h, now)),
        Request::Storage => typed(answer).map(|s: Storage| storage(&s)),
        Request::Timeline { .. } => typed(answer).map(|list: Vec<Day>| timeline(&list)),
        Request::Log { .. } => typed(answer).map(|list: Vec<LogLine>| log(&list)),
        Request::SettingList => typed(answer).map(|list: Vec<Setting>| choices(&list)),
        Request::QueueShow { .. } => typed(answer).map(|q: Queued| letter(&q, now)),
        Request::Doctor => typed(answer).map(|list: Vec<Problem>| problems(&list)),
        Request::BootstrapList => typed(answer).map(|list: Vec<BootstrapNode>| nodes(&list)),
        deed => Some(format!("{}\n", done(deed, answer))),
    };
    let text = laid_out.unwrap_or_else(|| format!("{answer:#}\n"));
    // The code of an invitation brings its own escapes; everything else has none.
    if matches!((request, ink), (Request::Invite { .. }, Ink::Coloured)) {
        text
    } else {
        harmless(&text)
    }
}

fn typed<T: DeserializeOwned>(answer: &Value) -> Option<T> {
    serde_json::from_value(answer.clone()).ok()
}

/// Without what a terminal obeys.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { '?' } else { c })
        .collect()
}

/// The same for text inside a line.
fn inline(text: &str) -> String {
    harmless(text).replace('\n', " ")
}

fn done(deed: &Request, answer: &Value) -> String {
    let word = |key: &str| answer.get(key).and_then(Value::as_str).map(inline);
    let number = |key: &str| answer.get(key).and_then(Value::as_u64);
    match deed {
        Request::MemberAdd { name, .. } => {
            format!("{name} has a mailbox. A password for each device: toxmaild member device add {name} LABEL")
        }
        Request::MemberRemove { name } => {
            let advice = word("advice").map_or(String::new(), |advice| format!(" {advice}"));
            format!("{name} is removed.{advice}")
        }
        Request::MemberPassword { name, .. } => format!("{name} has a new password."),
        Request::MemberDisplay { name, display } => format!("{name} is {} from now on.", inline(display)),
        Request::MemberAppoint { name, office } => match office {
            Office::Administrator => format!("{name} looks after the home now."),
            Office::MainMailbox => format!("{name} gets what is written to the home now."),
        },
        Request::SettingSet { key, .. } => {
            format!("{} is now {}", inline(key), word("value").unwrap_or_default())
        }
        Request::DeviceRevoke { id, .. } => format!("Device password {id} is revoked."),
        Request::MemberAddressAdd { name, address } => {
            format!("{} is {name}'s now.", inline(address))
        }
        Request::MemberAddressRemove { name, address } => {
            format!("{} is not {name}'s any more.", inline(address))
        }
        Request::ProviderSet(new) => {
            let tried = if new.untested { "stored, untested" } else { "stored; the login works" };
            let whose = match (&new.member, word("address")) {
                (Some(member), Some(address)) => format!("Letters of {member} to ordinary addresses go out as {address}."),
                _ => "Letters to ordinary addresses go there, of everybody who has an ordinary address of their own.".into(),
            };
            format!("{} is {tried}. {whose}", inline(&new.host))
        }
        Request::ProviderTest { .. } => {
            format!("{} accepts the login.", word("host").unwrap_or_default())
        }
        Request::ProviderRemove { .. } => match number("waiting") {
            Some(letters @ 1..) => format!("Removed. {letters} letters still wait for it: set up another, or cancel them (toxmaild queue list)."),
            _ => "Removed.".into(),
        },
        Request::FetchSet(new) => {
            let tried = if new.untested { "stored, untested" } else { "stored; the login works" };
            let which = match new.since {
                Since::New => "Letters that come from now on are fetched; what is there already stays there.",
                Since::Everything => "All letters that are there are fetched.",
            };
            let after = match new.after {
                After::Keep => "They stay there, too.",
                After::Delete => "They are deleted there once they lie safely here.",
            };
            format!("{} is {tried}. {which} {after}", inline(&new.host))
        }
        Request::FetchTest { .. } => {
            format!("{} accepts the login.", word("host").unwrap_or_default())
        }
        Request::FetchNow { .. } => typed(answer).map_or_else(String::new, |r: FetchRound| fetched(&r)),
        Request::FetchRemove { member } => format!("Nothing is fetched for {member} any more. Answers to ordinary mail arrive at the provider."),
        Request::ContactAdd { name, .. } => {
            let name = inline(name);
            // What they are called here may differ from what was typed: `oma.kathe` for "Oma Käthe".
            let nickname = word("name").unwrap_or_else(|| name.clone());
            match word("state").as_deref() {
                Some("asked") => format!(
                    "{name} is asked. Once they accept, {nickname}@tox reaches them; letters wait until then."
                ),
                Some("ordinary") => format!(
                    "{name} is a contact, {nickname}@tox. Letters reach them only once their Tox address is known."
                ),
                _ => format!("{name} is a contact: {nickname}@tox reaches them."),
            }
        }
        Request::ContactChat { name } => {
            let name = inline(name);
            let nickname = word("name").unwrap_or_else(|| name.clone());
            format!("{name} chats: letters to {nickname}@tox reach their Tox program as texts and files.")
        }
        Request::ContactFallback { name, seconds } => {
            let name = inline(name);
            match seconds.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX)) {
                Some(seconds) => format!(
                    "Letters to {name} from now on go by ordinary mail when they have waited {}; the writer is told.",
                    span(seconds)
                ),
                None => format!("Letters to {name} from now on never go by ordinary mail."),
            }
        }
        Request::ContactRemove { name } => {
            let names: Option<Vec<&str>> = answer
                .get("names")
                .and_then(Value::as_array)
                .map(|names| names.iter().filter_map(Value::as_str).collect());
            match names.as_deref() {
                Some([first, others @ ..]) if !others.is_empty() => format!(
                    "{} is removed, and with them {}.",
                    inline(first),
                    inline(&others.join(", "))
                ),
                _ => format!("{} is removed.", inline(name)),
            }
        }
        Request::ContactBlock { name } => {
            format!("{} is blocked: nothing from there is taken, and nothing goes there.", inline(name))
        }
        Request::ContactConfirm { name, email } => {
            format!("{} is {} now: letters to this address go straight there.", inline(email), inline(name))
        }
        Request::ContactShare { name, share: Shared::All } => {
            format!("{} sees who lives here, and their addresses.", inline(name))
        }
        Request::ContactShare { name, share: Shared::Nothing } => {
            format!("{} sees what this home is called, and nothing else of it.", inline(name))
        }
        Request::ContactDirect { name, only: Switch::On } => {
            let name = inline(name);
            let now = match word("now").as_deref() {
                Some("relay") => " A relay alone leads there now, so letters wait.",
                Some("never") => " But this home has no direct connections at all ([tox] udp = false, or a proxy): letters wait until it has.",
                _ => "",
            };
            format!("Nothing goes to {name} through a relay any more, nor to anybody else in that home: letters wait for a direct connection.{now}")
        }
        Request::ContactDirect { name, only: Switch::Off } => {
            format!("Letters to {} go through a relay where there is no direct connection.", inline(name))
        }
        Request::MoveAnnounce { .. } => {
            "Every contact is told, those that are off when they are back. Keep this box running until they have confirmed it.".into()
        }
        Request::MoveWithdraw => "Contacts hear of a new box no more.".into(),
        Request::MoveRefuse { name } => format!("{} stays where it was.", inline(name)),
        Request::ContactAccept { .. } => "Accepted. They appear online once both homes are connected.".into(),
        Request::ContactRefuse { .. } => "Refused.".into(),
        Request::InviteAccept { .. } => {
            "Accepted. They appear as connected in `toxmaild contact list` once both homes are online.".into()
        }
        Request::InviteWithdraw { id } => format!("Invitation {id} is withdrawn."),
        Request::QueueRetry { id: Some(id) } => format!("Message {id} is tried now, as far as the other homes are there."),
        Request::QueueRetry { id: None } if number("deliveries") == Some(0) => "Nothing waits.".into(),
        Request::QueueRetry { id: None } => {
            "Everything that waits is tried now, as far as the other homes are there.".into()
        }
        Request::QueueCancel { id, member: None } => {
            format!("Message {id} is cancelled; its writer is told.")
        }
        Request::QueueCancel { id, .. } => format!("Message {id} is taken back."),
        Request::QueueRelease { id }
        | Request::QueueAnswer { id, word: HeldWord::Send, .. } => format!("Message {id} goes."),
        Request::QueueAnswer { id, word: HeldWord::Stop, .. } => format!("Message {id} is taken back."),
        Request::BootstrapImport { nodes } if nodes.is_empty() => "The built-in list is used again.".into(),
        Request::BootstrapImport { nodes } => {
            let usable = number("nodes").unwrap_or(nodes.len() as u64);
            format!("{usable} nodes are used from now on.")
        }
        _ => "Done.".into(),
    }
}

fn status(status: &Status) -> String {
    let tox = match status.tox.as_str() {
        "udp" => "online over UDP",
        "tcp" => "online through TCP relays (slower; is UDP blocked?)",
        "offline" if status.running => "offline: see toxmaild doctor",
        _ => "offline",
    };
    let running = if status.running { "running" } else { "stopped" };
    let toxcore = status
        .toxcore
        .as_deref()
        .map(|v| format!(", toxcore {v}"))
        .unwrap_or_default();
    let mut rows = vec![
        ["Home".into(), inline(&status.home)],
        [
            "State".into(),
            format!("{running}, Toxmail {}{toxcore}", status.version),
        ],
        ["Tox".into(), tox.into()],
    ];
    if let Some(suffix) = &status.address_suffix {
        rows.push([
            "Addresses".into(),
            format!("NAME@{}", suffix.trim_start_matches('@')),
        ]);
    }
    if let Some(id) = &status.tox_id {
        rows.push(["Tox address".into(), id.clone()]);
    }
    for (label, count) in [
        ("Members", status.members),
        ("Contacts", status.contacts),
        ("Letters waiting", status.queue),
    ] {
        rows.push([label.into(), count.to_string()]);
    }
    for (service, address) in &status.ports {
        let address = address
            .as_str()
            .map_or_else(|| address.to_string(), str::to_owned);
        rows.push([format!("Port {service}"), address]);
    }
    table(&[], rows)
}

fn members(list: &[Member]) -> String {
    if list.is_empty() {
        return "Nobody yet: toxmaild member add NAME\n".into();
    }
    let row = |m: &Member| {
        let role = match (m.administrator, m.main_mailbox) {
            (true, true) => "administrator, main mailbox",
            (true, false) => "administrator",
            (false, true) => "main mailbox",
            (false, false) => "",
        };
        [
            m.name.clone(),
            m.display.as_deref().map_or(String::new(), inline),
            m.devices.to_string(),
            role.into(),
        ]
    };
    table(
        &["NAME", "PERSON", "DEVICES", ""],
        list.iter().map(row).collect(),
    )
}

fn choices(list: &[Setting]) -> String {
    let line = |setting: &Setting| {
        let from = match (setting.locked, setting.chosen) {
            (true, _) => "toxmail.toml says so",
            (false, true) => "chosen",
            (false, false) => "the default",
        };
        format!(
            "{}  {}  ({from})\n",
            inline(&setting.key),
            inline(&setting.value)
        )
    };
    list.iter().map(line).collect()
}

fn settings(settings: &MemberSettings) -> String {
    let mixed = match settings.mixed.as_str() {
        "ask" => "ask before a letter goes to some in private and to others by ordinary mail",
        "refuse" => {
            "refuse a letter that would go to some in private and to others by ordinary mail"
        }
        _ => "tell afterwards which way each copy of a letter went",
    };
    let language = settings
        .language
        .as_deref()
        .map_or("the home's".into(), inline);
    table(
        &[],
        vec![
            ["Member".into(), settings.name.clone()],
            [
                "Mixed".into(),
                format!("{}: {mixed}", inline(&settings.mixed)),
            ],
            ["Language".into(), language],
            [
                "Reencode".into(),
                match settings.reencode {
                    true => "on: letters that the provider cannot carry as they are go in another encoding".into(),
                    false => "off: letters that the provider cannot carry as they are are given back".into(),
                },
            ],
        ],
    )
}

fn devices(list: &[Device], now: i64) -> String {
    if list.is_empty() {
        return "No device password yet: toxmaild member device add NAME LABEL\n".into();
    }
    let row = |d: &Device| {
        let used = d.last_used.map_or("never".into(), |t| ago(now, t));
        [
            d.id.to_string(),
            inline(&d.label),
            ago(now, d.created),
            used,
        ]
    };
    table(
        &["ID", "DEVICE", "MADE", "LAST USED"],
        list.iter().map(row).collect(),
    )
}

fn new_device(device: &NewDevice) -> String {
    let rows = vec![
        ["Login".into(), device.name.clone()],
        ["Password".into(), device.password.expose().to_owned()],
        [
            "Device".into(),
            format!("{} (number {})", inline(&device.label), device.id),
        ],
    ];
    format!(
        "{}It is shown this once: put it into the mail program now.\n",
        table(&[], rows)
    )
}

fn details(details: &ContactDetails, now: i64) -> String {
    let contact = &details.contact;
    let nickname = inline(&contact.name);
    let state = match contact.state.as_str() {
        "asked" => "asked: they have not answered yet".to_owned(),
        "waiting" => "let in: waiting for them".to_owned(),
        "ordinary" => "ordinary mail only".to_owned(),
        "blocked" => "blocked: nothing is taken from them".to_owned(),
        "online" if contact.awaits_direct => {
            "seen through a relay: letters wait for a direct connection".to_owned()
        }
        "offline" => match contact.last_seen {
            Some(seen) => format!("last seen {}", ago(now, seen)),
            None => "not seen yet".to_owned(),
        },
        other => inline(other),
    };
    let verified = match (contact.key.is_some(), details.verified) {
        (false, _) => None,
        (true, true) => Some("yes: you have compared the safety words".to_owned()),
        (true, false) => Some(format!("no: toxmaild contact words {nickname}")),
    };
    let list = |items: &[String]| {
        let items: Vec<String> = items.iter().map(|item| inline(item)).collect();
        Some(items.join(", ")).filter(|items| !items.is_empty())
    };
    let rows = [
        ("name", Some(inline(&contact.display))),
        ("nickname", Some(format!("{nickname}@tox"))),
        ("state", Some(state)),
        ("e-mail", list(&contact.emails)),
        ("claimed", list(&details.claimed_emails).map(|claimed| {
            format!("{claimed} (their home says so; to confirm: toxmaild contact edit {nickname} --email …)")
        })),
        ("Tox", contact.address.as_deref().map(inline)),
        (
            "relays",
            contact.direct_only.then(|| format!("never: toxmaild contact direct {nickname} off")),
        ),
        ("home", details.home_name.as_deref().map(inline)),
        ("verified", verified),
        ("whose", Some(contact.owner.clone().unwrap_or_else(|| "everybody's".into()))),
        ("not shown to", list(&details.hidden_from)),
    ];
    let rows = rows.into_iter();
    rows.filter_map(|(key, value)| Some(format!("{key:<13} {}\n", value?)))
        .collect()
}

fn words(words: &Words) -> String {
    let name = inline(&words.name);
    let then = if words.verified {
        "You have compared them already.".to_owned()
    } else {
        format!("If they are: toxmaild contact verify \"{name}\"")
    };
    format!(
        "{}\n\n  {}\n\n  {}\n\nCall {name}, and read these to each other: the words must be the same there \
         (`toxmaild contact words` at their home), or the digits.\n{then}\n",
        name,
        inline(&words.words),
        inline(&words.digits)
    )
}

fn contacts(list: &[Contact], now: i64) -> String {
    if list.is_empty() {
        return "No contact yet: toxmaild invite, or toxmaild invite accept LINK\n".into();
    }
    let row = |c: &Contact| {
        [
            inline(&c.name),
            inline(&c.display),
            match (c.direct_only, c.awaits_direct) {
                (false, _) => c.state.clone(),
                (true, false) => format!("{}, direct only", c.state),
                (true, true) => format!("{}, waits for a direct way", c.state),
            },
            c.last_seen.map_or("never".into(), |t| ago(now, t)),
            c.owner.clone().unwrap_or_else(|| "everybody".into()),
            match (&c.key, c.fallback_seconds) {
                (None, _) => "at once".into(),
                (Some(_), None) => "never".into(),
                (Some(_), Some(seconds)) => {
                    format!("after {}", span(i64::try_from(seconds).unwrap_or(i64::MAX)))
                }
            },
            c.address
                .iter()
                .chain(&c.emails)
                .map(|a| inline(a))
                .chain(c.claimed.iter().map(|a| format!("{} (claimed)", inline(a))))
                .collect::<Vec<_>>()
                .join(", "),
        ]
    };
    table(
        &[
            "NAME",
            "PERSON",
            "STATE",
            "SEEN",
            "WHOSE",
            "ORDINARY MAIL",
            "ADDRESSES",
        ],
        list.iter().map(row).collect(),
    )
}

fn providers(list: &[Provider], now: i64) -> String {
    if list.is_empty() {
        return "No provider: letters to ordinary addresses are refused. toxmaild provider set HOST --username LOGIN\n".into();
    }
    let row = |p: &Provider| {
        let problem = match (&p.problem, p.problem_since) {
            (Some(problem), Some(since)) => format!("{} ({})", inline(problem), ago(now, since)),
            (Some(problem), None) => inline(problem),
            (None, _) => String::new(),
        };
        [
            p.member.clone().unwrap_or_else(|| "the home".into()),
            format!("{}:{}", inline(&p.host), p.port),
            p.tls.clone(),
            p.username.as_deref().map_or(String::new(), inline),
            p.address.as_deref().map_or(String::new(), inline),
            p.fetches
                .iter()
                .map(|f| format!("for {} from {}", inline(&f.member), inline(&f.host)))
                .collect::<Vec<_>>()
                .join(", "),
            problem,
        ]
    };
    table(
        &[
            "WHOSE", "SERVER", "TLS", "LOGIN", "ADDRESS", "FETCHED", "PROBLEM",
        ],
        list.iter().map(row).collect(),
    )
}

fn fetches(list: &[Fetch], now: i64) -> String {
    if list.is_empty() {
        return "Nothing is fetched from providers. toxmaild provider fetch set HOST --member NAME\n".into();
    }
    let row = |f: &Fetch| {
        let state = match (&f.problem, f.problem_since, f.worked) {
            (Some(problem), Some(since), _) => format!("{} ({})", inline(problem), ago(now, since)),
            (Some(problem), None, _) => inline(problem),
            (None, _, Some(worked)) => format!("worked {}", ago(now, worked)),
            (None, _, None) => String::new(),
        };
        [
            inline(&f.member),
            format!("{} {}:{}", f.protocol, inline(&f.host), f.port),
            inline(&f.username),
            f.after.clone(),
            f.since.clone(),
            span(i64::try_from(f.every_seconds).unwrap_or(i64::MAX)),
            state,
        ]
    };
    table(
        &["FOR", "SERVER", "LOGIN", "THERE", "FROM", "EVERY", "STATE"],
        list.iter().map(row).collect(),
    )
}

fn fetched(round: &FetchRound) -> String {
    if round.still_runs {
        return "There is much to fetch; it goes on by itself.".into();
    }
    let mut text = match round.filed {
        0 => "No new letters.".to_owned(),
        1 => "1 letter is here now.".to_owned(),
        n => format!("{n} letters are here now."),
    };
    for (number, what) in [
        (round.deleted, "deleted there"),
        (
            round.left,
            "left there, because this home does not take letters like that",
        ),
        (round.old, "left there, because only new ones are fetched"),
    ] {
        if number > 0 {
            text.push_str(&format!(" {number} {what}."));
        }
    }
    text
}

fn requests(list: &[ContactRequest], now: i64) -> String {
    if list.is_empty() {
        return "Nobody asks.\n".into();
    }
    let row = |r: &ContactRequest| [r.key.clone(), ago(now, r.received), inline(&r.message)];
    table(&["KEY", "CAME", "MESSAGE"], list.iter().map(row).collect())
}

fn invitation(invitation: &NewInvitation, now: i64, ink: Ink) -> String {
    let link = inline(invitation.link.expose());
    let code = super::qr::draw(&link, ink).unwrap_or_default();
    format!(
        "{code}\n{link}\n\nGive it to one home, by a way you trust. It works once and expires {}.\nThere: toxmaild invite accept 'LINK'\n",
        until(now, invitation.expires)
    )
}

fn invitations(list: &[Invitation], now: i64) -> String {
    if list.is_empty() {
        return "No invitation.\n".into();
    }
    let row = |i: &Invitation| {
        [
            i.id.to_string(),
            i.state.clone(),
            ago(now, i.created),
            until(now, i.expires),
        ]
    };
    table(
        &["ID", "STATE", "MADE", "EXPIRES"],
        list.iter().map(row).collect(),
    )
}

fn moves(list: &[Move], now: i64) -> String {
    if list.is_empty() {
        return "Nobody says that they have a new box.\n".into();
    }
    let row = |m: &Move| {
        [
            m.name.as_deref().map_or("this home".into(), inline),
            m.state.clone(),
            m.announced.map_or(String::new(), |at| ago(now, at)),
            m.new_name.as_deref().map_or(String::new(), inline),
            m.new_key.clone(),
        ]
    };
    let mut text = table(
        &["WHO", "STATE", "SINCE", "NEW BOX", "ITS KEY"],
        list.iter().map(row).collect(),
    );
    for m in list {
        let (Some(words), Some(digits)) = (&m.words, &m.digits) else {
            continue;
        };
        let name = inline(m.name.as_deref().unwrap_or(&m.old_key));
        text.push_str(&format!(
            "\nThe safety words of the new box of {name}:\n\n  {}\n\n  {}\n\nCall them, and ask whether they have a new box; \
             `toxmaild contact words` there must show the same. If it does: toxmaild move confirm {name}. If they \
             know of no new box: toxmaild move refuse {name}\n",
            inline(words),
            inline(digits)
        ));
    }
    text
}

fn moved(moved: &Moved) -> String {
    let letters = match moved.letters {
        0 => String::new(),
        1 => " One letter that waits goes there, too.".into(),
        count => format!(" {count} letters that wait go there, too."),
    };
    let old = moved.old_name.as_deref().map_or(String::new(), |name| {
        let name = inline(name);
        format!(" The old box is the contact {name} until it is not needed any more: toxmaild contact remove {name}.")
    });
    format!(
        "The new box is confirmed for {}, and verified: you have compared its safety words.{letters}{old}\n",
        inline(&moved.names.join(", "))
    )
}

fn new_tox_id(new: &NewToxId) -> String {
    let mut text = format!(
        "The home's Tox ID is {} from now on. Contacts stay, and their homes learn it by themselves.\n",
        inline(&new.tox_id)
    );
    let numbers: Vec<String> = new
        .outdated_invitations
        .iter()
        .map(i64::to_string)
        .collect();
    let numbers = numbers.join(", ");
    text.push_str(&match new.outdated_invitations.len() {
        0 => String::new(),
        1 => format!(
            "Invitation {numbers} leads nowhere now: make a new one with toxmaild invite.\n"
        ),
        _ => {
            format!("Invitations {numbers} lead nowhere now: make new ones with toxmaild invite.\n")
        }
    });
    text
}

fn queue(list: &[Queued], now: i64) -> String {
    if list.is_empty() {
        return "Nothing waits.\n".into();
    }
    let row = |q: &Queued| {
        let open = q
            .recipients
            .iter()
            .filter(|r| r.state != "delivered")
            .collect::<Vec<_>>();
        let to = match open[..] {
            [] => String::new(),
            [one] => inline(&one.address),
            [one, ..] => format!("{} and {} more", inline(&one.address), open.len() - 1),
        };
        let from = if q.sender.is_empty() {
            "(notice)".into()
        } else {
            inline(&q.sender)
        };
        let why = match open.iter().find_map(|r| why(r)) {
            Some(why) => why,
            None if open.iter().any(|r| is_held(r)) => "waits for their home".into(),
            None => String::new(),
        };
        [
            q.id.to_string(),
            ago(now, q.accepted),
            size(q.bytes),
            from,
            to,
            why,
        ]
    };
    table(
        &["ID", "WAITS SINCE", "SIZE", "FROM", "TO", "WHY"],
        list.iter().map(row).collect(),
    )
}

/// Why it waits, or how it gets on.
fn why(recipient: &QueuedRecipient) -> Option<String> {
    let moving = recipient.progress.as_ref().and_then(progress);
    moving.or_else(|| recipient.why.as_deref().map(inline))
}

fn progress(progress: &Progress) -> Option<String> {
    if progress.total == 0 {
        return None;
    }
    let mut text = match progress.unit.as_str() {
        "parts" => format!("{} of {} parts", progress.sent, progress.total),
        _ => format!("{} of {}", size(progress.sent), size(progress.total)),
    };
    if let Some(speed) = progress.bytes_per_second {
        text.push_str(&format!(", {}/s", size(speed)));
    }
    if let Some(left) = progress.seconds_left {
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        text.push_str(&format!(", {} left", span(left)));
    }
    Some(text)
}

fn queue_count(count: &QueueCount) -> String {
    table(
        &[],
        vec![
            ["Letters".into(), count.letters.to_string()],
            ["Size".into(), size(count.bytes)],
            ["Destinations".into(), count.deliveries.to_string()],
            ["On their way".into(), count.on_their_way.to_string()],
        ],
    )
}

fn health(health: &Health, now: i64) -> String {
    let state = match health.state.as_str() {
        "fine" => "everything is all right",
        "attention" => "somebody should look at this",
        _ => "something is wrong",
    };
    let tox = match health.tox.connection.as_str() {
        "udp" => "connected directly",
        "tcp" => "connected through relays",
        _ => "not connected",
    };
    let (tox_for, peers) = (now - health.tox.since, &health.tox);
    let rows = vec![
        ["State".into(), state.into()],
        ["Tox".into(), format!("{tox} for {}", span(tox_for.max(0)))],
        [
            "Others".into(),
            format!(
                "{} of {} are here, {} of them through relays",
                peers.peers_direct + peers.peers_relayed,
                peers.peers,
                peers.peers_relayed
            ),
        ],
        [
            "Disk".into(),
            format!(
                "{} of {} free, {} in letters",
                size(health.disk.free),
                size(health.disk.total),
                size(health.disk.letters + health.disk.waiting)
            ),
        ],
        ["Letters waiting".into(), health.letters_waiting.to_string()],
        ["Requests".into(), health.requests.to_string()],
        [
            "Last backup".into(),
            health.last_backup.map_or("never".into(), |at| ago(now, at)),
        ],
    ];
    let found = match health.findings.is_empty() {
        true => String::new(),
        false => format!("\n{}", problems(&health.findings)),
    };
    table(&[], rows) + &found
}

fn storage(storage: &Storage) -> String {
    let mut rows: Vec<[String; 2]> = (storage.mailboxes.iter())
        .map(|mailbox| [inline(&mailbox.name), size(mailbox.bytes)])
        .collect();
    rows.push(["On their way".into(), size(storage.disk.waiting)]);
    rows.push([
        "Free".into(),
        format!(
            "{} of {}",
            size(storage.disk.free),
            size(storage.disk.total)
        ),
    ]);
    table(&[], rows)
}

fn timeline(list: &[Day]) -> String {
    let cells = |ways: &Ways| {
        [
            ways.direct,
            ways.ordinary,
            ways.local,
            ways.chat,
            ways.gateway,
        ]
        .map(|traffic| traffic.letters.to_string())
    };
    let row = |day: &Day| {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (cells(&day.received), cells(&day.sent));
        [day.day.clone(), a, b, c, d, e, f, g, h, i, j]
    };
    table(
        &[
            "DAY",
            "IN: DIRECT",
            "ORDINARY",
            "LOCAL",
            "CHAT",
            "GATEWAY",
            "OUT: DIRECT",
            "ORDINARY",
            "LOCAL",
            "CHAT",
            "GATEWAY",
        ],
        list.iter().map(row).collect(),
    )
}

fn log(list: &[LogLine]) -> String {
    let row = |line: &LogLine| {
        let time = mail_parser::DateTime::from_timestamp(line.time).to_rfc3339();
        [
            line.number.to_string(),
            time,
            line.severity.to_uppercase(),
            inline(&line.text),
        ]
    };
    table(&[], list.iter().map(row).collect())
}

/// Nobody has said no: the other home is not there.
fn is_held(recipient: &QueuedRecipient) -> bool {
    recipient.state == "waiting" && recipient.next_try.is_none()
}

fn letter(q: &Queued, now: i64) -> String {
    let from = if q.sender.is_empty() {
        "(notice)".into()
    } else {
        inline(&q.sender)
    };
    let head = vec![
        ["Message".into(), q.id.to_string()],
        ["From".into(), from],
        ["Size".into(), size(q.bytes)],
        ["Accepted".into(), ago(now, q.accepted)],
    ];
    let row = |r: &QueuedRecipient| {
        let next = match (r.state.as_str(), r.next_try) {
            ("delivered" | "failed", _) => String::new(),
            ("held", _) => "when its writer says so".into(),
            (_, Some(t)) => until(now, t),
            (_, None) => "when they are online".into(),
        };
        let why = why(r).unwrap_or_default();
        [
            inline(&r.address),
            r.route.clone(),
            r.state.clone(),
            r.attempts.to_string(),
            next,
            why,
        ]
    };
    let rows = q.recipients.iter().map(row).collect();
    let columns = ["TO", "ROUTE", "STATE", "TRIED", "NEXT TRY", "WHY"];
    format!("{}\n{}", table(&[], head), table(&columns, rows))
}

fn problems(list: &[Problem]) -> String {
    if list.is_empty() {
        return "All is well.\n".into();
    }
    list.iter()
        .map(|p| format!("{} -> {}\n", inline(&p.problem), inline(&p.advice)))
        .collect()
}

fn nodes(list: &[BootstrapNode]) -> String {
    let row = |n: &BootstrapNode| {
        let tcp: Vec<String> = n.tcp_ports.iter().map(u16::to_string).collect();
        [
            n.host.clone(),
            n.port.to_string(),
            tcp.join(","),
            n.key.to_string(),
        ]
    };
    table(
        &["HOST", "UDP", "TCP", "KEY"],
        list.iter().map(row).collect(),
    )
}
