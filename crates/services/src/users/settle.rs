//! Somebody goes: whatever uses them gets somebody else, or does without.

use std::sync::Arc;

use model::{ConferenceManager, Destination, Features, Model, Operation, Room, User, UserId};

use super::{
    SettledUse,
    get::find,
    retarget::{call_instead, lead_elsewhere, save_manager, save_room, save_user},
    settings::require_rank,
    uses::{calls_out, uses_of},
};
use crate::{
    Context, Error, Use, change::Change, conference_managers, directory::Directory, error::Fields,
    gate::Target,
};

/// A thing that uses somebody.
enum Thing {
    Room(Arc<Room>),
    Manager(Arc<ConferenceManager>),
    User(Arc<User>),
}

/// A use, and who takes it over; none: it ends.
pub(super) struct Settlement {
    thing: Thing,
    instead: Option<Arc<User>>,
}

/// Reads what is to become of every use.
///
/// # Errors
/// `Invalid` with everything that is wrong; `InUse` with the uses that nothing is said of.
pub(super) fn read(
    ctx: &Context,
    user: &User,
    given: &[SettledUse],
) -> Result<Vec<Settlement>, Error> {
    let directory = ctx.directory();
    let uses = uses_of(&directory, user);
    let mut fields = ctx.fields();
    let mut settlements = Vec::new();
    for (index, wish) in given.iter().enumerate() {
        let used = uses.iter().find(|used| wish.is_of(used));
        let Some(thing) = used.and_then(|used| thing(&directory, used)) else {
            let message = "this does not use the user; read the uses anew";
            fields.add(format!("uses[{index}].id"), "unknown", message);
            continue;
        };
        if given[..index]
            .iter()
            .any(|other| used.is_some_and(|used| other.is_of(used)))
        {
            fields.add(
                format!("uses[{index}].id"),
                "repeated",
                "name each use once",
            );
            continue;
        }
        let instead = wish.replacement_id.as_deref().and_then(|text| {
            let field = format!("uses[{index}].replacement_id");
            replacement(&directory, user, &thing, text, field, &mut fields)
        });
        settlements.push(Settlement { thing, instead });
    }
    fields.finish()?;
    let left: Vec<_> = uses
        .into_iter()
        .filter(|used| !given.iter().any(|wish| wish.is_of(used)))
        .collect();
    if left.is_empty() {
        Ok(settlements)
    } else {
        Err(Error::InUse(left))
    }
}

fn thing(directory: &Directory, used: &Use) -> Option<Thing> {
    Some(match used.kind {
        "conference_room" => Thing::Room(directory.room(used.id.parse().ok()?)?.clone()),
        "conference_manager" => {
            Thing::Manager(directory.managers().get(used.id.parse().ok()?)?.clone())
        }
        _ => Thing::User(directory.user(used.id.parse().ok()?)?.clone()),
    })
}

/// Somebody else of the same customer, with a number where it is the number that is used.
fn replacement(
    directory: &Directory,
    user: &User,
    thing: &Thing,
    text: &str,
    field: String,
    fields: &mut Fields,
) -> Option<Arc<User>> {
    let found = text
        .parse::<UserId>()
        .ok()
        .and_then(|id| directory.user(id))
        .filter(|other| other.customer == user.customer && other.id != user.id);
    let Some(found) = found else {
        fields.add(field, "unknown", "the customer has no such other user");
        return None;
    };
    let (by_number, itself) = match thing {
        Thing::Room(room) => (
            user.extension.as_ref().is_some_and(|n| calls_out(room, n)),
            false,
        ),
        Thing::Manager(_) => (true, false),
        Thing::User(other) => (true, other.id == found.id),
    };
    if itself {
        let message = "this is the person's own number; choose another";
        fields.add(field, "itself", message);
        return None;
    }
    if by_number && found.extension.is_none() {
        let message = "calls lead here; choose somebody who has an extension";
        fields.add(field, "needs_extension", message);
        return None;
    }
    Some(found.clone())
}

/// Makes it so. Whoever deletes has to be allowed to change what is changed by it.
///
/// # Errors
/// `Forbidden`, and what the store refuses.
pub(super) async fn settle(
    ctx: &Context,
    change: &mut Change<'_>,
    user: &User,
    settlements: Vec<Settlement>,
) -> Result<(), Error> {
    for Settlement { thing, instead } in settlements {
        match thing {
            Thing::Room(room) => settle_room(ctx, change, user, &room, instead).await?,
            Thing::Manager(manager) => settle_manager(ctx, change, &manager, instead).await?,
            Thing::User(other) => settle_destinations(ctx, change, user, &other, instead).await?,
        }
    }
    Ok(())
}

async fn settle_room(
    ctx: &Context,
    change: &mut Change<'_>,
    user: &User,
    before: &Room,
    instead: Option<Arc<User>>,
) -> Result<(), Error> {
    let anybodys = Target::customer(before.customer);
    ctx.require(Model::ConferenceRoom, Operation::Update, &anybodys)?;
    let mut room = before.clone();
    let heir = instead.as_ref().map(|other| other.id);
    if room.owner == Some(user.id) {
        room.owner = heir;
    }
    if room.moderators.contains(&user.id) {
        room.moderators
            .retain(|id| *id != user.id && Some(*id) != heir);
        room.moderators.extend(heir);
    }
    if let Some(old) = &user.extension {
        let new = instead.as_ref().and_then(|other| other.extension.as_ref());
        call_instead(&mut room, old, new);
    }
    save_room(change, before, room).await
}

async fn settle_manager(
    ctx: &Context,
    change: &mut Change<'_>,
    manager: &ConferenceManager,
    instead: Option<Arc<User>>,
) -> Result<(), Error> {
    match instead.as_ref().and_then(|other| other.extension.as_ref()) {
        Some(extension) => {
            conference_managers::find(ctx, manager.id, Operation::Update)?;
            save_manager(change, manager, extension).await
        }
        None => {
            conference_managers::find(ctx, manager.id, Operation::Delete)?;
            conference_managers::remove(ctx, change, manager).await
        }
    }
}

async fn settle_destinations(
    ctx: &Context,
    change: &mut Change<'_>,
    user: &User,
    before: &User,
    instead: Option<Arc<User>>,
) -> Result<(), Error> {
    // Whoever may not see them has learned of the use already.
    let refused = |_| Error::Forbidden {
        operation: "update",
        model: "user",
    };
    find(ctx, before.id, Operation::Update).map_err(refused)?;
    require_rank(ctx, before)?;
    let Some(old) = user.extension.clone().map(Destination::Extension) else {
        return Ok(());
    };
    let mut other = before.clone();
    match instead.and_then(|other| other.extension.clone()) {
        Some(new) => lead_elsewhere(&mut other.features, &old, &Destination::Extension(new)),
        None => lead_nowhere(&mut other.features, &old),
    }
    save_user(ctx, change, before, other).await
}

/// Every destination that leads there becomes what it is unless set.
fn lead_nowhere(features: &mut Features, old: &Destination) {
    if features.no_answer == *old {
        features.no_answer = Features::default().no_answer;
    }
    features.busy.take_if(|destination| destination == old);
    features.offline.take_if(|destination| destination == old);
}
