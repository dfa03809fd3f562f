use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use super::*;
use crate::imap::flags::Marks;
use crate::imap::view::Seen;
use crate::store::{ModSeq, Uid};
use proptest::prelude::*;

fn letter(number: u32, id: &str, references: &[&str], subject: &str, answer: bool) -> Letter {
    let seen = Seen {
        uid: Uid(number),
        marks: Marks::NONE,
        mod_seq: ModSeq(1),
    };
    let known = |id: &str| BuildHasherDefault::<DefaultHasher>::default().hash_one(id);
    Letter {
        candidate: Candidate { number, seen },
        id: (!id.is_empty()).then(|| known(id)),
        references: references.iter().map(|id| known(id)).collect(),
        subject: subject.to_owned(),
        answer,
        date: i64::from(number),
    }
}

fn shown(letters: Vec<Letter>) -> String {
    written(&by_references(letters), |candidate| candidate.number)
}

/// RFC 5256 section 4: the form of the answer.
#[test]
fn answers_stand_behind_what_they_answer_and_branches_in_brackets() {
    let letters = vec![
        letter(1, "a", &[], "x", false),
        letter(2, "b", &["a"], "x", true),
        letter(3, "c", &["a", "b"], "x", true),
        letter(4, "d", &["a"], "x", true),
        letter(5, "e", &[], "y", false),
    ];
    assert_eq!(shown(letters), "(1 (2 3)(4))(5)");
}

#[test]
fn what_is_not_in_the_mailbox_holds_its_answers_together() {
    let letters = vec![
        letter(1, "b", &["a"], "x", true),
        letter(2, "c", &["a"], "y", true),
    ];
    assert_eq!(shown(letters), "((1)(2))");
    assert_eq!(shown(vec![letter(1, "b", &["a"], "x", true)]), "(1)");
}

#[test]
fn one_subject_makes_one_thread_where_references_are_missing() {
    let letters = vec![
        letter(1, "a", &[], "x", false),
        letter(2, "b", &[], "x", true),
        letter(3, "", &[], "", false),
        letter(4, "", &[], "", false),
    ];
    assert_eq!(shown(letters), "(1 2)(3)(4)");
    let letters = vec![
        letter(1, "a", &[], "x", false),
        letter(2, "b", &[], "x", false),
    ];
    assert_eq!(shown(letters), "((1)(2))");
}

/// RFC 5256 section 3, REFERENCES, step 1.B.
#[test]
fn a_message_is_not_where_others_guessed_it_to_be() {
    let letters = vec![
        letter(1, "a", &[], "", false),
        letter(2, "b", &["a", "c"], "", false),
        letter(3, "c", &["b"], "", false),
    ];
    assert_eq!(shown(letters), "(1)(3 2)");
}

#[test]
fn circles_and_doubles_end() {
    let letters = vec![
        letter(1, "a", &["b"], "x", true),
        letter(2, "b", &["a"], "x", true),
        letter(3, "a", &["a"], "z", false),
    ];
    assert!(shown(letters).contains('3'));
}

#[test]
fn a_chain_of_a_hundred_thousand_answers_needs_no_deep_stack() {
    let letters = (1..100_000)
        .map(|n| letter(n, &n.to_string(), &[&(n - 1).to_string()], "x", true))
        .collect();
    let text = shown(letters);
    assert!(text.starts_with("(1 2 3 ") && text.ends_with(" 99999)"));
}

proptest! {
    #[test]
    fn every_message_is_in_exactly_one_place(
        rows in proptest::collection::vec((0u8..6, proptest::collection::vec(0u8..6, 0..4), 0u8..3, any::<bool>()), 0..12)
    ) {
        let letters: Vec<Letter> = rows.iter().enumerate().map(|(at, (id, references, subject, answer))| {
            let references: Vec<String> = references.iter().map(u8::to_string).collect();
            let references: Vec<&str> = references.iter().map(String::as_str).collect();
            let subject = ["", "x", "y"][usize::from(*subject)];
            letter(at as u32 + 1, &id.to_string(), &references, subject, *answer)
        }).collect();
        let text = shown(letters);
        let mut numbers: Vec<usize> = text.split(|c: char| !c.is_ascii_digit())
            .filter_map(|n| n.parse().ok()).collect();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (1..=rows.len()).collect::<Vec<_>>());
    }
}

/// Each answers the one before it, whichever way round they came: what people write climbs over nothing.
#[test]
fn a_long_thread_takes_a_few_steps_for_each_of_its_letters() {
    const MANY: u32 = 5000;
    let chain = |at: u32| {
        let before = format!("{}", at.saturating_sub(1));
        letter(at, &format!("{at}"), &[&before], "x", true)
    };
    let there: Vec<Letter> = (1..=MANY).map(chain).collect();
    let back: Vec<Letter> = there.iter().rev().cloned().collect();
    for letters in [there, back] {
        let whole = letters.len() * STEPS;
        let mut forest = Forest {
            boxes: vec![],
            by_id: HashMap::new(),
            steps: whole,
            letters: letters.clone(),
        };
        for at in 0..letters.len() {
            place(&mut forest, at);
        }
        let taken = whole - forest.steps;
        assert!(taken <= 2 * letters.len(), "{taken}");
        assert_eq!(shown(letters).matches('(').count(), 1);
    }
}

/// Whose letters have others climb over all of them gets threads that are not whole, and every letter stands in one.
#[test]
fn letters_made_to_cost_much_are_all_there() {
    const MANY: u32 = 3000;
    let mut letters: Vec<Letter> = Vec::new();
    for at in 0..MANY {
        let before = format!("{}", at.saturating_sub(1));
        letters.push(letter(at + 1, &format!("{at}"), &[&before], "x", true));
    }
    let end = format!("{}", MANY - 1);
    for at in 0..MANY {
        let (late, child) = (format!("late {at}"), format!("child {at}"));
        let number = MANY + 1 + 2 * at;
        letters.push(letter(number, &child, &["many", &late], "y", true));
        letters.push(letter(number + 1, &late, &[&end], "y", true));
    }
    let shown = shown(letters);
    let mut numbers: Vec<u32> = shown
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse().ok())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=3 * MANY).collect::<Vec<_>>());
}
