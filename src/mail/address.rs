//! What an address means by its form alone (the forms are fixed: other homes and address books hold them).
//!
//! | form | meaning |
//! | --- | --- |
//! | `<76 hex>@tox` | a full Tox address: first contact with that home's main mailbox |
//! | `<64 hex>@tox` | a key: the main mailbox of a home that we know |
//! | `name@<52 base32>.tox` | canonical: member `name` of the home with that key; `home@` is its main mailbox |
//! | `name@<61 base32>.tox` | the same with the full Tox address: first contact |
//! | `nick@tox` | a nickname of this home's own contacts |
//! | `answer+<26 base32>@toxmail.local`, `…@<hostname>` | the home itself, which has asked something: a one-time address |
//! | `name@toxmail.local`, `name@<hostname>` | a member of this home; `home@` its main mailbox; `postmaster@`, `abuse@` its administrator |
//! | anything else | an ordinary e-mail address |
//!
//! Case never matters; `+tag` behind a name is kept as it was written. Base32, because 76 hex digits break the 64 octets of
//! a local part (RFC 5321 section 4.5.3.1.1) and 64 hex digits the 63 octets of a DNS label; 52 and 61 characters fit both.

pub use super::key::{AddressError, PeerKey, ToxId};
pub use super::name::MemberName;

/// The domain of every home from its own inside, whatever `hostname` says.
pub const LOCAL_DOMAIN: &str = "toxmail.local";
/// The domain of nicknames and hexadecimal Tox addresses.
pub const TOX_DOMAIN: &str = "tox";
/// Who stands in a header by a nickname when nobody here knows whose it is. Nobody ever answers there (RFC 6761 section 6.4).
pub const NOBODY: &str = "unknown@tox.invalid";
/// The local part of a home's main mailbox.
pub const MAIN_MAILBOX: &str = "home";
/// The name of one-time addresses. A member may bear it, too: a tag of just so many letters is never theirs.
const ANSWER: &str = "answer";
/// Base32 letters of a one-time address: 130 random bits.
pub const ANSWER_LETTERS: usize = 26;
/// RFC 5321 section 4.5.3.1.1. The hexadecimal Tox address (76) is the one exception.
const MAX_LOCAL: usize = 64;
/// RFC 5321 section 4.5.3.1.2.
const MAX_DOMAIN: usize = 255;

/// What an address says by its form alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A member of this home, if there is one of that name.
    Member {
        /// Whose mailbox.
        name: MemberName,
        /// What stood behind the `+`, as written.
        tag: Option<String>,
    },
    /// This home's main mailbox: `home@toxmail.local`.
    Main {
        /// What stood behind the `+`, as written.
        tag: Option<String>,
    },
    /// This home's administrator: `postmaster` or `abuse`, of this home or with no domain at all (RFC 5321 section 4.1.1.3).
    Postmaster,
    /// A one-time address for an answer to the home: what stands behind the `+`, in lower case.
    Answer(String),
    /// A nickname from the contacts, folded to lower case; a `+tag` is still on it (no nickname has a `+`).
    Nickname(String),
    /// A mailbox of a home that we should know.
    Peer {
        /// Which home.
        key: PeerKey,
        /// `name` or `name+tag` there; `None` is the main mailbox.
        local: Option<String>,
    },
    /// A mailbox of a home that need not know us yet.
    FirstContact {
        /// Which home, and what it takes to knock.
        id: ToxId,
        /// `name` or `name+tag` there; `None` is the main mailbox.
        local: Option<String>,
    },
    /// Any other well-formed e-mail address: local part as written, domain in lower case.
    Ordinary(String),
}

