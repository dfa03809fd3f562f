use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::config::Ports;
use crate::control::protocol::Failure;
use crate::members::Members;

/// A home that takes people in for real, and notes the rest.
struct Home {
    members: Members,
    asked: Mutex<Vec<String>>,
}

impl Operator for Home {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        self.asked.lock().unwrap().push(request.name().to_owned());
        match request {
            Request::MemberAdd { name, password, .. } => {
                if name.as_str() == "nobody" {
                    return Err(Failure::new("no", "never"));
                }
                self.members.add(&name, "", password.expose()).unwrap();
            }
            Request::ProviderSet(new) => assert!(new.untested && new.member.is_none()),
            _ => {}
        }
        Ok(json!({}))
    }
}

struct Box0 {
    dir: tempfile::TempDir,
    database: Database,
    home: Home,
    config: Config,
}

fn new_box() -> Box0 {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
    Box0 {
        home: Home {
            members: Members::open(database.clone()).unwrap(),
            asked: Mutex::default(),
        },
        config: Config::parse("", Path::new("/x/toxmail.toml"), Ports::Standard).unwrap(),
        database,
        dir,
    }
}

impl Box0 {
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).unwrap();
    }

    fn has(&self, name: &str) -> bool {
        self.dir.path().join(name).exists()
    }

    /// A start with the boot folder.
    fn start(&self) -> FirstStart {
        self.start_with(None)
    }

    fn start_with(&self, network: Option<&network::Desk>) -> FirstStart {
        self.start_wishing(network).0
    }

    fn start_wishing(&self, network: Option<&network::Desk>) -> (FirstStart, Option<Wish>) {
        let mut first =
            FirstStart::look(Some(self.dir.path()), &self.config, &self.database).unwrap();
        let wish = first.apply(&self.home, &self.database, network);
        (first, wish)
    }

    fn step(&self) -> Option<Step> {
        self.database
            .read(|c| Ok::<_, database::Error>(claim::step(c)?))
            .unwrap()
    }

    fn live_in(&self, name: &str) {
        self.home
            .members
            .add(&name.parse().unwrap(), "", "12345678")
            .unwrap();
    }
}

#[test]
fn without_a_boot_folder_a_code_is_made_kept_and_printed_until_it_was_used() {
    let new = new_box();
    let look = || FirstStart::look(None, &new.config, &new.database).unwrap();
    let first = look();
    let code = first.printed.clone().unwrap();
    assert!(
        code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    // A power cut makes no other.
    assert_eq!(look().printed, Some(code));
    let claims = look().claims(&new.database);
    assert!(claims.asks_for_code());
    claims.used();
    assert!(!claims.asks_for_code());
    assert_eq!(new.database.setting(CODE).unwrap(), None);
    // Claimed by the operator's command instead: forgotten at the next start.
    let again = look();
    assert!(again.printed.is_some());
    new.live_in("anna");
    assert_eq!(look().printed, None);
    assert_eq!(new.database.setting(CODE).unwrap(), None);
    assert!(!look().claims(&new.database).asks_for_code());
}

#[test]
fn a_code_on_the_boot_partition_counts_and_is_erased_once_it_was_used() {
    let new = new_box();
    assert!(matches!(new.start().way, Way::Window));
    new.write(CODE_FILE, "  Apple Tree 42 \r\n");
    let claims = new.start().claims(&new.database);
    assert!(claims.asks_for_code() && claims.mistake().is_none());
    assert!(new.has(CODE_FILE));
    claims.used();
    assert!(!new.has(CODE_FILE));
    // A code that is none keeps everybody out, and says why.
    for bad in ["", "12345", "- - - - - - -"] {
        new.write(CODE_FILE, bad);
        let first = new.start();
        assert!(matches!(first.way, Way::Shut));
        let told = first.claims(&new.database);
        assert!(
            told.mistake().unwrap().contains(CODE_FILE),
            "{:?}",
            told.mistake()
        );
    }
    // In a home where somebody lives it is of no use, and goes.
    new.live_in("anna");
    new.start();
    assert!(!new.has(CODE_FILE));
}

const ANSWERED: &str = "[home]\nname = \"Garden\"\nlanguage = \"fr\"\n\
    [[member]]\nname = \"anna\"\npassword = \"four small words\"\n\
    [[member]]\nname = \"ben\"\npassword = \"12345678\"\n\
    [provider]\naddress = \"anna@gmx.de\"\npassword = \"provided\"\n";

#[test]
fn what_is_answered_beforehand_is_done_and_its_secrets_are_erased() {
    let new = new_box();
    new.write(ANSWERS, ANSWERED);
    new.write(CODE_FILE, "12345678");
    let first = new.start();
    assert!(matches!(first.way, Way::Shut));
    assert!(first.mistakes.is_empty(), "{:?}", first.mistakes);
    assert!(!new.has(ANSWERS) && !new.has(CODE_FILE));
    let people = new.home.members.list().unwrap();
    let names: Vec<_> = people.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["anna", "ben"]);
    assert!(people[0].administrator);
    assert_eq!(
        new.database.setting("home.name").unwrap().as_deref(),
        Some("Garden")
    );
    assert_eq!(
        new.database.setting("home.language").unwrap().as_deref(),
        Some("fr")
    );
    assert_eq!(new.step(), Some(Step::Pair));
    assert_eq!(claim::record(&new.database).unwrap().unwrap().from, None);
    let asked = new.home.asked.lock().unwrap().join(", ");
    assert_eq!(
        asked,
        "member add, member add, provider set, member address add"
    );
}

