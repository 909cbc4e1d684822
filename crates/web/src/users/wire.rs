//! Users on the wire.

use model::{Extension, Secret};
use serde::Serialize;
use services::{
    Patch,
    users::{FeaturesPatch, UserPatch, UserView},
};
use utoipa::ToSchema;

use super::destination::{Destination, NewDestination};
use crate::{
    answer::{UsedIn, Versioned, time, words},
    devices::{Device, DeviceWithPassword, NewDevice},
};

/// How calls to a user are handled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Features {
    /// How long the phones ring, in seconds.
    #[schema(example = 20)]
    ring_time: u32,
    /// Where an unanswered call goes.
    no_answer: Destination,
    /// Where a call goes that finds the user busy; null: as `no_answer`.
    busy: Option<Destination>,
    /// Where a call goes that finds no phone registered; null: as `no_answer`.
    offline: Option<Destination>,
    /// A second call rings a busy user.
    call_waiting: bool,
    /// All calls go to `no_answer` at once.
    do_not_disturb: bool,
}

/// Limits of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Security {
    /// Calls at the same time; 0 for no limit.
    #[schema(example = 10)]
    max_calls: u32,
}

/// What is seldom set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Advanced {
    /// No sign-in, no registration, no calls, everything kept.
    disabled: bool,
}

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct User {
    id: String,
    /// Null: a person of the provider.
    customer_id: Option<String>,
    site_id: Option<String>,
    #[schema(example = "anna.berg")]
    username: String,
    #[schema(example = "anna.berg@example.com")]
    email: Option<String>,
    #[schema(example = "Anna")]
    first_name: String,
    #[schema(example = "Berg")]
    last_name: Option<String>,
    /// First and last name.
    #[schema(example = "Anna Berg")]
    name: String,
    /// The name of an access profile.
    #[schema(example = "user")]
    role: String,
    /// Null: no phone system service.
    #[schema(example = "201")]
    extension: Option<String>,
    /// At this moment.
    #[schema(schema_with = words::presence)]
    state: String,
    features: Features,
    security: Security,
    advanced: Advanced,
    /// Phones, oldest first.
    devices: Vec<Device>,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
    updated_at: String,
}

impl Versioned for User {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<UserView> for User {
    fn from(view: UserView) -> Self {
        let user = &view.user;
        Self {
            id: user.id.to_string(),
            customer_id: user.customer.map(|id| id.to_string()),
            site_id: user.site.map(|id| id.to_string()),
            username: user.username.to_string(),
            email: user.email.as_ref().map(ToString::to_string),
            first_name: user.first_name.to_string(),
            last_name: user.last_name.as_ref().map(ToString::to_string),
            name: user.display_name(),
            role: user.role.clone(),
            extension: user.extension.as_ref().map(ToString::to_string),
            state: view.presence.as_str().to_owned(),
            features: Features {
                ring_time: user.features.ring_time_secs,
                no_answer: Destination::from(&user.features.no_answer),
                busy: user.features.busy.as_ref().map(Destination::from),
                offline: user.features.offline.as_ref().map(Destination::from),
                call_waiting: user.features.call_waiting,
                do_not_disturb: user.features.do_not_disturb,
            },
            security: Security {
                max_calls: user.max_calls,
            },
            advanced: Advanced {
                disabled: user.disabled,
            },
            version: user.version,
            created_at: time(user.created_at),
            updated_at: time(user.updated_at),
            devices: view.devices.into_iter().map(Device::from).collect(),
        }
    }
}

/// A person just made, with the SIP credentials that are shown only now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CreatedUser {
    #[serde(flatten)]
    user: User,
    /// Null without an extension.
    device: Option<DeviceWithPassword>,
}

impl Versioned for CreatedUser {
    fn version(&self) -> u64 {
        self.user.version
    }
}

impl From<services::users::CreatedUser> for CreatedUser {
    fn from(created: services::users::CreatedUser) -> Self {
        Self {
            user: created.user.into(),
            device: created.device.map(DeviceWithPassword::from),
        }
    }
}

