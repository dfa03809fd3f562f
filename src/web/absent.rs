//! The one page of a box whose home is not there: why, and what to do. It stands alone, since it is shown where there is no house.

use askama::Template;

use super::text::{self, Language, Reader, Text};
use crate::control::command::Absence;

#[derive(Template)]
#[template(path = "absent.html", config = "web/askama.toml")]
struct Page {
    language: Language,
    why: Absence,
}

impl Page {
    fn t(&self, key: &'static str) -> Text {
        Reader(self.language).t(key)
    }

    fn code(&self) -> &'static str {
        text::code(self.language)
    }
}

/// That page, for whoever reads these languages (an `Accept-Language`).
pub fn page(why: Absence, languages: &str) -> String {
    let language = text::accepted(languages).unwrap_or(Language::English);
    // Nothing in it can fail to be written.
    Page { language, why }.render().unwrap_or_default()
}
