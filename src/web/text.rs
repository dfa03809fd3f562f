//! The page's texts: Fluent files, one a language, in `web/texts/`.
//!
//! A text is named by its key: `visitor.t("login-title")`, in a template `{{ v.t("hello").with("name", who) }}`. Every key stands
//! in all four files, with the same variables; the tests below compare them with each other and with what templates and code
//! of this room use. A key is always written out as a literal, never put together, so that they can.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use intl_memoizer::concurrent::IntlLangMemoizer;

use super::format;
use super::visitor::{MAX_PEER_TEXT, Whole};
use crate::journal;
pub use crate::notices::Language;

/// All of them, in the order of the switch in the footer: code, and what its speakers call it.
pub const LANGUAGES: [(Language, &str, &str); 4] = [
    (Language::English, "en", "English"),
    (Language::French, "fr", "Français"),
    (Language::German, "de", "Deutsch"),
    (Language::Spanish, "es", "Español"),
];

const FILES: [(Language, &str); 4] = [
    (Language::English, include_str!("../../web/texts/en.ftl")),
    (Language::French, include_str!("../../web/texts/fr.ftl")),
    (Language::German, include_str!("../../web/texts/de.ftl")),
    (Language::Spanish, include_str!("../../web/texts/es.ftl")),
];

static BUNDLES: LazyLock<Vec<(Language, FluentBundle<FluentResource>)>> = LazyLock::new(|| {
    FILES
        .map(|(language, text)| (language, bundle(language, text)))
        .into()
});

fn bundle(language: Language, text: &str) -> FluentBundle<FluentResource> {
    let tag = code(language).parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // What a peer chose has no characters that turn the writing around (`clean`), so nothing needs a fence.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => in_english,
        Language::French => in_french,
        Language::German => in_german,
        Language::Spanish => in_spanish,
    }));
    // A line that is no Fluent is left out; the tests below find it.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
    bundle.add_resource_overriding(resource);
    bundle
}

fn in_english(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    in_language(value, Language::English)
}
fn in_french(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    in_language(value, Language::French)
}
fn in_german(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    in_language(value, Language::German)
}
fn in_spanish(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    in_language(value, Language::Spanish)
}

/// Numbers inside a text are written as its readers write them.
fn in_language(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            #[allow(clippy::cast_possible_truncation)] // a count
            Some(format::number(language, number.value as i64))
        }
        _ => None,
    }
}

/// The code of a language, as in `lang` and in cookies.
pub fn code(language: Language) -> &'static str {
    LANGUAGES
        .iter()
        .find(|(known, ..)| *known == language)
        .map_or("en", |(_, code, _)| code)
}

/// A language by its exact code; for what comes back from our own switch.
pub fn language_of(code: &str) -> Option<Language> {
    LANGUAGES
        .iter()
        .find(|(_, known, _)| *known == code)
        .map(|(language, ..)| *language)
}

/// The first language of an `Accept-Language` that we speak, by its weights (RFC 9110 section 12.5.4).
pub fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    // Nobody speaks more.
    for part in header.split(',').take(30) {
        let mut words = part.split(';').map(str::trim);
        let tag = words.next().unwrap_or_default().to_ascii_lowercase();
        let language = language_of(tag.split('-').next().unwrap_or_default());
        let weight = words
            .find_map(|word| word.strip_prefix("q=")?.parse().ok())
            .unwrap_or(1.0);
        if let Some(language) = language
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// Who reads, as far as words depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Reader(pub Language);

impl Reader {
    /// The text of that key.
    pub fn t(self, key: &'static str) -> Text {
        Text::new(self.0, key)
    }

    /// What somebody else chose, harmless and short.
    pub fn peer(self, text: impl AsRef<str>) -> String {
        clean(text.as_ref(), MAX_PEER_TEXT)
    }

    /// A size in bytes as people write it.
    pub fn size(self, bytes: impl Whole) -> String {
        format::size(self.0, bytes.whole().unsigned_abs())
    }

    /// A moment as people tell it: `yesterday 18:02`. In seconds since 1970.
    pub fn near(self, seconds: impl Whole) -> String {
        format::near(self.0, seconds.whole(), crate::clock::wall_seconds())
    }

    /// How long something takes, in seconds.
    pub fn duration(self, seconds: impl Whole) -> String {
        format::duration(self.0, seconds.whole().unsigned_abs())
    }
}

/// A text with what stands in it, not yet written out.
pub struct Text {
    language: Language,
    key: &'static str,
    arguments: FluentArgs<'static>,
}

impl Text {
    /// The text of that key.
    pub fn new(language: Language, key: &'static str) -> Self {
        Self {
            language,
            key,
            arguments: FluentArgs::new(),
        }
    }

    /// Puts a value where the text says `{ $name }`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Argument) -> Self {
        self.arguments.set(name, value.value());
        self
    }
}

impl Text {
    /// The text before and behind `{ $name }`, for what has an element of its own there.
    pub fn around(self, name: &'static str) -> (String, String) {
        // In no text, and in nothing that is put into one (`clean`).
        const HERE: &str = "\u{1}";
        let whole = self.with(name, HERE).to_string();
        let (before, behind) = whole.split_once(HERE).unwrap_or((&whole, ""));
        (before.to_owned(), behind.to_owned())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = BUNDLES
            .iter()
            .find(|(language, _)| *language == self.language);
        let found =
            bundle.and_then(|(_, bundle)| Some((bundle, bundle.get_message(self.key)?.value()?)));
        let Some((bundle, pattern)) = found else {
            journal::trouble("web", &format!("there is no text '{}'", self.key));
            return f.write_str(self.key);
        };
        // What is missing is shown as `{$name}`; the tests find it before anybody sees it.
        f.write_str(&bundle.format_pattern(pattern, Some(&self.arguments), &mut Vec::new()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

/// What can stand in a text. Numbers choose between singular and plural.
pub trait Argument {
    /// The value itself.
    fn value(&self) -> FluentValue<'static>;
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}
impl Argument for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::String(self.to_owned().into())
    }
}
impl Argument for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}
impl Argument for crate::mail::address::MemberName {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}
impl Argument for Text {
    fn value(&self) -> FluentValue<'static> {
        self.to_string().value()
    }
}
macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Argument for $kind {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64, usize, i32, i64);

/// Text that somebody else chose, made harmless for a page: one line, at most so many characters, no control characters and
/// none that turn the writing around or cannot be seen (Unicode TR 36). The template escapes it besides.
pub fn clean(text: &str, most: usize) -> String {
    let mut kept = String::new();
    for (count, letter) in text
        .chars()
        .filter(|letter| !is_hidden(*letter))
        .enumerate()
    {
        if count == most {
            kept.pop();
            kept.push('…');
            break;
        }
        kept.push(if letter.is_whitespace() { ' ' } else { letter });
    }
    kept.trim().to_owned()
}

fn is_hidden(letter: char) -> bool {
    // A tab or a line end becomes a space.
    (letter.is_control() && !letter.is_whitespace())
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
#[path = "text_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod texts;
