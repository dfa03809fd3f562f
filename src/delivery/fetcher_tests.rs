//! Rounds with servers that follow a script.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::super::tests::{Home, name};
use super::visit::REFUSALS;
use super::*;
use crate::config::RelayTls;
use crate::fetch::plan::{Known, State};
use crate::fetch::{Greeting, Protocol};
use crate::providers::NewAccount;
use crate::providers::fetch::{EVERY, Login, NewFetch, Progress};

/// What the server hears, and what happens then.
struct Ears<'a> {
    heard: Arc<Mutex<String>>,
    act: Box<dyn FnMut(&str) + Send + 'a>,
}

impl AsyncWrite for Ears<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        (self.act)(&text);
        self.heard.lock().unwrap().push_str(&text);
        Poll::Ready(Ok(bytes.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Scene {
    home: Home,
    fetcher: Fetcher,
    new: NewFetch,
    id: FetchId,
}

impl Scene {
    /// Everything above UID 4 is fetched for anna.
    fn new(protocol: Protocol, after: After) -> Self {
        let home = Home::new();
        let (folder, handle) = (home.dir.path().to_owned(), home.runtime.handle().clone());
        let fetcher = Fetcher::new(Arc::clone(&home.post), folder, handle);
        let new = NewFetch {
            member: name("anna"),
            protocol,
            host: "mail.example.org".into(),
            port: 993,
            tls: RelayTls::Implicit,
            login: Login::Own("anna".into(), "secret".to_owned().into()),
            after,
            since: Since::Everything,
            every: EVERY,
        };
        let id = home.post.providers.fetch_set(&new).unwrap();
        let validity = (protocol == Protocol::Imap).then_some(7);
        let progress = Progress {
            validity,
            settled: 4,
        };
        home.post
            .providers
            .fetch_begin(id, Vec::new(), progress)
            .unwrap();
        Self {
            home,
            fetcher,
            new,
            id,
        }
    }

    /// One round; what came of it, and what the server heard.
    fn round(
        &self,
        script: &str,
        act: impl FnMut(&str) + Send,
    ) -> (Result<Round, Trouble>, String) {
        let heard = Arc::default();
        let ears = Ears {
            heard: Arc::clone(&heard),
            act: Box::new(act),
        };
        let stream = tokio::io::join(script.as_bytes(), ears);
        let login = ("anna", "secret");
        let session = Session::log_in(self.new.protocol, stream, Greeting::Expected, login);
        let session = self.home.runtime.block_on(session).unwrap();
        let inbox = self.home.post.providers.fetch_inbox(self.id).unwrap();
        let ends = Instant::now() + ROUND;
        let round = self
            .fetcher
            .look_through(self.id, &inbox.unwrap(), session, ends);
        let heard = heard.lock().unwrap().clone();
        (round, heard)
    }

    fn settled(&self) -> u32 {
        let inbox = self.home.post.providers.fetch_inbox(self.id).unwrap();
        inbox.unwrap().settled
    }

    fn known(&self) -> Vec<State> {
        let known = self.home.post.providers.fetch_known(self.id).unwrap();
        known
            .into_values()
            .map(|Known { state, .. }| state)
            .collect()
    }

    fn mails(&self) -> i64 {
        let count = |c: &rusqlite::Connection| -> Result<i64, crate::database::Error> {
            Ok(c.query_row("SELECT count(*) FROM messages", [], |r| r.get(0))?)
        };
        self.home.database.read(count).unwrap()
    }

    fn filed(&self) -> usize {
        let folder = self.home.dir.path().join("mail/anna/Maildir/new");
        std::fs::read_dir(folder).unwrap().count()
    }
}

const IMAP: &str = "* OK hi\r\n* CAPABILITY UIDPLUS\r\nA1 OK\r\nA2 OK\r\n* CAPABILITY UIDPLUS\r\nA3 OK\r\n\
     * 9 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nA4 OK\r\n";

fn listed(uids: std::ops::Range<u32>, size: u64) -> String {
    let lines = uids.map(|uid| format!("* 1 FETCH (UID {uid} RFC822.SIZE {size})\r\n"));
    lines.collect::<String>() + "A5 OK\r\n"
}

fn whole(uid: u32) -> String {
    let text = format!("Subject: {uid}\r\n\r\nhello\r\n");
    format!(
        "* 1 FETCH (UID {uid} BODY[] {{{}}}\r\n{text})\r\n",
        text.len()
    )
}

#[test]
fn a_letter_that_is_not_handed_out_is_listed_again_and_the_others_come() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let one = whole(6);
    let script = format!(
        "{IMAP}{}A6 NO [LIMIT] too fast\r\n{one}A7 OK\r\nA8 OK\r\nA9 OK\r\n",
        listed(5..8, 30)
    );
    let (round, heard) = scene.round(&script, |_| {});
    let Err(Trouble::Letter(why)) = round else {
        panic!("{round:?}")
    };
    assert!(why.text.ends_with("; it says: [LIMIT] too fast"), "{why}");
    assert_eq!((scene.filed(), scene.settled()), (1, 4), "{heard}");
    // One that the server does not have any more, it says; it has. The one that it refused is asked for last.
    let (five, seven) = (whole(5), whole(7));
    let script = format!(
        "{IMAP}{}A6 OK\r\n{five}A7 OK\r\nA8 OK\r\n",
        listed(5..8, 30)
    );
    let (round, _) = scene.round(&script, |_| {});
    assert_eq!(round.unwrap().filed, 1);
    assert_eq!(scene.settled(), 6);
    let script = format!("{IMAP}{}{seven}A6 OK\r\nA7 OK\r\n", listed(7..8, 30));
    let (round, heard) = scene.round(&script, |_| {});
    assert_eq!(round.unwrap().filed, 1);
    assert!(heard.contains("UID FETCH 7:*"), "{heard}");
    assert_eq!((scene.filed(), scene.settled()), (3, 7));
}

/// A letter that cannot be had for years would otherwise make all others late.
#[test]
fn a_letter_that_is_not_handed_out_does_not_slow_the_others_and_is_told_after_a_day() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let every = Duration::from_secs(60);
    let why = || Reason::new(Status(4, 3, 0), "it says: NO internal error");
    let due = || lock(&scene.fetcher.schedule).due.get(&scene.id).copied();
    let known = || {
        let listed = scene.home.post.providers.fetches().unwrap();
        listed[0].trouble.clone().unwrap()
    };
    for _ in 0..5 {
        let concluded = scene
            .fetcher
            .conclude(scene.id, every, Err(Trouble::Letter(why())));
        assert!(concluded.is_err());
        let (again, failures) = due().unwrap();
        assert!(again <= Instant::now() + every && failures == 0);
        assert!(scene.fetcher.worked_at(scene.id).is_some());
    }
    assert_eq!((known().kind, known().told), (Kind::Letter, false));
    let a_day_ago = scene.home.post.clock.now().wall - TELL_AFTER;
    let aged = scene.home.post.providers.age_trouble(scene.id, a_day_ago);
    aged.unwrap();
    let _ = scene
        .fetcher
        .conclude(scene.id, every, Err(Trouble::Letter(why())));
    assert!(known().told);
    // A server that does not work at all is asked less and less.
    for _ in 0..5 {
        let _ = scene
            .fetcher
            .conclude(scene.id, every, Err(Trouble::Server(why())));
    }
    let (again, failures) = due().unwrap();
    assert!(again > Instant::now() + 2 * every && failures == 5);
}

