//! The one closed error of all operations. Doors map it once: its texts say what to do, its
//! sources are logged here and never shown.

use std::fmt;

use model::{Invalid, SwitchError};

/// One wrong field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path as the API names it: `features.ring_time`, `device.mac`.
    pub field: String,
    /// Stable and snake_case: `required`, `taken`, `out_of_range`, …
    pub code: &'static str,
    /// What is expected, in a sentence.
    pub message: String,
}

/// A thing that uses another and keeps it from being deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// `user`, `conference_room`, `conference_manager`, `site`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Why an operation was not done. Nothing was changed, unless the variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// 401: no, wrong or expired credentials.
    Unauthenticated,
    /// 422: every wrong field.
    Invalid(Vec<FieldError>),
    /// 404: not there, or another customer's.
    NotFound(&'static str),
    /// 403: the actor may see it, but not do this.
    Forbidden {
        /// `update`, `start`, …
        operation: &'static str,
        /// `conference_room`, …
        model: &'static str,
    },
    /// 409: the present state does not allow it.
    Conflict {
        /// Stable: `already_running`, `ended`, …
        code: &'static str,
        /// What to do, in a sentence.
        message: String,
        /// The resource that is in the way, if there is one.
        id: Option<String>,
    },
    /// 409 with `used_in`.
    InUse(Vec<Use>),
    /// 412: changed since it was read.
    PreconditionFailed,
    /// 429: too many tries.
    RateLimited {
        /// When to try again.
        retry_after_secs: u32,
    },
    /// 503: the database or the switch does not answer now; nothing was acknowledged.
    Unavailable(&'static str),
    /// 503: the disk of the database is full.
    DiskFull,
    /// 500: a defect, logged with its sources.
    Internal,
}

impl Error {
    /// One wrong field.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            code,
            message: message.into(),
        }])
    }

    /// Logs a defect and hides its sources.
    pub(crate) fn internal(act: &str, source: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(act, error = chain(source), "an operation failed");
        Self::Internal
    }
}

/// An error with what caused it, and what caused that.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthenticated => f.write_str("sign in, or give a valid key"),
            Self::Invalid(fields) => {
                f.write_str("some fields are wrong")?;
                for (index, field) in fields.iter().enumerate() {
                    let sign = if index == 0 { ": " } else { "; " };
                    write!(f, "{sign}{}: {}", field.field, field.message)?;
                }
                Ok(())
            }
            Self::NotFound(what) => write!(f, "there is no such {what}"),
            Self::Forbidden { operation, model } => write!(
                f,
                "your access profile does not allow {operation} of {model}; ask an administrator"
            ),
            Self::Conflict { message, .. } => f.write_str(message),
            Self::InUse(uses) => write!(
                f,
                "it is used in {} places; remove or replace those first",
                uses.len()
            ),
            Self::PreconditionFailed => {
                f.write_str("it was changed since you read it; read it again and repeat the change")
            }
            Self::RateLimited { retry_after_secs } => {
                write!(f, "too many tries; try again in {retry_after_secs} seconds")
            }
            Self::Unavailable(what) => {
                write!(
                    f,
                    "{what} does not answer now; nothing was changed, try again shortly"
                )
            }
            Self::DiskFull => f.write_str(
                "the disk of the server is full and nothing was changed; make room on it, then try again",
            ),
            Self::Internal => f.write_str("something failed in the server; its log says what"),
        }
    }
}

impl std::error::Error for Error {}

impl From<SwitchError> for Error {
    fn from(error: SwitchError) -> Self {
        match &error {
            SwitchError::NotRunning => Self::Conflict {
                code: "ended",
                message: "the conference is over; start the room again".into(),
                id: None,
            },
            SwitchError::AlreadyRunning(id) => Self::Conflict {
                code: "already_running",
                message: "the room is running a conference already; join or end that one".into(),
                id: Some(id.to_string()),
            },
            SwitchError::RoomFull { max } => Self::field(
                "invite",
                "room_full",
                format!(
                    "the room holds {max} participants, the host included; invite fewer or raise the limit"
                ),
            ),
            SwitchError::UnknownParticipants(ids) => Self::field(
                "participants",
                "unknown",
                format!(
                    "{} of the participants are not in this conference",
                    ids.len()
                ),
            ),
            SwitchError::NotBlocked => Self::NotFound("blocked_source"),
            SwitchError::Unavailable => Self::Unavailable("the switch"),
        }
    }
}

/// Collects all wrong fields of an input, so that they are told at once.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    all: Vec<FieldError>,
    /// How many of them the door had found: what stands in the place of such a field is not
    /// judged.
    found_before: usize,
}

impl Fields {
    /// What the door has found.
    pub(crate) const fn of(found: Vec<FieldError>) -> Self {
        Self {
            found_before: found.len(),
            all: found,
        }
    }

    /// Notes a wrong field.
    pub(crate) fn add(
        &mut self,
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) {
        let field = field.into();
        let found_before = &self.all[..self.found_before];
        if found_before.iter().any(|e| e.field == field) {
            return;
        }
        self.all.push(FieldError {
            field,
            code,
            message: message.into(),
        });
    }

    /// The value, or its error noted.
    pub(crate) fn take<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, error.code, error.message);
                None
            }
        }
    }

    /// Whether this field was noted before.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.all.iter().any(|e| e.field == field)
    }

    /// How many were noted.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Fails if anything was noted.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.all.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.all))
        }
    }
}
