//! Every operation of the product, once: authorise, act, write down; called by every door.
//!
//! An operation is one public function in one file of its feature's folder:
//! `users::create(&ctx, new)`. It first asks [`Context::require`], then acts and writes its audit
//! row in one transaction, and after the commit updates the [`directory`], tells the bus
//! ([`events`]) and the switch ([`switchboard`]).
//!
//! This crate must never open a socket for SIP, RTP or HTTP, contain SQL, or trust an input: doors
//! hand over text, and it is parsed here once, with all wrong fields told at the same time.
//!
//! Start reading at [`Services`], [`Context`] and `users/create.rs`.

mod change;
mod context;
mod credentials;
mod csv;
mod error;
mod fold;
mod gate;
mod housekeeping;
mod input;
mod listing;
mod services;
mod sink;
mod spool;

pub mod access_profiles;
pub mod api_keys;
pub mod audit;
pub mod blocked_sources;
pub mod calls;
pub mod conference_managers;
pub mod conference_rooms;
pub mod conferences;
pub mod contacts;
pub mod customers;
pub mod devices;
pub mod directory;
pub mod events;
pub mod idempotency;
pub mod lines;
pub mod live;
pub mod password;
pub mod recordings;
pub mod routing;
pub mod sessions;
pub mod sites;
pub mod switchboard;
pub mod users;

pub use context::{Actor, Context};
pub use error::{Error, FieldError, Use};
pub use gate::Target;
pub use input::{Expected, ListQuery, Page, Patch};
pub use services::{Bootstrap, FirstStart, Options, Services, SipIdentity};

#[cfg(test)]
mod testing;
