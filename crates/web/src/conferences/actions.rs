//! What can be done to a running conference. Each answers with the whole conference after it, and
//! doing what is done already changes nothing.

use model::ConferenceId;
use services::conferences;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::wire::{Conference, Invite, Kick, Participants, Record};
use crate::{
    answer::{Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Nothing, PathId},
};

/// The routes of this part of the feature.
pub(super) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(invite))
        .routes(routes!(lock))
        .routes(routes!(unlock))
        .routes(routes!(end))
        .routes(routes!(mute))
        .routes(routes!(unmute))
        .routes(routes!(kick))
        .routes(routes!(admit))
        .routes(routes!(lower_hands))
        .routes(routes!(record))
}

type Answer = Result<Tagged<Conference>, Problem>;

/// Call more people in.
#[utoipa::path(post, path = "/conferences/{id}/invite", params(("id" = String, Path)),
    request_body = Invite,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn invite(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(invite): Json<Invite>,
) -> Answer {
    let view = conferences::invite(&ctx, id, invite.into()).await?;
    Ok(Tagged(view.into()))
}

/// Admit no one.
#[utoipa::path(post, path = "/conferences/{id}/lock", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn lock(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(Nothing {}): Json<Nothing>,
) -> Answer {
    let view = conferences::lock(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Admit again.
#[utoipa::path(post, path = "/conferences/{id}/unlock", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn unlock(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(Nothing {}): Json<Nothing>,
) -> Answer {
    let view = conferences::unlock(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Over for all.
#[utoipa::path(post, path = "/conferences/{id}/end", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn end(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(Nothing {}): Json<Nothing>,
) -> Answer {
    let view = conferences::end(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Heard by nobody.
#[utoipa::path(post, path = "/conferences/{id}/mute", params(("id" = String, Path)),
    request_body = Participants,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn mute(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(who): Json<Participants>,
) -> Answer {
    let view = conferences::mute(&ctx, id, who.into()).await?;
    Ok(Tagged(view.into()))
}

/// Heard again.
#[utoipa::path(post, path = "/conferences/{id}/unmute", params(("id" = String, Path)),
    request_body = Participants,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn unmute(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(who): Json<Participants>,
) -> Answer {
    let view = conferences::unmute(&ctx, id, who.into()).await?;
    Ok(Tagged(view.into()))
}

/// Out, and not back while the ban lasts: until the end of the conference unless given.
#[utoipa::path(post, path = "/conferences/{id}/kick", params(("id" = String, Path)),
    request_body = Kick,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn kick(Ctx(ctx): Ctx, PathId(id): PathId<ConferenceId>, Json(kick): Json<Kick>) -> Answer {
    let view = conferences::kick(&ctx, id, kick.participants.into(), kick.ban_secs).await?;
    Ok(Tagged(view.into()))
}

/// In from the lobby.
#[utoipa::path(post, path = "/conferences/{id}/admit", params(("id" = String, Path)),
    request_body = Participants,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn admit(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(who): Json<Participants>,
) -> Answer {
    let view = conferences::admit(&ctx, id, who.into()).await?;
    Ok(Tagged(view.into()))
}

/// Lower raised hands.
#[utoipa::path(post, path = "/conferences/{id}/lower-hands", params(("id" = String, Path)),
    request_body = Participants,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn lower_hands(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(who): Json<Participants>,
) -> Answer {
    let view = conferences::lower_hand(&ctx, id, who.into()).await?;
    Ok(Tagged(view.into()))
}

/// Begin or stop recording.
#[utoipa::path(post, path = "/conferences/{id}/record", params(("id" = String, Path)),
    request_body = Record,
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 200, body = Conference)))]
async fn record(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ConferenceId>,
    Json(record): Json<Record>,
) -> Answer {
    let view = if record.on {
        conferences::start_recording(&ctx, id).await?
    } else {
        conferences::stop_recording(&ctx, id).await?
    };
    Ok(Tagged(view.into()))
}
