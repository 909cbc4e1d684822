//! Signing in and out, and one's own sessions.

mod wire;

pub(crate) use wire::Session;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{SessionId, UserId};
use services::sessions;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::Problem,
    door::{Ctx, Door, Peer, cookie, same_origin},
    input::{OpenJson, PathId, Query},
};
use wire::{Sessions, SignIn, SignedIn};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(list))
        .routes(routes!(end))
}

/// The longest user agent that is kept.
const MAX_USER_AGENT: usize = 300;

fn user_agent(headers: &HeaderMap) -> String {
    let value = headers.get(header::USER_AGENT);
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    text.chars().take(MAX_USER_AGENT).collect()
}

/// Sign in: answers with a cookie, and with the token that every later change sends back as
/// `X-CSRF-Token`.
#[utoipa::path(post, path = "/session", request_body = SignIn, security(()),
    responses((status = 201, body = SignedIn)))]
async fn sign_in(
    State(door): State<Door>,
    peer: Peer,
    headers: HeaderMap,
    OpenJson(form): OpenJson<SignIn>,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let form = form.into_services(peer.address, user_agent(&headers));
    let signed_in = sessions::sign_in(door.services(), form).await?;
    if peer.is_exposed() {
        let source = peer.address;
        tracing::warn!(%source, "signed in over plain HTTP: whoever is between can read it");
    }
    let set = cookie::set(&signed_in.token, peer.secure);
    let body = axum::Json(SignedIn::from(signed_in));
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, set)], body).into_response())
}

/// Sign out.
#[utoipa::path(delete, path = "/session",
    extensions(("x-permission" = json!("none"))),
    responses((status = 204)))]
async fn sign_out(Ctx(ctx): Ctx, peer: Peer) -> Result<Response, Problem> {
    sessions::sign_out(&ctx).await?;
    let clear = cookie::clear(peer.secure);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, clear)]).into_response())
}

crate::query! {
    /// Whose sessions.
    struct SessionsQuery {
        /// A user's whom one administers; one's own unless given.
        #[param(value_type = String, required = false)]
        optional user_id: Option<UserId>,
    }
}

/// One's own sessions, or those of a user whom one administers.
#[utoipa::path(get, path = "/sessions", params(SessionsQuery),
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = Sessions)))]
async fn list(
    Ctx(ctx): Ctx,
    Query(query): Query<SessionsQuery>,
) -> Result<axum::Json<Sessions>, Problem> {
    let sessions = sessions::list(&ctx, query.user_id).await?;
    let items = sessions.into_iter().map(Session::from).collect();
    Ok(axum::Json(Sessions { items }))
}

/// End a session of one's own, or of a user whom one administers.
#[utoipa::path(delete, path = "/sessions/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("session"))),
    responses((status = 204)))]
async fn end(Ctx(ctx): Ctx, PathId(id): PathId<SessionId>) -> Result<StatusCode, Problem> {
    sessions::end(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
