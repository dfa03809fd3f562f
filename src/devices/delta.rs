//! The QR code from which Delta Chat takes a mailbox: its `dclogin` URI, version 1.
//!
//! Delta Chat reads by IMAP only. It trusts the authorities that it brings along and no other, whatever the telephone trusts:
//! with [`Checks::Strict`] it refuses a home's own certificate. With [`Checks::Nobody`] whoever sits in the home network could take
//! the device password, so a person must have been told, and have said yes.

use zeroize::Zeroizing;

use super::{Account, Error, Protocol, Security, Service};
use crate::contacts::percent_encoded;

/// How Delta Chat looks at the home's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// By the authorities that it knows: for a host name with a public certificate.
    Strict,
    /// Not at all.
    Nobody,
}

/// The URI.
///
/// # Errors
/// [`Error::NeedsImap`].
pub fn uri(account: &Account<'_>, checks: Checks) -> Result<Zeroizing<String>, Error> {
    if account.incoming.protocol != Protocol::Imap {
        return Err(Error::NeedsImap);
    }
    // 0 lets it choose, and it chooses not to look.
    let checks = match checks {
        Checks::Strict => 1,
        Checks::Nobody => 3,
    };
    let (host, login) = (
        percent_encoded(&account.home.hostname),
        percent_encoded(account.person.name.as_str()),
    );
    // `ic` and `sc` must be the same; both passwords and both logins are, too.
    Ok(Zeroizing::new(format!(
        "dclogin://{}/?p={}&v=1&ih={host}&ip={}&iu={login}&is={}&ic={checks}&sh={host}&sp={}&su={login}&ss={}&sc={checks}",
        authority(&account.person.address),
        percent_encoded(&account.password.secret),
        account.incoming.port,
        security(account.incoming),
        account.outgoing.port,
        security(account.outgoing),
    )))
}

/// The address as the URI's authority. Older programs do not undo percent codes here: what is usual in an address stays.
fn authority(address: &str) -> String {
    let parts = address.split('+').map(|part| match part.rsplit_once('@') {
        Some((local, domain)) => {
            format!("{}@{}", percent_encoded(local), percent_encoded(domain))
        }
        None => percent_encoded(part),
    });
    parts.collect::<Vec<_>>().join("+")
}

fn security(service: Service) -> &'static str {
    match service.security {
        Security::Tls => "ssl",
        Security::StartTls => "starttls",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::samples::{home, password, person};
    use super::*;

    #[test]
    fn the_uri_has_the_documented_fields() {
        let (mut home, mut person, password) = (home(), person(), password());
        let account = Account::new(&home, &person, &password).unwrap();
        let secret = password.secret.as_str();
        assert_eq!(
            uri(&account, Checks::Strict).unwrap().as_str(),
            format!(
                "dclogin://anna@toxmail.local/?p={secret}&v=1&ih=toxmail.local&ip=993&iu=anna&is=ssl&ic=1\
                 &sh=toxmail.local&sp=465&su=anna&ss=ssl&sc=1"
            )
        );
        home.ports.imaps = None;
        home.ports.submissions = None;
        person.address = "anna+\u{e9}?/#x@example.org".into();
        let account = Account::new(&home, &person, &password).unwrap();
        let text = uri(&account, Checks::Nobody).unwrap();
        assert!(text.starts_with("dclogin://anna+%C3%A9%3F%2F%23x@example.org/?"));
        assert!(text.contains("&ip=143&") && text.contains("&is=starttls&ic=3&"));
        assert!(text.contains("&sp=587&") && text.ends_with("&ss=starttls&sc=3"));
    }

    #[test]
    fn without_imap_there_is_no_delta_chat() {
        let (mut home, person, password) = (home(), person(), password());
        (home.ports.imap, home.ports.imaps) = (None, None);
        let account = Account::new(&home, &person, &password).unwrap();
        let error = uri(&account, Checks::Nobody).unwrap_err();
        assert_eq!(error, Error::NeedsImap);
        assert!(error.to_string().contains("another program"), "{error}");
    }
}
