//! A user's live registrations.

use axum::http::StatusCode;
use model::UserId;
use serde::Serialize;
use services::users::{self, EndpointKey};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Problem, time},
    door::{Ctx, Door},
    input::{PathId, Query},
};

/// The routes of this part of the feature.
pub(super) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(list, remove))
}

/// A live registration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Endpoint {
    device_id: String,
    #[schema(example = "sip:201@192.0.2.10:5060")]
    contact: String,
    #[schema(example = "udp")]
    transport: String,
    /// Where it was seen.
    #[schema(example = "192.0.2.10:5060")]
    source: String,
    #[schema(example = "Yealink SIP-T54W 96.86")]
    user_agent: String,
    expires_at: String,
    /// Last round trip of an OPTIONS, if answered.
    rtt_ms: Option<u32>,
    /// When it registered last.
    updated_at: String,
}

impl From<model::Endpoint> for Endpoint {
    fn from(endpoint: model::Endpoint) -> Self {
        Self {
            device_id: endpoint.device.to_string(),
            contact: endpoint.contact,
            transport: endpoint.transport,
            source: endpoint.source,
            user_agent: endpoint.user_agent,
            expires_at: time(endpoint.expires_at),
            rtt_ms: endpoint.rtt_ms,
            updated_at: time(endpoint.updated_at),
        }
    }
}

/// All live registrations of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Endpoints {
    items: Vec<Endpoint>,
}

/// The user's live registrations.
#[utoipa::path(get, path = "/users/{id}/endpoints", params(("id" = String, Path)),
    extensions(("x-permission" = json!("device.read"))),
    responses((status = 200, body = Endpoints)))]
async fn list(Ctx(ctx): Ctx, PathId(id): PathId<UserId>) -> Result<axum::Json<Endpoints>, Problem> {
    let endpoints = users::endpoints(&ctx, id).await?;
    let items = endpoints.into_iter().map(Endpoint::from).collect();
    Ok(axum::Json(Endpoints { items }))
}

crate::query! {
    /// Which registration to remove.
    pub(crate) struct EndpointQuery {
        /// The contact as listed.
        #[param(example = "sip:201@192.0.2.10:5060")]
        required contact: String,
        /// Of which phone; of any of the user's unless given.
        #[param(nullable = false)]
        optional device_id: Option<String>,
    }
}

/// Forget a registration: it gets no calls until it registers again.
#[utoipa::path(delete, path = "/users/{id}/endpoints",
    params(("id" = String, Path), EndpointQuery),
    extensions(("x-permission" = json!("device.update"))),
    responses((status = 204)))]
async fn remove(
    Ctx(ctx): Ctx,
    PathId(id): PathId<UserId>,
    Query(query): Query<EndpointQuery>,
) -> Result<StatusCode, Problem> {
    let endpoints = users::endpoints(&ctx, id).await?;
    let meant = endpoints.into_iter().find(|endpoint| {
        let device = query.device_id.as_ref();
        endpoint.contact == query.contact
            && device.is_none_or(|device| *device == endpoint.device.to_string())
    });
    let meant = meant.ok_or_else(Problem::not_found)?;
    let key = EndpointKey {
        device: meant.device,
        contact: meant.contact,
    };
    users::remove_endpoint(&ctx, id, key).await?;
    Ok(StatusCode::NO_CONTENT)
}