/// A provider under load refuses logins in between: a mail for each change would be dozens a day.
#[test]
fn trouble_that_changes_with_every_round_is_told_once_a_day() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let why = || Reason::new(Status(4, 3, 0), "it says: NO not now");
    let told = || {
        let listed = scene.home.post.providers.fetches().unwrap();
        let trouble = listed[0].trouble.clone().unwrap();
        (trouble.kind, trouble.told)
    };
    let fails = |trouble| {
        let _ = scene
            .fetcher
            .conclude(scene.id, Duration::from_secs(60), Err(trouble));
        told()
    };
    assert_eq!(fails(Trouble::Login(why())), (Kind::Login, true));
    assert_eq!(fails(Trouble::Server(why())), (Kind::Server, false));
    assert_eq!(fails(Trouble::Login(why())), (Kind::Login, false));
    // Another that the member has not heard of is told.
    assert_eq!(fails(Trouble::Full), (Kind::Full, true));
    scene.home.time.advance(TELL_AGAIN);
    assert_eq!(fails(Trouble::Login(why())), (Kind::Login, true));
}

#[test]
fn a_server_that_hands_out_nothing_is_left_alone_soon() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let refusals: String = (6..20).map(|n| format!("A{n} NO later\r\n")).collect();
    let script = format!("{IMAP}{}{refusals}", listed(5..20, 30));
    let (round, heard) = scene.round(&script, |_| {});
    assert!(matches!(round, Err(Trouble::Server(_))), "{round:?}");
    assert_eq!(heard.matches("BODY.PEEK").count(), REFUSALS as usize);
    assert_eq!(scene.settled(), 4);
    // What lies behind those comes the next time, and they are asked for once more, last and not all.
    let answer = |n: u32, at: u32, given: bool| match given {
        true => format!("{}A{at} OK\r\n", whole(n)),
        false => format!("A{at} NO later\r\n"),
    };
    let others = (10..20).map(|n| answer(n, n - 4, n > 11));
    let again = (16..30).map(|at| answer(0, at, false));
    let (others, again): (String, String) = (others.collect(), again.collect());
    let script = format!("{IMAP}{}{others}{again}", listed(5..20, 30));
    let (round, heard) = scene.round(&script, |_| {});
    assert!(
        matches!(round, Err(Trouble::Letter(_))),
        "{round:?} {heard}"
    );
    assert_eq!((scene.filed(), scene.settled()), (8, 4));
    assert_eq!(heard.matches("BODY.PEEK").count(), 10 + REFUSALS as usize);
    // The round after it begins with others.
    let first = (10..12).map(|n| answer(n, n - 4, true));
    let again = (8..20).map(|at| answer(0, at, false));
    let (first, again): (String, String) = (first.collect(), again.collect());
    let script = format!("{IMAP}{}{first}{again}", listed(5..20, 30));
    let (round, heard) = scene.round(&script, |_| {});
    assert!(
        matches!(round, Err(Trouble::Letter(_))),
        "{round:?} {heard}"
    );
    assert_eq!((scene.filed(), scene.settled()), (10, 4));
}

