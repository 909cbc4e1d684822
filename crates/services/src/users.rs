//! People: made with everything that belongs to them in one transaction.

mod create;
mod delete;
mod endpoints;
mod get;
mod index;
mod list;
mod next_extension;
mod retarget;
mod settings;
mod settle;
mod update;
mod uses;

pub use create::create;
pub use delete::delete;
pub use endpoints::{endpoints, remove_endpoint};
pub use get::get;
pub use list::list;
pub use next_extension::next_extension;
pub use update::update;
pub use uses::uses;

pub(crate) use get::find;
pub(crate) use index::{Filter, UserIndex};
pub(crate) use retarget::retarget;
pub(crate) use settings::{free_number, is_role, require_rank, seat};
pub(crate) use update::own_words;
pub(crate) use uses::targets;

use std::sync::Arc;

use model::{DeviceId, Model, Operation, Presence, Secret, User};

use crate::{
    Patch,
    devices::{DeviceView, DeviceWithPassword, NewDevice},
};

/// What becomes of one use of a person who goes.
#[derive(Debug, Clone)]
pub struct SettledUse {
    /// `user`, `conference_room`, `conference_manager`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Who takes it over; none: it ends.
    pub replacement_id: Option<String>,
}

impl SettledUse {
    fn is_of(&self, used: &crate::Use) -> bool {
        self.kind == used.kind && self.id == used.id
    }
}

/// A person to be.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// May be left out by whoever belongs to one customer; left out by the provider's it makes one
    /// of the provider's own people.
    pub customer_id: Option<String>,
    /// Unique among the customer's.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: Option<String>,
    /// Made from the email unless given.
    pub username: Option<String>,
    /// None: the person cannot sign in until one is set.
    pub password: Option<Secret>,
    /// The name of an access profile; `user` unless given.
    pub role: Option<String>,
    /// The customer's default site unless given.
    pub site_id: Option<String>,
    /// With it comes the phone system: a number and SIP credentials.
    pub extension: Option<String>,
    /// The phone that the SIP credentials are for.
    pub device: Option<NewDevice>,
    /// How calls are handled.
    pub features: FeaturesPatch,
    /// `security.max_calls`: 10 unless given, 0 for no limit.
    pub max_calls: Patch<i64>,
    /// `advanced.disabled`.
    pub disabled: Patch<bool>,
}

/// What to change of a person.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    /// Unique among the customer's.
    pub email: Patch<String>,
    /// First name.
    pub first_name: Patch<String>,
    /// Last name.
    pub last_name: Patch<String>,
    /// Unique among the customer's.
    pub username: Patch<String>,
    /// By an administrator; one's own is changed by [`crate::sessions::change_password`].
    pub password: Patch<Secret>,
    /// The name of an access profile.
    pub role: Patch<String>,
    /// Another site of the same customer.
    pub site_id: Patch<String>,
    /// Null takes the number away; SIP credentials stay.
    pub extension: Patch<String>,
    /// How calls are handled.
    pub features: FeaturesPatch,
    /// `security.max_calls`.
    pub max_calls: Patch<i64>,
    /// `advanced.disabled`.
    pub disabled: Patch<bool>,
}

/// `features.…`; null is the default.
#[derive(Debug, Clone, Default)]
pub struct FeaturesPatch {
    /// Seconds, 5 to 300.
    pub ring_time: Patch<i64>,
    /// Where an unanswered call goes.
    pub no_answer: Patch<DestinationInput>,
    /// Null: as no answer.
    pub busy: Patch<DestinationInput>,
    /// Null: as no answer.
    pub offline: Patch<DestinationInput>,
    /// A second call rings a busy user.
    pub call_waiting: Patch<bool>,
    /// All calls go to the no-answer destination at once.
    pub do_not_disturb: Patch<bool>,
}

/// A destination as given: its target is checked against the customer's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DestinationInput {
    /// `extension`, `conference`, `hangup`.
    pub kind: String,
    /// The number, or empty.
    pub target: String,
}

/// A person as doors show them.
#[derive(Debug, Clone, PartialEq)]
pub struct UserView {
    /// The row.
    pub user: Arc<User>,
    /// At this moment.
    pub presence: Presence,
    /// Their phones, oldest first, for whoever may read those.
    pub devices: Vec<DeviceView>,
}

/// A person just made.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedUser {
    /// The person.
    pub user: UserView,
    /// With an extension: the SIP credentials, shown only now.
    pub device: Option<DeviceWithPassword>,
}

/// Filters of the users list.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// One customer; whoever belongs to one sees only that.
    pub customer_id: Option<String>,
    /// One site.
    pub site_id: Option<String>,
    /// One role.
    pub role: Option<String>,
    /// A live state: `available`, `ringing`, `on_call`, `do_not_disturb`, `offline`, `disabled`.
    pub state: Option<String>,
    /// With or without a number.
    pub has_extension: Option<bool>,
    /// With exactly this number.
    pub extension: Option<String>,
    /// With exactly this email.
    pub email: Option<String>,
    /// With exactly this username.
    pub username: Option<String>,
}

/// Which endpoint to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointKey {
    /// Of which device.
    pub device: DeviceId,
    /// The contact as listed.
    pub contact: String,
}

/// The person as a target of grants.
pub(crate) fn target(user: &User) -> crate::gate::Target {
    crate::gate::Target {
        customer: user.customer,
        site: user.site,
        owner: Some(user.id),
        ..crate::gate::Target::default()
    }
}

/// The person as doors show them.
pub(crate) fn view(ctx: &crate::Context, user: &Arc<User>) -> UserView {
    let directory = ctx.directory();
    let phones = ctx.allows(Model::Device, Operation::Read, &target(user));
    UserView {
        user: user.clone(),
        presence: ctx.services().presence(user),
        devices: directory
            .devices_of(user.id)
            .filter(|_| phones)
            .map(|device| crate::devices::view(ctx, device))
            .collect(),
    }
}

#[cfg(test)]
mod tests;
