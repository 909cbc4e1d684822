//! Access profiles on the wire.

use std::sync::Arc;

use serde::Serialize;
use services::{
    Patch,
    access_profiles::{AccessProfilePatch, GrantInput},
};
use utoipa::ToSchema;

use crate::answer::{Versioned, words};

/// One line of an access profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Grant {
    /// Which model; `*`: every.
    #[schema(schema_with = words::grant_model)]
    model: String,
    /// Which operation; `*`: every.
    #[schema(schema_with = words::grant_operation)]
    operation: String,
    /// How far it reaches.
    #[schema(schema_with = words::grant_scope)]
    scope: String,
}

impl From<&model::Grant> for Grant {
    fn from(grant: &model::Grant) -> Self {
        Self {
            model: grant.model_name().to_owned(),
            operation: grant.operation_name().to_owned(),
            scope: grant.scope.as_str().to_owned(),
        }
    }
}

/// A named set of grants; a user's role is its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AccessProfile {
    id: String,
    /// Null: a standard one, for all.
    customer_id: Option<String>,
    /// It comes with the product: it is cloned, not changed.
    standard: bool,
    #[schema(example = "customer_administrator")]
    name: String,
    description: String,
    grants: Vec<Grant>,
    /// Counts changes; the ETag.
    version: u64,
}

impl Versioned for AccessProfile {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<Arc<model::AccessProfile>> for AccessProfile {
    fn from(profile: Arc<model::AccessProfile>) -> Self {
        Self {
            id: profile.id.to_string(),
            customer_id: profile.customer.map(|id| id.to_string()),
            standard: profile.customer.is_none(),
            name: profile.name.clone(),
            description: profile.description.clone(),
            grants: profile.grants.iter().map(Grant::from).collect(),
            version: profile.version,
        }
    }
}

crate::body! {
    /// One line of an access profile to be.
    pub(crate) struct NewGrant {
        /// Which model; `*`: every.
        #[schema(schema_with = words::grant_model)]
        required model: String,
        /// Which operation; `*`: every.
        #[schema(schema_with = words::grant_operation)]
        required operation: String,
        /// How far it reaches.
        #[schema(schema_with = words::grant_scope)]
        required scope: String,
    }
}

impl From<NewGrant> for GrantInput {
    fn from(grant: NewGrant) -> Self {
        Self {
            model: grant.model,
            operation: grant.operation,
            scope: grant.scope,
        }
    }
}

crate::body! {
    /// An access profile to be: `clone_of`, `grants`, or both.
    pub(crate) struct NewAccessProfile {
        /// One's own customer unless given.
        optional customer_id: Option<String>,
        /// No other profile's, and not a standard one's.
        #[schema(example = "Front desk")]
        required name: String,
        /// One sentence; the cloned profile's unless given.
        optional description: Option<String>,
        /// The id of the profile that it begins as a copy of.
        optional clone_of: Option<String>,
        /// What it allows, no more than its maker may; the cloned profile's unless given.
        optional grants: Option<Vec<NewGrant>>,
    }
}

impl From<NewAccessProfile> for services::access_profiles::NewAccessProfile {
    fn from(new: NewAccessProfile) -> Self {
        let grants = new.grants;
        Self {
            customer_id: new.customer_id,
            name: new.name,
            description: new.description,
            clone_of: new.clone_of,
            grants: grants.map(|grants| grants.into_iter().map(GrantInput::from).collect()),
        }
    }
}

crate::body! {
    /// What to change of an access profile.
    pub(crate) struct AccessProfileChanges {
        /// Users and keys that have the profile follow.
        #[schema(value_type = Option<String>)]
        patch name: Patch<String>,
        /// Null: none.
        #[schema(value_type = Option<String>)]
        patch description: Patch<String>,
        /// All of them anew.
        #[schema(value_type = Option<Vec<NewGrant>>)]
        patch grants: Patch<Vec<NewGrant>>,
    }
}

impl From<AccessProfileChanges> for AccessProfilePatch {
    fn from(changes: AccessProfileChanges) -> Self {
        Self {
            name: changes.name,
            description: changes.description,
            grants: match changes.grants {
                Patch::Keep => Patch::Keep,
                Patch::Clear => Patch::Clear,
                Patch::Set(grants) => {
                    Patch::Set(grants.into_iter().map(GrantInput::from).collect())
                }
            },
        }
    }
}

crate::query! {
    /// Filters of the access profiles list.
    pub(crate) struct AccessProfileFilter {
        /// One customer's, and the standard ones.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// Only those that one may give as a role, or to a key.
        #[param(nullable = false)]
        optional assignable: Option<bool>,
    }
}

impl From<AccessProfileFilter> for services::access_profiles::AccessProfileFilter {
    fn from(filter: AccessProfileFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            assignable: filter.assignable.unwrap_or(false),
        }
    }
}
