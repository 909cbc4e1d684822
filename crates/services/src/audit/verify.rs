//! Whether the audit log is as it was written.

use model::{Model, Operation};
use store::Chain;

use super::Verified;
use crate::{Context, Error, change::store_error, gate::Target};

/// Walks along a customer's chain, or the provider's.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Unavailable` while the database is away.
pub async fn verify(ctx: &Context, customer_id: Option<&str>) -> Result<Verified, Error> {
    let customer = ctx.customer_of_filter(customer_id)?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::AuditLog, Operation::Read, &target)?;
    let chain = customer.map_or(Chain::Provider, Chain::Customer);
    let verdict = ctx
        .services()
        .store()
        .read()
        .audit()
        .verify(chain)
        .await
        .map_err(|e| store_error("verify the audit log", e))?;
    Ok(match verdict {
        Ok(entries) => Verified {
            entries,
            broken_at: None,
        },
        Err(broken) => Verified {
            entries: broken.sequence.saturating_sub(1),
            broken_at: Some(broken.sequence),
        },
    })
}
