//! The desk behind the submission service: may this member send this to them, and into the queue with it.

use std::io::Write;
use std::sync::Arc;

use super::Post;
use super::pairing::Pairing;
use crate::contacts::Who;
use crate::durable::{self, fault};
use crate::journal;
use crate::mail::address::{self, Meaning, MemberName};
use crate::mail::envelope::{Envelope, Recipient};
use crate::mail::header::{self, HeaderSection, MAX_SECTION};
use crate::mail::verdict::{Reason, Status};
use crate::providers::Way;
use crate::queue::{self, Destination, Fallback, Plan, QueueDraft, Submission, Submitted};
use crate::routing::{self, Facts, Provider};
use crate::smtp::{Desk, Letter, Refusal};

/// The home's desk.
#[derive(Clone)]
pub struct Submissions {
    post: Arc<Post>,
    pairing: Arc<Pairing>,
}

impl Submissions {
    /// A desk.
    pub fn new(post: Arc<Post>, pairing: Arc<Pairing>) -> Self {
        Self { post, pairing }
    }

    /// Who is meant, and the writer's ordinary route where that leads there; nobody else is refused later.
    fn find(&self, member: &MemberName, address: &str) -> Result<(Who, Way), Refusal> {
        let contacts = &self.post.contacts;
        let who = contacts
            .resolve(address, Some(member))
            .map_err(|e| broken("contacts", &e))?
            .map_err(refused)?;
        let standing = contacts
            .standing(&who)
            .map_err(|e| broken("contacts", &e))?;
        let members = &self.post.members;
        let lives_here = match &who {
            Who::Member { name, .. } => members.exists(name),
            Who::Main { .. } => members.main_mailbox().map(|m| m.is_some()),
            Who::Postmaster => members.administrator().map(|m| m.is_some()),
            _ => Ok(false),
        }
        .map_err(|e| broken("members", &e))?;
        let way = match &who {
            Who::Ordinary(_) => self.way_of(member)?,
            _ => Way::NoProvider,
        };
        let facts = Facts {
            lives_here,
            standing,
            provider: match way {
                Way::Open { .. } => Provider::Ready,
                Way::NoAddress => Provider::NoAddress,
                Way::NoProvider => Provider::Missing,
            },
        };
        routing::route(&who, &facts).map_err(refused)?;
        Ok((who, way))
    }

    /// What becomes of those whose home stays away for long, where the writer has an ordinary route.
    fn fallbacks(
        &self,
        member: &MemberName,
        envelope: &Envelope,
        plans: &[Plan],
    ) -> Result<Vec<Fallback>, Refusal> {
        let mut fallbacks = Vec::new();
        for plan in plans {
            let Destination::Peer(key) = plan.destination else {
                continue;
            };
            let local = Some(plan.there.as_str()).filter(|there| !there.is_empty());
            let contacts = &self.post.contacts;
            let found = contacts
                .fallback_of(&key, local, member)
                .map_err(|e| broken("contacts", &e))?;
            let Some((after, first)) = found else {
                continue;
            };
            let Way::Open { account, .. } = self.way_of(member)? else {
                continue;
            };
            // The address that the writer has used, where it is an ordinary one.
            let written = envelope.recipients.get(plan.recipient);
            let written = written.map_or("", |recipient| recipient.address.as_str());
            let address = match address::meaning(written, &self.post.hostname) {
                Ok(Meaning::Ordinary(written)) => written,
                _ => first,
            };
            fallbacks.push(Fallback {
                recipient: plan.recipient,
                after,
                account,
                address,
            });
        }
        Ok(fallbacks)
    }

    /// The writer's ordinary route.
    fn way_of(&self, member: &MemberName) -> Result<Way, Refusal> {
        let way = self.post.providers.way_of(member);
        way.map_err(|e| broken("providers", &e))
    }

    /// The way of one recipient.
    fn plan(&self, member: &MemberName, recipient: usize, address: &str) -> Result<Plan, Refusal> {
        let (who, way) = self.find(member, address)?;
        let tagged = |name: &str, tag: Option<String>| match tag {
            Some(tag) => format!("{name}+{tag}"),
            None => name.to_owned(),
        };
        let members = &self.post.members;
        let local = |there: String| (Destination::Local, there);
        let holder = |found: Result<Option<MemberName>, crate::members::Error>| match found {
            Ok(Some(name)) => Ok(name.to_string()),
            // Somebody has removed the last member between RCPT and the end of DATA.
            Ok(None) => Err(Refusal::out_of_order()),
            Err(e) => Err(broken("members", &e)),
        };
        let (destination, there) = match who {
            Who::Member { name, tag } => local(tagged(name.as_str(), tag)),
            Who::Main { tag } => local(tagged(&holder(members.main_mailbox())?, tag)),
            Who::Postmaster => local(holder(members.administrator())?),
            Who::Peer { key, local } => (Destination::Peer(key), local.unwrap_or_default()),
            Who::FirstContact { id, local } => {
                self.pairing
                    .first_contact(&id)
                    .map_err(|e| broken("contacts", &e))?;
                (Destination::Peer(id.key()), local.unwrap_or_default())
            }
            Who::Ordinary(address) => match way {
                Way::Open { account, .. } => (Destination::Relay(account), address),
                // The route was refused.
                Way::NoAddress | Way::NoProvider => return Err(Refusal::out_of_order()),
            },
        };
        Ok(Plan {
            recipient,
            destination,
            there,
        })
    }
}

