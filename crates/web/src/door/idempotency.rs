//! A POST with an `Idempotency-Key` is done once: asked again, it gets the same answer.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::{
    Context,
    idempotency::{self, Claim, Ticket},
};
use sha2::{Digest, Sha256};

use super::{
    Door,
    enter::{context_of, enter_again},
};
use crate::{answer::Problem, app::MAX_BODY, input::too_large};

/// Claims the key before the request is done, and keeps its answer after.
pub(crate) async fn once(State(_): State<Door>, request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").cloned();
    let context = context_of(request.extensions()).cloned();
    match (key, context) {
        // Without a caller there is nobody whose key it could be; the handler refuses it anyway.
        (Some(key), Some(context)) if request.method() == Method::POST => {
            let done = claimed(&context, &key, request, next).await;
            done.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn claimed(
    context: &Context,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| too_large())?;
    let key = key.to_str().unwrap_or_default();
    let fingerprint = Sha256::new()
        .chain_update(parts.method.as_str())
        .chain_update([0])
        .chain_update(parts.uri.to_string())
        .chain_update([0])
        .chain_update(&body)
        .finalize();
    match idempotency::claim(context, key, fingerprint.into()).await? {
        Claim::Done { status, body } => Ok(replay(status, &body)),
        Claim::Fresh(ticket) => {
            let mut request = Request::from_parts(parts, Body::from(body));
            let known = context.clone().with_ticket(ticket.clone());
            enter_again(request.extensions_mut(), known);
            Ok(keep(context, &ticket, next.run(request).await).await)
        }
    }
}

/// What is kept is the ETag, a line's end, and the body.
fn replay(status: u16, kept: &str) -> Response {
    let (etag, body) = kept.split_once('\n').unwrap_or_default();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let empty = body.is_empty();
    let mut response = (status, body.to_owned()).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if !empty {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    if let Some(etag) = HeaderValue::from_str(etag)
        .ok()
        .filter(|tag| !tag.is_empty())
    {
        headers.insert(header::ETAG, etag);
    }
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

/// What was done is kept; what was refused may be mended and tried again with the same key.
async fn keep(context: &Context, ticket: &Ticket, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // Our own answer, made in memory: there is no limit to keep.
    let body = to_bytes(body, usize::MAX).await.unwrap_or(Bytes::new());
    if parts.status.is_success() {
        let etag = parts.headers.get(header::ETAG);
        let etag = etag.and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        let kept = format!("{etag}\n{}", String::from_utf8_lossy(&body));
        idempotency::complete(context, ticket, parts.status.as_u16(), &kept).await;
    } else {
        idempotency::release(context, ticket).await;
    }
    Response::from_parts(parts, Body::from(body))
}
