//! What is kept: entities, migrations and queries on SQLite and PostgreSQL.
//!
//! This is the only crate that knows SQL and the ORM; everything that goes in or comes out is a
//! type of `model` or one of the few plain types here. It must never decide who may do what, read
//! the clock, or hand a customer's rows to another: whatever a customer owns is found only
//! through a [`Scope`], which ends in the WHERE of the query.
//!
//! Start reading at [`Store`] (opening, reading, writing), then `repository/users.rs` as the model
//! of a resource, and `migration/` for the tables.

mod audit_chain;
mod codec;
mod connect;
mod entity;
mod error;
mod gate;
mod key;
mod list;
mod migration;
mod patience;
mod record;
mod repository;
mod scope;
mod signed_head;
mod store;

pub use error::StoreError;
pub use key::{BadKey, StoreKey};
pub use list::{Cursor, InvalidCursor, List, Page};
pub use record::Record;
pub use repository::*;
pub use scope::Scope;
pub use signed_head::{HeadsReport, Signature, SignedHead};
pub use store::{Access, CheckReport, Options, Priority, Reader, Store, Tx};
