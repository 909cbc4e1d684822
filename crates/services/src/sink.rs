//! What the switch says: taken into memory at once, told on the bus, and written behind in
//! batches. It never makes the switch wait, and works on while the database is away.

mod write_behind;

use std::{sync::Arc, time::Duration};

use futures::stream::{FuturesUnordered, StreamExt};
use model::{
    AuditId, CallView, ConferenceChange, ConferenceView, Door, Model, ParticipantView, Principal,
    StoredBinding, SwitchEvent, UserId,
};
use store::NewAudit;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

pub(crate) use write_behind::WriteBehind;

use crate::{Error, Services, change::store_error, conferences, events::Subject};

/// How often what waits is written: a crash loses less than a second of registrations.
const FLUSH: Duration = Duration::from_millis(500);
/// How often the spool is tried.
const REPLAY: Duration = Duration::from_secs(2);
/// How often what has expired is removed.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// Events handled between two looks at the clock.
const BATCH: usize = 1_024;

impl Services {
    /// After a start, before the switch begins: ends the conferences of a former run, and
    /// answers the registrations to restore.
    ///
    /// # Errors
    /// `Unavailable` while the database is away.
    pub async fn reconcile(&self) -> Result<Vec<StoredBinding>, Error> {
        let ended = conferences::reconcile(self).await?;
        if ended > 0 {
            tracing::warn!(ended, "conferences of a former run were ended");
        }
        let bindings = self
            .store()
            .read()
            .bindings()
            .all(self.now())
            .await
            .map_err(|e| store_error("read the registrations", e))?;
        let directory = self.directory();
        let known: Vec<_> = bindings
            .into_iter()
            .filter(|binding| {
                directory
                    .user(binding.endpoint.user)
                    .is_some_and(|u| !u.disabled)
                    && directory.device(binding.endpoint.device).is_some()
            })
            .collect();
        for group in known.chunk_by(|a, b| a.endpoint.device == b.endpoint.device) {
            if let Some(first) = group.first() {
                let endpoint = &first.endpoint;
                self.live()
                    .put_bindings(endpoint.user, endpoint.device, group.into());
                self.refresh_presence(endpoint.user);
            }
        }
        Ok(known)
    }