/// A provider that refuses a few letters for years, each until its owner deletes it there.
#[test]
fn a_letter_that_is_not_listed_any_more_is_not_remembered_as_refused() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let refusals = |count: u32| -> String {
        (6..6 + count)
            .map(|n| format!("A{n} NO later\r\n"))
            .collect()
    };
    let remembered = || {
        let schedule = lock(&scene.fetcher.schedule);
        let (names, _) = schedule.refused.get(&scene.id).cloned().unwrap_or_default();
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        names
    };
    let refuse = |uids: std::ops::Range<u32>| {
        let script = format!(
            "{IMAP}{}{}",
            listed(uids.clone(), 30),
            refusals(uids.len() as u32)
        );
        let (round, heard) = scene.round(&format!("{script}A9 OK\r\n"), |_| {});
        assert!(
            matches!(round, Err(Trouble::Letter(_))),
            "{round:?} {heard}"
        );
    };
    refuse(5..8);
    assert_eq!(remembered(), ["7/5", "7/6", "7/7"]);
    refuse(6..8);
    assert_eq!(remembered(), ["7/6", "7/7"]);
    refuse(8..10);
    assert_eq!(remembered(), ["7/8", "7/9"]);
}

#[test]
fn nothing_is_deleted_there_any_more_once_its_owner_has_said_so() {
    for removed in [false, true] {
        let scene = Scene::new(Protocol::Imap, After::Delete);
        let providers = scene.home.post.providers.clone();
        let keep = NewFetch {
            after: After::Keep,
            ..scene.new.clone()
        };
        let script = format!(
            "{IMAP}{}{}A6 OK\r\nA7 OK\r\nA8 OK\r\nA9 OK\r\n",
            listed(5..6, 30),
            whole(5)
        );
        let (round, heard) = scene.round(&script, |words| {
            if words.contains("BODY.PEEK") {
                if removed {
                    providers.fetch_remove(&name("anna")).unwrap();
                } else {
                    providers.fetch_set(&keep).unwrap();
                }
            }
        });
        assert!(matches!(round, Err(Trouble::SetUpAnew)), "{round:?}");
        assert!(
            heard.contains("BODY.PEEK") && !heard.contains("STORE"),
            "{heard}"
        );
        assert_eq!(scene.filed(), 1);
        let expected: &[State] = if removed { &[] } else { &[State::Kept] };
        assert_eq!(scene.known(), expected);
    }
    // POP3: what is marked goes with the goodbye.
    let scene = Scene::new(Protocol::Pop3, After::Delete);
    let providers = scene.home.post.providers.clone();
    let letter = "Subject: x\r\n\r\nhello\r\n";
    let script = format!(
        "+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK\r\n1 30\r\n.\r\n+OK\r\n1 aa\r\n.\r\n+OK\r\n{letter}.\r\n+OK\r\n+OK\r\n"
    );
    let (round, heard) = scene.round(&script, |words| {
        if words.contains("DELE") {
            providers.fetch_remove(&name("anna")).unwrap();
        }
    });
    assert!(matches!(round, Err(Trouble::SetUpAnew)), "{round:?}");
    assert!(
        heard.contains("DELE 1") && !heard.contains("QUIT"),
        "{heard}"
    );
}

