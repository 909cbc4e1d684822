//! Records of calls and conferences as text: where they wait while the database is away.

use std::collections::HashSet;

use model::{CallView, ConferenceView, ParticipantId};
use serde::{Deserialize, Serialize};

use crate::{
    StoreError, Tx,
    codec::to_json,
    entity::{call_record, call_user, conference, participant, recording},
    repository::{calls, conferences, recordings},
    store::sealed::Linked,
};

/// The rows of one call or conference.
#[derive(Debug, Clone, PartialEq)]
pub struct Record(Rows);

/// A column that comes later needs a default here: what waits may be of the version before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rows {
    Call {
        call: Box<call_record::Model>,
        users: Vec<call_user::Model>,
    },
    Conference {
        conference: conference::Model,
        participants: Vec<participant::Model>,
        recordings: Vec<recording::Model>,
    },
}

impl Record {
    /// A call's.
    #[must_use]
    pub fn of_call(call: &CallView) -> Self {
        Self(Rows::Call {
            call: Box::new(calls::to_row(call)),
            users: calls::users_of(call),
        })
    }

    /// A conference's, with those of its participants that changed; none: all of them.
    #[must_use]
    pub fn of_conference(view: &ConferenceView, changed: Option<&HashSet<ParticipantId>>) -> Self {
        Self(Rows::Conference {
            conference: conferences::to_row(view),
            participants: conferences::participants_of(view, |id| {
                changed.is_none_or(|changed| changed.contains(&id))
            }),
            recordings: recordings::rows_of(view),
        })
    }

    /// One line, without its end.
    #[must_use]
    pub fn to_line(&self) -> String {
        to_json(&self.0)
    }

    /// What [`Record::to_line`] made.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok().map(Self)
    }

    /// Writes it; a newer one that is there stays.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `room`, [`StoreError::Unavailable`].
    pub async fn write(self, tx: &Tx) -> Result<(), StoreError> {
        match self.0 {
            Rows::Call { call, users } => calls::write(tx.link(), vec![*call], users).await,
            Rows::Conference {
                conference,
                participants,
                recordings,
            } => conferences::write(tx.link(), conference, participants, recordings).await,
        }
    }
}
