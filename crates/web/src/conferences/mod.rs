//! Running conferences: seen, joined by more, moderated, ended; and the past ones.

mod actions;
mod wire;

use model::ConferenceId;
use services::conferences;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Listing, Paging, PathId},
};
use wire::ConferenceFilter;
pub(crate) use wire::{Conference, Quality, Reach, Reached, ReachedAll, StartConference};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .merge(actions::routes())
}

/// List conferences, running and past. Sorts by `started_at`.
#[utoipa::path(get, path = "/conferences", params(Paging, ConferenceFilter),
    extensions(("x-permission" = json!("conference.read"))),
    responses((status = 200, body = Page<Conference>)))]
async fn list(
    Ctx(ctx): Ctx,
    listing: Listing<ConferenceFilter>,
) -> Result<Page<Conference>, Problem> {
    let filter = listing.filter.into();
    let page = conferences::list(&ctx, &filter, &listing.paging.into()).await?;
    Ok(page.into())
}

/// One conference, readable also after its end.
#[utoipa::path(get, path = "/conferences/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference.read"))),
    responses((status = 200, body = Conference)))]
async fn get(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
) -> Result<Tagged<Conference>, Problem> {
    let view = conferences::get(&ctx, id).await?;
    Ok(Tagged(view.into()))
}
