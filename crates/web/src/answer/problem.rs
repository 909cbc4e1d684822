//! RFC 9457 problem details: the one form of every refusal.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// One wrong field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub(crate) struct FieldProblem {
    /// Where: `extension`, `features.busy.type`, `targets[2]`.
    #[schema(example = "extension")]
    pub(crate) field: String,
    /// For programs: `required`, `invalid`, `taken`, `unknown`, …
    #[schema(example = "taken")]
    pub(crate) code: String,
    /// For people.
    #[schema(example = "extension 201 belongs to Anna Berg")]
    pub(crate) message: String,
}

/// Something that uses what was to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UsedIn {
    /// What kind of thing it is.
    #[schema(example = "conference_room")]
    pub(crate) kind: String,
    /// Which.
    pub(crate) id: String,
    /// Its name.
    #[schema(example = "Board")]
    pub(crate) name: String,
}

/// Why a request was refused (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// What kind of problem, for programs.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    kind: String,
    /// The kind in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened and what to do.
    detail: String,
    /// All wrong fields, for invalid input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    errors: Option<Vec<FieldProblem>>,
    /// What uses it, where something in use was to be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    used_in: Option<Vec<UsedIn>>,
    /// What is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// The conference that is running already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    conference_id: Option<String>,
}

/// A refusal on its way out.
#[derive(Debug)]
pub(crate) struct Problem {
    body: Box<ProblemBody>,
    retry_after_secs: Option<u64>,
}

impl Problem {
    /// A problem of a kind (`in-use`) with a sentence on what happened and what to do.
    pub(crate) fn new(status: StatusCode, kind: &str, title: &str, detail: &str) -> Self {
        Self {
            body: Box::new(ProblemBody {
                kind: format!("/problems/{kind}"),
                title: title.to_owned(),
                status: status.as_u16(),
                detail: detail.to_owned(),
                errors: None,
                used_in: None,
                id: None,
                conference_id: None,
            }),
            retry_after_secs: None,
        }
    }

    /// 400: it cannot be parsed.
    pub(crate) fn malformed(detail: &str) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, "malformed", "The request cannot be read", detail)
    }

    /// 401: no session, no key, or a wrong one.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Not signed in",
            "Sign in, or send Authorization: Bearer with a valid key.",
        )
    }

    /// Whether it is the answer to a missing, wrong or ended credential.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        self.body.status == StatusCode::UNAUTHORIZED.as_u16()
    }

    /// 403 with the reason.
    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// 404: not there, or not yours to know of.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "There is no such thing, or it is not yours to see.",
        )
    }

    /// 422 with every wrong field.
    pub(crate) fn invalid(errors: Vec<FieldProblem>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            many => format!("{} fields are wrong; see errors.", many.len()),
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut problem = Self::new(status, "invalid", "Invalid input", &detail);
        problem.body.errors = Some(errors);
        problem
    }

    /// 409 with what uses it.
    pub(crate) fn in_use(used_in: Vec<UsedIn>) -> Self {
        let mut problem = Self::new(
            StatusCode::CONFLICT,
            "in-use",
            "Still in use",
            "Replace or remove its uses first; see used_in.",
        );
        problem.body.used_in = Some(used_in);
        problem
    }

    /// 409: the present state does not allow it; `code` says why.
    pub(crate) fn conflict(code: &str, detail: &str, id: Option<String>) -> Self {
        let kind = code.replace('_', "-");
        let mut problem = Self::new(StatusCode::CONFLICT, &kind, "Not possible now", detail);
        if code == "already_running" {
            problem.body.conference_id.clone_from(&id);
        }
        problem.body.id = id;
        problem
    }

    /// 412: somebody else was faster.
    pub(crate) fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "changed-elsewhere",
            "Changed elsewhere",
            "It was changed since it was read; read it again and repeat the change.",
        )
    }

    /// 429 with when to come back.
    pub(crate) fn rate_limited(retry_after_secs: u64) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate-limited",
            "Too many requests",
            &format!("Try again in {retry_after_secs} seconds."),
        );
        problem.retry_after_secs = Some(retry_after_secs);
        problem
    }

    /// 503: it will be back.
    pub(crate) fn unavailable(detail: &str) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut problem = Self::new(status, "unavailable", "Unavailable for the moment", detail);
        problem.retry_after_secs = Some(1);
        problem
    }

    /// 500. The cause is in the log, never in the answer.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "Something failed in the server; its log has the reason.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Plain data: it always serialises.
        let json = serde_json::to_vec(&*self.body).unwrap_or_default();
        let mut response = (status, json).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
