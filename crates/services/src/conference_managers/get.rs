//! One account.

use std::sync::Arc;

use model::{ConferenceManager, ManagerId, Operation};

use super::find;
use crate::{Context, Error};

/// Shows an account.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: ManagerId) -> Result<Arc<ConferenceManager>, Error> {
    find(ctx, id, Operation::Read)
}
