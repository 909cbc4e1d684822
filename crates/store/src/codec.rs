//! How values of `model` are written into columns. A stored name is never changed: it is on disk.

use std::{fmt::Write as _, net::IpAddr, str::FromStr};

use model::{
    Announce, ConferenceRole, Destination, EndCause, Extension, Grant, NodeKind, ParticipantState,
    Principal, RecordPolicy, Timestamp, TonePlan,
};
use uuid::Uuid;

use crate::StoreError;

/// Reads columns of one table, and names it in what goes wrong.
#[derive(Clone, Copy)]
pub(crate) struct Table(pub(crate) &'static str);

impl Table {
    pub(crate) fn corrupt(self, what: impl Into<String>) -> StoreError {
        StoreError::Corrupt {
            table: self.0,
            what: what.into(),
        }
    }

    /// A value that was parsed before it was written.
    pub(crate) fn parse<T, E: std::fmt::Display>(
        self,
        column: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        parse(text).map_err(|error| self.corrupt(format!("{column}: {error}")))
    }

    /// The same for a column that may be empty.
    pub(crate) fn parse_some<T, E: std::fmt::Display>(
        self,
        column: &str,
        text: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.parse(column, text, parse)).transpose()
    }

    /// One of a closed set of names.
    pub(crate) fn name<T>(
        self,
        column: &str,
        text: &str,
        by_name: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        by_name(text).ok_or_else(|| self.corrupt(format!("{column}: unknown name {text:?}")))
    }

    pub(crate) fn time(self, column: &str, nanoseconds: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_nanosecond(i128::from(nanoseconds))
            .map_err(|error| self.corrupt(format!("{column}: {error}")))
    }

    pub(crate) fn time_some(
        self,
        column: &str,
        nanoseconds: Option<i64>,
    ) -> Result<Option<Timestamp>, StoreError> {
        nanoseconds
            .map(|value| self.time(column, value))
            .transpose()
    }

    /// A count that was made from an unsigned one.
    pub(crate) fn count<T: TryFrom<i64>>(self, column: &str, value: i64) -> Result<T, StoreError> {
        T::try_from(value).map_err(|_| self.corrupt(format!("{column}: {value} is out of range")))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        self,
        column: &str,
        text: &str,
    ) -> Result<T, StoreError> {
        self.parse(column, text, |text| serde_json::from_str(text))
    }

    pub(crate) fn address(
        self,
        column: &str,
        text: Option<&str>,
    ) -> Result<Option<IpAddr>, StoreError> {
        self.parse_some(column, text, IpAddr::from_str)
    }
}

/// Nanoseconds since 1970; what lies beyond the year 2262 stays there.
pub(crate) fn nanoseconds(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX)
}

/// Versions and sequences never reach the end of `i64`.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// JSON of plain data: strings, numbers, lists and maps with text keys always serialise.
pub(crate) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data with text keys serialises")
}

