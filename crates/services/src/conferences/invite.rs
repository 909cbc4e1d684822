//! More people into a running conference; those who left or did not come can be called again.

use std::{collections::HashSet, sync::Arc};

use model::{
    ConferenceAction, ConferenceId, ConferenceView, DialTarget, Model, Operation, Room,
    SwitchCommand, SwitchError, SwitchReply,
};
use serde_json::json;

use super::{command, name_of, reach, running};
use crate::{Context, Error, change::Act};

/// Calls more people. Those who are in, or being called, are not called twice.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` when it is over, `Invalid` for wrong targets or
/// `room_full`, and then nobody is called; `Unavailable` when the switch does not answer.
pub async fn invite(
    ctx: &Context,
    id: ConferenceId,
    targets: Vec<String>,
) -> Result<Arc<ConferenceView>, Error> {
    let view = running(ctx, id).await?;
    let directory = ctx.directory();
    let room = directory
        .room(view.room)
        .ok_or(Error::NotFound("conference_room"))?
        .clone();
    let mut fields = ctx.fields();
    if targets.is_empty() {
        fields.add("targets", "required", "name at least one to invite");
    }
    let parsed = reach::parse(&targets, "targets", &mut fields);
    fields.finish()?;
    let wanted = fresh(ctx, &room, &view, parsed)?;
    if wanted.is_empty() {
        return Ok(view);
    }
    let invitations = reach::invitations(ctx, &room, wanted, None).await;
    let invited: Vec<_> = invitations.iter().map(|i| i.target.to_string()).collect();
    let act = Act {
        customer: Some(view.customer),
        action: "conference.invited",
        model: Model::Conference,
        subject_id: id.to_string(),
        subject_name: name_of(ctx, &view),
        before: None,
        after: Some(json!({"targets": invited})),
    };
    ctx.write_down_live(act).await?;
    let order = SwitchCommand::Conference {
        conference: id,
        action: ConferenceAction::Invite(invitations),
    };
    match command(ctx, order).await? {
        SwitchReply::Conference(view) => Ok(view),
        _ => super::find(ctx, id, Operation::Moderate).await,
    }
}

/// Each once, without those who have a leg already.
fn fresh(
    ctx: &Context,
    room: &Room,
    view: &ConferenceView,
    targets: Vec<DialTarget>,
) -> Result<Vec<DialTarget>, Error> {
    let directory = ctx.directory();
    let live = view.participants.iter().filter(|p| p.state.is_live());
    let mut known = HashSet::new();
    let mut count = 0;
    for participant in live {
        count += 1;
        known.insert(match participant.user {
            Some(user) => reach::Identity::User(user),
            None => reach::Identity::Target(participant.target.to_ascii_lowercase()),
        });
    }
    let wanted = reach::distinct(&directory, room, targets, known);
    if count + wanted.len() > room.max_participants as usize {
        return Err(
            match Error::from(SwitchError::RoomFull {
                max: room.max_participants,
            }) {
                Error::Invalid(mut fields) => {
                    fields
                        .iter_mut()
                        .for_each(|f| "targets".clone_into(&mut f.field));
                    Error::Invalid(fields)
                }
                other => other,
            },
        );
    }
    Ok(wanted)
}
