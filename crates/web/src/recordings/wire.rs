//! Recordings on the wire.

use serde::Serialize;
use services::recordings::RecordingView;
use utoipa::ToSchema;

use super::audio::MEDIA_TYPE;
use crate::answer::{time, time_if, words};

/// A recording of a conference.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Recording {
    id: String,
    conference_id: String,
    room_id: String,
    /// Null: the room is gone.
    room_name: Option<String>,
    customer_id: String,
    /// What became of it.
    #[schema(schema_with = words::recording_state)]
    state: String,
    /// Why it failed. There may be a part of it to hear.
    #[schema(schema_with = words::recording_failure_or_null)]
    failure: Option<String>,
    started_at: String,
    /// Null: it is being written.
    ended_at: Option<String>,
    /// So far. None: there is nothing to hear.
    bytes: u64,
    #[schema(example = "audio/ogg")]
    media_type: String,
}

impl From<RecordingView> for Recording {
    fn from(view: RecordingView) -> Self {
        let state = match (view.failure, view.ended_at) {
            (Some(_), _) => "failed",
            (None, Some(_)) => "finished",
            (None, None) => "recording",
        };
        Self {
            id: view.id.to_string(),
            room_name: view.room_name,
            state: state.to_owned(),
            failure: view.failure.map(|failure| failure.as_str().to_owned()),
            conference_id: view.conference.to_string(),
            room_id: view.room.to_string(),
            customer_id: view.customer.to_string(),
            started_at: time(view.started_at),
            ended_at: time_if(view.ended_at),
            bytes: view.bytes,
            media_type: MEDIA_TYPE.to_owned(),
        }
    }
}

crate::query! {
    /// Filters of the recordings list.
    pub(crate) struct RecordingFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// Of one room.
        #[param(nullable = false)]
        optional room_id: Option<String>,
        /// Of one conference.
        #[param(nullable = false)]
        optional conference_id: Option<String>,
    }
}

impl From<RecordingFilter> for services::recordings::RecordingFilter {
    fn from(filter: RecordingFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            room_id: filter.room_id,
            conference_id: filter.conference_id,
        }
    }
}
