//! Nouns of mail: addresses, envelopes, verdicts, headers. Pure: no socket, no disk, no clock.
//!
//! Nothing here knows a contact, a member's password or a route. The other rooms import this one; it imports nothing of
//! ours.
//!
//! What happens to a message on its way, and where:
//! - [`header`]: the header section of a message, bytes kept. The body is never seen here, so it cannot be changed;
//! - [`mailboxes`]: which bytes of a field are addresses;
//! - [`departure`]: the writer's side: is it theirs, what leaves the home and what does not;
//! - [`ordinary`]: the writer's side on the ordinary route: what a provider may see;
//! - [`seven_bit`]: there, for a provider that takes 7 bits only, where the writer allows it: the only place where a body is
//!   written anew, with the same contents;
//! - [`arrival`]: the reader's side: who wrote it, as far as this home knows;
//! - [`fetched`]: the reader's side on the ordinary route: who it cannot be from;
//! - [`gateway`]: what a mail server at home gets to see.
//!
//! Beside them: [`address`], [`key`], [`name`], [`envelope`], [`verdict`]: the nouns; [`parts`]: where the parts of a body begin and
//! end; [`utf7`]: names of mailboxes in ASCII.
//!
//! Known limits: internationalised domain names are compared as written (`bücher.example` and its `xn--` form are two
//! domains), and addresses without Unicode normalisation. A key or a full Tox address that somebody types into a text stays
//! there, on the way over Tox in a subject as well, and so does what a program puts into `Message-ID` (often the name of its computer), `Date` (its
//! time zone) and the boundaries of its parts: threads and signatures hang on them.

pub mod address;
pub mod arrival;
pub mod departure;
pub mod envelope;
pub mod fetched;
pub mod gateway;
pub mod header;
pub mod key;
pub mod mailboxes;
pub mod name;
pub mod ordinary;
pub mod parts;
pub mod seven_bit;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod seven_bit_tests;
pub mod utf7;
pub mod verdict;
