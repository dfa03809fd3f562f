//! What a file means, and what is said about a mistake.

use super::*;

fn parse(text: &str) -> Result<Config, Error> {
    Config::parse(text, Path::new("/home/x/toxmail.toml"), Ports::Standard)
}

#[test]
fn nothing_written_means_every_default() {
    let config = parse("").unwrap();
    assert_eq!(config.home.hostname, "toxmail.local");
    assert_eq!(config.listen.services().len(), 10); // all but the gateway
    assert_eq!(config.listen.pop3s, Some("[::]:995".parse().unwrap()));
    assert_eq!(config.limits.max_message_bytes, 104_857_600);
    assert_eq!(config.limits.quota_bytes, None);
    assert_eq!(config.queue.expire_after, Duration::from_secs(30 * 86400));
    assert_eq!(config.tox.bootstrap, None);
    assert!(config.tox.udp && config.tox.local_discovery);

    let dir = tempfile::tempdir().unwrap();
    let config = Config::load(dir.path(), Ports::Unprivileged).unwrap();
    let ports: Vec<u16> = config
        .listen
        .services()
        .iter()
        .map(|(_, a)| a.port())
        .collect();
    assert_eq!(
        ports,
        [5587, 5465, 5143, 5993, 5110, 5995, 5843, 5080, 5443, 5925]
    );
}

#[test]
fn the_example_of_the_documentation_means_what_it_says() {
    let text = include_str!("../../tests/fixtures/toxmail.toml");
    let config = parse(text).unwrap();
    let defaults = parse("").unwrap();
    assert_eq!(config.home.name, "Garden Street 5");
    assert_eq!(config.home.main_mailbox, Some("anna".parse().unwrap()));
    assert_eq!(
        config.home.pairing,
        Some(vec!["anna".parse().unwrap(), "ben".parse().unwrap()])
    );
    assert_eq!(config.home.language, "fr");
    // What the example writes under these is the default.
    assert_eq!(config.listen, defaults.listen);
    assert_eq!(config.limits, defaults.limits);
    assert_eq!(config.queue, defaults.queue);
    assert_eq!(
        config.tox.bootstrap.as_ref().unwrap()[0].tcp_ports,
        [443, 33445]
    );
    let relay = config.relay.as_ref().unwrap();
    assert_eq!((relay.port, relay.tls), (465, RelayTls::Implicit));
    assert_eq!(
        relay.login.as_ref().unwrap().1,
        Path::new("/home/x/relay.password")
    );
    let gateway = config.gateway.as_ref().unwrap();
    assert_eq!(
        gateway.deliver_to,
        Some(Handover::Lmtp("192.168.1.10:7025".into()))
    );
    assert!(!gateway.allow_unauthenticated);
    assert_eq!(gateway.announce, ["anna".parse().unwrap()]);
    assert!(config.updates.nightly && config.updates.from.is_some());
    assert!(config.is_written("home.name") && config.is_written("listen.allow"));
    assert!(!config.is_written("home.nickname"));
}

