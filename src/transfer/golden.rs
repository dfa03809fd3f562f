//! The bytes that two boxes out there speak. A change here is a new version of the protocol.

use bytes::Bytes;
use data_encoding::HEXLOWER;

use super::content::{self, Encoded};
use super::exchange::{KNOCK, REPLY};
use super::frame::{ClaimedMember, Directory, Frame, Offer, OfferedRecipient, Told, TransferId};
use super::hello::{HELLO, Hello, Limits};
use super::link::{DATAGRAM, MAX_DATAGRAM_BYTES};
use crate::mail::envelope::{Body, Notify, Return};
use crate::mail::verdict::{Reason, Status};

const ID: TransferId = *b"0123456789abcdef";

fn all_told() -> Vec<Told> {
    let why = |status, text: &str| Reason::new(status, text);
    vec![
        Told::Stored,
        Told::Later {
            why: why(Status(4, 2, 2), "full"),
        },
        Told::Never {
            why: why(Status(5, 1, 1), "nobody"),
        },
    ]
}

fn offer(inline: Option<&'static [u8]>) -> Offer {
    Offer {
        id: ID,
        content_size: if inline.is_some() { 5 } else { 70_000 },
        encoded_size: if inline.is_some() { 5 } else { 60_000 },
        digest: [7; 32],
        compressed: inline.is_none(),
        sender: "anna@a.tox".into(),
        recipients: vec![OfferedRecipient {
            local: "bert+x".into(),
            notify: Notify {
                success: true,
                failure: true,
                delay: false,
            },
        }],
        body: Body::EightBitMime,
        smtputf8: true,
        ret: Return::Unspecified,
        envelope_id: None,
        inline: inline.map(Bytes::from_static),
    }
}

