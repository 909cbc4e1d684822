//! The audit log: who did what to what, from where.

use std::net::IpAddr;

use crate::{AuditId, CustomerId, Model, Principal, Timestamp};

/// The door an act came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// The portal's session.
    Portal,
    /// REST with a key.
    Api,
    /// The command line on the server.
    Cli,
    /// A telephone's keys.
    Phone,
    /// The server itself.
    System,
}

crate::access::names!(Door {
    Portal => "portal", Api => "api", Cli => "cli", Phone => "phone", System => "system",
});

/// One act, as it is chained: no row can be changed, removed or moved unseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Identity.
    pub id: AuditId,
    /// Whose chain; none: the provider's.
    pub customer: Option<CustomerId>,
    /// Place in the chain, from 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Principal,
    /// The actor's name then, kept although the actor may go.
    pub actor_name: String,
    /// Through which door.
    pub door: Door,
    /// From which address.
    pub source: Option<IpAddr>,
    /// `user.created`, `conference.muted`, …
    pub action: String,
    /// What kind of thing was acted on.
    pub model: Model,
    /// Which.
    pub subject_id: String,
    /// Its name then.
    pub subject_name: String,
    /// JSON of the fields before, secrets left out.
    pub before: Option<String>,
    /// JSON of the fields after, secrets left out.
    pub after: Option<String>,
    /// SHA-256 over the row and the hash before it.
    pub hash: [u8; 32],
}
