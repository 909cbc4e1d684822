//! Phones ring for someone who waits.

use std::time::Duration;

use media::control::{Codec, MediaCommand, Sound};
use model::{CallId, CallState, Caller, EndCause, Party, RouteQuery, UserId};

use crate::{
    Engine,
    call::{Call, FORKS, Hunt, Miss, REDIRECTED, Ring, Routing, Stage, TRANSFERS, Talk},
    engine::RouteAsker,
    leg::{Dial, LegKey, News, Why},
    wire::Alarm,
};

impl Engine {
    /// Calls every phone of a user at the same time.
    pub(crate) fn call_phones(
        &mut self,
        call: &mut Call,
        user: UserId,
        to: &Party,
        from: &Party,
        prefer: &[Codec],
    ) -> Vec<LegKey> {
        let targets: Vec<_> = self
            .location
            .of_user(user)
            .take(FORKS)
            .map(|known| Dial::binding(known, to, from, prefer))
            .collect();
        targets
            .into_iter()
            .map(|dial| self.dial(call, dial))
            .collect()
    }

    /// Rings for so long.
    pub(crate) fn ring_timer(&mut self, call: &Call, secs: u32) {
        let at = self.wire.now.monotonic + Duration::from_secs(u64::from(secs.max(1)));
        self.wire.timers.set(Alarm::RingOver(call.id()), at);
    }

    /// The ringing time of a step is over.
    pub(crate) fn ring_over(&mut self, id: CallId) {
        self.with_call(id, |engine, call, stage| match stage {
            Stage::Hunting(mut hunt) => {
                engine.end_forks(call, &mut hunt.ring, None, EndCause::NoAnswer);
                // A phone that rang in vain says more than those that could not be reached; if
                // none ever rang, none was reached.
                let late = if hunt.ring.rang {
                    Miss::NoAnswer
                } else {
                    Miss::Unreachable
                };
                let miss = hunt.ring.miss.map_or(late, |miss| miss.or(late));
                engine.step_missed(call, hunt, miss)
            }
            Stage::CallingOut(mut out) => {
                engine.end_forks(call, &mut out.ring, None, EndCause::NoAnswer);
                let late = if out.ring.rang {
                    Miss::NoAnswer
                } else {
                    Miss::Unreachable
                };
                let miss = out.ring.miss.map_or(late, |miss| miss.or(late));
                engine.call_out_missed(call, out, miss)
            }
            other => other,
        });
    }

    pub(crate) fn hunt_news(
        &mut self,
        call: &mut Call,
        mut hunt: Hunt,
        key: LegKey,
        news: News,
    ) -> Stage {
        match news {
            News::Ringing | News::Early => self.hunt_rings(call, hunt),
            News::Answered if hunt.ring.forks.contains(&key) => self.connect(call, hunt, key),
            News::Listening | News::Answered if hunt.ring.rang => {
                self.let_hear(&hunt);
                Stage::Hunting(hunt)
            }
            News::Missed(miss) => self.hunt_missed(call, hunt, key, miss),
            News::Redirected(number, host) if hunt.ring.forks.contains(&key) => {
                self.redirected(call, hunt, key, number, host.as_ref())
            }
            News::Ended(cause) if key == hunt.waiting => {
                self.transfer_over(hunt.transfer, 487);
                self.end(call, cause)
            }
            News::Ended(_) => {
                self.transferor_left(call, &mut hunt.transfer, key);
                Stage::Hunting(hunt)
            }
            News::Refer(refer) => {
                self.refuse_refer(key, &refer);
                Stage::Hunting(hunt)
            }
            _ => Stage::Hunting(hunt),
        }
    }

    fn hunt_missed(&mut self, call: &mut Call, mut hunt: Hunt, key: LegKey, miss: Miss) -> Stage {
        match hunt.ring.missed(key, miss) {
            None => {
                // The one that is left may have had something to be heard all the time.
                if self.early_fork(&hunt.ring).is_some() {
                    self.let_hear(&hunt);
                }
                Stage::Hunting(hunt)
            }
            Some(miss) => {
                self.end_forks(call, &mut hunt.ring, None, EndCause::Declined);
                self.step_missed(call, hunt, miss)
            }
        }
    }

    /// A phone forwards the call: it goes where its person would reach that number, and the
    /// person's other phones stop ringing. They are not told that somebody answered: nobody has.
    fn redirected(
        &mut self,
        call: &mut Call,
        mut hunt: Hunt,
        key: LegKey,
        dialled: String,
        host: Option<&sip::Host>,
    ) -> Stage {
        let own = self.domains.get(&call.customer);
        let foreign = own.is_some_and(|own| self.is_anothers(host, own));
        if foreign || call.transfers >= TRANSFERS {
            return self.hunt_missed(call, hunt, key, REDIRECTED);
        }
        self.wire.timers.cancel(Alarm::RingOver(call.id()));
        self.end_forks(call, &mut hunt.ring, None, EndCause::Cancelled);
        call.transfers += 1;
        let by = self.party_of(key);
        let query = RouteQuery {
            caller: Caller {
                customer: call.customer,
                user: by.user,
                number: by.number,
                name: by.name,
            },
            entrant: self.party_of(hunt.waiting).user,
            dialled,
            at: self.wire.now.wall,
        };
        self.ask_route(RouteAsker::Call(call.id()), query);
        Stage::Routing(Routing {
            waiting: hunt.waiting,
            transfer: hunt.transfer,
        })
    }

