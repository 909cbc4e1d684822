//! Live and past calls, and what would happen to one.

mod wire;

use model::CallId;
use services::calls;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId},
};
pub(crate) use wire::Call;
use wire::{CallFilter, ExplainCall, Explanation, Step};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(explain))
        .routes(routes!(get))
}

/// List calls, live and past. Sorts by `started_at`; `q` is the number of either end.
#[utoipa::path(get, path = "/calls", params(Paging, CallFilter),
    extensions(("x-permission" = json!("call.read"))),
    responses((status = 200, body = Page<Call>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<CallFilter>) -> Result<Page<Call>, Problem> {
    let filter = listing.filter.into();
    let page = calls::list(&ctx, &filter, &listing.paging.into()).await?;
    Ok(page.into())
}

/// One call with its legs and the steps taken.
#[utoipa::path(get, path = "/calls/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("call.read"))),
    responses((status = 200, body = Call)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<CallId>) -> Result<Tagged<Call>, Problem> {
    let view = calls::get(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// What would happen to a call, with the setting that decides each step. Nothing is called.
#[utoipa::path(post, path = "/calls/explain", request_body = ExplainCall,
    extensions(("x-permission" = json!("call.explain"))),
    responses((status = 200, body = Explanation)))]
async fn explain(
    Ctx(ctx): Ctx,
    Json(question): Json<ExplainCall>,
) -> Result<axum::Json<Explanation>, Problem> {
    let steps = calls::explain(&ctx, question.into()).await?;
    let steps = steps.into_iter().map(Step::from).collect();
    Ok(axum::Json(Explanation { steps }))
}
