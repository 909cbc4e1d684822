//! A new company with its first site.

use std::sync::Arc;

use model::{
    AccountName, Customer, CustomerId, DisplayName, Model, Operation, Site, SiteId, TonePlan,
};

use super::{CustomerView, NewCustomer, view};
use crate::{
    Context, Error,
    change::{Act, record, store_error},
    directory::DirectoryChange,
    events::Subject,
    gate::Target,
};

/// Makes a customer.
///
/// # Errors
/// `Forbidden` for all but the provider's; `Invalid`, with `taken` for the account name.
pub async fn create(ctx: &Context, new: NewCustomer) -> Result<CustomerView, Error> {
    ctx.require(Model::Customer, Operation::Create, &Target::provider())?;
    let mut fields = ctx.fields();
    let name = fields.take("name", DisplayName::parse(&new.name));
    let account = fields.take("account_name", AccountName::parse(&new.account_name));
    if let Some(account) = &account
        && ctx.directory().customer_named(account.as_str()).is_some()
    {
        fields.add(
            "account_name",
            "taken",
            "this account name is taken; choose another",
        );
    }
    fields.finish()?;
    let (Some(name), Some(account_name)) = (name, account) else {
        return Err(Error::Internal);
    };
    let (customer, site) = rows(ctx, name, account_name);
    let mut change = ctx.change().await?;
    change
        .tx
        .customers()
        .insert(&customer, &site)
        .await
        .map_err(|e| store_error("make a customer", e))?;
    change.audit(Act {
        customer: None,
        action: "customer.created",
        model: Model::Customer,
        subject_id: customer.id.to_string(),
        subject_name: customer.name.to_string(),
        before: None,
        after: Some(record(&customer)),
    });
    let customer = Arc::new(customer);
    change.apply(DirectoryChange::Customer(customer.clone()));
    change.apply(DirectoryChange::Site(Arc::new(site)));
    change.tell(
        "customer.created",
        Some(customer.id),
        Subject::Customer(customer.id),
    );
    change.commit().await?;
    Ok(view(ctx, &customer))
}

/// The customer, and the site where its people go that name none.
fn rows(ctx: &Context, name: DisplayName, account_name: AccountName) -> (Customer, Site) {
    let (now, entropy) = (ctx.now(), ctx.services().entropy());
    let customer = Customer {
        id: CustomerId::mint(now, entropy),
        parent: ctx.directory().provider(),
        name,
        account_name,
        default_site: SiteId::mint(now, entropy),
        version: 1,
        created_at: now,
    };
    let site = Site {
        id: customer.default_site,
        customer: customer.id,
        name: customer.name.clone(),
        country: "DE".to_owned(),
        time_zone: "UTC".to_owned(),
        tones: TonePlan::default(),
        version: 1,
        created_at: now,
    };
    (customer, site)
}
