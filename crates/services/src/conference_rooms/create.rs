//! A new room.

use model::{
    Announce, CustomerId, DEFAULT_MAX_PARTICIPANTS, DisplayName, Extension, Model, Operation,
    RecordPolicy, Room, RoomId,
};

use super::{NewRoom, RoomView, settings::set, view};
use crate::{Context, Error, change::store_error, error::Fields, gate::Target, users::free_number};

/// Makes a room.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid` with every wrong field.
pub async fn create(ctx: &Context, new: NewRoom) -> Result<RoomView, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(new.customer_id.as_deref(), &mut fields)?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::ConferenceRoom, Operation::Create, &target)?;
    let room = read(ctx, customer, new, fields)?;
    let mut change = ctx.change().await?;
    change
        .tx
        .rooms()
        .insert(&room)
        .await
        .map_err(|e| store_error("make a conference room", e))?;
    let room = change.created(room);
    change.commit().await?;
    Ok(view(ctx, &room))
}

fn read(
    ctx: &Context,
    customer: Option<CustomerId>,
    new: NewRoom,
    mut fields: Fields,
) -> Result<Room, Error> {
    let directory = ctx.directory();
    let number = match customer {
        Some(customer) => free_number(
            &directory,
            customer,
            &new.number,
            None,
            "number",
            &mut fields,
        ),
        None => fields.take("number", Extension::parse(&new.number)),
    };
    let name = fields.take("name", DisplayName::parse(&new.name));
    // A number and a name to go on with, so that wrong settings are told as well.
    let stand_in = (Extension::parse("00"), DisplayName::parse("-"));
    let (Ok(no_number), Ok(no_name)) = stand_in else {
        return Err(Error::Internal);
    };
    let mut room = Room {
        id: RoomId::mint(ctx.now(), ctx.services().entropy()),
        customer: customer.unwrap_or_else(|| directory.default_customer()),
        number: number.unwrap_or(no_number),
        name: name.unwrap_or(no_name),
        owner: None,
        moderators: Vec::new(),
        participant_pin: None,
        moderator_pin: None,
        max_participants: DEFAULT_MAX_PARTICIPANTS,
        lobby: false,
        lock_on_start: false,
        join_muted: false,
        webinar: false,
        wait_for_moderator: false,
        announce: Announce::default(),
        music_while_alone: false,
        record: RecordPolicy::default(),
        end_when_moderator_leaves: false,
        time_limit_secs: None,
        call_out: Vec::new(),
        version: 1,
        created_at: ctx.now(),
    };
    set(&directory, &mut room, new.settings, &mut fields);
    fields.finish()?;
    Ok(room)
}
