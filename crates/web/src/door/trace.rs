//! A request's life: a line in the log with its id, a panic caught, a change carried to its end.

use std::any::Any;

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use super::{Door, peer};
use crate::answer::Problem;

/// Gives the request an id, writes one line when it is answered, and counts it. The line names the
/// route, not the address: ids of people and what was searched for stay out of the log.
pub(crate) async fn traced(State(door): State<Door>, request: Request, next: Next) -> Response {
    let began = door.now_millis();
    let id = format!("{:x}-{:x}", began, door.next_number());
    let (parts, body) = request.into_parts();
    let source = peer::of(&parts, &door).address;
    let method = parts.method.clone();
    let span = tracing::info_span!(
        "request", request = %id, %method, route = tracing::field::Empty,
        %source, actor = tracing::field::Empty,
    );
    let request = Request::from_parts(parts, body);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let millis = door.now_millis() - began;
    let class = format!("{}xx", status / 100);
    metrics::counter!("convoke_http_requests_total", "status" => class).increment(1);
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(status, millis, "answered");
        } else {
            tracing::debug!(status, millis, "answered");
        }
    });
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Carries a change to its end although its client may go: what was committed is also told to the
/// switch and the bus.
pub(crate) async fn finish(State(door): State<Door>, request: Request, next: Next) -> Response {
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        tracing::Span::current().record("route", path.as_str());
    }
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let change = next.run(request).in_current_span();
    let done = door.tasks().spawn(change).await;
    done.unwrap_or_else(|failed| match failed.try_into_panic() {
        Ok(panic) => caught(panic),
        // The runtime ends: nobody is left to answer.
        Err(_) => Problem::unavailable("The server is stopping.").into_response(),
    })
}

/// What is answered for a handler that panicked.
pub(crate) fn caught(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("?"), "a handler failed");
    Problem::internal().into_response()
}
