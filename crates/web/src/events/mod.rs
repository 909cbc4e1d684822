//! What happens, as it happens: server-sent events.

mod pace;
mod stream;
mod wire;

use std::convert::Infallible;

use axum::{
    http::{HeaderMap, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures::stream::unfold;
use tokio::sync::mpsc;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::Problem,
    door::{Credentials, Ctx, Door, Peer},
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Events written ahead of a reader; one that falls further behind is let go.
const AHEAD: usize = 64;

/// What happens, as server-sent events.
///
/// Named `noun.past_tense`, each with an `id` and as data the whole resource with its `version`:
/// `conference.started`, `conference.participant_changed`, `conference.ended` and other changes of
/// a Conference, `call.…` (Call), `registration.changed` (User with its `endpoints`), and
/// `created`, `updated` and `deleted` of `user`, `device`, `conference_room`,
/// `conference_manager`, `contact`, `customer` and `site`; of what was deleted only its `kind` and
/// `id` are left.
/// Only what the reader may read. `Last-Event-ID` goes on where a broken stream ended; `reset`
/// says that this is too long ago, and that everything is to be read anew.
#[utoipa::path(get, path = "/events",
    params(("Last-Event-ID" = Option<String>, Header, description = "`id` of the last event seen.")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn events(
    Ctx(ctx): Ctx,
    credentials: Credentials,
    peer: Peer,
    headers: HeaderMap,
    axum::extract::State(door): axum::extract::State<Door>,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    // An id that this server never gave is like one that is too old: the reader reads anew.
    let last = last.map(|id| id.trim().parse().unwrap_or(0));
    let (sender, receiver) = mpsc::channel::<Event>(AHEAD);
    let reader = stream::Reader::new(door.clone(), ctx, credentials, peer, last);
    door.tasks().spawn(reader.run(sender));
    let events = unfold(receiver, |mut receiver| async move {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), receiver))
    });
    let mut response = Sse::new(events).into_response();
    let headers = response.headers_mut();
    // A proxy that gathers the answer would hold events back.
    let gather = HeaderValue::from_static("no");
    headers.insert("x-accel-buffering", gather);
    Ok(response)
}
