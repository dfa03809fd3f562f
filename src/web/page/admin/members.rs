//! `/admin/members`: who lives here, and what the administrator does for them.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::control::protocol::Office;
use crate::control::{Request, answer};
use crate::mail::address::MemberName;
use crate::net::login::Password;
use crate::web::Web;
use crate::web::page::security::is_them;
use crate::web::page::setup::members;
use crate::web::page::setup::person::{self, Added, Choice, Chosen, New, Slip};
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor, see_other};

const LIST: &str = "/admin/members";

/// The paths of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(LIST, get(show_all).post(add))
        .route("/admin/members/{name}", get(show_one))
        .route("/admin/members/{name}/display", post(rename))
        .route("/admin/members/{name}/password", post(reset))
        .route("/admin/members/{name}/address", post(add_address))
        .route("/admin/members/{name}/address/remove", post(remove_address))
        .route(
            "/admin/members/{name}/device/revoke",
            post(revoke).get(loaded_again),
        )
        .route("/admin/members/{name}/main", post(make_main))
        .route(
            "/admin/members/{name}/administrator",
            get(ask_handover).post(hand_over),
        )
        .route(
            "/admin/members/{name}/remove",
            get(ask_removal).post(remove),
        )
}

/// The member whose page this is.
async fn of_page(v: &Visitor, name: &str) -> Result<(MemberName, answer::Member), Refusal> {
    let name: MemberName = name.parse().map_err(|_| Refusal::not_found())?;
    let all = members(v).await?.into_iter();
    let found = all.into_iter().find(|member| member.name == name.as_str());
    Ok((name, found.ok_or_else(Refusal::not_found)?))
}

fn page_of(name: &MemberName) -> String {
    format!("{LIST}/{name}")
}

/// What others see of them.
fn shown(v: &Visitor, member: &answer::Member) -> String {
    v.peer(member.display.as_deref().unwrap_or(&member.name))
}

// ---- all of them

#[derive(Template)]
#[template(path = "admin-members.html", config = "web/askama.toml")]
struct List<'a> {
    v: &'a Visitor,
    people: Vec<answer::Member>,
    display: &'a str,
    mailbox: &'a str,
    typed: bool,
    slip: Option<Slip>,
}

impl<'a> List<'a> {
    fn of(v: &'a Visitor, people: Vec<answer::Member>) -> Self {
        Self {
            v,
            people,
            display: "",
            mailbox: "",
            typed: false,
            slip: None,
        }
    }
}

async fn show_all(v: Admin) -> Result<Response, Refusal> {
    let people = members(&v).await?;
    Ok(v.show(List::of(&v, people)))
}

async fn add(v: Admin, Form(new): Form<New>) -> Result<Response, Refusal> {
    let people = members(&v).await?;
    let typed = new.choice.is_typed();
    match person::add(&v, (&new.display, &new.mailbox), new.choice, &people).await? {
        Added::Known(flash) => return Ok(v.go(LIST, Some(flash))),
        Added::Made(slip) => {
            let people = members(&v).await?;
            return Ok(v.show(List {
                slip: Some(slip),
                ..List::of(&v, people)
            }));
        }
        Added::Not => {}
    }
    let page = List {
        display: &new.display,
        mailbox: &new.mailbox,
        typed,
        ..List::of(&v, people)
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

// ---- one of them

#[derive(Template)]
#[template(path = "admin-member.html", config = "web/askama.toml")]
struct One<'a> {
    v: &'a Visitor,
    member: answer::Member,
    shown: String,
    /// It is the administrator's own page.
    own: bool,
    devices: Vec<answer::Device>,
    /// As it was typed.
    display: String,
    address: &'a str,
    typed: bool,
    /// The file says who has the main mailbox.
    main_locked: bool,
    slip: Option<Slip>,
}

impl One<'_> {
    /// Where another name goes.
    fn rename_to(&self) -> String {
        format!("{LIST}/{}/display", self.member.name)
    }
}

async fn one<'a>(v: &'a Admin, name: &MemberName) -> Result<One<'a>, Refusal> {
    let (_, member) = of_page(v, name.as_str()).await?;
    let devices = v.web.ask(Request::DeviceList { name: name.clone() });
    Ok(One {
        v,
        shown: shown(v, &member),
        own: v.name == *name,
        devices: devices.await?,
        display: v.peer(member.display.as_deref().unwrap_or_default()),
        address: "",
        typed: false,
        main_locked: v.web.config().home.main_mailbox.is_some(),
        slip: None,
        member,
    })
}

