//! The first start as browsers without a script meet it: the whole way, power cuts, two at once, and whoever is not meant.

use super::*;
use crate::appliance::disk;
use crate::cause::Cause;
use crate::config::Home as HomeKeys;
use crate::control::protocol::NewProvider;
use crate::home::operator_tests;
use crate::web::claim::{self, Claims, Code, Step, Way};

const CODE: &str = "1234 5678";

/// A home that does what the setup asks for.
struct Family {
    members: Members,
    database: Database,
    config: Arc<RwLock<Arc<Config>>>,
    provider: Mutex<Option<NewProvider>>,
    paired: Mutex<Vec<String>>,
    /// The next of that name fails.
    fails: Mutex<Option<&'static str>>,
}

impl Family {
    fn set(&self, key: &str, value: &str) -> Result<(), Failure> {
        let mut config = (**self.config.read().unwrap()).clone();
        let counts = config.choose(key, value).unwrap();
        assert!(counts, "{key} is locked: the page must not ask");
        self.database.set_setting(key, Some(value)).unwrap();
        *self.config.write().unwrap() = Arc::new(config);
        Ok(())
    }
}

impl Operator for Family {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        let no = |e: crate::members::Error| Failure::new(e, "do better");
        if self
            .fails
            .lock()
            .unwrap()
            .take_if(|name| *name == request.name())
            .is_some()
        {
            return Err(Failure::new("no room", "make room").because(Cause::DiskFull));
        }
        Ok(match request {
            Request::MemberAdd {
                name,
                display,
                password,
            } => {
                let display = display.unwrap_or_default();
                self.members
                    .add(&name, &display, password.expose())
                    .map_err(no)?;
                json!({ "name": name })
            }
            Request::MemberRemove { name } => {
                self.members.remove(&name).map_err(no)?;
                json!({})
            }
            Request::MemberList => {
                let list = self.members.list().unwrap();
                let shown = list.iter().map(|m| {
                    let addresses = self.members.addresses(&m.name).unwrap();
                    json!({ "name": m.name, "display": m.display, "addresses": addresses })
                });
                Value::Array(shown.collect())
            }
            Request::MemberAddressAdd { name, address } => {
                self.members.address_add(&name, &address).map_err(no)?;
                json!({})
            }
            Request::SettingSet { key, value } => {
                self.set(&key, &value.unwrap())?;
                json!({})
            }
            Request::ProviderShow { .. } => {
                let provider = self.provider.lock().unwrap();
                Value::Array(provider.iter().map(|p| json!({ "host": p.host })).collect())
            }
            Request::ProviderSet(new) => {
                assert!(!new.untested, "a login is tried first");
                if new.password.expose() != "right" {
                    let why = "535 5.7.8 <b>wrong</b>";
                    let failure = Failure::new(why, "set it again with --untested");
                    return Err(failure.because(Cause::LoginFails).about(why));
                }
                *self.provider.lock().unwrap() = Some(new);
                json!({})
            }
            Request::Invite { .. } => {
                json!({ "id": 1, "link": "tox:AB?toxmail=1&token=once-only", "expires": 1_800_000_000 })
            }
            Request::InviteAccept { link } => {
                if !link.expose().starts_with("tox:") {
                    return Err(Failure::new("that is no invitation", "ask for another"));
                }
                self.paired.lock().unwrap().push(link.expose().to_owned());
                json!({ "display": "Ben's <home>", "key": "ab" })
            }
            Request::ContactList => {
                let paired = self.paired.lock().unwrap();
                let homes = paired
                    .iter()
                    .map(|_| json!({ "display": "Ben's <home>", "key": "ab" }));
                Value::Array(homes.collect())
            }
            Request::DeviceAdd { name, label } => {
                let made = self.members.device_add(&name, &label).map_err(no)?;
                json!({ "id": made.id, "password": *made.secret })
            }
            Request::Status => json!({ "address_suffix": "@x.tox", "tox": "udp" }),
            other => panic!("the setup asks for {}", other.name()),
        })
    }
}

impl Whereabouts for Family {
    fn tox_id(&self) -> Option<ToxId> {
        Some(operator_tests::id(7))
    }

    fn ports(&self) -> Ports {
        Ports {
            imaps: Some(5993),
            submissions: Some(5465),
            ..Ports::default()
        }
    }
}

/// A home in `dir` as it is after a start; `up` of its machine is that of `time`.
fn started(dir: tempfile::TempDir, time: FakeTime, text: &str, claims: Claims) -> House0 {
    failing(None, dir, time, text, claims)
}

/// The same, where the first request of that name fails.
fn failing(
    fails: Option<&'static str>,
    dir: tempfile::TempDir,
    time: FakeTime,
    text: &str,
    claims: Claims,
) -> House0 {
    let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let clock = Clock::fake(&database, &time).unwrap();
    let members = Members::open(database.clone()).unwrap();
    let mut config = Config::parse(text, Path::new("/x/toxmail.toml"), Numbers::Standard).unwrap();
    for key in crate::config::choosable() {
        if let Some(value) = database.setting(key).unwrap() {
            config.choose(key, &value).unwrap();
        }
    }
    let folder = dir.path().join("tls");
    let tls = Tls::open(&folder, "toxmail.local", &[], SystemTime::now()).unwrap();
    let config = Arc::new(RwLock::new(Arc::new(config)));
    let family = Arc::new(Family {
        members: members.clone(),
        database: database.clone(),
        config: Arc::clone(&config),
        provider: Mutex::default(),
        paired: Mutex::default(),
        fails: Mutex::new(fails),
    });
    let house = House {
        operator: Arc::clone(&family) as Arc<dyn Operator>,
        whereabouts: family,
        doorman: Arc::new(Doorman::new(Arc::new(Passwords(members.clone())))),
        database: database.clone(),
        clock,
        config,
        tls: Arc::new(tls),
        https_port: Some(5443),
    };
    let web = Web::claimable(house, claims);
    House0 {
        dir,
        site: Site::new(web.clone()),
        web,
        home: Arc::new(Home {
            members: members.clone(),
            asked: Mutex::default(),
        }),
        members,
        database,
        time,
    }
}

