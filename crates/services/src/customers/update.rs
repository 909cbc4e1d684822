//! A company's names.

use std::sync::Arc;

use model::{AccountName, CustomerId, DisplayName, Model, Operation};

use super::{CustomerPatch, CustomerView, get::find, view};
use crate::{
    Context, Error, Expected,
    change::{Act, fields_that_differ, record, store_error},
    directory::DirectoryChange,
    events::Subject,
    gate::Target,
    input::{expect_version, set_required},
};

/// Changes what the patch names.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid`. The account name is the provider's
/// to change: it leads to the customer's phones.
pub async fn update(
    ctx: &Context,
    id: CustomerId,
    patch: CustomerPatch,
    expected: Expected,
) -> Result<CustomerView, Error> {
    find(ctx, id, Operation::Update)?;
    if patch.account_name.is_named() {
        ctx.require(Model::Customer, Operation::Create, &Target::provider())?;
    }
    let mut change = ctx.change().await?;
    let before = find(ctx, id, Operation::Update)?;
    expect_version(expected, before.version)?;
    let mut fields = ctx.fields();
    let mut customer = (*before).clone();
    set_required(
        &mut customer.name,
        patch.name,
        "name",
        |text| DisplayName::parse(&text),
        &mut fields,
    );
    set_required(
        &mut customer.account_name,
        patch.account_name,
        "account_name",
        |text| AccountName::parse(&text),
        &mut fields,
    );
    let directory = ctx.directory();
    let other = directory.customer_named(customer.account_name.as_str());
    if other.is_some_and(|other| other.id != id) {
        fields.add(
            "account_name",
            "taken",
            "this account name is taken; choose another",
        );
    }
    fields.finish()?;
    if customer == *before {
        return Ok(view(ctx, &before));
    }
    change
        .tx
        .customers()
        .update(&mut customer)
        .await
        .map_err(|e| store_error("change a customer", e))?;
    let (was, is) = fields_that_differ(&record(&*before), &record(&customer));
    change.audit(Act {
        customer: Some(id),
        action: "customer.updated",
        model: Model::Customer,
        subject_id: id.to_string(),
        subject_name: customer.name.to_string(),
        before: Some(was),
        after: Some(is),
    });
    let customer = Arc::new(customer);
    change.apply(DirectoryChange::Customer(customer.clone()));
    change.tell("customer.updated", Some(id), Subject::Customer(id));
    change.commit().await?;
    Ok(view(ctx, &customer))
}
