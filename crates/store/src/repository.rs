//! One file a resource. What reads works on a [`Reader`] and inside a [`Tx`]; what writes, only on
//! a [`Tx`].

mod api_keys;
mod audit;
mod bindings;
pub(crate) mod calls;
pub(crate) mod conferences;
mod contacts;
mod customers;
mod devices;
mod directory;
mod idempotency;
mod jobs;
mod managers;
mod nodes;
mod numbers;
mod profiles;
pub(crate) mod recordings;
mod rooms;
pub(crate) mod rows;
mod sessions;
mod settings;
mod sign_in_names;
mod sites;
mod users;
mod uses;

pub use api_keys::ApiKeySort;
pub use audit::{AuditFilter, AuditSort, Broken, Chain, NewAudit};
pub use calls::{CallFilter, CallSort};
pub use conferences::{ConferenceFilter, ConferencePlace, ConferenceSort};
pub use contacts::ContactSort;
pub use customers::CustomerSort;
pub use directory::DirectoryRows;
pub use idempotency::{Claim, KeyedRequest};
pub use jobs::{JobRow, JobSort, JobState, NewJobRow};
pub use managers::ManagerSort;
pub use nodes::Node;
pub use numbers::NumberOwner;
pub use profiles::ProfileSort;
pub use recordings::RecordingRow;
pub use rooms::RoomSort;
pub use sign_in_names::SignInOwner;
pub use sites::SiteSort;
pub use users::{UserFilter, UserRow, UserSort};
pub use uses::{Use, UseKind};

use crate::{Reader, Tx};

macro_rules! repositories {
    ($($(#[$doc:meta])* $method:ident: $type:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            pub struct $type<'a, A>(pub(crate) &'a A);
        )*

        impl Reader {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $method(&self) -> $type<'_, Self> {
                    $type(self)
                }
            )*
        }

        impl Tx {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $method(&self) -> $type<'_, Self> {
                    $type(self)
                }
            )*
        }
    };
}

repositories! {
    /// Keys of programs.
    api_keys: ApiKeys,
    /// Who did what.
    audit: Audit,
    /// Registrations that survive a restart.
    bindings: Bindings,
    /// Call records.
    calls: Calls,
    /// Runs of conferences.
    conferences: Conferences,
    /// The address book.
    contacts: Contacts,
    /// Companies.
    customers: Customers,
    /// Phones and their SIP credentials.
    devices: Devices,
    /// Everything that routing and the users list keep in memory.
    directory: Directory,
    /// Requests that must not be done twice.
    idempotency: Idempotency,
    /// The durable queue that `jobs` drives.
    jobs: Jobs,
    /// Conference manager accounts.
    managers: Managers,
    /// The hierarchy.
    nodes: Nodes,
    /// Who has which internal number.
    numbers: Numbers,
    /// Access profiles.
    profiles: Profiles,
    /// Files of recordings.
    recordings: Recordings,
    /// Conference rooms.
    rooms: Rooms,
    /// Browsers that are signed in.
    sessions: Sessions,
    /// Facts about this server.
    settings: Settings,
    /// Who signs in with which name.
    sign_in_names: SignInNames,
    /// Locations.
    sites: Sites,
    /// People.
    users: Users,
}
