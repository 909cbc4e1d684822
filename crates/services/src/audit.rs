//! The audit log: read, searched, verified. It is written by every change.

mod export;
mod keep;
mod list;
mod verify;

pub use export::{Export, export};
pub use keep::SIGNED_HEADS;
pub use list::list;
pub use verify::verify;

pub(crate) use keep::{Keeping, Sign, forget};

use model::Timestamp;

/// Filters of the audit log.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// One customer's chain; whoever belongs to one sees only that.
    pub customer_id: Option<String>,
    /// `user.created`.
    pub action: Option<String>,
    /// All but actions that begin so: `session.`.
    pub except_action: Option<String>,
    /// `user`.
    pub model: Option<String>,
    /// What was acted on.
    pub subject_id: Option<String>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Rows seen.
    pub entries: u64,
    /// The first place where the chain does not hold; none: it holds.
    pub broken_at: Option<u64>,
}
