//! Conference managers on the wire.

use std::sync::Arc;

use serde::Serialize;
use services::{
    Patch,
    conference_managers::{ConferenceManagerPatch, ManagerWithPassword},
};
use utoipa::ToSchema;

use crate::answer::{Versioned, time};

/// An account that sees the rooms it may run, and nothing else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ConferenceManager {
    id: String,
    customer_id: String,
    /// Called by itself on start.
    #[schema(example = "201")]
    extension: String,
    #[schema(example = "conference-201")]
    username: String,
    /// Null: all of the customer's.
    room_ids: Option<Vec<String>>,
    /// Cannot sign in.
    disabled: bool,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

/// An account with its password, which is shown once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ConferenceManagerWithPassword {
    #[serde(flatten)]
    manager: ConferenceManager,
    #[schema(example = "pine-otter-48-lamp")]
    password: String,
}

impl Versioned for ConferenceManager {
    fn version(&self) -> u64 {
        self.version
    }
}

impl Versioned for ConferenceManagerWithPassword {
    fn version(&self) -> u64 {
        self.manager.version
    }
}

impl From<Arc<model::ConferenceManager>> for ConferenceManager {
    fn from(manager: Arc<model::ConferenceManager>) -> Self {
        let rooms = manager.rooms.as_ref();
        Self {
            id: manager.id.to_string(),
            customer_id: manager.customer.to_string(),
            extension: manager.extension.to_string(),
            username: manager.username.to_string(),
            room_ids: rooms.map(|rooms| rooms.iter().map(ToString::to_string).collect()),
            disabled: manager.disabled,
            version: manager.version,
            created_at: time(manager.created_at),
        }
    }
}

impl From<ManagerWithPassword> for ConferenceManagerWithPassword {
    fn from(with: ManagerWithPassword) -> Self {
        Self {
            manager: with.manager.into(),
            password: with.password.expose().to_owned(),
        }
    }
}

crate::body! {
    /// An account to be, made by picking an extension.
    pub(crate) struct NewConferenceManager {
        /// One's own customer unless given.
        optional customer_id: Option<String>,
        /// A user's; called by itself on start.
        #[schema(example = "201")]
        required extension: String,
        /// All of the customer's unless given.
        optional room_ids: Option<Vec<String>>,
    }
}

impl From<NewConferenceManager> for services::conference_managers::NewConferenceManager {
    fn from(new: NewConferenceManager) -> Self {
        let rooms = new.room_ids;
        Self {
            customer_id: new.customer_id,
            extension: new.extension,
            room_ids: rooms,
        }
    }
}

crate::body! {
    /// What to change of an account.
    pub(crate) struct ConferenceManagerChanges {
        /// Null: all of the customer's.
        #[schema(value_type = Option<Vec<String>>)]
        patch room_ids: Patch<Vec<String>>,
        /// Cannot sign in.
        #[schema(value_type = Option<bool>)]
        patch disabled: Patch<bool>,
    }
}

impl From<ConferenceManagerChanges> for ConferenceManagerPatch {
    fn from(changes: ConferenceManagerChanges) -> Self {
        Self {
            room_ids: changes.room_ids,
            disabled: changes.disabled,
        }
    }
}

crate::query! {
    /// Filters of the conference managers list.
    pub(crate) struct ConferenceManagerFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
    }
}
