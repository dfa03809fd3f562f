//! The fuzz targets in a few seconds: every committed input, and as many seeded mutations of them as fit in the time. A
//! failure prints the input, which then belongs into tests/fuzz/corpus, named after its wound.
//!
//! `make fuzz` looks for new ones, guided by coverage.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "fuzz/bodies/mod.rs"]
mod bodies;
#[path = "support/dice.rs"]
mod dice;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use bodies::{TARGETS, Target};
use dice::Dice;

/// The mutations of one target: this many, or fewer on a machine where they do not fit in `LONGEST`.
const MUTATIONS: u64 = 4000;
const LONGEST: Duration = Duration::from_secs(4);
/// At least so many, however slow it is.
const LEAST: u64 = 50;
/// All of the committed inputs together.
const CORPUS_LIMIT: u64 = 200_000;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

/// One mutation: of one input or two, a few changes of a kind that parsers stumble over.
fn mutation(dice: &mut Dice, corpus: &[Vec<u8>], tokens: &[&str]) -> Vec<u8> {
    let mut input = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(input.len() + 1);
        match dice.below(8) {
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 if at < input.len() => input[at] = dice.roll() as u8,
            2 => input.truncate(at),
            3 => drop(input.drain(at..(at + dice.below(16)).min(input.len()))),
            4 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            5 if at < input.len() => {
                let to = (at + 1 + dice.below(40)).min(input.len());
                let again = input[at..to].to_vec();
                drop(input.splice(at..at, again));
            }
            6 => drop(input.splice(at..at, [dice.roll() as u8])),
            _ => match tokens.get(dice.below(tokens.len())) {
                Some(token) => drop(input.splice(at..at, token.bytes())),
                None => input.push(dice.roll() as u8),
            },
        }
    }
    input.truncate(64 * 1024);
    input
}

fn run(target: &Target, input: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| (target.body)(input))).is_err() {
        panic!("{}, {what}: b\"{}\"", target.name, input.escape_ascii());
    }
}

fn smoke(name: &str) {
    let target = TARGETS.iter().find(|t| t.name == name).unwrap();
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "no inputs of {name}");
    for (number, input) in corpus.iter().enumerate() {
        run(target, input, &format!("input {number}"));
    }
    let start = Instant::now();
    let mut done = 0;
    while done < MUTATIONS && (done < LEAST || start.elapsed() < LONGEST) {
        let mut dice = Dice((done + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let input = mutation(&mut dice, &corpus, target.tokens);
        run(target, &input, &format!("mutation {done}"));
        done += 1;
    }
    bodies::home::clean_up(name);
    eprintln!(
        "{name}: {} inputs, {done} mutations in {:?}",
        corpus.len(),
        start.elapsed()
    );
}

macro_rules! smoke_of {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            smoke(stringify!($name));
        })*
        const SMOKED: &[&str] = &[$(stringify!($name)),*];
    };
}

smoke_of! {
    addresses mailboxes parts departure arrival smtp pop3 imap vcard carddav lines frames exchange streams content maildir invitations
    requests settings nodes savedata requests_of_the_operator answers pop3_client imap_client
}

#[test]
fn every_target_is_smoked_and_fuzzed_and_its_inputs_are_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for target in TARGETS {
        let name = target.name;
        assert!(SMOKED.contains(&name), "{name} is not smoked");
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is not in the manifest"
        );
        assert!(
            root.join(format!("fuzz_targets/{name}.rs")).exists(),
            "{name} has no binary"
        );
    }
    assert_eq!(SMOKED.len(), TARGETS.len());
    let bytes: u64 = std::fs::read_dir(root.join("corpus"))
        .unwrap()
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(
        bytes <= CORPUS_LIMIT,
        "{bytes} bytes of inputs are too many for a repository"
    );
}
