#![allow(dead_code)] // each test binary uses a part of it
//! A network of the test's own: toxcore binds every interface, so its tests live where there is only loopback.

use std::process::Command;

const MARK: &str = "TOXMAIL_TEST_HAS_OWN_NETWORK";

/// Starts this test again in a network namespace that has only `lo`, and ends with its result; returns inside it.
///
/// nextest gives each test a process of its own, whose arguments name just that test.
///
/// # Panics
/// When that is not allowed: run the tests as root.
pub fn enter_loopback_namespace() {
    enter(&["--net"]);
}

/// The same with mounts of its own too: nobody else sees what the test mounts, and it is gone with the test.
///
/// # Panics
/// As for [`enter_loopback_namespace`].
pub fn enter_loopback_and_mount_namespace() {
    enter(&["--net", "--mount"]);
}

fn enter(namespaces: &[&str]) {
    if std::env::var_os(MARK).is_some() {
        let up = Command::new("ip")
            .args(["link", "set", "lo", "up"])
            .status();
        assert!(
            up.is_ok_and(|s| s.success()),
            "ip link set lo up: install iproute2"
        );
        return;
    }
    let again = Command::new("unshare")
        .args(namespaces)
        .arg(std::env::current_exe().unwrap())
        .args(std::env::args_os().skip(1))
        .env(MARK, "1")
        .status()
        .expect("unshare: install util-linux, and run the tests as root");
    std::process::exit(again.code().unwrap_or(1));
}
