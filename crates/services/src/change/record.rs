//! What the audit log keeps of a thing: its fields as the API names them, secrets left out.

use model::{AccessProfile, ConferenceManager, Contact, Customer, Destination, Room, Site, User};
use serde_json::{Map, Value, json};

/// Something that has fields worth keeping.
pub(crate) trait Record {
    /// All fields but the secret ones.
    fn fields(&self) -> Value;
}

/// All fields of a thing.
pub(crate) fn record(thing: &impl Record) -> Value {
    thing.fields()
}

/// The fields that a change touched, before and after.
pub(crate) fn fields_that_differ(before: &Value, after: &Value) -> (Value, Value) {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return (before.clone(), after.clone());
    };
    let mut was = Map::new();
    let mut is = Map::new();
    for (name, value) in after {
        let old = before.get(name).unwrap_or(&Value::Null);
        if old != value {
            was.insert(name.clone(), old.clone());
            is.insert(name.clone(), value.clone());
        }
    }
    (Value::Object(was), Value::Object(is))
}

fn destination(destination: &Destination) -> Value {
    let (kind, target) = match destination {
        Destination::Extension(number) => ("extension", number.as_str()),
        Destination::Conference(number) => ("conference", number.as_str()),
        Destination::HangUp => ("hangup", ""),
    };
    json!({"type": kind, "target": target})
}

impl Record for Customer {
    fn fields(&self) -> Value {
        json!({"name": self.name.as_str(), "account_name": self.account_name.as_str()})
    }
}

impl Record for Site {
    fn fields(&self) -> Value {
        json!({
            "name": self.name.as_str(),
            "country": self.country,
            "time_zone": self.time_zone,
            "tones": crate::sites::tones_name(self.tones),
        })
    }
}

impl Record for User {
    fn fields(&self) -> Value {
        let features = &self.features;
        json!({
            "email": self.email.as_ref().map(|e| e.as_str()),
            "username": self.username.as_str(),
            "first_name": self.first_name.as_str(),
            "last_name": self.last_name.as_ref().map(|n| n.as_str()),
            "role": self.role,
            "site_id": self.site.map(|s| s.to_string()),
            "extension": self.extension.as_ref().map(|e| e.as_str()),
            "features.ring_time": features.ring_time_secs,
            "features.no_answer": destination(&features.no_answer),
            "features.busy": features.busy.as_ref().map(destination),
            "features.offline": features.offline.as_ref().map(destination),
            "features.call_waiting": features.call_waiting,
            "features.do_not_disturb": features.do_not_disturb,
            "security.max_calls": self.max_calls,
            "advanced.disabled": self.disabled,
        })
    }
}

impl Record for Room {
    fn fields(&self) -> Value {
        json!({
            "number": self.number.as_str(),
            "name": self.name.as_str(),
            "owner_id": self.owner.map(|o| o.to_string()),
            "moderator_ids": self.moderators.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "participant_pin": self.participant_pin.is_some(),
            "moderator_pin": self.moderator_pin.is_some(),
            "max_participants": self.max_participants,
            "lobby": self.lobby,
            "lock_on_start": self.lock_on_start,
            "join_muted": self.join_muted,
            "webinar": self.webinar,
            "wait_for_moderator": self.wait_for_moderator,
            "announce": crate::conference_rooms::announce_name(self.announce),
            "music_while_alone": self.music_while_alone,
            "record": crate::conference_rooms::record_name(self.record),
            "end_when_moderator_leaves": self.end_when_moderator_leaves,
            "time_limit_secs": self.time_limit_secs,
            "call_out": self.call_out,
        })
    }
}

impl Record for ConferenceManager {
    fn fields(&self) -> Value {
        json!({
            "extension": self.extension.as_str(),
            "username": self.username.as_str(),
            "room_ids": self.rooms.as_ref().map(|rooms| {
                rooms.iter().map(ToString::to_string).collect::<Vec<_>>()
            }),
            "disabled": self.disabled,
        })
    }
}

impl Record for Contact {
    fn fields(&self) -> Value {
        json!({"name": self.name.as_str(), "target": self.target.to_string()})
    }
}

impl Record for AccessProfile {
    fn fields(&self) -> Value {
        let grants: Vec<_> = self.grants.iter().map(ToString::to_string).collect();
        json!({"name": self.name, "description": self.description, "grants": grants})
    }
}