    /// Takes what the switch says until told to stop, then writes what is left.
    pub async fn run(&self, stop: CancellationToken) {
        let Some(mut events) = self.taken_events() else {
            tracing::error!("the services run already");
            return;
        };
        let mut flush = ticker(FLUSH);
        let mut replay = ticker(REPLAY);
        let mut housekeeping = ticker(HOUSEKEEPING);
        let mut batch = Vec::with_capacity(BATCH);
        let mut call_outs = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(()) = call_outs.next() => {}
                count = events.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    for event in batch.drain(..) {
                        let begun = self.begun_by_phone(&event);
                        self.take(event);
                        call_outs.extend(begun.map(|view| self.call_out(view)));
                    }
                }
                _ = flush.tick() => self.flush().await,
                _ = replay.tick() => self.replay_spool().await,
                _ = housekeeping.tick() => self.keep_house().await,
                () = stop.cancelled() => break,
            }
        }
        self.drain(&mut events).await;
    }

    /// A conference that nobody ordered: somebody dialled in.
    fn begun_by_phone(&self, event: &SwitchEvent) -> Option<Arc<ConferenceView>> {
        match event {
            SwitchEvent::Conference {
                view,
                change: ConferenceChange::Started,
            } if self.live().conference(view.id).is_none() => Some(view.clone()),
            _ => None,
        }
    }

    /// Whoever is on a room's list is called whenever it starts, also by dialling in.
    async fn call_out(&self, view: Arc<ConferenceView>) {
        let directory = self.directory();
        let list = directory.room(view.room).map(|room| room.call_out.clone());
        let Some(list) = list.filter(|list| !list.is_empty()) else {
            return;
        };
        if let Err(error) = conferences::invite(&self.system(), view.id, list).await {
            tracing::warn!(conference = %view.id, %error, "a room's list could not be called");
        }
    }

    async fn drain(&self, events: &mut mpsc::Receiver<SwitchEvent>) {
        while let Ok(event) = events.try_recv() {
            self.take(event);
        }
        self.flush().await;
        self.replay_spool().await;
    }

    async fn replay_spool(&self) {
        match self.spool().replay(self.store()).await {
            Ok(0) => {}
            Ok(moved) => tracing::info!(moved, "audit rows that waited on disk are in the log"),
            Err(error) => tracing::debug!(error = %error, "the spool waits for the database"),
        }
    }

    /// Takes one event in.
    pub(crate) fn take(&self, event: SwitchEvent) {
        match event {
            SwitchEvent::Conference { view, change } => self.take_conference(view, change),
            SwitchEvent::Call(call) => self.take_call(call),
            SwitchEvent::Registration {
                device,
                user,
                customer,
                bindings,
            } => {
                let shown: Arc<[StoredBinding]> = bindings.clone().into();
                let changed = self.live().put_bindings(user, device, shown);
                self.write_behind().bindings(device, bindings);
                if changed {
                    self.refresh_presence(user);
                    let subject = Subject::Registration(user);
                    let now = self.now();
                    self.bus()
                        .publish(now, "registration.changed", Some(customer), subject);
                }
            }
            SwitchEvent::UserCalls {
                user,
                customer,
                ringing,
                answered,
            } => {
                self.live().put_calls_of(user, ringing, answered);
                self.refresh_presence(user);
                let now = self.now();
                let subject = Subject::User(user);
                self.bus()
                    .publish(now, "user.presence_changed", Some(customer), subject);
            }
            SwitchEvent::PhoneAct {
                customer,
                user,
                conference,
                action,
            } => {
                let row = self.phone_row(user, conference, action, customer);
                self.write_behind().audit(row);
            }
            SwitchEvent::AuthFailed(failure) => {
                tracing::debug!(source = %failure.source, "a phone gave wrong credentials");
            }
        }
    }

    fn take_conference(&self, view: Arc<ConferenceView>, change: ConferenceChange) {
        let before = self.live().conference(view.id);
        self.live().put_conference(view.clone());
        let name = match change {
            ConferenceChange::Started => "conference.started",
            ConferenceChange::Participant(_) => "conference.participant_changed",
            ConferenceChange::Settings => "conference.changed",
            ConferenceChange::Ended => "conference.ended",
        };
        let (now, customer) = (self.now(), Some(view.customer));
        self.bus()
            .publish(now, name, customer, Subject::Conference(view.id));
        if matches!(change, ConferenceChange::Started | ConferenceChange::Ended) {
            let subject = Subject::Room(view.room);
            self.bus()
                .publish(now, "conference_room.changed", customer, subject);
        }
        match change {
            ConferenceChange::Participant(id) => {
                let was = before.as_ref().and_then(|view| row(view, id));
                if row(&view, id).is_some_and(|now| worth_keeping(was, now)) {
                    self.write_behind().participant(view, id);
                }
            }
            _ => self.write_behind().conference(view),
        }
    }

    fn take_call(&self, call: Arc<CallView>) {
        let known = self.live().call(call.id).is_some();
        let name = match (call.ended_at, known) {
            (Some(_), _) => "call.ended",
            (None, false) => "call.started",
            (None, true) => "call.changed",
        };
        self.live().put_call(call.clone());
        let (now, customer) = (self.now(), Some(call.customer));
        self.bus()
            .publish(now, name, customer, Subject::Call(call.id));
        if call.ended_at.is_some() {
            self.write_behind().call(call);
        }
    }

    fn phone_row(
        &self,
        user: Option<UserId>,
        conference: model::ConferenceId,
        action: &'static str,
        customer: model::CustomerId,
    ) -> NewAudit {
        let directory = self.directory();
        let name = user
            .and_then(|id| directory.user(id))
            .map_or_else(|| "a telephone".to_owned(), |user| user.display_name());
        let room = self
            .live()
            .conference(conference)
            .and_then(|view| directory.room(view.room).map(|room| room.name.to_string()));
        NewAudit {
            id: AuditId::mint(self.now(), self.entropy()),
            customer: Some(customer),
            at: self.now(),
            actor: Principal::Phone(user),
            actor_name: name,
            door: Door::Phone,
            source: None,
            action: action.to_owned(),
            model: Model::Conference,
            subject_id: conference.to_string(),
            subject_name: room.unwrap_or_default(),
            before: None,
            after: None,
        }
    }

    /// A person's row of the users list shows the state they have now.
    pub(crate) fn refresh_presence(&self, id: UserId) {
        if let Some(user) = self.directory().user(id) {
            let presence = self.presence(user);
            self.user_index().set_presence(user.customer, id, presence);
        }
    }

    /// Removes what has expired.
    async fn keep_house(&self) {
        let purge = async {
            let now = self.now();
            let tx = self.store().begin(store::Priority::Bulk).await?;
            let sessions = tx.sessions().purge_expired(now).await?;
            let keys = tx.idempotency().purge_expired(now).await?;
            let bindings = tx.bindings().purge_expired(now).await?;
            tx.commit().await?;
            Ok::<_, store::StoreError>((sessions, keys, bindings))
        };
        match purge.await {
            Ok((sessions, keys, bindings)) => {
                tracing::debug!(sessions, keys, bindings, "removed what has expired");
            }
            Err(error) => tracing::warn!(error = %error, "what has expired could not be removed"),
        }
    }
}

fn ticker(period: Duration) -> tokio::time::Interval {
    let mut ticker = tokio::time::interval(period);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticker
}

fn row(view: &ConferenceView, id: model::ParticipantId) -> Option<&ParticipantView> {
    view.participants.iter().find(|row| row.id == id)
}

/// Talking and quality change all the time and are never asked about afterwards.
fn worth_keeping(was: Option<&ParticipantView>, now: &ParticipantView) -> bool {
    was.is_none_or(|was| {
        let mut calm = was.clone();
        calm.talking = now.talking;
        calm.quality = now.quality;
        calm != *now
    })
}

#[cfg(test)]
mod tests;
