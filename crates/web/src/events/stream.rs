//! One reader of the event stream, from the first event to its end.

use std::{sync::Arc, time::Duration};

use axum::response::sse;
use model::ConferenceId;
use services::{
    Context,
    events::{Delivery, Event, Subject, Subscription},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};

use super::{pace::Pace, places::Place, wire};
use crate::door::{Credentials, Door, Peer};

/// Something is sent this often, so that both ends see a broken connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Whether the reader may still read is asked this often.
const RECHECK: Duration = Duration::from_secs(2);
/// A reader that takes nothing for this long is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// A reader's task.
pub(super) struct Reader {
    door: Door,
    ctx: Context,
    credentials: Credentials,
    peer: Peer,
    subscription: Subscription,
    pace: Pace<ConferenceId, Arc<Event>>,
    /// It said where it was before.
    resumes: bool,
    /// One of the places that there are.
    _place: Place,
}

/// The stream is over: the reader went, was too slow, or may not read any more.
struct Over;

impl Reader {
    /// One that `resumes` has said where it was before.
    pub(super) fn new(
        door: Door,
        ctx: Context,
        credentials: Credentials,
        peer: Peer,
        (subscription, resumes): (Subscription, bool),
        place: Place,
    ) -> Self {
        Self {
            door,
            ctx,
            credentials,
            peer,
            subscription,
            pace: Pace::default(),
            resumes,
            _place: place,
        }
    }

    /// Sends events until the reader goes or may not read any more.
    pub(super) async fn run(mut self, sender: mpsc::Sender<sse::Event>) {
        metrics::gauge!("convoke_event_readers").increment(1);
        let stopping = self.door.stopping().clone();
        let sending = self.send_all(&sender);
        tokio::select! {
            Over = sending => {}
            () = stopping.cancelled() => {}
            () = sender.closed() => {}
        }
        metrics::gauge!("convoke_event_readers").decrement(1);
    }

    async fn send_all(&mut self, sender: &mpsc::Sender<sse::Event>) -> Over {
        let now = Instant::now();
        let mut heartbeat = interval_at(now + HEARTBEAT, HEARTBEAT);
        let mut recheck = interval_at(now + RECHECK, RECHECK);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sent = send(sender, self.connected()).await;
        while sent.is_ok() {
            let due = self.pace.due_at();
            let paced = async move {
                match due {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            sent = tokio::select! {
                delivery = self.subscription.next() => self.deliver(sender, delivery).await,
                () = paced => self.send_due(sender).await,
                _ = heartbeat.tick() => send(sender, self.beat()).await,
                _ = recheck.tick() => self.recheck().await,
            };
        }
        Over
    }

    /// The first bytes tell a page that it is connected. One that began from now on learns where
    /// now is (an event without data sets the last id and nothing else), so that it can come back
    /// before the first event.
    fn connected(&self) -> sse::Event {
        let connected = sse::Event::default().comment("connected");
        if self.resumes {
            return connected;
        }
        connected.id(self.passed(self.subscription.position()))
    }

    /// A quiet reader's place moves on too, or its events would be too old one day.
    fn beat(&self) -> sse::Event {
        let id = self.passed(self.subscription.position());
        sse::Event::default().comment("still here").id(id)
    }

    /// The id up to which nothing is left to send: who goes on from there must not miss what is
    /// held back now.
    fn passed(&self, id: u64) -> String {
        let held = self.pace.held().map(|held| held.id - 1).min();
        held.map_or(id, |held| held.min(id)).to_string()
    }

    /// Sessions end, keys are revoked, roles change: what is read is judged by what holds now.
    async fn recheck(&mut self) -> Result<(), Over> {
        match self.credentials.context(&self.door, self.peer).await {
            Ok(ctx) => {
                self.ctx = ctx;
                Ok(())
            }
            Err(problem) if problem.is_unauthenticated() => Err(Over),
            // The database is away for a moment; what was allowed stays so.
            Err(_) => Ok(()),
        }
    }

    async fn deliver(
        &mut self,
        sender: &mpsc::Sender<sse::Event>,
        delivery: Delivery,
    ) -> Result<(), Over> {
        let event = match delivery {
            Delivery::Event(event) => event,
            Delivery::Reset { latest } => {
                let reset = sse::Event::default()
                    .event("reset")
                    .id(latest.to_string())
                    .data("{}");
                return send(sender, reset).await;
            }
        };
        if let Subject::Conference(id) = event.subject {
            if event.name == "conference.participant_changed" {
                let Some(now) = self.pace.offer(Instant::now(), id, event) else {
                    return Ok(());
                };
                return self.send_event(sender, &now).await;
            }
            self.pace.supersede(id);
        }
        self.send_event(sender, &event).await
    }

    async fn send_due(&mut self, sender: &mpsc::Sender<sse::Event>) -> Result<(), Over> {
        for event in self.pace.due(Instant::now()) {
            self.send_event(sender, &event).await?;
        }
        Ok(())
    }

    async fn send_event(
        &self,
        sender: &mpsc::Sender<sse::Event>,
        event: &Event,
    ) -> Result<(), Over> {
        let Some(data) = wire::data(&self.ctx, self.door.written(), event).await else {
            return Ok(());
        };
        let event = sse::Event::default()
            .event(event.name)
            .id(self.passed(event.id))
            .data(&*data);
        send(sender, event).await
    }
}

async fn send(sender: &mpsc::Sender<sse::Event>, event: sse::Event) -> Result<(), Over> {
    match timeout(PATIENCE, sender.send(event)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Over),
    }
}
