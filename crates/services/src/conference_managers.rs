//! Accounts that see the rooms they may run, and nothing else.

mod create;
mod delete;
mod get;
mod list;
mod reset_password;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use reset_password::reset_password;
pub use update::update;

use std::sync::Arc;

use model::{ConferenceManager, Secret};

use crate::Patch;

/// An account to be, made by picking an extension.
#[derive(Debug, Clone, Default)]
pub struct NewConferenceManager {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// A user's; called by itself on start.
    pub extension: String,
    /// All of the customer's unless given.
    pub room_ids: Option<Vec<String>>,
}

/// What to change of an account.
#[derive(Debug, Clone, Default)]
pub struct ConferenceManagerPatch {
    /// Null: all of the customer's.
    pub room_ids: Patch<Vec<String>>,
    /// Cannot sign in.
    pub disabled: Patch<bool>,
}

/// An account with its password, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagerWithPassword {
    /// The account.
    pub manager: Arc<ConferenceManager>,
    /// Made at random.
    pub password: Secret,
}