fn fresh(claims: Claims) -> House0 {
    started(
        tempfile::tempdir().unwrap(),
        FakeTime::default(),
        "",
        claims,
    )
}

fn with_code() -> Claims {
    Claims::new(Way::Code(Code::new(CODE).unwrap()))
}

/// The same home after a power cut.
fn again(house: House0) -> House0 {
    let House0 {
        dir,
        database,
        time,
        ..
    } = house;
    database.close();
    started(dir, time, "", Claims::default())
}

const ANNA: [(&str, &str); 6] = [
    ("code", CODE),
    ("home", "Garden Street 5"),
    ("display", "Anna Martin"),
    ("mailbox", ""),
    ("password", "four small words"),
    ("again", "four small words"),
];

fn but(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let changed = |(name, value)| {
        let change = changes.iter().find(|(other, _)| *other == name);
        (name, change.map_or(value, |(_, value)| *value))
    };
    ANNA.into_iter().map(changed).collect()
}

async fn claim<'a>(house: &'a House0) -> Browser<'a> {
    let mut anna = Browser::new(house);
    anna.get("/setup/home").await;
    let got = anna.post("/setup/home", &ANNA).await;
    got.leads_to("/setup/people");
    anna.get("/setup/people").await;
    anna
}

#[tokio::test]
async fn a_family_moves_in_without_a_script() {
    let house = fresh(with_code());
    let mut anna = Browser::new(&house);
    anna.headers = vec![("accept-language", "de-CH, en;q=0.5".into())];
    anna.get("/anything").await.leads_to("/setup");
    // 1: the language of the browser, and another one with a button.
    let got = anna.get("/setup").await;
    got.says(200, "Willkommen");
    got.says(200, "Einrichtungscode");
    assert!(got.text().contains("lang=\"de\""));
    let got = anna
        .post("/language", &[("language", "fr"), ("to", "/setup")])
        .await;
    got.leads_to("/setup");
    anna.get("/setup").await.says(200, "Bienvenue");
    // 2: the home and the first person. Their cookie is a new one.
    anna.get("/setup/home").await.says(200, "name=\"code\"");
    let before = anna.cookies.clone();
    let got = anna.post("/setup/home", &ANNA).await;
    got.leads_to("/setup/people");
    assert!(anna.cookies.contains_key("__Host-toxmail"));
    assert!(
        !before
            .values()
            .any(|v| *v == anna.cookies["__Host-toxmail"])
    );
    assert_eq!(
        house.members.administrator().unwrap().unwrap().as_str(),
        "anna"
    );
    assert_eq!(house.web.config().home.name, "Garden Street 5");
    // What was the browser's language is the home's from now on.
    assert_eq!(house.web.config().home.language, "fr");
    // 3: somebody with a password that is made, shown once; somebody with their own.
    let got = anna.get("/setup/people").await;
    got.says(200, "anna@toxmail.local");
    let got = anna
        .post("/setup/people", &[("display", "Jörg <i>"), ("how", "made")])
        .await;
    got.says(200, "J\u{f6}rg &#60;i&#62;");
    assert_eq!(got.header("cache-control"), "no-store");
    let password = got.text().split("id=\"slip-password\">").nth(1).unwrap();
    let password = password.split('<').next().unwrap().to_owned();
    let joerg = house.members.check("joerg", &password).unwrap();
    assert_eq!(joerg.unwrap().as_str(), "joerg");
    assert!(!anna.get("/setup/people").await.text().contains(&password));
    let own = [
        ("display", "Oma Käthe"),
        ("mailbox", "oma"),
        ("how", "typed"),
        ("password", "12345678"),
        ("again", "12345678"),
    ];
    anna.post("/setup/people", &own)
        .await
        .leads_to("/setup/people");
    anna.get("/setup/people")
        .await
        .says(200, "oma@toxmail.local");
    let got = anna.post("/setup/next", &[("step", "people")]).await;
    got.leads_to("/setup/provider");
    // 4: known by the address; what fails is shown in place, the password is not kept.
    let address = ("address", "anna@web.de");
    anna.get("/setup/provider").await;
    let got = anna
        .post("/setup/provider", &[address, ("act", "look")])
        .await;
    got.says(200, "smtp.web.de");
    got.says(200, "value=\"anna\"");
    let mut account = vec![
        address,
        ("act", "set"),
        ("host", "smtp.web.de"),
        ("port", "465"),
        ("tls", "implicit"),
        ("username", "anna"),
        ("password", "not-the-one"),
    ];
    let got = anna.post("/setup/provider", &account).await;
    got.says(
        422,
        "La connexion au fournisseur n&#39;a pas marché. Rien n&#39;a été gardé.",
    );
    got.says(422, "<span lang=\"en\">535 5.7.8 &#60;b&#62;");
    got.says(422, "smtp.web.de");
    assert!(!got.text().contains("not-the-one"));
    account.pop();
    account.push(("password", "right"));
    let got = anna.post("/setup/provider", &account).await;
    got.leads_to("/setup/pair");
    let theirs = house.members.addresses(&"anna".parse().unwrap()).unwrap();
    assert_eq!(theirs, ["anna@web.de"]);
    // 5: an invitation, shown once; theirs.
    anna.get("/setup/pair").await.says(200, "anna@web.de");
    let got = anna.post("/setup/pair/invite", &[]).await;
    got.says(200, "once-only");
    got.says(200, "<svg ");
    assert_eq!(got.header("cache-control"), "no-store");
    assert!(!anna.get("/setup/pair").await.text().contains("once-only"));
    let got = anna
        .post("/setup/pair/accept", &[("link", "http://x")])
        .await;
    got.says(422, "that is no invitation");
    assert!(
        !got.text().contains("ask for another"),
        "the advice is for the command line"
    );
    let got = anna
        .post("/setup/pair/accept", &[("link", " tox:CD ")])
        .await;
    got.leads_to("/setup/pair");
    anna.get("/setup/pair")
        .await
        .says(200, "Ben&#39;s &#60;home&#62;");
    let got = anna.post("/setup/next", &[("step", "pair")]).await;
    got.leads_to("/setup/done");
    // 6: done.
    let got = anna.get("/setup/done").await;
    got.says(200, "anna@x.tox");
    got.says(200, "192.168.1.7");
    anna.post("/setup/finish", &[]).await.leads_to("/");
    for path in [
        "/setup",
        "/setup/home",
        "/setup/people",
        "/setup/pair",
        "/setup/done",
    ] {
        let got = anna.get(path).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{path}");
    }
    anna.post("/setup/people", &own).await.leads_to("/");
    assert!(house.database.setting("setup.done").unwrap().is_some());
    // Whoever asks later is told.
    anna.get("/admin/security").await.says(200, "192.168.1.7");
}

