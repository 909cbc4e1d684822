//! Customers on the wire.

use serde::Serialize;
use services::{Patch, customers::CustomerView};
use utoipa::ToSchema;

use crate::answer::{Versioned, time};

/// A company on the server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Customer {
    id: String,
    #[schema(example = "Acme GmbH")]
    name: String,
    /// At sign-in, and the first label of the SIP domain.
    #[schema(example = "acme")]
    account_name: String,
    /// Where its phones register.
    #[schema(example = "acme.convoke.internal")]
    sip_domain: String,
    /// Where users go that name no site.
    default_site_id: String,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

impl Versioned for Customer {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<CustomerView> for Customer {
    fn from(view: CustomerView) -> Self {
        let customer = &view.customer;
        Self {
            id: customer.id.to_string(),
            name: customer.name.to_string(),
            account_name: customer.account_name.to_string(),
            sip_domain: view.sip_domain,
            default_site_id: customer.default_site.to_string(),
            version: customer.version,
            created_at: time(customer.created_at),
        }
    }
}

crate::body! {
    /// A customer to be.
    pub(crate) struct NewCustomer {
        /// As people call it.
        #[schema(example = "Acme GmbH")]
        required name: String,
        /// Up to 40 letters, digits and inner hyphens.
        #[schema(example = "acme")]
        required account_name: String,
    }
}

impl From<NewCustomer> for services::customers::NewCustomer {
    fn from(new: NewCustomer) -> Self {
        Self {
            name: new.name,
            account_name: new.account_name,
        }
    }
}

crate::body! {
    /// What to change of a customer.
    pub(crate) struct CustomerChanges {
        /// As people call it.
        #[schema(value_type = String, required = false)]
        patch name: Patch<String>,
        /// At sign-in; SIP usernames made before keep theirs.
        #[schema(value_type = String, required = false)]
        patch account_name: Patch<String>,
    }
}

impl From<CustomerChanges> for services::customers::CustomerPatch {
    fn from(changes: CustomerChanges) -> Self {
        Self {
            name: changes.name,
            account_name: changes.account_name,
        }
    }
}
