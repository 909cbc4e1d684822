//! One person.

use std::sync::Arc;

use model::{Model, Operation, User, UserId};

use super::{UserView, target, view};
use crate::{Context, Error};

/// Shows a person.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: UserId) -> Result<UserView, Error> {
    find(ctx, id, Operation::Read).map(|user| view(ctx, &user))
}

/// The person, if the actor may do this with them.
pub(crate) fn find(ctx: &Context, id: UserId, operation: Operation) -> Result<Arc<User>, Error> {
    let directory = ctx.directory();
    let user = directory.user(id).ok_or(Error::NotFound("user"))?;
    ctx.require(Model::User, operation, &target(user))?;
    Ok(user.clone())
}
