//! Running conferences: start, invite, moderate, end; and the past ones.
//!
//! The row is the wish, the command to the switch a hint: [`reconcile`] makes both agree after a
//! crash. Live actions apply when their audit row has committed, or is spooled to disk while the
//! database is away.

mod get;
mod invite;
mod judge;
mod list;
mod moderate;
mod reach;
mod reconcile;
mod start;

pub use get::get;
pub use invite::invite;
pub use judge::reach;
pub use list::list;
pub use moderate::{
    admit, end, kick, lock, lower_hand, mute, start_recording, stop_recording, unlock, unmute,
};
pub use start::start;

pub(crate) use reconcile::reconcile;

use std::sync::Arc;

use model::{ConferenceId, ConferenceView, Model, Operation, ParticipantState, UserId};

use crate::{Context, Error, Patch, change::store_error, gate::Target};

/// Whom to call at the start of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartConference {
    /// Numbers and `#sip:` addresses.
    pub invite: Vec<String>,
    /// An extension, called by itself. Not named: the actor's own, if they have one; null: nobody.
    pub host: Patch<String>,
}

/// What would become of calling a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// As it was asked for.
    pub target: String,
    /// Of the user or contact; empty: nobody is known by it.
    pub name: String,
    /// The person, if one of ours.
    pub user: Option<UserId>,
    /// Why it would not ring, as a participant's row says it; none: it would.
    pub reason: Option<&'static str>,
}

/// Whom an action is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// All but those who moderate.
    All,
    /// These participants' ids.
    These(Vec<String>),
}

/// Filters of the conferences list.
#[derive(Debug, Clone, Default)]
pub struct ConferenceFilter {
    /// One customer.
    pub customer_id: Option<String>,
    /// One room.
    pub room_id: Option<String>,
    /// `running` or `ended`.
    pub state: Option<String>,
}

/// How long the switch may take to answer a command, in seconds.
const ANSWER_SECS: u64 = 5;

/// The conference as a target of grants: its room's, and of those who moderate in it now. An
/// operator moderates any conference, once they have joined it.
pub(crate) fn target(ctx: &Context, view: &ConferenceView) -> Target {
    let directory = ctx.directory();
    let mut target = directory.room(view.room).map_or_else(
        || Target {
            room: Some(view.room),
            ..Target::customer(view.customer)
        },
        |room| crate::conference_rooms::target(room),
    );
    let joined = view
        .participants
        .iter()
        .filter(|p| p.state == ParticipantState::Joined && p.role.moderates())
        .filter_map(|p| p.user);
    target.assigned.extend(joined);
    target
}

/// The conference, running or past, if the actor may do this with it.
async fn find(
    ctx: &Context,
    id: ConferenceId,
    operation: Operation,
) -> Result<Arc<ConferenceView>, Error> {
    let view = match ctx.services().live().conference(id) {
        Some(view) => view,
        None => ctx
            .services()
            .store()
            .read()
            .conferences()
            .by_id(ctx.scope(), id)
            .await
            .map_err(|e| store_error("read a conference", e))?
            .map(Arc::new)
            .ok_or(Error::NotFound("conference"))?,
    };
    ctx.require(Model::Conference, operation, &target(ctx, &view))?;
    Ok(view)
}

/// A running conference, if the actor may moderate it.
async fn running(ctx: &Context, id: ConferenceId) -> Result<Arc<ConferenceView>, Error> {
    let view = find(ctx, id, Operation::Moderate).await?;
    if view.ended_at.is_some() {
        return Err(Error::Conflict {
            code: "ended",
            message: "the conference is over; start the room again".to_owned(),
            id: Some(id.to_string()),
        });
    }
    Ok(view)
}

/// The name of a conference in the audit log: its room's.
fn name_of(ctx: &Context, view: &ConferenceView) -> String {
    ctx.directory()
        .room(view.room)
        .map_or_else(|| view.room.to_string(), |room| room.name.to_string())
}

/// The extension's user, for whom a participant's row stands.
const fn user_of(invitation: &model::Invitation) -> Option<UserId> {
    match invitation.reach {
        model::Reach::User { user, .. } => Some(user),
        _ => None,
    }
}

/// Tells the switch and waits for its answer; a silent switch is an unavailable one.
async fn command(
    ctx: &Context,
    command: model::SwitchCommand,
) -> Result<model::SwitchReply, model::SwitchError> {
    let answer = ctx.services().switchboard().command(command);
    tokio::time::timeout(std::time::Duration::from_secs(ANSWER_SECS), answer)
        .await
        .unwrap_or(Err(model::SwitchError::Unavailable))
}

#[cfg(test)]
mod tests;
