//! `make bench`: how fast Toxmail is, side by side in one run with another way to do the same. Prints Markdown.
//!
//! What is measured is real: the daemon of a release build, written to by SMTP over TLS, read at the file in the far Maildir.
//! Beside it stand a bare toxcore file transfer, a file written and synced by hand, Debian's Postfix, a bare toxcore instance.
//! Times on a machine that does other things mean little; the goals are ratios within one run.
//!
//! It runs as root, in network namespaces of its own, with what `.ci/install bench` installs.
//!
//! - `BENCH=quick`: one repetition, fewer letters. `BENCH_ONLY=loopback,shaped,relay,shaped-relay,accept,quiet,page,imap,growth,weight,controller`:
//!   only these parts. `growth` grows a home to 1,000,000 letters: 6 GB of disk for a while. `controller` alone is in virtual time.
//! - `BENCH_WATCH=SECONDS`: how long a home at rest is watched.
//! - `BENCH_STRICT=1`: exit code 1 when a goal was missed by more than its noise.
//! - `BENCH_BASELINE=check`: exit code 1 when anything is clearly worse than in `baseline.tsv`; `keep`: what was measured is written
//!   there, and into the README's table; what has grown and what was swept, into the charts in `docs/`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod accept;
mod bare;
mod baseline;
mod chart;
#[path = "../support/client.rs"]
mod client;
mod controller;
#[path = "../support/dice.rs"]
mod dice;
mod growth;
#[path = "../support/home.rs"]
mod home;
mod homes;
mod imap;
#[path = "../support/imap.rs"]
mod imap_client;
mod look;
#[path = "../support/mailbox.rs"]
mod mailbox;
#[path = "../support/netns.rs"]
mod netns;
mod network;
mod numbers;
#[path = "../support/page.rs"]
mod page;
mod paths;
mod postfix;
mod process;
#[path = "../support/authority.rs"]
mod provider;
mod quiet;
mod report;
#[path = "../support/network.rs"]
mod router;
mod weight;

use std::time::Duration;

use network::{Kind, Network};
use numbers::{Numbers, counted, shown, size};
use report::{Bound, Report};
use router::Shape;

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Repetitions of what takes long; medians are taken.
    pub times: usize,
    /// Letters for a median and a 99th percentile.
    pub letters: usize,
    /// Letters for an accept rate.
    pub poured: usize,
    /// Pages for a 99th percentile.
    pub looks: usize,
    /// Messages in a mailbox that is read by IMAP.
    pub mailboxes: &'static [usize],
    /// Before and while an idle home is watched.
    pub settle: Duration,
    pub watch: Duration,
    /// How far a home is grown.
    pub growth: growth::Reach,
}

const FULL: Effort = Effort {
    times: 3,
    letters: 200,
    poured: 480,
    looks: 2000,
    mailboxes: &[10_000, 100_000],
    settle: Duration::from_secs(30),
    watch: Duration::from_secs(40),
    growth: growth::FULL,
};
const QUICK: Effort = Effort {
    times: 1,
    letters: 40,
    poured: 160,
    looks: 500,
    mailboxes: &[10_000],
    settle: Duration::from_secs(15),
    watch: Duration::from_secs(15),
    growth: growth::QUICK,
};