crate::body! {
    /// How calls are handled; null is the default.
    pub(crate) struct FeaturesChanges {
        /// Seconds, 5 to 300; 20 unless given.
        #[schema(value_type = Option<u32>, minimum = 5, maximum = 300)]
        patch ring_time: Patch<i64>,
        /// `hangup` unless given.
        #[schema(value_type = Option<NewDestination>)]
        patch no_answer: Patch<NewDestination>,
        /// Null: as `no_answer`.
        #[schema(value_type = Option<NewDestination>)]
        patch busy: Patch<NewDestination>,
        /// Null: as `no_answer`.
        #[schema(value_type = Option<NewDestination>)]
        patch offline: Patch<NewDestination>,
        /// On unless given.
        #[schema(value_type = Option<bool>)]
        patch call_waiting: Patch<bool>,
        /// Off unless given.
        #[schema(value_type = Option<bool>)]
        patch do_not_disturb: Patch<bool>,
    }
}

fn destination(patch: Patch<NewDestination>) -> Patch<services::users::DestinationInput> {
    match patch {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(new) => Patch::Set(new.into()),
    }
}

impl From<FeaturesChanges> for FeaturesPatch {
    fn from(changes: FeaturesChanges) -> Self {
        Self {
            ring_time: changes.ring_time,
            no_answer: destination(changes.no_answer),
            busy: destination(changes.busy),
            offline: destination(changes.offline),
            call_waiting: changes.call_waiting,
            do_not_disturb: changes.do_not_disturb,
        }
    }
}

crate::body! {
    /// Limits; null is the default.
    pub(crate) struct SecurityChanges {
        /// Calls at the same time: 10 unless given, 0 for no limit.
        #[schema(value_type = Option<u32>)]
        patch max_calls: Patch<i64>,
    }
}

crate::body! {
    /// What is seldom set; null is the default.
    pub(crate) struct AdvancedChanges {
        /// No sign-in, no registration, no calls, everything kept.
        #[schema(value_type = Option<bool>)]
        patch disabled: Patch<bool>,
    }
}

crate::body! {
    /// A person to be.
    pub(crate) struct NewUser {
        /// One's own customer unless given; left out by the provider's people it makes one of them.
        optional customer_id: Option<String>,
        /// Unique among the customer's.
        #[schema(example = "anna.berg@example.com")]
        required email: String,
        /// First name.
        #[schema(example = "Anna")]
        required first_name: String,
        /// Last name.
        #[schema(example = "Berg")]
        optional last_name: Option<String>,
        /// Made from the email unless given.
        #[schema(example = "anna.berg")]
        optional username: Option<String>,
        /// Without one the person cannot sign in until one is set.
        #[schema(value_type = Option<String>, format = Password, write_only)]
        optional password: Option<Secret>,
        /// The name of an access profile; `user` unless given.
        #[schema(example = "user")]
        optional role: Option<String>,
        /// The customer's default site unless given.
        optional site_id: Option<String>,
        /// With it comes the phone system: a number and SIP credentials.
        #[schema(example = "201")]
        optional extension: Option<String>,
        /// The phone that the SIP credentials are for.
        optional device: Option<NewDevice>,
        /// How calls are handled.
        optional features: Option<FeaturesChanges>,
        /// Limits.
        optional security: Option<SecurityChanges>,
        /// What is seldom set.
        optional advanced: Option<AdvancedChanges>,
    }
}

fn max_calls(security: Option<SecurityChanges>) -> Patch<i64> {
    security.map_or(Patch::Keep, |security| security.max_calls)
}

fn disabled(advanced: Option<AdvancedChanges>) -> Patch<bool> {
    advanced.map_or(Patch::Keep, |advanced| advanced.disabled)
}

impl From<NewUser> for services::users::NewUser {
    fn from(new: NewUser) -> Self {
        Self {
            customer_id: new.customer_id,
            email: new.email,
            first_name: new.first_name,
            last_name: new.last_name,
            username: new.username,
            password: new.password,
            role: new.role,
            site_id: new.site_id,
            extension: new.extension,
            device: new.device.map(Into::into),
            features: new.features.map(Into::into).unwrap_or_default(),
            max_calls: max_calls(new.security),
            disabled: disabled(new.advanced),
        }
    }
}

