//! Live and past calls, and what would happen to one.

mod explain;
mod get;
mod list;
mod reconcile;

pub use explain::explain;
pub use get::get;
pub use list::list;

pub(crate) use reconcile::reconcile;

use std::sync::Arc;

use model::{CallView, Timestamp, UserId};

use crate::gate::Target;

/// A question: what happens when this one calls that.
#[derive(Debug, Clone, Default)]
pub struct ExplainCall {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// The caller's number.
    pub from: String,
    /// What is dialled.
    pub to: String,
    /// When; now unless given.
    pub at: Option<Timestamp>,
}

/// Filters of the calls list.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// One customer.
    pub customer_id: Option<String>,
    /// `live` or `ended`.
    pub state: Option<String>,
    /// Calls of this user.
    pub user_id: Option<String>,
    /// Begun at or after.
    pub since: Option<Timestamp>,
    /// Begun before.
    pub until: Option<Timestamp>,
}

/// The call as a target of grants: its customer's, and of the person asked about if they took
/// part.
pub(crate) fn target(call: &CallView, user: Option<UserId>) -> Target {
    let part = user.filter(|user| {
        let mut parties = [&call.from, &call.to]
            .into_iter()
            .chain(call.legs.iter().map(|leg| &leg.party));
        parties.any(|party| party.user == Some(*user))
    });
    Target {
        owner: part,
        ..Target::customer(call.customer)
    }
}

/// Whether the actor may read a call.
fn readable(ctx: &crate::Context, call: &Arc<CallView>) -> bool {
    let target = target(call, ctx.actor().user());
    ctx.allows(model::Model::Call, model::Operation::Read, &target)
}

#[cfg(test)]
mod tests;