const PARTS: [&str; 11] = [
    "loopback",
    "shaped",
    "relay",
    "shaped-relay",
    "accept",
    "quiet",
    "page",
    "imap",
    "growth",
    "weight",
    "controller",
];
const SHAPE: Shape = Shape {
    megabits: 20.0,
    rtt_ms: 30.0,
    loss: 0.01,
};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "bare") {
        return bare::live(&words[1..]);
    }
    netns::enter_loopback_namespace();
    let quick = std::env::var("BENCH").is_ok_and(|v| v == "quick");
    let mut effort = if quick { QUICK } else { FULL };
    if let Ok(seconds) = std::env::var("BENCH_WATCH") {
        effort.watch = Duration::from_secs(seconds.parse().expect("BENCH_WATCH: seconds"));
    }
    let only = std::env::var("BENCH_ONLY").unwrap_or_else(|_| PARTS.join(","));
    let only: Vec<&str> = only.split(',').collect();
    for part in &only {
        assert!(
            PARTS.contains(part),
            "BENCH_ONLY knows {PARTS:?}, not {part}"
        );
    }
    let mut report = Report::default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let (major, minor, patch) = toxmail::tox::version();
    println!("# Toxmail beside the other ways\n");
    report.text(&format!(
        "{processors} processors, load {} at the start, toxcore {major}.{minor}.{patch}; medians of {}.",
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or(""),
        effort.times,
    ));
    if only.contains(&"loopback") {
        paths::measure(
            "loopback",
            &Network::start(Kind::Loopback),
            effort,
            &mut report,
        );
    }
    if only.contains(&"shaped") {
        let name = format!(
            "{} Mbit/s, {} ms, {} % loss",
            SHAPE.megabits,
            SHAPE.rtt_ms,
            SHAPE.loss * 100.0
        );
        paths::measure(
            &name,
            &Network::start(Kind::Shaped(SHAPE)),
            effort,
            &mut report,
        );
    }
    if only.contains(&"relay") {
        paths::measure(
            "TCP relay",
            &Network::start(Kind::Relay),
            effort,
            &mut report,
        );
    }
    if only.contains(&"shaped-relay") {
        // Without loss: what TCP itself makes of that says nothing of us.
        let shape = Shape { loss: 0.0, ..SHAPE };
        let name = format!("TCP relay, {} Mbit/s, {} ms", shape.megabits, shape.rtt_ms);
        paths::measure(
            &name,
            &Network::start(Kind::ShapedRelay(shape)),
            effort,
            &mut report,
        );
    }
    if only.contains(&"accept") {
        accepting(effort, &mut report);
    }
    if only.contains(&"quiet") {
        resting(effort, &mut report);
    }
    if only.contains(&"page") {
        looking(effort, &mut report);
    }
    if only.contains(&"imap") {
        reading(effort, &mut report);
    }
    if only.contains(&"growth") {
        growing(effort, &mut report);
    }
    if only.contains(&"weight") {
        weight::measure(&mut report);
    }
    if only.contains(&"controller") {
        controller::measure(&mut report);
    }
    let met = report.conclude();
    match std::env::var("BENCH_BASELINE").as_deref() {
        Ok("check") if !report.compare() => std::process::exit(1),
        Ok("keep") => report.keep(),
        _ => {}
    }
    if !met && std::env::var("BENCH_STRICT").is_ok_and(|v| v == "1") {
        std::process::exit(1);
    }
}

fn accepting(effort: Effort, report: &mut Report) {
    let network = Network::start(Kind::Loopback);
    let rows = accept::measure(&network, effort.poured, effort.times);
    report.title("Letters accepted");
    report.text(&format!(
        "Letters of {} octets by SMTP inside TLS (the home's port 465, logged in; Postfix's smtps wrapper, no AUTH), one \
         session or several at once, each letter on the disk before its 250. Both file them in a local Maildir meanwhile; \
         the processor time is for all of it.",
        accept::LETTER
    ));
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let (ours, theirs) = (row.ours.rate.median(), row.postfix.rate.median());
            report.goal(
                format!(
                    "letters accepted a second, {} sessions, beside Postfix",
                    row.sessions
                ),
                ours / theirs,
                Bound::AtLeast(if row.sessions == 16 { 2.0 } else { 1.0 }),
                0.15,
            );
            let cpu = [&row.ours, &row.postfix].map(|side| side.cpu_ms.median());
            if row.sessions == 16 {
                report.goal(
                    "processor time of a letter, 16 sessions, beside Postfix".to_owned(),
                    cpu[0] / cpu[1],
                    Bound::AtMost(0.2),
                    0.15,
                );
            }
            vec![
                row.sessions.to_string(),
                shown(ours),
                shown(theirs),
                shown(ours / theirs),
                shown(cpu[0]),
                shown(cpu[1]),
            ]
        })
        .collect();
    let head = [
        "sessions",
        "Toxmail, letters/s",
        "Postfix, letters/s",
        "ratio",
        "Toxmail, CPU ms/letter",
        "Postfix, CPU ms/letter",
    ];
    report.table(&head, &table);
}

