//! What a request asks for: which properties (RFC 4918 section 9.1), which cards (RFC 6352 sections 8.6, 8.7, 10.5), what has
//! changed (RFC 6578). Pure.

use super::xml::{CARDDAV, DAV, Element};
use crate::contacts::vcard::{Card, Property, Version};

/// Longest list of conditions: each is tried with every card.
const MAX_CONDITIONS: usize = 100;

/// Which properties of what is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All that an `allprop` brings.
    All,
    /// Their names alone.
    Names,
    /// These: namespace and name.
    Those(Vec<(String, String)>),
}

/// How the data of a card is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressData {
    /// In which version.
    pub version: Version,
    /// Only these lines; `None` is all.
    pub only: Option<Vec<String>>,
}

impl Default for AddressData {
    fn default() -> Self {
        Self {
            version: Version::V3,
            only: None,
        }
    }
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// Cards that match.
    Query {
        /// What of them.
        wanted: Wanted,
        /// And how.
        data: AddressData,
        /// Which.
        filter: Filter,
        /// At most so many.
        limit: Option<usize>,
    },
    /// Cards by name.
    Multiget {
        /// What of them.
        wanted: Wanted,
        /// And how.
        data: AddressData,
        /// Which.
        hrefs: Vec<String>,
    },
    /// What has changed.
    Sync {
        /// What of it.
        wanted: Wanted,
        /// And how.
        data: AddressData,
        /// Since when; empty for all.
        token: String,
        /// At most so many.
        limit: Option<usize>,
    },
}

/// Why a request is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The body is not what it should be.
    Body,
    /// There is no such report here.
    Report,
    /// A condition that is not known.
    Filter,
    /// A way to compare that is not known.
    Collation,
    /// A form of cards that is not known.
    Form,
}

/// All conditions, or any of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Test {
    #[default]
    Any,
    All,
}

impl Test {
    fn of(element: &Element) -> Result<Self, Wrong> {
        match element.attribute("test") {
            None | Some("anyof") => Ok(Self::Any),
            Some("allof") => Ok(Self::All),
            Some(_) => Err(Wrong::Filter),
        }
    }

    fn holds(self, mut each: impl Iterator<Item = bool>) -> bool {
        match self {
            Self::Any => each.any(|is| is),
            Self::All => each.all(|is| is),
        }
    }
}

