//! The one place where an error of the services becomes an answer.

use services::{Error, FieldError, Use};

use crate::answer::{FieldProblem, Problem, UsedIn};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = sentence(&error);
        match error {
            Error::Unauthenticated => Self::unauthenticated(),
            Error::Invalid(fields) => {
                Self::invalid(fields.into_iter().map(FieldProblem::from).collect())
            }
            Error::NotFound(_) => Self::not_found(),
            Error::Forbidden { .. } => Self::forbidden(&text),
            Error::Conflict { code, id, .. } => Self::conflict(code, &text, id),
            Error::InUse(uses) => Self::in_use(uses.into_iter().map(UsedIn::from).collect()),
            Error::PreconditionFailed => Self::precondition_failed(),
            Error::RateLimited { retry_after_secs } => {
                Self::rate_limited(u64::from(retry_after_secs))
            }
            Error::Unavailable(_) | Error::DiskFull => Self::unavailable(&text),
            Error::Internal => Self::internal(),
        }
    }
}

/// Errors are written to be part of a sentence; a detail is one.
fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => text,
    }
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> Self {
        Self {
            field: error.field,
            code: error.code.to_owned(),
            message: error.message,
        }
    }
}

impl From<Use> for UsedIn {
    fn from(using: Use) -> Self {
        Self {
            kind: using.kind.to_owned(),
            id: using.id,
            name: using.name,
        }
    }
}