impl Desk for Submissions {
    fn sender(&self, member: &MemberName, address: &str) -> Result<(), Refusal> {
        if address.is_empty() {
            return Ok(()); // a receipt or an automatic answer of the member's program
        }
        let Post {
            members,
            hostname,
            ourselves,
            ..
        } = &*self.post;
        match members.owns(member, address, hostname, ourselves) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::new(
                550,
                Status(5, 7, 1),
                format!(
                    "'{member}' may not write as this address; set the sender in the mail program to {member}@{hostname}"
                ),
            )),
            Err(e) => Err(broken("members", &e)),
        }
    }

    fn recipient(&self, member: &MemberName, recipient: &Recipient) -> Result<(), Refusal> {
        self.find(member, &recipient.address).map(drop)
    }

    fn letter(
        &self,
        member: &MemberName,
        declared: Option<u64>,
    ) -> Result<Box<dyn Letter>, Refusal> {
        let most = self.post.settings().max_message_bytes;
        if declared.is_some_and(|size| size > most) {
            return Err(too_large(most));
        }
        let draft = self.post.queue.draft(declared).map_err(|e| of_queue(&e))?;
        Ok(Box::new(Draft {
            desk: self.clone(),
            member: member.clone(),
            draft,
            head: Vec::new(),
            in_head: true,
            most,
        }))
    }
}

/// A letter that is being taken.
struct Draft {
    desk: Submissions,
    member: MemberName,
    draft: QueueDraft,
    /// The header section so far; what goes beyond it is not kept.
    head: Vec<u8>,
    in_head: bool,
    most: u64,
}

impl Draft {
    /// Keeps the header section in memory while it passes by, so that it need not be read from the disk again.
    fn keep_head(&mut self, bytes: &[u8]) {
        if !self.in_head {
            return;
        }
        let searched = self.head.len().saturating_sub(3);
        let room = (MAX_SECTION + 4).saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let end = if self.head.starts_with(b"\r\n") {
            Some(0)
        } else {
            let mut windows = self.head[searched..].windows(4);
            windows
                .position(|w| w == b"\r\n\r\n")
                .map(|at| searched + at + 2)
        };
        if let Some(end) = end {
            self.head.truncate(end);
        }
        self.in_head = end.is_none() && self.head.len() < MAX_SECTION + 4;
    }
}

impl Letter for Draft {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if self.draft.len() + bytes.len() as u64 > self.most {
            return Err(too_large(self.most));
        }
        self.keep_head(bytes);
        self.draft.write_all(bytes).map_err(|e| {
            if durable::is_full(&e) {
                journal::disk_full("taking a letter");
                full()
            } else {
                journal::disk_trouble("taking a letter", &e);
                Refusal::out_of_order()
            }
        })
    }

    fn submit(self: Box<Self>, envelope: Envelope) -> Result<String, Refusal> {
        fault::point("submission.read");
        let Self {
            desk,
            member,
            draft,
            head,
            ..
        } = *self;
        let header = HeaderSection::parse(&head).map_err(|e| refused(e.into()))?;
        let post = &desk.post;
        // A database that cannot be read is "later", not "this address is not yours".
        let trouble = std::cell::RefCell::new(None);
        let owns = |address: &str| {
            let members = &post.members;
            match members.owns(&member, address, &post.hostname, &post.ourselves) {
                Ok(owns) => owns,
                Err(e) => {
                    trouble.replace(Some(broken("members", &e)));
                    true
                }
            }
        };
        header::check_submission(&header, &owns).map_err(refused)?;
        if let Some(trouble) = trouble.take() {
            return Err(trouble);
        }
        let plans = envelope
            .recipients
            .iter()
            .enumerate()
            .map(|(index, recipient)| desk.plan(&member, index, &recipient.address))
            .collect::<Result<Vec<_>, _>>()?;
        let fallbacks = desk.fallbacks(&member, &envelope, &plans)?;
        let writer = member.clone();
        let submission = Submission {
            member: Some(member),
            message_id: header.message_id(),
            envelope,
            plans,
            fallbacks,
            settles: Vec::new(),
        };
        let submitted = post
            .queue
            .submit(draft, submission)
            .map_err(|e| of_queue(&e))?;
        fault::point("submission.queued");
        match submitted {
            Submitted::Queued(id) => Ok(id.to_string()),
            Submitted::Repeated(id) => {
                journal::repeated(&id, writer.as_str());
                Ok(id.to_string())
            }
            // Only notices can be needless.
            Submitted::Needless => Err(Refusal::out_of_order()),
        }
    }
}

fn refused(reason: Reason) -> Refusal {
    let code = if reason.status.0 == 4 { 450 } else { 550 };
    // RFC 5321 section 4.2.3: 554 for a message that was read and is not taken.
    let code = if reason.status.1 == 6 { 554 } else { code };
    Refusal { code, reason }
}

fn too_large(most: u64) -> Refusal {
    let text = format!("this letter is too large; a letter may have {most} bytes");
    Refusal::new(552, Status(5, 3, 4), text)
}

fn full() -> Refusal {
    Refusal::new(
        452,
        Status(4, 3, 1),
        "the disk of this home is full; your letter was not taken, try again later",
    )
}

fn of_queue(error: &queue::Error) -> Refusal {
    journal::queue_trouble(error);
    if error.is_full() {
        return full();
    }
    Refusal::out_of_order()
}

fn broken(room: &'static str, error: &dyn std::fmt::Display) -> Refusal {
    journal::trouble(room, error);
    Refusal::out_of_order()
}
