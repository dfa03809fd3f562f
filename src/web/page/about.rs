//! `/about`: versions and licences.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::visitor::{Member, Refusal, Visitor};

/// What the binary is built of: name, version, licence. Written from Cargo.lock by `.ci/packages --write`, which `make check`
/// holds against it.
const LICENCES: &str = include_str!("../../../web/licences.tsv");

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/about", get(show))
}

struct Part {
    name: &'static str,
    version: &'static str,
    licence: &'static str,
}

fn parts() -> Vec<Part> {
    let part = |line: &'static str| {
        let mut fields = line.split('\t');
        Some(Part {
            name: fields.next()?,
            version: fields.next()?,
            licence: fields.next()?,
        })
    };
    LICENCES.lines().filter_map(part).collect()
}

#[derive(Template)]
#[template(path = "about.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    version: String,
    toxcore: String,
    sqlite: &'static str,
    parts: Vec<Part>,
}

async fn show(v: Member) -> Result<Response, Refusal> {
    let status: answer::Status = v.web.ask(Request::Status).await?;
    Ok(v.show(Page {
        v: &v,
        version: status.version,
        toxcore: status.toxcore.unwrap_or_default(),
        sqlite: rusqlite::version(),
        parts: parts(),
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_library_stands_there_as_it_is_locked() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let parts = parts();
        assert_eq!(parts.len(), LICENCES.lines().count());
        for part in &parts {
            let locked = format!("name = \"{}\"\nversion = \"{}\"\n", part.name, part.version);
            assert!(
                lock.contains(&locked),
                "{} {}: .ci/packages --write",
                part.name,
                part.version
            );
            assert!(
                !part.licence.is_empty() && part.licence != "None",
                "{}",
                part.name
            );
        }
        let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let direct = manifest.split("\n[dependencies]\n").nth(1).unwrap();
        let direct = direct.split("\n[").next().unwrap().lines();
        // What a feature of the tests brings is in no binary that anybody gets.
        let direct = direct.filter(|line| !line.contains("optional = true"));
        let names = direct.filter_map(|line| Some(line.split_once(" = ")?.0.trim()));
        for name in names.filter(|name| !name.starts_with('#')) {
            assert!(
                parts.iter().any(|part| part.name == name),
                "{name}: .ci/packages --write"
            );
        }
    }
}