    fn hunt_rings(&mut self, call: &mut Call, mut hunt: Hunt) -> Stage {
        let rang = std::mem::replace(&mut hunt.ring.rang, true);
        if !rang && !self.is_established(hunt.waiting) {
            call.record.state(CallState::Ringing);
        }
        if !rang {
            self.transfer_progress(hunt.transfer, 180);
        }
        if !rang || self.early_fork(&hunt.ring).is_some() {
            self.let_hear(&hunt);
        }
        Stage::Hunting(hunt)
    }

    /// Lets the one who waits hear the only phone that may still answer, if it has something to
    /// be heard: its network's ring-back, or why it does not ring. Else they hear that something
    /// rings: by their own phone's tone, or by ours once it has media.
    pub(crate) fn let_hear(&mut self, hunt: &Hunt) {
        let waiting = hunt.waiting;
        match (self.early_fork(&hunt.ring), self.has_media(waiting)) {
            (Some(fork), true) => {
                self.silence(waiting);
                self.wire.media(MediaCommand::Bridge {
                    a: waiting.media(),
                    b: fork.media(),
                });
            }
            (Some(fork), false) => {
                let prefer = self.legs.get(&fork).and_then(|leg| leg.codec());
                self.with_leg(waiting, |leg, wire| leg.listen(wire, prefer));
            }
            (None, true) => self.play(waiting, Sound::Ringback(hunt.ring.tones), true),
            (None, false) => {
                self.with_leg(waiting, |leg, wire| leg.ring(wire));
            }
        }
    }

    fn early_fork(&self, ring: &Ring) -> Option<LegKey> {
        match ring.forks[..] {
            [only] => Some(only).filter(|fork| self.has_media(*fork)),
            _ => None,
        }
    }

    fn step_missed(&mut self, call: &mut Call, hunt: Hunt, miss: Miss) -> Stage {
        self.wire.timers.cancel(Alarm::RingOver(call.id()));
        let next = hunt
            .plan
            .steps
            .get(hunt.at)
            .and_then(|step| miss.next(step.next));
        match next {
            Some(next) if next > hunt.at => {
                self.run_step(call, hunt.waiting, hunt.plan, next, hunt.transfer)
            }
            _ => self.give_up(call, hunt.waiting, miss.cause(), hunt.transfer),
        }
    }

    /// A phone answered, or took the call from one that rings: the others stop ringing, the one
    /// who waits is answered with the codec the phone chose, and both are connected.
    pub(super) fn connect(&mut self, call: &mut Call, mut hunt: Hunt, winner: LegKey) -> Stage {
        self.wire.timers.cancel(Alarm::RingOver(call.id()));
        self.end_forks(
            call,
            &mut hunt.ring,
            Some(winner),
            EndCause::AnsweredElsewhere,
        );
        let waiting = hunt.waiting;
        if self.has_media(waiting) {
            self.silence(waiting);
        }
        if let Some(transfer) = hunt.transfer {
            self.transfer_done(call, transfer);
            let talk = if transfer.was_first {
                Talk::new(winner, waiting)
            } else {
                Talk::new(waiting, winner)
            };
            // Another phone may have taken the place of the one who was transferred.
            self.answer_if_waiting(waiting, winner);
            return self.bridge(call, talk);
        }
        let talk = Talk::new(waiting, winner);
        if self.is_established(waiting) {
            return self.bridge(call, talk);
        }
        let prefer = self.legs.get(&winner).and_then(|leg| leg.codec());
        self.with_leg(waiting, |leg, wire| leg.answer(wire, prefer));
        Stage::Talking(talk)
    }

    /// Ends the phones that still ring.
    pub(crate) fn end_forks(
        &mut self,
        call: &mut Call,
        ring: &mut Ring,
        but: Option<LegKey>,
        cause: EndCause,
    ) {
        for fork in std::mem::take(&mut ring.forks) {
            if Some(fork) != but {
                self.hang_up(call, fork, Why::of(cause));
            }
        }
    }

    /// Sends a sound to one leg instead of what it hears.
    pub(crate) fn play(&mut self, leg: LegKey, sound: Sound, repeat: bool) {
        let play = self.wire.play_id();
        self.wire.media(MediaCommand::Play {
            leg: leg.media(),
            play,
            sound,
            repeat,
        });
    }

    /// Ends what is played to a leg.
    pub(crate) fn silence(&mut self, leg: LegKey) {
        self.wire
            .media(MediaCommand::StopPlaying { leg: leg.media() });
    }
}

impl Ring {
    /// Takes a phone out; what all of them together mean, once none is left or one speaks for
    /// the person.
    pub(crate) fn missed(&mut self, key: LegKey, miss: Miss) -> Option<Miss> {
        let before = self.forks.len();
        self.forks.retain(|fork| *fork != key);
        if self.forks.len() == before {
            return None;
        }
        let all = self.miss.map_or(miss, |other| other.or(miss));
        self.miss = Some(all);
        (self.forks.is_empty() || all.is_final()).then_some(all)
    }
}
