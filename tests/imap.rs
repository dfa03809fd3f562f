//! IMAP: dialogs written from the RFCs' text, real mail programs, and many clients at once beside a model of every mailbox.
//!
//! Everything here is spoken with a home and with Debian's Dovecot: what Dovecot does not stand is asked of nobody, unless a
//! reason is given.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/crowd.rs"]
mod crowd;
#[path = "support/dialog.rs"]
mod dialog;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/home.rs"]
mod home;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/mailbox.rs"]
mod mailbox;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/pattern.rs"]
mod pattern;
#[path = "support/place.rs"]
mod place;
#[path = "support/provider.rs"]
mod provider;

use std::fmt::Write as _;
use std::time::Duration;

use dialog::{Dialog, Server, Speaker, Way};
use place::Place;

/// Speaks the dialogs in both ways, and tells every failure at once.
fn speak_all(place: &Place, dialogs: &[Dialog]) {
    let server = &Server {
        imap: place.imap,
        imaps: place.imaps,
        is_dovecot: place.is_dovecot(),
    };
    let mut failures = String::new();
    let mut count = 0;
    for way in [Way::Tls, Way::StartTls] {
        let mut speaker = Speaker::new(server, way).unwrap();
        for dialog in dialogs {
            let lacks = speaker.lacks(dialog);
            if server.is_dovecot && (dialog.dovecot.is_some() || !lacks.is_empty()) {
                continue;
            }
            let spoken = if lacks.is_empty() {
                speaker.speak(dialog).map_err(|failure| failure.text)
            } else {
                Err(format!(
                    "{}: the server does not say that it has {}\n",
                    dialog.name,
                    lacks.join(", ")
                ))
            };
            if let Err(text) = spoken {
                count += 1;
                let _ = writeln!(failures, "{text}");
                // Its keeper's line may be out of step.
                speaker = Speaker::new(server, way).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{count} dialogs failed:\n\n{failures}");
}

/// All dialogs, or those that `DIALOG` names a part of.
fn chosen() -> Vec<Dialog> {
    let only = std::env::var("DIALOG").unwrap_or_default();
    let mut dialogs = dialog::all();
    dialogs
        .retain(|dialog| only.is_empty() || only.split(',').any(|part| dialog.name.contains(part)));
    assert!(!dialogs.is_empty(), "no dialog is called {only:?}");
    dialogs
}

#[test]
fn a_home_stands_every_dialog() {
    netns::enter_loopback_namespace();
    speak_all(&Place::home(&[]), &chosen());
}

#[test]
fn dovecot_stands_every_dialog_but_those_with_a_reason() {
    netns::enter_loopback_namespace();
    speak_all(&Place::dovecot(), &chosen());
}

/// The table of sections and the dialogs about them, in Markdown.
fn table(dialogs: &[Dialog]) -> String {
    let sections = std::fs::read_to_string(dialog::folder().join("sections.tsv")).unwrap();
    let mut unknown: Vec<(String, &str)> = dialogs
        .iter()
        .flat_map(|dialog| {
            dialog
                .sections
                .iter()
                .map(|section| (section.clone(), dialog.name.as_str()))
        })
        .collect();
    let mut text = String::from(
        "# Which dialog shows which section\n\nMade by `TABLE=write cargo nextest run --features faults -E 'test(table_of_sections)'` from \
         sections.tsv and the dialogs; tests/support/dialog.rs says how a dialog is written.\n\n| RFC | section | | dialogs |\n| --- | --- | --- | --- |\n",
    );
    let mut without = 0;
    for line in sections.lines().filter(|line| !line.starts_with('#')) {
        let [rfc, number, title] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("sections.tsv: {line:?}")
        };
        let section = format!("RFC {rfc} §{number}");
        let mut names: Vec<&str> = Vec::new();
        for dialog in dialogs
            .iter()
            .filter(|dialog| dialog.sections.contains(&section))
        {
            names.push(&dialog.name);
        }
        unknown.retain(|(about, _)| *about != section);
        without += usize::from(names.is_empty());
        let shown = if names.is_empty() {
            "**none**".into()
        } else {
            names.join(", ")
        };
        let _ = writeln!(text, "| {rfc} | {number} | {title} | {shown} |");
    }
    assert_eq!(unknown, [], "sections that sections.tsv does not know");
    let _ = writeln!(
        text,
        "\n{} dialogs; {without} sections have none.",
        dialogs.len()
    );
    text
}

#[test]
fn the_table_of_sections_is_as_the_dialogs_are() {
    let made = table(&dialog::all());
    let file = dialog::folder().join("README.md");
    if std::env::var("TABLE").is_ok_and(|v| v == "write") {
        std::fs::write(&file, &made).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, made, "make it anew, as it says at its top");
}

/// Clients at once on the same mailboxes, each beside a model of what it must see.
fn crowd(clients: usize, length: Duration) {
    netns::enter_loopback_namespace();
    let place = Place::start(&[]);
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_126);
    let summary = crowd::mill(place.imaps, clients, length, seed);
    println!("{summary:?}");
    assert!(summary.commands > clients as u64 * 20, "{summary:?}");
}

#[test]
fn four_clients_at_once_see_what_they_must_and_lose_nothing() {
    crowd(4, Duration::from_secs(10));
}

#[test]
#[ignore = "five minutes"]
fn long_twenty_clients_at_once_see_what_they_must_and_lose_nothing() {
    crowd(20, Duration::from_secs(300));
}
