//! A phone more, with SIP credentials of its own.

use model::{Device, DeviceId, Model, Operation, SipUsername, User, UserId};

use super::{DeviceWithPassword, NewDevice, Phone, fields_of, read, target, view};
use crate::{
    Context, Error,
    change::{Act, Change, store_error},
    directory::{Directory, DirectoryChange},
    events::Subject,
    password,
};

/// Phones that one person has at most.
const MAX_DEVICES: usize = 10;

/// Gives a person a phone. The password is in the answer and never again.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` for a person without an extension, or with ten
/// phones.
pub async fn create(
    ctx: &Context,
    user: UserId,
    new: NewDevice,
) -> Result<DeviceWithPassword, Error> {
    allowed(ctx, user)?;
    let mut fields = ctx.fields();
    let phone = read(new, "", &mut fields);
    fields.finish()?;
    let mut change = ctx.change().await?;
    let user = allowed(ctx, user)?;
    let device = add(ctx, &mut change, &user, phone).await?;
    change.commit().await?;
    let directory = ctx.directory();
    let entry = directory.device(device.id).ok_or(Error::Internal)?;
    Ok(DeviceWithPassword {
        device: view(ctx, entry),
        password: device.sip_password,
    })
}

fn allowed(ctx: &Context, user: UserId) -> Result<User, Error> {
    let directory = ctx.directory();
    let user = directory.user(user).ok_or(Error::NotFound("user"))?;
    ctx.require(Model::Device, Operation::Create, &target(user))?;
    crate::users::require_rank(ctx, user)?;
    if user.extension.is_none() {
        return Err(Error::Conflict {
            code: "needs_extension",
            message: "a phone needs an extension; give the person one first".to_owned(),
            id: None,
        });
    }
    if directory.devices_of(user.id).count() >= MAX_DEVICES {
        return Err(Error::Conflict {
            code: "too_many_devices",
            message: format!("a person has at most {MAX_DEVICES} phones; delete one first"),
            id: None,
        });
    }
    Ok((**user).clone())
}

/// Adds a phone to a change under way.
pub(crate) async fn add(
    ctx: &Context,
    change: &mut Change<'_>,
    user: &User,
    phone: Phone,
) -> Result<Device, Error> {
    let (now, entropy) = (ctx.now(), ctx.services().entropy());
    let customer = user.customer.ok_or(Error::Internal)?;
    let device = Device {
        id: DeviceId::mint(now, entropy),
        customer,
        user: user.id,
        sip_username: sip_username(&ctx.directory(), user).ok_or(Error::Internal)?,
        sip_password: password::generate(entropy),
        mac: phone.mac,
        model: phone.model,
        version: 1,
        created_at: now,
    };
    change
        .tx
        .devices()
        .insert(&device)
        .await
        .map_err(|e| store_error("make a device", e))?;
    change.audit(Act {
        customer: Some(customer),
        action: "device.created",
        model: Model::Device,
        subject_id: device.id.to_string(),
        subject_name: device.sip_username.to_string(),
        before: None,
        after: Some(fields_of(&device)),
    });
    change.apply(DirectoryChange::Device(Box::new(device.clone())));
    change.tell("device.created", Some(customer), Subject::Device(device.id));
    Ok(device)
}

/// The extension in the default customer, `acme-201` elsewhere; `201-2` where that is taken. It
/// never changes afterwards.
fn sip_username(directory: &Directory, user: &User) -> Option<SipUsername> {
    let extension = user.extension.as_ref()?;
    let customer = directory.customer(user.customer?)?;
    let base = if customer.id == directory.default_customer() {
        extension.to_string()
    } else {
        format!("{}-{extension}", customer.account_name)
    };
    (1..10_000)
        .map(|n| {
            if n == 1 {
                base.clone()
            } else {
                format!("{base}-{n}")
            }
        })
        .filter_map(|name| SipUsername::parse(&name).ok())
        .find(|name| directory.line(name).is_none())
}