crate::body! {
    /// What to change of a person.
    pub(crate) struct UserChanges {
        /// Unique among the customer's.
        #[schema(value_type = String, required = false)]
        patch email: Patch<String>,
        /// First name.
        #[schema(value_type = String, required = false)]
        patch first_name: Patch<String>,
        /// Last name.
        #[schema(value_type = Option<String>)]
        patch last_name: Patch<String>,
        /// Unique among the customer's.
        #[schema(value_type = String, required = false)]
        patch username: Patch<String>,
        /// By an administrator; one's own is changed by `POST /me/password`.
        #[schema(value_type = String, required = false, format = Password, write_only)]
        patch password: Patch<Secret>,
        /// The name of an access profile.
        #[schema(value_type = String, required = false)]
        patch role: Patch<String>,
        /// Another site of the same customer.
        #[schema(value_type = String, required = false)]
        patch site_id: Patch<String>,
        /// Null takes the number away.
        #[schema(value_type = Option<String>)]
        patch extension: Patch<String>,
        /// How calls are handled.
        #[schema(nullable = false)]
        optional features: Option<FeaturesChanges>,
        /// Limits.
        #[schema(nullable = false)]
        optional security: Option<SecurityChanges>,
        /// What is seldom set.
        #[schema(nullable = false)]
        optional advanced: Option<AdvancedChanges>,
    }
}

impl From<UserChanges> for UserPatch {
    fn from(changes: UserChanges) -> Self {
        Self {
            email: changes.email,
            first_name: changes.first_name,
            last_name: changes.last_name,
            username: changes.username,
            password: changes.password,
            role: changes.role,
            site_id: changes.site_id,
            extension: changes.extension,
            features: changes.features.map(Into::into).unwrap_or_default(),
            max_calls: max_calls(changes.security),
            disabled: disabled(changes.advanced),
        }
    }
}

crate::query! {
    /// Filters of the users list.
    pub(crate) struct UserFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// One site's.
        #[param(nullable = false)]
        optional site_id: Option<String>,
        /// With this role.
        #[param(nullable = false)]
        optional role: Option<String>,
        /// In this live state.
        #[param(schema_with = words::presence, required = false)]
        optional state: Option<String>,
        /// With or without a number.
        #[param(nullable = false)]
        optional has_extension: Option<bool>,
        /// With exactly this number.
        #[param(nullable = false)]
        optional extension: Option<String>,
        /// With exactly this email.
        #[param(nullable = false)]
        optional email: Option<String>,
        /// With exactly this username.
        #[param(nullable = false)]
        optional username: Option<String>,
    }
}

impl From<UserFilter> for services::users::UserFilter {
    fn from(filter: UserFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            site_id: filter.site_id,
            role: filter.role,
            state: filter.state,
            has_extension: filter.has_extension,
            extension: filter.extension,
            email: filter.email,
            username: filter.username,
        }
    }
}

crate::query! {
    /// For which customer.
    pub(crate) struct NextExtensionQuery {
        /// One's own customer unless given.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
    }
}

/// The lowest free extension.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NextExtension {
    #[schema(example = "204")]
    extension: String,
}

impl From<Extension> for NextExtension {
    fn from(extension: Extension) -> Self {
        Self {
            extension: extension.to_string(),
        }
    }
}

crate::body! {
    /// What becomes of one use of a user who goes.
    pub(crate) struct UseSettled {
        /// As `used_in` names it.
        #[schema(example = "conference_room")]
        required kind: String,
        /// Which.
        required id: String,
        /// The user who takes it over. Null: it ends; a destination becomes what it is unless set,
        /// a room has one owner, moderator or number less, a conference manager is deleted.
        optional replacement_id: Option<String>,
    }
}

crate::body! {
    /// What becomes of everything that uses a user who goes.
    pub(crate) struct DeleteUser {
        /// Every use, as `GET /users/{id}/uses` lists them.
        required uses: Vec<UseSettled>,
    }
}

impl From<UseSettled> for services::users::SettledUse {
    fn from(settled: UseSettled) -> Self {
        Self {
            kind: settled.kind,
            id: settled.id,
            replacement_id: settled.replacement_id,
        }
    }
}

/// What uses a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Uses {
    pub(super) items: Vec<UsedIn>,
}
