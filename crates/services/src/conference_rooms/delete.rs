//! A room goes: refused while anything uses it or a conference runs in it.

use model::{Destination, Operation, Room, RoomId};

use super::get::find;
use crate::{
    Context, Error, Expected, Use, change::store_error, directory::Directory,
    input::expect_version, users::targets,
};

/// Deletes a room.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `InUse` while destinations or conference
/// managers lead to it, `Conflict` while a conference runs in it.
pub async fn delete(ctx: &Context, id: RoomId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let room = find(ctx, id, Operation::Delete)?;
    expect_version(expected, room.version)?;
    if let Some(running) = ctx.services().live().running_in(id) {
        return Err(Error::Conflict {
            code: "running",
            message: "a conference runs in this room; end it first".to_owned(),
            id: Some(running.id.to_string()),
        });
    }
    let uses = uses(&ctx.directory(), &room);
    if !uses.is_empty() {
        return Err(Error::InUse(uses));
    }
    change
        .tx
        .rooms()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a conference room", e))?;
    change.deleted(&*room);
    change.commit().await
}

fn uses(directory: &Directory, room: &Room) -> Vec<Use> {
    let managers = directory.managers().of(Some(room.customer)).into_iter();
    let managers = managers
        .filter(|m| {
            m.rooms
                .as_ref()
                .is_some_and(|rooms| rooms.contains(&room.id))
        })
        .map(|manager| Use {
            kind: "conference_manager",
            id: manager.id.to_string(),
            name: manager.username.to_string(),
        });
    let leads = Destination::Conference(room.number.clone());
    let users = directory
        .users()
        .filter(|user| user.customer == Some(room.customer) && targets(user, &leads))
        .map(|user| Use {
            kind: "user",
            id: user.id.to_string(),
            name: user.display_name(),
        });
    managers.chain(users).collect()
}
