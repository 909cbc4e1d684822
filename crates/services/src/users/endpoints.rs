//! The live registrations of a person's phones.

use model::{Endpoint, Model, Operation, SwitchCommand, UserId};

use super::{EndpointKey, require_rank, target};
use crate::{Context, Error, change::Act, events::Subject};

/// Lists a person's registrations.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn endpoints(ctx: &Context, id: UserId) -> Result<Vec<Endpoint>, Error> {
    allowed(ctx, id, Operation::Read)?;
    Ok(ctx.services().live().endpoints(id))
}

/// Forgets one registration: the phone gets no calls until it registers again.
///
/// # Errors
/// `NotFound`, also for a registration that is gone; `Forbidden`; `Unavailable` when the switch
/// does not answer.
pub async fn remove_endpoint(
    ctx: &Context,
    id: UserId,
    endpoint: EndpointKey,
) -> Result<(), Error> {
    allowed(ctx, id, Operation::Update)?;
    let known = ctx
        .services()
        .live()
        .endpoints(id)
        .into_iter()
        .any(|known| known.device == endpoint.device && known.contact == endpoint.contact);
    if !known {
        return Err(Error::NotFound("endpoint"));
    }
    let mut change = ctx.change().await?;
    let user = allowed(ctx, id, Operation::Update)?;
    change.audit(Act {
        customer: user.customer,
        action: "endpoint.removed",
        model: Model::Device,
        subject_id: endpoint.device.to_string(),
        subject_name: user.display_name(),
        before: Some(serde_json::json!({"contact": endpoint.contact})),
        after: None,
    });
    change.tell(
        "registration.changed",
        user.customer,
        Subject::Registration(id),
    );
    change.commit().await?;
    ctx.services()
        .switchboard()
        .command(SwitchCommand::RemoveEndpoint {
            device: endpoint.device,
            contact: endpoint.contact,
        })
        .await?;
    Ok(())
}

fn allowed(
    ctx: &Context,
    id: UserId,
    operation: Operation,
) -> Result<std::sync::Arc<model::User>, Error> {
    let directory = ctx.directory();
    let user = directory.user(id).ok_or(Error::NotFound("user"))?;
    ctx.require(Model::Device, operation, &target(user))?;
    if operation != Operation::Read {
        require_rank(ctx, user)?;
    }
    Ok(user.clone())
}
