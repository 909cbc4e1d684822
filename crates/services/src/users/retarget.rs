//! A number changes: what led to the old one leads to the new one.

use std::sync::Arc;

use model::{ConferenceManager, CustomerId, Destination, Extension, Model, User};

use super::uses::targets;
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
