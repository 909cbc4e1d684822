//! One leg takes the place of another (RFC 3891): attended transfers and INVITE with Replaces.
//!
//! An attended transfer brings a leg that is answered, which goes on at once. A caller who asks by
//! INVITE may still fail: the call stays as it is until the ACK of the 200 is there, and only then
//! is the old leg hung up.

use media::control::MediaCommand;
use model::EndCause;

use crate::{
    Engine,
    call::{Call, Preference, Stage, Takeover, Talk},
    leg::{LegKey, News, Why},
};

impl Engine {
    /// `newcomer`, an answered leg of `from`, goes on in the call of `old` and in its place; `old`
    /// is hung up.
    ///
    /// # Errors
    /// The SIP status that says why not; nothing was changed then.
    pub(crate) fn hand_over(
        &mut self,
        from: &mut Call,
        newcomer: LegKey,
        old: LegKey,
    ) -> Result<(), u16> {
        self.in_call_of(from, old, |engine, from, into| {
            let stage = into.take_stage();
            let (stage, done) = match engine.take_place(into, stage, newcomer, old) {
                Ok(stage) => {
                    engine.move_leg(from, into, newcomer);
                    engine.hang_up(into, old, Why::of(EndCause::Transferred));
                    (stage, Ok(()))
                }
                Err((stage, status)) => (stage, Err(status)),
            };
            into.stage = stage;
            done
        })
    }

