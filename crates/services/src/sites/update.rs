//! A location's settings.

use std::sync::Arc;

use model::{DisplayName, Operation, Site, SiteId, TonePlan};

use super::{SitePatch, country, get::find, time_zone, tones};
use crate::{
    Context, Error, Expected, Patch,
    change::store_error,
    error::Fields,
    input::{expect_version, set_required},
};

/// Changes what the patch names.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid`.
pub async fn update(
    ctx: &Context,
    id: SiteId,
    patch: SitePatch,
    expected: Expected,
) -> Result<Arc<Site>, Error> {
    find(ctx, id, Operation::Update)?;
    let mut change = ctx.change().await?;
    let before = find(ctx, id, Operation::Update)?;
    expect_version(expected, before.version)?;
    let mut site = (*before).clone();
    let mut fields = ctx.fields();
    set(&mut site, patch, &mut fields);
    fields.finish()?;
    if site == *before {
        return Ok(before);
    }
    change
        .tx
        .sites()
        .update(&mut site)
        .await
        .map_err(|e| store_error("change a site", e))?;
    let site = change.updated(&*before, site);
    change.commit().await?;
    Ok(site)
}

fn set(site: &mut Site, patch: SitePatch, fields: &mut Fields) {
    set_required(
        &mut site.name,
        patch.name,
        "name",
        |text| DisplayName::parse(&text),
        fields,
    );
    set_required(
        &mut site.country,
        patch.country,
        "country",
        |text| country(&text),
        fields,
    );
    set_required(
        &mut site.time_zone,
        patch.time_zone,
        "time_zone",
        |text| time_zone(&text),
        fields,
    );
    match patch.tones {
        Patch::Keep => {}
        Patch::Clear => site.tones = TonePlan::default(),
        Patch::Set(text) => {
            if let Some(parsed) = fields.take("tones", tones(&text)) {
                site.tones = parsed;
            }
        }
    }
}
