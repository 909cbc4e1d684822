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

mod error;
mod input;


pub use error::{Error, FieldError, Use};
pub use input::{Expected, ListQuery, Page, Patch};
