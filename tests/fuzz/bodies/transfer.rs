//! Frames, Hellos, and the travelling form of a message.

use std::io::Read;

use sha2::{Digest, Sha256};
use toxmail::transfer::content::{ContentError, Encoded, Reader, encode, encode_plain};
use toxmail::transfer::frame::{
    Frame, MAX_FRAME_BYTES, MAX_MEMBERS, MAX_RECIPIENTS, PREFIX_BYTES, check_offer,
};
use toxmail::transfer::hello::{HELLO, Hello, MAX_PACKET_BYTES};

/// What can be read can be written, and reads the same.
pub fn frames(data: &[u8]) {
    if data.first() == Some(&HELLO) {
        return hello(data);
    }
    for limit in [64, MAX_FRAME_BYTES] {
        if let Ok(Some((frame, length))) = Frame::split(data, limit) {
            assert!(length <= data.len() && length <= limit + PREFIX_BYTES);
            assert!(Frame::split(&data[..length - 1], limit).is_ok_and(|more| more.is_none()));
            check(&frame);
        }
    }
    // The same without a length before it.
    if let Ok(frame) = Frame::decode(data) {
        check(&frame);
    }
}

fn check(frame: &Frame) {
    match frame {
        Frame::Unknown(kind) => {
            assert!(kind.chars().count() <= 32);
            return;
        }
        Frame::Offer(offer) => {
            assert_eq!(check_offer(offer), Ok(()));
            assert!(!offer.sender.contains(['\r', '\n', '\0']));
            assert!(offer.content_size > 0 && offer.encoded_size <= offer.content_size);
        }
        Frame::Have { told, .. } | Frame::Refuse { told, .. } | Frame::Receipt { told, .. } => {
            assert!(told.len() <= MAX_RECIPIENTS);
        }
        Frame::Directory(directory) => assert!(directory.members.len() <= MAX_MEMBERS),
        _ => {}
    }
    let bytes = frame.encode();
    match Frame::split(&bytes, MAX_FRAME_BYTES) {
        Ok(Some((again, length))) => {
            assert_eq!(length, bytes.len());
            assert_eq!(&again, frame);
        }
        // Texts are cleaned when they are read; what was read is never longer than it came.
        other => panic!("{frame:?} cannot be sent on: {other:?}"),
    }
}

fn hello(packet: &[u8]) {
    let Ok(hello) = Hello::decode(packet) else {
        return;
    };
    assert!(packet.len() <= MAX_PACKET_BYTES && !hello.versions.is_empty());
    let again = hello.encode();
    if again.len() <= MAX_PACKET_BYTES {
        assert_eq!(Hello::decode(&again).as_ref(), Ok(&hello));
    }
    let _ = (hello.common_version(), hello.takes_inline(100));
}

/// Bytes as a message, there and back; bytes as what a peer sends for a message of some size.
pub fn content(data: &[u8]) {
    let mut travelling = Vec::new();
    let encoded = encode(&mut &data[..], &mut travelling)
        .unwrap()
        .unwrap_or_else(|| {
            travelling.clear();
            encode_plain(&mut &data[..], &mut travelling).unwrap()
        });
    assert_eq!(encoded.encoded_size, travelling.len() as u64);
    assert_eq!(taken(&travelling, &encoded), Some(data.to_vec()));

    let Some((size, travelling)) = data.split_first_chunk::<2>() else {
        return;
    };
    let declared = Encoded {
        content_size: u64::from(u16::from_le_bytes(*size)) * 8,
        encoded_size: travelling.len() as u64,
        digest: [0; 32],
        compressed: true,
    };
    let (out, verdict) = read(travelling, &declared);
    assert!(out.len() as u64 <= declared.content_size);
    match verdict {
        Ok(()) => panic!("a digest of zeros was found right"),
        Err(ContentError::WrongDigest | ContentError::TooShort { .. }) => {
            // With the size and the digest that it has it is right.
            let honest = Encoded {
                content_size: out.len() as u64,
                digest: Sha256::digest(&out).into(),
                ..declared
            };
            assert_eq!(taken(travelling, &honest), Some(out));
        }
        Err(ContentError::TooLong { .. } | ContentError::Broken(_)) => {
            assert_eq!(taken(travelling, &declared), None)
        }
    }
}

/// The message, where it is what was declared.
fn taken(travelling: &[u8], declared: &Encoded) -> Option<Vec<u8>> {
    let (out, verdict) = read(travelling, declared);
    verdict.is_ok().then_some(out)
}

/// What comes out, and the verdict on it.
fn read(travelling: &[u8], declared: &Encoded) -> (Vec<u8>, Result<(), ContentError>) {
    let mut out = Vec::new();
    let read = Reader::new(travelling, *declared)
        .unwrap()
        .read_to_end(&mut out);
    let verdict = match read {
        Ok(_) => Ok(()),
        Err(error) => Err(error
            .into_inner()
            .and_then(|inner| inner.downcast::<ContentError>().ok())
            .map(|inner| *inner)
            .expect("reading from memory failed")),
    };
    (out, verdict)
}
