//! Real mail programs read and write by IMAP, each set up as its user would set it up, the certificate checked against the
//! server's authority.
//!
//! `IMAP_SERVER=dovecot` has all of them do the same with Debian's Dovecot, which shows that a test is right.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/mailbox.rs"]
mod mailbox;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/place.rs"]
mod place;
#[path = "support/programs.rs"]
mod programs;
#[path = "support/provider.rs"]
mod provider;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use imap::{Imap, Token};
use place::Place;
use programs::{Account, HOST, Said, Way};
use serde_json::{Value, json};

const WAYS: [Way; 2] = [Way::Tls, Way::StartTls];

fn place() -> Place {
    netns::enter_loopback_namespace();
    Place::start(&[])
}

fn account(place: &Place, way: Way) -> Account {
    let port = match way {
        Way::Tls => place.imaps.port(),
        Way::StartTls => place.imap.port(),
    };
    Account::at(&place.authority(), "anna", "secret-anna", way, [0, port])
}

fn keeper(place: &Place) -> Imap {
    Imap::login(place.imaps, "anna", "secret-anna").unwrap()
}

fn letter(number: usize) -> Vec<u8> {
    let text = format!(
        "From: Ben <ben@example.org>\r\nTo: anna@example.org\r\nSubject: letter {number}\r\nMessage-ID: <{number}@example.org>\r\n\
         Date: Wed, 25 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\nThis is number {number}.\r\n.\r\nGr\u{fc}\u{df}e\r\n{}\r\n",
        "x".repeat(number % 700)
    );
    text.into_bytes()
}

#[track_caller]
fn well(said: Said) -> String {
    assert!(said.well, "{}", said.text);
    said.text
}

