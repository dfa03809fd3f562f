//! Bodies of requests, read into a small tree with bounds. Pure.
//!
//! Document types are refused, and with them every entity that somebody could declare: what is left are the five of XML and
//! the numbered ones. Comments and processing instructions are passed over.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// How deep a tree may be: a filter needs seven.
const MAX_DEPTH: usize = 20;
/// How many elements and attributes: a multiget names every card.
const MAX_NODES: usize = 20_000;

/// WebDAV's names.
pub const DAV: &str = "DAV:";
/// CardDAV's.
pub const CARDDAV: &str = "urn:ietf:params:xml:ns:carddav";

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its namespace.
    pub space: String,
    /// Its name there.
    pub name: String,
    /// Attributes without a namespace.
    pub attributes: Vec<(String, String)>,
    /// What is in it.
    pub children: Vec<Element>,
    /// The text that is directly in it.
    pub text: String,
}

/// Why a body is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not well-formed, or no text in UTF-8.
    #[error("this is no well-formed XML in UTF-8")]
    Malformed,
    /// It has a document type, or an entity of its own.
    #[error("document types and entities are not taken")]
    Forbidden,
    /// It is deeper or has more elements than anybody needs.
    #[error("the XML is too deep or has too many elements")]
    TooMuch,
}

impl From<quick_xml::Error> for Error {
    fn from(_: quick_xml::Error) -> Self {
        Self::Malformed
    }
}

impl Element {
    /// Whether it is that one.
    pub fn is(&self, space: &str, name: &str) -> bool {
        self.space == space && self.name == name
    }

    /// The first child of that name.
    pub fn child(&self, space: &str, name: &str) -> Option<&Self> {
        self.children.iter().find(|e| e.is(space, name))
    }

    /// The children of that name.
    pub fn all<'a>(&'a self, space: &'a str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |e| e.is(space, name))
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a body.
///
/// # Errors
/// [`Error`].
pub fn read(bytes: &[u8]) -> Result<Element, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Malformed)?;
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = Vec::new();
    let mut whole = None;
    let mut nodes = 0;
    loop {
        let (space, event) = reader.read_resolved_event()?;
        let inside = open.last_mut().map(|e| &mut e.text);
        match event {
            Event::Start(start) => {
                let space = match space {
                    ResolveResult::Bound(space) => space.0.to_owned(),
                    ResolveResult::Unbound => String::new(),
                    ResolveResult::Unknown(_) => return Err(Error::Malformed),
                };
                let element = begun(space, &start)?;
                nodes += 1 + element.attributes.len();
                if nodes > MAX_NODES || open.len() >= MAX_DEPTH {
                    return Err(Error::TooMuch);
                }
                if whole.is_some() {
                    return Err(Error::Malformed);
                }
                open.push(element);
            }
            Event::End(_) => {
                let ended = open.pop().ok_or(Error::Malformed)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(ended),
                    None => whole = Some(ended),
                }
            }
            Event::Text(text) => match inside {
                Some(inside) => inside.push_str(&text.xml10_content()),
                None if text.trim().is_empty() => {}
                None => return Err(Error::Malformed),
            },
            Event::CData(text) => inside.ok_or(Error::Malformed)?.push_str(&text),
            Event::GeneralRef(entity) => {
                let inside = inside.ok_or(Error::Malformed)?;
                match entity.resolve_char_ref()? {
                    Some(c) => inside.push(c),
                    None => {
                        let known = resolve_predefined_entity(&entity);
                        inside.push_str(known.ok_or(Error::Forbidden)?);
                    }
                }
            }
            Event::DocType(_) => return Err(Error::Forbidden),
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    match whole {
        Some(whole) if open.is_empty() => Ok(whole),
        _ => Err(Error::Malformed),
    }
}

fn begun(space: String, start: &BytesStart<'_>) -> Result<Element, Error> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Error::Malformed)?;
        let key: &str = attribute.key.as_ref();
        if key.starts_with("xmlns") || key.contains(':') {
            continue;
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| Error::Forbidden)?;
        attributes.push((key.to_owned(), value.into_owned()));
    }
    Ok(Element {
        space,
        name: start.local_name().as_ref().to_owned(),
        attributes,
        ..Element::default()
    })
}

/// Text between tags or in an attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A parser would make it a line feed, and a card's lines end with both.
            '\r' => out.push_str("&#13;"),
            // XML 1.0 section 2.2 has no place for them.
            c if (c.is_control() && !matches!(c, '\n' | '\t'))
                || matches!(c, '\u{fffe}' | '\u{ffff}') =>
            {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_their_namespaces() {
        let text = "<?xml version=\"1.0\"?><!-- x --><a:propfind xmlns:a=\"DAV:\"><a:prop>\
            <x xmlns=\"urn:ietf:params:xml:ns:carddav\" t=\"1 &lt;\">a&amp;b&#65;<![CDATA[<c>]]></x></a:prop></a:propfind>";
        let tree = read(text.as_bytes()).unwrap();
        assert!(tree.is(DAV, "propfind"));
        let x = &tree.child(DAV, "prop").unwrap().children[0];
        assert!(x.is(CARDDAV, "x"));
        assert_eq!(
            (x.text.as_str(), x.attribute("t")),
            ("a&bA<c>", Some("1 <"))
        );
    }

    #[test]
    fn bombs_and_broken_trees_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xx\">]><a>&x;</a>";
        assert_eq!(read(bomb.as_bytes()), Err(Error::Forbidden));
        assert_eq!(read(b"<a>&x;</a>"), Err(Error::Forbidden));
        assert_eq!(read(b"<a b=\"&x;\"/>"), Err(Error::Forbidden));
        assert_eq!(read("<a>".repeat(21).as_bytes()), Err(Error::TooMuch));
        let wide = format!("<a>{}</a>", "<b/>".repeat(20_000));
        assert_eq!(read(wide.as_bytes()), Err(Error::TooMuch));
        for broken in [
            "", "x", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "<x:a/>", "\u{0}", "<a",
        ] {
            assert_eq!(read(broken.as_bytes()), Err(Error::Malformed), "{broken}");
        }
        assert_eq!(read(b"<a>\xff</a>"), Err(Error::Malformed));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "a<b>&\"'\r\n\t\u{1}é";
        let read = read(format!("<a>{}</a>", escaped(text)).as_bytes()).unwrap();
        assert_eq!(read.text, text.replace('\u{1}', "\u{fffd}"));
    }
}