/// What an address means in a home with that `hostname`.
///
/// # Errors
/// The address is none: what is wrong and what to do, for the person who typed it.
pub fn meaning(address: &str, hostname: &str) -> Result<Meaning, AddressError> {
    if address.eq_ignore_ascii_case("postmaster") {
        return Ok(Meaning::Postmaster);
    }
    let (local, domain) = split(address)?;
    let domain = domain.to_lowercase();
    if domain == TOX_DOMAIN {
        return at_tox(&local);
    }
    if let Some(label) = domain.strip_suffix(".tox") {
        let local = local_there(&local)?;
        return match label.len() {
            52 => PeerKey::from_base32(label).map(|key| Meaning::Peer { key, local }),
            61 => ToxId::from_base32(label).map(|id| Meaning::FirstContact { id, local }),
            n => err(format!(
                "the part before .tox has {n} characters; it must be 52 or 61: copy the whole address again"
            )),
        };
    }
    if domain == LOCAL_DOMAIN || domain == hostname.to_lowercase() {
        return at_home(&local);
    }
    Ok(Meaning::Ordinary(format!("{local}@{domain}")))
}

/// The canonical address of a mailbox: `name@<52 base32>.tox`, for the main mailbox `home@…`.
pub fn canonical(local: Option<&str>, key: &PeerKey) -> String {
    format!("{}@{}.tox", local.unwrap_or(MAIN_MAILBOX), key.base32())
}

/// The one-time address with these letters.
pub fn one_time(letters: &str) -> String {
    format!("{ANSWER}+{letters}@{LOCAL_DOMAIN}")
}

/// The form under which ordinary addresses are compared: all lower case. Strictly a local part may mind its case
/// (RFC 5321 section 2.4); no provider's does, and people do not.
pub fn folded(address: &str) -> String {
    address.trim().to_lowercase()
}

/// `name+tag` in two; the tag is `None` when there is none or it is empty.
pub fn split_tag(local: &str) -> (&str, Option<&str>) {
    match local.split_once('+') {
        Some((name, tag)) => (name, (!tag.is_empty()).then_some(tag)),
        None => (local, None),
    }
}

/// The same address without the nospam that lets strangers knock: what may leave the home when [`meaning`] refuses an
/// address that still holds a (mistyped) full Tox address. `None` when there is nothing to take away.
///
/// As much goes as nospam and checksum take, counted from the end: digits that are missing before them would otherwise
/// let some of them through. What is left is never a whole key, which would be somebody else's address.
pub fn without_nospam(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    let (name, tag) = split_tag(local);
    if domain == TOX_DOMAIN && name.len() > 64 && is_hex(name) {
        let tag = tag.map_or(String::new(), |tag| format!("+{tag}"));
        let left = (name.len() - 12).min(63);
        return Some(format!("{}{tag}@{TOX_DOMAIN}", &name[..left]));
    }
    let label = domain.strip_suffix(".tox")?;
    // The last 10 of 61 characters, and the one before them, which holds a bit of the key and four of the nospam.
    let left = label.len().checked_sub(10)?.min(51);
    (label.len() > 52 && label.is_ascii()).then(|| format!("{local}@{}.tox", &label[..left]))
}

/// `<76 hex>`, `<64 hex>` or a nickname.
fn at_tox(local: &str) -> Result<Meaning, AddressError> {
    let (name, tag) = split_tag(local);
    let main = tag.map(|tag| format!("{MAIN_MAILBOX}+{tag}"));
    // Only the digits may be longer than a local part: the tag goes on to a home in the canonical form.
    if main.as_ref().is_some_and(|main| main.len() > MAX_LOCAL) {
        return err("what stands behind the + is too long; shorten it");
    }
    if is_hex(name) {
        match name.len() {
            76 => {
                return name
                    .parse()
                    .map(|id| Meaning::FirstContact { id, local: main });
            }
            64 => {
                return name.parse().map(|key| Meaning::Peer { key, local: main });
            }
            n if n > 40 => {
                return err(format!(
                    "a Tox address has 76 hex digits, a key 64; this one has {n}: copy it again"
                ));
            }
            _ => {}
        }
    }
    let folded = name.to_lowercase();
    if folded == "postmaster" || folded == "abuse" {
        return Ok(Meaning::Postmaster);
    }
    if !is_nickname(&folded) {
        return err(format!(
            "'{local}' is no nickname; look it up in your contacts"
        ));
    }
    Ok(Meaning::Nickname(match tag {
        Some(tag) => format!("{folded}+{tag}"),
        None => folded,
    }))
}

