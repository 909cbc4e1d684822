//! The audit log: read, searched, verified.

mod wire;

pub(crate) use wire::Actor;

use services::audit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem},
    door::{Ctx, Door},
    input::{Listing, Paging, Query},
};
use wire::{AuditEntry, AuditFilter, ChainQuery, Verification};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(verify))
}

/// Who did what to what, from where, the latest first; `q` looks into names.
#[utoipa::path(get, path = "/audit", params(Paging, AuditFilter),
    extensions(("x-permission" = json!("audit_log.read"))),
    responses((status = 200, body = Page<AuditEntry>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<AuditFilter>) -> Result<Page<AuditEntry>, Problem> {
    let filter = listing.filter.into();
    let page = audit::list(&ctx, &filter, &listing.paging.into()).await?;
    Ok(page.into())
}

/// Walk along the chain of hashes and say where it does not hold.
#[utoipa::path(get, path = "/audit/verify", params(ChainQuery),
    extensions(("x-permission" = json!("audit_log.read"))),
    responses((status = 200, body = Verification)))]
async fn verify(
    Ctx(ctx): Ctx,
    Query(query): Query<ChainQuery>,
) -> Result<axum::Json<Verification>, Problem> {
    let verified = audit::verify(&ctx, query.customer_id.as_deref()).await?;
    Ok(axum::Json(verified.into()))
}
