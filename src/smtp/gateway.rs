//! The door for an existing mail server at home (`[listen] gateway`): the same session as for mail programs, with STARTTLS
//! and a login of its own, behind a door that only the addresses of `[gateway] accept_from` pass.

use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::serve::Submission;
use crate::mail::address::MemberName;
use crate::net::connection::Connection;
use crate::net::login::{Glance, Keys};
use crate::net::serve::{Protocol, Turned};

/// Under what name the mail server is logged in, for the journal. No mailbox belongs to it.
///
/// # Panics
/// Never: the name is a legal one.
pub fn account() -> MemberName {
    #[allow(clippy::expect_used)] // not from outside
    "gateway".parse().expect("a member's name")
}

/// What asks for name and password file as they are now; `None` where nobody may log in.
pub type Login = Box<dyn Fn() -> Option<(String, PathBuf)> + Send + Sync>;

/// The one name and password of the mail server. The file is read at each login, so that a new password counts at once.
pub struct Key(pub Login);

impl Key {
    fn is_right(&self, login: &str, password: &str) -> Result<bool, String> {
        let Some((username, file)) = (self.0)() else {
            return Ok(false);
        };
        let text = std::fs::read_to_string(&file).map(Zeroizing::new);
        let text = text.map_err(|e| format!("[gateway] password_file {}: {e}", file.display()))?;
        let wanted = password_of(&text);
        // An empty file is a mistake, not a password.
        Ok(!wanted.is_empty() & same(&username, login) & same(wanted, password))
    }
}

/// The password in a file: its first line.
pub fn password_of(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Compares without telling by its time how much of it is right.
fn same(wanted: &str, given: &str) -> bool {
    let (wanted, given) = (wanted.as_bytes(), given.as_bytes());
    let differs = wanted.iter().zip(given).fold(0, |d, (a, b)| d | (a ^ b));
    wanted.len() == given.len() && differs == 0
}

impl Keys for Key {
    fn glance(&self, login: &str, password: &str) -> Result<Glance, String> {
        // A person may have chosen it, so it is not beyond guessing.
        Ok(match self.is_right(login, password)? {
            true => Glance::Person(account()),
            false => Glance::Unknown,
        })
    }

    fn check(&self, _: &str, _: &str) -> Result<Option<MemberName>, String> {
        Ok(None) // a glance has said all there is to say
    }

    fn name(&self, login: &str) -> Result<Option<String>, String> {
        Ok((self.0)()
            .map(|(name, _)| name)
            .filter(|name| name == login))
    }
}

/// The service.
pub struct Gateway(pub Arc<Submission>);

impl Protocol for Gateway {
    async fn serve(&self, connection: Connection) {
        self.0.serve(connection).await;
    }

    fn turned_away(&self, why: Turned) -> &'static [u8] {
        match why {
            Turned::Stranger => {
                b"554 5.7.1 Only the mail server of this home is served here; [gateway] accept_from says which that is\r\n"
            }
            other => self.0.turned_away(other),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_and_the_first_line_of_the_file_open_the_door() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        let path = file.clone();
        let key = Key(Box::new(move || Some(("zimbra".into(), path.clone()))));
        let right = || Ok(Glance::Person(account()));
        assert!(
            key.glance("zimbra", "sesame").is_err(),
            "no file is no password"
        );
        std::fs::write(&file, "sesame\nmore\n").unwrap();
        assert_eq!(key.glance("zimbra", "sesame"), right());
        for (login, password) in [
            ("zimbra", ""),
            ("zimbra", "sesam"),
            ("zimbra", "sesamee"),
            ("zimbra", "Sesame"),
            ("zimbr", "sesame"),
            ("", "sesame"),
        ] {
            assert_eq!(key.glance(login, password), Ok(Glance::Unknown));
            assert_eq!(key.check(login, password), Ok(None));
        }
        for (login, name) in [("zimbra", Some("zimbra".to_owned())), ("sesame", None)] {
            assert_eq!(key.name(login), Ok(name));
        }
        std::fs::write(&file, "").unwrap();
        assert_eq!(key.glance("zimbra", ""), Ok(Glance::Unknown));
        std::fs::write(&file, "other").unwrap();
        assert_eq!(key.glance("zimbra", "other"), right());
        let nobody = Key(Box::new(|| None));
        assert_eq!(nobody.glance("zimbra", "other"), Ok(Glance::Unknown));
    }
}
