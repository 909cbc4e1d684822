//! Locations of a customer.

mod create;
mod delete;
mod get;
mod list;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use update::update;

use jiff::tz::TimeZoneDatabase;
use model::{CustomerId, DisplayName, SiteId};

use crate::{Patch, directory::Directory, error::Fields, fold::fold};

/// A site to be.
#[derive(Debug, Clone, Default)]
pub struct NewSite {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// As people call it.
    pub name: String,
    /// ISO 3166-1 alpha-2; `DE` unless given.
    pub country: Option<String>,
    /// IANA name; `UTC` unless given.
    pub time_zone: Option<String>,
    /// `europe`, `north_america`, `united_kingdom`.
    pub tones: Option<String>,
}

/// What to change of a site.
#[derive(Debug, Clone, Default)]
pub struct SitePatch {
    /// As people call it.
    pub name: Patch<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Patch<String>,
    /// IANA name.
    pub time_zone: Patch<String>,
    /// `europe`, `north_america`, `united_kingdom`.
    pub tones: Patch<String>,
}

/// The name of a tone plan in the API.
#[must_use]
pub const fn tones_name(tones: model::TonePlan) -> &'static str {
    match tones {
        model::TonePlan::Europe => "europe",
        model::TonePlan::NorthAmerica => "north_america",
        model::TonePlan::UnitedKingdom => "united_kingdom",
    }
}

fn target(site: &model::Site) -> crate::gate::Target {
    crate::gate::Target {
        customer: Some(site.customer),
        site: Some(site.id),
        ..crate::gate::Target::default()
    }
}

/// ISO 3166-1 alpha-2.
fn country(text: &str) -> Result<String, model::Invalid> {
    let text = text.trim().to_ascii_uppercase();
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(text);
    }
    Err(model::Invalid {
        code: "invalid",
        message: "a country is two letters, such as DE or US",
    })
}

/// An IANA time zone's name, as the database of zones in the binary spells it: the same whatever
/// zones the system knows.
fn time_zone(text: &str) -> Result<String, model::Invalid> {
    let zone = TimeZoneDatabase::bundled().get(text.trim()).ok();
    let name = zone.as_ref().and_then(|zone| zone.iana_name());
    name.map(str::to_owned).ok_or(model::Invalid {
        code: "unknown",
        message: "there is no such time zone; give one of IANA's names, such as Europe/Berlin, or UTC",
    })
}

/// A name that no other site of the customer has: they could not be told apart where one chooses.
fn name(
    directory: &Directory,
    customer: Option<CustomerId>,
    own: Option<SiteId>,
    text: &str,
    fields: &mut Fields,
) -> Option<DisplayName> {
    let name = fields.take("name", DisplayName::parse(text))?;
    let wanted = fold(name.as_str());
    let sites = directory.sites().of(customer);
    let mut others = sites.iter().filter(|site| Some(site.customer) == customer);
    if others.any(|site| Some(site.id) != own && fold(site.name.as_str()) == wanted) {
        let message = "another site of this customer has this name; choose another";
        fields.add("name", "taken", message);
    }
    Some(name)
}

fn tones(text: &str) -> Result<model::TonePlan, model::Invalid> {
    [
        model::TonePlan::Europe,
        model::TonePlan::NorthAmerica,
        model::TonePlan::UnitedKingdom,
    ]
    .into_iter()
    .find(|tones| tones_name(*tones) == text)
    .ok_or(model::Invalid {
        code: "unknown",
        message: "tones are europe, north_america or united_kingdom",
    })
}

#[cfg(test)]
mod tests;
