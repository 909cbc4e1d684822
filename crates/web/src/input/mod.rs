//! Reading requests strictly: every wrong field is found at once, unknown ones included.
//!
//! A body is read from a [`serde_json::Value`] by [`body!`](crate::body), which makes a struct,
//! its schema and its reader from one list of fields; query strings are read the same way by
//! [`query!`](crate::query). serde stops at the first mistake, which is why it is not used here.
//!
//! What is wrong with a body's form is not told by itself: it goes on with the context, so that
//! the operation tells of it together with the values that only it can judge, and changes nothing.

mod extract;
mod listing;
mod nothing;
mod values;

use serde_json::{Map, Value};
use services::{FieldError, Patch};

pub(crate) use extract::{Json, Listing, OpenJson, PathId, Query, too_large};
pub(crate) use listing::Paging;
pub(crate) use nothing::Nothing;

/// More mistakes than this are not listed: a body of a megabyte must not answer with ten.
const MAX_ERRORS: usize = 100;

/// What is wrong with the form of a request so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Query strings know only text: numbers and booleans are read from it.
    textual: bool,
    errors: Vec<FieldError>,
}

impl Findings {
    /// For a query string.
    pub(crate) fn textual() -> Self {
        Self {
            textual: true,
            ..Self::default()
        }
    }

    /// Notes a wrong field.
    pub(crate) fn add(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError {
                field: field.to_owned(),
                code,
                message: message.into(),
            });
        }
    }

    /// All mistakes.
    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

/// A value that can be read from JSON, with all that is wrong noted.
pub(crate) trait FromJson: Sized {
    /// Reads `value`, found at `at` (`features.busy.type`, `targets[2]`). None: something was
    /// noted.
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self>;
}

/// Something that can stand for a value that is missing or wrong, once that has been noted, so
/// that the rest of the request is still judged. Nothing is ever done with it.
pub(crate) trait StandIn {
    /// As empty as it can be.
    fn stand_in() -> Self;
}

/// An object with named fields.
pub(crate) trait Body: Sized {
    /// Reads the fields, noting what is wrong; what was not asked for is unknown.
    fn read(fields: &mut Fields<'_>) -> Self;
}

impl<B: Body> StandIn for B {
    fn stand_in() -> Self {
        read(&Map::new(), "", &mut Findings::default())
    }
}

impl<B: Body> FromJson for B {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let Value::Object(map) = value else {
            findings.add(at, "invalid_type", "an object is expected here");
            return None;
        };
        Some(read(map, at, findings))
    }
}

/// Reads a whole object and notes what nobody asked for.
fn read<B: Body>(map: &Map<String, Value>, at: &str, findings: &mut Findings) -> B {
    let mut fields = Fields {
        map,
        at,
        asked: Vec::new(),
        findings,
    };
    let body = B::read(&mut fields);
    fields.note_unknown();
    body
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
    pub(crate) fn required<T: FromJson + StandIn>(&mut self, name: &'static str) -> T {
        match self.take(name) {
            Taken::Given(value) => return value,
            Taken::Wrong => {}
            Taken::Absent | Taken::Null => {
                let path = self.path(name);
                self.findings
                    .add(&path, "required", "this field is required");
            }
        }
        T::stand_in()
    }

    /// May be missing or null.
    pub(crate) fn optional<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        match self.take(name) {
            Taken::Given(value) => Some(value),
            Taken::Wrong | Taken::Absent | Taken::Null => None,
        }
    }

    /// RFC 7396: missing leaves it as it is, null takes it away.
    pub(crate) fn patch<T: FromJson>(&mut self, name: &'static str) -> Patch<T> {
        match self.take(name) {
            Taken::Given(value) => Patch::Set(value),
            Taken::Wrong | Taken::Absent => Patch::Keep,
            Taken::Null => Patch::Clear,
        }
    }

    fn note_unknown(&mut self) {
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
            fn read(fields: &mut $crate::input::Fields<'_>) -> Self {
                Self { $($field: fields.$kind(stringify!($field)),)* }
            }
        }
    };
}

#[cfg(test)]
mod tests;