fn resting(effort: Effort, report: &mut Report) {
    // Room enough: what counts is what each one's cable carries.
    let shape = Shape {
        megabits: 1000.0,
        rtt_ms: 2.0,
        loss: 0.0,
    };
    let network = Network::start(Kind::Shaped(shape));
    let (home, bare) = quiet::measure(&network, effort.settle, effort.watch);
    report.title("A home at rest");
    report.text(&format!(
        "{} contacts, none of them online, and {} sessions in IDLE, over {} s (`BENCH_WATCH=3600` for an hour), beside a bare toxcore \
         instance that asks for the same friends and sleeps in poll as a home does, each with a cable of its own.",
        quiet::CONTACTS,
        quiet::SESSIONS,
        effort.watch.as_secs()
    ));
    let megabytes = |cost: quiet::Cost| cost.resident as f64 / 1e6;
    let row = |what: &str, ours: f64, theirs: f64| {
        vec![
            what.to_owned(),
            shown(ours),
            shown(theirs),
            shown(ours / theirs),
        ]
    };
    report.table(
        &["", "home", "bare toxcore", "ratio"],
        &[
            row("memory, MB", megabytes(home), megabytes(bare)),
            row("processor, %", home.cpu, bare.cpu),
            row("wake-ups a second", home.wake_ups, bare.wake_ups),
            row("network, bytes a second", home.network, bare.network),
            row(
                "written to the disk, bytes in all",
                home.written as f64,
                bare.written as f64,
            ),
        ],
    );
    report.goal(
        "wake-ups of a home at rest, beside a bare instance",
        home.wake_ups / bare.wake_ups,
        Bound::AtMost(1.5),
        0.15,
    );
    report.goal(
        "network of a home at rest, beside a bare instance",
        home.network / bare.network,
        Bound::AtMost(1.1),
        0.15,
    );
    report.goal(
        "written to the disk by a home at rest, bytes",
        home.written as f64,
        Bound::AtMost(0.0),
        0.1,
    );
    report.goal(
        "memory of a home at rest, beside a bare instance",
        megabytes(home) / megabytes(bare),
        Bound::AtMost(5.0),
        0.1,
    );
    report.goal(
        "processor time of a home at rest, beside a bare instance",
        home.cpu / bare.cpu,
        Bound::AtMost(5.0),
        0.25,
    );
}

fn looking(effort: Effort, report: &mut Report) {
    let network = Network::start(Kind::Loopback);
    let full = look::Full::start(&network);
    let answers = full.answers(effort.looks);
    report.title("The first page of a full home");
    report.text(&format!(
        "{} members, {} contacts, {} deliveries that wait. The page of who looks after the home and a static file of the same \
         server, in turns over one TLS connection, {} times each.",
        look::MEMBERS,
        look::CONTACTS,
        look::DELIVERIES,
        effort.looks
    ));
    let row = |what: &str, numbers: &Numbers, bytes: usize| {
        vec![
            what.to_owned(),
            bytes.to_string(),
            shown(numbers.median() * 1e3),
            shown(numbers.at(0.99) * 1e3),
        ]
    };
    report.table(
        &["", "bytes", "median, ms", "99 %, ms"],
        &[
            row("first page", &answers.page, answers.page_bytes),
            row("static file", &answers.file, answers.file_bytes),
        ],
    );
    report.goal(
        "first page beside a static file, 99 %",
        answers.page.at(0.99) / answers.file.at(0.99),
        Bound::AtMost(5.0),
        0.25,
    );
    let open = full.open(effort.settle, effort.watch);
    report.text(&format!(
        "{} open pages that hear of every change, and nothing changes: {} MB of memory; processor {} % without them, {} % with.",
        look::STREAMS,
        shown(open.resident / 1e6),
        shown(open.cpu.0),
        shown(open.cpu.1),
    ));
    report.goal(
        format!("memory of {} open pages, MB", look::STREAMS),
        open.resident / 1e6,
        Bound::AtMost(10.0),
        0.1,
    );
}

fn reading(effort: Effort, report: &mut Report) {
    let network = Network::start(Kind::Loopback);
    report.title("A mailbox by IMAP");
    report.text(
        "The same letters of 2 KB in a Maildir of the home's and in one of Dovecot 2.3, the same client inside TLS, in turns. The \
         first of a question finds no cache of the server's. Arrival: a file put into `new` by another program.",
    );
    for messages in effort.mailboxes {
        let row = imap::measure(&network, *messages, effort.times);
        let mut table: Vec<Vec<String>> = Vec::new();
        for ((question, name), (ours, theirs)) in imap::QUESTIONS.iter().zip(&row.times) {
            let (ours, theirs) = (ours.median(), theirs.median());
            let is_first = matches!(
                question,
                imap::Question::FirstSelect | imap::Question::FirstEnvelopes
            );
            if !is_first {
                report.goal(
                    format!("{name} of {messages} messages, times Dovecot's time"),
                    ours / theirs,
                    Bound::AtMost(1.0),
                    0.15,
                );
            }
            table.push(vec![
                (*name).to_owned(),
                shown(ours * 1e3),
                shown(theirs * 1e3),
                shown(ours / theirs),
            ]);
        }
        for (sessions, (ours, theirs)) in imap::SESSIONS.iter().zip(row.memory) {
            table.push(vec![
                format!("memory with {sessions} of its sessions, MB"),
                shown(ours / 1e6),
                shown(theirs / 1e6),
                shown(ours / theirs),
            ]);
            report.goal(
                format!("memory with {messages} messages open in {sessions}, times Dovecot's"),
                ours / theirs,
                Bound::AtMost(if *sessions == 1 { 1.0 } else { 0.5 }),
                0.1,
            );
        }
        let head = format!("{} messages, ms", row.messages);
        report.table(&[&head, "Toxmail", "Dovecot", "ratio"], &table);
    }
}

