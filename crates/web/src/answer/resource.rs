//! Answers that carry a version: ETag out, If-Match in.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::Problem;

/// Something whose changes are counted.
pub(crate) trait Versioned {
    /// Counts changes.
    fn version(&self) -> u64;
}

/// 200 with a resource and its ETag.
pub(crate) struct Tagged<T>(pub(crate) T);

/// 201 with a resource and its ETag.
pub(crate) struct Created<T>(pub(crate) T);

fn tagged<T: Serialize + Versioned>(status: StatusCode, body: &T) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", body.version())) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl<T: Serialize + Versioned> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        tagged(StatusCode::OK, &self.0)
    }
}

impl<T: Serialize + Versioned> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        tagged(StatusCode::CREATED, &self.0)
    }
}

/// The version that a change is based on, if the client says so (RFC 9110 §13.1.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let text = value.to_str().map_err(|_| Problem::precondition_failed())?;
        if text.trim() == "*" {
            return Ok(Self(None));
        }
        // Tags are versions in quotes; anything else was never given out, so cannot match.
        let version = text.trim().trim_matches('"').parse();
        version
            .map(|version| Self(Some(version)))
            .map_err(|_| Problem::precondition_failed())
    }
}