/// Which cards are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    test: Test,
    properties: Vec<PropertyFilter>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct PropertyFilter {
    name: String,
    test: Test,
    /// `None`: there must be no such property.
    conditions: Option<Vec<Condition>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Text(TextMatch),
    /// A parameter; `None`: there must be no such.
    Parameter(String, Option<TextMatch>, Presence),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    There,
    NotThere,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct TextMatch {
    text: String,
    kind: MatchKind,
    case: Case,
    negate: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MatchKind {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// `i;octet`
    Minded,
    /// `i;ascii-casemap`, `i;unicode-casemap`
    Folded,
}

impl Wanted {
    /// From a `propfind`, or any other element that has one of the three in it.
    fn of(element: &Element) -> Result<Self, Wrong> {
        if let Some(prop) = element.child(DAV, "prop") {
            let names = prop.children.iter();
            let names = names.map(|e| (e.space.clone(), e.name.clone())).collect();
            Ok(Self::Those(names))
        } else if element.child(DAV, "propname").is_some() {
            Ok(Self::Names)
        } else if element.child(DAV, "allprop").is_some() {
            Ok(Self::All)
        } else {
            Err(Wrong::Body)
        }
    }

    /// Of a PROPFIND; without a body all are meant.
    ///
    /// # Errors
    /// It is another element.
    pub fn of_propfind(body: Option<&Element>) -> Result<Self, Wrong> {
        match body {
            None => Ok(Self::All),
            Some(body) if body.is(DAV, "propfind") => Self::of(body),
            Some(_) => Err(Wrong::Body),
        }
    }
}

impl AddressData {
    /// From the `address-data` in a `prop`.
    fn of(element: &Element) -> Result<Self, Wrong> {
        let data = element
            .child(DAV, "prop")
            .and_then(|prop| prop.child(CARDDAV, "address-data"));
        let Some(data) = data else {
            return Ok(Self::default());
        };
        if !matches!(data.attribute("content-type"), None | Some("text/vcard")) {
            return Err(Wrong::Form);
        }
        let version = match data.attribute("version") {
            None | Some("3.0") => Version::V3,
            Some("4.0") => Version::V4,
            Some(_) => return Err(Wrong::Form),
        };
        let only: Vec<String> = data
            .all(CARDDAV, "prop")
            .filter_map(|prop| prop.attribute("name"))
            .map(str::to_ascii_uppercase)
            .collect();
        let all = only.is_empty() || data.child(CARDDAV, "allprop").is_some();
        Ok(Self {
            version,
            only: (!all).then_some(only),
        })
    }

    /// The card as it is wanted.
    pub fn of_card(&self, card: Card) -> String {
        let mut card = card.in_version(self.version);
        if let Some(only) = &self.only {
            card.retain(|p| only.contains(&p.name));
        }
        card.write()
    }
}

impl Report {
    /// From the body of a REPORT.
    ///
    /// # Errors
    /// What is not understood.
    pub fn of(body: &Element) -> Result<Self, Wrong> {
        let wanted = || Wanted::of(body);
        let data = AddressData::of(body)?;
        let limit = |space: &str| {
            let number = body
                .child(space, "limit")
                .and_then(|l| l.child(space, "nresults"));
            match number {
                None => Ok(None),
                Some(number) => number
                    .text
                    .trim()
                    .parse()
                    .map(Some)
                    .map_err(|_| Wrong::Body),
            }
        };
        if body.is(CARDDAV, "addressbook-query") {
            let filter = body.child(CARDDAV, "filter").ok_or(Wrong::Body)?;
            Ok(Self::Query {
                wanted: wanted()?,
                data,
                filter: Filter::of(filter)?,
                limit: limit(CARDDAV)?,
            })
        } else if body.is(CARDDAV, "addressbook-multiget") {
            let hrefs = body.all(DAV, "href").map(|e| e.text.trim().to_owned());
            Ok(Self::Multiget {
                wanted: wanted()?,
                data,
                hrefs: hrefs.collect(),
            })
        } else if body.is(DAV, "sync-collection") {
            let token = body.child(DAV, "sync-token").ok_or(Wrong::Body)?;
            Ok(Self::Sync {
                wanted: wanted()?,
                data,
                token: token.text.trim().to_owned(),
                limit: limit(DAV)?,
            })
        } else {
            Err(Wrong::Report)
        }
    }
}

impl Filter {
    fn of(element: &Element) -> Result<Self, Wrong> {
        let mut properties = Vec::new();
        let mut count = 0;
        for child in &element.children {
            if !child.is(CARDDAV, "prop-filter") {
                return Err(Wrong::Filter);
            }
            properties.push(PropertyFilter::of(child)?);
            count += 1 + child.children.len();
        }
        if count > MAX_CONDITIONS {
            return Err(Wrong::Filter);
        }
        Ok(Self {
            test: Test::of(element)?,
            properties,
        })
    }

    /// Whether a card is meant.
    pub fn takes(&self, card: &Card) -> bool {
        // Without any condition every card is.
        self.properties.is_empty()
            || self
                .test
                .holds(self.properties.iter().map(|p| p.takes(card)))
    }
}

impl PropertyFilter {
    fn of(element: &Element) -> Result<Self, Wrong> {
        let mut conditions = Some(Vec::new());
        for child in &element.children {
            if child.is(CARDDAV, "is-not-defined") {
                conditions = None;
            } else if child.is(CARDDAV, "text-match") {
                let text = Condition::Text(TextMatch::of(child)?);
                conditions.iter_mut().for_each(|c| c.push(text.clone()));
            } else if child.is(CARDDAV, "param-filter") {
                let name = child.attribute("name").ok_or(Wrong::Filter)?;
                let text = child.child(CARDDAV, "text-match").map(TextMatch::of);
                let presence = match child.child(CARDDAV, "is-not-defined") {
                    Some(_) => Presence::NotThere,
                    None => Presence::There,
                };
                let name = name.to_ascii_uppercase();
                let parameter = Condition::Parameter(name, text.transpose()?, presence);
                conditions
                    .iter_mut()
                    .for_each(|c| c.push(parameter.clone()));
            } else {
                return Err(Wrong::Filter);
            }
        }
        Ok(Self {
            name: element
                .attribute("name")
                .ok_or(Wrong::Filter)?
                .to_ascii_uppercase(),
            test: Test::of(element)?,
            conditions,
        })
    }

    fn takes(&self, card: &Card) -> bool {
        // `item1.EMAIL` means those of that group.
        let (group, name) = match self.name.split_once('.') {
            Some((group, name)) => (Some(group), name),
            None => (None, self.name.as_str()),
        };
        let mut found = card.all(name).filter(|p| {
            group.is_none_or(|g| {
                p.group
                    .as_deref()
                    .is_some_and(|own| own.eq_ignore_ascii_case(g))
            })
        });
        match &self.conditions {
            None => found.next().is_none(),
            Some(conditions) if conditions.is_empty() => found.next().is_some(),
            Some(conditions) => {
                found.any(|p| self.test.holds(conditions.iter().map(|c| c.holds(p))))
            }
        }
    }
}

impl Condition {
    fn holds(&self, property: &Property) -> bool {
        match self {
            Self::Text(text) => text.holds(&property.text()),
            Self::Parameter(name, text, presence) => {
                match (property.parameter_values(name), presence, text) {
                    (values, Presence::NotThere, _) => values.is_none(),
                    (None, Presence::There, _) => false,
                    (Some(_), Presence::There, None) => true,
                    (Some(values), Presence::There, Some(text)) => {
                        values.iter().any(|value| text.holds(value))
                    }
                }
            }
        }
    }
}

impl TextMatch {
    fn of(element: &Element) -> Result<Self, Wrong> {
        let case = match element.attribute("collation") {
            None | Some("i;unicode-casemap" | "i;ascii-casemap" | "default") => Case::Folded,
            Some("i;octet") => Case::Minded,
            Some(_) => return Err(Wrong::Collation),
        };
        let kind = match element.attribute("match-type") {
            None | Some("contains") => MatchKind::Contains,
            Some("equals") => MatchKind::Equals,
            Some("starts-with") => MatchKind::StartsWith,
            Some("ends-with") => MatchKind::EndsWith,
            Some(_) => return Err(Wrong::Filter),
        };
        let text = match case {
            Case::Folded => element.text.to_lowercase(),
            Case::Minded => element.text.clone(),
        };
        Ok(Self {
            text,
            kind,
            case,
            negate: element.attribute("negate-condition") == Some("yes"),
        })
    }

    fn holds(&self, value: &str) -> bool {
        let folded;
        let value = match self.case {
            Case::Folded => {
                folded = value.to_lowercase();
                folded.as_str()
            }
            Case::Minded => value,
        };
        let text = self.text.as_str();
        let is = match self.kind {
            MatchKind::Equals => value == text,
            MatchKind::Contains => value.contains(text),
            MatchKind::StartsWith => value.starts_with(text),
            MatchKind::EndsWith => value.ends_with(text),
        };
        is != self.negate
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::xml;
    use super::*;

    fn query(filter: &str) -> Result<Report, Wrong> {
        let text = format!(
            "<C:addressbook-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:carddav\"><D:prop><D:getetag/>\
             <C:address-data version=\"4.0\"><C:prop name=\"fn\"/></C:address-data></D:prop>{filter}</C:addressbook-query>"
        );
        Report::of(&xml::read(text.as_bytes()).unwrap())
    }

    fn takes(filter: &str) -> bool {
        let Report::Query { filter, .. } = query(filter).unwrap() else {
            panic!("no query")
        };
        let card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Élise Martin\r\nitem1.EMAIL;TYPE=home:Elise@Example.org\r\nEND:VCARD\r\n";
        filter.takes(&Card::read(card.as_bytes()).unwrap())
    }

    #[test]
    fn filters_mean_what_rfc_6352_says() {
        let fn_has = |text: &str, more: &str| {
            takes(&format!(
                "<C:filter><C:prop-filter name=\"FN\"><C:text-match {more}>{text}</C:text-match></C:prop-filter></C:filter>"
            ))
        };
        assert!(fn_has("élise", ""));
        assert!(!fn_has("élise", "collation=\"i;octet\""));
        assert!(fn_has("martin", "match-type=\"ends-with\""));
        assert!(!fn_has("martin", "match-type=\"starts-with\""));
        assert!(!fn_has("martin", "match-type=\"equals\""));
        assert!(!fn_has("martin", "negate-condition=\"yes\""));
        for (filter, expected) in [
            ("<C:filter/>", true),
            ("<C:filter><C:prop-filter name=\"TEL\"/></C:filter>", false),
            (
                "<C:filter><C:prop-filter name=\"TEL\"><C:is-not-defined/></C:prop-filter></C:filter>",
                true,
            ),
            (
                "<C:filter test=\"allof\"><C:prop-filter name=\"FN\"/><C:prop-filter name=\"TEL\"/></C:filter>",
                false,
            ),
            (
                "<C:filter test=\"anyof\"><C:prop-filter name=\"FN\"/><C:prop-filter name=\"TEL\"/></C:filter>",
                true,
            ),
            (
                "<C:filter><C:prop-filter name=\"item1.EMAIL\"/></C:filter>",
                true,
            ),
            (
                "<C:filter><C:prop-filter name=\"item2.EMAIL\"/></C:filter>",
                false,
            ),
            (
                "<C:filter><C:prop-filter name=\"EMAIL\"><C:param-filter name=\"type\"><C:text-match>HOME</C:text-match></C:param-filter></C:prop-filter></C:filter>",
                true,
            ),
            (
                "<C:filter><C:prop-filter name=\"EMAIL\"><C:param-filter name=\"PREF\"/></C:prop-filter></C:filter>",
                false,
            ),
            (
                "<C:filter><C:prop-filter name=\"EMAIL\"><C:param-filter name=\"PREF\"><C:is-not-defined/></C:param-filter></C:prop-filter></C:filter>",
                true,
            ),
        ] {
            assert_eq!(takes(filter), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_not_known_is_told() {
        let of = |filter: &str| query(filter).unwrap_err();
        assert_eq!(of(""), Wrong::Body);
        assert_eq!(of("<C:filter><C:x/></C:filter>"), Wrong::Filter);
        assert_eq!(of("<C:filter test=\"x\"/>"), Wrong::Filter);
        let collation = "<C:filter><C:prop-filter name=\"FN\"><C:text-match collation=\"x\"/></C:prop-filter></C:filter>";
        assert_eq!(of(collation), Wrong::Collation);
        let many = "<C:prop-filter name=\"FN\"/>".repeat(101);
        assert_eq!(of(&format!("<C:filter>{many}</C:filter>")), Wrong::Filter);
        let other = xml::read(b"<D:expand-property xmlns:D=\"DAV:\"/>").unwrap();
        assert_eq!(Report::of(&other), Err(Wrong::Report));
    }

    #[test]
    fn a_part_of_a_card_is_still_one() {
        let Report::Query { data, .. } = query("<C:filter/>").unwrap() else {
            panic!("no query")
        };
        let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nTEL:1\r\nEND:VCARD\r\n";
        assert_eq!(
            data.of_card(Card::read(card.as_bytes()).unwrap()),
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD\r\n"
        );
    }
}
