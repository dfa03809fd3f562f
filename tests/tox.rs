//! Real toxcore instances on a network that has only loopback.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/netns.rs"]
mod netns;

use std::time::{Duration, Instant};

use toxmail::tox::core::{Error, Instance, SendError, Settings};
use toxmail::tox::event::{Connection, Event};

fn quiet() -> Settings {
    Settings {
        local_discovery: false,
        ipv6: false,
        ..Settings::default()
    }
}

/// Iterates all until `done` says so; each event with the number of the instance that had it.
fn drive(
    instances: &mut [&mut Instance],
    longest: Duration,
    mut done: impl FnMut(&mut [&mut Instance], &[(usize, Event)]) -> bool,
) {
    let start = Instant::now();
    let mut came = Vec::new();
    while !done(instances, &came) {
        assert!(
            start.elapsed() < longest,
            "waited {longest:?}; came: {came:?}"
        );
        let mut pause = Duration::from_millis(20);
        for (number, instance) in instances.iter_mut().enumerate() {
            came.extend(instance.iterate().into_iter().map(|event| (number, event)));
            pause = pause.min(instance.interval());
        }
        std::thread::sleep(pause.min(Duration::from_millis(5)));
    }
}

#[test]
fn a_friend_request_connects_two_homes_and_packets_go_both_ways() {
    netns::enter_loopback_namespace();
    let mut node = Instance::new(&quiet(), None).unwrap();
    let mut anna = Instance::new(&quiet(), None).unwrap();
    let mut bert = Instance::new(&quiet(), None).unwrap();
    let port = node.udp_port().unwrap();
    let key = node.dht_key();
    for home in [&mut anna, &mut bert] {
        assert!(home.bootstrap("127.0.0.1", port, &key).unwrap());
    }
    let (a, b) = (anna.id().unwrap().key(), bert.id().unwrap().key());
    anna.request_friend(&bert.id().unwrap(), b"garden street")
        .unwrap();
    assert_eq!(anna.send_lossy(&b, &[200, 1]), Err(SendError::Offline));

    let mut accepted = false;
    drive(
        &mut [&mut node, &mut anna, &mut bert],
        Duration::from_secs(90),
        |all, came| {
            let request = Event::FriendRequest {
                key: a,
                message: b"garden street".to_vec(),
            };
            if !accepted && came.contains(&(2, request)) {
                all[2].accept_friend(&a).unwrap();
                accepted = true;
            }
            let online = |who: usize, peer| {
                let udp = Event::FriendConnection {
                    peer,
                    connection: Connection::Udp,
                };
                came.contains(&(who, udp))
            };
            online(1, b) && online(2, a)
        },
    );

    let longest = vec![255; 1372];
    let lossy: Vec<u8> = [vec![200], longest.clone()].concat();
    let lossless: Vec<u8> = [vec![160], longest].concat();
    anna.send_lossy(&b, &lossy).unwrap();
    bert.send_lossless(&a, &lossless).unwrap();
    assert_eq!(anna.send_lossy(&b, &[7]), Err(SendError::Invalid));
    assert_eq!(anna.send_lossy(&b, &[200; 1374]), Err(SendError::Invalid));
    drive(
        &mut [&mut node, &mut anna, &mut bert],
        Duration::from_secs(10),
        |_, came| {
            came.contains(&(
                2,
                Event::Lossy {
                    peer: a,
                    data: lossy.clone(),
                },
            )) && came.contains(&(
                1,
                Event::Lossless {
                    peer: b,
                    data: lossless.clone(),
                },
            ))
        },
    );

    assert!(anna.remove_friend(&b));
    assert!(!anna.remove_friend(&b));
    assert_eq!(bert.friends(), [a]);
}

#[test]
fn an_identity_survives_in_its_savedata_and_damage_is_told() {
    netns::enter_loopback_namespace();
    let mut first = Instance::new(&quiet(), None).unwrap();
    first.set_nospam(0x0102_0304);
    let friend = Instance::new(&quiet(), None).unwrap().id().unwrap().key();
    first.accept_friend(&friend).unwrap();
    assert!(matches!(
        first.accept_friend(&friend),
        Err(Error::Request(_))
    ));
    let (id, saved) = (first.id().unwrap(), first.savedata());
    drop(first);

    let again = Instance::new(&quiet(), Some(&saved)).unwrap();
    assert_eq!(again.id().unwrap(), id);
    assert_eq!(again.friends(), [friend]);

    let garbage = b"certainly no identity, but long enough to be looked at as one";
    assert_eq!(
        Instance::new(&quiet(), Some(garbage)).unwrap_err(),
        Error::Savedata
    );
}
