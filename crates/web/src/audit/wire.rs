//! Audit entries on the wire.

use model::{Principal, Timestamp};
use serde::Serialize;
use serde_json::Value;
use services::audit::Verified;
use utoipa::ToSchema;

use crate::{
    answer::{time, words},
    input::{Body, Fields},
};

/// Who acted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Actor {
    /// What kind of actor.
    #[schema(schema_with = words::actor_kind)]
    kind: String,
    /// Null: the server itself, or an unknown caller.
    id: Option<String>,
    /// The name then.
    #[schema(example = "Anna Berg")]
    name: String,
}

impl Actor {
    /// A principal with its name.
    pub(crate) fn new(principal: &Principal, name: String) -> Self {
        Self {
            kind: principal.kind().to_owned(),
            id: principal.id(),
            name,
        }
    }
}

/// What was acted on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Subject {
    id: String,
    /// The name then.
    #[schema(example = "Board")]
    name: String,
}

/// One act.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    id: String,
    /// Whose chain; null: the provider's.
    customer_id: Option<String>,
    /// Place in the chain, from 1.
    sequence: u64,
    at: String,
    actor: Actor,
    /// Through which door.
    #[schema(schema_with = words::door)]
    door: String,
    /// From which address.
    #[schema(example = "192.0.2.10")]
    source: Option<String>,
    #[schema(example = "user.created")]
    action: String,
    /// What kind of thing was acted on.
    #[schema(schema_with = words::model_name)]
    model: String,
    subject: Subject,
    /// The fields before, secrets left out.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The fields after, secrets left out.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// SHA-256 over the entry and the hash before it, in hexadecimal.
    hash: String,
}

fn json(text: Option<String>) -> Option<Value> {
    serde_json::from_str(&text?).ok()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl From<model::AuditEntry> for AuditEntry {
    fn from(entry: model::AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            customer_id: entry.customer.map(|id| id.to_string()),
            sequence: entry.sequence,
            at: time(entry.at),
            actor: Actor::new(&entry.actor, entry.actor_name),
            door: entry.door.as_str().to_owned(),
            source: entry.source.map(|source| source.to_string()),
            action: entry.action,
            model: entry.model.as_str().to_owned(),
            subject: Subject {
                id: entry.subject_id,
                name: entry.subject_name,
            },
            before: json(entry.before),
            after: json(entry.after),
            hash: hex(&entry.hash),
        }
    }
}

/// What a walk along the chain found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Verification {
    /// The whole chain holds.
    intact: bool,
    /// How many entries were looked at.
    entries: u64,
    /// The first place where it does not hold.
    broken_at: Option<u64>,
}

impl From<Verified> for Verification {
    fn from(verified: Verified) -> Self {
        Self {
            intact: verified.broken_at.is_none(),
            entries: verified.entries,
            broken_at: verified.broken_at,
        }
    }
}

crate::query! {
    /// Whose chain.
    pub(crate) struct ChainQuery {
        /// One's own customer, or the provider, unless given.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
    }
}

crate::query! {
    /// What is searched for.
    pub(crate) struct Words {
        /// Part of a name or of the action.
        #[param(nullable = false)]
        optional q: Option<String>,
    }
}

crate::query! {
    /// Filters of the audit log.
    pub(crate) struct AuditFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// `user.created`, `conference.muted`, …
        #[param(nullable = false)]
        optional action: Option<String>,
        /// All but actions that begin so: `session.` leaves out who came and went.
        #[param(nullable = false)]
        optional except_action: Option<String>,
        /// What kind of thing was acted on.
        #[param(schema_with = words::model_name, required = false)]
        optional model: Option<String>,
        /// What was acted on.
        #[param(nullable = false)]
        optional subject_id: Option<String>,
        /// At or after.
        #[param(value_type = String, required = false, format = DateTime)]
        optional since: Option<Timestamp>,
        /// Before.
        #[param(value_type = String, required = false, format = DateTime)]
        optional until: Option<Timestamp>,
    }
}

/// Which rows are exported: what a list takes but its pages.
pub(crate) struct Exported {
    pub(super) filter: AuditFilter,
    pub(super) q: Option<String>,
}

impl Body for Exported {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            filter: AuditFilter::read(fields),
            q: Words::read(fields).q,
        }
    }
}

impl From<AuditFilter> for services::audit::AuditFilter {
    fn from(filter: AuditFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            action: filter.action,
            except_action: filter.except_action,
            model: filter.model,
            subject_id: filter.subject_id,
            since: filter.since,
            until: filter.until,
        }
    }
}
