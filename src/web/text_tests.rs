//! That every text is there, is used, and gets what stands in it, in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

type Variables = BTreeSet<String>;

/// The keys of a file, and the variables of each.
fn keys(language: &str, text: &str) -> BTreeMap<String, Variables> {
    let file = fluent_syntax::parser::parse(text)
        .unwrap_or_else(|(_, errors)| panic!("{language}.ftl cannot be read: {errors:?}"));
    let mut keys = BTreeMap::new();
    for entry in file.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            other => panic!("{language}.ftl: only messages, please: {other:?}"),
        };
        let mut variables = Variables::new();
        let name = message.id.name.to_owned();
        let value = message
            .value
            .unwrap_or_else(|| panic!("{language}.ftl: {name} says nothing"));
        of_pattern(&value, &mut variables);
        assert!(
            message.attributes.is_empty(),
            "{language}.ftl: {name} has attributes"
        );
        let twice = keys.insert(name.clone(), variables);
        assert!(twice.is_none(), "{language}.ftl: {name} stands there twice");
    }
    keys
}

fn of_pattern(pattern: &Pattern<&str>, found: &mut Variables) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found);
        }
    }
}

fn of_expression(expression: &Expression<&str>, found: &mut Variables) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, found),
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            // A variant may leave the number out ("one letter"), so these are those of all variants together.
            variants
                .iter()
                .for_each(|variant| of_pattern(&variant.value, found));
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, found: &mut Variables) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        other => panic!("only variables, please: {other:?}"),
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src/web"), root.join("web/templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_str().unwrap().ends_with("_tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // What a comment tells is no use.
                let lines = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                found.push((path, lines.map(|line| format!("{line}\n")).collect()));
            }
        }
    }
    assert!(found.len() > 10);
    found
}

/// What stands in quotes, and what follows it.
fn literals(text: &str) -> Vec<(&str, &str)> {
    let is_key = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let mut found = Vec::new();
    for (at, _) in text.match_indices('"') {
        let rest = &text[at + 1..];
        if let Some(end) = rest.find('"')
            && is_key(&rest[..end])
        {
            found.push((&rest[..end], &rest[end + 1..]));
        }
    }
    found
}

/// The names given with `.with("name", …)` or `.around("name")` right behind a `t("key")`.
fn given(mut rest: &str) -> Variables {
    let mut names = Variables::new();
    // Behind the closing bracket of `t("key")` or of the `Text::new(language, "key")`.
    while let Some(after) = rest.trim_start().strip_prefix(')') {
        let after = after.trim_start();
        let call = after.strip_prefix(".with(");
        let Some(call) = call.or(after.strip_prefix(".around(")) else {
            break;
        };
        let call = call.trim_start().strip_prefix('"').expect("a literal name");
        let (name, value) = call.split_once('"').unwrap();
        names.insert(name.to_owned());
        let mut depth = 0usize;
        let end = value.find(|letter| match letter {
            '(' => {
                depth += 1;
                false
            }
            ')' if depth == 0 => true,
            ')' => {
                depth -= 1;
                false
            }
            _ => false,
        });
        rest = &value[end.unwrap()..];
    }
    names
}

#[test]
fn every_text_is_there_in_every_language_with_the_same_variables() {
    let english = keys("en", FILES[0].1);
    for (language, text) in &FILES[1..] {
        let code = code(*language);
        let theirs = keys(code, text);
        for key in english.keys() {
            assert!(theirs.contains_key(key), "{code}.ftl lacks {key}");
        }
        for (key, variables) in &theirs {
            let wanted = english
                .get(key)
                .unwrap_or_else(|| panic!("{code}.ftl has {key}, en.ftl has not"));
            assert_eq!(variables, wanted, "{code}.ftl: {key}");
        }
    }
}

/// A number that is any number chooses its words, or stands behind a colon: nobody reads "1 letters".
#[test]
fn a_number_has_its_plural_or_stands_for_itself() {
    // Never one: days of the chart, steps, a flood.
    let many = [
        "home-days-mine",
        "home-days-all",
        "setup-step",
        "finding-request-flood",
    ];
    for (language, text) in &FILES {
        let language = code(*language);
        let file = fluent_syntax::parser::parse(*text).unwrap();
        for entry in file.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let name = message.id.name;
            let mut before = String::new();
            for element in message.value.unwrap().elements {
                match element {
                    PatternElement::TextElement { value } => before.push_str(value),
                    PatternElement::Placeable {
                        expression: Expression::Inline(InlineExpression::VariableReference { id }),
                    } if id.name == "count" => assert!(
                        before.contains(':') || many.contains(&name),
                        "{language}.ftl: {name} says a number in a sentence"
                    ),
                    PatternElement::Placeable { .. } => {}
                }
            }
        }
    }
}

