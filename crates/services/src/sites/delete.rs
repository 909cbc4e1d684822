//! A location where nobody sits any more.

use model::{Operation, SiteId};

use super::get::find;
use crate::{Context, Error, Expected, Use, change::store_error, input::expect_version};

/// How many uses are named.
const NAMED: usize = 20;

/// Deletes a site.
///
/// # Errors
/// `NotFound`, `Forbidden`, `InUse` while people sit there or it is the customer's default.
pub async fn delete(ctx: &Context, id: SiteId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let site = find(ctx, id, Operation::Delete)?;
    expect_version(expected, site.version)?;
    let directory = ctx.directory();
    let default_of = directory
        .customer(site.customer)
        .filter(|customer| customer.default_site == id)
        .map(|customer| Use {
            kind: "customer",
            id: customer.id.to_string(),
            name: customer.name.to_string(),
        });
    let users = directory
        .users()
        .filter(|user| user.site == Some(id))
        .map(|user| Use {
            kind: "user",
            id: user.id.to_string(),
            name: user.display_name(),
        });
    let uses: Vec<_> = default_of.into_iter().chain(users).take(NAMED).collect();
    if !uses.is_empty() {
        return Err(Error::InUse(uses));
    }
    change
        .tx
        .sites()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a site", e))?;
    change.deleted(&*site);
    change.commit().await
}
