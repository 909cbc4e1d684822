//! After a start: calls whose process is gone are over, and their records say so.

use model::{CallState, CallView, EndCause, Timestamp};
use store::Priority;

use crate::{Error, Services, change::store_error};

/// Records of one transaction.
const AT_ONCE: usize = 200;

/// Ends the calls that a former run of this server left running.
pub(crate) async fn reconcile(services: &Services) -> Result<usize, Error> {
    let failed = |e| store_error("settle the calls of a former run", e);
    let mut orphans = services
        .store()
        .read()
        .calls()
        .running()
        .await
        .map_err(failed)?;
    orphans.retain(|call| services.live().call(call.id).is_none());
    for call in &mut orphans {
        end(call, services.now());
    }
    for some in orphans.chunks(AT_ONCE) {
        let begun = services.store().begin(Priority::Bulk).await;
        let tx = begun.map_err(failed)?;
        tx.calls().save(some).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
    }
    Ok(orphans.len())
}

fn end(call: &mut CallView, now: Timestamp) {
    for leg in call.legs.iter_mut().filter(|leg| leg.ended_at.is_none()) {
        leg.state = CallState::Ended;
        leg.ended_at = Some(now);
        leg.cause = Some(EndCause::ServerStopped);
    }
    call.state = CallState::Ended;
    call.ended_at = Some(now);
    call.cause = Some(EndCause::ServerStopped);
    call.version += 1;
}
