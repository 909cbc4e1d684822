//! How single values are read: the parsers of `model`, with their codes and sentences.

use std::{fmt, marker::PhantomData, str::FromStr};

use model::{Invalid, Secret, Timestamp};
use serde_json::Value;
use services::Patch;

use super::{Findings, FromJson};

fn text<'a>(value: &'a Value, at: &str, findings: &mut Findings) -> Option<&'a str> {
    let Value::String(text) = value else {
        findings.add(at, "invalid_type", "text is expected here");
        return None;
    };
    Some(text)
}

/// Text that the services parse as a `T`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text<T> {
    raw: String,
    of: PhantomData<T>,
}

impl<T> Text<T> {
    /// As it was sent.
    pub(crate) fn into_raw(self) -> String {
        self.raw
    }
}

impl<T> fmt::Debug for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.raw)
    }
}

impl<T: Parse> FromJson for Text<T> {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let raw = text(value, at, findings)?.to_owned();
        if let Err(invalid) = T::parse(&raw) {
            findings.add_value(at, invalid.code, invalid.message);
        }
        Some(Self {
            raw,
            of: PhantomData,
        })
    }

    /// Handed on as empty text: the services tell of it together with the other fields.
    fn absent(at: &str, findings: &mut Findings) -> Option<Self> {
        findings.add_value(at, "required", "this field is required");
        Some(Self {
            raw: String::new(),
            of: PhantomData,
        })
    }
}

/// A change as the services take it.
pub(crate) fn raw<T>(patch: Patch<Text<T>>) -> Patch<String> {
    match patch {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(text) => Patch::Set(text.raw),
    }
}

/// A change of a list as the services take it.
pub(crate) fn raw_list<T>(patch: Patch<Vec<Text<T>>>) -> Patch<Vec<String>> {
    match patch {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(list) => Patch::Set(list.into_iter().map(Text::into_raw).collect()),
    }
}

/// Something that `model` parses from text.
pub(crate) trait Parse: Sized {
    /// Its parser.
    fn parse(text: &str) -> Result<Self, Invalid>;
}

macro_rules! parse_by_model {
    ($($type:ident),* $(,)?) => {$(
        impl Parse for model::$type {
            fn parse(text: &str) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }
    )*};
}

parse_by_model!(
    AccountName,
    DialTarget,
    DisplayName,
    Email,
    Extension,
    MacAddress,
    Pin,
    Username,
);

macro_rules! parse_ids {
    ($($name:ident),* $(,)?) => {$(
        impl Parse for model::$name {
            fn parse(text: &str) -> Result<Self, Invalid> {
                text.parse().map_err(|_| Invalid {
                    code: "invalid",
                    message: "not an id",
                })
            }
        }
    )*};
}

parse_ids!(CustomerId, SiteId, UserId, RoomId, ParticipantId);

impl FromJson for model::UserId {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let id = text(value, at, findings)?.parse().ok();
        if id.is_none() {
            findings.add(at, "invalid", "not an id");
        }
        id
    }
}

/// Longest text that is taken where nothing smaller is said.
const MAX_TEXT: usize = 1_000;

impl FromJson for String {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let text = text(value, at, findings)?;
        if text.chars().count() > MAX_TEXT {
            findings.add(at, "too_long", format!("at most {MAX_TEXT} characters"));
            return None;
        }
        if model::has_control(text) {
            findings.add(at, "invalid", "no line breaks or control characters");
            return None;
        }
        Some(text.to_owned())
    }
}

impl FromJson for Secret {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let text = text(value, at, findings)?;
        if text.is_empty() {
            findings.add(at, "required", "this field is required");
            return None;
        }
        // Argon2 takes what it is given: a bound keeps a sign-in from being made expensive.
        if text.len() > 256 {
            findings.add(at, "too_long", "at most 256 bytes");
            return None;
        }
        Some(Self::new(text))
    }
}

impl FromJson for bool {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        match value {
            Value::Bool(on) => Some(*on),
            Value::String(text) if findings.textual && text == "true" => Some(true),
            Value::String(text) if findings.textual && text == "false" => Some(false),
            _ => {
                findings.add(at, "invalid_type", "true or false is expected here");
                None
            }
        }
    }
}

impl FromJson for i64 {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) if findings.textual => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            let code = if value.is_number() {
                "out_of_range"
            } else {
                "invalid_type"
            };
            findings.add(at, code, "a whole number is expected here");
        }
        number
    }
}

impl FromJson for Timestamp {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let text = text(value, at, findings)?;
        let parsed = Self::from_str(text).ok();
        if parsed.is_none() {
            let message = "a time is RFC 3339, such as 2026-11-22T09:30:00Z";
            findings.add(at, "invalid", message);
        }
        parsed
    }
}

/// Most entries that a list in a body may have.
const MAX_LIST: usize = 2_000;

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let Value::Array(values) = value else {
            findings.add(at, "invalid_type", "a list is expected here");
            return None;
        };
        if values.len() > MAX_LIST {
            findings.add(at, "too_long", format!("at most {MAX_LIST} entries"));
            return None;
        }
        let mut list = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            list.extend(T::from_json(value, &format!("{at}[{index}]"), findings));
        }
        (list.len() == values.len()).then_some(list)
    }
}
