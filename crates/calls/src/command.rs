//! Orders from `services`.

use model::{CallId, DeviceId, EndCause, SwitchCommand, SwitchError, SwitchReply, UserId};

use crate::{Engine, Output, Ticket, conference::ConferenceInput};

impl Engine {
    /// Does it, and answers.
    pub(crate) fn command(&mut self, ticket: Ticket, command: SwitchCommand) {
        let reply = match command {
            SwitchCommand::StartConference {
                conference,
                room,
                invitations,
            } => self.order_start(conference, *room, invitations),
            SwitchCommand::Conference { conference, action } => {
                self.order_conference(conference, action)
            }
            SwitchCommand::RoomChanged(room) => {
                if let Some(id) = self.rooms.of_room(room.id) {
                    self.tell_conference(id, ConferenceInput::RoomChanged(room));
                }
                Ok(SwitchReply::Done)
            }
            SwitchCommand::RemoveEndpoint { device, contact } => {
                self.remove_endpoint(device, &contact);
                Ok(SwitchReply::Done)
            }
            SwitchCommand::DeviceRevoked(device) => {
                self.revoke_device(device);
                Ok(SwitchReply::Done)
            }
            SwitchCommand::UserRevoked(user) => {
                self.end_calls_of(user);
                Ok(SwitchReply::Done)
            }
            SwitchCommand::BlockedSources => Ok(SwitchReply::Blocked(self.blocked_sources())),
            SwitchCommand::LiftBlock(source) => {
                if self.guard.lift(source, self.wire.now.monotonic) {
                    Ok(SwitchReply::Done)
                } else {
                    Err(SwitchError::NotBlocked)
                }
            }
            SwitchCommand::AreYouThere => Ok(SwitchReply::Done),
            SwitchCommand::EndAll => {
                self.end_all();
                self.drains.get_or_insert_default().push(ticket);
                return;
            }
            SwitchCommand::Drain => {
                self.drains.get_or_insert_default().push(ticket);
                return;
            }
        };
        self.wire.put(Output::Reply { ticket, reply });
    }

    fn revoke_device(&mut self, device: DeviceId) {
        if let Some(mut line) = self.location.remove(device) {
            line.bindings.clear();
            self.tell_bindings(&line);
        }
    }

    fn end_calls_of(&mut self, user: UserId) {
        let mut calls: Vec<CallId> = self
            .legs
            .values()
            .filter(|leg| leg.party.user == Some(user) && leg.activity().is_some())
            .map(|leg| leg.call)
            .collect();
        calls.sort_unstable();
        calls.dedup();
        for call in calls {
            self.end_call(call, EndCause::Administrator);
        }
    }

    /// Whether no new calls are taken.
    pub(crate) fn draining(&self) -> bool {
        self.drains.is_some()
    }

    /// Answers those who wait for the last call to end.
    pub(crate) fn drain_if_idle(&mut self) {
        if !self.calls.is_empty() {
            return;
        }
        for ticket in self.drains.iter_mut().flat_map(std::mem::take) {
            let reply = Ok(SwitchReply::Done);
            self.wire.put(Output::Reply { ticket, reply });
        }
    }

    /// Ends every conference and every call.
    fn end_all(&mut self) {
        for conference in self.rooms.ids() {
            self.tell_conference(conference, ConferenceInput::ServerStops);
        }
        self.run_conferences();
        let mut calls: Vec<CallId> = self.calls.keys().copied().collect();
        calls.sort_unstable();
        for call in calls {
            self.end_call(call, EndCause::ServerStopped);
        }
    }
}
