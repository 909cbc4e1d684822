//! Users and their devices.

use crate::{
    CustomerId, Destination, DeviceId, DisplayName, Email, Extension, MacAddress, Secret,
    SipUsername, SiteId, Timestamp, UserId, Username,
};

/// One person: end user, administrator, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// None: a person of the provider.
    pub customer: Option<CustomerId>,
    /// Where the person sits; none for the provider's.
    pub site: Option<SiteId>,
    /// Unique among the customer's.
    pub username: Username,
    /// Unique among the customer's; signs in like the username.
    pub email: Option<Email>,
    /// First name.
    pub first_name: DisplayName,
    /// Last name; may be empty in some cultures.
    pub last_name: Option<DisplayName>,
    /// The name of the access profile: `user`, `customer_administrator`, …
    pub role: String,
    /// Internal number; none: no phone system service.
    pub extension: Option<Extension>,
    /// How calls to the user are handled.
    pub features: Features,
    /// Calls at the same time; 0 for no limit.
    pub max_calls: u32,
    /// No sign-in, no registration, no calls, everything kept.
    pub disabled: bool,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl User {
    /// Whether their phones may register and call: without an extension there is no phone system
    /// for them.
    #[must_use]
    pub fn may_use_phones(&self) -> bool {
        !self.disabled && self.extension.is_some()
    }

    /// First and last name, as callers see it.
    #[must_use]
    pub fn display_name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.first_name),
            None => self.first_name.to_string(),
        }
    }
}

/// How calls to a user are handled. Every field is obeyed by `services::routing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    /// How long the phones ring, in seconds, 5 to 300.
    pub ring_time_secs: u32,
    /// Where an unanswered call goes.
    pub no_answer: Destination,
    /// Where a call goes that finds the user busy; the no-answer destination unless set.
    pub busy: Option<Destination>,
    /// Where a call goes that finds no phone registered; the no-answer destination unless set.
    pub offline: Option<Destination>,
    /// A second call rings a busy user.
    pub call_waiting: bool,
    /// All calls go to the no-answer destination at once.
    pub do_not_disturb: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            ring_time_secs: 20,
            no_answer: Destination::HangUp,
            busy: None,
            offline: None,
            call_waiting: true,
            do_not_disturb: false,
        }
    }
}

/// Calls at the same time that a new user may have.
pub const DEFAULT_MAX_CALLS: u32 = 10;

/// A desk or soft phone with its SIP credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Identity.
    pub id: DeviceId,
    /// Whose customer.
    pub customer: CustomerId,
    /// Whose phone.
    pub user: UserId,
    /// Unique on the server, never changes.
    pub sip_username: SipUsername,
    /// In the open only here; the store keeps it encrypted.
    pub sip_password: Secret,
    /// Hardware address of a desk phone.
    pub mac: Option<MacAddress>,
    /// Free text: `Yealink T54W`.
    pub model: Option<String>,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What the portal shows of a person at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Presence {
    /// Registered, no call.
    Available,
    /// A phone rings.
    Ringing,
    /// At least one answered call.
    OnCall,
    /// Chosen by the user.
    DoNotDisturb,
    /// No phone registered.
    Offline,
    /// The account is disabled.
    Disabled,
}

impl Presence {
    /// Its name in API and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Ringing => "ringing",
            Self::OnCall => "on_call",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Offline => "offline",
            Self::Disabled => "disabled",
        }
    }
}