#[test]
fn a_letter_that_is_not_here_any_more_is_not_deleted_there() {
    let scene = Scene::new(Protocol::Imap, After::Delete);
    let store = &scene.home.post.store;
    let anna = name("anna");
    let script = |listed: String, letter: String| {
        format!("{IMAP}{listed}{letter}A6 OK\r\nA7 OK\r\nA8 OK\r\nA9 OK\r\n")
    };
    let (round, heard) = scene.round(&script(listed(5..6, 30), whole(5)), |_| {});
    assert_eq!(round.unwrap().deleted, 1, "{heard}");
    // It is among those that lie here as long as any copy of it does.
    let put_back = whole(5).replace("UID 5", "UID 6");
    let again = |uid: u32| {
        let letter = put_back.replace("UID 6", &format!("UID {uid}"));
        scene.round(&script(listed(uid..uid + 1, 30), letter), |_| {})
    };
    let (round, heard) = again(6);
    assert_eq!(round.unwrap().deleted, 1, "{heard}");
    // Deleted here, and put back from the provider's bin.
    let folder = scene.home.dir.path().join("mail/anna/Maildir/new");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    std::fs::remove_file(file.path()).unwrap();
    store.mailbox(&anna, "INBOX").unwrap().rescan().unwrap();
    let (round, heard) = again(7);
    assert_eq!(round.unwrap().deleted, 0, "{heard}");
    assert!(
        heard.contains("BODY.PEEK") && !heard.contains("STORE"),
        "{heard}"
    );
    assert_eq!((scene.filed(), scene.known()), (0, vec![State::Kept]));
    let (round, heard) = again(7);
    assert_eq!(round.unwrap().deleted, 0, "{heard}");
}