#[test]
fn what_windows_has_given_a_second_ending_is_found_and_erased_all_the_same() {
    let new = new_box();
    let [code, answers] = [CODE_FILE, ANSWERS].map(|name| format!("{name}.txt"));
    new.write(&code, "\u{feff}12345678\r\n");
    let first = new.start();
    assert!(
        matches!(first.way, Way::Code(_)),
        "a code that is not found leaves the door open"
    );
    first.claims(&new.database).used();
    assert!(!new.has(&code));
    // The name that it should have goes first, and neither is left with its secrets.
    new.write(&code, "12345678");
    new.write(&answers, &ANSWERED.replace("Garden", "Harbour"));
    new.write(
        ANSWERS,
        &format!("\u{feff}{}", ANSWERED.replace('\n', "\r\n")),
    );
    let first = new.start();
    assert!(first.mistakes.is_empty(), "{:?}", first.mistakes);
    assert_eq!(
        new.database.setting("home.name").unwrap().as_deref(),
        Some("Garden")
    );
    for name in [CODE_FILE, ANSWERS, &code, &answers] {
        assert!(!new.has(name), "{name}");
    }
}

#[test]
fn a_power_cut_in_the_middle_is_made_good_and_later_answers_are_not_heard() {
    let new = new_box();
    new.write(ANSWERS, ANSWERED);
    // Anna was added, and then the power went.
    let record = Record {
        at: 1,
        from: None,
        code: false,
    };
    claim::begin(&new.database, &record, Step::Pair).unwrap();
    new.live_in("anna");
    new.start();
    assert_eq!(new.home.members.list().unwrap().len(), 2);
    assert!(!new.has(ANSWERS));
    claim::finish(&new.database).unwrap();
    new.write(
        ANSWERS,
        "[home]\nname = \"Other\"\n[[member]]\nname = \"eve\"\npassword = \"12345678\"\n",
    );
    new.start();
    assert_eq!(new.home.members.list().unwrap().len(), 2);
    assert_eq!(
        new.database.setting("home.name").unwrap().as_deref(),
        Some("Garden")
    );
    assert!(new.has(ANSWERS));
}

#[test]
fn only_the_home_may_be_answered_and_what_toxmail_toml_says_stays() {
    let mut new = new_box();
    new.config = Config::parse(
        "[home]\nname = \"Written\"\n",
        Path::new("/x/toxmail.toml"),
        Ports::Standard,
    )
    .unwrap();
    new.write(ANSWERS, "[home]\nname = \"Garden\"\nlanguage = \"de\"\n");
    let first = new.start();
    assert!(matches!(first.way, Way::Window));
    assert_eq!(new.database.setting("home.name").unwrap(), None);
    assert_eq!(
        new.database.setting("home.language").unwrap().as_deref(),
        Some("de")
    );
    assert_eq!(new.step(), None);
    assert!(!new.has(ANSWERS));
}

