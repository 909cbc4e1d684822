//! Companies on the server: made and deleted by the provider, changed by their administrators.

mod create;
mod delete;
mod get;
mod list;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use update::update;

use std::sync::Arc;

use model::Customer;

use crate::Patch;

/// A customer to be.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// As people call it.
    pub name: String,
    /// At sign-in and in SIP usernames.
    pub account_name: String,
}

/// What to change of a customer.
#[derive(Debug, Clone, Default)]
pub struct CustomerPatch {
    /// As people call it.
    pub name: Patch<String>,
    /// At sign-in; SIP usernames made before keep theirs.
    pub account_name: Patch<String>,
}

/// A customer as doors show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerView {
    /// The row.
    pub customer: Arc<Customer>,
    /// Where its phones register.
    pub sip_domain: String,
}

/// The customer as doors show it.
pub(crate) fn view(ctx: &crate::Context, customer: &Arc<Customer>) -> CustomerView {
    CustomerView {
        customer: customer.clone(),
        sip_domain: customer.sip_domain(ctx.directory().server_domain()),
    }
}

#[cfg(test)]
mod tests;
