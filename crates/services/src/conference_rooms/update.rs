//! A room's settings; those that can change while it runs do so at once.

use std::sync::Arc;

use model::{Destination, DisplayName, Model, Operation, Room, RoomId, SwitchCommand};

use super::{RoomPatch, RoomView, get::find, settings::set, view};
use crate::{
    Context, Error, Expected, Patch,
    change::{fields_that_differ, record, store_error},
    directory::NumberOwner,
    gate::Target,
    input::{expect_version, set_required},
    users::{free_number, retarget},
};

/// Changes what the patch names. A new number takes the destinations that led to the old one
/// along.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid` with every wrong field.
pub async fn update(
    ctx: &Context,
    id: RoomId,
    patch: RoomPatch,
    expected: Expected,
) -> Result<RoomView, Error> {
    allowed(ctx, id, &patch)?;
    let mut change = ctx.change().await?;
    let before = allowed(ctx, id, &patch)?;
    expect_version(expected, before.version)?;
    let mut room = changed(ctx, &before, patch)?;
    if room == *before {
        return Ok(view(ctx, &before));
    }
    change
        .tx
        .rooms()
        .update(&mut room)
        .await
        .map_err(|e| store_error("change a conference room", e))?;
    let (was, mut is) = fields_that_differ(&record(&*before), &record(&room));
    // PINs are kept out of the log, but not that they were changed.
    for (name, old, new) in [
        (
            "participant_pin",
            &before.participant_pin,
            &room.participant_pin,
        ),
        ("moderator_pin", &before.moderator_pin, &room.moderator_pin),
    ] {
        if old.is_some() && new.is_some() && old != new {
            is[name] = "changed".into();
        }
    }
    let room = change.updated_as("conference_room.updated", (was, is), room);
    if room.number != before.number {
        let old = Destination::Conference(before.number.clone());
        let new = Destination::Conference(room.number.clone());
        retarget(ctx, &mut change, room.customer, &old, &new).await?;
    }
    change.command(SwitchCommand::RoomChanged(Box::new((*room).clone())));
    change.commit().await?;
    Ok(view(ctx, &room))
}

/// Whoever may change only rooms that are theirs to run cannot renumber them or give them away.
fn allowed(ctx: &Context, id: RoomId, patch: &RoomPatch) -> Result<Arc<Room>, Error> {
    let room = find(ctx, id, Operation::Update)?;
    let anybody = Target::customer(room.customer);
    let beyond = patch.number.is_named() || patch.owner_id.is_named();
    if beyond && !ctx.allows(Model::ConferenceRoom, Operation::Update, &anybody) {
        return Err(Error::Forbidden {
            operation: "update",
            model: "conference_room",
        });
    }
    Ok(room)
}

fn changed(ctx: &Context, before: &Room, mut patch: RoomPatch) -> Result<Room, Error> {
    let directory = ctx.directory();
    let mut fields = ctx.fields();
    let mut room = before.clone();
    match std::mem::take(&mut patch.number) {
        Patch::Keep => {}
        Patch::Clear => fields.add("number", "required", "give a number of 2 to 15 digits"),
        Patch::Set(text) => {
            let own = Some(NumberOwner::Room(room.id));
            let number = free_number(&directory, room.customer, &text, own, "number", &mut fields);
            if let Some(number) = number {
                room.number = number;
            }
        }
    }
    let name = std::mem::take(&mut patch.name);
    let parse = |text: String| DisplayName::parse(&text);
    set_required(&mut room.name, name, "name", parse, &mut fields);
    set(&directory, &mut room, patch, &mut fields);
    fields.finish()?;
    Ok(room)
}
