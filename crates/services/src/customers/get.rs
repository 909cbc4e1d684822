//! One customer.

use std::sync::Arc;

use model::{Customer, CustomerId, Model, Operation};

use super::{CustomerView, view};
use crate::{Context, Error, gate::Target};

/// Shows a customer.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: CustomerId) -> Result<CustomerView, Error> {
    find(ctx, id, Operation::Read).map(|customer| view(ctx, &customer))
}

/// The customer, if the actor may do this with it.
pub(super) fn find(
    ctx: &Context,
    id: CustomerId,
    operation: Operation,
) -> Result<Arc<Customer>, Error> {
    let directory = ctx.directory();
    let customer = directory.customer(id).ok_or(Error::NotFound("customer"))?;
    ctx.require(Model::Customer, operation, &Target::customer(id))?;
    Ok(customer.clone())
}
