//! Keys of programs.

mod create;
mod delete;
mod list;

pub use create::create;
pub use delete::delete;
pub use list::{get, list};

use model::{ApiKeyId, CustomerId, Secret, Timestamp};

/// A key to be.
#[derive(Debug, Clone, Default)]
pub struct NewApiKey {
    /// None: one's own customer; the provider's for the provider's people.
    pub customer_id: Option<String>,
    /// What it is for.
    pub name: String,
    /// The name of an access profile that grants no more than the maker holds.
    pub profile: String,
}

/// A key as doors show it: without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyView {
    /// Identity.
    pub id: ApiKeyId,
    /// Whose; none: the provider's.
    pub customer: Option<CustomerId>,
    /// What it is for.
    pub name: String,
    /// What it may.
    pub profile: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, within a minute.
    pub last_used_at: Option<Timestamp>,
}

/// A key just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedApiKey {
    /// The key's row.
    pub view: ApiKeyView,
    /// Shown this once.
    pub key: Secret,
}

fn view(key: model::ApiKey) -> ApiKeyView {
    ApiKeyView {
        id: key.id,
        customer: key.customer,
        name: key.name.to_string(),
        profile: key.profile,
        created_at: key.created_at,
        last_used_at: key.last_used_at,
    }
}

#[cfg(test)]
mod tests;
