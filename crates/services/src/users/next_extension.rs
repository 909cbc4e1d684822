//! The number that a new person is offered.

use model::{Extension, Model, Operation};

use crate::{Context, Error, gate::Target};

/// Where numbering begins.
const FIRST: u64 = 201;

/// The lowest free number from 201 on.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid` if a customer has to be named.
pub async fn next_extension(ctx: &Context, customer_id: Option<&str>) -> Result<Extension, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(customer_id, &mut fields)?;
    fields.finish()?;
    let customer = customer.ok_or(Error::Internal)?;
    let somewhere = Target {
        site: ctx.actor().site,
        ..Target::customer(customer)
    };
    ctx.require(Model::User, Operation::Create, &somewhere)?;
    let directory = ctx.directory();
    (FIRST..FIRST + 10_000_000)
        .filter_map(|number| Extension::parse(&number.to_string()).ok())
        .find(|number| directory.number(customer, number).is_none())
        .ok_or(Error::Internal)
}
