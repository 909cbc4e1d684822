//! Phones and their SIP credentials.

mod create;
mod delete;
mod get;
mod list;
mod reset_password;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use reset_password::reset_password;
pub use update::update;

use model::{DeviceId, MacAddress, Secret, SipUsername, Timestamp, UserId};

use crate::Patch;

/// A phone to be.
#[derive(Debug, Clone, Default)]
pub struct NewDevice {
    /// Twelve hexadecimal digits.
    pub mac: Option<String>,
    /// Free text.
    pub model: Option<String>,
}

/// What to change of a phone.
#[derive(Debug, Clone, Default)]
pub struct DevicePatch {
    /// Twelve hexadecimal digits.
    pub mac: Patch<String>,
    /// Free text.
    pub model: Patch<String>,
}

/// A phone as doors show it: without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Identity.
    pub id: DeviceId,
    /// Whose.
    pub user: UserId,
    /// Name of the digest user.
    pub sip_username: SipUsername,
    /// The customer's SIP domain.
    pub domain: String,
    /// Where to register.
    pub server: String,
    /// SIP port.
    pub port: u16,
    /// Hardware address.
    pub mac: Option<MacAddress>,
    /// Free text.
    pub model: Option<String>,
    /// Live registrations.
    pub endpoints: usize,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A phone with the password, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceWithPassword {
    /// The phone.
    pub device: DeviceView,
    /// At least 16 characters, made at random.
    pub password: Secret,
}
