//! One call, live or past.

use std::sync::Arc;

use model::{CallId, CallView, Model, Operation};

use super::readable;
use crate::{Context, Error, change::store_error};

/// Shows a call.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Unavailable` for a past one while the database is away.
pub async fn get(ctx: &Context, id: CallId) -> Result<Arc<CallView>, Error> {
    ctx.require_somewhere(Model::Call, Operation::Read)?;
    let call = match ctx.services().live().call(id) {
        Some(call) => call,
        None => ctx
            .services()
            .store()
            .read()
            .calls()
            .by_id(ctx.scope(), id)
            .await
            .map_err(|e| store_error("read a call", e))?
            .map(Arc::new)
            .ok_or(Error::NotFound("call"))?,
    };
    if !readable(ctx, &call) {
        return Err(Error::NotFound("call"));
    }
    Ok(call)
}
