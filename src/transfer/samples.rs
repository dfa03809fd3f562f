//! Offers for tests.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::frame::{Offer, OfferedRecipient};
use crate::mail::envelope::{Body, Notify, Return};

/// An offer of `size` bytes whose content is not at hand.
pub(crate) fn offer(number: u8, size: u64) -> Offer {
    Offer {
        id: [number; 16],
        content_size: size,
        encoded_size: size,
        digest: [number; 32],
        compressed: false,
        sender: "anna@example.tox".into(),
        recipients: vec![OfferedRecipient {
            local: "bert".into(),
            notify: Notify::default(),
        }],
        body: Body::EightBitMime,
        smtputf8: false,
        ret: Return::Unspecified,
        envelope_id: None,
        inline: None,
    }
}

/// An offer with its content at hand.
pub(crate) fn small(number: u8, size: usize) -> Offer {
    let content: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
    Offer {
        digest: Sha256::digest(&content).into(),
        inline: Some(Bytes::from(content)),
        ..offer(number, size as u64)
    }
}
