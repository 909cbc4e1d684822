//! The end of a call: every leg told, the last numbers awaited, one record given.

use std::time::Duration;

use model::{CallId, EndCause, SwitchEvent};

use crate::{
    Engine, Output,
    call::{Activity, Call, Closing, Stage},
    leg::{LegKey, Why},
    wire::Alarm,
};

/// How long the record waits for the last numbers of media.
const LAST_NUMBERS: Duration = Duration::from_secs(2);

impl Engine {
    /// Ends all that is left of a call. The record follows when the media is closed.
    pub(crate) fn end(&mut self, call: &mut Call, cause: EndCause) -> Stage {
        let id = call.id();
        call.takeover = None;
        for leg in call.legs.clone() {
            self.hang_up(call, leg, Why::of(cause));
        }
        self.wire.timers.cancel(Alarm::RingOver(id));
        let at = self.wire.now.wall;
        self.wire
            .timers
            .set(Alarm::RecordDue(id), self.wire.now.monotonic + LAST_NUMBERS);
        Stage::Closing(Closing { cause, at })
    }

    /// Tells one leg that it is over: a final answer, a CANCEL or a BYE, as its state asks.
    pub(crate) fn hang_up(&mut self, call: &mut Call, key: LegKey, why: Why) {
        self.end_leg_in_record(call, key, why.cause);
        self.with_leg(key, |leg, wire| leg.finish(wire, why));
    }

    /// Gives the record of a call that is closing and has no media left.
    pub(crate) fn finish_if_closed(&mut self, id: CallId) {
        let over = self
            .calls
            .get(&id)
            .is_some_and(|call| matches!(call.stage, Stage::Closing(_)) && call.legs.is_empty());
        if over {
            self.give_record(id);
        }
    }

    /// The one record of a call.
    pub(crate) fn give_record(&mut self, id: CallId) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let Stage::Closing(closing) = call.stage else {
            self.calls.insert(id, call);
            return;
        };
        self.wire.timers.cancel(Alarm::RecordDue(id));
        self.tell_activity(&mut call, &[]);
        call.record.ended(closing.cause, closing.at);
        if let Some(view) = call.record.take_change() {
            self.wire.put(Output::Event(SwitchEvent::Call(view)));
        }
        self.drain_if_idle();
    }

    /// Tells what changed in the calls touched since the last time.
    pub(crate) fn tell_changes(&mut self) {
        while let Some(id) = self.touched.pop_first() {
            let Some(mut call) = self.calls.remove(&id) else {
                continue;
            };
            let activity = self.activity(&call);
            self.tell_activity(&mut call, &activity);
            let closing = matches!(call.stage, Stage::Closing(_));
            if !closing && let Some(view) = call.record.take_change() {
                self.wire.put(Output::Event(SwitchEvent::Call(view)));
            }
            self.calls.insert(id, call);
        }
    }

    /// What each user of a call does in it: several phones of one person are one call.
    fn activity(&self, call: &Call) -> Vec<(model::UserId, Activity)> {
        let mut all: Vec<(model::UserId, Activity)> = Vec::new();
        for leg in call.legs.iter().filter_map(|key| self.legs.get(key)) {
            let (Some(user), Some(activity)) = (leg.party.user, leg.activity()) else {
                continue;
            };
            match all.iter_mut().find(|(known, _)| *known == user) {
                Some((_, most)) => *most = activity.max(*most),
                None => all.push((user, activity)),
            }
        }
        all
    }

    fn tell_activity(&mut self, call: &mut Call, activity: &[(model::UserId, Activity)]) {
        if call.told == activity {
            return;
        }
        for (user, counts) in self.busy.replace(&call.told, activity) {
            self.wire.put(Output::Event(SwitchEvent::UserCalls {
                user,
                customer: call.customer,
                ringing: counts.ringing,
                answered: counts.talking,
            }));
        }
        call.told = activity.to_vec();
    }
}
