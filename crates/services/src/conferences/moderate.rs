//! What moderators do while a conference runs. Each act is written down first, then done; while
//! the database is away the audit row waits on disk and the act is done all the same.

use std::sync::Arc;

use model::{
    ConferenceAction, ConferenceId, ConferenceView, Model, Operation, ParticipantId, Selection,
    SwitchCommand, SwitchReply,
};
use serde_json::{Value, json};

use super::{Who, command, find, name_of, running};
use crate::{Context, Error, change::Act, error::Fields, input::set_number};

/// Bans last a year at most, in seconds.
const MAX_BAN_SECS: u32 = 365 * 24 * 3600;

/// Admits no one any more.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` when it is over, `Unavailable` when the switch does not
/// answer. All acts in this file fail so.
pub async fn lock(ctx: &Context, id: ConferenceId) -> Result<Arc<ConferenceView>, Error> {
    plain(ctx, id, "conference.locked", ConferenceAction::Lock).await
}

/// Admits people again.
///
/// # Errors
/// As [`lock`].
pub async fn unlock(ctx: &Context, id: ConferenceId) -> Result<Arc<ConferenceView>, Error> {
    plain(ctx, id, "conference.unlocked", ConferenceAction::Unlock).await
}

/// Begins to record.
///
/// # Errors
/// As [`lock`]; `Conflict` where the room's settings forbid it.
pub async fn start_recording(
    ctx: &Context,
    id: ConferenceId,
) -> Result<Arc<ConferenceView>, Error> {
    let view = running(ctx, id).await?;
    let directory = ctx.directory();
    let policy = directory.room(view.room).map(|room| room.record);
    if policy.unwrap_or_default() == model::RecordPolicy::Off {
        return Err(Error::Conflict {
            code: "recording_off",
            message: "recording is off for this room; change the room's record setting first"
                .to_owned(),
            id: Some(view.room.to_string()),
        });
    }
    let action = ConferenceAction::Record(true);
    act(
        ctx,
        view,
        "conference.recording_started",
        action,
        Value::Null,
    )
    .await
}

/// Stops recording.
///
/// # Errors
/// As [`lock`].
pub async fn stop_recording(ctx: &Context, id: ConferenceId) -> Result<Arc<ConferenceView>, Error> {
    let action = ConferenceAction::Record(false);
    plain(ctx, id, "conference.recording_stopped", action).await
}

/// Ends it for all. Ending what is over changes nothing.
///
/// # Errors
/// As [`lock`], without `Conflict`.
pub async fn end(ctx: &Context, id: ConferenceId) -> Result<Arc<ConferenceView>, Error> {
    let view = find(ctx, id, Operation::Moderate).await?;
    if view.ended_at.is_some() {
        ctx.require_well_formed()?;
        return Ok(view);
    }
    act(
        ctx,
        view,
        "conference.ended",
        ConferenceAction::End,
        Value::Null,
    )
    .await
}

/// Lets nobody hear them.
///
/// # Errors
/// As [`lock`]; `Invalid` for ids that are not in the conference, and then nothing is done.
pub async fn mute(ctx: &Context, id: ConferenceId, who: Who) -> Result<Arc<ConferenceView>, Error> {
    selected(ctx, id, who, "conference.muted", ConferenceAction::Mute).await
}

/// Lets them be heard again.
///
/// # Errors
/// As [`mute`].
pub async fn unmute(
    ctx: &Context,
    id: ConferenceId,
    who: Who,
) -> Result<Arc<ConferenceView>, Error> {
    selected(ctx, id, who, "conference.unmuted", ConferenceAction::Unmute).await
}

/// Lets them in from the lobby.
///
/// # Errors
/// As [`mute`].
pub async fn admit(
    ctx: &Context,
    id: ConferenceId,
    who: Who,
) -> Result<Arc<ConferenceView>, Error> {
    selected(ctx, id, who, "conference.admitted", ConferenceAction::Admit).await
}

