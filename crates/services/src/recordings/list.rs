//! The recordings that the actor can hear.

use std::{
    collections::{BTreeSet, HashMap},
    io,
    path::Path,
};

use model::{ConferenceId, Model, Operation, RoomId};

use super::{
    Found, RecordingFilter, RecordingId, RecordingView, SUFFIX, known, off_thread, target, view,
};
use crate::{Context, Error, ListQuery, Page, change::store_error, listing::Listing};

/// Lists recordings of the conferences that the actor can see, the latest first.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad filter, cursor, sort or
/// limit; `Unavailable` while the database is away.
pub async fn list(
    ctx: &Context,
    filter: &RecordingFilter,
    query: &ListQuery,
) -> Result<Page<RecordingView>, Error> {
    ctx.require_somewhere(Model::Conference, Operation::Read)?;
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let room = id::<RoomId>("room_id", filter.room_id.as_deref())?;
    let conference = id::<ConferenceId>("conference_id", filter.conference_id.as_deref())?;
    let latest_first = ListQuery {
        sort: query
            .sort
            .clone()
            .or_else(|| Some("-started_at".to_owned())),
        ..query.clone()
    };
    let listing = Listing::read(&latest_first, &["started_at"])?;
    let folder = ctx.services().recordings().to_owned();
    let found = off_thread(move || files(&folder)).await?;
    let found = found.map_err(|e| Error::internal("list the recordings", &e))?;
    let reader = ctx.services().store().read();
    let failed = reader.recordings().failed(ctx.scope()).await;
    let failed = failed.map_err(|e| store_error("read failed recordings", e))?;
    let live = ctx.services().live().conferences();
    let mut ids: Vec<_> = found.keys().map(|id| id.conference).collect();
    ids.extend(failed);
    ids.extend(
        live.iter()
            .filter(|of| !of.recordings.is_empty())
            .map(|of| of.id),
    );
    ids.retain(|id| conference.is_none_or(|wanted| wanted == *id));
    ids.sort_unstable();
    ids.dedup();
    let places = reader.conferences().places(ctx.scope(), &ids).await;
    let places: HashMap<_, _> = places
        .map_err(|e| store_error("read conferences", e))?
        .into_iter()
        .filter(|place| customer.is_none_or(|wanted| wanted == place.customer))
        .filter(|place| room.is_none_or(|wanted| wanted == place.room))
        .filter(|place| ctx.allows(Model::Conference, Operation::Read, &target(ctx, place)))
        .map(|place| (place.id, place))
        .collect();
    let ids: Vec<_> = places.keys().copied().collect();
    let known = known(ctx, &ids).await?;
    let all: BTreeSet<_> = found.keys().chain(known.keys()).copied().collect();
    let rows = all
        .into_iter()
        .filter_map(|id| {
            let place = places.get(&id.conference)?;
            let (file, known) = (found.get(&id).copied(), known.get(&id).copied());
            view(ctx, id, file, known, place)
        })
        .collect();
    Ok(listing.page(
        rows,
        |view: &RecordingView| format!("{:020}", view.started_at.as_microsecond()),
        |view| view.id.to_string(),
    ))
}

fn id<T: std::str::FromStr>(field: &str, text: Option<&str>) -> Result<Option<T>, Error> {
    text.map(|text| {
        text.parse()
            .map_err(|_| Error::field(field, "invalid", "not an id"))
    })
    .transpose()
}

/// What lies in the folder, which is made with the first recording.
fn files(folder: &Path) -> io::Result<HashMap<RecordingId, Found>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => return Err(error),
    };
    let mut found = HashMap::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        // One that was deleted just now is no failure of the list.
        if let Some(Ok(id)) = id.map(str::parse)
            && let Ok(metadata) = entry.metadata()
        {
            found.insert(id, Found::new(&metadata));
        }
    }
    Ok(found)
}
