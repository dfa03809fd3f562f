//! `/setup/provider`: the way to everybody else. The address is typed first; what is known of its provider is filled in then.
//! Nothing is stored before a login has worked.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::{go_to, unless_finished};
use crate::control::{Request, answer};
use crate::providers::known;
use crate::web::Web;
use crate::web::claim::Step;
use crate::web::page::account::{self, Account, Stage};
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = Step::Provider.path();

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
    stage: Stage<'a>,
}

impl Page<'_> {
    /// toxmail.toml says it, and wins.
    fn is_locked(&self) -> bool {
        let present = self.present.as_ref();
        present.is_some_and(|provider| provider.from_file)
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
        stage: Stage::Address(""),
    }))
}

async fn set(v: Admin, Form(mut account): Form<Account>) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let password = account.take_password();
    let known = known::of_address(account.address());
    if !account.check_address(&v) {
        let page = Page {
            v: &v,
            present: present(&v).await?,
            stage: Stage::Address(&account.address),
        };
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    if !account.is_to_be_set() {
        account.suggest(known.as_ref());
        return Ok(v.show(Page {
            v: &v,
            present: present(&v).await?,
            stage: Stage::Account(&account, known),
        }));
    }
    if let Some(new) = account.read(&v, &password) {
        match v.web.tell(Request::ProviderSet(new)).await {
            Ok(()) => return stored(&v, account.address()).await,
            Err(failure) => v.failed(failure),
        }
    }
    let page = Page {
        v: &v,
        present: present(&v).await?,
        stage: Stage::Account(&account, known),
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
                stage: Stage::Address(address),
            };
            return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    }
    go_to(v, Step::Provider.next()).await?;
    let flash = Flash::good("provider-stored").with("address", v.peer(address));
    Ok(v.go(Step::Provider.next().path(), Some(flash)))
}
