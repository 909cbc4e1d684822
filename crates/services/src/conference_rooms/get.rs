//! One room.

use std::sync::Arc;

use model::{Model, Operation, Room, RoomId};

use super::{RoomView, target, view};
use crate::{Context, Error};

/// Shows a room.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: RoomId) -> Result<RoomView, Error> {
    find(ctx, id, Operation::Read).map(|room| view(ctx, &room))
}

/// The room, if the actor may do this with it.
pub(crate) fn find(ctx: &Context, id: RoomId, operation: Operation) -> Result<Arc<Room>, Error> {
    let directory = ctx.directory();
    let room = directory
        .room(id)
        .ok_or(Error::NotFound("conference_room"))?;
    ctx.require(Model::ConferenceRoom, operation, &target(room))?;
    Ok(room.clone())
}
