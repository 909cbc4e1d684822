//! Running conferences: start, invite, moderate, end; and the past ones.
//!
//! The row is the wish, the command to the switch a hint: [`reconcile`] makes both agree after a
//! crash. Live actions apply when their audit row has committed, or is spooled to disk while the
//! database is away.

mod get;
mod invite;
mod list;
mod moderate;
mod reach;
mod reconcile;
mod start;

pub use get::get;
pub use invite::invite;
pub use list::list;
pub use moderate::{
    admit, end, kick, lock, lower_hand, mute, start_recording, stop_recording, unlock, unmute,
};
pub use start::start;

/// Whom to call at the start of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartConference {
    /// Numbers and `#sip:` addresses.
    pub invite: Vec<String>,
    /// An extension; a conference manager's own unless given.
    pub host: Option<String>,
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
