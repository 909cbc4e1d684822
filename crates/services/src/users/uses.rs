//! Where a person is used: what keeps them from being deleted.

use model::{Destination, DialTarget, Extension, Operation, Room, User, UserId};

use super::get::find;
use crate::{Context, Error, Use, directory::Directory};

/// Everything that uses a person.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn uses(ctx: &Context, id: UserId) -> Result<Vec<Use>, Error> {
    let user = find(ctx, id, Operation::Read)?;
    Ok(uses_of(&ctx.directory(), &user))
}

/// Rooms owned, moderated and calling them, conference manager accounts, and other people's
/// destinations.
pub(super) fn uses_of(directory: &Directory, user: &User) -> Vec<Use> {
    let Some(customer) = user.customer else {
        return Vec::new();
    };
    let rooms = directory.rooms().of(Some(customer)).into_iter();
    let mut uses: Vec<_> = rooms
        .filter(|room| room.owner == Some(user.id) || room.moderators.contains(&user.id))
        .map(|room| Use {
            kind: "conference_room",
            id: room.id.to_string(),
            name: room.name.to_string(),
        })
        .collect();
    for used in uses_of_number(directory, user) {
        if !uses.contains(&used) {
            uses.push(used);
        }
    }
    uses
}

/// Whether a room calls this number whenever it starts.
pub(super) fn calls_out(room: &Room, number: &Extension) -> bool {
    let targets = room.call_out.iter();
    targets
        .filter_map(|text| DialTarget::parse(text).ok())
        .any(|target| target.as_extension().as_ref() == Some(number))
}

/// What uses the person's number.
pub(super) fn uses_of_number(directory: &Directory, user: &User) -> Vec<Use> {
    let (Some(customer), Some(extension)) = (user.customer, &user.extension) else {
        return Vec::new();
    };
    let managers = directory.managers().of(Some(customer)).into_iter();
    let managers = managers
        .filter(|manager| manager.extension == *extension)
        .map(|manager| Use {
            kind: "conference_manager",
            id: manager.id.to_string(),
            name: manager.username.to_string(),
        });
    let wanted = Destination::Extension(extension.clone());
    let forwards = directory
        .users()
        .filter(|other| other.customer == Some(customer) && other.id != user.id)
        .filter(|other| targets(other, &wanted))
        .map(|other| Use {
            kind: "user",
            id: other.id.to_string(),
            name: other.display_name(),
        });
    let rooms = directory.rooms().of(Some(customer)).into_iter();
    let rooms = rooms
        .filter(|room| calls_out(room, extension))
        .map(|room| Use {
            kind: "conference_room",
            id: room.id.to_string(),
            name: room.name.to_string(),
        });
    managers.chain(forwards).chain(rooms).collect()
}

/// Whether a person's calls may go on to this destination.
pub(crate) fn targets(user: &User, destination: &Destination) -> bool {
    let features = &user.features;
    features.no_answer == *destination
        || features.busy.as_ref() == Some(destination)
        || features.offline.as_ref() == Some(destination)
}
