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

use crate::Patch;

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

/// An IANA time zone's name, by its shape: the zones themselves differ from system to system.
fn time_zone(text: &str) -> Result<String, model::Invalid> {
    let text = text.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
    let known = text == "UTC" || text.contains('/');
    if known && text.len() <= 64 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(model::Invalid {
        code: "invalid",
        message: "a time zone looks like Europe/Berlin, or UTC",
    })
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
