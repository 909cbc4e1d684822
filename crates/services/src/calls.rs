//! Live and past calls, and what would happen to one.

mod explain;
mod get;
mod list;

pub use explain::explain;
pub use get::get;
pub use list::list;

use model::Timestamp;

/// A question: what happens when this one calls that.
#[derive(Debug, Clone, Default)]
pub struct ExplainCall {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// The caller's number.
    pub from: String,
    /// What is dialled.
    pub to: String,
    /// When; now unless given.
    pub at: Option<Timestamp>,
}

/// Filters of the calls list.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// One customer.
    pub customer_id: Option<String>,
    /// `live` or `ended`.
    pub state: Option<String>,
    /// Calls of this user.
    pub user_id: Option<String>,
    /// Begun at or after.
    pub since: Option<Timestamp>,
    /// Begun before.
    pub until: Option<Timestamp>,
}
