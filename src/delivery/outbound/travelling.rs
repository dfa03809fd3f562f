//! The travelling form of a letter, and the offer of it: encoded once, and kept with the message so that it resumes.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use bytes::Bytes;

use super::Outbound;
use crate::delivery::letter;
use crate::durable::{Draft, fault};
use crate::journal;
use crate::mail::verdict::Verdict;
use crate::mail::{address, header};
use crate::queue::{self, Delivery, EncodedFacts};
use crate::transfer::content;
use crate::transfer::frame::{Offer, OfferedRecipient};

#[derive(Clone)]
pub(super) enum Source {
    Memory(Bytes),
    File(Arc<File>),
}

/// A letter that can be offered.
pub(super) struct Prepared {
    pub(super) offer: Offer,
    pub(super) source: Source,
    /// Its encoded form, where nobody has kept it yet.
    pub(super) unkept: Option<(Draft, content::Encoded)>,
}

impl Outbound {
    pub(super) fn prepare(&self, delivery: &Delivery) -> Result<Prepared, Verdict> {
        let disk = |e: io::Error| {
            journal::disk_trouble("preparing a letter", &e);
            letter::own_trouble(letter::disk_reason(&e))
        };
        if let Some(kept) = &delivery.encoded {
            let source = File::open(&kept.path).map_err(disk)?;
            let encoded = content::Encoded {
                content_size: kept.content_size,
                encoded_size: kept.size,
                digest: kept.digest,
                compressed: kept.compressed,
            };
            return Ok(Prepared {
                offer: self.offer_of(delivery, &encoded, None)?,
                source: Source::File(Arc::new(source)),
                unkept: None,
            });
        }
        let mut opened = letter::open(&self.post, delivery)?;
        let book = self
            .post
            .contacts
            .book(delivery.member.as_ref(), &opened.header)
            .map_err(|e| {
                journal::trouble("contacts", &e);
                letter::own_trouble(letter::out_of_order())
            })?;
        let stamp = letter::stamp(&self.post, delivery);
        let head = letter::with_empty_line(header::for_tox(&opened.header, &book, &stamp));
        let content_size = head.len() as u64 + opened.body_size;
        if content_size <= letter::INLINE_BYTES {
            let mut whole = head;
            let body = opened.body().map_err(disk)?;
            body.read_to_end(&mut whole).map_err(disk)?;
            let mut packed = Vec::with_capacity(whole.len());
            let encoded = match content::encode(&mut Cursor::new(&whole), &mut packed)
                .map_err(disk)?
            {
                Some(encoded) => encoded,
                None => {
                    packed.clear();
                    content::encode_plain(&mut Cursor::new(&whole), &mut packed).map_err(disk)?
                }
            };
            let bytes = Bytes::from(packed);
            return Ok(Prepared {
                offer: self.offer_of(delivery, &encoded, Some(bytes.clone()))?,
                source: Source::Memory(bytes),
                unkept: None,
            });
        }
        let queue = &self.post.queue;
        let full = |e: queue::Error| letter::queue_verdict(&e);
        let mut draft = queue.encoded_draft(content_size).map_err(full)?;
        let body = opened.body().map_err(disk)?;
        let made =
            content::encode(&mut Cursor::new(&head).chain(body), &mut draft).map_err(disk)?;
        let encoded = match made {
            Some(encoded) => encoded,
            None => {
                draft = queue.encoded_draft(content_size).map_err(full)?;
                let body = opened.body().map_err(disk)?;
                let mut whole = Cursor::new(&head).chain(body);
                content::encode_plain(&mut whole, &mut draft).map_err(disk)?
            }
        };
        // Read through a handle of its own: the letter leaves while its encoded form is still on its way to the disk.
        let source = File::open(draft.path()).map_err(disk)?;
        let offer = self.offer_of(delivery, &encoded, None)?;
        Ok(Prepared {
            offer,
            source: Source::File(Arc::new(source)),
            unkept: Some((draft, encoded)),
        })
    }

    /// Makes the encoded form last, so that the letter resumes after a restart. Where that fails the letter that is on its way
    /// goes on, and a restart encodes it again; where another agent was first, a restart sends that one's form. The other home
    /// goes on with what it has only for the same digest and size.
    pub(super) fn keep_encoded(
        &self,
        delivery: &Delivery,
        draft: Draft,
        encoded: &content::Encoded,
    ) {
        let facts = EncodedFacts {
            content_size: encoded.content_size,
            digest: encoded.digest,
            compressed: encoded.compressed,
        };
        match self.post.queue.keep_encoded(delivery.message, draft, facts) {
            Ok(_) => fault::point("outbound.encoded"),
            // Delivered already, and so gone from the queue.
            Err(queue::Error::Unknown) => {}
            Err(e) => journal::queue_trouble(&e),
        }
    }

    fn offer_of(
        &self,
        delivery: &Delivery,
        encoded: &content::Encoded,
        inline: Option<Bytes>,
    ) -> Result<Offer, Verdict> {
        Ok(Offer {
            id: delivery.transfer,
            content_size: encoded.content_size,
            encoded_size: encoded.encoded_size,
            digest: encoded.digest,
            compressed: encoded.compressed,
            sender: self.sender_there(delivery)?,
            recipients: delivery
                .recipients
                .iter()
                .map(|waiting| OfferedRecipient {
                    local: waiting.there.clone(),
                    notify: waiting.recipient.notify,
                })
                .collect(),
            body: delivery.envelope.body,
            smtputf8: delivery.envelope.smtputf8,
            ret: delivery.envelope.ret,
            envelope_id: delivery.envelope.envelope_id.clone(),
            inline,
        })
    }

    /// The envelope sender as the other home knows it: the writer's canonical address.
    fn sender_there(&self, delivery: &Delivery) -> Result<String, Verdict> {
        if delivery.sender.is_empty() {
            return Ok(String::new());
        }
        let member = delivery.member.as_ref();
        match self.post.contacts.canonical_of(&delivery.sender, member) {
            Ok(Some(canonical)) => Ok(canonical),
            Ok(None) => Ok(address::canonical(
                member.map(|m| m.as_str()),
                &self.post.ourselves,
            )),
            Err(e) => {
                journal::trouble("contacts", &e);
                Err(letter::own_trouble(letter::out_of_order()))
            }
        }
    }
}
