//! The audit log: read, searched, verified.

mod wire;

pub(crate) use wire::Actor;

use std::future::ready;

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures::{
    StreamExt,
    stream::{once, try_unfold},
};
use services::audit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem},
    door::{Ctx, Door},
    input::{Listing, Paging, Query},
};
use wire::{AuditEntry, AuditFilter, ChainQuery, Exported, Verification, Words};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(export))
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

/// The same as a file of comma-separated values; what a spreadsheet would run is defused.
#[utoipa::path(get, path = "/audit/export", params(AuditFilter, Words),
    extensions(("x-permission" = json!("audit_log.export"))),
    responses((status = 200, content_type = "text/csv", body = String)))]
async fn export(Ctx(ctx): Ctx, Query(asked): Query<Exported>) -> Result<Response, Problem> {
    let mut export = audit::export(&ctx, asked.filter.into(), asked.q)?;
    // It can be refused until the first rows are there.
    let first = export.next().await?.unwrap_or_default();
    let rest = try_unfold(export, |mut export| async move {
        let part = export.next().await?;
        Ok::<_, services::Error>(part.map(|part| (part, export)))
    });
    let parts = once(ready(Ok(first))).chain(rest);
    let headers = [
        (header::CONTENT_TYPE, "text/csv"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
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
