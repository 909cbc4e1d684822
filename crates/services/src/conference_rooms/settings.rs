//! The fields of a room, checked the same way when made and when changed.

use model::{
    Announce, CustomerId, DEFAULT_MAX_PARTICIPANTS, DialTarget, Pin, RecordPolicy, Room, Secret,
    UserId,
};

use super::{RoomPatch, announce_name, record_name};
use crate::{
    Patch,
    directory::Directory,
    error::Fields,
    input::{set_number, set_or_default},
};

/// Call-outs of a room at most.
const MAX_CALL_OUT: usize = 500;
/// Moderators of a room at most.
const MAX_MODERATORS: usize = 100;

/// Sets what the patch names, except number and name.
pub(super) fn set(directory: &Directory, room: &mut Room, patch: RoomPatch, fields: &mut Fields) {
    set_people(directory, room, patch.owner_id, patch.moderator_ids, fields);
    set_pin(
        &mut room.participant_pin,
        patch.participant_pin,
        "participant_pin",
        fields,
    );
    set_pin(
        &mut room.moderator_pin,
        patch.moderator_pin,
        "moderator_pin",
        fields,
    );
    if room.participant_pin.is_some() && room.participant_pin == room.moderator_pin {
        let message = "the two PINs have to differ: they tell who moderates";
        fields.add("moderator_pin", "same", message);
    }
    set_number(
        &mut room.max_participants,
        patch.max_participants,
        DEFAULT_MAX_PARTICIPANTS,
        2..=10_000,
        "max_participants",
        fields,
    );
    set_or_default(&mut room.lobby, patch.lobby, false);
    set_or_default(&mut room.lock_on_start, patch.lock_on_start, false);
    set_or_default(&mut room.join_muted, patch.join_muted, false);
    set_or_default(&mut room.webinar, patch.webinar, false);
    set_or_default(
        &mut room.wait_for_moderator,
        patch.wait_for_moderator,
        false,
    );
    set_or_default(&mut room.music_while_alone, patch.music_while_alone, false);
    let ends = &mut room.end_when_moderator_leaves;
    set_or_default(ends, patch.end_when_moderator_leaves, false);
    let all = [Announce::Tone, Announce::None];
    let named = all.map(|announce| (announce_name(announce), announce));
    set_named(
        &mut room.announce,
        patch.announce,
        &named,
        "announce",
        fields,
    );
    let all = [
        RecordPolicy::Off,
        RecordPolicy::OnDemand,
        RecordPolicy::Always,
    ];
    let named = all.map(|record| (record_name(record), record));
    set_named(&mut room.record, patch.record, &named, "record", fields);
    set_time_limit(room, patch.time_limit_secs, fields);
    set_call_out(room, patch.call_out, fields);
}

fn set_time_limit(room: &mut Room, patch: Patch<i64>, fields: &mut Fields) {
    if matches!(patch, Patch::Clear) {
        room.time_limit_secs = None;
    } else if patch.is_named() {
        let mut limit = 0;
        set_number(&mut limit, patch, 0, 60..=86_400, "time_limit_secs", fields);
        room.time_limit_secs = (limit > 0).then_some(limit).or(room.time_limit_secs);
    }
}

fn set_named<T: Copy + Default>(
    value: &mut T,
    patch: Patch<String>,
    names: &[(&'static str, T)],
    field: &str,
    fields: &mut Fields,
) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *value = T::default(),
        Patch::Set(text) => match names.iter().find(|(name, _)| *name == text) {
            Some((_, named)) => *value = *named,
            None => {
                let all: Vec<_> = names.iter().map(|(name, _)| *name).collect();
                fields.add(field, "unknown", format!("give one of {}", all.join(", ")));
            }
        },
    }
}

fn set_pin(pin: &mut Option<Pin>, patch: Patch<Secret>, field: &str, fields: &mut Fields) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *pin = None,
        Patch::Set(text) if text.expose().trim().is_empty() => *pin = None,
        Patch::Set(text) => {
            if let Some(parsed) = fields.take(field, Pin::parse(text.expose())) {
                *pin = Some(parsed);
            }
        }
    }
}

fn user_of(directory: &Directory, customer: CustomerId, text: &str) -> Option<UserId> {
    let id = text.parse().ok()?;
    let user = directory.user(id)?;
    (user.customer == Some(customer)).then_some(id)
}

fn set_people(
    directory: &Directory,
    room: &mut Room,
    owner: Patch<String>,
    moderators: Patch<Vec<String>>,
    fields: &mut Fields,
) {
    match owner {
        Patch::Keep => {}
        Patch::Clear => room.owner = None,
        Patch::Set(text) => match user_of(directory, room.customer, &text) {
            Some(user) => room.owner = Some(user),
            None => fields.add("owner_id", "unknown", "the customer has no such user"),
        },
    }
    match moderators {
        Patch::Keep => {}
        Patch::Clear => room.moderators.clear(),
        Patch::Set(ids) if ids.len() > MAX_MODERATORS => {
            let message = format!("a room has at most {MAX_MODERATORS} moderators");
            fields.add("moderator_ids", "too_many", message);
        }
        Patch::Set(ids) => {
            let mut found = Vec::with_capacity(ids.len());
            for (index, text) in ids.iter().enumerate() {
                match user_of(directory, room.customer, text) {
                    Some(user) if found.contains(&user) => {}
                    Some(user) => found.push(user),
                    None => {
                        let field = format!("moderator_ids[{index}]");
                        fields.add(field, "unknown", "the customer has no such user");
                    }
                }
            }
            room.moderators = found;
        }
    }
}

fn set_call_out(room: &mut Room, patch: Patch<Vec<String>>, fields: &mut Fields) {
    let targets = match patch {
        Patch::Keep => return,
        Patch::Clear => Vec::new(),
        Patch::Set(targets) => targets,
    };
    if targets.len() > MAX_CALL_OUT {
        let message = format!("a room calls at most {MAX_CALL_OUT} out");
        fields.add("call_out", "too_many", message);
        return;
    }
    room.call_out = targets
        .iter()
        .enumerate()
        .filter_map(|(index, text)| {
            fields.take(&format!("call_out[{index}]"), DialTarget::parse(text))
        })
        .map(|target| target.to_string())
        .collect();
}
