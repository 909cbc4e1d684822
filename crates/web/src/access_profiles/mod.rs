//! Access profiles: what a role or a key may do.

use model::{Model, Operation};
use serde::Serialize;
use services::access_profiles;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Problem, words},
    door::{Ctx, Door},
    input::{Nothing, Query},
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(list))
}

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
            model: grant.model.map_or("*", Model::as_str).to_owned(),
            operation: grant.operation.map_or("*", Operation::as_str).to_owned(),
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
    #[schema(example = "customer_administrator")]
    name: String,
    description: String,
    grants: Vec<Grant>,
    /// Counts changes; the ETag.
    version: u64,
}

impl From<&model::AccessProfile> for AccessProfile {
    fn from(profile: &model::AccessProfile) -> Self {
        Self {
            id: profile.id.to_string(),
            customer_id: profile.customer.map(|id| id.to_string()),
            name: profile.name.clone(),
            description: profile.description.clone(),
            grants: profile.grants.iter().map(Grant::from).collect(),
            version: profile.version,
        }
    }
}

/// All access profiles that the reader may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AccessProfiles {
    items: Vec<AccessProfile>,
}

/// The access profiles that can be given as a role, or to a key.
#[utoipa::path(get, path = "/access-profiles", responses((status = 200, body = AccessProfiles)))]
async fn list(
    Ctx(ctx): Ctx,
    Query(Nothing {}): Query<Nothing>,
) -> Result<axum::Json<AccessProfiles>, Problem> {
    let profiles = access_profiles::list(&ctx).await?;
    let items = profiles
        .iter()
        .map(|profile| AccessProfile::from(&**profile))
        .collect();
    Ok(axum::Json(AccessProfiles { items }))
}
