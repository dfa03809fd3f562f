//! A home and its people, for the tests of this room.

use zeroize::Zeroizing;

use super::{Home, Person, Ports};
use crate::mail::address::ToxId;
use crate::members::DevicePassword;

pub(super) const ALL_ON: Ports = Ports {
    imap: Some(143),
    imaps: Some(993),
    pop3: Some(110),
    pop3s: Some(995),
    submission: Some(587),
    submissions: Some(465),
    carddav: Some(8443),
};

#[allow(clippy::unwrap_used)]
pub(super) fn home() -> Home {
    let mut id = [0x5a; 38];
    id[36..].fill(0);
    Home {
        name: "Garden Street 5".into(),
        hostname: "toxmail.local".into(),
        tox: ToxId::from_bytes(id).unwrap(),
        addresses: vec!["192.168.1.5".parse().unwrap(), "fd00::5".parse().unwrap()],
        ports: ALL_ON,
        ca_der: b"\x30\x82 as if it were a certificate".to_vec(),
        ca_fingerprint: ["AB"; 32].join(":"),
    }
}

#[allow(clippy::unwrap_used)]
pub(super) fn person() -> Person {
    Person {
        name: "anna".parse().unwrap(),
        display: "Anna Martin".into(),
        address: "anna@toxmail.local".into(),
    }
}

pub(super) fn password() -> DevicePassword {
    DevicePassword {
        id: 7,
        secret: Zeroizing::new("kx3fz-aaaaa-bbbbb-ccccc-ddddd".into()),
    }
}
