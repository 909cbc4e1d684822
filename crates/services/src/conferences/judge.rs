//! What would become of calling these, asked before anybody is called.

use model::{Model, Operation, Presence, Reach, RoomId};

use super::{
    Reached,
    reach::{invitations, parse},
    target,
};
use crate::{Context, Error, conference_rooms};

/// Targets of one question at most.
const MAX_ASKED: usize = 500;

/// Judges targets as a start in this room would, in the order given. Nobody is called and nothing
/// is written down.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for targets that cannot be read, none or more than 500.
pub async fn reach(
    ctx: &Context,
    room: RoomId,
    targets: Vec<String>,
) -> Result<Vec<Reached>, Error> {
    let directory = ctx.directory();
    let room = directory
        .room(room)
        .ok_or(Error::NotFound("conference_room"))?;
    let running = ctx.services().live().running_in(room.id);
    let moderates = running.is_some_and(|view| {
        ctx.allows(Model::Conference, Operation::Moderate, &target(ctx, &view))
    });
    if !moderates {
        let target = conference_rooms::target(room);
        ctx.require(Model::Conference, Operation::Start, &target)?;
    }
    let mut fields = ctx.fields();
    if targets.is_empty() || targets.len() > MAX_ASKED {
        let message = format!("ask for 1 to {MAX_ASKED} targets");
        fields.add("targets", "out_of_range", message);
    }
    let parsed = parse(&targets, "targets", &mut fields);
    fields.finish()?;
    let invitations = invitations(ctx, room, parsed, None).await;
    let judged = targets.into_iter().zip(invitations);
    Ok(judged
        .map(|(asked, invitation)| {
            let (user, reason) = match invitation.reach {
                Reach::User { user, .. } => (Some(user), offline(ctx, user)),
                Reach::Address { .. } => (None, None),
                Reach::Nowhere { reason } => (None, Some(reason)),
            };
            // Somebody whose account is disabled is somebody all the same.
            let user = user.or_else(|| {
                let number = invitation.target.as_extension()?;
                Some(directory.user_at(room.customer, &number)?.id)
            });
            let known = invitation.name != invitation.target.to_string();
            Reached {
                target: asked,
                name: if known {
                    invitation.name
                } else {
                    String::new()
                },
                user,
                reason,
            }
        })
        .collect())
}

fn offline(ctx: &Context, user: model::UserId) -> Option<&'static str> {
    let directory = ctx.directory();
    let presence = ctx.services().presence(directory.user(user)?);
    (presence == Presence::Offline).then_some("offline")
}