#[test]
fn a_mistake_is_told_with_its_line_and_keeps_the_file() {
    let new = new_box();
    new.write(ANSWERS, "[home]\nname = \"x\"\nlanguag = \"de\"\n");
    let claims = new.start().claims(&new.database);
    assert!(
        claims.mistake().unwrap().contains("line 3"),
        "{:?}",
        claims.mistake()
    );
    assert!(new.has(ANSWERS));
    assert_eq!(new.database.setting("home.name").unwrap(), None);
    // What the home refuses is told, too.
    new.write(
        ANSWERS,
        "[[member]]\nname = \"nobody\"\npassword = \"12345678\"\n",
    );
    let first = new.start();
    assert!(first.mistakes[0].contains("nobody"), "{:?}", first.mistakes);
    assert!(new.has(ANSWERS));
    // Nobody moved in: the box is as new at the next start.
    assert!(new.home.members.list().unwrap().is_empty());
    std::fs::remove_file(new.dir.path().join(ANSWERS)).unwrap();
    assert!(matches!(new.start().way, Way::Window));
    assert_eq!(new.step(), None);
}

#[test]
fn the_wifi_of_the_setup_file_is_left_to_the_box_and_only_a_box_has_one() {
    const WIFI: &str = "[wifi]\nname = \"Garden\"\npassword = \"many words\"\ncountry = \"FR\"\n";
    let new = new_box();
    new.write(ANSWERS, WIFI);
    let first = new.start();
    assert!(first.mistakes[0].contains("[wifi]"), "{:?}", first.mistakes);
    assert!(new.has(ANSWERS), "a file with a mistake stays");

    let shared = tempfile::tempdir().unwrap();
    let ask = shared.path().join("inbox").join("ask");
    std::fs::create_dir(shared.path().join("inbox")).unwrap();
    let desk = network::Desk::new(shared.path());
    let first = new.start_with(Some(&desk));
    assert!(first.mistakes.is_empty(), "{:?}", first.mistakes);
    assert!(!new.has(ANSWERS));
    let text = std::fs::read_to_string(&ask).unwrap();
    assert!(text.starts_with("join\nssid=47617264656e\npsk="), "{text}");
    assert!(text.ends_with("\ncountry=FR\nhidden=yes\n"), "{text}");
    assert!(!text.contains("many"), "{text}");
    // Once the box has tried it, a file that stays for another mistake asks no more: somebody may have chosen another network since.
    std::fs::remove_file(&ask).unwrap();
    let mistaken = format!("{ANSWERED}{WIFI}").replace("ben", "nobody");
    new.write(ANSWERS, &mistaken);
    let says = |state: &str| std::fs::write(shared.path().join("state"), state).unwrap();
    let asks = || {
        let (first, wish) = new.start_wishing(Some(&desk));
        assert_eq!(first.mistakes.len(), 1, "{:?}", first.mistakes);
        assert!(new.has(ANSWERS));
        assert_eq!(wish.is_some(), ask.exists());
        if let Some(wish) = &wish {
            assert!(!wish.note(), "the box has not seen it yet");
        }
        let _ = std::fs::remove_file(&ask);
        wish
    };
    let other = "saved=4f74686572\n";
    for (saved, cut) in [
        ("", "before the box had it"),
        (other, "beside another network"),
    ] {
        says(saved);
        let wish = asks().unwrap_or_else(|| panic!("the power went away {cut}"));
        says(&format!("{saved}phase=joining\n"));
        assert!(!wish.note(), "the box is at it");
    }
    says(other);
    let wish = asks().unwrap();
    says(&format!("{other}phase=failed\nthen=back\n"));
    assert!(wish.note());
    says(other);
    assert!(asks().is_none());
    says("");
    assert!(asks().is_some(), "the box has no network at all");
    // Another password is another question.
    new.write(ANSWERS, &mistaken.replace("many words", "other words"));
    says(other);
    let wish = asks().unwrap();
    says(&format!("{other}phase=joined\n"));
    assert!(wish.note() && asks().is_none());
    new.write(ANSWERS, &mistaken.replace("nobody", "ben"));
    std::fs::write(shared.path().join("state"), "").unwrap();
    std::fs::write(&ask, "").unwrap();
    // What is not taken stays for the next start, and the rest is done.
    new.write(ANSWERS, &format!("{ANSWERED}{WIFI}"));
    let first = new.start_with(Some(&desk));
    assert!(first.mistakes[0].contains("busy"), "{:?}", first.mistakes);
    assert!(new.has(ANSWERS));
    assert_eq!(new.home.members.list().unwrap().len(), 2);
}
