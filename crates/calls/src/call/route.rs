//! From an authenticated INVITE to a plan, and from a plan to its steps.

use model::{CallState, Caller, EndCause, Party, RouteAction, RoutePlan, RouteQuery};

use crate::{
    Engine, Output, Ticket,
    call::{Call, Entering, Hunt, Miss, Ring, Routing, Stage, Transfer, outcome},
    leg::{LegKey, News},
};

impl Engine {
    /// Asks where a number goes. The answer is [`Engine::routed`].
    pub(crate) fn ask_route(&mut self, asker: crate::engine::RouteAsker, query: RouteQuery) {
        let ticket = self.wire.ticket();
        self.asked_routes.insert(ticket, asker);
        self.wire.put(Output::FindRoute { ticket, query });
    }

    /// The routing function answered.
    pub(crate) fn routed(&mut self, ticket: Ticket, plan: Box<RoutePlan>) {
        match self.asked_routes.remove(&ticket) {
            Some(crate::engine::RouteAsker::Call(id)) => {
                self.with_call(id, |engine, call, stage| match stage {
                    Stage::Routing(routing) => {
                        let Routing { waiting, transfer } = routing;
                        engine.run_step(call, waiting, plan, 0, transfer)
                    }
                    other => other,
                })
            }
            Some(crate::engine::RouteAsker::Menu { seat, number }) => {
                self.called_in(seat, &number, &plan);
            }
            None => {}
        }
    }

    pub(crate) fn routing_news(
        &mut self,
        call: &mut Call,
        mut routing: Routing,
        key: LegKey,
        news: News,
    ) -> Stage {
        match news {
            News::Ended(cause) if key == routing.waiting => {
                self.transfer_over(routing.transfer, 487);
                self.end(call, cause)
            }
            News::Ended(_) => {
                self.transferor_left(call, &mut routing.transfer, key);
                Stage::Routing(routing)
            }
            News::Refer(refer) => {
                self.refuse_refer(key, &refer);
                Stage::Routing(routing)
            }
            _ => Stage::Routing(routing),
        }
    }

    /// Carries out one step for the one who waits; steps that nobody takes lead on at once.
    pub(crate) fn run_step(
        &mut self,
        call: &mut Call,
        waiting: LegKey,
        plan: Box<RoutePlan>,
        first: usize,
        transfer: Option<Transfer>,
    ) -> Stage {
        let mut at = first;
        // `Next` only points forward, so this ends; the bound holds where a plan breaks its word.
        for _ in 0..=plan.steps.len() {
            let Some(step) = plan.steps.get(at) else {
                break;
            };
            call.record.step(step);
            let miss = match &step.action {
                RouteAction::Refuse(cause) => {
                    return self.give_up(call, waiting, *cause, transfer);
                }
                RouteAction::Conference(entry) => {
                    let entering = Entering {
                        leg: waiting,
                        entry: entry.clone(),
                    };
                    return self.approach(call, entering, transfer);
                }
                RouteAction::Ring { .. } => match self.ring_user(call, waiting, step) {
                    Ok(ring) => {
                        return Stage::Hunting(Hunt {
                            waiting,
                            plan,
                            at,
                            ring,
                            transfer,
                        });
                    }
                    Err(miss) => miss,
                },
            };
            match miss.next(step.next) {
                Some(next) if next > at => at = next,
                _ => return self.give_up(call, waiting, miss.cause(), transfer),
            }
        }
        self.give_up(call, waiting, EndCause::Offline, transfer)
    }

    fn ring_user(
        &mut self,
        call: &mut Call,
        waiting: LegKey,
        step: &model::RouteStep,
    ) -> Result<Ring, Miss> {
        let RouteAction::Ring {
            user,
            extension,
            name,
            ring_secs,
            tones,
        } = &step.action
        else {
            return Err(Miss::Unreachable);
        };
        let party = Party {
            user: Some(*user),
            number: extension.to_string(),
            name: name.clone(),
        };
        call.record.reached(party.clone());
        let from = self.party_of(waiting);
        let prefer = self.codecs_of(waiting);
        let forks = self.call_phones(call, *user, &party, &from, &prefer);
        if forks.is_empty() {
            return Err(Miss::Unreachable);
        }
        self.ring_timer(call, *ring_secs);
        Ok(Ring {
            forks,
            miss: None,
            rang: false,
            tones: tone_plan(*tones),
        })
    }

    /// Nobody takes the one who waits: a caller is refused, a transfer undone.
    pub(crate) fn give_up(
        &mut self,
        call: &mut Call,
        waiting: LegKey,
        cause: EndCause,
        transfer: Option<Transfer>,
    ) -> Stage {
        if let Some(transfer) = transfer {
            self.transfer_over(Some(transfer), outcome::status(cause));
            if let Some(by) = transfer.by {
                return self.talk_again(call, waiting, by, transfer.was_first);
            }
        }
        self.end(call, cause)
    }

    /// A new call of an authenticated phone.
    pub(crate) fn begin_routing(
        &mut self,
        call: &mut Call,
        waiting: LegKey,
        dialled: String,
        caller: Caller,
    ) {
        call.record.state(CallState::Calling);
        call.stage = Stage::Routing(Routing {
            waiting,
            transfer: None,
        });
        let id = call.record.view().id;
        let at = self.wire.now.wall;
        self.ask_route(
            crate::engine::RouteAsker::Call(id),
            RouteQuery {
                entrant: caller.user,
                caller,
                dialled,
                at,
            },
        );
    }
}

/// The word of `media` for the word of `model`.
pub(crate) const fn tone_plan(tones: model::TonePlan) -> media::control::TonePlan {
    match tones {
        model::TonePlan::Europe => media::control::TonePlan::Europe,
        model::TonePlan::NorthAmerica => media::control::TonePlan::NorthAmerica,
        model::TonePlan::UnitedKingdom => media::control::TonePlan::UnitedKingdom,
    }
}