    /// Acts on the call that has the leg `old`, if it is a call of the same customer.
    fn in_call_of(
        &mut self,
        from: &mut Call,
        old: LegKey,
        act: impl FnOnce(&mut Self, &mut Call, &mut Call) -> Result<(), u16>,
    ) -> Result<(), u16> {
        let id = self.legs.get(&old).map(|leg| leg.call).ok_or(481_u16)?;
        let mut into = self.calls.remove(&id).ok_or(481_u16)?;
        let done = if into.customer == from.customer {
            act(self, from, &mut into)
        } else {
            Err(481)
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
            Stage::Hunting(hunt) if hunt.ring.forks.contains(&old) => {
                Ok(self.connect(into, hunt, newcomer))
            }
            Stage::Routing(mut routing) if routing.waiting == old => {
                routing.waiting = newcomer;
                Ok(Stage::Routing(routing))
            }
            Stage::CallingOut(mut out)
                if out.ring.forks.contains(&old) && self.is_same_person(newcomer, old) =>
            {
                self.end_forks(into, &mut out.ring, None, EndCause::AnsweredElsewhere);
                Ok(self.call_out_answered(into, out, newcomer))
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
        if talk.bridged {
            self.wire
                .media(MediaCommand::Unbridge { leg: other.media() });
        }
        let talk = if talk.first == old {
            Talk::new(newcomer, other)
        } else {
            Talk::new(other, newcomer)
        };
        self.bridge(into, talk)
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
        let done = self.replaceable(newcomer, replaces).and_then(|old| {
            let takeover = Takeover {
                newcomer,
                old,
                early_only: replaces.early_only,
            };
            self.in_call_of(call, old, |engine, from, into| {
                engine.begin_takeover(from, into, takeover)
            })
        });
        let cause = match done {
            Ok(()) => EndCause::Transferred,
            Err(status) => EndCause::Failed(status),
        };
        call.stage = self.end(call, cause);
    }

    /// The leg whose dialog is named, if its place may be taken.
    fn replaceable(&self, newcomer: LegKey, replaces: &sip::Replaces) -> Result<LegKey, u16> {
        let old = self.find(&sip::dialog::DialogId::of_replaces(replaces));
        let (old, leg) = old
            .and_then(|old| Some((old, self.legs.get(&old)?)))
            .ok_or(481_u16)?;
        match (leg.is_early(), replaces.early_only) {
            // Only what rings on one's own phones can be picked up this way; who called us has no
            // place to be taken until they are answered.
            (true, _) if leg.inbound() || !self.is_same_person(newcomer, old) => Err(481),
            (false, true) => Err(486),
            _ => Ok(old),
        }
    }

    fn is_same_person(&self, one: LegKey, other: LegKey) -> bool {
        let user = |key| self.legs.get(&key).and_then(|leg| leg.party.user);
        user(one).is_some() && user(one) == user(other)
    }

    /// Answers the newcomer; the call goes on as it is meanwhile.
    fn begin_takeover(
        &mut self,
        from: &mut Call,
        into: &mut Call,
        takeover: Takeover,
    ) -> Result<(), u16> {
        let Takeover { newcomer, old, .. } = takeover;
        let prefer = self.preference_in_place(into, newcomer, old)?;
        if into.takeover.is_some() {
            return Err(491);
        }
        self.move_leg(from, into, newcomer);
        into.takeover = Some(takeover);
        self.with_leg(newcomer, |leg, wire| leg.answer(wire, prefer));
        Ok(())
    }

    /// Whether there is a place to be taken, and the codec of whom one talks with in it.
    fn preference_in_place(
        &self,
        into: &Call,
        newcomer: LegKey,
        old: LegKey,
    ) -> Result<Preference, u16> {
        let other = match &into.stage {
            Stage::Talking(talk) => Some(talk.other(old).ok_or(481_u16)?),
            Stage::Hunting(hunt) if hunt.ring.forks.contains(&old) => Some(hunt.waiting),
            Stage::Hunting(hunt) if hunt.waiting == old => None,
            Stage::Routing(routing) if routing.waiting == old => None,
            Stage::CallingOut(out) if out.ring.forks.contains(&old) => None,
            Stage::InConference(seat) if seat.leg == old => {
                self.may_take(seat.seat, newcomer)?;
                None
            }
            _ => return Err(481),
        };
        Ok(other.and_then(|other| self.legs.get(&other)?.codec()))
    }

    /// News of who is on the way into another's place.
    pub(crate) fn newcomer_news(
        &mut self,
        call: &mut Call,
        stage: Stage,
        takeover: Takeover,
        news: News,
    ) -> Stage {
        let newcomer = takeover.newcomer;
        match news {
            News::Acknowledged => self.take_over(call, stage, takeover),
            News::Ended(cause) => {
                call.takeover = None;
                self.end_leg_in_record(call, newcomer, cause);
                stage
            }
            News::Refer(refer) => {
                self.refuse_refer(newcomer, &refer);
                stage
            }
            _ => stage,
        }
    }

    /// The newcomer is there: in the place of `old`, wherever that is by now.
    fn take_over(&mut self, call: &mut Call, stage: Stage, takeover: Takeover) -> Stage {
        let Takeover { newcomer, old, .. } = takeover;
        call.takeover = None;
        let still_early = self.legs.get(&old).is_some_and(|leg| leg.is_early());
        let taken = if takeover.early_only && !still_early {
            Err((stage, 486))
        } else {
            self.take_place(call, stage, newcomer, old)
        };
        match taken {
            Ok(stage) => {
                self.hang_up(call, old, Why::of(EndCause::Transferred));
                stage
            }
            Err((stage, status)) => {
                self.hang_up(call, newcomer, Why::of(EndCause::Failed(status)));
                stage
            }
        }
    }

    /// Whose place is being taken hangs up first: the place is the newcomer's, who may still be on
    /// the way.
    pub(crate) fn left_for_newcomer(
        &mut self,
        call: &mut Call,
        stage: Stage,
        takeover: Takeover,
        cause: EndCause,
    ) -> Stage {
        let Takeover { newcomer, old, .. } = takeover;
        let taken = if takeover.early_only {
            Err((stage, 486))
        } else {
            self.take_place(call, stage, newcomer, old)
        };
        match taken {
            Ok(stage) => {
                call.takeover = None;
                self.end_leg_in_record(call, old, cause);
                stage
            }
            Err((stage, _)) => self.advance(call, stage, old, News::Ended(cause)),
        }
    }
}
