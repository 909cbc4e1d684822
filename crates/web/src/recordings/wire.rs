//! Recordings on the wire.

use serde::Serialize;
use services::recordings::RecordingView;
use utoipa::ToSchema;

use super::audio::MEDIA_TYPE;
use crate::answer::{time, time_if};

/// A recording of a conference.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Recording {
    id: String,
    conference_id: String,
    room_id: String,
    customer_id: String,
    started_at: String,
    /// Null: it is being written.
    ended_at: Option<String>,
    /// So far.
    bytes: u64,
    #[schema(example = "audio/ogg")]
    media_type: String,
}

impl From<RecordingView> for Recording {
    fn from(view: RecordingView) -> Self {
        Self {
            id: view.id.to_string(),
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
