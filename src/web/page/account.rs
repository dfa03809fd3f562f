//! An account at a mail provider, as a form has it: first the address, then what is known of its provider, to be completed.

use serde::Deserialize;

use crate::config::RelayTls;
use crate::control::Secret;
use crate::control::protocol::NewProvider;
use crate::net::login::Password;
use crate::providers::known::{Known, Needs};
use crate::providers::word_of;
use crate::web::visitor::Visitor;

/// Longest address (RFC 5321 section 4.5.3.1.3).
const MAX_ADDRESS: usize = 254;

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Account {
    /// What was pressed.
    act: String,
    pub address: String,
    pub host: String,
    pub port: String,
    pub tls: String,
    pub username: String,
    password: String,
}

impl Account {
    /// The password, which no page gets.
    pub fn take_password(&mut self) -> Password {
        Password::new(std::mem::take(&mut self.password))
    }

    /// The address at the provider.
    pub fn address(&self) -> &str {
        self.address.trim()
    }

    /// Whether all was filled in, not the address alone.
    pub fn is_to_be_set(&self) -> bool {
        self.act == "set"
    }

    /// Whether the address can be one; else what is wrong stands beside it.
    pub fn check_address(&self, v: &Visitor) -> bool {
        let address = self.address();
        let plain = |c: char| !c.is_control() && !c.is_whitespace();
        let usable = address.len() <= MAX_ADDRESS
            && address.chars().all(plain)
            && address
                .rsplit_once('@')
                .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
        if !usable {
            v.problem_with("address", v.t("provider-address-wrong"));
        }
        usable
    }

    /// Fills in what is known of the provider, or what is usual.
    pub fn suggest(&mut self, known: Option<&Known>) {
        let Some(known) = known.filter(|known| known.needs != Needs::Unusable) else {
            self.port = "465".into();
            self.tls = "implicit".into();
            self.username = self.address().to_owned();
            return;
        };
        known.smtp.clone_into(&mut self.host);
        self.port = known.port.to_string();
        self.tls = word_of(known.tls).to_owned();
        self.username = known.login_of(self.address());
    }

    /// The home's account; `None` where what is wrong stands beside its field.
    pub fn read(&self, v: &Visitor, password: &Password) -> Option<NewProvider> {
        let (host, username) = (self.host.trim(), self.username.trim());
        if !crate::config::is_host(host) {
            v.problem_with("host", v.t("provider-host-wrong"));
        }
        let port = self.port.trim().parse::<u16>().ok();
        let port = port.filter(|port| *port > 0);
        if port.is_none() {
            v.problem_with("port", v.t("provider-port-wrong"));
        }
        if username.is_empty() || username.chars().any(char::is_control) {
            v.problem_with("username", v.t("provider-username-wrong"));
        }
        if password.reveal().is_empty() {
            v.problem_with("secret", v.t("provider-password-missing"));
        }
        let port = port.filter(|_| !v.has_problems())?;
        Some(NewProvider {
            member: None,
            host: host.to_owned(),
            port,
            tls: match self.tls.as_str() {
                "starttls" => RelayTls::StartTls,
                _ => RelayTls::Implicit,
            },
            username: username.to_owned(),
            password: Secret::new(password.reveal().to_owned()),
            address: None,
            untested: false,
        })
    }
}

/// How far it is with an account that is entered.
pub enum Stage<'a> {
    /// Its address is asked for: what was typed.
    Address(&'a str),
    /// The rest is asked for, and what is known of the provider.
    Account(&'a Account, Option<Known>),
}

/// What has to be known of a provider before a login.
pub fn advice(v: &Visitor, known: Option<&Known>) -> Option<String> {
    let known = known?;
    let text = match known.needs {
        Needs::Nothing => return None,
        Needs::AppPassword => v.t("provider-needs-app").with("provider", known.name),
        Needs::Enabling => v.t("provider-needs-enabling").with("provider", known.name),
        Needs::MailPassword => v.t("provider-needs-own").with("provider", known.name),
        Needs::Unusable => v.t("provider-unusable").with("provider", known.name),
    };
    Some(text.to_string())
}

/// Whether a provider lets no home log in.
pub fn is_unusable(known: Option<&Known>) -> bool {
    known.is_some_and(|known| known.needs == Needs::Unusable)
}
