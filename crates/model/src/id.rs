//! Opaque identifiers: UUIDv7, one type a thing, so that a user's id can't be passed for a room's.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::Entropy;

/// The text is not an identifier of this product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id; ids are UUIDs such as 0198c0de-0000-7000-8000-000000000000")]
pub struct InvalidId;

fn version_7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts by the time it was made.
            #[must_use]
            pub fn mint(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(version_7(now, entropy))
            }

            /// Wraps an id that was stored before.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for storing.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    )*};
}

ids! {
    /// A node of the hierarchy: provider, customer or site.
    NodeId,
    /// A customer (also a hierarchy node: see [`CustomerId::node`]).
    CustomerId,
    /// A site (also a hierarchy node: see [`SiteId::node`]).
    SiteId,
    /// A person.
    UserId,
    /// A phone, hard or soft.
    DeviceId,
    /// A permanent conference room.
    RoomId,
    /// One run of a conference.
    ConferenceId,
    /// One leg, or one wish for a leg, in a running conference.
    ParticipantId,
    /// A conference manager account.
    ManagerId,
    /// An entry of a customer's address book.
    ContactId,
    /// One call with all its legs.
    CallId,
    /// One leg of a call.
    LegId,
    /// A key of a program.
    ApiKeyId,
    /// A browser's session.
    SessionId,
    /// An access profile.
    AccessProfileId,
    /// A row of the audit log.
    AuditId,
    /// A long-running piece of work.
    JobId,
}

impl CustomerId {
    /// The customer as a node of the hierarchy.
    #[must_use]
    pub const fn node(self) -> NodeId {
        NodeId(self.0)
    }
}

impl SiteId {
    /// The site as a node of the hierarchy.
    #[must_use]
    pub const fn node(self) -> NodeId {
        NodeId(self.0)
    }
}
