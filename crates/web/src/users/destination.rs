//! Where a call goes when its first target does not take it.

use serde::Serialize;
use services::users::DestinationInput;
use utoipa::ToSchema;

use crate::{
    answer::words,
    input::{Body, Fields},
};

/// A target of calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Destination {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(schema_with = words::destination)]
    kind: String,
    /// Its number; empty for `hangup`.
    #[schema(example = "202")]
    target: String,
}

impl From<&model::Destination> for Destination {
    fn from(destination: &model::Destination) -> Self {
        let (kind, target) = match destination {
            model::Destination::Extension(number) => ("extension", number.to_string()),
            model::Destination::Conference(number) => ("conference", number.to_string()),
            model::Destination::HangUp => ("hangup", String::new()),
        };
        Self {
            kind: kind.to_owned(),
            target,
        }
    }
}

/// A destination as it is given.
#[derive(Debug, Clone, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDestination {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(schema_with = words::destination)]
    kind: String,
    /// Its number; empty for `hangup`.
    #[schema(required = false, example = "202")]
    target: String,
}

impl Body for NewDestination {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            kind: fields.required("type"),
            target: fields.optional("target").unwrap_or_default(),
        }
    }
}

impl From<NewDestination> for DestinationInput {
    fn from(new: NewDestination) -> Self {
        Self {
            kind: new.kind,
            target: new.target,
        }
    }
}
