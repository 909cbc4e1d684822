//! How far a query reaches.

use model::CustomerId;
use sea_orm::{ColumnTrait, Condition};

/// Whose rows a query may see: decided by the caller's seat, never by input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every customer's and the provider's own.
    Provider,
    /// This customer's only.
    Customer(CustomerId),
}

impl Scope {
    /// The condition on the column that names the owner.
    pub(crate) fn on(self, column: impl ColumnTrait) -> Condition {
        match self {
            Self::Provider => Condition::all(),
            Self::Customer(customer) => Condition::all().add(column.eq(customer.uuid())),
        }
    }

    /// The condition for a row that is exactly this owner's: a customer's, or the provider's own.
    pub(crate) fn exactly(owner: Option<CustomerId>, column: impl ColumnTrait) -> Condition {
        match owner {
            Some(customer) => Condition::all().add(column.eq(customer.uuid())),
            None => Condition::all().add(column.is_null()),
        }
    }
}
