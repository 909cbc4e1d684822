//! The other end of the line: a switch that does as it is told, without a phone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use model::{
    BlockedSource, CallId, CallState, CallView, Clock, ConferenceAction, ConferenceChange,
    ConferenceId, ConferenceView, CustomerId, DeviceId, Endpoint, Invitation, ParticipantId,
    ParticipantState, ParticipantView, Party, Reach, Selection, SipUsername, StoredBinding,
    SwitchCommand, SwitchError, SwitchEvent, SwitchReply, Timestamp, UserId,
};
use services::switchboard::Order;
use tokio::sync::mpsc;

type Conferences = HashMap<ConferenceId, ConferenceView>;

/// What the test can look at and do.
#[derive(Clone)]
pub struct FakeSwitch {
    seen: Arc<Mutex<Vec<SwitchCommand>>>,
    conferences: Arc<Mutex<Conferences>>,
    blocked: Arc<Mutex<Vec<BlockedSource>>>,
    events: mpsc::Sender<SwitchEvent>,
    clock: Arc<dyn Clock>,
}

impl FakeSwitch {
    pub fn start(
        mut orders: mpsc::Receiver<Order>,
        events: mpsc::Sender<SwitchEvent>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let switch = Self {
            seen: Arc::default(),
            conferences: Arc::default(),
            blocked: Arc::default(),
            events,
            clock,
        };
        let working = switch.clone();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move {
            while let Some(order) = orders.recv().await {
                working.seen.lock().unwrap().push(order.command.clone());
                let reply = working.obey(order.command).await;
                // The asker may have gone.
                let _ = order.reply.send(reply);
            }
        });
        switch
    }

    /// All commands so far.
    pub fn seen(&self) -> Vec<SwitchCommand> {
        self.seen.lock().unwrap().clone()
    }

    /// Says that a participant begins or stops talking.
    pub async fn talk(&self, conference: ConferenceId, number: usize, talking: bool) {
        let view = {
            let mut conferences = self.conferences.lock().unwrap();
            let view = conferences.get_mut(&conference).unwrap();
            view.participants[number].talking = talking;
            view.version += 1;
            view.clone()
        };
        let who = view.participants[number].id;
        self.tell(view, ConferenceChange::Participant(who)).await;
    }

    /// A phone registers.
    pub async fn register(
        &self,
        (customer, user): (CustomerId, UserId),
        device: DeviceId,
        contact: &str,
    ) {
        let at = "2026-11-18T11:00:00Z".parse().unwrap();
        let endpoint = Endpoint {
            device,
            user,
            customer,
            contact: contact.to_owned(),
            transport: "udp".to_owned(),
            source: "192.0.2.20:5060".to_owned(),
            user_agent: "Test phone".to_owned(),
            expires_at: at,
            rtt_ms: Some(3),
            updated_at: at,
        };
        let binding = StoredBinding {
            endpoint,
            sip_username: SipUsername::parse("201").unwrap(),
            call_id: "a@b".to_owned(),
            cseq: 1,
            path: Vec::new(),
            instance: None,
            reg_id: None,
            q: None,
            local: "udp:0.0.0.0:5060".to_owned(),
        };
        let registered = SwitchEvent::Registration {
            device,
            user,
            customer,
            bindings: [Arc::new(binding)].into(),
        };
        self.event(registered).await;
    }

    /// Someone calls 202.
    pub async fn ring(&self, (customer, caller): (CustomerId, Option<UserId>), call: CallId) {
        let party = |user, number: &str| Party {
            user,
            number: number.to_owned(),
            name: String::new(),
        };
        let view = CallView {
            id: call,
            customer,
            version: 1,
            state: CallState::Ringing,
            from: party(caller, "201"),
            to: party(None, "202"),
            started_at: self.clock.now(),
            answered_at: None,
            ended_at: None,
            cause: None,
            legs: Vec::new(),
            steps: Vec::new(),
            conference: None,
        };
        self.event(SwitchEvent::Call(Arc::new(view))).await;
    }

    pub async fn event(&self, event: SwitchEvent) {
        self.events.send(event).await.unwrap();
    }

    async fn tell(&self, view: ConferenceView, change: ConferenceChange) -> SwitchReply {
        let view = Arc::new(view);
        let event = SwitchEvent::Conference {
            view: view.clone(),
            change,
        };
        self.events.send(event).await.unwrap();
        SwitchReply::Conference(view)
    }

    async fn obey(&self, command: SwitchCommand) -> Result<SwitchReply, SwitchError> {
        match command {
            SwitchCommand::StartConference {
                conference,
                room,
                invitations,
            } => {
                let now = self.clock.now();
                let view = ConferenceView {
                    id: conference,
                    room: room.id,
                    customer: room.customer,
                    version: 1,
                    locked: false,
                    recording: false,
                    started_at: now,
                    ended_at: None,
                    participants: invitations.iter().map(|i| called(i, now)).collect(),
                    recordings: Vec::new(),
                };
                let stored = view.clone();
                self.conferences.lock().unwrap().insert(conference, stored);
                Ok(self.tell(view, ConferenceChange::Started).await)
            }
            SwitchCommand::Conference { conference, action } => {
                let (view, change) = self.act(conference, action)?;
                Ok(self.tell(view, change).await)
            }
            SwitchCommand::BlockedSources => {
                Ok(SwitchReply::Blocked(self.blocked.lock().unwrap().clone()))
            }
            SwitchCommand::LiftBlock(address) => {
                let mut blocked = self.blocked.lock().unwrap();
                blocked.retain(|source| source.address != address);
                Ok(SwitchReply::Done)
            }
            _ => Ok(SwitchReply::Done),
        }
    }

    /// Begins to drop wrong passwords from an address.
    pub fn block(&self, address: &str) {
        let now = self.clock.now();
        self.blocked.lock().unwrap().push(BlockedSource {
            address: address.parse().unwrap(),
            prefix: 32,
            since: now,
            until: now,
            failures: 11,
            username: "201".to_owned(),
        });
    }

    fn act(
        &self,
        conference: ConferenceId,
        action: ConferenceAction,
    ) -> Result<(ConferenceView, ConferenceChange), SwitchError> {
        let now = self.clock.now();
        let mut conferences = self.conferences.lock().unwrap();
        let view = conferences.get_mut(&conference);
        let view = view.filter(|view| view.ended_at.is_none());
        let view = view.ok_or(SwitchError::NotRunning)?;
        let mut next = view.clone();
        let change = apply(&mut next, action, now)?;
        next.version += 1;
        view.clone_from(&next);
        Ok((next, change))
    }
}

