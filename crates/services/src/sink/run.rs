//! The tasks behind the services, from the start to the stop.

use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use model::SwitchEvent;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Services, housekeeping};

/// How often what waits is written: a crash loses less than a second of registrations.
const FLUSH: Duration = Duration::from_millis(500);
/// How often the spool is tried.
const REPLAY: Duration = Duration::from_secs(2);
/// Events handled between two looks at the stop.
const BATCH: usize = 1_024;

impl Services {
    /// Takes what the switch says until told to stop, then writes what is left. Ends by itself
    /// only if a part of it failed; the server must end then, too.
    pub async fn run(&self, stop: CancellationToken) {
        let Some(events) = self.taken_events() else {
            tracing::error!("the services run already");
            return;
        };
        let stop = stop.child_token();
        let tasks = TaskTracker::new();
        let parts = [
            tasks.spawn(take_in(self.clone(), events, stop.clone())),
            tasks.spawn(write(self.clone(), stop.clone())),
            tasks.spawn(replay(self.clone(), stop.clone())),
            tasks.spawn(housekeeping::run(self.clone(), stop.clone())),
            tasks.spawn(watch(self.clone(), stop.clone())),
        ];
        tokio::select! {
            // Asked first: told to stop, the parts end, too.
            biased;
            () = stop.cancelled() => {}
            (ended, part, _) = futures::future::select_all(parts) => {
                tracing::error!(part, ?ended, "a part of the services ended by itself");
            }
        }
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        self.flush().await;
        self.settle().await;
        self.keep_keys().await;
        self.replay_spool().await;
    }

    pub(super) async fn replay_spool(&self) {
        match self.spool().replay(self.store()).await {
            Ok(0) => {}
            Ok(moved) => tracing::info!(moved, "audit rows that waited on disk are in the log"),
            Err(error) => tracing::debug!(error = %error, "the spool waits for the database"),
        }
        match self.records().replay(self.store()).await {
            Ok(0) => {}
            Ok(moved) => tracing::info!(moved, "records that waited on disk are written"),
            Err(error) => tracing::debug!(error = %error, "the records wait for the database"),
        }
    }
}

/// Touches memory only: the switch's queue never grows because of the database. Lists that are
/// called meanwhile wait for themselves.
async fn take_in(
    services: Services,
    mut events: mpsc::Receiver<SwitchEvent>,
    stop: CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut call_outs = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = call_outs.next() => {}
            // The services hold a sender themselves, so there is always one more.
            _ = events.recv_many(&mut batch, BATCH) => {
                for event in batch.drain(..) {
                    let begun = services.begun_by_phone(&event);
                    services.take(event);
                    if let Some(view) = begun {
                        call_outs.push(services.call_out(view));
                    }
                }
            }
            () = stop.cancelled() => break,
        }
    }
    while let Ok(event) = events.try_recv() {
        services.take(event);
    }
}

async fn write(services: Services, stop: CancellationToken) {
    let mut flush = ticker(FLUSH);
    loop {
        tokio::select! {
            _ = flush.tick() => {
                services.flush().await;
                services.settle().await;
                services.keep_keys().await;
            }
            () = stop.cancelled() => return,
        }
    }
}

/// Beside what is written now: that goes to disk as long as something waits there.
async fn replay(services: Services, stop: CancellationToken) {
    let mut replay = ticker(REPLAY);
    loop {
        tokio::select! {
            _ = replay.tick() => services.replay_spool().await,
            () = stop.cancelled() => return,
        }
    }
}

async fn watch(services: Services, stop: CancellationToken) {
    tokio::select! {
        () = services.store().watch() => {}
        () = stop.cancelled() => {}
    }
}

fn ticker(period: Duration) -> tokio::time::Interval {
    let mut ticker = tokio::time::interval(period);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticker
}
