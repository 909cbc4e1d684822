//! One conference, running or past.

use std::sync::Arc;

use model::{ConferenceId, ConferenceView, Operation};

use super::find;
use crate::{Context, Error};

/// Shows a conference.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Unavailable` for a past one while the database is away.
pub async fn get(ctx: &Context, id: ConferenceId) -> Result<Arc<ConferenceView>, Error> {
    find(ctx, id, Operation::Read).await
}