fn called(invitation: &Invitation, now: Timestamp) -> ParticipantView {
    let (state, user, reason) = match invitation.reach {
        Reach::User { user, .. } => (ParticipantState::Joined, Some(user), None),
        Reach::Address { .. } => (ParticipantState::Ringing, None, None),
        Reach::Nowhere { reason } => (ParticipantState::Failed, None, Some(reason.to_owned())),
    };
    ParticipantView {
        id: invitation.participant,
        user,
        name: invitation.name.clone(),
        target: invitation.target.to_string(),
        role: invitation.role,
        state,
        muted: false,
        talking: false,
        hand_raised: false,
        joined_at: (state == ParticipantState::Joined).then_some(now),
        since: now,
        reason,
        quality: None,
    }
}

fn apply(
    view: &mut ConferenceView,
    action: ConferenceAction,
    now: Timestamp,
) -> Result<ConferenceChange, SwitchError> {
    match action {
        ConferenceAction::Invite(invitations) => {
            let called: Vec<_> = invitations.iter().map(|i| called(i, now)).collect();
            let last = called.last().unwrap().id;
            view.participants.extend(called);
            return Ok(ConferenceChange::Participant(last));
        }
        ConferenceAction::Lock => view.locked = true,
        ConferenceAction::Unlock => view.locked = false,
        ConferenceAction::Record(on) => view.recording = on,
        ConferenceAction::End => {
            view.ended_at = Some(now);
            return Ok(ConferenceChange::Ended);
        }
        ConferenceAction::Mute(who) => each(view, &who, |p| p.muted = true)?,
        ConferenceAction::Unmute(who) => each(view, &who, |p| p.muted = false)?,
        ConferenceAction::Kick { who, .. } => {
            each(view, &who, |p| p.state = ParticipantState::Kicked)?;
        }
        ConferenceAction::Admit(who) => each(view, &who, |p| p.state = ParticipantState::Joined)?,
        ConferenceAction::LowerHand(who) => each(view, &who, |p| p.hand_raised = false)?,
    }
    Ok(ConferenceChange::Settings)
}

fn each(
    view: &mut ConferenceView,
    who: &Selection,
    mut act: impl FnMut(&mut ParticipantView),
) -> Result<(), SwitchError> {
    if let Selection::These(ids) = who {
        let known = |id: &ParticipantId| view.participants.iter().any(|p| p.id == *id);
        let unknown: Vec<_> = ids.iter().filter(|id| !known(id)).copied().collect();
        if !unknown.is_empty() {
            return Err(SwitchError::UnknownParticipants(unknown));
        }
    }
    for participant in &mut view.participants {
        let meant = match who {
            Selection::These(ids) => ids.contains(&participant.id),
            Selection::All => !participant.role.moderates(),
        };
        if meant {
            act(participant);
        }
    }
    Ok(())
}
