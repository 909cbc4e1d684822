//! How single values are read. What a text means is for the services to say.

use std::str::FromStr;

use model::{Secret, Timestamp};
use serde_json::Value;

use super::{Findings, FromJson, StandIn};

fn text<'a>(value: &'a Value, at: &str, findings: &mut Findings) -> Option<&'a str> {
    let Value::String(text) = value else {
        findings.add(at, "invalid_type", "text is expected here");
        return None;
    };
    Some(text)
}

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

impl StandIn for String {
    fn stand_in() -> Self {
        Self::new()
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

impl StandIn for Secret {
    fn stand_in() -> Self {
        Self::new("")
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

impl StandIn for bool {
    fn stand_in() -> Self {
        false
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

impl<T: FromJson + StandIn> FromJson for Vec<T> {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let Value::Array(values) = value else {
            findings.add(at, "invalid_type", "a list is expected here");
            return None;
        };
        if values.len() > MAX_LIST {
            findings.add(at, "too_long", format!("at most {MAX_LIST} entries"));
            return None;
        }
        let entries = values.iter().enumerate().map(|(index, value)| {
            T::from_json(value, &format!("{at}[{index}]"), findings).unwrap_or_else(T::stand_in)
        });
        Some(entries.collect())
    }
}

impl<T> StandIn for Vec<T> {
    fn stand_in() -> Self {
        Self::new()
    }
}
