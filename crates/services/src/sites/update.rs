//! A location's settings.

use std::sync::Arc;

use model::{Operation, Site, SiteId, TonePlan};

use super::{SitePatch, country, get::find, name, time_zone, tones};
use crate::{
    Context, Error, Expected, Patch,
    change::store_error,
    directory::Directory,
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
    set(&ctx.directory(), &mut site, patch, &mut fields);
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

fn set(directory: &Directory, site: &mut Site, patch: SitePatch, fields: &mut Fields) {
    match patch.name {
        Patch::Keep => {}
        Patch::Clear => fields.add("name", "required", "this cannot be empty"),
        Patch::Set(text) => {
            let read = name(directory, Some(site.customer), Some(site.id), &text, fields);
            if let Some(read) = read {
                site.name = read;
            }
        }
    }
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