/// A mailbox of this home.
fn at_home(local: &str) -> Result<Meaning, AddressError> {
    let (name, tag) = split_tag(local);
    let tag = tag.map(str::to_owned);
    if let Some(letters) = tag.as_ref().filter(|tag| is_one_time(name, tag)) {
        return Ok(Meaning::Answer(letters.to_ascii_lowercase()));
    }
    match name.to_ascii_lowercase().as_str() {
        "postmaster" | "abuse" => Ok(Meaning::Postmaster),
        MAIN_MAILBOX => Ok(Meaning::Main { tag }),
        // Reserved: a name like any other for whoever writes to it, only that nobody has it.
        name if MemberName::RESERVED.contains(&name) => err(format!(
            "nobody called '{name}' lives in this home; write to postmaster@{LOCAL_DOMAIN}"
        )),
        name => match name.parse() {
            Ok(name) => Ok(Meaning::Member { name, tag }),
            Err(_) => err(format!(
                "nobody called '{name}' lives in this home; check the spelling"
            )),
        },
    }
}

fn is_one_time(name: &str, tag: &str) -> bool {
    name.eq_ignore_ascii_case(ANSWER)
        && tag.len() == ANSWER_LETTERS
        && tag
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || (b'2'..=b'7').contains(&b))
}

/// A mailbox of another home: its names follow our rules, but which are reserved is its own affair.
fn local_there(local: &str) -> Result<Option<String>, AddressError> {
    let (name, tag) = split_tag(local);
    let name = name.to_ascii_lowercase();
    let reserved = MemberName::RESERVED.contains(&name.as_str());
    if !reserved && name.parse::<MemberName>().is_err() {
        return err(format!(
            "'{local}' is not a name that a Toxmail home can have; check the spelling"
        ));
    }
    Ok(match tag {
        None if name == MAIN_MAILBOX => None,
        None => Some(name),
        Some(tag) => Some(format!("{name}+{tag}")),
    })
}

/// What a nickname may be: 1 to 64 octets of letters and digits of any script, dots, dashes, underscores; not something
/// that looks like a key.
pub fn is_nickname(text: &str) -> bool {
    (1..=MAX_LOCAL).contains(&text.len())
        && text.chars().next().is_some_and(char::is_alphanumeric)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && !text.ends_with('.')
        && !text.contains("..")
        && !(text.len() > 40 && is_hex(text))
}

/// Local part without needless quotes, and domain; both checked (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
fn split(address: &str) -> Result<(String, &str), AddressError> {
    let bad = || {
        AddressError(
            "this is not an e-mail address; it should look like name@example.org".to_owned(),
        )
    };
    let (local, domain) = if address.starts_with('"') {
        let end = closing_quote(address).ok_or_else(bad)?;
        let domain = address[end + 1..].strip_prefix('@').ok_or_else(bad)?;
        (unquoted(&address[..=end]), domain)
    } else {
        let (local, domain) = address.rsplit_once('@').ok_or_else(bad)?;
        if !is_dot_string(local) {
            return Err(bad());
        }
        (local.to_owned(), domain)
    };
    let tox_address = domain.eq_ignore_ascii_case(TOX_DOMAIN) && is_hex(split_tag(&local).0);
    if local.len() > MAX_LOCAL && !tox_address {
        return err("the part before the @ is longer than 64 characters; check the address");
    }
    // Looked at as it will be kept: there are letters whose small form takes more octets.
    if local.chars().any(char::is_control) || !is_domain(&domain.to_lowercase()) {
        return Err(bad());
    }
    Ok((local, domain))
}

/// The index of the quote that ends the quoted string at the start.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(i, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(i)
    })
}

