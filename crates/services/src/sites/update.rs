//! A location's settings.

use std::sync::Arc;

use model::{DisplayName, Model, Operation, Site, SiteId, TonePlan};

use super::{SitePatch, country, get::find, time_zone, tones};
use crate::{
    Context, Error, Expected, Patch,
    change::{Act, fields_that_differ, record, store_error},
    directory::DirectoryChange,
    error::Fields,
    events::Subject,
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
    let mut fields = Fields::default();
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
    let (was, is) = fields_that_differ(&record(&*before), &record(&site));
    change.audit(Act {
        customer: Some(site.customer),
        action: "site.updated",
        model: Model::Site,
        subject_id: id.to_string(),
        subject_name: site.name.to_string(),
        before: Some(was),
        after: Some(is),
    });
    let site = Arc::new(site);
    change.apply(DirectoryChange::Site(site.clone()));
    change.tell("site.updated", Some(site.customer), Subject::Site(id));
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