fn growing(effort: Effort, report: &mut Report) {
    let network = Network::start(Kind::Loopback);
    let reach = &effort.growth;
    report.title("Growth");
    report.text(&format!(
        "A home that has one thing more and more. Medians of {} starts after a stop, from the command to the answered operator's \
         socket; none of the contacts is \
         online. An exponent of 1 is linear: it is that of the two largest points.",
        reach.starts
    ));
    for grow in [
        growth::members,
        growth::contacts,
        growth::letters,
        growth::queue,
        growth::sizes,
    ] {
        grown(&grow(&network, reach), report);
    }
    report.text(
        "Written to the disk for one letter, letter after letter (`write_bytes` of the process).",
    );
    let mut rows = Vec::new();
    for row in growth::written(&network, reach) {
        let above = row.bytes - row.octets as f64;
        rows.push(vec![
            row.what.clone(),
            shown(row.bytes / 1e3),
            shown(above / 1e3),
        ]);
        report.goal(
            format!("written for a letter of {}, KB above its size", row.what),
            above / 1e3,
            Bound::AtMost(32.0),
            0.1,
        );
    }
    report.table(&["letter", "written, KB", "above its size, KB"], &rows);
    let family = growth::family(&network, reach);
    report.text(&format!(
        "A family of {} with {} letters in all and {} contacts: {} MB with {} sessions that have listed their inboxes and wait; \
         ready after {} s with {} deliveries that wait.",
        growth::FAMILY,
        counted(growth::FAMILY_LETTERS),
        growth::FAMILY_CONTACTS,
        shown(family.resident / 1e6),
        growth::FAMILY_SESSIONS,
        shown(family.ready),
        counted(growth::FAMILY_QUEUE),
    ));
    report.goal(
        format!(
            "start with {} letters and {} deliveries that wait, s",
            growth::FAMILY_LETTERS,
            growth::FAMILY_QUEUE
        ),
        family.ready,
        Bound::AtMost(2.0),
        0.25,
    );
    report.goal(
        format!(
            "memory of {} members with {} letters, {} contacts and {} sessions, MB",
            growth::FAMILY,
            growth::FAMILY_LETTERS,
            growth::FAMILY_CONTACTS,
            growth::FAMILY_SESSIONS
        ),
        family.resident / 1e6,
        Bound::AtMost(64.0),
        0.1,
    );
}

/// Tells one growth, and draws it.
fn grown(growth: &growth::Growth, report: &mut Report) {
    let written = if growth.what == "size" { size } else { counted };
    let mut head = vec![growth.axis.to_owned()];
    for (title, curves) in [&growth.time, &growth.memory] {
        head.extend(
            curves
                .iter()
                .map(|curve| format!("{}, {title}", curve.name)),
        );
    }
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (at, point) in growth.at.iter().enumerate() {
        let values = growth.curves().map(|curve| shown(curve.values[at]));
        rows.push([written(*point)].into_iter().chain(values).collect());
    }
    let exponents = growth.curves().map(|curve| shown(growth.exponent(curve)));
    rows.push(
        ["exponent".to_owned()]
            .into_iter()
            .chain(exponents)
            .collect(),
    );
    report.table(&head, &rows);
    // As a factor, so that what is better than linear can be compared with the runs before.
    report.goal(
        format!(
            "ten times the {}: time or memory, times as much",
            growth.axis
        ),
        10f64.powf(growth.steepest()),
        Bound::AtMost(14.1),
        0.2,
    );
    let chart = chart::Chart {
        title: &format!("A home that grows: {}", growth.axis),
        axis: growth.axis,
        at: &growth.at,
        written,
        panels: [&growth.time, &growth.memory]
            .map(|(title, curves)| chart::Panel { title, curves }),
        caption: "Made by: BENCH_ONLY=growth make bench-keep. Dashed: what would be linear.",
    };
    let keep = std::env::var("BENCH_BASELINE").is_ok_and(|v| v == "keep");
    let folder = match keep {
        true => concat!(env!("CARGO_MANIFEST_DIR"), "/docs"),
        false => env!("CARGO_TARGET_TMPDIR"),
    };
    let path = std::path::Path::new(folder).join(format!("growth-{}.svg", growth.what));
    std::fs::write(&path, chart.svg()).unwrap();
    report.text(&format!("![{}]({})", chart.title, path.display()));
}
