//! Conference rooms on the wire.

use model::Secret;
use serde::Serialize;
use services::{
    Patch,
    conference_rooms::{NewRoom, RoomFilter, RoomPatch, RoomView, announce_name, record_name},
};
use utoipa::ToSchema;

use crate::answer::{Versioned, time, words};

/// A permanent conference room.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ConferenceRoom {
    id: String,
    customer_id: String,
    /// Internal number, in one number space with extensions.
    #[schema(example = "800")]
    number: String,
    #[schema(example = "Board")]
    name: String,
    /// May do everything in it.
    owner_id: Option<String>,
    /// May invite and moderate.
    moderator_ids: Vec<String>,
    /// Asked of callers; null: none, or not yours to see.
    participant_pin: Option<String>,
    /// Makes a caller a moderator; null: none, or not yours to see.
    moderator_pin: Option<String>,
    /// How many may be in it, the host included.
    #[schema(example = 15)]
    max_participants: u32,
    /// Callers wait until a moderator admits them.
    lobby: bool,
    /// Locked as soon as the invited have joined.
    lock_on_start: bool,
    /// Everyone but moderators joins muted.
    join_muted: bool,
    /// Only moderators may talk.
    webinar: bool,
    /// Nobody hears anybody before a moderator is in.
    wait_for_moderator: bool,
    /// What is heard when someone joins or leaves.
    #[schema(schema_with = words::announce)]
    announce: String,
    /// Music for a participant who is alone.
    music_while_alone: bool,
    /// When the conference is recorded.
    #[schema(schema_with = words::record)]
    record: String,
    /// The conference ends when the last moderator leaves.
    end_when_moderator_leaves: bool,
    /// Ends by itself after this long; null: never.
    time_limit_secs: Option<u32>,
    /// Called whenever the room is started.
    call_out: Vec<String>,
    /// Whether a conference runs in it.
    #[schema(schema_with = words::room_state)]
    state: String,
    /// What runs in it now.
    running: Option<RunningConference>,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

/// What runs in a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RunningConference {
    /// The conference.
    id: String,
    started_at: String,
    /// How many are in.
    joined: u64,
    /// Nobody may come in.
    locked: bool,
}

