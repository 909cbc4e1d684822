//! A number changes: what led to the old one leads to the new one.

use std::sync::Arc;

use model::{
    ConferenceManager, CustomerId, Destination, DialTarget, Extension, Model, Room, SwitchCommand,
    User,
};

use super::uses::{calls_out, targets};
use crate::{
    Context, Error,
    change::{Act, Change, fields_that_differ, record, store_error},
    directory::DirectoryChange,
    events::Subject,
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
        let (was, is) = fields_that_differ(&record(&**before), &record(&user));
        change.audit(Act {
            customer: Some(customer),
            action: "user.updated",
            model: Model::User,
            subject_id: user.id.to_string(),
            subject_name: user.display_name(),
            before: Some(was),
            after: Some(is),
        });
        let subject = Subject::User(user.id);
        change.apply(DirectoryChange::User(Arc::new(user)));
        change.tell("user.updated", Some(customer), subject);
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
        let (was, is) = fields_that_differ(&record(&*before), &record(&manager));
        change.audit(Act {
            customer: Some(customer),
            action: "conference_manager.updated",
            model: Model::ConferenceManager,
            subject_id: manager.id.to_string(),
            subject_name: manager.username.to_string(),
            before: Some(was),
            after: Some(is),
        });
        let subject = Subject::Manager(manager.id);
        change.apply(DirectoryChange::Manager(Arc::new(manager)));
        change.tell("conference_manager.updated", Some(customer), subject);
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
        let (was, is) = fields_that_differ(&record(&*before), &record(&room));
        change.audit(Act {
            customer: Some(customer),
            action: "conference_room.updated",
            model: Model::ConferenceRoom,
            subject_id: room.id.to_string(),
            subject_name: room.name.to_string(),
            before: Some(was),
            after: Some(is),
        });
        change.command(SwitchCommand::RoomChanged(Box::new(room.clone())));
        change.tell(
            "conference_room.updated",
            Some(customer),
            Subject::Room(room.id),
        );
        change.apply(DirectoryChange::Room(Arc::new(room)));
    }
    Ok(())
}
