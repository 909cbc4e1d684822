//! Sites on the wire.

use std::sync::Arc;

use serde::Serialize;
use services::Patch;
use utoipa::ToSchema;

use crate::answer::{Versioned, time, words};

/// A location of a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Site {
    id: String,
    customer_id: String,
    #[schema(example = "Berlin")]
    name: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    country: String,
    /// IANA name.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Call progress tones.
    #[schema(schema_with = words::tones)]
    tones: String,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

impl Versioned for Site {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<Arc<model::Site>> for Site {
    fn from(site: Arc<model::Site>) -> Self {
        Self {
            id: site.id.to_string(),
            customer_id: site.customer.to_string(),
            name: site.name.to_string(),
            country: site.country.clone(),
            time_zone: site.time_zone.clone(),
            tones: services::sites::tones_name(site.tones).to_owned(),
            version: site.version,
            created_at: time(site.created_at),
        }
    }
}

crate::body! {
    /// A site to be.
    pub(crate) struct NewSite {
        /// One's own customer unless given.
        optional customer_id: Option<String>,
        /// As people call it.
        #[schema(example = "Berlin")]
        required name: String,
        /// ISO 3166-1 alpha-2; `DE` unless given.
        #[schema(example = "DE")]
        optional country: Option<String>,
        /// IANA name; `UTC` unless given.
        #[schema(example = "Europe/Berlin")]
        optional time_zone: Option<String>,
        /// `europe` unless given.
        #[schema(schema_with = words::tones, required = false)]
        optional tones: Option<String>,
    }
}

impl From<NewSite> for services::sites::NewSite {
    fn from(new: NewSite) -> Self {
        Self {
            customer_id: new.customer_id,
            name: new.name,
            country: new.country,
            time_zone: new.time_zone,
            tones: new.tones,
        }
    }
}

crate::body! {
    /// What to change of a site.
    pub(crate) struct SiteChanges {
        /// As people call it.
        #[schema(value_type = String, required = false)]
        patch name: Patch<String>,
        /// ISO 3166-1 alpha-2.
        #[schema(value_type = String, required = false)]
        patch country: Patch<String>,
        /// IANA name.
        #[schema(value_type = String, required = false)]
        patch time_zone: Patch<String>,
        /// Call progress tones.
        #[schema(schema_with = words::tones, required = false)]
        patch tones: Patch<String>,
    }
}

impl From<SiteChanges> for services::sites::SitePatch {
    fn from(changes: SiteChanges) -> Self {
        Self {
            name: changes.name,
            country: changes.country,
            time_zone: changes.time_zone,
            tones: changes.tones,
        }
    }
}

crate::query! {
    /// Filters of the sites list.
    pub(crate) struct SiteFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
    }
}
