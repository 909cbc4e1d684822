//! SIP itself, without sockets, clocks or threads.
//!
//! Bytes and the time go in; messages, events and bytes to send come out. Nothing here knows
//! what a user, a room or a call is. Nothing here awaits, locks, sleeps, reads a clock or draws
//! randomness, and no input, however hostile, makes it panic or hold more than its limits.
//!
//! Start reading at [`message`] for what is said, [`parse`] for how it is read, then
//! [`transaction`] for getting it there, [`dialog`] for what stays between two sides, and
//! [`digest`] for who it was. [`validate`] has the answers to requests that are well-formed but
//! cannot be served.

pub mod body;
pub mod dialog;
pub mod digest;
pub mod flow;
pub mod grammar;
pub mod header_name;
pub mod headers;
pub mod host;
pub mod message;
pub mod method;
pub mod name_addr;
pub mod params;
pub mod parse;
pub mod session_timer;
pub mod stun;
pub mod transaction;
pub mod uri;
pub mod validate;
pub mod via;

pub use flow::{Flow, Transport};
pub use header_name::HeaderName;
pub use headers::typed::{CSeq, Contacts, HeaderError, Replaces};
pub use headers::{HeaderValue, Headers};
pub use host::Host;
pub use message::{Message, Request, Response, reason_phrase};
pub use method::Method;
pub use name_addr::NameAddr;
pub use params::Params;
pub use parse::{Malformed, Parsed};
pub use uri::{SipUri, TelUri, Uri};
pub use via::Via;