async fn show_one(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (name, _) = of_page(&v, &name).await?;
    let page = one(&v, &name).await?;
    Ok(v.show(page))
}

/// Back to the page of a member, or that page with what is wrong.
async fn back(
    v: &Admin,
    name: &MemberName,
    done: Result<(), crate::control::Failure>,
    flash: Flash,
) -> Result<Response, Refusal> {
    match done {
        Ok(()) => Ok(v.go(&page_of(name), Some(flash))),
        Err(failure) => {
            v.failed(failure);
            Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, one(v, name).await?))
        }
    }
}

#[derive(Deserialize)]
struct Display {
    #[serde(default)]
    display: String,
}

async fn rename(
    v: Admin,
    Path(name): Path<String>,
    Form(form): Form<Display>,
) -> Result<Response, Refusal> {
    let (name, _) = of_page(&v, &name).await?;
    let Some(display) = person::read_display(&v, &form.display) else {
        let page = One {
            display: form.display,
            ..one(&v, &name).await?
        };
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    let flash = Flash::good("members-renamed").with("name", v.peer(&display));
    let request = Request::MemberDisplay {
        name: name.clone(),
        display,
    };
    let done = v.web.tell(request).await;
    back(&v, &name, done, flash).await
}

async fn reset(
    v: Admin,
    Path(name): Path<String>,
    Form(choice): Form<Choice>,
) -> Result<Response, Refusal> {
    let (name, member) = of_page(&v, &name).await?;
    if v.name == name {
        // There the password until now is asked for.
        return Ok(see_other("/me/security"));
    }
    let typed = choice.is_typed();
    if let Some(chosen) = choice.chosen(&v)? {
        let request = Request::MemberPassword {
            name: name.clone(),
            password: chosen.secret(),
        };
        let display = shown(&v, &member);
        match (v.web.tell(request).await, chosen) {
            (Ok(()), Chosen::Typed(_)) => {
                let flash = Flash::good("members-reset").with("name", display);
                return Ok(v.go(&page_of(&name), Some(flash)));
            }
            (Ok(()), Chosen::Made(password)) => {
                let slip = Slip {
                    display,
                    name: name.to_string(),
                    password,
                };
                return Ok(v.show(One {
                    slip: Some(slip),
                    ..one(&v, &name).await?
                }));
            }
            (Err(failure), _) => v.failed(failure),
        }
    }
    let page = One {
        typed,
        ..one(&v, &name).await?
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    address: String,
    #[serde(default)]
    sure: String,
}

async fn add_address(
    v: Admin,
    Path(name): Path<String>,
    Form(form): Form<Address>,
) -> Result<Response, Refusal> {
    let (name, _) = of_page(&v, &name).await?;
    let address = form.address.trim();
    let owner = members(&v).await?.into_iter().find(|member| {
        let mut theirs = member.addresses.iter();
        member.name != name.as_str() && theirs.any(|a| a.eq_ignore_ascii_case(address))
    });
    if let Some(owner) = owner {
        v.problem_with(
            "address",
            v.t("members-address-taken").with("name", shown(&v, &owner)),
        );
    } else if !is_ordinary(address) {
        v.problem_with("address", v.t("members-address-wrong"));
    } else if form.sure.is_empty() {
        v.problem_with("sure", v.t("members-address-unsure"));
    }
    if !v.has_problems() {
        let request = Request::MemberAddressAdd {
            name: name.clone(),
            address: address.to_owned(),
        };
        match v.web.tell(request).await {
            Ok(()) => {
                let flash = Flash::good("members-address-added").with("address", v.peer(address));
                return Ok(v.go(&page_of(&name), Some(flash)));
            }
            Err(failure) => v.failed(failure),
        }
    }
    let page = One {
        address: &form.address,
        ..one(&v, &name).await?
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// A first look; the home has the last word.
fn is_ordinary(address: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace();
    address.len() <= 254
        && address.chars().all(plain)
        && address
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

async fn remove_address(
    v: Admin,
    Path(name): Path<String>,
    Form(form): Form<Address>,
) -> Result<Response, Refusal> {
    let (name, member) = of_page(&v, &name).await?;
    if !member.addresses.contains(&form.address) {
        return Err(Refusal::not_found());
    }
    let flash = Flash::good("members-address-removed").with("address", v.peer(&form.address));
    let request = Request::MemberAddressRemove {
        name: name.clone(),
        address: form.address,
    };
    let done = v.web.tell(request).await;
    back(&v, &name, done, flash).await
}

#[derive(Deserialize)]
struct Which {
    id: i64,
}

/// The answer of a deed is loaded again. Nothing stands at the path above it.
async fn loaded_again(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (name, _) = of_page(&v, &name).await?;
    Ok(see_other(&page_of(&name)))
}

async fn revoke(
    v: Admin,
    Path(name): Path<String>,
    Form(Which { id }): Form<Which>,
) -> Result<Response, Refusal> {
    let (name, _) = of_page(&v, &name).await?;
    let devices: Vec<answer::Device> = v
        .web
        .ask(Request::DeviceList { name: name.clone() })
        .await?;
    let device = devices.into_iter().find(|device| device.id == id);
    let device = device.ok_or_else(Refusal::not_found)?;
    let flash = Flash::good("members-device-revoked").with("label", v.peer(device.label));
    let request = Request::DeviceRevoke {
        name: name.clone(),
        id,
    };
    let done = v.web.tell(request).await;
    back(&v, &name, done, flash).await
}

async fn make_main(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (name, member) = of_page(&v, &name).await?;
    let flash = Flash::good("members-main-made").with("name", shown(&v, &member));
    let request = Request::MemberAppoint {
        name: name.clone(),
        office: Office::MainMailbox,
    };
    let done = v.web.tell(request).await;
    back(&v, &name, done, flash).await
}

// ---- what cannot be undone by the one who did it

#[derive(Template)]
#[template(path = "admin-member-administrator.html", config = "web/askama.toml")]
struct Handover<'a> {
    v: &'a Visitor,
    name: &'a MemberName,
    shown: String,
    /// For the browser's memory of passwords.
    me: &'a MemberName,
}

fn handover<'a>(v: &'a Admin, name: &'a MemberName, member: &answer::Member) -> Handover<'a> {
    Handover {
        v,
        name,
        shown: shown(v, member),
        me: &v.name,
    }
}

async fn ask_handover(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (name, member) = of_page(&v, &name).await?;
    if member.administrator {
        return Ok(see_other(&page_of(&name)));
    }
    Ok(v.show(handover(&v, &name, &member)))
}

#[derive(Deserialize)]
struct Own {
    #[serde(default)]
    password: String,
}

async fn hand_over(
    v: Admin,
    Path(name): Path<String>,
    Form(own): Form<Own>,
) -> Result<Response, Refusal> {
    let (name, member) = of_page(&v, &name).await?;
    let wrong = v.t("members-password-wrong");
    let mut status = is_them(&v, "password", &Password::new(own.password), wrong).await?;
    if !v.has_problems() {
        let request = Request::MemberAppoint {
            name: name.clone(),
            office: Office::Administrator,
        };
        match v.web.tell(request).await {
            Ok(()) => {
                let flash = Flash::good("members-handed-over").with("name", shown(&v, &member));
                return Ok(v.go("/", Some(flash)));
            }
            Err(failure) => v.failed(failure),
        }
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(v.show_with(status, handover(&v, &name, &member)))
}

#[derive(Template)]
#[template(path = "admin-member-remove.html", config = "web/askama.toml")]
struct Removal<'a> {
    v: &'a Visitor,
    name: &'a MemberName,
    shown: String,
    /// The administrator cannot go: somebody has to look after the home.
    own: bool,
    main_mailbox: bool,
    waiting: u64,
}

async fn removal<'a>(
    v: &'a Admin,
    name: &'a MemberName,
    member: &answer::Member,
) -> Result<Removal<'a>, Refusal> {
    let count = Request::QueueCount {
        member: Some(name.clone()),
    };
    let waiting: answer::QueueCount = v.web.ask(count).await?;
    Ok(Removal {
        v,
        name,
        shown: shown(v, member),
        own: member.administrator,
        main_mailbox: member.main_mailbox,
        waiting: waiting.letters,
    })
}

async fn ask_removal(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (name, member) = of_page(&v, &name).await?;
    Ok(v.show(removal(&v, &name, &member).await?))
}

async fn remove(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    #[derive(Deserialize)]
    struct Removed {
        complete: bool,
    }
    let (name, member) = of_page(&v, &name).await?;
    if !member.administrator {
        let removed: Result<Removed, _> = v
            .web
            .ask(Request::MemberRemove { name: name.clone() })
            .await;
        match removed {
            Ok(removed) => {
                let flash = match removed.complete {
                    true => Flash::good("members-removed"),
                    false => Flash::bad("members-removed-partly"),
                };
                return Ok(v.go(LIST, Some(flash.with("name", shown(&v, &member)))));
            }
            Err(failure) => v.failed(failure),
        }
    }
    let page = removal(&v, &name, &member).await?;
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}
