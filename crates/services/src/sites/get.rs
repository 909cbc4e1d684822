//! One site.

use std::sync::Arc;

use model::{Model, Operation, Site, SiteId};

use super::target;
use crate::{Context, Error};

/// Shows a site.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: SiteId) -> Result<Arc<Site>, Error> {
    find(ctx, id, Operation::Read)
}

/// The site, if the actor may do this with it.
pub(super) fn find(ctx: &Context, id: SiteId, operation: Operation) -> Result<Arc<Site>, Error> {
    let directory = ctx.directory();
    let site = directory.site(id).ok_or(Error::NotFound("site"))?;
    ctx.require(Model::Site, operation, &target(site))?;
    Ok(site.clone())
}
