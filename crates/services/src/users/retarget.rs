//! A number changes: what led to the old one leads to the new one.

use model::{
    ConferenceManager, CustomerId, Destination, DialTarget, Extension, Room, SwitchCommand, User,
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
        let features = &mut user.features;
        let own = [
            Some(&mut features.no_answer),
            features.busy.as_mut(),
            features.offline.as_mut(),
        ];
        for destination in own.into_iter().flatten().filter(|d| *d == old) {
            *destination = new.clone();
        }
        user.updated_at = ctx.now();
        change
            .tx
            .users()
            .update(&mut user)
            .await
            .map_err(|e| store_error("let a destination follow", e))?;
        change.updated(&**before, user);
    }
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
        let mut manager = ConferenceManager::clone(&before);
        manager.extension = new.clone();
        change
            .tx
            .managers()
            .update(&mut manager)
            .await
            .map_err(|e| store_error("let an account follow", e))?;
        change.updated(&*before, manager);
    }
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
        for text in &mut room.call_out {
            let target = DialTarget::parse(text).ok();
            if target.and_then(|target| target.as_extension()).as_ref() == Some(old) {
                new.as_str().clone_into(text);
            }
        }
        change
            .tx
            .rooms()
            .update(&mut room)
            .await
            .map_err(|e| store_error("let a call-out list follow", e))?;
        let room = change.updated(&*before, room);
        change.command(SwitchCommand::RoomChanged(Box::new(Room::clone(&room))));
    }
    Ok(())
}
