//! What the switch says: taken into memory at once, told on the bus, and written behind in
//! batches. It never makes the switch wait, and works on while the database is away: what takes
//! events in touches memory only, what waits for the database is a task of its own.

mod flush;
mod logs;
mod run;
mod write_behind;

use std::sync::Arc;

use model::{
    AuditId, CallView, ConferenceChange, ConferenceView, Door, Model, ParticipantView, Principal,
    StoredBinding, SwitchEvent, UserId,
};
use store::NewAudit;

pub(crate) use write_behind::WriteBehind;

use crate::{Error, Services, calls, change::store_error, conferences, events::Subject};

impl Services {
    /// After a start, before the switch begins: writes the records that waited on disk, ends the
    /// conferences and calls of a former run, and answers the registrations to restore.
    ///
    /// # Errors
    /// `Unavailable` while the database is away.
    pub async fn reconcile(&self) -> Result<Vec<Arc<StoredBinding>>, Error> {
        let replayed = self.records().replay(self.store()).await;
        let replayed = replayed.map_err(|e| store_error("write what waited on disk", e))?;
        if replayed > 0 {
            tracing::warn!(replayed, "records of a former run waited on disk");
        }
        let ended = conferences::reconcile(self).await?;
        if ended > 0 {
            tracing::warn!(ended, "conferences of a former run were ended");
        }
        let ended = calls::reconcile(self).await?;
        if ended > 0 {
            tracing::warn!(ended, "calls of a former run were ended");
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
                    .is_some_and(|user| user.may_use_phones())
                    && directory.device(binding.endpoint.device).is_some()
            })
            .map(Arc::new)
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
                let changed = self.live().put_bindings(user, device, bindings.clone());
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
        logs::conference(&view, change);
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
        let before = self.live().call(call.id);
        let name = match (call.ended_at, &before) {
            (Some(_), _) => "call.ended",
            (None, None) => "call.started",
            (None, Some(_)) => "call.changed",
        };
        // Its begin and its answer are kept as well: after a crash they are the record.
        let answered = |call: &CallView| call.answered_at.is_some();
        let worth_keeping = call.ended_at.is_some()
            || before
                .as_ref()
                .is_none_or(|before| answered(before) != answered(&call));
        logs::call(before.as_deref(), &call);
        self.live().put_call(call.clone());
        let (now, customer) = (self.now(), Some(call.customer));
        self.bus()
            .publish(now, name, customer, Subject::Call(call.id));
        if worth_keeping {
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
