//! Who the actor is and what they may do, so that a page shows nothing else.

use model::Principal;

use super::Me;
use crate::{Context, Error};

/// Shows the actor to themselves.
///
/// # Errors
/// None.
pub async fn me(ctx: &Context) -> Result<Me, Error> {
    let directory = ctx.directory();
    let actor = ctx.actor();
    let (manager, rooms) = match &actor.principal {
        Principal::ConferenceManager { id, rooms } => {
            (directory.managers().get(*id).cloned(), rooms.clone())
        }
        _ => (None, None),
    };
    Ok(Me {
        principal: actor.principal.clone(),
        name: actor.name.clone(),
        profile: actor.profile.name.clone(),
        user: actor.user().and_then(|id| directory.user(id).cloned()),
        manager,
        rooms,
        customer: actor
            .seat
            .customer
            .and_then(|id| directory.customer(id).cloned()),
        grants: actor.grants().to_vec(),
        csrf: ctx.csrf(),
    })
}
