//! Recordings of conferences: files that the switch writes, read here and never changed.
//!
//! A file is named after its conference and counted within it, so the folder is the list; whose it
//! is says the conference's row. What is written down beside it says when it ran and why it failed:
//! of one that failed there may be no file at all.

mod delete;
mod list;
mod open;

pub use delete::delete;
pub use list::list;
pub use open::{Part, open};

use std::{collections::HashMap, fmt, path::PathBuf, str::FromStr};

use model::{
    ConferenceId, CustomerId, Model, Operation, RecordedFile, RecordingFailure, RoomId, Timestamp,
};

use crate::{Context, Error, change::store_error, gate::Target};

/// Which recording: the conference, and which of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId {
    conference: ConferenceId,
    number: u32,
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.conference, self.number)
    }
}

impl FromStr for RecordingId {
    type Err = ();

    /// Only what [`fmt::Display`] writes: an id is also a file's name.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (conference, number) = text.rsplit_once('-').ok_or(())?;
        let id = Self {
            conference: conference.parse().map_err(|_| ())?,
            number: number.parse().map_err(|_| ())?,
        };
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(())
        }
    }
}

/// A recording as doors show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingView {
    /// Which.
    pub id: RecordingId,
    /// Of which conference.
    pub conference: ConferenceId,
    /// In which room.
    pub room: RoomId,
    /// The room's name; none: the room is gone.
    pub room_name: Option<String>,
    /// Whose.
    pub customer: CustomerId,
    /// When it began: the conference's start where nothing says better.
    pub started_at: Timestamp,
    /// When it ended; none: it is being written.
    pub ended_at: Option<Timestamp>,
    /// So far; none at all of one that could not even be begun.
    pub bytes: u64,
    /// Why it ended by itself, if it did.
    pub failure: Option<RecordingFailure>,
}

/// Filters of the recordings list.
#[derive(Debug, Clone, Default)]
pub struct RecordingFilter {
    /// One customer's.
    pub customer_id: Option<String>,
    /// Of one room.
    pub room_id: Option<String>,
    /// Of one conference.
    pub conference_id: Option<String>,
}

/// What every file's name ends with.
const SUFFIX: &str = ".opus";

/// A file in the folder.
#[derive(Debug, Clone, Copy)]
struct Found {
    bytes: u64,
    created_at: Option<Timestamp>,
    changed_at: Option<Timestamp>,
}

impl Found {
    fn new(metadata: &std::fs::Metadata) -> Self {
        let time = |at: std::io::Result<std::time::SystemTime>| {
            at.ok().and_then(|at| Timestamp::try_from(at).ok())
        };
        Self {
            bytes: metadata.len(),
            created_at: time(metadata.created()),
            changed_at: time(metadata.modified()),
        }
    }
}

/// A recording from the file, what is written down of it, and its conference. None: there is
/// neither a file nor a failure to tell of.
fn view(
    ctx: &Context,
    id: RecordingId,
    file: Option<Found>,
    known: Option<RecordedFile>,
    of: &store::ConferencePlace,
) -> Option<RecordingView> {
    let failure = known.and_then(|known| known.failure);
    if file.is_none() && failure.is_none() {
        return None;
    }
    let started_at = known
        .map(|known| known.started_at)
        .or(file.and_then(|file| file.created_at))
        .unwrap_or(of.started_at);
    let ended_at = known
        .and_then(|known| known.ended_at)
        .or(file.and_then(|file| file.changed_at))
        .or(of.ended_at)
        .unwrap_or(started_at);
    let room = ctx
        .directory()
        .room(of.room)
        .map(|room| room.name.to_string());
    Some(RecordingView {
        id,
        conference: of.id,
        room: of.room,
        room_name: room,
        customer: of.customer,
        started_at,
        ended_at: (!is_written(ctx, id)).then_some(ended_at),
        bytes: file.map_or(0, |file| file.bytes),
        failure,
    })
}

/// What is written down of these conferences' recordings. A running one knows more than its rows,
/// but not what was deleted.
async fn known(
    ctx: &Context,
    conferences: &[ConferenceId],
) -> Result<HashMap<RecordingId, RecordedFile>, Error> {
    let reader = ctx.services().store().read();
    let rows = reader.recordings().of(ctx.scope(), conferences).await;
    let rows = rows.map_err(|e| store_error("read what is known of recordings", e))?;
    let id = |conference, file: &RecordedFile| RecordingId {
        conference,
        number: file.number,
    };
    let mut known: HashMap<_, _> = rows
        .iter()
        .map(|row| (id(row.conference, &row.file), row.file))
        .collect();
    for live in conferences
        .iter()
        .filter_map(|of| ctx.services().live().conference(*of))
    {
        known.extend(
            live.recordings
                .iter()
                .map(|file| (id(live.id, file), *file)),
        );
    }
    for row in rows.iter().filter(|row| row.is_deleted) {
        known.remove(&id(row.conference, &row.file));
    }
    Ok(known)
}

/// Whether it may still grow: its conference records now.
fn is_written(ctx: &Context, id: RecordingId) -> bool {
    let live = ctx.services().live().conference(id.conference);
    let newest = || {
        path(
            ctx,
            RecordingId {
                number: id.number + 1,
                ..id
            },
        )
    };
    live.is_some_and(|view| view.ended_at.is_none() && view.recording) && !newest().exists()
}

fn path(ctx: &Context, id: RecordingId) -> PathBuf {
    ctx.services().recordings().join(format!("{id}{SUFFIX}"))
}

/// Where a conference is, as a target of grants.
fn target(ctx: &Context, of: &store::ConferencePlace) -> Target {
    if let Some(view) = ctx.services().live().conference(of.id) {
        return crate::conferences::target(ctx, &view);
    }
    ctx.directory().room(of.room).map_or_else(
        || Target {
            room: Some(of.room),
            ..Target::customer(of.customer)
        },
        |room| crate::conference_rooms::target(room),
    )
}

/// The recording, if there is one and the actor may do this in its conference.
async fn find(
    ctx: &Context,
    id: RecordingId,
    operation: Operation,
) -> Result<RecordingView, Error> {
    let missing = || Error::NotFound("recording");
    let reader = ctx.services().store().read();
    let ids = [id.conference];
    let conferences = reader.conferences();
    let places = conferences.places(ctx.scope(), &ids).await;
    let places = places.map_err(|e| store_error("read a conference", e))?;
    let place = places.first().ok_or_else(missing)?;
    ctx.require(Model::Conference, operation, &target(ctx, place))
        .map_err(|error| match error {
            Error::NotFound(_) => missing(),
            other => other,
        })?;
    let known = known(ctx, &ids).await?;
    let file = path(ctx, id);
    let metadata = off_thread(move || std::fs::metadata(file)).await?;
    let found = match metadata {
        Ok(metadata) => Some(Found::new(&metadata)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::internal("look at a recording", &error)),
    };
    view(ctx, id, found, known.get(&id).copied(), place).ok_or_else(missing)
}

/// A disk may be slow: what asks it does not run on the threads of everything else.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("work on a recording", &e))
}

/// The audit row of an act on a recording.
fn act(ctx: &Context, view: &RecordingView, action: &'static str) -> crate::change::Act {
    let directory = ctx.directory();
    let room = directory.room(view.room);
    crate::change::Act {
        customer: Some(view.customer),
        action,
        model: Model::Conference,
        subject_id: view.id.to_string(),
        subject_name: room.map_or_else(|| view.room.to_string(), |room| room.name.to_string()),
        before: None,
        after: Some(serde_json::json!({"bytes": view.bytes})),
    }
}

#[cfg(test)]
mod tests;