#[test]
fn a_mistake_is_told_with_its_line_and_what_to_do() {
    let cases = [
        // file, line, in the problem, in the advice
        (
            "[updates]\nfrom = \"ftp://example.org\"\n",
            Some(2),
            "no folder on a web server",
            "https://",
        ),
        (
            "[home]\nnmae = \"x\"",
            Some(2),
            "unknown key `nmae`",
            "`name`",
        ),
        (
            "[hme]\nname = \"x\"",
            Some(1),
            "unknown key `hme`",
            "`home`",
        ),
        ("\n\n[home]\nname = 5", Some(4), "expected a string", ""),
        ("[home", Some(1), "", ""),
        (
            "[home]\nhostname = \"a..b\"",
            Some(2),
            "not a host name",
            "letters",
        ),
        (
            "[home]\nhostname = \"x.tox\"",
            Some(2),
            "host name",
            "Tox keys",
        ),
        (
            "[home]\nmain_mailbox = \"postmaster\"",
            Some(2),
            "main_mailbox",
            "anna",
        ),
        (
            "[home]\npairing = [\"anna\", \"root\"]",
            Some(2),
            "pairing",
            "names of members",
        ),
        (
            "[home]\nlanguage = \"french\"",
            Some(2),
            "not a language",
            "fr",
        ),
        ("[home]\nlanguage = \"xx\"", Some(2), "not a language", "de"),
        (
            "[queue]\nexpire_after = \"1d\"\ndelay_notice_after = \"2d\"",
            Some(3),
            "delay_notice_after is longer",
            "shorter",
        ),
        ("[home]\nname = \"  \"", Some(2), "1 to 128 bytes", "short"),
        ("[listen]\npop3 = 110", Some(2), "expected a string", ""),
        (
            "[listen]\npop3 = \"localhost:110\"",
            Some(2),
            "not an address",
            "127.0.0.1:0",
        ),
        (
            "[listen]\npop3 = \"[::]:143\"",
            None,
            "imap and pop3",
            "another port",
        ),
        (
            "[listen]\nmetrics = \"0.0.0.0:9925\"",
            Some(2),
            "no password",
            "127.0.0.1",
        ),
        (
            "[listen]\nallow = [\n\"10.0.0.0/8\",\n\"10.0.0.0/33\"]",
            Some(4),
            "/33",
            "192.168.7.0/24",
        ),
        (
            "[listen]\ngateway = \"[::]:2525\"",
            None,
            "no [gateway]",
            "accept_from",
        ),
        (
            "[tox]\nsocks5 = \"localhost:9050\"",
            Some(2),
            "socks5",
            "127.0.0.1:9050",
        ),
        ("[tox]\nudp_port = 0", Some(2), "udp_port", "hundred"),
        ("[tox]\nudp_port = 70000", Some(2), "70000", ""),
        (
            "[tox]\nbootstrap = [\n { host = \"a.b\", port = 1, key = \"abc\" } ]",
            Some(3),
            "64 hex",
            "again",
        ),
        (
            "[tox]\nbootstrap = [ { host = \"a.b\", port = 1 } ]",
            Some(2),
            "missing key `key`",
            "",
        ),
        (
            "[limits]\nmax_recipients = 0",
            Some(2),
            "too little",
            "100 is usual",
        ),
        ("[limits]\nmax_message_bytes = -1", Some(2), "-1", ""),
        (
            "[queue]\nexpire_after = \"30\"",
            Some(2),
            "not a duration",
            "1s",
        ),
        ("[relay]\nport = 465", Some(1), "missing key `host`", ""),
        (
            "[relay]\nhost = \"h\"\ntls = \"none\"",
            Some(3),
            "none",
            "in the clear",
        ),
        (
            "[relay]\nhost = \"h\"\nusername = \"u\"",
            Some(1),
            "together",
            "0600",
        ),
        (
            "[gateway]\ndomain = \"e.org\"\ndeliver_to = \"smtp://h:25\"",
            Some(1),
            "nowhere",
            "accept_from",
        ),
        (
            "[gateway]\ndomain = \"e.org\"\naccept_from = [\"10.0.0.5\"]\ndeliver_to = \"smtp://h:25\"",
            Some(1),
            "username",
            "allow_unauthenticated",
        ),
        (
            "[gateway]\ndomain = \"e.org\"\naccept_from = [\"10.0.0.5\"]\nallow_unauthenticated = true\n\
             deliver_to = \"http://h:25\"",
            Some(5),
            "deliver_to",
            "lmtp://",
        ),
        (
            "[gateway]\ndomain = \"e.org\"\naccept_from = [\"10.0.0.5\"]\nallow_unauthenticated = true\n\
             deliver_to = \"lmtp://fd00::1:24\"",
            Some(5),
            "deliver_to",
            "lmtp://",
        ),
        (
            "[gateway]\ndomain = \"ToxMail.local\"\naccept_from = [\"10.0.0.5\"]\nallow_unauthenticated = true",
            Some(2),
            "this home itself",
            "example.org",
        ),
        (
            "[gateway]\ndomain = \"e.org\"\naccept_from = [\"10.0.0.5\"]\nallow_unauthenticated = true\n\
             announce = [\"anna\",\n \"root\"]",
            Some(6),
            "reserved",
            "before the @",
        ),
        (
            "[gateway]\ndomain = \"e.org\"\naccept_from = [\"10.0.0.5\", \"x\"]\nallow_unauthenticated = true",
            Some(3),
            "`x` is not a network",
            "10.0.0.5",
        ),
    ];
    for (text, line, problem, advice) in cases {
        let error = parse(text).expect_err(text);
        assert_eq!(error.line, line, "{text}\n{error}");
        assert!(error.problem.contains(problem), "{text}\n{error}");
        assert!(
            error.advice.contains(advice) && !error.advice.is_empty(),
            "{text}\n{}",
            error.advice
        );
    }
    let error = parse("[home]\nnmae = \"x\"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "/home/x/toxmail.toml, line 2: unknown key `nmae`"
    );
}

