//! Who may write next: SQLite has one writer, and a person at a page must not wait for an import.
//!
//! Interactive writers are served first, in order; bulk writers after them. A bulk writer asks
//! [`Lease::should_yield`] between rows and commits when told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use crate::Priority;

/// How long a bulk writer holds the database at most.
const BULK_HOLD: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Queues {
    held: bool,
    interactive: VecDeque<oneshot::Sender<Lease>>,
    bulk: VecDeque<oneshot::Sender<Lease>>,
}

/// The gate in front of the one writer.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<Queues>>);

/// The right to write, given back when dropped.
pub(crate) struct Lease {
    gate: Gate,
    since: Instant,
}

impl Gate {
    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn. None only if the gate itself is gone.
    pub(crate) async fn enter(&self, priority: Priority) -> Option<Lease> {
        let waiting = {
            let mut queues = self.queues();
            if !queues.held {
                queues.held = true;
                return Some(self.lease());
            }
            let (sender, waiting) = oneshot::channel();
            match priority {
                Priority::Interactive => queues.interactive.push_back(sender),
                Priority::Bulk => queues.bulk.push_back(sender),
            }
            waiting
        };
        waiting.await.ok()
    }

    fn lease(&self) -> Lease {
        Lease {
            gate: self.clone(),
            since: Instant::now(),
        }
    }
}

impl Lease {
    /// True: an interactive writer waits, or the bulk time is over.
    pub(crate) fn should_yield(&self) -> bool {
        self.since.elapsed() >= BULK_HOLD || !self.gate.queues().interactive.is_empty()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        loop {
            let mut queues = self.gate.queues();
            let next = queues
                .interactive
                .pop_front()
                .or_else(|| queues.bulk.pop_front());
            let Some(waiter) = next else {
                queues.held = false;
                return;
            };
            drop(queues);
            if !waiter.is_closed() {
                // If it goes away in this instant, the lease comes back, is dropped here, and
                // goes on to the next.
                drop(waiter.send(self.gate.lease()));
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