impl Versioned for ConferenceRoom {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<RoomView> for ConferenceRoom {
    fn from(view: RoomView) -> Self {
        let room = &view.room;
        let state = if view.running.is_some() {
            "running"
        } else {
            "idle"
        };
        Self {
            id: room.id.to_string(),
            customer_id: room.customer.to_string(),
            number: room.number.to_string(),
            name: room.name.to_string(),
            owner_id: room.owner.map(|id| id.to_string()),
            moderator_ids: room.moderators.iter().map(ToString::to_string).collect(),
            participant_pin: room.participant_pin.as_ref().map(ToString::to_string),
            moderator_pin: room.moderator_pin.as_ref().map(ToString::to_string),
            max_participants: room.max_participants,
            lobby: room.lobby,
            lock_on_start: room.lock_on_start,
            join_muted: room.join_muted,
            webinar: room.webinar,
            wait_for_moderator: room.wait_for_moderator,
            announce: announce_name(room.announce).to_owned(),
            music_while_alone: room.music_while_alone,
            record: record_name(room.record).to_owned(),
            end_when_moderator_leaves: room.end_when_moderator_leaves,
            time_limit_secs: room.time_limit_secs,
            call_out: room.call_out.clone(),
            state: state.to_owned(),
            version: room.version,
            created_at: time(room.created_at),
            running: view.running.map(|running| RunningConference {
                id: running.id.to_string(),
                started_at: time(running.started_at),
                joined: running.joined as u64,
                locked: running.locked,
            }),
        }
    }
}

/// The settings are the same in a new room and in a change: one list makes both bodies.
macro_rules! room_body {
    ($(#[$meta:meta])* $name:ident { $($head:tt)* }) => {
        $crate::body! {
            $(#[$meta])*
            pub(crate) struct $name {
                $($head)*
                /// A user, who may do everything in it.
                #[schema(value_type = Option<String>)]
                patch owner_id: Patch<String>,
                /// Users who may invite and moderate.
                #[schema(value_type = Option<Vec<String>>)]
                patch moderator_ids: Patch<Vec<String>>,
                /// 4 to 10 digits, asked of callers.
                #[schema(value_type = Option<String>, example = "471100")]
                patch participant_pin: Patch<String>,
                /// 4 to 10 digits, makes a caller a moderator.
                #[schema(value_type = Option<String>, example = "471199")]
                patch moderator_pin: Patch<String>,
                /// 15 unless given; the host counts.
                #[schema(value_type = Option<u32>, minimum = 2, maximum = 10000)]
                patch max_participants: Patch<i64>,
                /// Callers wait until a moderator admits them.
                #[schema(value_type = Option<bool>)]
                patch lobby: Patch<bool>,
                /// Locked as soon as the invited have joined.
                #[schema(value_type = Option<bool>)]
                patch lock_on_start: Patch<bool>,
                /// Everyone but moderators joins muted.
                #[schema(value_type = Option<bool>)]
                patch join_muted: Patch<bool>,
                /// Only moderators may talk.
                #[schema(value_type = Option<bool>)]
                patch webinar: Patch<bool>,
                /// Nobody hears anybody before a moderator is in.
                #[schema(value_type = Option<bool>)]
                patch wait_for_moderator: Patch<bool>,
                /// What is heard when someone joins or leaves: `tone` unless given.
                #[schema(schema_with = words::announce, required = false)]
                patch announce: Patch<String>,
                /// Music for a participant who is alone.
                #[schema(value_type = Option<bool>)]
                patch music_while_alone: Patch<bool>,
                /// When the conference is recorded: `off` unless given.
                #[schema(schema_with = words::record, required = false)]
                patch record: Patch<String>,
                /// The conference ends when the last moderator leaves.
                #[schema(value_type = Option<bool>)]
                patch end_when_moderator_leaves: Patch<bool>,
                /// Ends by itself after this long.
                #[schema(value_type = Option<u32>, minimum = 60, maximum = 86400)]
                patch time_limit_secs: Patch<i64>,
                /// Numbers and `#sip:` addresses that are called whenever the room is started.
                #[schema(value_type = Option<Vec<String>>)]
                patch call_out: Patch<Vec<String>>,
            }
        }

        impl $name {
            fn settings(self, number: Patch<String>, name: Patch<String>) -> RoomPatch {
                RoomPatch {
                    number,
                    name,
                    owner_id: self.owner_id,
                    moderator_ids: self.moderator_ids,
                    participant_pin: secret(self.participant_pin),
                    moderator_pin: secret(self.moderator_pin),
                    max_participants: self.max_participants,
                    lobby: self.lobby,
                    lock_on_start: self.lock_on_start,
                    join_muted: self.join_muted,
                    webinar: self.webinar,
                    wait_for_moderator: self.wait_for_moderator,
                    announce: self.announce,
                    music_while_alone: self.music_while_alone,
                    record: self.record,
                    end_when_moderator_leaves: self.end_when_moderator_leaves,
                    time_limit_secs: self.time_limit_secs,
                    call_out: self.call_out,
                }
            }
        }
    };
}

room_body! {
    /// A room to be: its number, its name, and settings where they differ from the defaults.
    NewConferenceRoom {
        /// One's own customer unless given.
        optional customer_id: Option<String>,
        /// Internal number, in one number space with extensions.
        #[schema(example = "800")]
        required number: String,
        /// As people call it.
        #[schema(example = "Board")]
        required name: String,
    }
}

room_body! {
    /// What to change of a room; null is the default.
    ConferenceRoomChanges {
        /// Internal number, in one number space with extensions.
        #[schema(value_type = String, required = false)]
        patch number: Patch<String>,
        /// As people call it.
        #[schema(value_type = String, required = false)]
        patch name: Patch<String>,
    }
}

fn secret(pin: Patch<String>) -> Patch<Secret> {
    match pin {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(pin) => Patch::Set(Secret::new(pin)),
    }
}

impl From<NewConferenceRoom> for NewRoom {
    fn from(new: NewConferenceRoom) -> Self {
        Self {
            customer_id: new.customer_id.clone(),
            number: new.number.clone(),
            name: new.name.clone(),
            settings: new.settings(Patch::Keep, Patch::Keep),
        }
    }
}

impl From<ConferenceRoomChanges> for RoomPatch {
    fn from(changes: ConferenceRoomChanges) -> Self {
        let number = changes.number.clone();
        let name = changes.name.clone();
        changes.settings(number, name)
    }
}

crate::query! {
    /// Filters of the rooms list.
    pub(crate) struct ConferenceRoomFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// Idle or running ones.
        #[param(schema_with = words::room_state, required = false)]
        optional state: Option<String>,
    }
}

impl From<ConferenceRoomFilter> for RoomFilter {
    fn from(filter: ConferenceRoomFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            state: filter.state,
        }
    }
}
