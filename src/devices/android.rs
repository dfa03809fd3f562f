//! The QR code from which Thunderbird for Android takes accounts: its "Export for Mobile" format, version 1.
//!
//! ```text
//! [1, [part, parts],
//!  [0 IMAP | 1 POP3, host, port, security, 1, login, account name, password],
//!  [[[0, host, port, security, 1, login, password], [address, display name]]],
//!  … more accounts, two elements each …]
//! ```
//!
//! Security is 2 for STARTTLS and 3 for TLS; the 1 after it is a password in clear, which TLS covers. An account never spans two
//! codes. Its reader takes no `null` for a name, no line break, no address beyond ASCII, and no number for a host.
//!
//! Everything beyond ASCII is escaped: a reader of QR codes guesses at the letters of a text, and is sometimes wrong.

use std::fmt::Write as _;
use std::net::IpAddr;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Account, Error, Protocol, Security, Service};

/// Longest text of a code, in bytes, as Thunderbird's own have it: more is hard to scan from a screen.
const MAX_CODE: usize = 800;

/// The texts of the codes for these accounts: one, unless they are many.
///
/// # Errors
/// [`Error::NoHostName`], [`Error::NotAscii`].
pub fn codes(accounts: &[Account<'_>]) -> Result<Vec<Zeroizing<String>>, Error> {
    let mut parts: Vec<Zeroizing<String>> = Vec::new();
    for account in accounts {
        let text = written(account)?;
        // A comma, `[1,[n,n],` and `]`.
        match parts.last_mut() {
            Some(last) if last.len() + text.len() + 16 <= MAX_CODE => {
                last.push(',');
                last.push_str(&text);
            }
            _ => parts.push(text),
        }
    }
    let count = parts.len();
    let numbered = parts.iter().zip(1..);
    let whole = numbered.map(|(part, n)| format!("[1,[{n},{count}],{}]", part.as_str()));
    Ok(whole.map(Zeroizing::new).collect())
}

/// Both elements of an account, with a comma between.
fn written(account: &Account<'_>) -> Result<Zeroizing<String>, Error> {
    let (home, person) = (account.home, account.person);
    let host = home.hostname.as_str();
    if host.parse::<IpAddr>().is_ok() {
        return Err(Error::NoHostName(host.to_owned()));
    }
    if !person.address.is_ascii() {
        return Err(Error::NotAscii(person.address.clone()));
    }
    let (login, secret) = (person.name.as_str(), account.password.secret.as_str());
    let (incoming, outgoing) = (account.incoming, account.outgoing);
    let incoming = json!([
        number(incoming),
        host,
        incoming.port,
        security(incoming),
        1,
        login,
        home.title(),
        secret
    ]);
    let outgoing = json!([
        number(outgoing),
        host,
        outgoing.port,
        security(outgoing),
        1,
        login,
        secret
    ]);
    let groups = json!([[outgoing, [person.address, person.title()]]]);
    Ok(Zeroizing::new(format!(
        "{},{}",
        ascii(&incoming),
        ascii(&groups)
    )))
}

fn number(service: Service) -> u8 {
    match service.protocol {
        Protocol::Imap | Protocol::Submission => 0,
        Protocol::Pop3 => 1,
    }
}

fn security(service: Service) -> u8 {
    match service.security {
        Security::StartTls => 2,
        Security::Tls => 3,
    }
}

/// JSON with its escapes (RFC 8259 section 7) for everything beyond ASCII.
fn ascii(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::samples::{home, password, person};
    use super::*;

    #[test]
    fn an_account_is_written_as_documented() {
        let (home, mut person, password) = (home(), person(), password());
        person.display = "Änna 👋".into();
        let account = Account::new(&home, &person, &password).unwrap();
        let codes = codes(&[account]).unwrap();
        let secret = password.secret.as_str();
        assert_eq!(
            codes[0].as_str(),
            format!(
                "[1,[1,1],[0,\"toxmail.local\",993,3,1,\"anna\",\"Garden Street 5\",\"{secret}\"],\
                 [[[0,\"toxmail.local\",465,3,1,\"anna\",\"{secret}\"],[\"anna@toxmail.local\",\"\\u00c4nna \\ud83d\\udc4b\"]]]]"
            )
        );
    }

    #[test]
    fn many_accounts_take_several_codes_none_of_them_too_long() {
        let (mut home, person, password) = (home(), person(), password());
        (home.ports.imap, home.ports.imaps) = (None, None);
        home.ports.submissions = None;
        let account = Account::new(&home, &person, &password).unwrap();
        let codes = codes(&[account; 7]).unwrap();
        let read: Vec<Value> = codes
            .iter()
            .map(|code| serde_json::from_str(code).unwrap())
            .collect();
        let accounts: usize = read.iter().map(|v| v.as_array().unwrap().len() - 2).sum();
        assert_eq!(accounts, 14);
        assert!(codes.len() > 1 && codes.iter().all(|code| code.len() <= MAX_CODE));
        for (n, value) in read.iter().enumerate() {
            assert_eq!(value[1], json!([n + 1, codes.len()]));
            // POP3 with TLS, submission with STARTTLS.
            assert_eq!((&value[2][0], &value[2][3]), (&json!(1), &json!(3)));
            assert_eq!(value[3][0][0][3], json!(2));
        }
        assert!(super::codes(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_the_program_would_refuse_is_refused_here_with_advice() {
        let (mut home, mut person, password) = (home(), person(), password());
        person.address = "änna@example.org".into();
        let account = Account::new(&home, &person, &password).unwrap();
        assert!(matches!(codes(&[account]), Err(Error::NotAscii(_))));
        person.address = "anna@example.org".into();
        for literal in ["192.168.1.5", "fd00::5"] {
            home.hostname = literal.into();
            let account = Account::new(&home, &person, &password).unwrap();
            let error = codes(&[account]).unwrap_err().to_string();
            assert!(error.contains("[home] hostname"), "{error}");
        }
    }
}
