//! Starting a conference: the row with everyone to call is committed, then the switch calls.

use std::{collections::HashSet, sync::Arc};

use model::{
    ConferenceAction, ConferenceId, ConferenceView, DialTarget, Extension, Invitation, Model,
    Operation, ParticipantState, ParticipantView, Principal, Room, RoomId, SwitchCommand,
    SwitchError, SwitchReply, Timestamp,
};
use serde_json::json;
use store::StoreError;

use super::{StartConference, command, reach, user_of};
use crate::{
    Context, Error, Patch,
    change::{Act, store_error},
    conference_rooms,
    error::Fields,
};

/// Starts a conference in a room: calls everyone on the list and the room's call-out list at the
/// same time, and the host by itself, who is called once even if listed.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` with the id of what runs in the room already; `Invalid`
/// for wrong targets, a host that nobody is, or `room_full`, and then nobody is called;
/// `Unavailable` when the database or the switch does not answer.
pub async fn start(
    ctx: &Context,
    room: RoomId,
    request: StartConference,
) -> Result<Arc<ConferenceView>, Error> {
    let room = allowed(ctx, room)?;
    let (host, targets) = read(ctx, &room, &request)?;
    let invitations = reach::invitations(ctx, &room, targets, host.as_ref()).await;
    let view = wish(ctx, &room, &invitations);
    keep(ctx, &room, &view).await?;
    let view = Arc::new(view);
    ctx.services().live().put_conference(view.clone());
    let order = SwitchCommand::StartConference {
        conference: view.id,
        room: Box::new((*room).clone()),
        invitations,
    };
    match command(ctx, order).await {
        Ok(SwitchReply::Conference(running)) => Ok(running),
        Ok(_) => Ok(ctx.services().live().conference(view.id).unwrap_or(view)),
        Err(error) => {
            give_up(ctx, &view).await;
            Err(error.into())
        }
    }
}

fn allowed(ctx: &Context, id: RoomId) -> Result<Arc<Room>, Error> {
    let directory = ctx.directory();
    let room = directory
        .room(id)
        .ok_or(Error::NotFound("conference_room"))?;
    let target = conference_rooms::target(room);
    ctx.require(Model::Conference, Operation::Start, &target)?;
    if let Some(running) = ctx.services().live().running_in(id) {
        return Err(SwitchError::AlreadyRunning(running.id).into());
    }
    Ok(room.clone())
}

/// The host first, then everyone else, each once.
fn read(
    ctx: &Context,
    room: &Room,
    request: &StartConference,
) -> Result<(Option<Extension>, Vec<DialTarget>), Error> {
    let directory = ctx.directory();
    let mut fields = ctx.fields();
    let host = host(ctx, room, &request.host, &mut fields);
    let mut targets = Vec::new();
    if let Some(host) = &host {
        targets.extend(DialTarget::parse(host.as_str()).ok());
    }
    targets.extend(reach::parse(&request.invite, "invite", &mut fields));
    let call_out = room.call_out.iter();
    targets.extend(call_out.filter_map(|text| DialTarget::parse(text).ok()));
    fields.finish()?;
    let targets = reach::distinct(&directory, room, targets, HashSet::new());
    if targets.len() > room.max_participants as usize {
        return Err(SwitchError::RoomFull {
            max: room.max_participants,
        }
        .into());
    }
    Ok((host, targets))
}

/// The extension named, else the actor's own; nobody where that was asked for.
fn host(
    ctx: &Context,
    room: &Room,
    given: &Patch<String>,
    fields: &mut Fields,
) -> Option<Extension> {
    let directory = ctx.directory();
    if matches!(given, Patch::Clear) {
        return None;
    }
    if let Some(text) = given.value().filter(|text| !text.trim().is_empty()) {
        let number = fields.take("host", Extension::parse(text))?;
        if directory.user_at(room.customer, &number).is_none() {
            fields.add("host", "unknown", "nobody has this extension");
            return None;
        }
        return Some(number);
    }
    match &ctx.actor().principal {
        Principal::ConferenceManager { id, .. } => directory
            .managers()
            .get(*id)
            .map(|manager| manager.extension.clone())
            .filter(|number| directory.user_at(room.customer, number).is_some()),
        Principal::User(id) => directory
            .user(*id)
            .filter(|user| user.customer == Some(room.customer))
            .and_then(|user| user.extension.clone()),
        _ => None,
    }
}

/// What is to be: everyone is being called.
fn wish(ctx: &Context, room: &Room, invitations: &[Invitation]) -> ConferenceView {
    let now = ctx.now();
    ConferenceView {
        id: ConferenceId::mint(now, ctx.services().entropy()),
        room: room.id,
        customer: room.customer,
        version: 1,
        locked: false,
        recording: false,
        started_at: now,
        ended_at: None,
        participants: invitations.iter().map(|i| row(i, now)).collect(),
        recordings: Vec::new(),
    }
}

fn row(invitation: &Invitation, now: Timestamp) -> ParticipantView {
    let reason = match invitation.reach {
        model::Reach::Nowhere { reason } => Some(reason.to_owned()),
        _ => None,
    };
    ParticipantView {
        id: invitation.participant,
        user: user_of(invitation),
        name: invitation.name.clone(),
        target: invitation.target.to_string(),
        role: invitation.role,
        state: if reason.is_some() {
            ParticipantState::Failed
        } else {
            ParticipantState::Calling
        },
        muted: false,
        talking: false,
        hand_raised: false,
        joined_at: None,
        since: now,
        reason,
        quality: None,
    }
}

async fn keep(ctx: &Context, room: &Room, view: &ConferenceView) -> Result<(), Error> {
    let mut change = ctx.change().await?;
    allowed(ctx, room.id)?;
    match change.tx.conferences().start(view).await {
        Ok(()) => {}
        Err(StoreError::Taken { .. }) => return Err(occupied(ctx, room.id).await),
        Err(error) => return Err(store_error("start a conference", error)),
    }
    let invited: Vec<_> = view.participants.iter().map(|p| &p.target).collect();
    change.audit(Act {
        customer: Some(room.customer),
        action: "conference.started",
        model: Model::Conference,
        subject_id: view.id.to_string(),
        subject_name: room.name.to_string(),
        before: None,
        after: Some(json!({"room_id": room.id.to_string(), "invited": invited})),
    });
    change.commit().await
}

async fn occupied(ctx: &Context, room: RoomId) -> Error {
    let reader = ctx.services().store().read();
    match reader.conferences().of_room_running(room).await {
        Ok(Some(id)) => SwitchError::AlreadyRunning(id).into(),
        Ok(None) => SwitchError::Unavailable.into(),
        Err(error) => store_error("look for what runs in a room", error),
    }
}

/// The switch did not start it: the row says so.
async fn give_up(ctx: &Context, view: &ConferenceView) {
    let mut ended = view.clone();
    ended.ended_at = Some(ctx.now());
    ended.version += 1;
    let ended = Arc::new(ended);
    let services = ctx.services();
    services.live().put_conference(ended.clone());
    services.write_behind().conference(ended);
    // A switch that was only slow would go on calling for a conference that nobody has.
    services.switchboard().tell(SwitchCommand::Conference {
        conference: view.id,
        action: ConferenceAction::End,
    });
}
