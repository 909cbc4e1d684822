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

pub(crate) use create::add;

use model::{DeviceId, MacAddress, Secret, SipUsername, Timestamp, UserId};

use crate::{Error, Patch, error::Fields};

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

/// The phone as doors show it.
pub(crate) fn view(ctx: &crate::Context, device: &crate::directory::DeviceEntry) -> DeviceView {
    let facts = &device.facts;
    let sip = ctx.services().sip();
    DeviceView {
        id: facts.device,
        user: facts.user,
        sip_username: facts.sip_username.clone(),
        domain: facts.sip_domain.to_string(),
        server: sip.server.clone(),
        port: sip.port,
        mac: device.mac.clone(),
        model: device.model.clone(),
        endpoints: ctx
            .services()
            .live()
            .endpoints_of_device(facts.user, facts.device),
        version: device.version,
        created_at: device.created_at,
    }
}

/// What is known of the hardware.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Phone {
    pub(crate) mac: Option<MacAddress>,
    pub(crate) model: Option<String>,
}

/// Checks what is known of the hardware.
pub(crate) fn read(new: NewDevice, prefix: &str, fields: &mut Fields) -> Phone {
    let mut phone = Phone::default();
    set(&mut phone, new.mac.into(), new.model.into(), prefix, fields);
    phone
}

/// Sets what is named.
fn set(
    phone: &mut Phone,
    mac: Patch<String>,
    model: Patch<String>,
    prefix: &str,
    fields: &mut Fields,
) {
    let field = format!("{prefix}mac");
    crate::input::set_optional(&mut phone.mac, mac, &field, MacAddress::parse, fields);
    let field = format!("{prefix}model");
    let parse = |text: &str| model::DisplayName::parse(text).map(|name| name.to_string());
    crate::input::set_optional(&mut phone.model, model, &field, parse, fields);
}

/// The phone as a target of grants: where its person sits, and theirs.
fn target(user: &model::User) -> crate::gate::Target {
    crate::users::target(user)
}

/// The phone and its person, if the actor may do this with it.
fn find(
    ctx: &crate::Context,
    id: DeviceId,
    operation: model::Operation,
) -> Result<
    (
        std::sync::Arc<crate::directory::DeviceEntry>,
        std::sync::Arc<model::User>,
    ),
    Error,
> {
    let directory = ctx.directory();
    let device = directory.device(id).ok_or(Error::NotFound("device"))?;
    let user = directory
        .user(device.facts.user)
        .ok_or(Error::NotFound("device"))?;
    ctx.require(model::Model::Device, operation, &target(user))?;
    if operation != model::Operation::Read {
        crate::users::require_rank(ctx, user)?;
    }
    Ok((device.clone(), user.clone()))
}

/// What the audit log keeps of a phone.
fn fields_of(device: &model::Device) -> serde_json::Value {
    serde_json::json!({
        "user_id": device.user.to_string(),
        "sip_username": device.sip_username.as_str(),
        "mac": device.mac.as_ref().map(|mac| mac.as_str()),
        "model": device.model,
    })
}
