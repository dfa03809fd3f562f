//! Toxmail: a family's own post office. This page is the map; each room tells its own rules at the top of its file.
//!
//! # What it is
//!
//! Every person at home has a mailbox for ordinary mail programs. Mail to another home that runs Toxmail goes straight from
//! box to box over the Tox network; mail to anybody else takes the ordinary route. Four promises, in this order: nothing is
//! lost, nobody gets in, everybody can use it, it is quiet. A *letter* is a message as people say it: the same thing.
//!
//! # From above
//!
//! ```text
//!   mail programs                                                                 the Tox network
//!   ──────┬──────                                                                 ───────┬───────
//!         │ net: lines, TLS, limits, logins                                              │
//!      ┌──┴───┐    ┌──────────────┐    ┌───────┐    ┌──────────┐    ┌──────────┐    ┌────┴────┐
//!      │ smtp ├───►│  delivery:   ├───►│ queue ├───►│ delivery:├───►│ delivery:├───►│   tox   │
//!      └──────┘    │  submission  │    └───────┘    │ outbound │    │ courier  │    │ (thread)│
//!      ┌──────┐    └──────────────┘    ┌───────┐    │ inbound  │◄───┤          │◄───┤         │
//!      │ imap │◄───────────────────────┤ store │◄───┤          │    └────┬─────┘    └─────────┘
//!      │ pop3 │                        └───────┘    └──────────┘    ┌────┴─────┐
//!      └──────┘                                                     │ transfer │
//!                                                                   │ (pure)   │
//!                                                                   └──────────┘
//! ```
//!
//! The courier lives on the Tox thread and asks `transfer` what to say. Not in the picture: the other agents behind the queue, and
//! the rooms behind the page.
//!
//! - The nouns, pure: [`mail`] (addresses, envelopes, verdicts, header sections and their rewriting), [`routing`] (who is
//!   meant, and where the letter goes: one table).
//! - The ground: [`durable`] (the only fsync in the house but SQLite's: a draft is committed, or it is gone),
//!   [`database`] (one writer; jobs that wait together share one fsync), [`clock`] (waiting and age on a box without a
//!   clock), [`config`] (`toxmail.toml`: what was written, and what it means), [`journal`] (one function per fact an
//!   operator sees), [`changes`] (hints for whoever looks at a page), [`days`] (how much came and went each day), [`cause`] (why the home says
//!   no, by name), [`heap`] (memory that was let go is given back).
//! - The people: [`members`] (passwords, device passwords, whose address it is), [`contacts`] (the address table, paired
//!   homes and what they claim, invitations, requests), [`providers`] (the accounts that take mail for everybody else, and the
//!   mailboxes there that are fetched),
//!   [`notices`] (what the home tells its members by mail), [`questions`] (what it asks them, and whose answer counts).
//! - The home's page: [`web`].
//! - The address books of mail programs and telephones: [`carddav`]; what these are told so that they find their mailbox:
//!   [`devices`] (pure).
//! - The mail servers: [`net`] (strict lines, connections with deadlines, TLS, logins), [`smtp`], [`imap`], [`pop3`]: each a pure
//!   session machine and the shell that does the deeds.
//! - The letters: [`queue`] (what waits: one file a message, one row a destination), [`store`] (what has arrived:
//!   Maildir++, numbers and flags, exactly one copy).
//! - Between homes: [`tox`] (toxcore behind a safe wall, one thread), [`transfer`] (QUIC over Tox's lossy packets, our own
//!   congestion controller, file transfer as the last resort; pure).
//! - From the providers: [`fetch`] (the client's side of IMAP and POP3).
//! - To friends with ordinary Tox programs: [`chat`] (letters as texts and files, and back; pure).
//! - [`delivery`]: the agents; the only room, beside [`home`] which builds them all, that knows queue, store, transfer and tox
//!   together.
//! - [`appliance`]: what only the box needs: the whole home in one encrypted file, and back ([`appliance::backup`]), how the
//!   machine itself is ([`appliance::hardware`]), its light ([`appliance::light`]), its network ([`appliance::network`]), the file of another
//!   system for it ([`appliance::update`]), which the home may fetch itself ([`appliance::releases`]), and another disk for it
//!   ([`appliance::disk`]), to which it is carried ([`appliance::carry`]), and a stick for its backups ([`appliance::stick`]).
//! - [`control`]: the operator's command and its socket. [`home`]: the whole house, built, opened and closed; what the
//!   operator's commands do; and what the process gives up of the machine (`home`, `sandbox`). Who may want what: docs/threats.md.
//!
//! Imports never go round in a circle, but for one: [`appliance::backup`] renews the Outbox of a restored home, and [`delivery`]
//! tells its administrator. [`mail`] imports nothing of ours; [`tox`] does not know what a message is; [`transfer`] knows
//! neither Tox nor a disk; [`queue`] and [`store`] do not know each other; [`smtp`] never sees the store, [`pop3`] and [`imap`]
//! never the queue.
//!
//! # The way of a letter out
//!
//! 1. [`net::serve`] accepts a connection from an allowed network; [`smtp::session`] says what is legal, and every word.
//! 2. [`delivery::submission`] is the desk behind it: whose address is it ([`members`]), who is meant ([`contacts`]), which
//!    way ([`routing`]).
//! 3. The bytes go straight from the socket into one file of the [`queue`]. `Queue::submit` makes it durable and
//!    writes one row a destination. **Only then `250`.** A crash before leaves a file that nobody was promised.
//! 4. [`delivery::outbound`] takes what is due: a member of this home to [`delivery::local`]; a peer that is there to
//!    [`delivery::courier`], after [`mail::departure`] has rewritten its header section; anybody else to [`delivery::relay`],
//!    and so to the writer's provider, which is told nothing of Tox ([`mail::ordinary`]); people of a mail server that the
//!    family has already to [`delivery::gateway`], and so to that server; a friend with an ordinary Tox program to
//!    [`delivery::chat`]; an answer to a question of the home's to [`delivery::clerk`]. A peer that is not there costs
//!    nothing: its rows are held.
//! 5. [`transfer::exchange`] offers it, sends it, resumes it, on the Tox thread ([`tox::Node`]). The Tox thread never
//!    waits for a disk.
//! 6. The receipt, recipient by recipient, settles the row. **Only the receipt lets us forget**, never "sent".
//! 7. What a writer must hear is owed from the transaction that settles it on; the notice and the end of the debt are one
//!    transaction ([`delivery::report`]).
//!
//! # The way of a letter in
//!
//! 1. [`tox::Node`] hears a packet, [`transfer::exchange`] makes an offer of it, [`delivery::inbound`] judges it: a contact?
//!    size, disk, quota, number. A small letter's bytes came with the offer and are in memory; any other's come only after
//!    that, and a big one's go to `incoming/`, from which it resumes.
//! 2. When it is whole its digest is checked, [`mail::arrival`] sees to it that nobody writes in another's name, and
//!    [`store`] files it: `tmp/`, fsync, `new/`, fsync of the folder, a row with UID and unique name.
//!    A letter for people of a mail server that the family has already goes into the [`queue`] instead, once.
//! 3. **Only then the receipt.** An offer that comes again is answered "have it" from the row: at least once on the wire,
//!    exactly once in the mailbox.
//! 4. [`store`] rings ([`store::watch`]): [`imap::serve`] tells whoever is idle ([`imap::shelf`] is the store in IMAP's words),
//!    [`pop3::serve`] lists it at the next login, and the page hears of it by [`changes`].
//!
//! By the ordinary route: [`delivery::fetcher`] reads a member's mailbox at their provider ([`fetch`]), [`mail::fetched`] sees to it
//! that nobody there passes for a contact, and [`store`] files each letter under the digest of its bytes, once. Only then is it
//! noted ([`providers::fetch`]), and only then deleted there, where the member wants that.
//!
//! # Invariants, and where they are kept
//!
//! | what always holds | where | the test that breaks with it |
//! | --- | --- | --- |
//! | no acknowledged letter is lost, none is filed twice, whatever is killed, and whatever the network does | `queue`, `store`, `delivery` | `tests/crash.rs`, `tests/street.rs`, `delivery::street` (many homes on a virtual clock) |
//! | a disk that is full or fails: "later", nothing half kept | `durable` | `tests/crash.rs` |
//! | the same when the power goes and takes what was not synced, or any one act of the disk fails | all of these, `database` | `tests/power_cuts.rs` |
//! | a peer that is off costs nothing and has its mail at once when it is back | `queue`, `delivery::outbound` | `tests/offline.rs` |
//! | nobody decides in a member's place, and nothing of a stranger reaches a mailbox | `questions`, `delivery::clerk` | their unit tests, `tests/answers.rs` |
//! | a new box gets nothing of the old one's before a person says so | `contacts::moves` | `tests/identity.rs` |
//! | what a chat program's friend said is filed once, and what it has does not go again | `delivery::chat` | `tests/chat.rs` |
//! | nobody writes in another's name | `mail::arrival`, `contacts::book` | `tests/forger.rs`, `tests/hostile.rs` |
//! | the body is never touched, no field is lost | `mail::departure`, `mail::arrival`, `mail::ordinary` | `tests/rewriting.rs`, `tests/letters.rs` |
//! | nothing goes through a relay to whom it must not | `delivery::direct`, `delivery::courier` | their unit tests, `tests/relay.rs` |
//! | a peer that breaks the protocol loses its own transfers only | `transfer`, `tox` | their unit tests |
//! | a backup is whole or refused; a power cut leaves the old home or the restored one | `appliance::backup` | `tests/backup.rs` |
//! | a backup on a stick is read back before it counts, and the last good one stays until then | `appliance::backup::rotation` | its unit tests, `tests/image/stick.sh` |
//! | a box's home is carried to another disk whole, or stays where it is; the old place is not used again; a new card goes on with it, or is still new | `appliance::carry`, overlay/usr/lib/toxmail/volume | its unit tests, `tests/image/disk.sh`, `tests/image.rs` |
//! | no letter leaves the private way against what its contact may now | `delivery`, `queue` | their unit tests, `tests/provider.rs` |
//! | what another home handed in for a mail server at home reaches it once | `queue`, `delivery::gateway` | `tests/gateway.rs` |
//! | the page does what its reader may do, for nobody else, and for no other website | `web` | its unit tests, `tests/web.rs`, `tests/browser.rs` |
//! | what lies at a provider comes here once, and goes there only after that | `delivery::fetcher`, `providers::fetch` | `tests/fetching.rs` |
//! | a UID never means another message, and no number shifts under a client | `store`, `imap::view` | `tests/imap.rs`, `tests/imap_crash.rs`, `tests/imap_programs.rs` |
//! | what is taken back in the Outbox goes to nobody who has not got it, or its writer hears who has | `delivery::outbox` | its unit tests, `tests/imap.rs` |
//! | a home goes on with a later program, and with the one before it again, and what it has stays | `database`, `transfer` | `tests/upgrade.rs`, `transfer`'s golden bytes |
//! | no client can stop the others | `net` | `tests/abuse.rs` |
//! | whoever breaks into the home reaches nothing else of the machine, as far as its kernel can see to that | `home` | `tests/sandbox.rs` |
//!
//! # Decisions that are not obvious
//!
//! - **QUIC over lossy packets, not toxcore's file transfer.** toxcore's own needs two seconds for a megabyte even on one
//!   machine, and dies with the connection. Lossy packets are not congestion controlled by toxcore, so that is ours to do;
//!   `quinn-proto` is the machine, [`transfer::congestion`] the controller made for home uplinks.
//! - **The same controller behind a TCP relay, not cubic.** With `TCP_NODELAY` and `TCP_NOTSENT_LOWAT` on toxcore's relay
//!   sockets a relay is a path like others, and a small letter does not wait behind a film (`tox::relay_sockets`).
//! - **No locked memory.** libsodium's `mlock` for every packet costs more than the encryption and protects nothing on a
//!   box whose identity lies on the same disk (`tox::memory`).
//! - **A valve before the Tox socket.** libtoxcore reads until its socket is empty, so a flood would hold its thread
//!   (`tox::valve`).
//! - **Direct only is a setting of the peer, not of a letter**: while a relay alone leads to such a home it counts as away, in both
//!   directions ([`delivery::direct`]), so nothing else has to know of it. What Tox itself says through a relay nobody can prevent.
//! - **One exception from the body that is never touched**: for a provider that takes 7 bits only, where the writer allows it, the
//!   ordinary copy is written anew with the same contents, and never inside what is signed or encrypted ([`mail::seven_bit`]).
//! - **What another home says is marked as its words** in notices and in the queue: it may be any sentence.
//! - **Our own SMTP session.** `mailin-embedded` was tried and rejected; what for stands in [`smtp`]. The grammar is
//!   `smtp-proto`'s.
//! - **Our own grammar of IMAP.** `imap-codec` knows IMAP4rev1 and wants messages in memory; why stands in [`imap::grammar`].
//! - **The queue's file has its final name from the first byte**: a rename fewer, because until its row is committed
//!   nobody was promised anything, and what a crash leaves is swept.
//! - **A small letter within the home has no file in the queue** but a row with its bytes, whose commit is synced anyhow: a file of its
//!   own, made and removed within moments, would double the wait for `250` and the wear of the card. If it has to wait it gets one.
//! - **A question comes from an address of its own**, not from the postmaster: programs differ in whether they answer to
//!   `Reply-To`, and an answer must not depend on it. `Sender` says who writes. Only its hash is kept.
//! - **Ways are told when the ordinary copies have left**, not at submission: nothing is said that did not happen.
//! - **Age without a clock.** A box without a clock of its own counts the time it ran; a wall clock is believed only when
//!   the kernel calls it synchronised ([`clock`]).
//! - **One name, one person.** `anna@example.org` at a mail server that the family has already is `anna` of this home; whoever
//!   has a mailbox here gets their mail here, every other name is that server's ([`delivery::mailbox`]).
//! - **A vCard reader of our own.** The libraries there are normalise what they write and lose what they do not know; a
//!   telephone's photo and notes must survive ([`contacts::vcard`]).
//! - **A telephone never parts the home from another.** Deleting a card hides it from that member, unless it is their own and
//!   has no Tox address; a Tox address that a program forgets stays, another one in its place is refused.
//! - **Eight safety words and argon2id, not six and a plain hash**: an attacker between two homes needs a collision of two
//!   phrases, not a given one (`contacts`, `words`).
//! - **Our own clients for IMAP and POP3**: the libraries keep whole letters in memory; why stands in [`fetch`].
//! - **A fetched letter is filed under the digest of its bytes**, not under its number at the provider: that number does not outlive a
//!   move of the mailbox or a change from POP3 to IMAP, and the store's row is written with it in one transaction.
//! - **CardDAV on hyper, not on our lines**: HTTP's framing is a library's work; the doors, limits and logins are ours.
//! - **The first member** is the administrator and the main mailbox until settings say otherwise: a home works from the
//!   first `member add` on.
//! - **A file that nobody accepts keeps nobody's words waiting.** A letter to a chat program ends with its files, which a friend may
//!   accept days later; the texts of the next letter go as soon as this one's are through, as long as fewer than eight such
//!   letters wait ([`chat`]).
//! - **A person's password has eight characters at least**: it opens the web page, too.
//! - **A new box is announced over a session of the old key**, because Tox keys cannot sign: so it is a claim, which moves nothing
//!   before a person has compared the safety words ([`contacts`]).
//! - **Two boxes with one identity are told from a restart by a nonce that comes back**: a process never says another's. The home that
//!   is seen double hears it in the next Hello, for it cannot see it itself.
//! - **A nickname that was somebody's is nobody else's by itself**: it stands in old letters, and an answer to one must not reach whoever
//!   was paired later. A person may give it again.
//! - **The age format in a file of our own, not the `age` crate**: that one brings a hundred packages, most of them to translate its
//!   messages, and unfinished post-quantum ones. The cryptography is `ring`'s, `x25519-dalek`'s and `scrypt`'s; a stock `age` opens what
//!   is written here, and the other way round ([`appliance::age`]).
//! - **The operator's command makes the backup itself**, not the home: it may write where its user says, and neither the passphrase
//!   nor the 64 MiB that it takes reach the home. Only a backup by the page is made there, one at a time, straight to the browser, or to a
//!   stick.
//!   SQLite gives both a consistent view ([`appliance::backup`]).
//! - **One file on the card says where the letters are**, not what happens to be plugged in: a disk that is missing is waited for, and what
//!   the card had of them is never shown in its place (overlay/usr/lib/toxmail/volume).
//! - **The program carries the home, the box's script does the rest**: a copy that is the same needs dates to the nanosecond, errors of the
//!   disk, and the home's lock, which busybox's tools do not know ([`appliance::carry`]).
//! - **Health is the home's, not the appliance's**: a home on any machine is looked at in the same way (`home`, `health`).
//! - **The page asks the home as the operator's command does**, by the same requests: what a page can do, a terminal can, and what it
//!   decides itself is who may ask ([`web`]). Sessions and forged requests are ours to tell apart (`web::session`, `web::guard`,
//!   `web::upload`).
//! - **A stored password goes to the server that it was given for.** Whoever has letters fetched on the page types the password, though
//!   it be that for outgoing mail; the operator's command may borrow it, and only as long as the account stays the same.
//! - **Whether a letter may leave the private way is asked when its time comes**, of the contact and of the writer's provider: what
//!   was put down when it was accepted says only when to look ([`delivery`], `fallback`). And whether this home itself was on the
//!   network: not that the line of a family is cut makes its letters readable, but that the other home is away.
//! - **An answer by ordinary mail gets the identifier of Sent beside the one that left**, so that no table of identifiers is needed
//!   for threads to hold ([`mail::fetched`]).
//! - **`RET` and `ENVID` travel between homes, `ORCPT` does not**: it may hold a nickname, and those never leave.
//! - **What is wrong is told by mail in the page's own words** (`home`, `alarm`), so that there is one text for it in each language.
//! - **A member's own `Outbox` stays theirs**: who has made a mailbox of that name finds their mail in it, and what is on its way on the
//!   page alone ([`imap::outbox`]).
//! - **The tags of copies in Sent have no `$`**: Thunderbird makes the key of a tag of its name, so a tag named "Toxmail-direct" fits
//!   `toxmail-direct` in every version ([`delivery`], `sent`).
//! - **What IMAP learns of a message is remembered when it is first asked for**, not at arrival: most letters are never listed by
//!   more than one program, and a delivery waits for nothing ([`imap::remembered`]).
//! - **The home may start one program: itself**, after a restore, and inside the same bounds; where Landlock is not there, none, and a
//!   supervisor has to start it again. (Its loader would start others, as long as they stay inside.)
//! - **Wi-Fi by the key, not by the password**: the home hashes the password and hands the key to the box's script, so that nothing that
//!   lies on the card opens more than that one network. So a network that takes WPA3 alone, which wants the password, is not joined
//!   (`config::wifi`).
//! - **SQLite's temporary files are memory**: a home that is locked in has no other folder for them (`database`).
//! - **A member name is a dot-atom** (RFC 5321): no dot at its end, no two in a row, though the plain pattern would allow it.
//!
//! `unsafe` stands in [`tox`]'s `sys` and `core` (with its parts `core/*`) only, but for one system call in [`clock`] (`adjtimex`: is the clock
//! synchronised?) and for what [`heap`] asks of the C library (`mallopt`, `malloc_trim`).

pub mod appliance;
pub mod carddav;
pub mod cause;
pub mod changes;
pub mod chat;
pub mod clock;
pub mod config;
pub mod contacts;
pub mod control;
pub mod database;
pub mod days;
pub mod delivery;
pub mod devices;
pub mod durable;
pub mod fetch;
pub mod heap;
pub mod home;
pub mod imap;
pub mod journal;
pub mod mail;
pub mod members;
pub mod net;
pub mod notices;
pub mod pop3;
pub mod providers;
pub mod questions;
pub mod queue;
pub mod routing;
pub mod smtp;
pub mod store;
pub mod tox;
pub mod transfer;
pub mod web;
