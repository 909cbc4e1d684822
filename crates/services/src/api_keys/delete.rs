//! A key that is void at once.

use model::{ApiKeyId, Model, Operation};
use serde_json::json;

use super::list::find;
use crate::{
    Context, Error,
    change::{Act, Revoked, store_error},
    events::Subject,
};

/// Deletes a key.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn delete(ctx: &Context, id: ApiKeyId) -> Result<(), Error> {
    let key = find(ctx, id, Operation::Delete).await?;
    let mut change = ctx.change().await?;
    change
        .tx
        .api_keys()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a key", e))?;
    change.audit(Act {
        customer: key.customer,
        action: "api_key.deleted",
        model: Model::ApiKey,
        subject_id: id.to_string(),
        subject_name: key.name.to_string(),
        before: Some(json!({"name": key.name.as_str(), "profile": key.profile})),
        after: None,
    });
    change.revoke(Revoked::ApiKey(id));
    change.tell("api_key.deleted", key.customer, Subject::ApiKey(id));
    change.commit().await
}