fn frames() -> Vec<(Frame, &'static str)> {
    let told = all_told;
    vec![
        (
            Frame::Offer(offer(None)),
            "000000d8aa646b696e64656f6666657262696450303132333435363738396162636465666c636f6e\
             74656e745f73697a651a000111706c656e636f6465645f73697a6519ea6066646967657374582007\
             070707070707070707070707070707070707070707070707070707070707076a636f6d7072657373\
             6564f56673656e6465726a616e6e6140612e746f786a726563697069656e747381a2656c6f63616c\
             66626572742b78666e6f74696679a36773756363657373f5676661696c757265f56564656c6179f4\
             64626f6479643862697468736d747075746638f5",
        ),
        (
            Frame::Offer(Offer {
                ret: Return::Headers,
                envelope_id: Some("QQ+2Bx".into()),
                ..offer(Some(b"hello"))
            }),
            "000000fbad646b696e64656f6666657262696450303132333435363738396162636465666c636f6e\
             74656e745f73697a65056c656e636f6465645f73697a650566646967657374582007070707070707\
             070707070707070707070707070707070707070707070707076a636f6d70726573736564f4667365\
             6e6465726a616e6e6140612e746f786a726563697069656e747381a2656c6f63616c66626572742b\
             78666e6f74696679a36773756363657373f5676661696c757265f56564656c6179f464626f647964\
             3862697468736d747075746638f56372657464686472736b656e76656c6f70655f69646651512b32\
             427866696e6c696e654568656c6c6f",
        ),
        (
            Frame::Offer(offer(Some(b"hello"))),
            "000000dfab646b696e64656f6666657262696450303132333435363738396162636465666c636f6e\
             74656e745f73697a65056c656e636f6465645f73697a650566646967657374582007070707070707\
             070707070707070707070707070707070707070707070707076a636f6d70726573736564f4667365\
             6e6465726a616e6e6140612e746f786a726563697069656e747381a2656c6f63616c66626572742b\
             78666e6f74696679a36773756363657373f5676661696c757265f56564656c6179f464626f647964\
             3862697468736d747075746638f566696e6c696e654568656c6c6f",
        ),
        (
            Frame::Accept {
                id: ID,
                offset: 70_000,
            },
            "0000002da3646b696e64666163636570746269645030313233343536373839616263646566666f66\
             667365741a00011170",
        ),
        (
            Frame::Have {
                id: ID,
                told: told(),
            },
            "00000076a3646b696e646468617665626964503031323334353637383961626364656664746f6c64\
             83a164776861746673746f726564a36477686174656c617465726673746174757383040202647465\
             78746466756c6ca36477686174656e6576657266737461747573830501016474657874666e6f626f\
             6479",
        ),
        (
            Frame::Refuse {
                id: ID,
                told: told(),
            },
            "00000078a3646b696e6466726566757365626964503031323334353637383961626364656664746f\
             6c6483a164776861746673746f726564a36477686174656c61746572667374617475738304020264\
             746578746466756c6ca36477686174656e6576657266737461747573830501016474657874666e6f\
             626f6479",
        ),
        (
            Frame::Receipt {
                id: ID,
                told: told(),
            },
            "00000079a3646b696e64677265636569707462696450303132333435363738396162636465666474\
             6f6c6483a164776861746673746f726564a36477686174656c617465726673746174757383040202\
             64746578746466756c6ca36477686174656e6576657266737461747573830501016474657874666e\
             6f626f6479",
        ),
        (
            Frame::Directory(Directory {
                home_name: "Garden Street 5".into(),
                members: vec![ClaimedMember {
                    name: "anna".into(),
                    display: "Anna".into(),
                    emails: vec!["anna@example.org".into()],
                }],
                ..Directory::default()
            }),
            "00000064a3646b696e64696469726563746f727969686f6d655f6e616d656f47617264656e205374\
             726565742035676d656d6265727381a3646e616d6564616e6e6167646973706c617964416e6e6166\
             656d61696c738170616e6e61406578616d706c652e6f7267",
        ),
        (
            Frame::Directory(Directory {
                home_name: "Mill".into(),
                tox_id: Some([5; 38]),
                moved_to: Some([6; 38]),
                ..Directory::default()
            }),
            "00000088a5646b696e64696469726563746f727969686f6d655f6e616d65644d696c6c676d656d62\
             6572738066746f785f69645826050505050505050505050505050505050505050505050505050505\
             0505050505050505050505686d6f7665645f746f5826060606060606060606060606060606060606\
             0606060606060606060606060606060606060606",
        ),
        (
            Frame::Withdraw { id: ID },
            "00000023a2646b696e646877697468647261776269645030313233343536373839616263646566",
        ),
        (
            Frame::Data { id: ID, offset: 1 },
            "00000027a3646b696e6464646174616269645030313233343536373839616263646566666f666673\
             657401",
        ),
        (
            Frame::Gone { id: ID },
            "0000001fa2646b696e6464676f6e656269645030313233343536373839616263646566",
        ),
    ]
}

#[test]
fn the_bytes_of_every_frame_are_fixed() {
    for (frame, golden) in frames() {
        let bytes = frame.encode();
        assert_eq!(HEXLOWER.encode(&bytes), golden, "{frame:?}");
        let (read, length) = Frame::split(&bytes, bytes.len()).unwrap().unwrap();
        assert_eq!((read, length), (frame, bytes.len()));
    }
}

#[test]
fn a_frame_cut_anywhere_waits_and_one_with_more_to_say_is_understood() {
    use ciborium::Value;
    for (frame, _) in frames() {
        let bytes = frame.encode();
        for end in 0..bytes.len() {
            assert_eq!(Frame::split(&bytes[..end], bytes.len()), Ok(None));
        }
        // A later version adds a key.
        let Value::Map(mut map) = ciborium::from_reader(&bytes[4..]).unwrap() else {
            panic!("not a map");
        };
        map.insert(
            0,
            (Value::Text("song".into()), Value::Array(vec![Value::Null])),
        );
        let mut later = Vec::new();
        ciborium::into_writer(&Value::Map(map), &mut later).unwrap();
        assert_eq!(Frame::decode(&later), Ok(frame));
    }
}