/// Lowers raised hands.
///
/// # Errors
/// As [`mute`].
pub async fn lower_hand(
    ctx: &Context,
    id: ConferenceId,
    who: Who,
) -> Result<Arc<ConferenceView>, Error> {
    selected(
        ctx,
        id,
        who,
        "conference.hand_lowered",
        ConferenceAction::LowerHand,
    )
    .await
}

/// Puts them out, and keeps them out while the ban lasts: until the end unless given.
///
/// # Errors
/// As [`mute`]; `Invalid` for a ban that is no number of seconds, or of a withheld number.
pub async fn kick(
    ctx: &Context,
    id: ConferenceId,
    who: Who,
    ban_secs: Option<i64>,
) -> Result<Arc<ConferenceView>, Error> {
    let view = running(ctx, id).await?;
    let mut fields = ctx.fields();
    let mut secs = 0;
    let (given, bounds) = (ban_secs.into(), 0..=MAX_BAN_SECS);
    set_number(&mut secs, given, 0, bounds, "ban_secs", &mut fields);
    let (who, details) = select(&view, who, fields)?;
    let kick = ConferenceAction::Kick {
        who,
        ban_secs: ban_secs.map(|_| secs),
    };
    act(ctx, view, "conference.kicked", kick, details).await
}

async fn plain(
    ctx: &Context,
    id: ConferenceId,
    name: &'static str,
    action: ConferenceAction,
) -> Result<Arc<ConferenceView>, Error> {
    let view = running(ctx, id).await?;
    act(ctx, view, name, action, Value::Null).await
}

async fn selected(
    ctx: &Context,
    id: ConferenceId,
    who: Who,
    name: &'static str,
    action: impl FnOnce(Selection) -> ConferenceAction,
) -> Result<Arc<ConferenceView>, Error> {
    let view = running(ctx, id).await?;
    let (selection, details) = select(&view, who, ctx.fields())?;
    act(ctx, view, name, action(selection), details).await
}

/// All ids have to be in the conference, or nothing is done.
fn select(
    view: &ConferenceView,
    who: Who,
    mut fields: Fields,
) -> Result<(Selection, Value), Error> {
    let texts = match who {
        Who::All => {
            fields.finish()?;
            return Ok((Selection::All, json!({"participants": "all"})));
        }
        Who::These(texts) => texts,
    };
    if texts.is_empty() {
        fields.add(
            "participants",
            "required",
            "name participants by their ids, or all",
        );
    }
    let mut ids = Vec::with_capacity(texts.len());
    let mut names = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        let id = text.parse::<ParticipantId>().ok();
        match id.and_then(|id| view.participants.iter().find(|p| p.id == id)) {
            Some(row) if ids.contains(&row.id) => {}
            Some(row) => {
                ids.push(row.id);
                names.push(format!("{} ({})", row.name, row.target));
            }
            None => {
                let field = format!("participants[{index}]");
                fields.add(field, "unknown", "this conference has no such participant");
            }
        }
    }
    fields.finish()?;
    Ok((Selection::These(ids), json!({"participants": names})))
}

async fn act(
    ctx: &Context,
    view: Arc<ConferenceView>,
    name: &'static str,
    action: ConferenceAction,
    details: Value,
) -> Result<Arc<ConferenceView>, Error> {
    ctx.write_down_live(Act {
        customer: Some(view.customer),
        action: name,
        model: Model::Conference,
        subject_id: view.id.to_string(),
        subject_name: name_of(ctx, &view),
        before: None,
        after: Some(details).filter(|details| !details.is_null()),
    })
    .await?;
    let order = SwitchCommand::Conference {
        conference: view.id,
        action,
    };
    match command(ctx, order).await? {
        SwitchReply::Conference(view) => Ok(view),
        _ => Ok(ctx.services().live().conference(view.id).unwrap_or(view)),
    }
}
