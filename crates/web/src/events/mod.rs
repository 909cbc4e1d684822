//! What happens, as it happens: server-sent events.

mod pace;
mod places;
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
use services::events::{subscribe, subscribe_to_conference};
use tokio::sync::mpsc;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use places::Places;
pub(crate) use wire::Written;

use crate::{
    answer::Problem,
    door::{Credentials, Ctx, Door, Peer},
    input::Query,
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Events written ahead of a reader; one that falls further behind is let go.
const AHEAD: usize = 64;

/// When a reader that found no place may try again.
const TRY_AGAIN_SECS: u64 = 10;

crate::query! {
    /// Which events.
    pub(crate) struct EventFilter {
        /// Only those of this conference: a page that shows one need not read about all.
        #[param(nullable = false)]
        optional conference: Option<String>,
    }
}

/// What happens, as server-sent events.
///
/// Named `noun.past_tense`, each with an `id` and as data the whole resource with its `version`:
/// `conference.started`, `conference.participant_changed`, `conference.ended` and other changes of
/// a Conference, `call.…` (Call), `registration.changed` (User with its `endpoints`),
/// `user.presence_changed`, `conference_room.changed` (what runs in it), and `created`, `updated`
/// and `deleted` of `user`, `device`, `conference_room`, `conference_manager`, `contact`,
/// `customer`, `site`, `access_profile` and `api_key`; of what was deleted only its `kind` and
/// `id` are left.
/// Only what the reader may read. The stream begins with the present `id` and repeats the latest
/// with each heartbeat; `Last-Event-ID` goes on where a broken stream ended; `reset` says that
/// this is too long ago, and that everything is to be read anew. 429: too many streams are open.
#[utoipa::path(get, path = "/events",
    params(EventFilter,
        ("Last-Event-ID" = Option<String>, Header, description = "`id` of the last event seen.")),
    extensions(("x-permission" = json!("none"))),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn events(
    Ctx(ctx): Ctx,
    Query(filter): Query<EventFilter>,
    credentials: Credentials,
    peer: Peer,
    headers: HeaderMap,
    axum::extract::State(door): axum::extract::State<Door>,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    // An id that this server never gave is like one that is too old: the reader reads anew.
    let last = last.map(|id| id.trim().parse().unwrap_or(0));
    let place = door.event_places().take(&ctx.actor().principal);
    let place = place.ok_or_else(|| Problem::rate_limited(TRY_AGAIN_SECS))?;
    let (sender, receiver) = mpsc::channel::<Event>(AHEAD);
    let subscription = match &filter.conference {
        None => subscribe(&ctx, last),
        Some(conference) => subscribe_to_conference(&ctx, last, conference).await?,
    };
    let subscription = (subscription, last.is_some());
    let reader = stream::Reader::new(door.clone(), ctx, credentials, peer, subscription, place);
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
