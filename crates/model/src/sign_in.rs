//! Who is signed in, and the keys of programs. Tokens and keys themselves are never kept, only
//! their hashes, and those only in the store.

use std::net::IpAddr;

use crate::{ApiKeyId, CustomerId, DisplayName, ManagerId, SessionId, Timestamp, UserId};

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionHolder {
    /// A person.
    User(UserId),
    /// A conference manager account.
    Manager(ManagerId),
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identity; not the token.
    pub id: SessionId,
    /// Who signed in.
    pub holder: SessionHolder,
    /// Whose customer; none: the provider's.
    pub customer: Option<CustomerId>,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_seen_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// From which address.
    pub source: Option<IpAddr>,
    /// The browser, as it says.
    pub user_agent: String,
}

/// A key of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Identity; not the key.
    pub id: ApiKeyId,
    /// Whose customer; none: the provider's.
    pub customer: Option<CustomerId>,
    /// What it is for.
    pub name: DisplayName,
    /// The name of the access profile that says what it may do.
    pub profile: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Counts changes, for ETags.
    pub version: u64,
}
