//! Keys on the wire.

use serde::Serialize;
use services::api_keys::ApiKeyView;
use utoipa::ToSchema;

use crate::answer::{time, time_if};

/// A key of a program, without the key itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    id: String,
    /// Null: the provider's.
    customer_id: Option<String>,
    /// What it is for.
    #[schema(example = "Provisioning script")]
    name: String,
    /// The access profile: what it may do.
    #[schema(example = "api")]
    profile: String,
    created_at: String,
    /// Within a minute.
    last_used_at: Option<String>,
}

impl From<ApiKeyView> for ApiKey {
    fn from(view: ApiKeyView) -> Self {
        Self {
            id: view.id.to_string(),
            customer_id: view.customer.map(|id| id.to_string()),
            name: view.name,
            profile: view.profile,
            created_at: time(view.created_at),
            last_used_at: time_if(view.last_used_at),
        }
    }
}

/// A key just made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CreatedApiKey {
    #[serde(flatten)]
    view: ApiKey,
    /// Sent as `Authorization: Bearer KEY`; shown this once.
    #[schema(example = "cvk_6hX1m2S9vQ0bT8eYdKpRrJ4uWcLzNaGf")]
    key: String,
}

impl From<services::api_keys::CreatedApiKey> for CreatedApiKey {
    fn from(created: services::api_keys::CreatedApiKey) -> Self {
        Self {
            view: created.view.into(),
            key: created.key.expose().to_owned(),
        }
    }
}

crate::body! {
    /// A key to be.
    pub(crate) struct NewApiKey {
        /// One's own customer unless given; the provider's for the provider's people.
        optional customer_id: Option<String>,
        /// What it is for.
        #[schema(example = "Provisioning script")]
        required name: String,
        /// The name of an access profile that grants no more than the maker holds.
        #[schema(example = "api")]
        required profile: String,
    }
}

impl From<NewApiKey> for services::api_keys::NewApiKey {
    fn from(new: NewApiKey) -> Self {
        Self {
            customer_id: new.customer_id,
            name: new.name,
            profile: new.profile,
        }
    }
}

crate::query! {
    /// Filters of the keys list.
    pub(crate) struct ApiKeyFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
    }
}
