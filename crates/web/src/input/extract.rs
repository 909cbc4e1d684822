//! Extractors: a body, a query string and a path's id become values or the right problem.

use std::str::FromStr;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
    response::IntoResponse,
};
use serde_json::{Map, Value};
use services::Error;

use super::{Body, Fields, Findings, FromJson, Paging, read};
use crate::{answer::Problem, door::context_of};

/// A body read by its own strict reader. What is wrong with its form goes on with the context of
/// whoever asks, whose operation tells of it.
pub(crate) struct Json<B>(pub(crate) B);

impl<S: Send + Sync, B: Body> FromRequest<S> for Json<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let context = context_of(request.extensions()).cloned();
        let context = context.ok_or_else(Problem::unauthenticated)?;
        let (body, findings) = body(request, state).await?;
        context.found_wrong(findings.into_errors());
        Ok(Self(body))
    }
}

/// The same where nobody has to be signed in: what is wrong with its form is told at once.
pub(crate) struct OpenJson<B>(pub(crate) B);

impl<S: Send + Sync, B: Body> FromRequest<S> for OpenJson<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (body, findings) = body(request, state).await?;
        refuse(findings)?;
        Ok(Self(body))
    }
}

async fn body<S: Send + Sync, B: Body>(
    request: Request,
    state: &S,
) -> Result<(B, Findings), Problem> {
    let value = json(request, state).await?;
    let mut findings = Findings::default();
    match B::from_json(&value, "", &mut findings) {
        Some(body) => Ok((body, findings)),
        None => Err(Error::Invalid(findings.into_errors()).into()),
    }
}

async fn json<S: Send + Sync>(request: Request, state: &S) -> Result<Value, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(unreadable)?;
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(is_json) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "Not JSON",
            "Send the body as Content-Type: application/json.",
        ));
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::malformed(&format!("Not JSON: {error}.")))
}

fn refuse(findings: Findings) -> Result<(), Problem> {
    match findings.into_errors() {
        errors if errors.is_empty() => Ok(()),
        errors => Err(Error::Invalid(errors).into()),
    }
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
        || kind.eq_ignore_ascii_case("application/merge-patch+json")
}

fn unreadable(rejection: BytesRejection) -> Problem {
    let status = rejection.into_response().status();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::malformed("The body ended early.")
}

/// What is answered to a body beyond the limit.
pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "Too large",
        "A request body has at most one mebibyte.",
    )
}

/// An id of the path. One that is not an id names nothing, so it is not found.
pub(crate) struct PathId<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

fn pairs(parts: &Parts) -> Result<Map<String, Value>, Problem> {
    let query = parts.uri.query().unwrap_or_default();
    let mut map = Map::new();
    let mut findings = Findings::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let twice = map.insert(name.to_string(), Value::String(value.into_owned()));
        if twice.is_some() {
            findings.add(&name, "repeated", "give it once");
        }
    }
    refuse(findings)?;
    Ok(map)
}

/// A query string read by its own strict reader.
pub(crate) struct Query<Q>(pub(crate) Q);

impl<S: Send + Sync, Q: Body> FromRequestParts<S> for Query<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut findings = Findings::textual();
        let query = read(&pairs(parts)?, "", &mut findings);
        refuse(findings)?;
        Ok(Self(query))
    }
}

/// Paging and the filters of one list.
pub(crate) struct Listing<F> {
    /// Which page, in which order, with which search text.
    pub(crate) paging: Paging,
    /// Field filters.
    pub(crate) filter: F,
}

impl<F: Body> Body for Listing<F> {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            paging: Paging::read(fields),
            filter: F::read(fields),
        }
    }
}

impl<S: Send + Sync, F: Body> FromRequestParts<S> for Listing<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(listing) = Query::<Self>::from_request_parts(parts, state).await?;
        Ok(listing)
    }
}
