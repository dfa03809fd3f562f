//! What the program weighs: its file by parts, beside Debian's Postfix and Dovecot as they are installed, and the packages in it by licence.

use std::collections::BTreeMap;
use std::process::Command;

use crate::numbers::shown;
use crate::report::{Bound, Report};

/// Those that do what a home does: SMTP, IMAP, POP3, filing.
const OTHERS: [&str; 5] = [
    "postfix",
    "dovecot-core",
    "dovecot-imapd",
    "dovecot-pop3d",
    "dovecot-lmtpd",
];

/// Sections of an ELF file, under what a person calls them.
fn part(section: &str) -> &'static str {
    match section {
        ".text" => "code",
        ".rodata" => "constants, with the page's pictures and texts",
        ".eh_frame" | ".eh_frame_hdr" | ".gcc_except_table" => {
            "what a panic needs to end one connection alone"
        }
        _ => "places of addresses, and the rest",
    }
}

pub fn measure(report: &mut Report) {
    let program = env!("CARGO_BIN_EXE_toxmaild");
    let file = std::fs::metadata(program).unwrap().len();
    let mut parts: BTreeMap<&str, u64> = BTreeMap::new();
    for line in said("size", &["-A", program]).lines() {
        let mut words = line.split_whitespace();
        if let (Some(section), Some(Ok(bytes))) =
            (words.next(), words.next().map(str::parse::<u64>))
            && section.starts_with('.')
            && section != ".bss"
        {
            *parts.entry(part(section)).or_default() += bytes;
        }
    }
    let mapped: u64 = parts.values().sum();
    parts.insert(
        "names of functions, for the journal of a panic",
        file.saturating_sub(mapped),
    );
    let format = ["-W", "-f", "${Installed-Size}\n"];
    let others: u64 = said("dpkg-query", &[&format[..], &OTHERS[..]].concat())
        .lines()
        .map(|kilobytes| kilobytes.parse::<u64>().expect("a size in KiB") * 1024)
        .sum();
    report.title("Weight");
    report.text(&format!(
        "The program as `make build` makes it: {} MB. It needs libtoxcore, libsodium and libc beside it. Debian's {} as they are installed: {} MB, \
         and the libraries that they need.",
        megabytes(file),
        OTHERS.join(", "),
        megabytes(others)
    ));
    let rows: Vec<Vec<String>> = parts
        .iter()
        .map(|(what, bytes)| vec![(*what).to_owned(), megabytes(*bytes)])
        .collect();
    report.table(&["in the program", "MB"], &rows);
    let mut licences: BTreeMap<&str, usize> = BTreeMap::new();
    for line in include_str!("../../web/licences.tsv").lines() {
        let licence = line.split('\t').nth(2).expect("name, version, licence");
        *licences.entry(family(licence)).or_default() += 1;
    }
    let count: usize = licences.values().sum();
    let list: Vec<String> = licences
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    report.text(&format!(
        "{count} packages of Rust are in it (`web/licences.tsv`, `make check` holds it up to date): {}.",
        list.join(", ")
    ));
    report.goal(
        "size of the program, beside Postfix and Dovecot installed",
        file as f64 / others as f64,
        Bound::AtMost(1.25),
        0.05,
    );
}

/// A licence that lets one choose is the choice that most others leave.
fn family(licence: &str) -> &str {
    let choices = ["MIT", "Apache-2.0"];
    if licence.contains("AND") {
        "several at once"
    } else if choices.iter().all(|one| licence.contains(one)) {
        "MIT or Apache-2.0"
    } else if let Some((first, _)) = licence.split_once(" OR ") {
        first
    } else {
        licence
    }
}

fn said(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn megabytes(bytes: u64) -> String {
    shown(bytes as f64 / 1e6)
}
