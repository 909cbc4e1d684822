//! A new account: pick an extension, get a username and a password.

use model::{
    ConferenceManager, CustomerId, Extension, ManagerId, Model, Operation, RoomId, Username,
};

use super::{ManagerWithPassword, NewConferenceManager, require_rank, rooms_of};
use crate::{
    Context, Error, change::store_error, directory::Directory, error::Fields, gate::Target,
    password,
};

/// Makes an account, which takes effect at once. The password is in the answer and never again.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid` for an extension nobody has or rooms
/// that are not the customer's.
pub async fn create(
    ctx: &Context,
    new: NewConferenceManager,
) -> Result<ManagerWithPassword, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(new.customer_id.as_deref(), &mut fields)?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::ConferenceManager, Operation::Create, &target)?;
    if let Some(customer) = customer {
        require_rank(ctx, customer, Operation::Create)?;
    }
    let (extension, rooms) = read(ctx, customer, &new, &mut fields);
    fields.finish()?;
    let (Some(customer), Some(extension)) = (customer, extension) else {
        return Err(Error::Internal);
    };
    let services = ctx.services();
    let secret = password::generate(services.entropy());
    let hash = services.hashing().hash(&secret, services.entropy()).await?;
    let mut change = ctx.change().await?;
    let manager = ConferenceManager {
        id: ManagerId::mint(ctx.now(), services.entropy()),
        customer,
        username: username(&ctx.directory(), customer, &extension).ok_or(Error::Internal)?,
        extension,
        rooms,
        disabled: false,
        version: 1,
        created_at: ctx.now(),
    };
    change
        .tx
        .managers()
        .insert(&manager, &hash)
        .await
        .map_err(|e| store_error("make a conference manager", e))?;
    let manager = change.created(manager);
    change.commit().await?;
    Ok(ManagerWithPassword {
        manager,
        password: secret,
    })
}

fn read(
    ctx: &Context,
    customer: Option<CustomerId>,
    new: &NewConferenceManager,
    fields: &mut Fields,
) -> (Option<Extension>, Option<Vec<RoomId>>) {
    let directory = ctx.directory();
    let extension = fields.take("extension", Extension::parse(&new.extension));
    let Some(customer) = customer else {
        return (extension, None);
    };
    if let Some(number) = &extension
        && directory.user_at(customer, number).is_none()
    {
        fields.add(
            "extension",
            "unknown",
            "nobody has this extension; pick a user's",
        );
    }
    let rooms = new
        .room_ids
        .as_ref()
        .map(|ids| rooms_of(&directory, customer, ids, fields));
    (extension, rooms)
}

/// `conference-201`, with a suffix where that is taken.
fn username(
    directory: &Directory,
    customer: CustomerId,
    extension: &Extension,
) -> Option<Username> {
    let base = format!("conference-{extension}");
    (1..10_000)
        .map(|n| {
            if n == 1 {
                base.clone()
            } else {
                format!("{base}-{n}")
            }
        })
        .find(|name| directory.signs_in(Some(customer), name).is_none())
        .and_then(|name| Username::parse(&name).ok())
}
