//! Two parties with media between them: hold, codec changes, digits, hanging up.

use media::control::{MediaCommand, Sound};
use model::{CallState, EndCause};

use crate::{
    Engine,
    call::{Call, Stage, Talk},
    leg::{LegKey, News, Why},
};

impl Engine {
    pub(crate) fn talk_news(
        &mut self,
        call: &mut Call,
        mut talk: Talk,
        key: LegKey,
        news: News,
    ) -> Stage {
        let Some(other) = talk.other(key) else {
            if let News::Refer(refer) = news {
                self.refuse_refer(key, &refer);
            }
            return Stage::Talking(talk);
        };
        match news {
            News::Answered => self.bridge(call, talk),
            News::Renegotiated => {
                self.follow_hold(call, &mut talk);
                Stage::Talking(talk)
            }
            News::Ended(cause) => {
                let cause = talk.cause_from(key, cause);
                self.end_leg_in_record(call, key, cause);
                self.hang_up(call, other, Why::of(cause));
                self.end(call, cause)
            }
            News::Missed(miss) => self.end(call, miss.cause()),
            News::Digit(digit) => {
                self.wire.media(MediaCommand::SendDigit {
                    leg: other.media(),
                    digit,
                    duration_ms: 160,
                });
                Stage::Talking(talk)
            }
            News::Refer(refer) => self.refer(call, talk, key, refer),
            News::Ringing
            | News::Early
            | News::Listening
            | News::Acknowledged
            | News::Redirected(..)
            | News::Stats(_)
            | News::Gone(_) => Stage::Talking(talk),
        }
    }

    /// Connects the media of both, once both have some.
    pub(crate) fn bridge(&mut self, call: &mut Call, mut talk: Talk) -> Stage {
        let both = self.is_established(talk.first) && self.is_established(talk.second);
        if both && !talk.bridged {
            talk.bridged = true;
            self.wire.media(MediaCommand::Bridge {
                a: talk.first.media(),
                b: talk.second.media(),
            });
            call.record.answered(self.wire.now.wall);
        }
        self.follow_hold(call, &mut talk);
        Stage::Talking(talk)
    }

    /// Both talk with each other again after a transfer that came to nothing.
    pub(crate) fn talk_again(
        &mut self,
        call: &mut Call,
        waiting: LegKey,
        by: LegKey,
        was_first: bool,
    ) -> Stage {
        if self.has_media(waiting) {
            self.silence(waiting);
        }
        let talk = if was_first {
            Talk::new(by, waiting)
        } else {
            Talk::new(waiting, by)
        };
        self.answer_if_waiting(waiting, by);
        self.bridge(call, talk)
    }

    /// Music for the one who is held; nobody's music when both hold, or before both are there.
    fn follow_hold(&mut self, call: &mut Call, talk: &mut Talk) {
        if !talk.bridged {
            return;
        }
        let holds = |engine: &Self, leg| engine.legs.get(&leg).is_some_and(|leg| leg.holds());
        let (first, second) = (holds(self, talk.first), holds(self, talk.second));
        let music = match (first, second) {
            (true, false) => Some(talk.second),
            (false, true) => Some(talk.first),
            _ => None,
        };
        if music != talk.music {
            if let Some(before) = talk.music.take() {
                self.silence(before);
            }
            if let Some(held) = music {
                self.play(held, Sound::Music, true);
            }
            talk.music = music;
        }
        call.record.state(if first || second {
            CallState::Held
        } else {
            CallState::Answered
        });
        for (leg, held) in [(talk.first, first), (talk.second, second)] {
            let state = if held {
                CallState::Held
            } else {
                CallState::Answered
            };
            if let Some(leg) = self.legs.get(&leg).filter(|leg| leg.is_established()) {
                call.record.leg_state(leg.record, state);
            }
        }
    }

    /// Ends a call by order.
    pub(crate) fn end_call(&mut self, id: model::CallId, cause: EndCause) {
        self.with_call(id, |engine, call, stage| match stage {
            Stage::Closing(closing) => Stage::Closing(closing),
            Stage::CallingOut(out) => {
                engine.tell_call_out_failed(&out, cause, None);
                engine.end(call, cause)
            }
            Stage::InConference(seat) => {
                let closing = engine.end(call, cause);
                engine.left(seat.seat, cause);
                closing
            }
            _ => engine.end(call, cause),
        });
    }
}