/// A mailbox as it is: by UID, the flags and the subject.
fn mailbox(keeper: &mut Imap, name: &str) -> BTreeMap<u64, (Vec<String>, String)> {
    keeper.command(&format!("EXAMINE {name}")).unwrap();
    let answers = keeper
        .command("UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        .unwrap();
    let of = |answer: &imap::Answer| {
        let uid = answer.item("UID")?.number()?;
        let mut flags: Vec<String> = answer
            .item("FLAGS")?
            .list()
            .iter()
            .filter_map(Token::text)
            .collect();
        flags.retain(|flag| flag != "\\Recent");
        flags.sort();
        let subject = answer.item("BODY[HEADER.FIELDS (SUBJECT)]")?.text()?;
        let subject = subject.trim().trim_start_matches("Subject: ").to_owned();
        Some((uid, (flags, subject)))
    };
    answers.iter().filter_map(of).collect()
}

/// The subjects in it, sorted.
fn subjects(keeper: &mut Imap, name: &str) -> Vec<String> {
    let mut all: Vec<String> = mailbox(keeper, name)
        .into_values()
        .map(|(_, subject)| subject)
        .collect();
    all.sort();
    all
}

#[test]
fn imaplib_says_everything_it_can_say() {
    let place = place();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/imap_programs.py");
    for (way, word) in [(Way::Tls, "tls"), (Way::StartTls, "starttls")] {
        let account = account(&place, way);
        let port = account.reading_port().to_string();
        let words = [
            script.to_str().unwrap(),
            word,
            HOST,
            &port,
            account.authority().to_str().unwrap(),
            "anna",
            "secret-anna",
        ];
        let said = well(account.run("python3", &words, b""));
        assert!(said.contains("done"), "{said}");
        let mut keeper = keeper(&place);
        for name in ["INBOX", "Archive"] {
            keeper.command(&format!("SELECT {name}")).unwrap();
            keeper
                .command("STORE 1:* +FLAGS.SILENT (\\Deleted)")
                .unwrap();
            keeper.command("EXPUNGE").unwrap();
        }
    }
}

#[test]
fn curl_lists_appends_searches_and_fetches() {
    let place = place();
    for way in WAYS {
        let account = account(&place, way);
        let scheme = if way == Way::Tls { "imaps" } else { "imap" };
        let base = format!("{scheme}://{HOST}:{}", account.reading_port());
        let authority = account.authority().to_str().unwrap().to_owned();
        let curl = |words: &[&str]| {
            let common = [
                "--silent",
                "--show-error",
                "--fail",
                "--ssl-reqd",
                "--cacert",
                &authority,
                "--user",
                "anna:secret-anna",
            ];
            account.run("curl", &[&common[..], words].concat(), b"")
        };
        let one = account.file("one", &String::from_utf8(letter(1)).unwrap());
        let name = format!("curl{}", account.reading_port());
        well(curl(&["--request", &format!("CREATE {name}"), &base]));
        let listed = well(curl(&[&base]));
        assert!(
            listed.contains("INBOX") && listed.contains(&name),
            "{listed}"
        );
        let mailbox = format!("{base}/{name}");
        well(curl(&["--upload-file", one.to_str().unwrap(), &mailbox]));
        well(curl(&["--upload-file", one.to_str().unwrap(), &mailbox]));
        let found = well(curl(&[&format!("{mailbox}?SUBJECT%20letter")]));
        assert_eq!(found.trim(), "* SEARCH 1 2");
        let fetched = account.desk().join("fetched");
        well(curl(&[
            "--output",
            fetched.to_str().unwrap(),
            &format!("{mailbox};MAILINDEX=2"),
        ]));
        assert_eq!(fs::read(&fetched).unwrap(), letter(1));
        well(curl(&[
            "--output",
            fetched.to_str().unwrap(),
            &format!("{mailbox};MAILINDEX=1;SECTION=TEXT"),
        ]));
        assert!(
            fs::read(&fetched)
                .unwrap()
                .starts_with(b"This is number 1.")
        );
        let flags = well(curl(&["--request", "STORE 1 +Flags \\Deleted", &mailbox]));
        assert!(flags.contains("\\Deleted"), "{flags}");
        well(curl(&["--request", "EXPUNGE", &mailbox]));
        let status = well(curl(&[
            "--request",
            &format!("STATUS {name} (MESSAGES)"),
            &base,
        ]));
        assert!(status.contains("MESSAGES 1"), "{status}");
        let wrong = account.run(
            "curl",
            &[
                "--silent",
                "--ssl-reqd",
                "--cacert",
                &authority,
                "--user",
                "anna:wrong",
                &base,
            ],
            b"",
        );
        assert!(!wrong.well);
    }
}

/// What lies in a Maildir of a program: by subject, the flags.
fn maildir(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for part in ["new", "cur"] {
        for entry in fs::read_dir(folder.join(part))
            .into_iter()
            .flatten()
            .flatten()
        {
            let text = fs::read(entry.path()).unwrap();
            let text = String::from_utf8_lossy(&text).into_owned();
            let subject = text
                .lines()
                .find_map(|line| line.strip_prefix("Subject: "))
                .unwrap_or_default()
                .to_owned();
            let name = entry.file_name().into_string().unwrap();
            let flags = name
                .rsplit_once(":2,")
                .map_or("", |(_, flags)| flags)
                .to_owned();
            assert!(
                all.insert(subject.clone(), flags).is_none(),
                "{subject} is there twice"
            );
        }
    }
    all
}

fn new_maildir(folder: &Path) {
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
}

/// A file of a program's Maildir by the subject in it.
fn file_of(folder: &Path, subject: &str) -> PathBuf {
    let wanted = format!("Subject: {subject}\n");
    ["new", "cur"]
        .iter()
        .flat_map(|part| fs::read_dir(folder.join(part)).unwrap().flatten())
        .map(|entry| entry.path())
        .find(|path| {
            String::from_utf8_lossy(&fs::read(path).unwrap())
                .replace("\r\n", "\n")
                .contains(&wanted)
        })
        .unwrap_or_else(|| panic!("{subject} in {}", folder.display()))
}

fn mbsync_keeps_two_sides_alike(count: usize) {
    let place = place();
    let mut account = account(&place, Way::Tls);
    account.longest = Duration::from_secs(600);
    place.file("anna", (0..count).map(letter));
    let near = account.desk().join("near");
    fs::create_dir(&near).unwrap();
    new_maildir(&near.join("INBOX"));
    let settings = account.file(
        "mbsyncrc",
        &format!(
            "IMAPAccount far\nHost {HOST}\nPort {}\nUser anna\nPass secret-anna\nSSLType IMAPS\nSystemCertificates no\n\
             CertificateFile {}\nAuthMechs LOGIN\n\nIMAPStore far\nAccount far\n\nMaildirStore near\nPath {near}/\nInbox {near}/INBOX\nSubFolders Verbatim\n\n\
             Channel all\nFar :far:\nNear :near:\nPatterns * !Outbox\nCreate Both\nRemove Both\nExpunge Both\nCopyArrivalDate yes\nSyncState *\n",
            account.reading_port(),
            account.authority().display(),
            near = near.display(),
        ),
    );
    let settings = settings.to_str().unwrap();
    let sync = || well(account.run("mbsync", &["-c", settings, "-a", "-V"], b""));
    let mut keeper = keeper(&place);
    sync();
    let here = maildir(&near.join("INBOX"));
    assert_eq!(here.len(), count);
    let there = mailbox(&mut keeper, "INBOX");
    assert_eq!(there.len(), count);
    assert!(near.join("Trash/cur").exists());

    // Nothing has changed: nothing changes.
    let said = sync();
    assert_eq!(maildir(&near.join("INBOX")), here);
    assert_eq!(mailbox(&mut keeper, "INBOX"), there, "{said}");

    // Changes on both sides.
    let flagged = file_of(&near.join("INBOX"), "letter 1");
    let name = flagged.file_name().unwrap().to_str().unwrap();
    let (base, flags) = name.rsplit_once(":2,").unwrap_or((name, ""));
    fs::rename(
        &flagged,
        near.join("INBOX/cur").join(format!("{base}:2,F{flags}")),
    )
    .unwrap();
    fs::remove_file(file_of(&near.join("INBOX"), "letter 2")).unwrap();
    fs::write(near.join("INBOX/new/1.new.here"), letter(count + 1)).unwrap();
    new_maildir(&near.join("Made here"));
    fs::write(near.join("Made here/new/1.new.here"), letter(count + 2)).unwrap();
    let uid_of = |subject: &str| *there.iter().find(|(_, (_, s))| s == subject).unwrap().0;
    keeper.command("SELECT INBOX").unwrap();
    keeper
        .command(&format!(
            "UID STORE {} +FLAGS (\\Answered)",
            uid_of("letter 3")
        ))
        .unwrap();
    keeper
        .command(&format!(
            "UID STORE {} +FLAGS (\\Deleted)",
            uid_of("letter 4")
        ))
        .unwrap();
    keeper.command("EXPUNGE").unwrap();
    keeper
        .append("INBOX", "(\\Seen)", &letter(count + 3))
        .unwrap();
    keeper.command("CREATE \"Made there\"").unwrap();
    keeper
        .append("\"Made there\"", "(\\Flagged)", &letter(count + 4))
        .unwrap();
    let said = sync();

    let there = mailbox(&mut keeper, "INBOX");
    let here = maildir(&near.join("INBOX"));
    let flags = |subject: &str| {
        let (flags, _) = there
            .values()
            .find(|(_, s)| s == subject)
            .unwrap_or_else(|| panic!("{subject}: {said}"));
        flags.join(" ")
    };
    assert_eq!((there.len(), here.len()), (count, count), "{said}");
    assert_eq!(flags("letter 1"), "\\Flagged");
    assert_eq!(here["letter 3"], "R");
    assert!(!here.contains_key("letter 4") && !here.contains_key("letter 2"));
    assert!(
        there
            .values()
            .all(|(_, s)| s != "letter 2" && s != "letter 4")
    );
    assert_eq!(here[&format!("letter {}", count + 3)], "S");
    assert_eq!(flags(&format!("letter {}", count + 1)), "");
    assert_eq!(
        subjects(&mut keeper, "\"Made here\""),
        [format!("letter {}", count + 2)]
    );
    assert_eq!(
        maildir(&near.join("Made there"))[&format!("letter {}", count + 4)],
        "F"
    );

    // And quiet again; a folder that is gone on one side goes on the other.
    keeper.command("SELECT \"Made there\"").unwrap();
    keeper.command("STORE 1 +FLAGS (\\Deleted)").unwrap();
    keeper.command("CLOSE").unwrap();
    sync();
    let before = mailbox(&mut keeper, "INBOX");
    keeper.command("DELETE \"Made there\"").unwrap();
    let said = sync();
    assert!(!near.join("Made there/cur").exists(), "{said}");
    assert_eq!(mailbox(&mut keeper, "INBOX"), before);
    // What was sent across is what was written.
    keeper.command("EXAMINE INBOX").unwrap();
    let sent = keeper
        .command(&format!(
            "UID FETCH {} BODY.PEEK[]",
            before.keys().last().unwrap()
        ))
        .unwrap();
    assert!(
        matches!(sent[0].item("BODY[]").unwrap(), Token::Text(text) if text.windows(14).any(|w| w == b"This is number"))
    );
}

#[test]
fn mbsync_keeps_two_sides_alike_both_ways() {
    mbsync_keeps_two_sides_alike(300);
}

#[test]
#[ignore = "5,000 messages"]
fn long_mbsync_keeps_two_sides_alike_both_ways() {
    mbsync_keeps_two_sides_alike(5000);
}

#[test]
fn offlineimap_keeps_two_sides_alike() {
    let place = place();
    let account = account(&place, Way::Tls);
    place.file("anna", (0..50).map(letter));
    let near = account.desk().join("near");
    let settings = account.file(
        "offlineimaprc",
        &format!(
            "[general]\naccounts = anna\nui = basic\nmetadata = {desk}/offlineimap\n[Account anna]\nlocalrepository = near\nremoterepository = far\n\
             [Repository near]\ntype = Maildir\nlocalfolders = {near}\n[Repository far]\ntype = IMAP\nremotehost = {HOST}\nremoteport = {port}\n\
             ssl = yes\nsslcacertfile = {ca}\nremoteuser = anna\nremotepass = secret-anna\nauth_mechanisms = PLAIN\nfolderfilter = lambda name: name != 'Outbox'\n",
            desk = account.desk().display(),
            near = near.display(),
            port = account.reading_port(),
            ca = account.authority().display(),
        ),
    );
    let settings = settings.to_str().unwrap();
    let sync = || well(account.run("offlineimap", &["-c", settings, "-o", "-1"], b""));
    let mut keeper = keeper(&place);
    sync();
    let here = maildir(&near.join("INBOX"));
    assert_eq!(here.len(), 50);
    let there = mailbox(&mut keeper, "INBOX");
    sync();
    assert_eq!(maildir(&near.join("INBOX")), here);
    assert_eq!(mailbox(&mut keeper, "INBOX"), there);

    fs::write(near.join("INBOX/new/1.new.here"), letter(100)).unwrap();
    fs::remove_file(file_of(&near.join("INBOX"), "letter 2")).unwrap();
    keeper.command("SELECT INBOX").unwrap();
    keeper.command("STORE 1 +FLAGS (\\Seen)").unwrap();
    keeper.append("INBOX", "", &letter(101)).unwrap();
    sync();
    let there = subjects(&mut keeper, "INBOX");
    let here = maildir(&near.join("INBOX"));
    assert_eq!(here.keys().cloned().collect::<Vec<_>>(), there);
    assert!(
        here.contains_key("letter 100")
            && here.contains_key("letter 101")
            && !here.contains_key("letter 2")
    );
    assert_eq!(here.values().filter(|flags| flags.contains('S')).count(), 1);
}

/// Letters that a fetching program has written, each a file.
fn fetched(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for folder in [folder.to_owned(), folder.join("new")] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_file() {
                all.push(
                    String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).replace("\r\n", "\n"),
                );
            }
        }
    }
    all.sort();
    all
}

