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

pub(crate) use delete::remove;

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

/// The profile of every account.
pub(crate) const MANAGERS_PROFILE: &str = "conference_manager";

/// Nobody lends out what they do not hold: whoever makes an account, or a new password for it,
/// can sign in with it.
fn require_rank(
    ctx: &crate::Context,
    customer: model::CustomerId,
    operation: model::Operation,
) -> Result<(), crate::Error> {
    let directory = ctx.directory();
    let seat = crate::users::seat(&directory, Some(customer));
    let held = directory
        .profile(None, MANAGERS_PROFILE)
        .is_some_and(|profile| ctx.holds_all(profile, seat));
    if held {
        return Ok(());
    }
    Err(crate::Error::Forbidden {
        operation: operation.as_str(),
        model: model::Model::ConferenceManager.as_str(),
    })
}

/// The account, if the actor may do this with it.
pub(crate) fn find(
    ctx: &crate::Context,
    id: model::ManagerId,
    operation: model::Operation,
) -> Result<Arc<ConferenceManager>, crate::Error> {
    let directory = ctx.directory();
    let manager = directory
        .managers()
        .get(id)
        .ok_or(crate::Error::NotFound("conference_manager"))?;
    let target = crate::gate::Target::customer(manager.customer);
    ctx.require(model::Model::ConferenceManager, operation, &target)?;
    Ok(manager.clone())
}

/// The rooms that an account may run: the customer's, each once.
fn rooms_of(
    directory: &crate::directory::Directory,
    customer: model::CustomerId,
    ids: &[String],
    fields: &mut crate::error::Fields,
) -> Vec<model::RoomId> {
    let mut rooms = Vec::with_capacity(ids.len());
    for (index, text) in ids.iter().enumerate() {
        let room = text
            .parse()
            .ok()
            .and_then(|id| directory.room(id))
            .filter(|room| room.customer == customer);
        match room {
            Some(room) if rooms.contains(&room.id) => {}
            Some(room) => rooms.push(room.id),
            None => fields.add(
                format!("room_ids[{index}]"),
                "unknown",
                "the customer has no such conference room",
            ),
        }
    }
    rooms
}

#[cfg(test)]
mod tests;