#[test]
fn a_letter_for_which_a_server_hands_out_nothing_stays_there() {
    let scene = Scene::new(Protocol::Imap, After::Delete);
    for nothing in ["{0}\r\n", "\"\""] {
        let script = format!(
            "{IMAP}{}* 1 FETCH (UID 5 BODY[] {nothing})\r\nA6 OK\r\nA7 OK\r\nA8 OK\r\nA9 OK\r\n",
            listed(5..6, 200)
        );
        let (round, heard) = scene.round(&script, |_| {});
        assert!(matches!(round, Err(Trouble::Letter(_))), "{round:?}");
        assert!(!heard.contains("STORE"), "{heard}");
        assert_eq!((scene.filed(), scene.settled()), (0, 4));
    }
    let (round, heard) = scene.round(
        &format!(
            "{IMAP}{}{}A6 OK\r\nA7 OK\r\nA8 OK\r\nA9 OK\r\n",
            listed(5..6, 200),
            whole(5)
        ),
        |_| {},
    );
    let round = round.unwrap();
    assert_eq!((round.filed, round.deleted), (1, 1), "{heard}");
}

#[test]
fn many_letters_that_are_too_large_are_told_in_one_mail() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let script = format!("{IMAP}{}A6 OK\r\n", listed(5..55, 99_000_000));
    let (round, _) = scene.round(&script, |_| {});
    assert_eq!(round.unwrap().left, 50);
    assert_eq!(scene.known(), [State::Left; 50]);
    assert_eq!((scene.mails(), scene.settled()), (1, 54));
    // Told once.
    let script = format!("{IMAP}A5 OK\r\nA6 OK\r\n");
    scene.round(&script, |_| {}).0.unwrap();
    assert_eq!(scene.mails(), 1);
}

#[test]
fn another_account_for_outgoing_mail_is_told_and_nothing_is_said_there() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let providers = &scene.home.post.providers;
    let account = |host: &str| NewAccount {
        member: Some(name("anna")),
        host: host.into(),
        port: 465,
        tls: RelayTls::Implicit,
        username: "anna".into(),
        password: "secret".to_owned().into(),
        address: None,
    };
    providers.set(account("smtp.example.org")).unwrap();
    let borrowed = NewFetch {
        login: Login::AsOutgoing,
        ..scene.new.clone()
    };
    let id = providers.fetch_set(&borrowed).unwrap();
    providers.set(account("smtp.example.net")).unwrap();
    let why = scene.fetcher.look(id, EVERY).unwrap_err();
    assert!(why.text.contains("not the one any more"), "{why}");
    let trouble = providers.fetch_of(&name("anna")).unwrap().unwrap().trouble;
    let trouble = trouble.unwrap();
    assert_eq!((trouble.kind, trouble.told), (Kind::Account, true));
    scene.fetcher.look(id, EVERY).unwrap_err();
    assert_eq!(scene.mails(), 1);
}

#[test]
fn a_change_of_one_mailbox_knocks_at_no_other() {
    let scene = Scene::new(Protocol::Imap, After::Keep);
    let (post, fetcher) = (&scene.home.post, &scene.fetcher);
    post.members.add(&name("ben"), "", "open sesame").unwrap();
    let account = NewAccount {
        member: Some(name("ben")),
        host: "smtp.example.org".into(),
        port: 465,
        tls: RelayTls::Implicit,
        username: "ben".into(),
        password: "secret".to_owned().into(),
        address: None,
    };
    let account = post.providers.set(account).unwrap();
    let of_ben = NewFetch {
        member: name("ben"),
        login: Login::AsOutgoing,
        ..scene.new.clone()
    };
    let (anna, ben) = (scene.id, post.providers.fetch_set(&of_ben).unwrap());
    let rest = || {
        for id in [anna, ben] {
            let later = (Instant::now() + LONG_REST, 3);
            lock(&fetcher.schedule).due.insert(id, later);
        }
    };
    let resting = || {
        let schedule = lock(&fetcher.schedule);
        [anna, ben].map(|id| schedule.due.contains_key(&id))
    };
    rest();
    fetcher.wake(anna);
    assert_eq!(resting(), [false, true]);
    rest();
    fetcher.wake_those_of(account);
    assert_eq!(resting(), [true, false]);
    rest();
    fetcher.wake_those_of(AccountId::HOME);
    assert_eq!(resting(), [true, true]);
}