#[tokio::test]
async fn what_is_chosen_shows_and_what_was_typed_wrong_is_kept() {
    let house = fresh(with_code());
    let mut anna = Browser::new(&house);
    let got = anna.get("/setup").await;
    got.says(200, "value=\"en\" lang=\"en\" aria-pressed=\"true\"");
    got.says(200, "value=\"fr\" lang=\"fr\" aria-pressed=\"false\"");
    let css = include_str!("../../web/static/toxmail.css");
    assert!(css.contains("button.second[aria-pressed=true]::before"));

    let mut anna = claim(&house).await;
    // Shown by the style sheet alone; a browser that cannot has all fields.
    let got = anna.get("/setup/people").await;
    got.says(200, "<fieldset class=\"typed\">");
    assert!(!got.text().contains("<summary>"), "{}", got.text());
    // Nobody's own name and password: a browser is not to fill them in, nor to keep them as its owner's.
    for own in ["autocomplete=\"name\"", "autocomplete=\"username\""] {
        assert!(!got.text().contains(own), "{own}");
    }
    let wrong = [("act", "look"), ("address", "anna@\"x")];
    let got = anna.post("/setup/provider", &wrong).await;
    got.says(422, "value=\"anna@&#34;x\"");
    got.says(422, "id=\"address-problem\"");
}

#[tokio::test]
async fn nothing_leads_away_from_a_setup_that_is_not_finished() {
    let house = fresh(with_code());
    let mut anna = claim(&house).await;
    for step in Step::ALL {
        let got = anna.get(step.path()).await;
        got.says(200, "of 6");
        for way in ["<nav", "href=\"/admin", "href=\"/about\""] {
            assert!(!got.text().contains(way), "{way} in {}", got.text());
        }
    }
    anna.get("/about").await.says(200, "<nav");
    anna.post("/setup/finish", &[]).await;
    anna.get("/about").await.says(200, "href=\"/about\"");
}

#[tokio::test]
async fn the_device_in_front_of_which_somebody_sits_is_connected_where_the_setup_ends() {
    let house = fresh(with_code());
    let mut anna = claim(&house).await;
    let got = anna.get("/setup/done").await;
    got.says(200, "<form method=\"post\" action=\"/setup/done\">");
    got.says(200, "Thunderbird on a computer");
    // A sentence of its own, with a subject.
    got.says(200, "This home was set up on ");
    let got = anna.post("/setup/done", &[]).await;
    got.says(200, "Shown this once");
    assert_eq!(got.header("cache-control"), "no-store");
    let password = got.text().split("id=\"password\">").nth(1).unwrap();
    let password = password.split('<').next().unwrap();
    let who = house.members.check("anna", password).unwrap();
    assert_eq!(who.unwrap().as_str(), "anna");
    assert!(!anna.get("/setup/done").await.text().contains(password));

    // One of Apple's gets a file, named after what it is.
    for (program, label) in [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/605",
            "iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) Firefox/140.0",
            "Mac",
        ),
    ] {
        anna.headers.push(("user-agent", program.into()));
        anna.get("/setup/done").await.says(200, "data-file");
        let got = anna.post("/setup/done", &[]).await;
        assert_eq!(got.status, StatusCode::OK);
        assert_eq!(
            got.header("content-type"),
            crate::devices::apple::CONTENT_TYPE
        );
        anna.headers.pop();
        let devices = house.members.device_list(&"anna".parse().unwrap());
        assert!(devices.unwrap().iter().any(|device| device.label == label));
    }
    let name = "anna".parse().unwrap();
    assert_eq!(house.members.device_list(&name).unwrap().len(), 3);
}

#[tokio::test]
async fn a_telephone_is_not_asked_to_scan_its_own_screen_and_is_told_what_comes_before() {
    let house = fresh(with_code());
    let mut anna = claim(&house).await;
    let android = "Mozilla/5.0 (Linux; Android 15) Firefox/140.0";
    anna.headers.push(("user-agent", android.into()));
    let got = anna.get("/setup/done").await;
    got.says(200, "Android, with Thunderbird");
    got.says(200, "Install Thunderbird from your app store.");
    got.says(200, "href=\"/ca.crt\"");
    let got = anna.post("/setup/done", &[]).await;
    got.says(200, "cannot scan its own screen");
    got.says(200, "Type this address: anna@toxmail.local");
    assert!(!got.text().contains("Import settings"));
    // By hand first; the code for another telephone is folded away behind it.
    let places = [
        "id=\"password\"",
        "Servers",
        "<summary>For another telephone",
        "<svg ",
    ];
    let at = places.map(|place| got.text().find(place).unwrap_or_else(|| panic!("{place}")));
    assert!(at.is_sorted(), "{at:?}");
    // A computer is told its own.
    anna.headers.pop();
    let got = anna.get("/setup/done").await;
    got.says(200, "href=\"/ca.pem\"");
}

#[tokio::test]
async fn no_device_gets_its_password_where_others_could_read_along() {
    let house = fresh(with_code());
    let mut anna = Browser::plain(&house);
    anna.get("/setup").await;
    anna.post("/setup/plain", &[]).await;
    anna.get("/setup/home").await;
    anna.post("/setup/home", &ANNA)
        .await
        .leads_to("/setup/people");
    let got = anna.get("/setup/done").await;
    got.says(200, "Connect a device");
    assert!(!got.text().contains("action=\"/setup/done\""));
    anna.post("/setup/done", &[])
        .await
        .says(403, "others could read along");
    let name = "anna".parse().unwrap();
    assert!(house.members.device_list(&name).unwrap().is_empty());
}

