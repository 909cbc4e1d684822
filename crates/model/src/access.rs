//! Access profiles: which operations on which models, and how far they reach.

use std::fmt;

use crate::{AccessProfileId, CustomerId, ManagerId, NodeId, RoomId, UserId};

/// A kind of thing that permissions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Model {
    /// Companies.
    Customer,
    /// Locations.
    Site,
    /// People.
    User,
    /// Phones.
    Device,
    /// Rooms.
    ConferenceRoom,
    /// Running and past conferences.
    Conference,
    /// Conference manager accounts.
    ConferenceManager,
    /// The address book.
    Contact,
    /// Live and past calls.
    Call,
    /// Keys of programs.
    ApiKey,
    /// Access profiles themselves.
    AccessProfile,
    /// Who did what.
    AuditLog,
    /// Addresses that the telephone side drops after wrong passwords.
    BlockedSource,
}

/// What may be done with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// See it.
    Read,
    /// Make one.
    Create,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
    /// Take it out as a file.
    Export,
    /// Conferences: begin one.
    Start,
    /// Conferences: lock, mute, kick, invite, end.
    Moderate,
    /// Users, devices and managers: make a new password.
    ResetPassword,
    /// Calls: ask what would happen.
    Explain,
    /// Conferences: dial into any of them without a PIN, as an operator.
    Join,
}

macro_rules! names {
    ($type:ident { $($variant:ident => $name:literal),* $(,)? }) => {
        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in profiles, API and messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// By its name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use names;

names!(Model {
    Customer => "customer", Site => "site", User => "user", Device => "device",
    ConferenceRoom => "conference_room", Conference => "conference",
    ConferenceManager => "conference_manager", Contact => "contact", Call => "call",
    ApiKey => "api_key", AccessProfile => "access_profile", AuditLog => "audit_log",
    BlockedSource => "blocked_source",
});

names!(Operation {
    Read => "read", Create => "create", Update => "update", Delete => "delete",
    Export => "export", Start => "start", Moderate => "moderate",
    ResetPassword => "reset_password", Explain => "explain", Join => "join",
});

/// How far a grant reaches from where its holder sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// What is the holder's own.
    Own,
    /// What was assigned to the holder: a manager's rooms, a room's moderators.
    Assigned,
    /// The holder's site.
    Site,
    /// The holder's customer.
    Customer,
    /// The holder's node and everything below it.
    Subtree,
}

names!(Scope {
    Own => "own", Assigned => "assigned", Site => "site", Customer => "customer",
    Subtree => "subtree",
});

/// One line of an access profile. None is the wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Which model; none: every.
    pub model: Option<Model>,
    /// Which operation; none: every.
    pub operation: Option<Operation>,
    /// How far.
    pub scope: Scope,
}

impl Grant {
    /// What stands for every model, and for every operation.
    pub const WILDCARD: &str = "*";

    /// The model's name, or the wildcard.
    #[must_use]
    pub fn model_name(&self) -> &'static str {
        self.model.map_or(Self::WILDCARD, Model::as_str)
    }

    /// The operation's name, or the wildcard.
    #[must_use]
    pub fn operation_name(&self) -> &'static str {
        self.operation.map_or(Self::WILDCARD, Operation::as_str)
    }
}

/// `conference.start:assigned`, as the audit log writes it.
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (model, operation) = (self.model_name(), self.operation_name());
        write!(f, "{model}.{operation}:{}", self.scope.as_str())
    }
}

/// A named set of grants. The standard ones come with the product and are cloned to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessProfile {
    /// Identity.
    pub id: AccessProfileId,
    /// None: a standard one, for all.
    pub customer: Option<CustomerId>,
    /// `customer_administrator`; a user's role is this name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// What it allows.
    pub grants: Vec<Grant>,
    /// Counts changes, for ETags.
    pub version: u64,
}

/// Who acts: made by a door from credentials, never from input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person, signed in.
    User(UserId),
    /// A conference manager account, signed in.
    ConferenceManager {
        /// The account.
        id: ManagerId,
        /// Its rooms; none: all of the customer's.
        rooms: Option<Vec<RoomId>>,
    },
    /// A program.
    ApiKey(crate::ApiKeyId),
    /// A telephone in a call: its user, where known.
    Phone(Option<UserId>),
    /// The server itself: start-up, reconcilers, the command line on this machine.
    System,
}

impl Principal {
    /// What kind of actor, as API and audit log name it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ConferenceManager { .. } => "conference_manager",
            Self::ApiKey(_) => "api_key",
            Self::Phone(_) => "phone",
            Self::System => "system",
        }
    }

    /// Who of them; none: the server itself, or an unknown caller.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::User(id) => Some(id.to_string()),
            Self::ConferenceManager { id, .. } => Some(id.to_string()),
            Self::ApiKey(id) => Some(id.to_string()),
            Self::Phone(user) => user.map(|id| id.to_string()),
            Self::System => None,
        }
    }
}

/// Where someone sits in the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seat {
    /// The node.
    pub node: NodeId,
    /// None: the provider's.
    pub customer: Option<CustomerId>,
}