#[test]
fn fetchmail_fetches_what_is_unseen_and_deletes_it() {
    let place = place();
    for way in WAYS {
        let account = account(&place, way);
        place.file("anna", (0..5).map(letter));
        let out = account.desk().join("out");
        fs::create_dir(&out).unwrap();
        let deliver = account.file(
            "deliver",
            &format!(
                "#!/bin/sh\nexec cat > \"$(mktemp {}/XXXXXX)\"\n",
                out.display()
            ),
        );
        fs::set_permissions(
            &deliver,
            std::os::unix::fs::PermissionsExt::from_mode(0o755),
        )
        .unwrap();
        let ssl = if way == Way::Tls { "ssl" } else { "" };
        let settings = account.file(
            "fetchmailrc",
            &format!(
                "poll {HOST} service {} protocol imap user \"anna\" password \"secret-anna\"\n{ssl} sslproto \"TLS1.2+\" sslcertck \
                 sslcertfile \"{}\"\nno rewrite mda \"{}\"\n",
                account.reading_port(),
                account.authority().display(),
                deliver.display()
            ),
        );
        let pid = account.desk().join("pid");
        let words = [
            "--fetchmailrc",
            settings.to_str().unwrap(),
            "--pidfile",
            pid.to_str().unwrap(),
            "--nosyslog",
            "-v",
        ];
        well(account.run("fetchmail", &words, b""));
        let letters = fetched(&out);
        assert_eq!(letters.len(), 5);
        for number in 0..5 {
            let body = format!("This is number {number}.\n.\nGr\u{fc}\u{df}e\n");
            assert!(
                letters.iter().any(|letter| letter.contains(&body)),
                "{number}"
            );
        }
        assert!(subjects(&mut keeper(&place), "INBOX").is_empty());
    }
}