#[tokio::test]
async fn each_step_can_be_skipped_and_gone_back_to_and_the_page_says_where_it_waits() {
    let house = fresh(with_code());
    let mut anna = claim(&house).await;
    for step in Step::ALL {
        anna.get("/setup").await.leads_to(step.path());
        anna.get(step.path()).await.says(200, "of 6");
        // Everywhere else there is a way back to it.
        anna.get("/about").await.says(200, "href=\"/setup\"");
        anna.post("/setup/next", &[("step", step.as_str())])
            .await
            .leads_to(step.next().path());
    }
    anna.get("/setup/people").await.says(200, "of 6");
    // The claim is made; the home's name can still be another.
    anna.get("/setup/home").await.says(200, "Garden Street 5");
    let got = anna.post("/setup/home", &[("home", "")]).await;
    got.says(422, "id=\"home-problem\"");
    let got = anna.post("/setup/home", &[("home", "Elm 7")]).await;
    got.leads_to("/setup/people");
    assert_eq!(house.web.config().home.name, "Elm 7");
    let got = anna.post("/setup/next", &[("step", "nothing")]).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn after_a_power_cut_the_login_leads_back_to_the_unfinished_step() {
    let house = fresh(with_code());
    let mut anna = claim(&house).await;
    anna.post("/setup/next", &[("step", "people")]).await;
    let cookies = anna.cookies.clone();
    let house = again(house);
    assert_eq!(house.web.config().home.name, "Garden Street 5");
    // This browser goes on at once, another one after the login.
    let mut anna = Browser::new(&house);
    anna.cookies = cookies;
    anna.get("/setup").await.leads_to("/setup/provider");
    let mut other = Browser::new(&house);
    other.get("/setup").await.leads_to("/login?to=/setup");
    other.get("/login").await;
    let login = [("name", "anna"), ("password", "four small words")];
    other.post("/login", &login).await.leads_to("/setup");
    other.get("/setup").await.leads_to("/setup/provider");
    other.get("/setup/provider").await;
    other.post("/setup/finish", &[]).await.leads_to("/");
    other.get("/login").await.leads_to("/");
}

#[tokio::test]
async fn a_claim_that_a_power_cut_ended_too_soon_is_made_again() {
    let house = fresh(with_code());
    let record = claim::Record {
        at: 1,
        from: None,
        code: true,
    };
    claim::begin(&house.database, &record, Step::People).unwrap();
    let mut anna = claim(&house).await;
    anna.get("/setup").await.leads_to("/setup/people");
    let kept = claim::record(&house.database).unwrap().unwrap();
    assert_eq!(kept.from, Some("192.168.1.7".parse().unwrap()));
}

#[tokio::test]
async fn a_claim_that_the_home_could_not_make_leaves_nothing_and_is_made_again() {
    for fails in ["setting set", "member add"] {
        let (dir, time) = (tempfile::tempdir().unwrap(), FakeTime::default());
        let house = failing(Some(fails), dir, time, "", with_code());
        let mut anna = Browser::new(&house);
        anna.get("/setup/home").await;
        let got = anna.post("/setup/home", &ANNA).await;
        got.says(422, "The disk of the home is full.");
        // What was typed stays; nobody has moved in, and no step waits.
        got.says(422, "value=\"Garden Street 5\"");
        for row in ["setup.claimed", "setup.step"] {
            assert_eq!(house.database.setting(row).unwrap(), None, "{fails}: {row}");
        }
        let got = anna.post("/setup/home", &ANNA).await;
        got.leads_to("/setup/people");
        anna.get("/setup/people").await.says(200, "of 6");
    }
}

#[tokio::test]
async fn over_http_a_password_is_asked_for_only_by_word_of_the_visitor() {
    let house = fresh(with_code());
    let mut anna = Browser::plain(&house);
    let got = anna.get("/setup").await;
    got.says(200, "https://toxmail.local:5443/setup/home");
    got.says(200, &house.web.tls().server_fingerprint());
    anna.get("/setup/home").await.leads_to("/setup");
    anna.get("/setup").await;
    let got = anna.post("/setup/home", &ANNA).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(house.members.list().unwrap().is_empty());
    // Who insists may.
    anna.get("/setup").await;
    anna.post("/setup/plain", &[]).await.leads_to("/setup/home");
    anna.get("/setup/home").await.says(200, "not protected");
    anna.post("/setup/home", &ANNA)
        .await
        .leads_to("/setup/people");
    anna.get("/setup/people")
        .await
        .says(200, "anna@toxmail.local");
    // Their login counts for the setup alone, there and nowhere else.
    anna.get("/").await.says(200, "https://toxmail.local:5443/");
    anna.get("/me/security")
        .await
        .says(200, "https://toxmail.local:5443/me/security");
    let got = anna.post("/me/security/end-all", &[]).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let mut stranger = Browser::plain(&house);
    let got = stranger.get("/setup/people").await;
    assert!(!got.text().contains("anna@toxmail.local"));
    let got = stranger.post("/setup/finish", &[]).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    // And it ends with it.
    anna.get("/setup/done").await;
    let session = anna.cookies["toxmail-plain"].clone();
    anna.post("/setup/finish", &[]).await.leads_to("/");
    assert!(!anna.cookies.contains_key("toxmail-plain"));
    anna.cookies.insert("toxmail-plain".into(), session);
    let got = anna.get("/setup/people").await;
    assert!(!got.text().contains("anna@toxmail.local"));
    let name = "anna".parse().unwrap();
    assert!(house.web.sessions().list(Some(&name)).unwrap().is_empty());
}

#[tokio::test]
async fn wrong_codes_are_slowed_down_and_open_nothing() {
    let house = fresh(with_code());
    let mut guesser = Browser::new(&house);
    let mut seen = Vec::new();
    for n in 0..20 {
        guesser.get("/setup/home").await;
        let code = format!("0000 {n:04}");
        let fields: Vec<(&str, &str)> = ANNA
            .into_iter()
            .map(|(name, value)| (name, if name == "code" { &code } else { value }))
            .collect();
        let got = guesser.post("/setup/home", &fields).await;
        assert!(got.text().contains("id=\"code-problem\""));
        // What was typed is there still, but for what is secret.
        assert!(got.text().contains("Anna Martin"));
        assert!(!got.text().contains("four small words") && !got.text().contains(&code));
        seen.push(got.status.as_u16());
    }
    assert_eq!(seen[0], 403);
    assert_eq!(seen[19], 429, "{seen:?}");
    guesser.get("/setup/home").await;
    let got = guesser.post("/setup/home", &ANNA).await;
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!got.header("retry-after").is_empty());
    assert!(house.members.list().unwrap().is_empty());
    assert_eq!(house.database.setting("setup.step").unwrap(), None);
    assert_eq!(house.web.config().home.name, "Toxmail");
}

