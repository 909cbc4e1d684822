//! Signing in and out, and what the signed-in may know of themselves.

mod change_password;
mod end;
mod limits;
mod list;
mod me;
mod sign_in;

pub use change_password::change_password;
pub use end::{end, sign_out};
pub use list::list;
pub use me::me;
pub use sign_in::sign_in;

pub(crate) use limits::SignInLimits;

use std::{net::IpAddr, sync::Arc};

use model::{
    ConferenceManager, Customer, Grant, Principal, RoomId, Secret, SessionId, Timestamp, User,
};

/// The sign-in page's fields, and where it was sent from.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Empty: the default customer or the provider.
    pub account_name: String,
    /// Username or email.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// The browser's address.
    pub source: IpAddr,
    /// As it says.
    pub user_agent: String,
}

/// A session just begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// For the cookie: 256 random bits, kept only as a hash.
    pub token: Secret,
    /// To be sent back in a header with every change.
    pub csrf: Secret,
    /// The session.
    pub session: SessionView,
    /// Who signed in.
    pub me: Me,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Identity; not the token.
    pub id: SessionId,
    /// The one that asks.
    pub current: bool,
    /// From which address it was begun.
    pub source: Option<IpAddr>,
    /// As the browser says.
    pub user_agent: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was used last, within a minute.
    pub last_used_at: Timestamp,
    /// When it ends whatever is done.
    pub expires_at: Timestamp,
}

/// Who the actor is and what they may do, so that a page shows nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// Who.
    pub principal: Principal,
    /// Name shown.
    pub name: String,
    /// The access profile's name.
    pub profile: String,
    /// The person, if one.
    pub user: Option<Arc<User>>,
    /// The conference manager account, if one.
    pub manager: Option<Arc<ConferenceManager>>,
    /// Its rooms; none: all of the customer's.
    pub rooms: Option<Vec<RoomId>>,
    /// The customer; none: the provider's.
    pub customer: Option<Arc<Customer>>,
    /// What they may do.
    pub grants: Vec<Grant>,
    /// Of a browser's session: to be sent back with every change.
    pub csrf: Option<Secret>,
}

/// A session not used for this long ends.
pub const IDLE_SECS: i64 = 12 * 3600;
/// A session ends after this long whatever is done.
pub const ABSOLUTE_SECS: i64 = 7 * 24 * 3600;

fn view(session: &model::Session, current: Option<SessionId>) -> SessionView {
    SessionView {
        id: session.id,
        current: current == Some(session.id),
        source: session.source,
        user_agent: session.user_agent.clone(),
        created_at: session.created_at,
        last_used_at: session.last_seen_at,
        expires_at: session.expires_at,
    }
}

#[cfg(test)]
mod tests;
