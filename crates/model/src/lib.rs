//! The words of the product: ids, hierarchy, users, devices, rooms, destinations, route plans,
//! commands to the switch and events from it, permissions, and the clock.
//!
//! This crate must never do I/O, know SQL, SIP, HTTP or serialisation: what goes over a wire is a
//! type of the crate that owns that wire. Values that can be wrong are parsed here once
//! ([`Extension::parse`], [`AccountName::parse`], …) and trusted everywhere else.
//!
//! Start reading at [`user`] and [`switch`].

mod access;
mod address;
mod audit;
mod call;
mod clock;
mod conference;
mod destination;
mod hierarchy;
mod id;
mod name;
mod route;
mod secret;
mod sign_in;
mod sip_target;
mod switch;
mod user;

pub use access::*;
pub use address::*;
pub use audit::*;
pub use call::*;
pub use clock::*;
pub use conference::*;
pub use destination::*;
pub use hierarchy::*;
pub use id::*;
pub use name::*;
pub use route::*;
pub use secret::*;
pub use sign_in::*;
pub use sip_target::*;
pub use switch::*;
pub use user::*;

pub use jiff::Timestamp;
