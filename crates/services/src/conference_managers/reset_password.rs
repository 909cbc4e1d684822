//! A new password for an account; its sessions end.

use model::{ManagerId, Model, Operation};

use super::{ManagerWithPassword, find, require_rank, update::end_sessions};
use crate::{
    Context, Error,
    change::{Act, store_error},
    events::Subject,
    password,
};

/// Makes a new password, which is in the answer and never again.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn reset_password(ctx: &Context, id: ManagerId) -> Result<ManagerWithPassword, Error> {
    find(ctx, id, Operation::ResetPassword)?;
    let services = ctx.services();
    let secret = password::generate(services.entropy());
    let hash = services.hashing().hash(&secret, services.entropy()).await?;
    let mut change = ctx.change().await?;
    let manager = find(ctx, id, Operation::ResetPassword)?;
    require_rank(ctx, manager.customer, Operation::ResetPassword)?;
    change
        .tx
        .managers()
        .set_password_hash(id, &hash, ctx.now())
        .await
        .map_err(|e| store_error("set a password", e))?;
    change.audit(Act {
        customer: Some(manager.customer),
        action: "conference_manager.password_reset",
        model: Model::ConferenceManager,
        subject_id: id.to_string(),
        subject_name: manager.username.to_string(),
        before: None,
        after: None,
    });
    end_sessions(&mut change, id).await?;
    let subject = Subject::Manager(id);
    change.tell(
        "conference_manager.updated",
        Some(manager.customer),
        subject,
    );
    change.commit().await?;
    Ok(ManagerWithPassword {
        manager,
        password: secret,
    })
}
