//! What is answered: problems, pages, ETags.

mod page;
mod problem;
mod resource;
pub(crate) mod words;

pub(crate) use page::Page;
pub(crate) use problem::{FieldProblem, Problem, ProblemBody, UsedIn};
pub(crate) use resource::{Created, IfMatch, Tagged, Versioned};

use model::Timestamp;

/// A time as every answer writes it: RFC 3339 in UTC.
pub(crate) fn time(at: Timestamp) -> String {
    at.to_string()
}

/// The same where there may be none.
pub(crate) fn time_if(at: Option<Timestamp>) -> Option<String> {
    at.map(time)
}
