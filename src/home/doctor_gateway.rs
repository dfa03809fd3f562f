//! What is wrong between this home and the mail server that the family has already (`[gateway]`).

use std::fs;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::doctor::{Depth, Findings};
use crate::config::{Config, Gateway, Handover};
use crate::control::finding::Finding;
use crate::queue::{Destination, Queue};
use crate::smtp::gateway::password_of;

/// How long the mail server may take to be connected: it stands in the same house.
const CONNECTED_WITHIN: Duration = Duration::from_secs(3);

/// Looks at the settings, at the password, and whether the mail server is there.
pub(super) fn look(config: &Config, depth: Depth, found: &mut Findings) {
    let Some(gateway) = &config.gateway else {
        return;
    };
    if config.listen.gateway.is_none() {
        found.add(
            Finding::GatewayDoorOff,
            [("domain", gateway.domain.clone().into())],
            format!(
                "the mail server of {} cannot hand in letters: [listen] gateway is off",
                gateway.domain
            ),
            "write gateway = \"[::]:2525\" there, and start the home again",
        );
    }
    if gateway.allow_unauthenticated {
        let networks = networks(gateway);
        let problem = format!(
            "whoever has an address in {networks} can write as anybody of {}, without a password (allow_unauthenticated)",
            gateway.domain
        );
        let args = [
            ("domain", gateway.domain.clone().into()),
            ("networks", networks.into()),
        ];
        found.add(Finding::GatewayOpenDoor, args, problem, "set username and password_file in [gateway], give both to the mail server, and remove allow_unauthenticated");
    }
    if let Some((_, file)) = &gateway.login {
        password(file, found);
    }
    if depth == Depth::Thorough
        && let Some(to) = &gateway.deliver_to
    {
        reach(to, found);
    }
}

fn networks(gateway: &Gateway) -> String {
    let from = gateway.accept_from.iter();
    let from: Vec<String> = from.map(ToString::to_string).collect();
    from.join(", ")
}

/// Letters that the mail server did not take the last time.
pub(super) fn waiting(queue: &Queue, found: &mut Findings) {
    match queue.tried(&Destination::Gateway) {
        Ok(None) => {}
        Ok(Some((letters, why))) => found.add(
            Finding::GatewayFails,
            [("letters", letters.into()), ("why", why.clone().into())],
            format!("the mail server in [gateway] did not take {letters} of its letters: {why}"),
            "look whether it is switched on, and into its log; the letters are tried again",
        ),
        Err(e) => found.failure(e.into()),
    }
}

fn password(file: &Path, found: &mut Findings) {
    let shown = file.display();
    match fs::read_to_string(file) {
        Err(e) => found.add(
            Finding::GatewayPassword,
            [
                ("path", shown.to_string().into()),
                ("why", e.to_string().into()),
            ],
            format!("the mail server cannot log in: [gateway] password_file {shown}: {e}"),
            "write the password alone into that file, mode 0600",
        ),
        Ok(text) if password_of(&text).is_empty() => found.add(
            Finding::GatewayPassword,
            [
                ("path", shown.to_string().into()),
                ("why", "it is empty".into()),
            ],
            format!("the mail server cannot log in: [gateway] password_file {shown} is empty"),
            "write the password alone into that file, mode 0600",
        ),
        Ok(_) => {}
    }
    if let Ok(metadata) = fs::metadata(file) {
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            found.add(
                Finding::OpenToOthers,
                [
                    ("path", shown.to_string().into()),
                    ("mode", format!("{mode:o}").into()),
                ],
                format!("{shown} is open to other users (mode {mode:o})"),
                format!("chmod 600 {shown}"),
            );
        }
    }
}

fn reach(to: &Handover, found: &mut Findings) {
    let (Handover::Lmtp(place) | Handover::Smtp(place)) = to;
    let connected = place.to_socket_addrs().and_then(|addresses| {
        let mut last = std::io::Error::other("there is no such host");
        for address in addresses {
            match TcpStream::connect_timeout(&address, CONNECTED_WITHIN) {
                Ok(_) => return Ok(()),
                Err(e) => last = e,
            }
        }
        Err(last)
    });
    if let Err(e) = connected {
        found.add(
            Finding::GatewayAway,
            [("address", to.to_string().into()), ("why", e.to_string().into())],
            format!("the mail server at {to} takes no letters: {e}"),
            "look whether it is switched on, and whether deliver_to in [gateway] is right; letters for it wait meanwhile",
        );
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::config::Ports;

    fn problems(dir: &Path, settings: &str) -> Vec<String> {
        let path = dir.join("toxmail.toml");
        let config = Config::parse(settings, &path, Ports::Standard).unwrap();
        let mut found = Findings::default();
        look(&config, Depth::Thorough, &mut found);
        let each = found.0.into_iter();
        each.map(|p| format!("{} -> {}", p.problem, p.advice))
            .collect()
    }

    #[test]
    fn each_mistake_with_the_mail_server_is_told() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(problems(dir.path(), ""), [""; 0]);
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let place = nobody.local_addr().unwrap();
        let text = format!(
            "[listen]\ngateway = \"[::]:2525\"\n[gateway]\ndomain = \"example.org\"\naccept_from = [\"10.0.0.5\"]\n\
             username = \"zimbra\"\npassword_file = \"pw\"\ndeliver_to = \"lmtp://{place}\"\n"
        );
        let secret = dir.path().join("pw");
        fs::write(&secret, "sesame\n").unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(problems(dir.path(), &text), [""; 0]);

        fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
        let open = problems(dir.path(), &text);
        assert!(open.len() == 1 && open[0].contains("mode 640"), "{open:?}");
        fs::write(&secret, "\n").unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        let empty = problems(dir.path(), &text);
        assert!(
            empty.len() == 1 && empty[0].contains("is empty"),
            "{empty:?}"
        );
        drop(nobody);
        fs::remove_file(&secret).unwrap();
        let all = problems(
            dir.path(),
            &(text.replace("gateway = \"[::]:2525\"", "") + "allow_unauthenticated = true\n"),
        );
        for (number, expected) in [
            "[listen] gateway is off",
            "whoever has an address in 10.0.0.5/32 can write as anybody of example.org",
            "pw: No such file",
            "takes no letters",
        ]
        .iter()
        .enumerate()
        {
            assert!(all[number].contains(expected), "{all:#?}");
        }
        assert_eq!(all.len(), 4);
    }
}
