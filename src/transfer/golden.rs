//! The bytes that two boxes out there speak. A change here is a new version of the protocol.

use bytes::Bytes;
use data_encoding::HEXLOWER;

use super::content::{self, Encoded};
use super::exchange::{KNOCK, REPLY};
use super::frame::{
    ClaimedMember, Directory, Frame, Offer, OfferedRecipient, RecipientStatus, TransferId,
};
use super::hello::{HELLO, Hello, Limits};
use super::link::{DATAGRAM, MAX_DATAGRAM_BYTES};
use crate::mail::envelope::{Body, Notify, Return};
use crate::mail::verdict::{Reason, Status};

const ID: TransferId = *b"0123456789abcdef";

fn all_told() -> Vec<RecipientStatus> {
    let why = |status, text: &str| Reason::new(status, text);
    vec![
        RecipientStatus::Stored,
        RecipientStatus::Later {
            why: why(Status(4, 2, 2), "full"),
        },
        RecipientStatus::Never {
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

/// What may stand under a key.
#[derive(Clone, Copy)]
enum Form {
    Text,
    /// So many octets.
    Octets(usize),
    Bytes,
    Number,
    Truth,
    Map(&'static [Rule]),
    List(&'static Form),
}

use Form::{Bytes as Content, List, Map, Number, Octets, Text, Truth};

/// A key, what stands under it, and whether it may be left out.
type Rule = (&'static str, Form, Presence);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Always,
    Optional,
}
use Presence::{Always, Optional};

const TOLD: Form = List(&Map(&[
    ("what", Text, Always),
    ("status", List(&Number), Optional),
    ("text", Text, Optional),
]));
const NOTIFY: Form = Map(&[
    ("success", Truth, Optional),
    ("failure", Truth, Optional),
    ("delay", Truth, Optional),
]);
const ID_RULE: Rule = ("id", Octets(16), Always);
const TOLD_RULE: Rule = ("told", TOLD, Always);

/// Version 1 of the protocol, as homes out there read it: by kind, which keys they look for. It is written down a second time so
/// that a frame which needs more is noticed, whatever its types here have become.
const VERSION_1: &[(&str, &[Rule])] = &[
    (
        "offer",
        &[
            ID_RULE,
            ("content_size", Number, Always),
            ("encoded_size", Number, Always),
            ("digest", Octets(32), Always),
            ("compressed", Truth, Always),
            ("sender", Text, Always),
            (
                "recipients",
                List(&Map(&[("local", Text, Always), ("notify", NOTIFY, Always)])),
                Always,
            ),
            ("body", Text, Always),
            ("smtputf8", Truth, Always),
            ("ret", Text, Optional),
            ("envelope_id", Text, Optional),
            ("inline", Content, Optional),
        ],
    ),
    ("accept", &[ID_RULE, ("offset", Number, Always)]),
    ("have", &[ID_RULE, TOLD_RULE]),
    ("refuse", &[ID_RULE, TOLD_RULE]),
    ("receipt", &[ID_RULE, TOLD_RULE]),
    (
        "directory",
        &[
            ("home_name", Text, Always),
            (
                "members",
                List(&Map(&[
                    ("name", Text, Always),
                    ("display", Text, Always),
                    ("emails", List(&Text), Always),
                ])),
                Always,
            ),
            ("tox_id", Octets(38), Optional),
            ("moved_to", Octets(38), Optional),
        ],
    ),
    ("withdraw", &[ID_RULE]),
    ("data", &[ID_RULE, ("offset", Number, Always)]),
    ("gone", &[ID_RULE]),
];

const HELLO_OF_VERSION_1: &[Rule] = &[
    ("versions", List(&Number), Always),
    ("nonce", Octets(16), Always),
    ("seen", Octets(16), Optional),
    ("max_message", Number, Optional),
    ("inline_budget", Number, Optional),
    ("max_transfers", Number, Optional),
    ("max_inline_transfers", Number, Optional),
    ("features", List(&Text), Optional),
    ("double", Truth, Optional),
];

fn fits(value: &ciborium::Value, form: Form) -> bool {
    use ciborium::Value;
    match (form, value) {
        (Text, Value::Text(_)) | (Content, Value::Bytes(_)) | (Truth, Value::Bool(_)) => true,
        (Octets(many), Value::Bytes(bytes)) => bytes.len() == many,
        (Number, Value::Integer(number)) => u64::try_from(*number).is_ok(),
        (List(each), Value::Array(all)) => all.iter().all(|value| fits(value, *each)),
        (Map(rules), Value::Map(map)) => follows(map, rules),
        _ => false,
    }
}

/// Whether all is there that is looked for, once, and of the right form. Other keys are skipped.
fn follows(map: &[(ciborium::Value, ciborium::Value)], rules: &[Rule]) -> bool {
    rules.iter().all(|(key, form, presence)| {
        let mut found = map.iter().filter(|(name, _)| name.as_text() == Some(key));
        match (found.next(), found.next()) {
            (None, _) => *presence == Optional,
            (Some((_, value)), None) => fits(value, *form),
            (Some(_), Some(_)) => false,
        }
    })
}

#[test]
fn what_is_said_is_read_by_the_rules_of_version_1() {
    let many = Offer {
        content_size: u64::MAX,
        encoded_size: u64::MAX,
        compressed: false,
        sender: String::new(),
        recipients: vec![
            OfferedRecipient {
                local: String::new(),
                notify: Notify::default(),
            };
            200
        ],
        body: Body::SevenBit,
        smtputf8: false,
        ret: Return::Full,
        ..offer(None)
    };
    let mut said: Vec<Frame> = frames().into_iter().map(|(frame, _)| frame).collect();
    said.push(Frame::Offer(many));
    said.push(Frame::Directory(Directory::default()));
    said.push(Frame::Receipt {
        id: [0; 16],
        told: vec![],
    });
    let mut kinds = std::collections::BTreeSet::new();
    for frame in said {
        let bytes = frame.encode();
        let ciborium::Value::Map(map) = ciborium::from_reader(&bytes[4..]).unwrap() else {
            panic!("not a map: {frame:?}");
        };
        assert_eq!(
            bytes[..4],
            u32::try_from(bytes.len() - 4).unwrap().to_be_bytes()
        );
        let kind = map.iter().find(|(key, _)| key.as_text() == Some("kind"));
        let kind = kind.and_then(|(_, kind)| kind.as_text()).unwrap();
        let rules = VERSION_1.iter().find(|(name, _)| *name == kind);
        let (name, rules) = rules.unwrap_or_else(|| panic!("nobody knows the kind {kind}"));
        assert!(follows(&map, rules), "{frame:?}");
        kinds.insert(*name);
    }
    assert_eq!(kinds.len(), VERSION_1.len(), "{kinds:?}");
    for (seen, double) in [(None, false), (Some(ID), true)] {
        let hello = Hello {
            versions: vec![1],
            nonce: ID,
            seen,
            limits: Limits::default(),
            features: vec![],
            double,
        };
        let packet = hello.encode();
        let map: ciborium::Value = ciborium::from_reader(&packet[8..]).unwrap();
        assert!(fits(&map, Map(HELLO_OF_VERSION_1)), "{hello:?}");
    }
}

/// One who speaks a later version as well says so, and more that is not known here.
#[test]
fn a_hello_of_a_later_version_is_understood() {
    use ciborium::Value;
    let hello = |versions: &[u16]| {
        let versions = versions.iter().map(|v| Value::from(*v)).collect();
        let map = Value::Map(vec![
            (
                Value::from("song"),
                Value::Map(vec![(Value::from(1), Value::Null)]),
            ),
            (Value::from("versions"), Value::Array(versions)),
            (Value::from("nonce"), Value::Bytes(ID.to_vec())),
            (Value::from("max_message"), Value::from(7)),
            (Value::from("choir"), Value::Array(vec![Value::Float(1.5)])),
        ]);
        let mut packet = b"\xA0toxmail".to_vec();
        ciborium::into_writer(&map, &mut packet).unwrap();
        Hello::decode(&packet)
    };
    let both = hello(&[2, 1]).unwrap();
    assert_eq!((both.nonce, both.limits.max_message_bytes), (ID, 7));
    assert_eq!(both.common_version(), Some(1));
    // What it did not grant it does not grant.
    assert_eq!(both.limits.inline_budget, 0);
    assert_eq!(hello(&[2, 3]).unwrap().common_version(), None);
    assert!(hello(&[]).is_err());
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