#[test]
fn a_gateway_may_only_send_and_may_be_known_by_its_address() {
    let text = "[gateway]\ndomain = \"E.org\"\naccept_from = [\"10.0.0.0/8\"]\nallow_unauthenticated = true";
    let gateway = parse(text).unwrap().gateway.unwrap();
    assert_eq!(gateway.domain, "e.org");
    assert_eq!((gateway.login, gateway.deliver_to), (None, None));
    assert!(gateway.allow_unauthenticated && gateway.announce.is_empty());
    let text = format!("{text}\ndeliver_to = \"smtp://[fd00::1]:25\"");
    let gateway = parse(&text).unwrap().gateway.unwrap();
    let handover = gateway.deliver_to.unwrap();
    assert_eq!(handover.to_string(), "smtp://[fd00::1]:25");
}

#[test]
fn a_service_can_be_off_or_take_a_free_port() {
    let config =
        parse("[listen]\nimap = \"\"\npop3 = \"127.0.0.1:0\"\npop3s = \"127.0.0.1:0\"").unwrap();
    assert_eq!(config.listen.imap, None);
    assert_eq!(config.listen.pop3, Some("127.0.0.1:0".parse().unwrap()));
}

#[test]
fn a_proxy_implies_no_udp_and_no_discovery() {
    let config = parse("[tox]\nsocks5 = \"127.0.0.1:9050\"\nudp = true\nbootstrap = []").unwrap();
    assert!(!config.tox.udp && !config.tox.local_discovery);
    assert_eq!(config.tox.bootstrap, Some(vec![]));
}

#[test]
fn durations() {
    for (text, seconds) in [("1s", 1), ("15m", 900), ("4h", 14400), ("30d", 2_592_000)] {
        assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
    }
    for wrong in [
        "",
        "s",
        "30",
        "0s",
        "4 h",
        "4H",
        "-1s",
        "+1s",
        "1.5h",
        "99999999999999999999s",
        "1w",
        "3651d",
        "é",
    ] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn networks() {
    let cases = [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.5", "10.0.0.6", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("fd12:3456::/32", "fd12:3456:ffff::1", true),
        ("fd12:3456::/32", "fd12:3457::1", false),
        ("::/0", "2001:db8::1", true),
    ];
    for (network, address, inside) in cases {
        let network: Network = network.parse().unwrap();
        assert_eq!(
            network.contains(address.parse().unwrap()),
            inside,
            "{network} {address}"
        );
    }
    for wrong in ["", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "home"] {
        assert!(wrong.parse::<Network>().is_err(), "{wrong}");
    }
}

#[test]
fn what_changes_at_once_and_what_waits_for_a_restart() {
    let old = parse("").unwrap();
    assert!(old.changes(&old).is_empty());
    let new = parse(
        "[home]\nname = \"x\"\n[listen]\npop3 = \"\"\nallow = [\"10.9.0.0/16\"]\n[queue]\nexpire_after = \"9d\"",
    );
    let new = new.unwrap();
    assert_eq!(
        old.changes(&new),
        [
            ("home.name", Effect::AtOnce),
            ("listen", Effect::AtRestart),
            ("listen.allow", Effect::AtOnce),
            ("queue", Effect::AtOnce),
        ]
    );
}

#[test]
fn updates_come_from_a_folder_on_a_web_server_and_from_nowhere_else() {
    for (written, meant) in [
        ("https://example.org", "https://example.org/"),
        (
            " https://example.org:8443/boxes// ",
            "https://example.org:8443/boxes/",
        ),
        ("https://[::1]/x", "https://[::1]/x/"),
    ] {
        assert_eq!(written.parse::<Source>().unwrap().as_str(), meant);
    }
    for wrong in [
        "",
        "example.org/boxes",
        "http://example.org/",
        "https:///boxes",
        "https://anna:secret@example.org/",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "https://example.org/a b",
        &format!("https://example.org/{}", "x".repeat(300)),
    ] {
        assert!(wrong.parse::<Source>().is_err(), "{wrong}");
    }
}
