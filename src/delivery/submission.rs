//! The desk behind the submission service: may this member send this to them, and into the queue with it. The same for the
//! mail server that the family has already, which sends for all the people of its domain.

use std::io::Write;
use std::sync::Arc;

use super::clerk::Clerk;
use super::mailbox::Mailbox;
use super::pairing::Pairing;
use super::{Post, fallback, ways};
use crate::contacts::Who;
use crate::durable::{self, fault};
use crate::journal;
use crate::mail::address::MemberName;
use crate::mail::envelope::{Envelope, Recipient};
use crate::mail::header::{self, HeaderSection, MAX_SECTION};
use crate::mail::verdict::{Reason, Status};
use crate::providers::Way;
use crate::queue::{self, Destination, Fallback, Plan, QueueDraft, Start, Submission, Submitted};
use crate::routing::{self, Facts, Provider, Route};
use crate::smtp::{Desk, Letter, Refusal};

/// The home's desk.
#[derive(Clone)]
pub struct Submissions {
    post: Arc<Post>,
    pairing: Arc<Pairing>,
    clerk: Arc<Clerk>,
    clients: Clients,
}

/// Who stands at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clients {
    /// Members with their mail programs.
    Members,
    /// The mail server that the family has already: it writes for anybody in its domain, and to nobody whom it can reach
    /// without us.
    Gateway,
}

impl Submissions {
    /// A desk for the people at home.
    pub fn new(post: Arc<Post>, pairing: Arc<Pairing>, clerk: Arc<Clerk>) -> Self {
        Self {
            post,
            pairing,
            clerk,
            clients: Clients::Members,
        }
    }

    /// A desk for the mail server that the family has already.
    pub fn for_gateway(post: Arc<Post>, pairing: Arc<Pairing>, clerk: Arc<Clerk>) -> Self {
        Self {
            clients: Clients::Gateway,
            ..Self::new(post, pairing, clerk)
        }
    }

    /// Whether an address in the header is that of a mail server's own reports, such as
    /// `MAILER-DAEMON@mail.example.org`: they have no envelope sender, and the server's name lies within its domain.
    fn is_report_of(&self, sender: &str, address: &str) -> bool {
        let domain = address
            .rsplit_once('@')
            .map(|(_, d)| d.to_ascii_lowercase());
        let within = |domain: &str| {
            let gateway = self.post.gateway();
            gateway.is_some_and(|g| domain.ends_with(&format!(".{}", g.settings.domain)))
        };
        self.clients == Clients::Gateway
            && sender.is_empty()
            && domain.is_some_and(|domain| within(&domain))
    }

