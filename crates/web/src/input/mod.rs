//! Reading requests strictly: every wrong field is found at once, unknown ones included.
//!
//! A body is read from a [`serde_json::Value`] by [`body!`](crate::body), which makes a struct,
//! its schema and its reader from one list of fields; query strings are read the same way by
//! [`query!`](crate::query). serde stops at the first mistake, which is why it is not used here.

mod extract;
mod listing;
mod nothing;
mod values;

use serde_json::{Map, Value};
use services::Patch;

use crate::answer::FieldProblem;

pub(crate) use extract::{Json, Listing, PathId, Query, too_large};
pub(crate) use listing::Paging;
pub(crate) use nothing::Nothing;
pub(crate) use values::{Text, raw, raw_list};

/// More mistakes than this are not listed: a body of a megabyte must not answer with ten.
const MAX_ERRORS: usize = 100;

/// What is wrong with a request so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Query strings know only text: numbers and booleans are read from it.
    textual: bool,
    /// What keeps the request from being handed on: unknown fields, wrong types.
    shape: Vec<FieldProblem>,
    /// What the services would refuse.
    values: Vec<FieldProblem>,
}

impl Findings {
    /// For a query string.
    pub(crate) fn textual() -> Self {
        Self {
            textual: true,
            ..Self::default()
        }
    }

    /// Notes what keeps the request from being handed on.
    pub(crate) fn add(&mut self, field: &str, code: &str, message: impl Into<String>) {
        note(&mut self.shape, field, code, message.into());
    }

    /// Notes a value that the services will refuse.
    pub(crate) fn add_value(&mut self, field: &str, code: &str, message: &str) {
        note(&mut self.values, field, code, message.to_owned());
    }

    /// All mistakes, if the request cannot be handed on.
    pub(crate) fn into_errors(self) -> Vec<FieldProblem> {
        let mut errors = self.shape;
        errors.extend(self.values);
        errors.truncate(MAX_ERRORS);
        errors
    }
}

fn note(list: &mut Vec<FieldProblem>, field: &str, code: &str, message: String) {
    if list.len() < MAX_ERRORS {
        list.push(FieldProblem {
            field: field.to_owned(),
            code: code.to_owned(),
            message,
        });
    }
}

/// A value that can be read from JSON, with all that is wrong noted.
pub(crate) trait FromJson: Sized {
    /// Reads `value`, found at `at` (`features.busy.type`, `targets[2]`). None: something was
    /// noted.
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self>;

    /// What a required field is that is not there. None: something was noted.
    fn absent(at: &str, findings: &mut Findings) -> Option<Self> {
        findings.add(at, "required", "this field is required");
        None
    }
}

/// An object with named fields.
pub(crate) trait Body: Sized {
    /// Reads the fields; what was not asked for is unknown.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// Reads a whole object and refuses what nobody asked for.
pub(crate) fn object<B: Body>(value: &Value, at: &str, findings: &mut Findings) -> Option<B> {
    let Value::Object(map) = value else {
        findings.add(at, "invalid_type", "an object is expected here");
        return None;
    };
    let before = findings.shape.len();
    let mut fields = Fields {
        map,
        at,
        asked: Vec::new(),
        findings,
    };
    let body = B::read(&mut fields);
    fields.refuse_unknown();
    body.filter(|_| findings.shape.len() == before)
}

/// The fields of one object.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: &'a str,
    asked: Vec<&'static str>,
    findings: &'a mut Findings,
}

impl Fields<'_> {
    fn path(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    fn take<T: FromJson>(&mut self, name: &'static str) -> Taken<T> {
        self.asked.push(name);
        match self.map.get(name) {
            None => Taken::Absent,
            Some(Value::Null) => Taken::Null,
            Some(value) => {
                let path = self.path(name);
                T::from_json(value, &path, self.findings).map_or(Taken::Wrong, Taken::Given)
            }
        }
    }

    /// Must be there.
    pub(crate) fn required<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        match self.take(name) {
            Taken::Given(value) => Some(value),
            Taken::Wrong => None,
            Taken::Absent | Taken::Null => {
                let path = self.path(name);
                T::absent(&path, self.findings)
            }
        }
    }

    /// May be missing or null.
    pub(crate) fn optional<T: FromJson>(&mut self, name: &'static str) -> Option<Option<T>> {
        match self.take(name) {
            Taken::Given(value) => Some(Some(value)),
            Taken::Wrong => None,
            Taken::Absent | Taken::Null => Some(None),
        }
    }

    /// RFC 7396: missing leaves it as it is, null takes it away.
    pub(crate) fn patch<T: FromJson>(&mut self, name: &'static str) -> Option<Patch<T>> {
        match self.take(name) {
            Taken::Given(value) => Some(Patch::Set(value)),
            Taken::Wrong => None,
            Taken::Absent => Some(Patch::Keep),
            Taken::Null => Some(Patch::Clear),
        }
    }

    fn refuse_unknown(&mut self) {
        for name in self.map.keys() {
            if !self.asked.contains(&name.as_str()) {
                let path = self.path(name);
                self.findings
                    .add(&path, "unknown", "there is no such field");
            }
        }
    }
}

enum Taken<T> {
    Absent,
    Null,
    Wrong,
    Given(T),
}

/// Makes a request's struct, schema and strict reader from one list of fields.
///
/// Each field is `kind name: Type`, the kind being a method of [`Fields`] and the type what that
/// method answers: `required` T, `optional` `Option<T>`, `patch` `Patch<T>`.
#[macro_export]
#[doc(hidden)]
macro_rules! body {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $kind:ident $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $visibility struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)*
        }
        $crate::read_fields!($name { $($kind $field,)* });
        impl $crate::input::FromJson for $name {
            fn from_json(
                value: &serde_json::Value,
                at: &str,
                findings: &mut $crate::input::Findings,
            ) -> Option<Self> {
                $crate::input::object(value, at, findings)
            }
        }
    };
}

/// The same for the filters of a query string.
#[macro_export]
#[doc(hidden)]
macro_rules! query {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $kind:ident $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        $visibility struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)*
        }
        $crate::read_fields!($name { $($kind $field,)* });
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! read_fields {
    ($name:ident { $($kind:ident $field:ident,)* }) => {
        impl $crate::input::Body for $name {
            fn read(fields: &mut $crate::input::Fields<'_>) -> Option<Self> {
                // All are read before the first missing one ends it: every mistake is told.
                $(let $field = fields.$kind(stringify!($field));)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}

#[cfg(test)]
mod tests;
