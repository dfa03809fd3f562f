//! The operator's command as scripts meet it: exit codes, JSON, standard input, a home that is stopped or running. And that what the
//! documents name is there.

#[path = "bench/baseline.rs"]
mod baseline;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

fn toxmaild(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_toxmaild"))
        .args(words.iter().map(OsString::from))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn outcome(words: &[&str]) -> (Option<i32>, String, String) {
    let output = toxmaild(words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn wrong_use_is_2_and_told_in_json_where_that_was_asked_for() {
    for words in [
        &["fly"][..],
        &["member", "add"],
        &["member", "add", "postmaster"],
        &["contact", "add", "bob"],
        &["contact", "accept", "abc"],
        &["invite", "--expires", "soon"],
        &["queue", "show", "x"],
        &["run", "--ports", "all"],
        &["bootstrap", "import"],
        &["bootstrap", "import", "/nonexistent"],
        &["member", "add", "anna"], // nothing on standard input
        &[],
    ] {
        let (code, out, err) = outcome(words);
        assert_eq!(code, Some(2), "{words:?}\n{out}{err}");
        assert!(out.is_empty() && !err.is_empty(), "{words:?}");
        let (code, out, err) = outcome(&[words, &["--json"]].concat());
        assert_eq!(code, Some(2), "{words:?}\n{out}{err}");
        let told: serde_json::Value = serde_json::from_str(&out).expect(&out);
        assert!(
            told["error"].is_string() && told["advice"].is_string(),
            "{words:?}\n{told}"
        );
    }
}

#[test]
fn a_member_without_a_password_is_told_how_to_give_it() {
    let (code, _, err) = outcome(&["member", "add", "anna"]);
    assert_eq!(code, Some(2));
    // There is no anna whose password could be set later.
    assert!(err.contains("< FILE") && !err.contains("later"), "{err}");
}

#[test]
fn a_stopped_home_is_3_for_what_needs_it_running() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    for words in [
        &["queue", "list"][..],
        &["invite"],
        &["contact", "requests"],
        &["bootstrap", "list"],
    ] {
        let (code, out, err) = outcome(&[words, &["--data", data]].concat());
        assert_eq!(code, Some(3), "{words:?}\n{out}{err}");
        assert!(
            err.contains("not running") && err.contains("toxmaild run"),
            "{err}"
        );
        let (code, out, _) = outcome(&[&["--json", "--data", data], words].concat());
        assert_eq!(code, Some(3));
        assert!(
            out.contains("\"error\":\"the home is not running\""),
            "{out}"
        );
    }
}

#[test]
fn help_version_and_completions() {
    let (code, out, _) = outcome(&["--help"]);
    assert!(
        code == Some(0) && out.contains("member") && out.contains("Examples"),
        "{out}"
    );
    assert!(!out.contains("bootstrap-node"), "{out}");
    let (_, out, _) = outcome(&["--json"]);
    assert!(
        out.contains("doctor") && !out.contains("bootstrap-node"),
        "{out}"
    );
    let (code, out, _) = outcome(&["--version"]);
    assert!(code == Some(0) && out.starts_with("toxmaild "), "{out}");
}

#[test]
fn completions_are_scripts_that_complete() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = outcome(&["completions", shell]);
        assert!(
            code == Some(0) && out.contains("toxmaild") && out.contains("member"),
            "{shell}"
        );
        assert!(
            !out.contains("bootstrap-node"),
            "{shell} shows what is hidden"
        );
        // The shell itself, where it is installed, finds no mistake in its script.
        let dir = tempfile::tempdir().unwrap();
        let script = dir.path().join("script");
        std::fs::write(&script, &out).unwrap();
        match Command::new(shell).arg("-n").arg(&script).output() {
            Ok(checked) => assert!(checked.status.success(), "{shell}: {checked:?}"),
            Err(e) => assert!(shell != "bash", "{e}"),
        }
    }
    let (_, script, _) = outcome(&["completions", "bash"]);
    for (typed, completed) in [
        (&["toxmaild", "mem"][..], "member"),
        (&["toxmaild", "member", "device", "rev"], "revoke"),
        (&["toxmaild", "--data", "/tmp", "que"], "queue"),
        (&["toxmaild", "invite", "--exp"], "--expires"),
        (&["toxmaild", "invite", "acc"], "accept"),
        (&["toxmaild", "contact", "add", "bob", "--em"], "--email"),
    ] {
        let tab = format!(
            "{script}\nCOMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9\n\
             _toxmaild toxmaild \"${{@: -1}}\" \"${{@: -2:1}}\"; echo \"${{COMPREPLY[@]}}\"\n"
        );
        let output = Command::new("bash")
            .args(["-c", &tab, "bash"])
            .args(typed)
            .output()
            .unwrap();
        let offered = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert_eq!(offered, completed, "{typed:?}: {output:?}");
    }
}

