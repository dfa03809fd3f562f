//! The accounts at mail providers: set, shown, tried and removed on a home whose node talks to nobody.

use serde_json::{Value, json};

use super::doctor;
use super::operator_tests::{Home, add, home, home_with, name};
use crate::config::RelayTls;
use crate::control::protocol::{Failure, NewProvider, Operator, Request, Secret};
use crate::mail::verdict::{Reason, Status};
use crate::providers::{REST, Way};
use crate::queue::AccountId;

fn new(member: Option<&str>, username: &str) -> NewProvider {
    NewProvider {
        member: member.map(name),
        // Nobody listens there.
        host: "127.0.0.1".into(),
        port: 1,
        tls: RelayTls::StartTls,
        username: username.into(),
        password: Secret::new("pass word".into()),
        address: None,
        untested: true,
    }
}

fn set(home: &Home, new: NewProvider) -> Result<Value, Failure> {
    home.running.handle(Request::ProviderSet(new))
}

fn way(home: &Home, member: &str) -> Way {
    home.running.post.providers.way_of(&name(member)).unwrap()
}

fn show(home: &Home) -> Value {
    let show = Request::ProviderShow { member: None };
    home.running.handle(show).unwrap()
}

#[test]
fn a_members_own_account_goes_before_the_homes() {
    let home = home();
    home.done(add("anna"));
    home.done(add("ben"));
    assert_eq!(way(&home, "anna"), Way::NoProvider);
    set(&home, new(None, "family@example.org")).unwrap();
    assert_eq!(way(&home, "anna"), Way::NoAddress);
    let add = Request::MemberAddressAdd {
        name: name("anna"),
        address: "a@family.example".into(),
    };
    home.running.handle(add).unwrap();
    let open = |account, address: &str| Way::Open {
        account,
        address: address.into(),
    };
    assert_eq!(
        way(&home, "anna"),
        open(AccountId::HOME, "a@family.example")
    );
    let answer = set(&home, new(Some("anna"), "Anna@example.org")).unwrap();
    assert_eq!(answer["address"], "Anna@example.org");
    let own = home
        .running
        .post
        .providers
        .id_of(Some(&name("anna")))
        .unwrap();
    assert_ne!(own, AccountId::HOME);
    // The one that the account is for, although another comes first.
    assert_eq!(way(&home, "anna"), open(own, "Anna@example.org"));
    assert_eq!(way(&home, "ben"), Way::NoAddress);
    let shown = show(&home);
    assert_eq!(shown[0]["member"], Value::Null);
    assert_eq!(shown[1]["member"], "anna");
    assert_eq!(shown[1]["tls"], "starttls");
    assert!(!shown.to_string().contains("pass word"));
    // Changed or set again it keeps its number: what waits goes the new way.
    let remove = || Request::ProviderRemove {
        member: Some(name("anna")),
    };
    assert_eq!(
        home.running.handle(remove()).unwrap(),
        json!({ "member": "anna", "waiting": 0 })
    );
    assert!(home.running.handle(remove()).is_err());
    assert_eq!(
        way(&home, "anna"),
        open(AccountId::HOME, "a@family.example")
    );
    set(&home, new(Some("anna"), "anna@example.org")).unwrap();
    assert_eq!(
        home.running
            .post
            .providers
            .id_of(Some(&name("anna")))
            .unwrap(),
        own
    );
    let gone = Request::MemberRemove { name: name("anna") };
    home.running.handle(gone).unwrap();
    assert_eq!(show(&home).as_array().unwrap().len(), 1);
}

#[test]
fn a_password_is_stored_sealed_and_given_to_the_agent_only() {
    let home = home();
    set(&home, new(None, "family")).unwrap();
    let raw = std::fs::read(home.dir.path().join("toxmail.db")).unwrap();
    let wal = std::fs::read(home.dir.path().join("toxmail.db-wal")).unwrap_or_default();
    for bytes in [raw, wal] {
        assert!(!bytes.windows(9).any(|w| w == b"pass word"));
    }
    let providers = &home.running.post.providers;
    let account = providers.account(AccountId::HOME).unwrap().unwrap();
    let (username, password) = account.login.unwrap();
    assert_eq!(
        (username.as_str(), password.as_str()),
        ("family", "pass word")
    );
    std::fs::remove_file(home.dir.path().join("secret.key")).unwrap();
    let failure = home.running.handle(Request::ProviderTest { member: None });
    assert!(failure.unwrap_err().advice.contains("provider set"));
    set(&home, new(None, "family")).unwrap();
    assert!(providers.account(AccountId::HOME).unwrap().is_some());
}