/// `"anna"` is `anna` (RFC 5321 section 4.1.2: quotes that are not needed mean nothing); `"a b"` stays quoted.
fn unquoted(quoted: &str) -> String {
    let mut plain = String::new();
    let mut escaped = false;
    for c in quoted[1..quoted.len() - 1].chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            plain.push(c);
        }
    }
    if is_dot_string(&plain) {
        plain
    } else {
        quoted.to_owned()
    }
}

fn is_dot_string(text: &str) -> bool {
    text.split('.').all(|atom| {
        !atom.is_empty()
            && atom.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || "!#$%&'*+-/=?^_`{|}~".contains(c)
                    || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
            })
    })
}

fn is_domain(text: &str) -> bool {
    if text.len() > MAX_DOMAIN {
        return false;
    }
    if let Some(literal) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return match literal.get(..5) {
            Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
                literal[5..].parse::<std::net::Ipv6Addr>().is_ok()
            }
            _ => literal.parse::<std::net::Ipv4Addr>().is_ok(),
        };
    }
    text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| {
                // The underscore is no host name, but some providers have it.
                c.is_ascii_alphanumeric()
                    || c == '-'
                    || c == '_'
                    || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
            })
    })
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn err<T>(text: impl Into<String>) -> Result<T, AddressError> {
    Err(AddressError(text.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    // Made by Python's base64 and an independent checksum: key 00 01 … 1F, nospam DEADBEEF.
    const KEY: &str = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    const ID: &str = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042";
    const KEY32: &str = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq";
    const ID32: &str = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dyp55ln655qee";

    fn of(address: &str) -> Result<Meaning, AddressError> {
        meaning(address, "Post.Garden.Example")
    }
    fn peer(local: Option<&str>) -> Meaning {
        Meaning::Peer {
            key: KEY.parse().unwrap(),
            local: local.map(str::to_owned),
        }
    }
    fn first(local: Option<&str>) -> Meaning {
        Meaning::FirstContact {
            id: ID.parse().unwrap(),
            local: local.map(str::to_owned),
        }
    }
    fn member(name: &str, tag: Option<&str>) -> Meaning {
        Meaning::Member {
            name: name.parse().unwrap(),
            tag: tag.map(str::to_owned),
        }
    }

    #[test]
    fn every_form_of_an_address() {
        let lower = ID.to_lowercase();
        for (address, expected) in [
            (format!("{ID}@tox"), first(None)),
            (format!("{lower}@TOX"), first(None)),
            (format!("{ID}+box@tox"), first(Some("home+box"))),
            (format!("\"{ID}\"@tox"), first(None)),
            (format!("{KEY}@tox"), peer(None)),
            (format!("{}@Tox", KEY.to_lowercase()), peer(None)),
            (format!("anna@{KEY32}.tox"), peer(Some("anna"))),
            (format!("\"anna\"@{KEY32}.tox"), peer(Some("anna"))),
            (
                format!("ANNA@{}.TOX", KEY32.to_uppercase()),
                peer(Some("anna")),
            ),
            (format!("Anna+News@{KEY32}.tox"), peer(Some("anna+News"))),
            (format!("anna+@{KEY32}.tox"), peer(Some("anna"))),
            (format!("home@{KEY32}.tox"), peer(None)),
            (format!("Home+x@{KEY32}.tox"), peer(Some("home+x"))),
            (format!("postmaster@{KEY32}.tox"), peer(Some("postmaster"))),
            (format!("anna@{ID32}.tox"), first(Some("anna"))),
            (format!("home@{}.tox", ID32.to_uppercase()), first(None)),
            ("oma@tox".into(), Meaning::Nickname("oma".into())),
            (
                "Oma.Käthe@tox".into(),
                Meaning::Nickname("oma.käthe".into()),
            ),
            ("Oma+News@tox".into(), Meaning::Nickname("oma+News".into())),
            ("cafe@tox".into(), Meaning::Nickname("cafe".into())),
            ("PostMaster@tox".into(), Meaning::Postmaster),
            ("anna@toxmail.local".into(), member("anna", None)),
            (
                "Anna.M+x.y@ToxMail.Local".into(),
                member("anna.m", Some("x.y")),
            ),
            ("anna@post.garden.example".into(), member("anna", None)),
            ("\"anna\"@toxmail.local".into(), member("anna", None)),
            ("postmaster".into(), Meaning::Postmaster),
            ("POSTMASTER@toxmail.local".into(), Meaning::Postmaster),
            ("abuse@post.garden.example".into(), Meaning::Postmaster),
            ("home@toxmail.local".into(), Meaning::Main { tag: None }),
            (
                "Anna@Example.ORG".into(),
                Meaning::Ordinary("Anna@example.org".into()),
            ),
            (
                "käthe@bücher.example".into(),
                Meaning::Ordinary("käthe@bücher.example".into()),
            ),
            (
                "\"a b\"@example.org".into(),
                Meaning::Ordinary("\"a b\"@example.org".into()),
            ),
            (
                "\"a@b\"@example.org".into(),
                Meaning::Ordinary("\"a@b\"@example.org".into()),
            ),
            (
                "a@[192.0.2.1]".into(),
                Meaning::Ordinary("a@[192.0.2.1]".into()),
            ),
            (
                "a@[IPv6:2001:db8::1]".into(),
                Meaning::Ordinary("a@[ipv6:2001:db8::1]".into()),
            ),
            (
                "a@tox.example".into(),
                Meaning::Ordinary("a@tox.example".into()),
            ),
            ("a@nottox".into(), Meaning::Ordinary("a@nottox".into())),
        ] {
            assert_eq!(of(&address), Ok(expected), "{address}");
        }
    }

    #[test]
    fn what_is_refused_says_what_to_do() {
        let bad_sum = ID.replace("6042", "6043");
        let spare52 = KEY32.replace("dypq", "dypr"); // 4 spare bits
        let spare61 = ID32.replace("5qee", "5qef"); // 1 spare bit
        for (address, words) in [
            (format!("{bad_sum}@tox"), "mistyped"),
            (format!("{}@tox", &ID[..75]), "has 75"),
            (format!("{ID}0@tox"), "has 77"),
            (format!("{}@tox", &KEY[..63]), "has 63"),
            (format!("anna@{spare52}.tox"), "mistyped"),
            (format!("anna@{spare61}.tox"), "mistyped"),
            (format!("anna@{}1.tox", &KEY32[..51]), "mistyped"),
            (format!("anna@{}.tox", &KEY32[..51]), "51 characters"),
            (format!("anna@x.{KEY32}.tox"), "54 characters"),
            (format!("-anna@{KEY32}.tox"), "not a name"),
            (format!("käthe@{KEY32}.tox"), "not a name"),
            (format!("{}@{KEY32}.tox", "a".repeat(33)), "not a name"),
            ("anna@.tox".into(), "name@example.org"),
            ("..@tox".into(), "name@example.org"),
            ("-x@tox".into(), "no nickname"),
            ("root@toxmail.local".into(), "nobody called 'root'"),
            ("mailer-daemon@toxmail.local".into(), "nobody called"),
            ("anna!@toxmail.local".into(), "check the spelling"),
            (String::new(), "name@example.org"),
            ("anna".into(), "name@example.org"),
            ("@example.org".into(), "name@example.org"),
            ("anna@".into(), "name@example.org"),
            ("a b@example.org".into(), "name@example.org"),
            ("a@b@example.org".into(), "name@example.org"),
            ("a@exa mple.org".into(), "name@example.org"),
            ("a@example..org".into(), "name@example.org"),
            ("a@example.org.".into(), "name@example.org"),
            ("a@-example.org".into(), "name@example.org"),
            ("a@[1.2.3]".into(), "name@example.org"),
            ("\"a@example.org".into(), "name@example.org"),
            ("\"a\r\nb\"@example.org".into(), "name@example.org"),
            ("a\0@example.org".into(), "name@example.org"),
            (format!("{}@example.org", "a".repeat(65)), "64 characters"),
            (format!("a@{}.org", "a".repeat(64)), "name@example.org"),
        ] {
            let error = of(&address).expect_err(&address);
            assert!(error.0.contains(words), "{address}: {error}");
            assert!(error.0.len() <= 200, "{error}");
        }
    }

    #[test]
    fn canonical_addresses_mean_themselves() {
        let key: PeerKey = KEY.parse().unwrap();
        assert_eq!(canonical(None, &key), format!("home@{KEY32}.tox"));
        assert_eq!(
            canonical(Some("anna+x"), &key),
            format!("anna+x@{KEY32}.tox")
        );
        assert_eq!(
            of(&canonical(Some("anna+x"), &key)),
            Ok(peer(Some("anna+x")))
        );
        assert_eq!(of(&canonical(None, &key)), Ok(peer(None)));
        let id: ToxId = ID.parse().unwrap();
        assert_eq!((id.key(), id.base32().as_str()), (key, ID32));
        // The checksum is right, and nobody can have that key.
        assert!(ToxId::from_bytes([0; 38]).is_err());
    }

    #[test]
    fn a_domain_is_as_long_as_its_small_letters() {
        // 62 octets as written, 93 in small letters: no label holds more than 63.
        assert!(of(&format!("anna@{}.example", "\u{23a}".repeat(31))).is_err());
        let Ok(Meaning::Ordinary(kept)) = of(&format!("anna@{}.example", "\u{23a}".repeat(21)))
        else {
            panic!("63 octets in small letters");
        };
        assert_eq!(of(&kept), Ok(Meaning::Ordinary(kept.clone())));
    }

    #[test]
    fn a_tag_behind_a_key_fits_the_canonical_address() {
        let longest = "x".repeat(MAX_LOCAL - "home+".len());
        let Ok(Meaning::Peer { key, local }) = of(&format!("{KEY}+{longest}@tox")) else {
            panic!("{longest}");
        };
        assert!(of(&canonical(local.as_deref(), &key)).is_ok());
        let error = of(&format!("{ID}+{longest}x@tox")).unwrap_err();
        assert!(error.0.contains("too long"), "{error}");
    }

    #[test]
    fn a_mistyped_tox_address_loses_its_nospam() {
        let bad = ID.replace("6042", "6043");
        assert_eq!(
            without_nospam(&format!("{bad}@tox")),
            Some(format!("{}@tox", &KEY[..63]))
        );
        // Four digits of the key were left out: nothing of the nospam moves up into their place.
        let short = format!("{}{}@tox", &ID[..20], &ID[24..]);
        let left = without_nospam(&short).unwrap();
        assert!(!left.contains("DEAD") && of(&left).is_err(), "{left}");
        let short = format!("anna@{}{}.tox", &ID32[..20], &ID32[24..]);
        let left = without_nospam(&short).unwrap();
        assert!(!left.contains("55ln") && of(&left).is_err(), "{left}");
        let bad = ID32.replace("5qee", "5qeb");
        let cut = without_nospam(&format!("anna@{bad}.tox")).unwrap();
        assert_eq!(cut, format!("anna@{}.tox", &KEY32[..51]));
        assert!(of(&cut).is_err());
        assert_eq!(without_nospam("anna@example.org"), None);
        assert_eq!(without_nospam(&format!("anna@{KEY32}.tox")), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,90}", domain in "(tox|[a-z2-7]{50,62}\\.tox|toxmail\\.local)") {
            let _ = of(&text);
            let _ = of(&format!("{text}@{domain}"));
            let _ = without_nospam(&format!("{text}@{domain}"));
        }

        #[test]
        fn every_key_has_one_spelling(bytes: [u8; 32], local in "[a-z0-9][a-z0-9_-]{0,15}(\\.[a-z0-9_-]{1,7}){0,2}") {
            let key = PeerKey::from_bytes(bytes);
            let address = canonical(Some(&local), &key);
            let again = match of(&address) {
                Ok(Meaning::Peer { key, local }) => canonical(local.as_deref(), &key),
                other => panic!("{other:?}"),
            };
            proptest::prop_assert_eq!(address, again);
        }
    }
}