#[test]
fn the_commands_of_the_readme_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let (readme, makefile) = (read("README.md"), read("Makefile"));
    let mut targets = 0;
    for line in readme.lines().map(str::trim) {
        if let Some(target) = line
            .strip_prefix("make ")
            .and_then(|rest| rest.split_whitespace().next())
        {
            targets += 1;
            let rule = format!("\n{target}:");
            assert!(
                makefile.contains(&rule),
                "README names `make {target}`, the Makefile does not"
            );
        }
        // Commands stand alone on an indented line; `toxmaild a b --help` must know them.
        if let Some(command) = line.strip_prefix("toxmaild ") {
            let words: Vec<&str> = command
                .split_whitespace()
                .take_while(|w| w.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                .collect();
            let words: Vec<&str> = words.into_iter().filter(|w| !w.starts_with('-')).collect();
            let known = (1..=words.len())
                .any(|n| outcome(&[&words[..n], &["--help"]].concat()).0 == Some(0));
            assert!(known, "README: {line}");
        }
    }
    assert!(targets >= 5, "the README lost its commands");
}

#[test]
fn the_tests_of_the_threat_model_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect(name);
    let threats = read("docs/threats.md");
    let named: Vec<(&str, &str)> = threats
        .split('`')
        .filter_map(|word| word.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
        .collect();
    for (file, test) in &named {
        let there = read(file).contains(&format!("fn {test}("));
        assert!(there, "docs/threats.md names {file}::{test}");
    }
    assert!(named.len() >= 80, "the threat model lost its tests");
}

#[test]
fn the_readme_tells_what_the_bench_has_measured() {
    let text = std::fs::read_to_string(baseline::file()).unwrap();
    let kept = baseline::Baseline::read(&text);
    assert_eq!(
        kept.text(),
        text,
        "baseline.tsv was not written by make bench-keep"
    );
    assert!(kept.0.len() >= 25, "the bench lost its goals");
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(
        baseline::told_in(&readme, &kept) == readme,
        "the README's table is another one than make bench-keep writes"
    );
}

#[test]
fn the_charts_of_growth_are_those_that_the_bench_draws() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let told = std::fs::read_to_string(docs.join("bench.md")).unwrap();
    for what in ["members", "contacts", "letters", "queue", "size"] {
        let name = format!("growth-{what}.svg");
        assert!(
            told.contains(&format!("]({name})")),
            "bench.md has no {name}"
        );
        let chart = std::fs::read_to_string(docs.join(&name)).unwrap();
        let made = "Made by: BENCH_ONLY=growth make bench-keep.";
        assert!(chart.contains(made), "{name} does not tell how it is made");
        // A point each, in both panels, and in words for who cannot see them.
        let points = chart.matches("<circle").count();
        assert!(points >= 8, "{name} has {points} points");
        let text = chart.find("<desc").zip(chart.find("</desc>"));
        let words = text.map_or("", |(from, to)| &chart[from..to]);
        let told = words.split(" at ").skip(1);
        let told = told
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            .count();
        assert_eq!(told, points, "{name} tells other points than it draws");
        for dark in ["prefers-color-scheme:dark", "var(--page)"] {
            assert!(chart.contains(dark), "{name} has one dress only");
        }
        let numbers = chart.split(|c: char| !c.is_ascii_alphabetic());
        let wrong = numbers.filter(|word| ["NaN", "inf"].contains(word));
        assert_eq!(wrong.count(), 0, "{name} draws what was not measured");
    }
}

#[test]
fn a_clear_regression_is_found_and_noise_is_not() {
    use baseline::{Baseline, Bound, Goal};
    let goal = |bound, measured| Goal {
        what: "speed".into(),
        bound,
        margin: 0.1,
        measured,
    };
    for (bound, before, noise, worse) in [
        (Bound::AtLeast(1.0), 5.0, 4.2, 4.0),
        (Bound::AtMost(9.0), 5.0, 6.0, 6.2),
    ] {
        let was = goal(bound, before);
        assert!(!goal(bound, before).is_regression_of(&was));
        assert!(!goal(bound, noise).is_regression_of(&was));
        assert!(goal(bound, worse).is_regression_of(&was));
        assert!(goal(bound, f64::NAN).is_regression_of(&was), "not measured");
    }
    let mut kept = Baseline(vec![goal(Bound::AtMost(9.0), 5.0)]);
    kept.take(&[goal(Bound::AtMost(9.0), 6.0)]);
    assert_eq!(kept.find("speed").map(|goal| goal.measured), Some(6.0));
    assert_eq!(kept.0.len(), 1);
    assert_eq!(Baseline::read(&kept.text()), kept);
}
