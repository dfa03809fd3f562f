//! `/setup/provider`: the way to everybody else. The address is typed first; what is known of its provider is filled in then.
//! Nothing is stored before a login has worked.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::{go_to, unless_finished};
use crate::config::RelayTls;
use crate::control::protocol::NewProvider;
use crate::control::{Request, Secret, answer};
use crate::net::login::Password;
use crate::providers::known::{self, Known, Needs};
use crate::web::Web;
use crate::web::claim::Step;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = Step::Provider.path();
/// Longest address (RFC 5321 section 4.5.3.1.3).
const MAX_ADDRESS: usize = 254;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(set))
}

#[derive(Template)]
#[template(path = "setup-provider.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// The account that there is.
    present: Option<answer::Provider>,
    /// What was typed, once there is an address.
    form: Option<&'a Account>,
    known: Option<Known>,
}

impl Page<'_> {
    /// What has to be known of this provider before a login.
    fn advice(&self) -> Option<String> {
        let known = self.known?;
        let text = match known.needs {
            Needs::Nothing => return None,
            Needs::AppPassword => self.v.t("provider-needs-app").with("provider", known.name),
            Needs::Enabling => self
                .v
                .t("provider-needs-enabling")
                .with("provider", known.name),
            Needs::MailPassword => self.v.t("provider-needs-own").with("provider", known.name),
            Needs::Unusable => self.v.t("provider-unusable").with("provider", known.name),
        };
        Some(text.to_string())
    }

    /// toxmail.toml says it, and wins.
    fn is_locked(&self) -> bool {
        let present = self.present.as_ref();
        present.is_some_and(|provider| provider.from_file)
    }

    fn is_unusable(&self) -> bool {
        self.known
            .is_some_and(|known| known.needs == Needs::Unusable)
    }
}

/// An account as the form has it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Account {
    /// What was pressed.
    act: String,
    address: String,
    host: String,
    port: String,
    tls: String,
    username: String,
    password: String,
}

impl Account {
    /// Fills in what is known of the provider, or what is usual.
    fn suggest(&mut self, known: Option<&Known>) {
        let Some(known) = known.filter(|known| known.needs != Needs::Unusable) else {
            self.port = "465".into();
            self.tls = "implicit".into();
            self.username.clone_from(&self.address);
            return;
        };
        known.smtp.clone_into(&mut self.host);
        self.port = known.port.to_string();
        self.tls = crate::providers::word_of(known.tls).to_owned();
        self.username = known.login_of(&self.address);
    }
}

async fn present(v: &Visitor) -> Result<Option<answer::Provider>, Refusal> {
    let list: Vec<answer::Provider> = v.web.ask(Request::ProviderShow { member: None }).await?;
    Ok(list.into_iter().find(|provider| provider.member.is_none()))
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    Ok(v.show(Page {
        v: &v,
        present: present(&v).await?,
        form: None,
        known: None,
    }))
}

async fn set(v: Admin, Form(mut account): Form<Account>) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let password = Password::new(std::mem::take(&mut account.password));
    account.address = account.address.trim().to_owned();
    let known = known::of_address(&account.address);
    if !is_address(&account.address) {
        v.problem_with("address", v.t("provider-address-wrong"));
        let page = Page {
            v: &v,
            present: present(&v).await?,
            form: None,
            known: None,
        };
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    if account.act != "set" {
        account.suggest(known.as_ref());
        return Ok(v.show(Page {
            v: &v,
            present: present(&v).await?,
            form: Some(&account),
            known,
        }));
    }
    if let Some((port, tls)) = read(&v, &account, &password) {
        let new = NewProvider {
            member: None,
            host: account.host.trim().to_owned(),
            port,
            tls,
            username: account.username.trim().to_owned(),
            password: Secret::new(password.reveal().to_owned()),
            address: None,
            untested: false,
        };
        match v.web.tell(Request::ProviderSet(new)).await {
            Ok(()) => return stored(&v, &account.address).await,
            Err(failure) => v.failed(failure),
        }
    }
    let page = Page {
        v: &v,
        present: present(&v).await?,
        form: Some(&account),
        known,
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// The login has worked: the address is the administrator's.
async fn stored(v: &Admin, address: &str) -> Result<Response, Refusal> {
    let theirs: Vec<answer::Member> = super::members(v).await?;
    let has_it = theirs.iter().any(|member| {
        let mut addresses = member.addresses.iter();
        member.name == v.name.as_str() && addresses.any(|a| a.eq_ignore_ascii_case(address))
    });
    if !has_it {
        let added = v.web.tell(Request::MemberAddressAdd {
            name: v.name.clone(),
            address: address.to_owned(),
        });
        if let Err(failure) = added.await {
            v.failed(failure);
            let page = Page {
                v,
                present: present(v).await?,
                form: None,
                known: None,
            };
            return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    }
    go_to(v, Step::Provider.next()).await?;
    let flash = Flash::good("provider-stored").with("address", v.peer(address));
    Ok(v.go(Step::Provider.next().path(), Some(flash)))
}

fn is_address(text: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace();
    text.len() <= MAX_ADDRESS
        && text.chars().all(plain)
        && text
            .rsplit_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}

fn read(v: &Visitor, account: &Account, password: &Password) -> Option<(u16, RelayTls)> {
    if !crate::config::is_host(account.host.trim()) {
        v.problem_with("host", v.t("provider-host-wrong"));
    }
    let port = account
        .port
        .trim()
        .parse::<u16>()
        .ok()
        .filter(|port| *port > 0);
    if port.is_none() {
        v.problem_with("port", v.t("provider-port-wrong"));
    }
    let username = account.username.trim();
    if username.is_empty() || username.chars().any(char::is_control) {
        v.problem_with("username", v.t("provider-username-wrong"));
    }
    if password.reveal().is_empty() {
        v.problem_with("secret", v.t("provider-password-missing"));
    }
    let tls = match account.tls.as_str() {
        "starttls" => RelayTls::StartTls,
        _ => RelayTls::Implicit,
    };
    port.filter(|_| !v.has_problems()).map(|port| (port, tls))
}