#[test]
fn nothing_is_stored_when_the_login_fails_or_makes_no_sense() {
    let home = home();
    home.done(add("anna"));
    home.done(add("ben"));
    let says = |new: NewProvider, words: &str| {
        let failure = set(&home, new).unwrap_err();
        assert!(failure.error.contains(words), "{failure:?}");
        assert!(!failure.advice.is_empty());
    };
    let tested = NewProvider {
        untested: false,
        ..new(None, "family")
    };
    says(tested, "takes no connection on port 1");
    says(new(Some("anna"), "anna"), "no ordinary e-mail address");
    says(new(Some("carl"), "carl@example.org"), "no member 'carl'");
    says(new(None, " "), "login at the provider is empty");
    let nowhere = NewProvider {
        host: "not a host".into(),
        ..new(None, "x")
    };
    says(nowhere, "is not a host name");
    let address = NewProvider {
        address: Some("x@example.org".into()),
        ..new(None, "x")
    };
    says(address, "no address of its own");
    set(&home, new(Some("ben"), "ben@example.org")).unwrap();
    says(new(Some("anna"), "ben@example.org"), "belongs to ben");
    let here = NewProvider {
        address: Some("anna@toxmail.local".into()),
        ..new(Some("anna"), "anna")
    };
    says(here, "no ordinary e-mail address");
    assert_eq!(show(&home).as_array().unwrap().len(), 1);
}

#[test]
fn the_file_wins_and_its_password_is_read_where_it_lies() {
    let home = home_with(
        "[relay]\nhost = \"smtp.example.org\"\nusername = \"u\"\npassword_file = \"pw\"\nca_file = \"ca.pem\"\n",
    );
    let config = home.running.config();
    let providers = &home.running.post.providers;
    set(&home, new(None, "family")).unwrap();
    providers.configure(config.relay.clone(), config.relay_ca_file.clone());
    let shown = show(&home);
    assert_eq!(shown.as_array().unwrap().len(), 1);
    assert_eq!(shown[0]["host"], "smtp.example.org");
    assert_eq!(shown[0]["from_file"], true);
    assert!(providers.account(AccountId::HOME).is_err(), "no such file");
    std::fs::write(home.dir.path().join("pw"), "from the file\r\n").unwrap();
    let account = providers.account(AccountId::HOME).unwrap().unwrap();
    assert_eq!(
        (account.host.as_str(), account.port),
        ("smtp.example.org", 465)
    );
    assert_eq!(account.login.unwrap().1.as_str(), "from the file");
    assert_eq!(account.ca_file.unwrap(), home.dir.path().join("ca.pem"));
    for refused in [
        set(&home, new(None, "family")),
        home.running
            .handle(Request::ProviderRemove { member: None }),
    ] {
        assert!(refused.unwrap_err().error.contains("toxmail.toml"));
    }
    // Without it the stored one counts again.
    providers.configure(None, None);
    assert_eq!(show(&home)[0]["host"], "127.0.0.1");
}

#[test]
fn the_doctor_tells_what_was_wrong_the_last_time_until_it_works() {
    let home = home();
    set(&home, new(None, "family")).unwrap();
    let providers = &home.running.post.providers;
    let found = || -> Vec<String> {
        let all = doctor::examine(&home.running, doctor::Depth::Glance).into_iter();
        all.map(|p| format!("{} -> {}", p.problem, p.advice))
            .filter(|text| text.contains("provider of the home"))
            .collect()
    };
    assert!(found().is_empty());
    let why = Reason::new(Status(4, 7, 8), "it does not accept the login");
    providers.fails(AccountId::HOME, &why).unwrap();
    providers.rest(AccountId::HOME, &why);
    assert_eq!(found().len(), 1);
    assert!(found()[0].contains("does not accept the login"));
    assert!(found()[0].contains("toxmaild provider test"));
    assert_eq!(show(&home)[0]["problem"], "it does not accept the login");
    let (left, said) = providers.resting_for(AccountId::HOME).unwrap();
    assert!(left <= REST && said == why);
    providers.works(AccountId::HOME).unwrap();
    assert!(found().is_empty() && providers.resting_for(AccountId::HOME).is_none());
    // A real attempt at a port where nobody listens.
    let test = home.running.handle(Request::ProviderTest { member: None });
    assert!(test.unwrap_err().error.contains("takes no connection"));
    assert_eq!(found().len(), 1);
    set(&home, new(None, "family")).unwrap();
    assert!(found().is_empty(), "set again, and not used since");
}