    /// Whose own contacts count besides everybody's.
    fn asker<'a>(&self, member: &'a MemberName) -> Option<&'a MemberName> {
        (self.clients == Clients::Members).then_some(member)
    }

    /// Whether whoever is logged in may write as this address.
    fn owns(&self, member: &MemberName, address: &str) -> Result<bool, Refusal> {
        let post = &self.post;
        if self.clients == Clients::Gateway {
            return Ok(post.gateway().is_some_and(|gateway| gateway.has(address)));
        }
        if post.owns_at_gateway(member, address) {
            return Ok(true);
        }
        post.members
            .owns(member, address, &post.hostname, &post.ourselves)
            .map_err(|e| broken("members", &e))
    }

    /// Who writes a letter with this envelope; `None`: a program, to which nothing is told.
    fn writer(
        &self,
        member: MemberName,
        envelope: &Envelope,
    ) -> Result<Option<MemberName>, Refusal> {
        match self.clients {
            Clients::Members => Ok(Some(member)),
            Clients::Gateway => self.member_at_gateway(&envelope.sender),
        }
    }

    /// The name that somebody of the mail server has in this home.
    fn member_at_gateway(&self, address: &str) -> Result<Option<MemberName>, Refusal> {
        let contacts = &self.post.contacts;
        if address.is_empty() {
            return Ok(None);
        }
        match contacts.resolve(address, None) {
            Ok(Ok(Who::Member { name, .. })) => Ok(Some(name)),
            // Nobody elsewhere could answer: an address of another home has a name such as ours.
            Ok(_) => Err(Refusal::new(
                550,
                Status(5, 1, 7),
                "this sender cannot be written to from another home; the part before the @ may have letters a-z, digits, dots, dashes and underscores, 32 at most",
            )),
            Err(e) => Err(broken("contacts", &e)),
        }
    }

    /// Who is meant, on which route, and the writer's account where that is the ordinary one.
    fn find(&self, member: &MemberName, address: &str) -> Result<(Who, Route, Way), Refusal> {
        let contacts = &self.post.contacts;
        let who = contacts
            .resolve(address, self.asker(member))
            .map_err(|e| broken("contacts", &e))?
            .map_err(refused)?;
        let standing = contacts
            .standing(&who)
            .map_err(|e| broken("contacts", &e))?;
        let mailbox = self.mailbox(&who)?;
        if self.clients == Clients::Gateway {
            not_for_gateway(&who, mailbox.as_ref())?;
        }
        let way = match &who {
            Who::Ordinary(_) => self.way_of(member)?,
            _ => Way::NoProvider,
        };
        let facts = Facts {
            lives_here: matches!(mailbox, Some(Mailbox::Here(_))),
            at_gateway: matches!(mailbox, Some(Mailbox::Gateway(_))),
            standing,
            provider: match way {
                Way::Open { .. } => Provider::Ready,
                Way::NoAddress => Provider::NoAddress,
                Way::NoProvider => Provider::Missing,
            },
        };
        let route = routing::route(&who, &facts).map_err(refused)?;
        if let Who::Answer(secret) = &who {
            self.clerk.admits(member, secret).map_err(refused)?;
        }
        Ok((who, route, way))
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
            let Destination::Tox(key) = plan.destination else {
                continue;
            };
            let written = envelope.recipients.get(plan.recipient);
            let to = fallback::To {
                key: &key,
                there: &plan.there,
                recipient: plan.recipient,
                written: written.map_or("", |recipient| recipient.address.as_str()),
            };
            let found = fallback::of(&self.post, member, &to);
            fallbacks.extend(found.map_err(|e| broken("fallback", &e))?);
        }
        Ok(fallbacks)
    }

    /// The writer's ordinary route.
    fn way_of(&self, member: &MemberName) -> Result<Way, Refusal> {
        let way = self.post.providers.way_of(member);
        way.map_err(|e| broken("providers", &e))
    }

    fn mailbox(&self, who: &Who) -> Result<Option<Mailbox>, Refusal> {
        let found = self.post.mailbox_of(who);
        found.map_err(|e| broken("members", &e))
    }

    /// The way of one recipient.
    fn plan(&self, member: &MemberName, recipient: usize, address: &str) -> Result<Plan, Refusal> {
        let (who, route, way) = self.find(member, address)?;
        let peer = |key| match route {
            Route::Chat => Destination::Chat(key),
            _ => Destination::Tox(key),
        };
        let (destination, there) = match who {
            Who::Member { .. } | Who::Main { .. } | Who::Postmaster => {
                let tag = match &who {
                    Who::Member { tag, .. } | Who::Main { tag } => tag.as_ref(),
                    _ => None,
                };
                match (self.mailbox(&who)?, tag) {
                    (Some(Mailbox::Here(name)), Some(tag)) => {
                        (Destination::Local, format!("{name}+{tag}"))
                    }
                    (Some(Mailbox::Here(name)), None) => (Destination::Local, name.to_string()),
                    (Some(Mailbox::Gateway(there)), _) => (Destination::Gateway, there),
                    // Somebody has removed the member between RCPT and the end of DATA.
                    (None, _) => return Err(Refusal::out_of_order()),
                }
            }
            Who::Answer(_) => (Destination::Answer, String::new()),
            Who::Peer { key, local } => (peer(key), local.unwrap_or_default()),
            Who::FirstContact { id, local } => {
                self.pairing
                    .first_contact(&id)
                    .map_err(|e| broken("contacts", &e))?;
                (peer(id.key()), local.unwrap_or_default())
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

/// The mail server has ways of its own: this home does not relay for it, and gives nothing back to it.
fn not_for_gateway(who: &Who, mailbox: Option<&Mailbox>) -> Result<(), Refusal> {
    let text = match (who, mailbox) {
        (Who::Answer(_), _) => {
            "this home hears answers from the person it asked only, by their own mail program"
        }
        (Who::Ordinary(_), _) => {
            "nobody here knows a Tox address for this recipient, and this home does not relay for your mail server; send it the ordinary way"
        }
        (_, Some(Mailbox::Gateway(_))) => {
            "this mailbox is on your own mail server, which need not go by this home; send it there"
        }
        _ => return Ok(()),
    };
    Err(Refusal::new(550, Status(5, 7, 1), text))
}

impl Desk for Submissions {
    fn sender(&self, member: &MemberName, address: &str) -> Result<(), Refusal> {
        if address.is_empty() {
            return Ok(()); // a receipt or an automatic answer of the member's program
        }
        let text = match (self.owns(member, address)?, self.clients) {
            (true, Clients::Members) => return Ok(()),
            (true, Clients::Gateway) => return self.member_at_gateway(address).map(drop),
            (false, Clients::Members) => format!(
                "'{member}' may not write as this address; set the sender in the mail program to {member}@{}",
                self.post.hostname
            ),
            (false, Clients::Gateway) => {
                "your mail server may send for its own domain only, which is [gateway] domain"
                    .into()
            }
        };
        Err(Refusal::new(550, Status(5, 7, 1), text))
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
        let queue = &self.post.queue;
        if self.clients == Clients::Members
            && queue.has_many_words(member).map_err(|e| of_queue(&e))?
        {
            return Err(unheard());
        }
        let draft = queue.draft(declared).map_err(|e| of_queue(&e))?;
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
        let owns = |address: &str| match desk.owns(&member, address) {
            Ok(owns) => owns || desk.is_report_of(&envelope.sender, address),
            Err(e) => {
                trouble.replace(Some(e));
                true
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
        let client = member.to_string();
        let (start, ways) = ways::choose(post, &member, &plans)
            .map_err(|e| broken("members", &e))?
            .map_err(refused)?;
        let fallbacks = desk.fallbacks(&member, &envelope, &plans)?;
        let submission = Submission {
            member: desk.writer(member, &envelope)?,
            message_id: header.message_id(),
            envelope,
            plans,
            start,
            ways,
            fallbacks,
            settles: Vec::new(),
        };
        fault::point("submission.planned");
        let submitted = post.queue.submit(draft, submission);
        desk.pairing.settle_first_contacts();
        let submitted = submitted.map_err(|e| of_queue(&e))?;
        fault::point("submission.queued");
        if start == Start::Held {
            desk.pairing.news().notify_one();
        }
        match submitted {
            Submitted::Queued(id) => Ok(id.to_string()),
            Submitted::Repeated(id) => {
                journal::repeated(&id, &client);
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

/// Whoever reads nothing would not hear what becomes of this one either.
fn unheard() -> Refusal {
    Refusal::new(
        452,
        Status(4, 2, 2),
        "your mailbox is full, and a hundred words about earlier letters wait for room in it; delete something there, then send this again",
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
