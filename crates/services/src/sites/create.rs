//! A new location.

use std::sync::Arc;

use model::{Model, Operation, Site, SiteId, TonePlan};

use super::{NewSite, country, name, time_zone, tones};
use crate::{Context, Error, change::store_error, gate::Target};

/// Makes a site.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid`.
pub async fn create(ctx: &Context, new: NewSite) -> Result<Arc<Site>, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(new.customer_id.as_deref(), &mut fields)?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::Site, Operation::Create, &target)?;
    // Nobody else takes the name between the look and the commit.
    let mut change = ctx.change().await?;
    let name = name(&ctx.directory(), customer, None, &new.name, &mut fields);
    let text = new.country.as_deref().unwrap_or("DE");
    let country = fields.take("country", country(text));
    let text = new.time_zone.as_deref().unwrap_or("UTC");
    let time_zone = fields.take("time_zone", time_zone(text));
    let tones = match &new.tones {
        Some(text) => fields.take("tones", tones(text)),
        None => Some(TonePlan::default()),
    };
    fields.finish()?;
    let (Some(customer), Some(name), Some(country), Some(time_zone), Some(tones)) =
        (customer, name, country, time_zone, tones)
    else {
        return Err(Error::Internal);
    };
    let site = Site {
        id: SiteId::mint(ctx.now(), ctx.services().entropy()),
        customer,
        name,
        country,
        time_zone,
        tones,
        version: 1,
        created_at: ctx.now(),
    };
    change
        .tx
        .sites()
        .insert(&site)
        .await
        .map_err(|e| store_error("make a site", e))?;
    let site = change.created(site);
    change.commit().await?;
    Ok(site)
}
