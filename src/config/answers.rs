//! `toxmail-setup.toml`: the questions of the first start, answered beforehand by whoever prepares the box.
//!
//! As strict as `toxmail.toml`: an unknown key or a value that cannot be used is a mistake with its line, and then nothing of
//! the file is used.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use zeroize::Zeroizing;

use super::reader::{LANGUAGES, Reader, home_name, is_host, is_language};
use super::wifi::{self, Country, Ssid, Wifi};
use super::written::Key;
use super::{Error, RelayTls};
use crate::mail::address::MemberName;

/// The file's name in the boot folder.
pub const ANSWERS: &str = "toxmail-setup.toml";
/// Longer is no such file.
const MAX_BYTES: u64 = 64 * 1024;
/// In characters; the same as of a password that is typed.
const SHORTEST_PASSWORD: usize = 8;

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// What the home is called.
    pub name: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Who lives there; the first looks after it.
    pub members: Vec<Person>,
    /// The account for ordinary mail.
    pub provider: Option<Account>,
    /// The Wi-Fi that a box joins.
    pub wifi: Option<Wifi>,
}

/// A person.
#[derive(Clone)]
pub struct Person {
    /// The mailbox.
    pub name: MemberName,
    /// What others see.
    pub display: Option<String>,
    /// Their own password.
    pub password: Zeroizing<String>,
}

/// An account at a provider.
#[derive(Clone)]
pub struct Account {
    /// The server for outgoing mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// The login there.
    pub username: String,
    /// Its password.
    pub password: Zeroizing<String>,
    /// The first member's ordinary address.
    pub address: Option<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({}, …)", self.name)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({} at {}, …)", self.username, self.host)
    }
}

