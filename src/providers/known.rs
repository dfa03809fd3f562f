//! Providers that are known by the domain of an address, so that nobody has to look for the name of a server.
//!
//! The table is `known.tsv`; what stands there is a first suggestion, and a login is tried with it before anything is stored.

use std::sync::LazyLock;

use crate::config::RelayTls;

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What people call it.
    pub name: &'static str,
    /// Its server for outgoing mail; empty where there is none for mail programs.
    pub smtp: &'static str,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// The login is what stands before the `@`.
    pub short_login: bool,
    /// Its server for incoming mail (IMAP with TLS from the first byte).
    pub imap: &'static str,
    /// Its port.
    pub imap_port: u16,
    /// What has to be known beforehand.
    pub needs: Needs,
}

/// What has to be known before a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: name and password.
    Nothing,
    /// A password that the provider makes for programs.
    AppPassword,
    /// Mail programs have to be allowed in the provider's settings.
    Enabling,
    /// A password for mail, which is not that of the account.
    MailPassword,
    /// No password is taken from programs: this provider cannot be used.
    Unusable,
}

impl Known {
    /// What is logged in with at this provider.
    pub fn login_of(&self, address: &str) -> String {
        match address.rsplit_once('@') {
            Some((name, _)) if self.short_login => name.to_owned(),
            _ => address.to_owned(),
        }
    }
}

struct Row {
    domains: &'static str,
    known: Known,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("known.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(row)
        .collect()
});

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    let mut next = || {
        fields
            .next()
            .map(|field| if field == "-" { "" } else { field })
    };
    let domains = next()?;
    let known = Known {
        name: next()?,
        smtp: next()?,
        port: next()?.parse().ok()?,
        tls: match next()? {
            "implicit" => RelayTls::Implicit,
            "starttls" => RelayTls::StartTls,
            _ => return None,
        },
        short_login: match next()? {
            "name" => true,
            "address" => false,
            _ => return None,
        },
        imap: next()?,
        imap_port: next()?.parse().ok()?,
        needs: match next()? {
            "" => Needs::Nothing,
            "app" => Needs::AppPassword,
            "enable" => Needs::Enabling,
            "own" => Needs::MailPassword,
            "none" => Needs::Unusable,
            _ => return None,
        },
    };
    Some(Row { domains, known })
}

/// The provider of an address.
pub fn of_address(address: &str) -> Option<Known> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    TABLE
        .iter()
        .find(|row| row.domains.split(' ').any(|d| d == domain))
        .map(|row| row.known)
}

/// Whether that is a server of a provider that is known.
pub fn is_server(host: &str) -> bool {
    TABLE.iter().any(|row| {
        let servers = [row.known.smtp, row.known.imap];
        !host.is_empty()
            && servers
                .iter()
                .any(|server| server.eq_ignore_ascii_case(host))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_no_domain_stands_twice() {
        let lines = include_str!("known.tsv").lines();
        let lines: Vec<_> = lines.filter(|line| !line.starts_with('#')).collect();
        assert_eq!(TABLE.len(), lines.len());
        assert!(lines.len() >= 20);
        let mut seen = std::collections::BTreeSet::new();
        for Row { domains, known } in TABLE.iter() {
            for domain in domains.split(' ') {
                assert!(
                    crate::config::is_host(domain) && domain.contains('.'),
                    "{domain}"
                );
                assert!(seen.insert(domain), "{domain} stands there twice");
            }
            let usable = known.needs != Needs::Unusable;
            assert!(!usable || crate::config::is_host(known.smtp), "{known:?}");
            assert!(!usable || crate::config::is_host(known.imap), "{known:?}");
            let usual = match known.tls {
                RelayTls::Implicit => 465,
                RelayTls::StartTls => 587,
            };
            assert!(known.smtp.is_empty() || known.port == usual, "{known:?}");
            assert!(known.imap.is_empty() || known.imap_port == 993, "{known:?}");
        }
    }

    #[test]
    fn a_provider_is_known_by_its_domain_alone() {
        let gmx = of_address(" Anna@GMX.de ").unwrap();
        assert_eq!((gmx.smtp, gmx.port), ("mail.gmx.net", 465));
        assert!(is_server("Mail.GMX.net") && !is_server("mail.gmx.net.local") && !is_server(""));
        assert_eq!(gmx.login_of("anna@gmx.de"), "anna@gmx.de");
        assert_eq!(of_address("x@web.de").unwrap().login_of("x@web.de"), "x");
        assert_eq!(of_address("x@tuta.com").unwrap().needs, Needs::Unusable);
        for unknown in ["anna@example.org", "gmx.de", "", "@", "a@gmx.de.example"] {
            assert_eq!(of_address(unknown), None, "{unknown}");
        }
    }
}
