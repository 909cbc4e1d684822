//! One leg takes the place of another (RFC 3891): attended transfers and INVITE with Replaces.

use media::control::MediaCommand;
use model::EndCause;

use crate::{
    Engine,
    call::{Call, Hunt, Stage, Talk},
    leg::{LegKey, Why},
};

impl Engine {
    /// `newcomer`, a leg of `from`, goes on in the call of `old` and in its place; `old` is hung
    /// up.
    ///
    /// # Errors
    /// The SIP status that says why not; nothing was changed then.
    pub(crate) fn hand_over(
        &mut self,
        from: &mut Call,
        newcomer: LegKey,
        old: LegKey,
    ) -> Result<(), u16> {
        let id = self.legs.get(&old).map(|leg| leg.call).ok_or(481_u16)?;
        let mut into = self.calls.remove(&id).ok_or(481_u16)?;
        if into.customer != from.customer {
            self.calls.insert(id, into);
            return Err(481);
        }
        let stage = into.take_stage();
        let taken = self.take_place(&mut into, stage, newcomer, old);
        let done = match taken {
            Ok(stage) => {
                // Whose place is taken only when the newcomer is answered stays until then.
                let at_once = !matches!(stage, Stage::TakingSeat(_));
                into.stage = stage;
                self.move_leg(from, &mut into, newcomer);
                if at_once {
                    self.hang_up(&mut into, old, Why::of(EndCause::Transferred));
                }
                Ok(())
            }
            Err((stage, status)) => {
                into.stage = stage;
                Err(status)
            }
        };
        self.touch(id);
        self.calls.insert(id, into);
        done
    }

    fn take_place(
        &mut self,
        into: &mut Call,
        stage: Stage,
        newcomer: LegKey,
        old: LegKey,
    ) -> Result<Stage, (Stage, u16)> {
        match stage {
            Stage::Talking(talk) if talk.other(old).is_some() => {
                Ok(self.take_place_talking(into, talk, newcomer, old))
            }
            Stage::Hunting(mut hunt) if hunt.waiting == old => {
                hunt.waiting = newcomer;
                if hunt.ring.rang {
                    self.let_hear(&hunt);
                }
                Ok(Stage::Hunting(hunt))
            }
            Stage::Hunting(mut hunt) if hunt.ring.forks.contains(&old) => {
                self.end_forks(into, &mut hunt.ring, None, EndCause::AnsweredElsewhere);
                Ok(self.pick_up(into, hunt, newcomer))
            }
            Stage::Routing(mut routing) if routing.waiting == old => {
                routing.waiting = newcomer;
                Ok(Stage::Routing(routing))
            }
            Stage::InConference(seat) if seat.leg == old => self
                .take_seat(seat, newcomer)
                .map_err(|status| (Stage::InConference(seat), status)),
            other => Err((other, 481)),
        }
    }

    fn take_place_talking(
        &mut self,
        into: &mut Call,
        mut talk: Talk,
        newcomer: LegKey,
        old: LegKey,
    ) -> Stage {
        let other = talk.other(old).unwrap_or(old);
        if talk.music.take().is_some() {
            self.silence(other);
        }
        self.wire
            .media(MediaCommand::Unbridge { leg: other.media() });
        let talk = if talk.first == old {
            Talk::new(newcomer, other)
        } else {
            Talk::new(other, newcomer)
        };
        self.answer_if_waiting(newcomer, other);
        self.bridge(into, talk)
    }

    /// A person takes, with another phone, a call that rings on one of theirs.
    fn pick_up(&mut self, into: &mut Call, hunt: Hunt, newcomer: LegKey) -> Stage {
        self.wire
            .timers
            .cancel(crate::wire::Alarm::RingOver(into.id()));
        into.record.answered(self.wire.now.wall);
        self.answer_if_waiting(newcomer, hunt.waiting);
        if self.has_media(hunt.waiting) {
            self.silence(hunt.waiting);
        }
        self.answer_if_waiting(hunt.waiting, newcomer);
        if let Some(transfer) = hunt.transfer {
            self.transfer_done(into, transfer);
        }
        self.bridge(into, Talk::new(hunt.waiting, newcomer))
    }

    /// Answers a phone that waits for it, as whoever it will talk with prefers.
    pub(super) fn answer_if_waiting(&mut self, leg: LegKey, other: LegKey) {
        if !self.is_established(leg) {
            let prefer = self.legs.get(&other).and_then(|leg| leg.codec());
            self.with_leg(leg, |leg, wire| leg.answer(wire, prefer));
        }
    }

    pub(super) fn move_leg(&mut self, from: &mut Call, into: &mut Call, key: LegKey) {
        let at = self.wire.now.wall;
        let record = self.wire.leg_id();
        let Some(leg) = self.legs.get_mut(&key) else {
            return;
        };
        from.legs.retain(|other| *other != key);
        from.record.leg_ended(leg.record, EndCause::Transferred, at);
        leg.call = into.id();
        leg.record = record;
        into.legs.push(key);
        into.record.leg_began(
            record,
            leg.party.clone(),
            leg.inbound(),
            leg.sip_call_id(),
            at,
        );
        if leg.is_established() {
            into.record.leg_answered(record, leg.codec(), at);
        }
    }
}

impl Engine {
    /// An INVITE with Replaces: the caller takes the place of one of our dialogs (RFC 3891 §3).
    pub(crate) fn begin_replacing(
        &mut self,
        call: &mut Call,
        newcomer: LegKey,
        replaces: &sip::Replaces,
    ) {
        let old = self.find(&sip::dialog::DialogId::of_replaces(replaces));
        let allowed = old.and_then(|key| self.legs.get(&key)).map(|leg| {
            let own = leg.party.user == self.party_of(newcomer).user;
            match (leg.is_early(), replaces.early_only) {
                // Only one's own phones' calls can be picked up this way.
                (true, _) => own,
                (false, early_only) => !early_only,
            }
        });
        let done = match (old, allowed) {
            (Some(old), Some(true)) => self.hand_over(call, newcomer, old),
            (Some(_), Some(false)) if replaces.early_only => Err(486),
            _ => Err(481),
        };
        let cause = match done {
            Ok(()) => EndCause::Transferred,
            Err(status) => EndCause::Failed(status),
        };
        call.stage = self.end(call, cause);
    }
}
