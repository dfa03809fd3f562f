//! The page in front of a whole home whose node talks to nobody.

use super::*;
use crate::home::operator_tests::{self, home_with};
use crate::queue::Destination;

/// A whole home as the page's operator; the log's lines are made up.
pub(super) struct Whole {
    pub(super) home: Mutex<operator_tests::Home>,
    pub(super) log: Mutex<Value>,
    /// What the page has asked for.
    pub(super) asked: Mutex<Vec<&'static str>>,
}

impl Operator for Whole {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        self.asked.lock().unwrap().push(request.name());
        match request {
            Request::Log { .. } => Ok(self.log.lock().unwrap().clone()),
            request => self.home.lock().unwrap().running.handle(request),
        }
    }
}

impl Whereabouts for Whole {
    fn tox_id(&self) -> Option<ToxId> {
        self.home.lock().unwrap().running.tox_id()
    }

    fn ports(&self) -> Ports {
        Whereabouts::ports(&self.home.lock().unwrap().running)
    }
}

/// The page of a whole home.
pub(super) struct Family {
    pub(super) house: House0,
    pub(super) whole: Arc<Whole>,
}

impl Family {
    pub(super) fn done(&self, request: Request) -> Value {
        let name = request.name();
        let answer = self.whole.handle(request);
        answer.unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
    }

    pub(super) async fn browser(&self, who: &str) -> Browser<'_> {
        let mut browser = Browser::new(&self.house);
        browser.log_in(who).await;
        browser
    }

    pub(super) fn letter(&self, to: Destination, there: &str) -> i64 {
        self.whole.home.lock().unwrap().letter(to, there)
    }

    pub(super) fn queue(&self) -> crate::queue::Queue {
        let whole = self.whole.home.lock().unwrap();
        whole.running.post.queue.clone()
    }

    pub(super) fn member(&self, who: &str) -> Value {
        let all = self.done(Request::MemberList);
        let all = all.as_array().unwrap();
        let found = all.iter().find(|member| member["name"] == who);
        found.cloned().unwrap_or(Value::Null)
    }
}

/// Reads the settings again, as the home does.
fn reload(home: &operator_tests::Home) -> crate::home::operator::Reload {
    let (dir, database) = (home.running.dir.clone(), home.running.database.clone());
    let config = Arc::clone(&home.running.config);
    Box::new(move || {
        let mut newer = Config::load(&dir, Numbers::Standard).unwrap();
        for key in crate::config::choosable() {
            if let Some(value) = database.setting(key).unwrap() {
                newer.choose(key, &value).unwrap();
            }
        }
        *config.write().unwrap() = Arc::new(newer);
        Ok(())
    })
}

/// What happens in the house of these people, where these services are served. The house is built and left outside of any runtime: it has one of its own.
pub(super) fn at_home(
    people: &[&str],
    served: &[&str],
    settings: &str,
    test: impl AsyncFnOnce(&Family),
) {
    let mut home = home_with(settings);
    let ports = served.iter().zip(5001..);
    home.running.ports = ports
        .map(|(service, port)| ((*service).to_owned(), json!(format!("[::]:{port}"))))
        .collect();
    home.running.reload = reload(&home);
    let members = home.running.post.members.clone();
    for who in people {
        let display = format!("{who} <b>\u{202e}&\"");
        home.running
            .post
            .store
            .add_member(&who.parse().unwrap())
            .unwrap();
        let added = members.add(&who.parse().unwrap(), &display, &format!("secret-{who}"));
        added.unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let tls = Tls::open(
        &dir.path().join("tls"),
        "toxmail.local",
        &[],
        SystemTime::now(),
    )
    .unwrap();
    let (database, clock) = (
        home.running.database.clone(),
        home.running.post.clock.clone(),
    );
    let (config, time) = (Arc::clone(&home.running.config), home.time.clone());
    let whole = Arc::new(Whole {
        home: Mutex::new(home),
        log: Mutex::new(json!([])),
        asked: Mutex::default(),
    });
    let web = Web::new(House {
        operator: Arc::clone(&whole) as Arc<dyn Operator>,
        whereabouts: Arc::clone(&whole) as Arc<dyn Whereabouts>,
        doorman: Arc::new(Doorman::new(Arc::new(Passwords(members.clone())))),
        database: database.clone(),
        clock,
        config,
        tls: Arc::new(tls),
        https_port: Some(5443),
    });
    let house = House0 {
        dir,
        site: Site::new(web.clone()),
        web,
        members: members.clone(),
        database,
        time,
        home: Arc::new(Home {
            members,
            asked: Mutex::default(),
        }),
    };
    let family = Family { house, whole };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test(&family));
}

/// No markup of anybody's name, whatever the page; and every text was given what stands in it.
#[track_caller]
pub(super) fn is_harmless(got: &Got) {
    let text = got.text();
    for bad in [
        "<b>",
        "\u{202e}",
        "<script>x",
        "<img src=x",
        "{$",
        "{ $",
        " style=",
    ] {
        assert!(!text.contains(bad), "{bad} in {text}");
    }
}
