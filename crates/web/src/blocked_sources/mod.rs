//! Addresses whose wrong passwords are dropped: the visible ban list.

use std::net::IpAddr;

use axum::http::StatusCode;
use serde::Serialize;
use services::blocked_sources;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem, time},
    door::{Ctx, Door},
    input::{Paging, PathId, Query},
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(lift))
}

/// A source of so many wrong passwords of phones that more of them are dropped. The right one
/// always gets in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BlockedSource {
    /// Of IPv6 the first address of the network.
    #[schema(example = "192.0.2.7")]
    address: String,
    /// Bits of the network: 32, or 64 for IPv6.
    #[schema(example = 32)]
    prefix: u8,
    since: String,
    /// When it ends by itself.
    until: String,
    /// Counted so far.
    failures: u32,
    /// The last one tried, as it was sent: not necessarily somebody's.
    username: String,
}

impl From<model::BlockedSource> for BlockedSource {
    fn from(blocked: model::BlockedSource) -> Self {
        Self {
            address: blocked.address.to_string(),
            prefix: blocked.prefix,
            since: time(blocked.since),
            until: time(blocked.until),
            failures: blocked.failures,
            username: blocked.username,
        }
    }
}

/// List blocked sources; provider administrators only. Sorts by `address`, `since`, `until`,
/// `failures`.
#[utoipa::path(get, path = "/blocked-sources", params(Paging),
    extensions(("x-permission" = json!("blocked_source.read:subtree"))),
    responses((status = 200, body = Page<BlockedSource>)))]
async fn list(Ctx(ctx): Ctx, Query(paging): Query<Paging>) -> Result<Page<BlockedSource>, Problem> {
    let page = blocked_sources::list(&ctx, &paging.into()).await?;
    Ok(page.into())
}

/// Let a source try again at once; of IPv6 any address of the network will do.
#[utoipa::path(delete, path = "/blocked-sources/{address}", params(("address" = String, Path)),
    extensions(("x-permission" = json!("blocked_source.delete:subtree"))),
    responses((status = 204)))]
async fn lift(Ctx(ctx): Ctx, PathId(address): PathId<IpAddr>) -> Result<StatusCode, Problem> {
    blocked_sources::lift(&ctx, address).await?;
    Ok(StatusCode::NO_CONTENT)
}