/// Text that came over the network: PostgreSQL keeps no U+0000 (SIP allows it in quoted strings),
/// and one such name must not cost a record.
pub(crate) fn text(text: &str) -> String {
    text.replace('\0', "")
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

pub(crate) fn destination(destination: &Destination) -> String {
    match destination {
        Destination::Extension(number) => format!("extension:{number}"),
        Destination::Conference(number) => format!("conference:{number}"),
        Destination::HangUp => "hangup".to_owned(),
    }
}

pub(crate) fn destination_from(text: &str) -> Result<Destination, String> {
    let number = |digits: &str| Extension::parse(digits).map_err(|error| error.to_string());
    match text.split_once(':') {
        Some(("extension", digits)) => number(digits).map(Destination::Extension),
        Some(("conference", digits)) => number(digits).map(Destination::Conference),
        None if text == "hangup" => Ok(Destination::HangUp),
        _ => Err(format!("unknown destination {text:?}")),
    }
}

/// Who acted, as kind and id.
pub(crate) fn principal(principal: &Principal) -> (&'static str, Option<Uuid>) {
    match principal {
        Principal::User(user) => ("user", Some(user.uuid())),
        Principal::ConferenceManager { id, .. } => ("conference_manager", Some(id.uuid())),
        Principal::ApiKey(key) => ("api_key", Some(key.uuid())),
        Principal::Phone(user) => ("phone", user.map(model::UserId::uuid)),
        Principal::System => ("system", None),
    }
}

pub(crate) fn principal_from(kind: &str, id: Option<Uuid>) -> Option<Principal> {
    Some(match (kind, id) {
        ("user", Some(id)) => Principal::User(model::UserId::from_uuid(id)),
        ("conference_manager", Some(id)) => Principal::ConferenceManager {
            id: model::ManagerId::from_uuid(id),
            rooms: None,
        },
        ("api_key", Some(id)) => Principal::ApiKey(model::ApiKeyId::from_uuid(id)),
        ("phone", id) => Principal::Phone(id.map(model::UserId::from_uuid)),
        ("system", None) => Principal::System,
        _ => return None,
    })
}

/// Grants as JSON: `[["user","read","customer"],["*","*","subtree"]]`.
pub(crate) fn grants(grants: &[Grant]) -> String {
    let rows: Vec<[&str; 3]> = grants
        .iter()
        .map(|grant| {
            [
                grant.model_name(),
                grant.operation_name(),
                grant.scope.as_str(),
            ]
        })
        .collect();
    to_json(&rows)
}

pub(crate) fn grants_from(table: Table, text: &str) -> Result<Vec<Grant>, StoreError> {
    let rows: Vec<[String; 3]> = table.json("grants", text)?;
    rows.iter()
        .map(|[model, operation, scope]| {
            Ok(Grant {
                model: wildcard(model, |name| {
                    table.name("grants", name, model::Model::from_name)
                })?,
                operation: wildcard(operation, |name| {
                    table.name("grants", name, model::Operation::from_name)
                })?,
                scope: table.name("grants", scope, model::Scope::from_name)?,
            })
        })
        .collect()
}

fn wildcard<T>(
    name: &str,
    by_name: impl Fn(&str) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    if name == Grant::WILDCARD {
        Ok(None)
    } else {
        by_name(name).map(Some)
    }
}

/// An end cause with the SIP status of [`EndCause::Failed`]: `busy`, `failed:503`.
pub(crate) fn end_cause(cause: EndCause) -> String {
    match cause {
        EndCause::Failed(status) => format!("failed:{status}"),
        other => other.as_str().to_owned(),
    }
}

pub(crate) fn end_cause_from(text: &str) -> Option<EndCause> {
    match text.strip_prefix("failed:") {
        Some(status) => status.parse().ok().map(EndCause::Failed),
        None => EndCause::from_name(text),
    }
}

/// Names of small enums that `model` has no table for, both ways.
macro_rules! names {
    ($to:ident, $from:ident, $type:ident { $($variant:ident => $name:literal),* $(,)? }) => {
        pub(crate) const fn $to(value: $type) -> &'static str {
            match value { $($type::$variant => $name),* }
        }

        pub(crate) fn $from(name: &str) -> Option<$type> {
            match name { $($name => Some($type::$variant),)* _ => None }
        }
    };
}

names!(node_kind, node_kind_from, NodeKind {
    Provider => "provider", Customer => "customer", Site => "site",
});

names!(tone_plan, tone_plan_from, TonePlan {
    Europe => "europe", NorthAmerica => "north_america", UnitedKingdom => "united_kingdom",
});

names!(announce, announce_from, Announce { Tone => "tone", None => "none" });

names!(record_policy, record_policy_from, RecordPolicy {
    Off => "off", OnDemand => "on_demand", Always => "always",
});

names!(conference_role, conference_role_from, ConferenceRole {
    Guest => "guest", Participant => "participant", Operator => "operator",
    Moderator => "moderator", Owner => "owner",
});

names!(participant_state, participant_state_from, ParticipantState {
    Calling => "calling", Ringing => "ringing", Lobby => "lobby", Joined => "joined",
    Busy => "busy", NoAnswer => "no_answer", Failed => "failed", Left => "left",
    Kicked => "kicked",
});
