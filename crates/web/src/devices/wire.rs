//! Phones on the wire.

use serde::Serialize;
use services::{Patch, devices::DeviceView};
use utoipa::ToSchema;

use crate::answer::{Versioned, time};

/// What a phone needs to register, without its password.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeviceSip {
    /// The digest user.
    #[schema(example = "201")]
    username: String,
    #[schema(example = "main.convoke.internal")]
    domain: String,
    /// Where to register.
    #[schema(example = "192.0.2.1")]
    server: String,
    #[schema(example = 5060)]
    port: u16,
}

/// The same with the password, which is shown once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeviceSipWithPassword {
    #[serde(flatten)]
    sip: DeviceSip,
    #[schema(example = "h7Kq2vXw9RtPz4Lm")]
    password: String,
}

/// A phone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Device {
    id: String,
    user_id: String,
    /// Hardware address of a desk phone, twelve hexadecimal digits.
    #[schema(example = "001565aabbcc")]
    mac: Option<String>,
    #[schema(example = "Yealink T54W")]
    model: Option<String>,
    sip: DeviceSip,
    /// Live registrations.
    endpoints: u64,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

/// A phone with its SIP password, which is shown once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeviceWithPassword {
    id: String,
    user_id: String,
    mac: Option<String>,
    model: Option<String>,
    sip: DeviceSipWithPassword,
    /// Live registrations.
    endpoints: u64,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

impl Versioned for Device {
    fn version(&self) -> u64 {
        self.version
    }
}

impl Versioned for DeviceWithPassword {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<DeviceView> for Device {
    fn from(view: DeviceView) -> Self {
        Self {
            id: view.id.to_string(),
            user_id: view.user.to_string(),
            mac: view.mac.as_ref().map(ToString::to_string),
            model: view.model,
            sip: DeviceSip {
                username: view.sip_username.to_string(),
                domain: view.domain,
                server: view.server,
                port: view.port,
            },
            endpoints: view.endpoints as u64,
            version: view.version,
            created_at: time(view.created_at),
        }
    }
}

impl From<services::devices::DeviceWithPassword> for DeviceWithPassword {
    fn from(with: services::devices::DeviceWithPassword) -> Self {
        let device = Device::from(with.device);
        Self {
            id: device.id,
            user_id: device.user_id,
            mac: device.mac,
            model: device.model,
            sip: DeviceSipWithPassword {
                sip: device.sip,
                password: with.password.expose().to_owned(),
            },
            endpoints: device.endpoints,
            version: device.version,
            created_at: device.created_at,
        }
    }
}

crate::body! {
    /// A phone to be.
    pub(crate) struct NewDevice {
        /// Twelve hexadecimal digits, with or without separators.
        #[schema(example = "00:15:65:aa:bb:cc")]
        optional mac: Option<String>,
        /// Free text.
        #[schema(example = "Yealink T54W")]
        optional model: Option<String>,
    }
}

impl From<NewDevice> for services::devices::NewDevice {
    fn from(new: NewDevice) -> Self {
        Self {
            mac: new.mac,
            model: new.model,
        }
    }
}

crate::body! {
    /// What to change of a phone.
    pub(crate) struct DeviceChanges {
        /// Twelve hexadecimal digits, with or without separators.
        #[schema(value_type = Option<String>)]
        patch mac: Patch<String>,
        /// Free text.
        #[schema(value_type = Option<String>)]
        patch model: Patch<String>,
    }
}

impl From<DeviceChanges> for services::devices::DevicePatch {
    fn from(changes: DeviceChanges) -> Self {
        Self {
            mac: changes.mac,
            model: changes.model,
        }
    }
}

/// All phones of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Devices {
    pub(super) items: Vec<Device>,
}
