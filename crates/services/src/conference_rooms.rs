//! Conference rooms: permanent, with a number, PINs and settings.

mod create;
mod delete;
mod get;
mod list;
mod settings;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use update::update;

use std::sync::Arc;

use model::{ConferenceId, Room, Secret, Timestamp};

use crate::Patch;

/// A room to be: its number, its name, and settings where they differ from the defaults.
#[derive(Debug, Clone, Default)]
pub struct NewRoom {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// In one number space with extensions.
    pub number: String,
    /// As people call it.
    pub name: String,
    /// Everything else; its number and name are not read.
    pub settings: RoomPatch,
}

/// What to change of a room; null is the default.
#[derive(Debug, Clone, Default)]
pub struct RoomPatch {
    /// In one number space with extensions.
    pub number: Patch<String>,
    /// As people call it.
    pub name: Patch<String>,
    /// A user.
    pub owner_id: Patch<String>,
    /// Users.
    pub moderator_ids: Patch<Vec<String>>,
    /// Asked of callers.
    pub participant_pin: Patch<Secret>,
    /// Makes a caller a moderator.
    pub moderator_pin: Patch<Secret>,
    /// 2 to 10,000.
    pub max_participants: Patch<i64>,
    /// Callers wait until admitted.
    pub lobby: Patch<bool>,
    /// Locked as soon as the invited have joined.
    pub lock_on_start: Patch<bool>,
    /// All but moderators join muted.
    pub join_muted: Patch<bool>,
    /// Only moderators may talk.
    pub webinar: Patch<bool>,
    /// Nobody hears anybody before a moderator is in.
    pub wait_for_moderator: Patch<bool>,
    /// `tone`, `none`.
    pub announce: Patch<String>,
    /// Music for whoever is alone.
    pub music_while_alone: Patch<bool>,
    /// `off`, `on_demand`, `always`.
    pub record: Patch<String>,
    /// Over when the last moderator leaves.
    pub end_when_moderator_leaves: Patch<bool>,
    /// 60 to 86,400 seconds.
    pub time_limit_secs: Patch<i64>,
    /// Called whenever the room is started.
    pub call_out: Patch<Vec<String>>,
}

/// A room as doors show it.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomView {
    /// The row; PINs only for those who may change it.
    pub room: Arc<Room>,
    /// What runs in it now.
    pub running: Option<RunningConference>,
}

/// What a list says of a running conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningConference {
    /// Which.
    pub id: ConferenceId,
    /// Since when.
    pub started_at: Timestamp,
    /// How many are in.
    pub joined: usize,
    /// Nobody may come in.
    pub locked: bool,
}

/// Filters of the rooms list.
#[derive(Debug, Clone, Default)]
pub struct RoomFilter {
    /// One customer.
    pub customer_id: Option<String>,
    /// `idle` or `running`.
    pub state: Option<String>,
}

/// The name of an announcement policy in the API.
#[must_use]
pub const fn announce_name(announce: model::Announce) -> &'static str {
    match announce {
        model::Announce::Tone => "tone",
        model::Announce::None => "none",
    }
}

/// The name of a recording policy in the API.
#[must_use]
pub const fn record_name(record: model::RecordPolicy) -> &'static str {
    match record {
        model::RecordPolicy::Off => "off",
        model::RecordPolicy::OnDemand => "on_demand",
        model::RecordPolicy::Always => "always",
    }
}

/// The room as a target of grants: its owner's, its moderators', its managers'.
pub(crate) fn target(room: &Room) -> crate::gate::Target {
    crate::gate::Target {
        customer: Some(room.customer),
        site: None,
        owner: room.owner,
        room: Some(room.id),
        assigned: room.moderators.clone(),
    }
}

/// The room as doors show it: PINs only for those who may change it.
pub(crate) fn view(ctx: &crate::Context, room: &Arc<Room>) -> RoomView {
    let may_change = ctx.allows(
        model::Model::ConferenceRoom,
        model::Operation::Update,
        &target(room),
    );
    let secret = room.participant_pin.is_some() || room.moderator_pin.is_some();
    let shown = if may_change || !secret {
        room.clone()
    } else {
        let mut bare = Room::clone(room);
        bare.participant_pin = None;
        bare.moderator_pin = None;
        Arc::new(bare)
    };
    let running = ctx.services().live().running_in(room.id);
    RoomView {
        room: shown,
        running: running.map(|view| RunningConference {
            id: view.id,
            started_at: view.started_at,
            joined: view
                .participants
                .iter()
                .filter(|p| p.state == model::ParticipantState::Joined)
                .count(),
            locked: view.locked,
        }),
    }
}

#[cfg(test)]
mod tests;
