//! A number changes: what led to the old one leads to the new one.

use std::sync::Arc;

use model::{
    ConferenceManager, CustomerId, Destination, DialTarget, Extension, Features, Room,
    SwitchCommand, User,
};

use super::uses::{calls_out, targets};
use crate::{
    Context, Error,
    change::{Change, store_error},
};

/// Makes everyone's destinations follow a number.
pub(crate) async fn retarget(
    ctx: &Context,
    change: &mut Change<'_>,
    customer: CustomerId,
    old: &Destination,
    new: &Destination,
) -> Result<(), Error> {
    let directory = ctx.directory();
    let concerned = directory
        .users()
        .filter(|user| user.customer == Some(customer) && targets(user, old));
    for before in concerned {
        let mut user = User::clone(before);
        lead_elsewhere(&mut user.features, old, new);
        save_user(ctx, change, before, user).await?;
    }
    Ok(())
}

/// Makes every destination that leads to the old one lead to the new one.
pub(super) fn lead_elsewhere(features: &mut Features, old: &Destination, new: &Destination) {
    let own = [
        Some(&mut features.no_answer),
        features.busy.as_mut(),
        features.offline.as_mut(),
    ];
    for destination in own.into_iter().flatten().filter(|d| *d == old) {
        *destination = new.clone();
    }
}

pub(super) async fn save_user(
    ctx: &Context,
    change: &mut Change<'_>,
    before: &User,
    mut user: User,
) -> Result<(), Error> {
    user.updated_at = ctx.now();
    change
        .tx
        .users()
        .update(&mut user)
        .await
        .map_err(|e| store_error("let a destination follow", e))?;
    change.updated(before, user);
    Ok(())
}

/// Makes conference managers' accounts follow their extension; usernames stay.
pub(super) async fn retarget_managers(
    ctx: &Context,
    change: &mut Change<'_>,
    customer: CustomerId,
    old: &Extension,
    new: &Extension,
) -> Result<(), Error> {
    let concerned = ctx.directory().managers().of(Some(customer));
    for before in concerned.into_iter().filter(|m| m.extension == *old) {
        save_manager(change, &before, new).await?;
    }
    Ok(())
}

pub(super) async fn save_manager(
    change: &mut Change<'_>,
    before: &ConferenceManager,
    extension: &Extension,
) -> Result<(), Error> {
    let mut manager = before.clone();
    manager.extension = extension.clone();
    change
        .tx
        .managers()
        .update(&mut manager)
        .await
        .map_err(|e| store_error("let an account follow", e))?;
    change.updated(before, manager);
    Ok(())
}

/// Makes rooms go on calling whoever they called whenever they start.
pub(super) async fn retarget_rooms(
    ctx: &Context,
    change: &mut Change<'_>,
    customer: CustomerId,
    old: &Extension,
    new: &Extension,
) -> Result<(), Error> {
    let concerned = ctx.directory().rooms().of(Some(customer));
    for before in concerned.into_iter().filter(|room| calls_out(room, old)) {
        let mut room = Room::clone(&before);
        call_instead(&mut room, old, Some(new));
        save_room(change, &before, room).await?;
    }
    Ok(())
}

/// Makes a room call the new number for the old one, or nobody for it.
pub(super) fn call_instead(room: &mut Room, old: &Extension, new: Option<&Extension>) {
    let leads = |text: &str| {
        let target = DialTarget::parse(text).ok();
        target.and_then(|target| target.as_extension()).as_ref() == Some(old)
    };
    let Some(new) = new else {
        return room.call_out.retain(|text| !leads(text));
    };
    for text in room.call_out.iter_mut().filter(|text| leads(text)) {
        new.as_str().clone_into(text);
    }
}

pub(super) async fn save_room(
    change: &mut Change<'_>,
    before: &Room,
    mut room: Room,
) -> Result<(), Error> {
    change
        .tx
        .rooms()
        .update(&mut room)
        .await
        .map_err(|e| store_error("let a room follow", e))?;
    let room = change.updated(before, room);
    change.command(SwitchCommand::RoomChanged(Box::new(Arc::unwrap_or_clone(
        room,
    ))));
    Ok(())
}
