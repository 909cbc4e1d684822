//! A new person: row, number, SIP credentials and audit in one transaction.

use std::sync::Arc;

use model::{
    CustomerId, DEFAULT_MAX_CALLS, Device, DisplayName, Email, Extension, Features, Model,
    Operation, SiteId, User, UserId, Username,
};

use super::{
    CreatedUser, NewUser,
    settings::{
        check_sign_in_names, free_number, role, set_features, set_max_calls, site, username_of,
    },
    view,
};
use crate::{
    Context, Error,
    change::{Change, store_error},
    devices::{self, DeviceWithPassword, NewDevice, Phone},
    error::Fields,
    gate::Target,
    input::set_or_default,
    password,
};

/// Makes a person. With an extension they get the phone system: a number and SIP credentials,
/// whose password is in the answer and never again.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid` with every wrong field.
pub async fn create(ctx: &Context, new: NewUser) -> Result<CreatedUser, Error> {
    let mut fields = ctx.fields();
    let customer = customer_of(ctx, &new, &mut fields)?;
    let password = new.password.clone();
    let (user, phone) = read(ctx, customer, new, fields)?;
    let hash = match &password {
        Some(password) => Some(
            ctx.services()
                .hashing()
                .hash(password, ctx.services().entropy())
                .await?,
        ),
        None => None,
    };
    let mut change = ctx.change().await?;
    store(&mut change, &user, hash.as_deref()).await?;
    let device = match phone {
        Some(phone) => Some(devices::add(ctx, &mut change, &user, phone).await?),
        None => None,
    };
    let user = Arc::new(user);
    change.commit().await?;
    Ok(CreatedUser {
        user: view(ctx, &user),
        device: device.map(|device| shown(ctx, &device)).transpose()?,
    })
}

fn shown(ctx: &Context, device: &Device) -> Result<DeviceWithPassword, Error> {
    let directory = ctx.directory();
    let entry = directory.device(device.id).ok_or(Error::Internal)?;
    Ok(DeviceWithPassword {
        device: devices::view(ctx, entry),
        password: device.sip_password.clone(),
    })
}

/// None: one of the provider's own people, which only the provider's people can make, and only
/// by naming that role.
fn customer_of(
    ctx: &Context,
    new: &NewUser,
    fields: &mut Fields,
) -> Result<Option<CustomerId>, Error> {
    let own = new.role.as_deref() == Some("provider_administrator");
    let providers = ctx.actor().seat.customer.is_none();
    if own && providers && new.customer_id.is_none() {
        return Ok(None);
    }
    ctx.customer_of_input(new.customer_id.as_deref(), fields)
}

/// Checks every field; the gate comes as soon as customer and site are known.
fn read(
    ctx: &Context,
    customer: Option<CustomerId>,
    new: NewUser,
    mut fields: Fields,
) -> Result<(User, Option<Phone>), Error> {
    let at = site_of(ctx, customer, new.site_id.as_deref(), &mut fields);
    let place = Target {
        customer,
        site: at,
        ..Target::default()
    };
    ctx.require(Model::User, Operation::Create, &place)?;
    let id = UserId::mint(ctx.now(), ctx.services().entropy());
    let person = person(ctx, customer, id, &new, &mut fields);
    let phone = phone(new.device, new.extension.is_some(), &mut fields);
    let (mut features, mut max_calls, mut disabled) =
        (Features::default(), DEFAULT_MAX_CALLS, false);
    let own = person.extension.as_ref();
    let directory = ctx.directory();
    set_features(
        &directory,
        (customer, own),
        &mut features,
        new.features,
        &mut fields,
    );
    set_max_calls(&mut max_calls, new.max_calls, &mut fields);
    set_or_default(&mut disabled, new.disabled, false);
    fields.finish()?;
    let (Some(username), Some(first_name), Some(role)) =
        (person.username, person.first_name, person.role)
    else {
        return Err(Error::Internal);
    };
    let user = User {
        id,
        customer,
        site: at,
        username,
        email: person.email,
        first_name,
        last_name: person.last_name,
        role,
        extension: person.extension,
        features,
        max_calls,
        disabled,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    let phone = user.extension.is_some().then_some(phone);
    Ok((user, phone))
}

/// Who it is, as far as it could be read.
struct Person {
    email: Option<Email>,
    username: Option<Username>,
    first_name: Option<DisplayName>,
    last_name: Option<DisplayName>,
    role: Option<String>,
    extension: Option<Extension>,
}

fn person(
    ctx: &Context,
    customer: Option<CustomerId>,
    id: UserId,
    new: &NewUser,
    fields: &mut Fields,
) -> Person {
    let directory = ctx.directory();
    let email = fields.take("email", Email::parse(&new.email));
    let first_name = fields.take("first_name", DisplayName::parse(&new.first_name));
    let last_name = new
        .last_name
        .as_deref()
        .filter(|name| !name.trim().is_empty())
        .and_then(|name| fields.take("last_name", DisplayName::parse(name)));
    let username = match &new.username {
        Some(name) if !name.trim().is_empty() => fields.take("username", Username::parse(name)),
        _ => email
            .as_ref()
            .and_then(|email| username_of(&directory, customer, email)),
    };
    let names = (username.as_ref(), email.as_ref());
    check_sign_in_names(&directory, customer, id, names, fields);
    let role = role(ctx, customer, new.role.as_deref().unwrap_or("user"), fields);
    let extension = match (&new.extension, customer) {
        (Some(text), Some(customer)) => {
            free_number(&directory, customer, text, None, "extension", fields)
        }
        (Some(_), None) if !fields.has("customer_id") => {
            let message = "the provider's people have no phones";
            fields.add("extension", "not_allowed", message);
            None
        }
        _ => None,
    };
    if let Some(password) = &new.password {
        let last = new.last_name.as_deref().unwrap_or_default();
        let username = username.as_ref().map_or("", |name| name.as_str());
        let words = [new.email.as_str(), &new.first_name, last, username];
        password::judge(password, &words, "password", fields);
    }
    Person {
        email,
        username,
        first_name,
        last_name,
        role,
        extension,
    }
}

fn site_of(
    ctx: &Context,
    customer: Option<CustomerId>,
    given: Option<&str>,
    fields: &mut Fields,
) -> Option<SiteId> {
    let directory = ctx.directory();
    let customer = customer?;
    match given {
        Some(text) => site(&directory, customer, text, fields),
        None => ctx
            .actor()
            .site
            .filter(|_| !ctx.allows(Model::User, Operation::Create, &Target::customer(customer)))
            .or_else(|| directory.customer(customer).map(|c| c.default_site)),
    }
}

/// The phone that the SIP credentials are for; without one they are for any.
fn phone(device: Option<NewDevice>, with_extension: bool, fields: &mut Fields) -> Phone {
    let Some(device) = device else {
        return Phone::default();
    };
    if !with_extension {
        let message = "a phone needs an extension; give one, or leave the phone out";
        fields.add("device", "needs_extension", message);
    }
    devices::read(device, "device.", fields)
}

async fn store(change: &mut Change<'_>, user: &User, hash: Option<&str>) -> Result<(), Error> {
    let failed = |e| store_error("make a user", e);
    change.tx.users().insert(user).await.map_err(failed)?;
    if let Some(hash) = hash {
        change
            .tx
            .users()
            .set_password_hash(user.id, hash, user.created_at)
            .await
            .map_err(failed)?;
    }
    change.created(user.clone());
    Ok(())
}
