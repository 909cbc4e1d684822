//! Brings the news of a leg to the call that owns it.

use crate::{
    Engine,
    call::{Call, Entering, REDIRECTED, Seat, Stage},
    leg::{LegKey, News},
};

use model::{CallState, EndCause};

impl Engine {
    /// A leg has something to say.
    pub(crate) fn on_news(&mut self, key: LegKey, news: News) {
        let Some(leg) = self.legs.get(&key) else {
            return;
        };
        let (id, record, codec) = (leg.call, leg.record, leg.codec());
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let at = self.wire.now.wall;
        match &news {
            News::Ringing | News::Early => call.record.leg_state(record, CallState::Ringing),
            News::Answered => call.record.leg_answered(record, codec, at),
            News::Renegotiated => call.record.leg_codec(record, codec),
            News::Missed(miss) => call.record.leg_ended(record, miss.cause(), at),
            News::Redirected(..) => call.record.leg_ended(record, REDIRECTED.cause(), at),
            News::Stats(stats) => call.record.quality(record, stats),
            News::Gone(stats) => {
                if let Some(stats) = stats {
                    call.record.quality(record, stats);
                }
                call.legs.retain(|other| *other != key);
            }
            News::Listening
            | News::Acknowledged
            | News::Ended(_)
            | News::Refer(_)
            | News::Digit(_) => {}
        }
        if !matches!(news, News::Stats(_)) {
            let stage = call.take_stage();
            call.stage = match (call.takeover, news) {
                (Some(takeover), news) if takeover.newcomer == key => {
                    self.newcomer_news(&mut call, stage, takeover, news)
                }
                (Some(takeover), News::Ended(cause)) if takeover.old == key => {
                    self.left_for_newcomer(&mut call, stage, takeover, cause)
                }
                (_, news) => self.advance(&mut call, stage, key, news),
            };
            self.touch(id);
        }
        self.calls.insert(id, call);
        self.finish_if_closed(id);
    }

    pub(super) fn advance(
        &mut self,
        call: &mut Call,
        stage: Stage,
        key: LegKey,
        news: News,
    ) -> Stage {
        match stage {
            Stage::Routing(routing) => self.routing_news(call, routing, key, news),
            Stage::Hunting(hunt) => self.hunt_news(call, hunt, key, news),
            Stage::CallingOut(out) => self.call_out_news(call, out, key, news),
            Stage::Entering(entering) => self.entering_news(call, entering, key, news),
            Stage::Talking(talk) => self.talk_news(call, talk, key, news),
            Stage::InConference(seat) => self.seat_news(call, seat, key, news),
            Stage::Closing(closing) => {
                // A leg that was asked to go may still report how it went.
                self.end_leg_in_record(call, key, closing.cause);
                if let News::Refer(refer) = news {
                    self.refuse_refer(key, &refer);
                }
                Stage::Closing(closing)
            }
        }
    }

    fn entering_news(
        &mut self,
        call: &mut Call,
        entering: Entering,
        key: LegKey,
        news: News,
    ) -> Stage {
        match news {
            News::Answered if key == entering.leg => self.enter(call, entering),
            News::Ended(cause) if key == entering.leg => self.end(call, cause),
            News::Refer(refer) => {
                self.refuse_refer(key, &refer);
                Stage::Entering(entering)
            }
            _ => Stage::Entering(entering),
        }
    }

    fn seat_news(&mut self, call: &mut Call, seat: Seat, key: LegKey, news: News) -> Stage {
        match news {
            News::Ended(cause) if key == seat.leg => {
                let closing = self.end(call, cause);
                self.left(seat.seat, cause);
                closing
            }
            News::Digit(digit) if key == seat.leg => {
                self.conference_digit(seat.seat, key, digit);
                Stage::InConference(seat)
            }
            News::Renegotiated if key == seat.leg => {
                self.tell_held(seat);
                Stage::InConference(seat)
            }
            News::Refer(refer) if key == seat.leg => self.refer_in_conference(call, seat, refer),
            _ => Stage::InConference(seat),
        }
    }

    /// How a leg ended, where the record does not know yet.
    pub(crate) fn end_leg_in_record(&self, call: &mut Call, key: LegKey, cause: EndCause) {
        if let Some(leg) = self.legs.get(&key) {
            call.record.leg_ended(leg.record, cause, self.wire.now.wall);
        }
    }
}
