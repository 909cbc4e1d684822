//! A company that has nobody and nothing left.

use model::{CustomerId, Model, Operation};

use super::get::find;
use crate::{
    Context, Error, Expected, Use,
    change::{Act, record, store_error},
    directory::DirectoryChange,
    events::Subject,
    gate::Target,
    input::expect_version,
};

/// How many uses are named; a customer may have a hundred thousand.
const NAMED: usize = 20;

/// Deletes a customer with its sites and contacts.
///
/// # Errors
/// `NotFound`, `Forbidden` for all but the provider's, `InUse` while it has people, rooms or
/// conference managers, `Conflict` for the default customer.
pub async fn delete(ctx: &Context, id: CustomerId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Read)?;
    ctx.require(Model::Customer, Operation::Delete, &Target::provider())?;
    let mut change = ctx.change().await?;
    let customer = find(ctx, id, Operation::Read)?;
    expect_version(expected, customer.version)?;
    if ctx.directory().default_customer() == id {
        return Err(Error::Conflict {
            code: "default_customer",
            message: "the default customer stays; rename it instead".to_owned(),
            id: None,
        });
    }
    let uses = uses(ctx, id);
    if !uses.is_empty() {
        return Err(Error::InUse(uses));
    }
    change
        .tx
        .customers()
        .delete(id)
        .await
        .map_err(|e| store_error("delete a customer", e))?;
    change.audit(Act {
        customer: None,
        action: "customer.deleted",
        model: Model::Customer,
        subject_id: id.to_string(),
        subject_name: customer.name.to_string(),
        before: Some(record(&*customer)),
        after: None,
    });
    change.apply(DirectoryChange::CustomerGone(id));
    change.tell("customer.deleted", None, Subject::Customer(id));
    change.commit().await
}

fn uses(ctx: &Context, id: CustomerId) -> Vec<Use> {
    let directory = ctx.directory();
    let users = directory
        .users()
        .filter(|user| user.customer == Some(id))
        .map(|user| Use {
            kind: "user",
            id: user.id.to_string(),
            name: user.display_name(),
        });
    let rooms = directory.rooms().of(Some(id)).into_iter().map(|room| Use {
        kind: "conference_room",
        id: room.id.to_string(),
        name: room.name.to_string(),
    });
    let managers = directory.managers().of(Some(id));
    let managers = managers.into_iter().map(|manager| Use {
        kind: "conference_manager",
        id: manager.id.to_string(),
        name: manager.username.to_string(),
    });
    users.chain(rooms).chain(managers).take(NAMED).collect()
}