/// A provider's server, as it is known beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The server for outgoing mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// The login of that address.
    pub username: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    home: WrittenHome,
    member: Vec<Spanned<WrittenPerson>>,
    provider: Key<WrittenAccount>,
    wifi: Option<WrittenWifi>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenHome {
    name: Key<String>,
    language: Key<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPerson {
    name: Spanned<String>,
    display: Key<String>,
    password: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAccount {
    address: Key<String>,
    host: Key<String>,
    port: Key<u16>,
    tls: Key<String>,
    username: Key<String>,
    password: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWifi {
    name: Spanned<String>,
    password: Spanned<String>,
    country: Spanned<String>,
}

impl Answers {
    /// Reads the file; `None` where there is none. `known` tells the server of an address.
    ///
    /// # Errors
    /// [`Error`] with line and advice.
    pub fn load(path: &Path, known: fn(&str) -> Option<Server>) -> Result<Option<Self>, Error> {
        use std::io::Read;
        let wrong = |problem: String| Error {
            path: path.to_owned(),
            line: None,
            problem,
            advice:
                "it is a small text in UTF-8; write it again, or remove it and answer in the page"
                    .into(),
        };
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(wrong(format!("cannot be read: {e}"))),
        };
        let mut text = Zeroizing::new(String::new());
        file.take(MAX_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(|e| wrong(format!("cannot be read: {e}")))?;
        if text.len() as u64 > MAX_BYTES {
            return Err(wrong("is longer than 64 KB".into()));
        }
        Self::parse(&text, path, known).map(Some)
    }

    /// The meaning of a text; `path` is for messages.
    ///
    /// # Errors
    /// [`Error`] with line and advice.
    pub fn parse(
        text: &str,
        path: &Path,
        known: fn(&str) -> Option<Server>,
    ) -> Result<Self, Error> {
        let reader = Reader { text, path };
        let file: File = toml::from_str(text).map_err(|e| {
            let mut error = reader.syntax(&e);
            if !error.advice.starts_with("known here are") {
                error.advice = "correct the line; docs/setup-file.md has an example".into();
            }
            error
        })?;
        let name = match file.home.name {
            None => None,
            Some(name) => Some(
                home_name(name.get_ref())
                    .map_err(|(problem, advice)| reader.at(&name, problem, advice))?,
            ),
        };
        let language = match file.home.language {
            None => None,
            Some(tag) if is_language(tag.get_ref()) => Some(tag.into_inner()),
            Some(tag) => {
                let problem = format!("`{}` is not a language of Toxmail", tag.get_ref());
                return Err(reader.at(&tag, problem, LANGUAGES));
            }
        };
        let mut members: Vec<Person> = Vec::new();
        for written in file.member {
            let person = person(&reader, written.get_ref())?;
            if members.iter().any(|other| other.name == person.name) {
                let problem = format!("there are two members '{}'", person.name);
                let name = &written.get_ref().name;
                return Err(reader.at(name, problem, "give each a name of their own"));
            }
            members.push(person);
        }
        let provider = match &file.provider {
            None => None,
            Some(written) => Some(account(&reader, written, known)?),
        };
        let wifi = match &file.wifi {
            None => None,
            Some(written) => Some(wireless(&reader, written)?),
        };
        Ok(Self {
            name,
            language,
            members,
            provider,
            wifi,
        })
    }
}

fn person(reader: &Reader<'_>, written: &WrittenPerson) -> Result<Person, Error> {
    let name = written.name.get_ref().parse::<MemberName>().map_err(|e| {
        let advice = "write the name of a mailbox, such as anna";
        reader.at(&written.name, e.to_string(), advice)
    })?;
    if let Some(display) = &written.display {
        let length = display.get_ref().trim().chars().count();
        if !(1..=100).contains(&length) || display.get_ref().chars().any(char::is_control) {
            let problem = "a display name has 1 to 100 characters on one line";
            return Err(reader.at(
                display,
                problem,
                "write what others shall see, such as Anna Martin",
            ));
        }
    }
    let password = secret(reader, &written.password, SHORTEST_PASSWORD)?;
    let display = written
        .display
        .as_ref()
        .map(|d| d.get_ref().trim().to_owned());
    Ok(Person {
        name,
        display,
        password,
    })
}

/// A password; what it is never stands in a message.
fn secret(
    reader: &Reader<'_>,
    written: &Spanned<String>,
    shortest: usize,
) -> Result<Zeroizing<String>, Error> {
    let text = written.get_ref();
    if text.chars().count() < shortest || text.len() > 1024 || text.chars().any(char::is_control) {
        let problem = format!("a password has {shortest} to 1024 characters on one line");
        return Err(reader.at(
            written,
            problem,
            "choose another; a few words are easy to remember",
        ));
    }
    Ok(Zeroizing::new(text.clone()))
}

fn account(
    reader: &Reader<'_>,
    whole: &Spanned<WrittenAccount>,
    known: fn(&str) -> Option<Server>,
) -> Result<Account, Error> {
    let written = whole.get_ref();
    let text = |key: &Key<String>| key.as_ref().map(|k| k.get_ref().trim().to_owned());
    let address = text(&written.address);
    if let (Some(key), Some(address)) = (&written.address, &address)
        && !address.contains('@')
    {
        let advice = "write the whole one, such as anna@example.org";
        return Err(reader.at(key, format!("`{address}` is not an e-mail address"), advice));
    }
    let server = address.as_deref().and_then(known);
    let tls = match &written.tls {
        None => None,
        Some(tls) => Some(match tls.get_ref().as_str() {
            "implicit" => RelayTls::Implicit,
            "starttls" => RelayTls::StartTls,
            other => {
                let advice = "write implicit (TLS from the first byte) or starttls";
                return Err(reader.at(tls, format!("tls: `{other}` is unknown"), advice));
            }
        }),
    };
    let tls = tls
        .or(server.as_ref().map(|s| s.tls))
        .unwrap_or(RelayTls::Implicit);
    let host = match (&written.host, &server) {
        (Some(host), _) if !is_host(host.get_ref()) => {
            let problem = format!("`{}` is not a host name", host.get_ref());
            return Err(reader.at(
                host,
                problem,
                "write the server for outgoing mail, such as smtp.example.org",
            ));
        }
        (Some(host), _) => host.get_ref().clone(),
        (None, Some(server)) => server.host.clone(),
        (None, None) => {
            let advice =
                "write host = \"smtp.example.org\", the provider's server for outgoing mail";
            return Err(reader.at(
                whole,
                "[provider] names no server, and the address's is not known",
                advice,
            ));
        }
    };
    let usual = match (&server, tls) {
        (Some(server), tls) if server.host == host && server.tls == tls => server.port,
        (_, RelayTls::Implicit) => 465,
        (_, RelayTls::StartTls) => 587,
    };
    let port = written.port.as_ref().map_or(usual, |port| *port.get_ref());
    let username = text(&written.username)
        .or(server.map(|s| s.username))
        .or(address.clone());
    let Some(username) = username else {
        let advice = "write username = \"…\", or address = \"…\" if that is the login";
        return Err(reader.at(whole, "[provider] names no login", advice));
    };
    Ok(Account {
        host,
        port,
        tls,
        username,
        password: secret(reader, &written.password, 1)?,
        address,
    })
}

fn wireless(reader: &Reader<'_>, written: &WrittenWifi) -> Result<Wifi, Error> {
    let ssid = Ssid::typed(written.name.get_ref()).ok_or_else(|| {
        let advice = "write it as the router spells it";
        let problem = "a Wi-Fi network's name has 1 to 32 bytes on one line";
        reader.at(&written.name, problem, advice)
    })?;
    let password = written.password.get_ref();
    let key = match password.as_str() {
        "" => wifi::Key::Open,
        password => wifi::Key::of(&ssid, password).map_err(|_| {
            let advice = "write it as it stands on the router, or \"\" for a network without one";
            let problem = "a Wi-Fi password has 8 to 63 bytes, or 64 hexadecimal digits";
            reader.at(&written.password, problem, advice)
        })?,
    };
    let country = Country::new(written.country.get_ref()).ok_or_else(|| {
        let problem = format!("`{}` is not a country", written.country.get_ref());
        reader.at(
            &written.country,
            problem,
            "write its two letters, such as FR",
        )
    })?;
    Ok(Wifi {
        ssid,
        key,
        country,
        // Nobody has seen it.
        hidden: true,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn known(address: &str) -> Option<Server> {
        address.ends_with("@known.example").then(|| Server {
            host: "smtp.known.example".into(),
            port: 587,
            tls: RelayTls::StartTls,
            username: address.to_owned(),
        })
    }

    fn parse(text: &str) -> Result<Answers, Error> {
        Answers::parse(text, Path::new("/boot/toxmail-setup.toml"), known)
    }

    #[test]
    fn every_question_can_be_answered() {
        let answers = parse(
            "[home]\nname = \"Garden\"\nlanguage = \"de\"\n\
             [[member]]\nname = \"Anna\"\ndisplay = \"Anna Martin\"\npassword = \"four small words\"\n\
             [[member]]\nname = \"ben\"\npassword = \"12345678\"\n\
             [provider]\naddress = \"anna@known.example\"\npassword = \"x\"\n\
             [wifi]\nname = \"Gärten 5\"\npassword = \"many words\"\ncountry = \"fr\"\n",
        )
        .unwrap();
        assert_eq!(answers.name.as_deref(), Some("Garden"));
        assert_eq!(answers.language.as_deref(), Some("de"));
        let names: Vec<_> = answers.members.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["anna", "ben"]);
        let provider = answers.provider.unwrap();
        assert_eq!(
            (provider.host.as_str(), provider.port, provider.tls),
            ("smtp.known.example", 587, RelayTls::StartTls)
        );
        assert_eq!(provider.username, "anna@known.example");
        let wifi = answers.wifi.unwrap();
        assert_eq!(wifi.ssid, Ssid::typed("Gärten 5").unwrap());
        assert_eq!(wifi.key, wifi::Key::of(&wifi.ssid, "many words").unwrap());
        assert_eq!(
            (wifi.country.to_string().as_str(), wifi.hidden),
            ("FR", true)
        );
        let open = parse("[wifi]\nname = \"x\"\npassword = \"\"\ncountry = \"DE\"\n").unwrap();
        assert_eq!(open.wifi.unwrap().key, wifi::Key::Open);
        assert!(parse("").unwrap().members.is_empty());
    }

    #[test]
    fn the_example_of_the_documentation_is_read() {
        let text = include_str!("../../docs/setup-file.md");
        let example = text.split("```toml\n").nth(1).unwrap();
        let answers = parse(example.split("```").next().unwrap()).unwrap();
        assert_eq!(answers.members.len(), 2);
        assert_eq!(answers.provider.unwrap().host, "mail.gmx.net");
        assert_eq!(answers.wifi.unwrap().country.to_string(), "FR");
    }

    #[test]
    fn what_is_said_goes_before_what_is_known() {
        let text = "[provider]\naddress = \"a@known.example\"\nhost = \"mail.own.example\"\nusername = \"a\"\npassword = \"x\"\ntls = \"implicit\"\n";
        let provider = parse(text).unwrap().provider.unwrap();
        assert_eq!(
            (provider.host.as_str(), provider.port),
            ("mail.own.example", 465)
        );
        assert_eq!(provider.username, "a");
    }

    #[test]
    fn a_mistake_has_its_line_and_no_password_stands_in_a_message() {
        let secret = "hunter2!";
        for (text, line, problem) in [
            ("[home]\nnmae = \"x\"\n".to_owned(), 2, "unknown key"),
            ("[home]\nname = \"\"\n".to_owned(), 2, "1 to 128 bytes"),
            ("[home]\nlanguage = \"tlh\"\n".to_owned(), 2, "tlh"),
            (
                "\n[[member]]\nname = \"root\"\npassword = \"12345678\"\n".to_owned(),
                3,
                "reserved",
            ),
            (
                "[[member]]\nname = \"a\"\npassword = \"short\"\n".to_owned(),
                3,
                "password",
            ),
            ("[[member]]\nname = \"a\"\n".to_owned(), 1, "password"),
            (
                format!(
                    "[[member]]\nname = \"a\"\npassword = \"{secret}\"\n[[member]]\nname = \"A\"\npassword = \"{secret}\"\n"
                ),
                5,
                "two members",
            ),
            (
                format!("[provider]\nadress = \"x\"\npassword = \"{secret}\"\n"),
                2,
                "unknown key",
            ),
            (
                format!("[provider]\naddress = \"x\"\npassword = \"{secret}\"\n"),
                2,
                "not an e-mail",
            ),
            (
                format!("[provider]\naddress = \"a@nobody.example\"\npassword = \"{secret}\"\n"),
                1,
                "no server",
            ),
            (
                format!("[provider]\nhost = \"h.example\"\npassword = \"{secret}\"\n"),
                1,
                "no login",
            ),
            (
                format!(
                    "[provider]\nhost = \"h.example\"\ntls = \"none\"\nusername=\"x\"\npassword = \"{secret}\"\n"
                ),
                3,
                "tls",
            ),
            (format!("[provider]\npassword = {secret}\n"), 2, ""),
            (
                format!("[wifi]\nname = \"\"\npassword = \"{secret}\"\ncountry = \"FR\"\n"),
                2,
                "1 to 32",
            ),
            (
                "[wifi]\nname = \"x\"\npassword = \"short\"\ncountry = \"FR\"\n".to_owned(),
                3,
                "8 to 63",
            ),
            (
                format!("[wifi]\nname = \"x\"\npassword = \"{secret}\"\ncountry = \"France\"\n"),
                4,
                "not a country",
            ),
            (
                format!("[wifi]\nname = \"x\"\npassword = \"{secret}\"\n"),
                1,
                "country",
            ),
        ] {
            let error = parse(&text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}: {error:?}");
            assert!(error.problem.contains(problem), "{text}: {error:?}");
            assert!(!format!("{error:?}").contains(secret), "{error:?}");
            assert!(!error.advice.is_empty());
        }
    }
}
