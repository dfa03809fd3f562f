//! The local agent: a member of this home writes to another, or the home writes to a member.
//!
//! The body is copied from the spool as it is; what becomes of the header section is told in
//! [`for_home`](crate::mail::departure::for_home).

use super::letter::{self, Opened};
use super::mailbox::Mailbox;
use super::{Post, unique_name};
use crate::days::Way;
use crate::durable::fault;
use crate::journal;
use crate::mail::header;
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{Delivery, Waiting};
use crate::store::Filed;

/// One attempt: every recipient of `delivery` who is still waiting gets a verdict.
pub fn attempt(post: &Post, delivery: &Delivery) -> Vec<(usize, Verdict)> {
    let mut opened = match letter::open(post, delivery) {
        Ok(opened) => opened,
        Err(verdict) => return letter::everybody(delivery, &verdict),
    };
    let stamp = letter::stamp(post, delivery);
    let head = match header::for_home(&opened.header, &delivery.sender, &stamp) {
        Ok(head) => letter::with_empty_line(head),
        Err(why) => return letter::everybody(delivery, &Verdict::Never { why }),
    };
    delivery
        .recipients
        .iter()
        .map(|recipient| {
            let verdict = file(post, delivery, recipient, &head, &mut opened);
            fault::point("local.filed");
            (recipient.index, verdict)
        })
        .collect()
}

fn file(
    post: &Post,
    delivery: &Delivery,
    recipient: &Waiting,
    head: &[u8],
    opened: &mut Opened,
) -> Verdict {
    let member = match post.mailbox_for(&recipient.there) {
        Ok(Some(Mailbox::Here(member))) => member,
        Ok(Some(Mailbox::Gateway(_)) | None) => {
            let text = format!("nobody here is called '{}' any more", recipient.there);
            return Verdict::Never {
                why: Reason::new(Status(5, 1, 1), text),
            };
        }
        Err(e) => {
            journal::trouble("members", &e);
            return letter::own_trouble(letter::out_of_order());
        }
    };
    let body = match opened.body() {
        Ok(body) => body,
        Err(e) => {
            journal::disk_trouble("reading a waiting letter", &e);
            return letter::own_trouble(letter::disk_reason(&e));
        }
    };
    let unique = unique_name(&delivery.transfer, &[], &member);
    // What the home itself writes is no letter.
    let way = delivery.member.as_ref().map(|_| Way::Local);
    match post
        .store
        .deliver_by(way, &member, "INBOX", &unique, head, body)
    {
        Ok(filed) => {
            if matches!(filed, Filed::New(_)) {
                journal::filed(&member, "INBOX", delivery.size);
            }
            Verdict::Delivered
        }
        Err(e) => letter::verdict(letter::store_told(&e)),
    }
}