#[tokio::test]
async fn what_cannot_be_used_is_told_beside_its_field_and_costs_no_try() {
    let house = fresh(with_code());
    let mut anna = Browser::new(&house);
    let long: &'static str = "n".repeat(10_000).leak();
    let huge: &'static str = "n".repeat(20_000).leak();
    for (change, field) in [
        (("home", "  "), "home"),
        (("home", long), "home"),
        (("home", "a\u{7}b"), "home"),
        (("display", ""), "display"),
        (("display", long), "display"),
        (("display", "爸爸"), "mailbox"),
        (("mailbox", "postmaster"), "mailbox"),
        (("mailbox", "Root"), "mailbox"),
        (("mailbox", "home@toxmail.local"), "mailbox"),
        (("mailbox", "../etc"), "mailbox"),
        (("mailbox", "a b"), "mailbox"),
        (("mailbox", "<script>"), "mailbox"),
        (("mailbox", long), "mailbox"),
        (("password", "short"), "password"),
        (("password", long), "password"),
        (("again", "other words here"), "again"),
        (("code", ""), "code"),
        (("code", "   -  "), "code"),
    ] {
        anna.get("/setup/home").await;
        let got = anna.post("/setup/home", &but(&[change])).await;
        got.says(422, &format!("id=\"{field}-problem\""));
        assert!(!got.text().contains("<script>") && !got.text().contains("four small words"));
    }
    anna.get("/setup/home").await;
    let got = anna.post("/setup/home", &but(&[("display", huge)])).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(house.members.list().unwrap().is_empty());
    // None of these was a try of a code.
    let mut anna = claim(&house).await;
    for (fields, field) in [
        (vec![("display", "Anna")], "mailbox"),
        (
            vec![("display", "Ben"), ("mailbox", "ANNA@toxmail.local")],
            "mailbox",
        ),
        (vec![("display", "Ben"), ("mailbox", "tox")], "mailbox"),
        (vec![("display", long)], "display"),
        (
            vec![
                ("display", "Ben"),
                ("how", "typed"),
                ("password", "x"),
                ("again", "x"),
            ],
            "password",
        ),
    ] {
        anna.get("/setup/people").await;
        let got = anna.post("/setup/people", &fields).await;
        got.says(422, &format!("id=\"{field}-problem\""));
    }
    assert_eq!(house.members.list().unwrap().len(), 1);
    for (fields, field) in [
        (vec![("address", "anna")], "address"),
        (vec![("address", long)], "address"),
        (
            vec![
                ("address", "a@b.example"),
                ("act", "set"),
                ("port", "465"),
                ("username", "a"),
                ("password", "right"),
            ],
            "host",
        ),
        (
            vec![
                ("address", "a@b.example"),
                ("act", "set"),
                ("host", "h.example"),
                ("port", "0"),
                ("username", "a"),
                ("password", "right"),
            ],
            "port",
        ),
        (
            vec![
                ("address", "a@b.example"),
                ("act", "set"),
                ("host", "h.example"),
                ("port", "465"),
                ("username", ""),
                ("password", "right"),
            ],
            "username",
        ),
        (
            vec![
                ("address", "a@b.example"),
                ("act", "set"),
                ("host", "h.example"),
                ("port", "465"),
                ("username", "a"),
            ],
            "secret",
        ),
    ] {
        anna.get("/setup/provider").await;
        let got = anna.post("/setup/provider", &fields).await;
        got.says(422, &format!("id=\"{field}-problem\""));
    }
    let got = anna
        .post(
            "/setup/provider",
            &[("address", "x@proton.me"), ("act", "look")],
        )
        .await;
    got.says(200, "Proton does not let");
    assert!(!got.text().contains("name=\"host\""));
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_wins_and_the_other_is_told() {
    let house = fresh(with_code());
    let (mut anna, mut ben) = (Browser::new(&house), Browser::new(&house));
    ben.from = "192.168.1.8".parse().unwrap();
    anna.get("/setup/home").await;
    ben.get("/setup/home").await;
    let bens = but(&[("display", "Ben"), ("home", "Ben's")]);
    let (one, other) = tokio::join!(
        anna.post("/setup/home", &ANNA),
        ben.post("/setup/home", &bens)
    );
    let (won, lost, loser) = match one.status {
        StatusCode::SEE_OTHER => (one, other, &mut ben),
        _ => (other, one, &mut anna),
    };
    won.leads_to("/setup/people");
    lost.says(409, "Somebody was quicker");
    let people = house.members.list().unwrap();
    assert_eq!(people.len(), 1, "{people:?}");
    // Whoever had the page open is told as well, and the code is good no more.
    let got = loser.post("/setup/home", &bens).await;
    got.says(409, "Somebody was quicker");
    assert_eq!(house.members.list().unwrap().len(), 1);
    assert!(!house.web.claims().asks_for_code());
}

#[tokio::test]
async fn what_comes_behind_the_claim_is_for_the_administrator_alone() {
    let house = fresh(with_code());
    let mut anna = claim(&house).await;
    let own = [
        ("display", "Ben"),
        ("how", "typed"),
        ("password", "secret-ben"),
        ("again", "secret-ben"),
    ];
    anna.post("/setup/people", &own)
        .await
        .leads_to("/setup/people");
    let mut ben = Browser::new(&house);
    ben.log_in("ben").await;
    let mut stranger = Browser::new(&house);
    stranger.get("/login").await;
    let fields = [
        ("display", "Eve"),
        ("home", "Eve's"),
        ("step", "people"),
        ("address", "e@x.org"),
        ("link", "tox:x"),
    ];
    for path in [
        "/setup/home",
        "/setup/people",
        "/setup/next",
        "/setup/provider",
        "/setup/pair/invite",
        "/setup/pair/accept",
        "/setup/finish",
    ] {
        let got = ben.post(path, &fields).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{path}");
        let got = stranger.post(path, &fields).await;
        let refused = matches!(got.status.as_u16(), 303 | 409);
        assert!(
            refused && !got.header("location").starts_with("/setup"),
            "{path}: {got:?}"
        );
    }
    for path in [
        "/setup/people",
        "/setup/provider",
        "/setup/pair",
        "/setup/done",
    ] {
        assert_eq!(ben.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        let got = stranger.get(path).await;
        assert!(got.header("location").starts_with("/login"), "{path}");
    }
    ben.get("/setup").await.leads_to("/");
    assert!(!ben.get("/about").await.text().contains("href=\"/setup\""));
    assert_eq!(house.members.list().unwrap().len(), 2);
    assert_eq!(house.web.config().home.name, "Garden Street 5");
    anna.get("/setup").await.leads_to("/setup/people");
}

#[tokio::test]
async fn a_box_without_a_code_is_claimed_soon_and_from_near_or_after_the_next_power_on() {
    let near = |from: IpAddr| from != "10.9.9.9".parse::<IpAddr>().unwrap();
    let house = fresh(Claims::new(Way::Window).near(near));
    let mut far = Browser::new(&house);
    far.from = "10.9.9.9".parse().unwrap();
    far.get("/setup").await.says(200, "its own network");
    far.get("/setup/home").await.says(200, "its own network");
    let got = far.post("/setup/home", &ANNA).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    // The machine has been on for a minute.
    let mut anna = Browser::new(&house);
    anna.get("/setup").await.says(200, "29 more minutes");
    house.time.advance(Duration::from_secs(29 * 60));
    anna.get("/setup").await.says(200, "Pull the plug");
    anna.get("/setup/home").await.says(200, "Pull the plug");
    let got = anna.post("/setup/home", &ANNA).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(house.members.list().unwrap().is_empty());

    let House0 {
        dir,
        database,
        time,
        ..
    } = house;
    database.close();
    time.reboot(60, crate::clock::Ntp::Silent);
    let house = started(dir, time, "", Claims::new(Way::Window).near(near));
    let got = Browser::new(&house).get("/setup/home").await;
    assert!(!got.text().contains("name=\"code\""));
    let anna = claim(&house).await;
    drop(anna);
    let record = claim::record(&house.database).unwrap().unwrap();
    assert!(!record.code);
}

#[tokio::test]
async fn a_home_that_the_operator_has_peopled_is_in_no_setup() {
    let house = started(
        tempfile::tempdir().unwrap(),
        FakeTime::default(),
        "",
        Claims::default(),
    );
    house
        .members
        .add(&"anna".parse().unwrap(), "", "secret-anna")
        .unwrap();
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    anna.get("/setup").await.leads_to("/");
    anna.get("/setup/people").await.leads_to("/");
    assert!(!anna.get("/about").await.text().contains("href=\"/setup\""));
    let got = anna.get("/admin/security").await;
    assert!(!got.text().contains("id=\"claimed-title\""));
}

#[tokio::test]
async fn what_the_file_says_of_the_home_is_shown_and_not_asked() {
    let text = "[home]\nname = \"Written\"\nlanguage = \"es\"\n";
    let dir = tempfile::tempdir().unwrap();
    let house = started(
        dir,
        FakeTime::default(),
        text,
        with_code().mistaken(Some("line 3: <b>".into())),
    );
    let mut anna = Browser::new(&house);
    anna.get("/setup").await.says(200, "line 3: &#60;b&#62;");
    let got = anna.get("/setup/home").await;
    got.says(200, "Written");
    assert!(!got.text().contains("name=\"home\""));
    anna.post("/setup/home", &ANNA)
        .await
        .leads_to("/setup/people");
    assert_eq!(house.web.config().home.name, "Written");
    assert_eq!(house.web.config().home.language, "es");
    assert_eq!(house.database.setting(HomeKeys::NAME).unwrap(), None);
}

/// Notes what it was given, and takes one passphrase.
#[derive(Clone, Default)]
struct Unpacked {
    given: Arc<Mutex<Vec<(String, usize)>>>,
    restarted: Arc<std::sync::atomic::AtomicBool>,
    settings: claim::Settings,
    /// Does not come to its end as long as this is set.
    dawdles: Arc<std::sync::atomic::AtomicBool>,
}

impl claim::Restore for Unpacked {
    fn unpack(&self, archive: &mut dyn Read, passphrase: &str) -> Result<claim::Settings, Failure> {
        if passphrase != "right words" {
            // Without reading on: the rest of the file is on its way still.
            return Err(Failure::new("that is not the <passphrase>", "look again"));
        }
        let mut whole = Vec::new();
        archive.read_to_end(&mut whole).unwrap();
        self.given
            .lock()
            .unwrap()
            .push((passphrase.to_owned(), whole.len()));
        while self.dawdles.load(std::sync::atomic::Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(self.settings)
    }

    fn take_paper(&self, text: &str, passphrase: &str) -> Result<String, Failure> {
        let wrong = |cause| Failure::new("not <that>", "look again").because(cause);
        match (text.contains("BEGIN"), passphrase) {
            (false, _) => Err(wrong(Cause::BackupDamaged)),
            (true, "right words") => Ok("four words to check".into()),
            (true, _) => Err(wrong(Cause::BackupPassphrase)),
        }
    }

    fn restart(&self) {
        self.restarted
            .store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

/// Sends a file as the form of the page does.
async fn send_file(browser: &mut Browser<'_>, code: &str, passphrase: &str, length: usize) -> Got {
    let token = browser.token.clone();
    let mut body = Vec::new();
    for (name, value) in [
        ("csrf", token.as_str()),
        ("code", code),
        ("passphrase", passphrase),
    ] {
        let part =
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"home.tar\"\r\n\r\n",
    );
    body.extend(std::iter::repeat_n(7, length));
    body.extend_from_slice(b"\r\n--b--\r\n");
    let origin = format!("{}://{}", browser.channel.as_str(), browser.host);
    let request = HttpRequest::post("/setup/restore")
        .header("content-type", "multipart/form-data; boundary=b")
        .header("origin", origin);
    browser.send(request, body).await
}

#[tokio::test]
async fn a_backup_is_taken_from_whoever_may_move_in_and_the_home_starts_again() {
    let unpacked = Unpacked::default();
    let house = fresh(with_code().restoring(unpacked.clone()));
    let mut anna = Browser::new(&house);
    anna.get("/setup")
        .await
        .says(200, "href=\"/setup/restore\"");
    anna.get("/setup/restore").await.says(200, "name=\"code\"");
    // Without the code, with another one, and with a passphrase that is not the one: nothing happens, large as the file may be.
    let got = send_file(&mut anna, "", "right words", 1000).await;
    got.says(422, "id=\"code-problem\"");
    let got = send_file(&mut anna, "0000 0000", "right words", 3_000_000).await;
    got.says(403, "id=\"code-problem\"");
    let got = send_file(&mut anna, CODE, "other words", 3_000_000).await;
    got.says(422, "that is not the &#60;passphrase&#62;");
    assert!(!got.text().contains("other words"));
    assert!(unpacked.given.lock().unwrap().is_empty());
    // Another site's form, and one without the token.
    let token = std::mem::take(&mut anna.token);
    let got = send_file(&mut anna, CODE, "right words", 10).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    anna.token = token;
    let mut plain = Browser::plain(&house);
    plain
        .get("/setup")
        .await
        .says(200, "https://toxmail.local:5443/setup/restore");
    plain.get("/setup/restore").await.leads_to("/setup");
    plain.get("/setup").await;
    let got = send_file(&mut plain, CODE, "right words", 10).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);

    let got = send_file(&mut anna, CODE, "right words", 3_000_000).await;
    got.says(200, "switched off");
    let given = unpacked.given.lock().unwrap().clone();
    assert_eq!(given, [("right words".to_owned(), 3_000_000)]);
    let restarted = async {
        while !unpacked.restarted.load(std::sync::atomic::Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), restarted)
        .await
        .unwrap();
    // Nobody moves in meanwhile.
    anna.get("/setup/home").await.says(200, "cannot be set up");
    let got = anna.post("/setup/home", &ANNA).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_sheet_of_paper_is_taken_from_whoever_may_move_in_and_the_home_starts_again() {
    let unpacked = Unpacked::default();
    let house = fresh(with_code().restoring(unpacked.clone()));
    let mut anna = Browser::new(&house);
    anna.get("/setup/restore")
        .await
        .says(200, "href=\"/setup/paper\"");
    anna.get("/setup/paper").await.says(200, "name=\"code\"");
    for (code, passphrase, text, status, says) in [
        ("", "right words", "BEGIN x END", 422, "id=\"code-problem\""),
        (
            "0000 0000",
            "right words",
            "BEGIN x END",
            403,
            "id=\"code-problem\"",
        ),
        (CODE, "right words", "<half> of it", 422, "wrong or missing"),
        (
            CODE,
            "right words",
            "<half> of it",
            422,
            "&#60;half&#62; of it</textarea>",
        ),
        (CODE, "other words", "BEGIN x END", 422, "passphrase"),
    ] {
        let sheet = [("code", code), ("passphrase", passphrase), ("text", text)];
        let got = anna.post("/setup/paper", &sheet).await;
        got.says(status, says);
        assert!(!got.text().contains("other words"));
    }
    let plain = Browser::plain(&house).get("/setup/paper").await;
    plain.leads_to("/setup");
    assert!(!unpacked.restarted.load(std::sync::atomic::Ordering::SeqCst));
    let sheet = [
        ("code", CODE),
        ("passphrase", "right words"),
        ("text", "BEGIN x END"),
    ];
    let got = anna.post("/setup/paper", &sheet).await;
    got.says(200, "four words to check");
    let restarted = async {
        while !unpacked.restarted.load(std::sync::atomic::Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), restarted)
        .await
        .unwrap();
    // Nobody moves in meanwhile, and no sheet is taken where somebody lives.
    let got = anna.post("/setup/home", &ANNA).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let house = fresh(with_code().restoring(Unpacked::default()));
    let mut anna = claim(&house).await;
    anna.get("/setup/paper").await.leads_to("/setup");
    let got = anna.post("/setup/paper", &sheet).await;
    assert!(!got.status.is_success(), "{}", got.text());
}

#[tokio::test]
async fn settings_of_a_backup_that_do_not_fit_are_told_of_where_it_is_brought_back() {
    for settings in [claim::Settings::Kept, claim::Settings::Aside] {
        let unpacked = Unpacked {
            settings,
            ..Unpacked::default()
        };
        let house = fresh(with_code().restoring(unpacked));
        let mut anna = Browser::new(&house);
        anna.get("/setup/restore").await;
        let got = send_file(&mut anna, CODE, "right words", 10).await;
        got.says(200, "switched off");
        let told = got.text().contains("do not fit this box");
        assert_eq!(told, settings == claim::Settings::Aside, "{}", got.text());
    }
}

#[tokio::test]
async fn who_goes_away_behind_the_last_byte_of_a_backup_leaves_no_home_to_move_into() {
    use std::sync::atomic::Ordering::SeqCst;
    let unpacked = Unpacked::default();
    unpacked.dawdles.store(true, SeqCst);
    let house = fresh(with_code().restoring(unpacked.clone()));
    let mut anna = Browser::new(&house);
    anna.get("/setup/restore").await;
    let is_whole = async {
        while unpacked.given.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        got = send_file(&mut anna, CODE, "right words", 10_000) => panic!("{}", got.text()),
        () = is_whole => {}
    }
    // Nobody moves in before it has come to its end, and nobody after it.
    let mut ben = Browser::new(&house);
    ben.get("/setup").await;
    let moves_in = async { ben.post("/setup/home", &ANNA).await.status };
    let comes_to_its_end = async {
        tokio::task::yield_now().await;
        unpacked.dawdles.store(false, SeqCst);
    };
    let (status, ()) = tokio::join!(moves_in, comes_to_its_end);
    assert_eq!(status, StatusCode::FORBIDDEN);
    let restarted = async {
        while !unpacked.restarted.load(SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), restarted)
        .await
        .unwrap();
}

#[tokio::test]
async fn no_backup_is_taken_where_somebody_lives() {
    let unpacked = Unpacked::default();
    let house = fresh(with_code().restoring(unpacked.clone()));
    let mut anna = claim(&house).await;
    anna.get("/setup/restore").await.leads_to("/setup");
    let mut stranger = Browser::new(&house);
    stranger.get("/login").await;
    for browser in [&mut anna, &mut stranger] {
        let got = send_file(browser, CODE, "right words", 10).await;
        assert!(!got.status.is_success(), "{}", got.text());
    }
    assert!(unpacked.given.lock().unwrap().is_empty());
}

/// What the box's script and the home tell each other, with a disk plugged in that holds a home, and one that does not.
fn with_disks(house: &House0, disks: &str) -> tempfile::TempDir {
    let shared = tempfile::tempdir().unwrap();
    std::fs::create_dir(shared.path().join("inbox")).unwrap();
    let text = format!("used=5000\nneeds=4000000000\non=card\n{disks}");
    std::fs::write(shared.path().join("list"), text).unwrap();
    house.web.choose_disks_at(disk::Desk::new(shared.path()));
    shared
}

const OLD_DISK: &str = "disk=sda-9 64000000000 toxmail ok <b>Fast</b>\nwritten=sda-9 1700000000\n\
    disk=sdb-9 64000000000 used ok Other\n";

#[tokio::test]
async fn a_new_card_goes_on_with_the_home_on_a_disk_for_whoever_may_move_in() {
    let house = fresh(with_code());
    let mut anna = Browser::new(&house);
    // A home that is no box has no such page.
    let page = anna.get("/setup").await;
    assert!(!page.text().contains("/setup/disk"));
    assert_eq!(anna.get("/setup/disk").await.status, StatusCode::NOT_FOUND);
    let shared = with_disks(&house, "");
    let ask = shared.path().join("inbox/ask");
    let page = anna.get("/setup").await;
    assert!(!page.text().contains("/setup/disk"), "{}", page.text());
    anna.get("/setup/disk")
        .await
        .says(200, "No disk with a home is plugged in");
    let list = std::fs::read_to_string(shared.path().join("list")).unwrap();
    std::fs::write(shared.path().join("list"), format!("{list}{OLD_DISK}")).unwrap();
    anna.get("/setup").await.says(200, "href=\"/setup/disk\"");
    let page = anna.get("/setup/disk").await;
    page.says(200, "value=\"sda-9\" required checked");
    for words in [
        "2023",
        "64\u{a0}GB",
        "Nothing on the disk is erased",
        "Never start a box with that card again",
        "name=\"code\"",
    ] {
        page.says(200, words);
    }
    assert!(!page.text().contains("<b>Fast") && !page.text().contains("sdb-9"));
    // Without the code, the word that no other box has it, the disk or the token; and where others could read along.
    let good = [("code", CODE), ("disk", "sda-9"), ("alone", "yes")];
    let wrong = |at: usize, value: &'static str| {
        let mut fields = good;
        fields[at].1 = value;
        fields
    };
    for (fields, status) in [
        (wrong(0, ""), 422),
        (wrong(0, "0000 0000"), 403),
        (wrong(1, ""), 422),
        (wrong(1, "sdb-9"), 422),
        (wrong(1, "sdz-9"), 422),
        (wrong(2, ""), 422),
    ] {
        let got = anna.post("/setup/disk", &fields).await;
        got.says(status, "class=\"problem\"");
        assert!(!ask.exists(), "{fields:?}");
    }
    let token = std::mem::take(&mut anna.token);
    let got = anna.post("/setup/disk", &good).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    anna.token = token;
    let mut plain = Browser::plain(&house);
    plain
        .get("/setup")
        .await
        .says(200, "https://toxmail.local:5443/setup/disk");
    plain.get("/setup/disk").await.leads_to("/setup");
    plain.get("/setup").await;
    let got = plain.post("/setup/disk", &good).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(!ask.exists());

    anna.post("/setup/disk", &good)
        .await
        .leads_to("/setup/disk");
    assert_eq!(std::fs::read_to_string(&ask).unwrap(), "adopt sda-9");
    anna.get("/setup/disk").await.says(200, "The box begins");
    let got = anna.post("/setup/disk", &good).await;
    got.says(422, "moved already");
    std::fs::remove_file(&ask).unwrap();
    // How far it is, and why not; then it can be tried again, with the same code, or a new home be made.
    for (word, phase) in disk::Phase::ALL {
        let text = format!("phase={word}\nto=<i>x</i>\nat=5\nwhy=<b>because</b>\n");
        std::fs::write(shared.path().join("state"), text).unwrap();
        for language in ["de", "fr", "es", "en"] {
            let spoken = [("language", language), ("to", "/setup/disk")];
            let said = anna.post("/language", &spoken).await;
            said.leads_to("/setup/disk");
            let page = anna.get("/setup/disk").await;
            page.says(200, "role=\"status\"");
            assert!(!page.text().contains("<i>x") && !page.text().contains("<b>because"));
            let form = page.text().contains("action=\"/setup/disk\"");
            assert_eq!(form, !phase.is_under_way(), "{word}");
        }
    }
    std::fs::write(shared.path().join("state"), "phase=unusable\nat=5\n").unwrap();
    anna.post("/setup/disk", &good)
        .await
        .leads_to("/setup/disk");
    std::fs::remove_file(&ask).unwrap();
    anna.post("/setup/home", &ANNA)
        .await
        .leads_to("/setup/people");
    // Where somebody lives nothing is gone on with.
    anna.get("/setup/disk").await.leads_to("/setup");
    let mut stranger = Browser::new(&house);
    stranger.get("/login").await;
    for browser in [&mut anna, &mut stranger] {
        let got = browser.post("/setup/disk", &good).await;
        assert!(!got.status.is_success(), "{}", got.text());
    }
    assert!(!ask.exists());
}