#[test]
fn a_kind_that_is_not_known_yet_is_no_error() {
    let mut bytes = Vec::new();
    let map = ciborium::Value::Map(vec![("kind".into(), "song".into())]);
    ciborium::into_writer(&map, &mut bytes).unwrap();
    assert_eq!(Frame::decode(&bytes), Ok(Frame::Unknown("song".into())));
}

#[test]
fn the_bytes_of_a_hello_are_fixed() {
    let mut hello = Hello {
        versions: vec![1],
        nonce: *b"fedcba9876543210",
        seen: Some(ID),
        limits: Limits::default(),
        features: vec!["song".into()],
        double: false,
    };
    let packet = hello.encode();
    assert_eq!(
        HEXLOWER.encode(&packet),
        "a0746f786d61696ca86876657273696f6e738101656e6f6e63655066656463626139383736353433\
         323130647365656e50303132333435363738396162636465666b6d61785f6d6573736167651a0640\
         00006d696e6c696e655f6275646765741a001000006d6d61785f7472616e736665727310746d6178\
         5f696e6c696e655f7472616e736665727318406866656174757265738164736f6e67"
    );
    assert_eq!(Hello::decode(&packet), Ok(hello.clone()));
    hello.double = true;
    let double = hello.encode();
    assert_eq!(
        HEXLOWER.encode(&double[packet.len()..]),
        "66646f75626c65f5",
        "behind all that was said before"
    );
    assert_eq!(double[8], packet[8] + 1, "one more in the map");
    assert_eq!(double[9..packet.len()], packet[9..]);
    assert_eq!(Hello::decode(&double), Ok(hello.clone()));
    hello.double = false;
    hello.seen = None;
    assert_eq!(Hello::decode(&hello.encode()), Ok(hello));
    assert!(packet.len() < 300);
}

#[test]
fn the_travelling_form_is_one_zstd_frame_of_the_message_or_the_message_itself() {
    let message = "Dear Anna, the apples are ripe.\r\n".repeat(20);
    // What an earlier version sent is read for good; what is sent today is made by the zstd of today.
    let travelling = HEXLOWER
        .decode(
            b"28b52ffd005855010014024465617220416e6e612c20746865206170706c65732061726520726970\
              652e0d0a010081432af504",
        )
        .unwrap();
    let digest = HEXLOWER
        .decode(b"22ab9cd26b9a8a33224900d24371455b62158aa92f11a2c09558d8cb36ab4262")
        .unwrap();
    let encoded = Encoded {
        content_size: message.len() as u64,
        encoded_size: travelling.len() as u64,
        digest: digest.try_into().unwrap(),
        compressed: true,
    };
    let read = |bytes: &[u8], encoded| {
        std::io::read_to_string(content::Reader::new(bytes, encoded).unwrap()).unwrap()
    };
    assert_eq!(read(&travelling, encoded), message);
    let mut today = Vec::new();
    let made = content::encode(&mut message.as_bytes(), &mut today)
        .unwrap()
        .unwrap();
    assert_eq!((made.digest, made.compressed), (encoded.digest, true));
    assert_eq!(today[..4], travelling[..4]);
    assert_eq!(read(&today, made), message);
    let mut plain = Vec::new();
    let made = content::encode_plain(&mut message.as_bytes(), &mut plain).unwrap();
    assert_eq!((made.digest, made.compressed), (encoded.digest, false));
    assert_eq!(plain, message.as_bytes());
}

#[test]
fn the_first_bytes_of_packets_are_fixed() {
    assert_eq!((HELLO, REPLY, KNOCK, DATAGRAM), (160, 161, 162, 200));
    assert_eq!(MAX_DATAGRAM_BYTES, 1372);
    assert_eq!(super::link::ALPN, b"toxmail/1");
}
