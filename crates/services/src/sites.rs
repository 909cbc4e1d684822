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