/// What French sets apart from its word stays on its line; so does what says that more is asked first.
#[test]
fn no_sign_stands_alone_at_the_beginning_of_a_line() {
    for (language, text) in &FILES {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut loose = vec![" …"];
            if *language == Language::French {
                loose.extend([" :", " ;", " ?", " !", " »", "« "]);
            }
            for sign in loose {
                assert!(!line.contains(sign), "a space that may break: {line}");
            }
        }
    }
}

#[test]
fn every_text_that_is_used_is_there_and_every_one_that_is_there_is_used() {
    let english = keys("en", FILES[0].1);
    let mut used = BTreeSet::new();
    for (path, text) in sources() {
        let path = path.display();
        for (word, rest) in literals(&text) {
            if english.contains_key(word) {
                used.insert(word.to_owned());
            }
            let before = &text[..text.len() - rest.len() - word.len() - 2];
            let asked = before.ends_with(".t(") || before.ends_with("Text::new(language, ");
            if asked {
                let variables = english
                    .get(word)
                    .unwrap_or_else(|| panic!("{path}: there is no text {word}"));
                assert_eq!(&given(rest), variables, "{path}: what is given to {word}");
            } else if before.ends_with("Flash::good(") || before.ends_with("Flash::bad(") {
                assert!(
                    english.contains_key(word),
                    "{path}: there is no text {word}"
                );
            } else if ["Refusal::bad_request(", "Refusal::forbidden("]
                .iter()
                .any(|c| before.ends_with(c))
            {
                let variables = english
                    .get(word)
                    .unwrap_or_else(|| panic!("{path}: there is no text {word}"));
                assert!(
                    variables.is_empty(),
                    "{path}: a refusal gives {word} nothing"
                );
            }
        }
    }
    let unused: Vec<_> = english.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "texts that nobody uses: {unused:?}");
    // The scan itself sees both.
    assert!(used.contains("skip-link") && used.contains("error-token"));
}

#[test]
fn a_text_is_told_in_the_language_with_its_numbers() {
    let say = |language, count: u64| {
        Text::new(language, "home-waiting")
            .with("count", count)
            .to_string()
    };
    assert_eq!(say(Language::English, 0), "No letter waits.");
    assert_eq!(say(Language::English, 1), "One letter is on its way.");
    assert_eq!(
        say(Language::German, 12_345),
        "12.345 Briefe sind unterwegs."
    );
    assert_eq!(
        say(Language::French, 12_345),
        "12\u{202f}345 courriers sont en route."
    );
}

#[test]
fn what_has_an_element_of_its_own_stands_where_the_text_says() {
    for (language, before, behind) in [
        (Language::English, " called ", ": in its first line"),
        (Language::German, ", die ", " heißt: in der ersten Zeile"),
    ] {
        let around = Text::new(language, "login-forgotten-step-2").around("file");
        assert!(
            around.0.ends_with(before) && around.1.starts_with(behind),
            "{around:?}"
        );
    }
}

#[test]
fn the_browsers_first_language_that_we_speak_wins() {
    assert_eq!(accepted("de-AT,de;q=0.9,en;q=0.8"), Some(Language::German));
    assert_eq!(accepted("it, es;q=0.4, fr;q=0.5"), Some(Language::French));
    assert_eq!(accepted("en;q=0, fr;q=0.1"), Some(Language::French));
    assert_eq!(accepted("it,pt;q=0.5"), None);
    assert_eq!(accepted(""), None);
}

#[test]
fn text_of_others_cannot_turn_the_page_around() {
    assert_eq!(clean("Anna\u{202e}moc.live\u{202c}", 40), "Annamoc.live");
    assert_eq!(clean("a\u{0}\u{1b}[31mb\r\n\tc", 40), "a[31mb   c");
    assert_eq!(clean("zero\u{200b}\u{feff}width", 40), "zerowidth");
    assert_eq!(clean(&"ä".repeat(50), 10), format!("{}…", "ä".repeat(9)));
    assert_eq!(clean(&"ä".repeat(10), 10), "ä".repeat(10));
}