#[test]
fn getmail_fetches_every_letter_once() {
    let place = place();
    let account = account(&place, Way::Tls);
    place.file("anna", (0..5).map(letter));
    let out = account.desk().join("out");
    let state = account.desk().join("getmail");
    new_maildir(&out);
    fs::create_dir(&state).unwrap();
    for folder in [
        out.clone(),
        out.join("cur"),
        out.join("new"),
        out.join("tmp"),
        state.clone(),
    ] {
        fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    }
    let settings = account.file(
        "getmail/getmailrc",
        &format!(
            "[retriever]\ntype = SimpleIMAPSSLRetriever\nca_certs = {}\nserver = {HOST}\nport = {}\nusername = anna\npassword = secret-anna\n\
             mailboxes = (\"INBOX\",)\n\n[destination]\ntype = Maildir\npath = {}/\n\n[options]\ndelete = false\nread_all = false\n\
             delivered_to = false\nreceived = false\nverbose = 2\n",
            account.authority().display(),
            account.reading_port(),
            out.display(),
        ),
    );
    fs::set_permissions(
        &settings,
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let state = format!("--getmaildir={}", state.display());
    // It does not work as root.
    let words = [
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "getmail",
        &state,
        "--rcfile=getmailrc",
    ];
    well(account.run("setpriv", &words, b""));
    assert_eq!(fetched(&out).len(), 5);
    // It knows them by their UIDs.
    place.file("anna", [letter(9)]);
    well(account.run("setpriv", &words, b""));
    assert_eq!(fetched(&out).len(), 6);
    well(account.run("setpriv", &words, b""));
    assert_eq!(fetched(&out).len(), 6);
}

#[test]
fn neomutt_flags_saves_and_deletes() {
    let place = place();
    let account = account(&place, Way::Tls);
    place.file("anna", (0..6).map(letter));
    let settings = account.file(
        "neomuttrc",
        &format!(
            "set folder=imaps://{HOST}:{port}/\nset spoolfile=imaps://{HOST}:{port}/INBOX\nset imap_user=anna\nset imap_pass=secret-anna\n\
             set certificate_file={ca}\nset ssl_use_system_certs=no\nset ssl_ca_certificates_file={ca}\nset ssl_force_tls=yes\n\
             set confirmappend=no\nset delete=yes\nset move=no\nset quit=yes\nset mark_old=no\nset sort=subject\nset wait_key=no\n\
             set confirmcreate=no\nset header_cache={desk}/cache\n\
             push \"<first-entry><flag-message><first-entry><next-entry><delete-message><first-entry><next-entry><next-entry>\
             <save-message>=Archive<enter><first-entry><next-entry><next-entry><next-entry><copy-message>=Archive<enter><sync-mailbox><quit>\"\n",
            port = account.reading_port(),
            ca = account.authority().display(),
            desk = account.desk().display(),
        ),
    );
    let program = format!("neomutt -F {} -n", settings.display());
    let words = [
        "TERM=xterm",
        "script",
        "--quiet",
        "--return",
        "--command",
        &program,
        "/dev/null",
    ];
    let said = account.run("env", &words, b"");
    let mut keeper = keeper(&place);
    let there = mailbox(&mut keeper, "INBOX");
    let rest: Vec<&str> = there
        .values()
        .map(|(_, subject)| subject.as_str())
        .collect();
    assert_eq!(
        rest,
        ["letter 0", "letter 3", "letter 4", "letter 5"],
        "{}",
        said.text
    );
    let (flags, _) = there.values().next().unwrap();
    assert!(flags.contains(&"\\Flagged".to_owned()), "{there:?}");
    assert_eq!(subjects(&mut keeper, "Archive"), ["letter 2", "letter 3"]);
}

#[test]
fn thunderbird_reads_sends_moves_tags_deletes_and_hears_of_new_mail() {
    let place = place();
    place.file("anna", (0..4).map(letter));
    let mut child = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/thunderbird.py"))
        .arg("imap")
        .arg(place.authority())
        .args([
            place.imaps.port().to_string(),
            place.submissions.map_or(0, |to| to.port()).to_string(),
        ])
        .args([
            "anna",
            "secret-anna",
            "anna@toxmail.local",
            "ben@toxmail.local",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value {
        serde_json::from_str(&lines.next().expect("a line of Thunderbird's").unwrap()).unwrap()
    };
    let seen = next();
    assert_eq!(seen["error"], Value::Null, "{seen:#}");
    assert_eq!(
        seen["letters"],
        json!(["letter 0", "letter 1", "letter 2", "letter 3"]),
        "{seen:#}"
    );
    assert!(
        seen["text"].as_str().unwrap().contains("This is number 0."),
        "{seen:#}"
    );
    for (folder, kind) in [
        ("Sent", "sent"),
        ("Drafts", "drafts"),
        ("Trash", "trash"),
        ("Junk", "junk"),
        ("Archive", "archive"),
    ] {
        assert_eq!(seen["special"][kind], folder, "{seen:#}");
    }
    let mut keeper = keeper(&place);
    assert_eq!(subjects(&mut keeper, "Archive"), ["letter 1"]);
    assert_eq!(subjects(&mut keeper, "Trash"), ["letter 2"]);
    let inbox = mailbox(&mut keeper, "INBOX");
    let flags = |subject: &str| &inbox.values().find(|(_, s)| s == subject).unwrap().0;
    assert!(
        flags("letter 3").iter().any(|flag| flag == "$label1"),
        "{inbox:?}"
    );
    assert!(
        flags("letter 0").iter().any(|flag| flag == "\\Seen"),
        "{inbox:?}"
    );
    if place.submissions.is_some() {
        keeper.command("EXAMINE Sent").unwrap();
        let sent = keeper.command("FETCH 1:* BODY.PEEK[]").unwrap();
        assert_eq!(sent.len(), 1, "{sent:?}");
        let text = sent[0].item("BODY[]").unwrap().text().unwrap();
        assert!(
            text.contains("filename=\"apples.txt\"") && text.contains("Gr"),
            "{text}"
        );
    }
    // It waits now.
    assert_eq!(next()["waits"], true);
    place.deliver("anna", &letter(77));
    let heard = next();
    assert_eq!(heard["new"], "letter 77", "{heard:#}");
    assert!(child.wait().unwrap().success());
}
