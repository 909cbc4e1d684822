//! Transfers: blind (REFER, RFC 3515) and attended (REFER with Replaces, RFC 3891 and 5589).
//!
//! The transferor's phone speaks only with us: we place the new leg with the transferor's
//! rights, tell the outcome by NOTIFY, and let the transferor go when it works.

use media::control::MediaCommand;
use model::{Caller, EndCause, RouteQuery};

use crate::{
    Engine,
    call::{Call, Routing, Stage, TRANSFERS, Talk, Transfer},
    leg::{LegKey, ReferRequest, Why},
};

/// Where a transfer leads.
pub(super) enum Target {
    /// A number, by the plan.
    Number(String),
    /// The other end of another leg of the transferor.
    Leg(LegKey),
    /// Nowhere: refused with this status.
    Refused(u16),
}

impl Engine {
    /// A party of a conversation sends REFER.
    pub(crate) fn refer(
        &mut self,
        call: &mut Call,
        talk: Talk,
        by: LegKey,
        refer: Box<ReferRequest>,
    ) -> Stage {
        let Some(other) = talk.other(by).filter(|_| talk.bridged) else {
            self.refuse_refer(by, &refer);
            return Stage::Talking(talk);
        };
        let target = self.transfer_target(call, by, &refer);
        let transfer = Transfer {
            by: Some(by),
            refer: refer.cseq,
            was_first: talk.first == by,
        };
        match target {
            Target::Refused(status) => {
                self.with_leg(by, |leg, wire| leg.answer_refer(wire, &refer, status));
                Stage::Talking(talk)
            }
            Target::Leg(theirs) => {
                self.with_leg(by, |leg, wire| leg.answer_refer(wire, &refer, 202));
                self.transfer_progress(Some(transfer), 100);
                self.attended(call, talk, other, transfer, theirs)
            }
            Target::Number(dialled) => {
                self.with_leg(by, |leg, wire| leg.answer_refer(wire, &refer, 202));
                self.transfer_progress(Some(transfer), 100);
                self.wait_apart(talk, other);
                call.transfers += 1;
                let caller = self.transferor(call, by);
                let entrant = self.party_of(other).user;
                let at = self.wire.now.wall;
                let asker = crate::engine::RouteAsker::Call(call.id());
                self.ask_route(
                    asker,
                    RouteQuery {
                        caller,
                        entrant,
                        dialled,
                        at,
                    },
                );
                Stage::Routing(Routing {
                    waiting: other,
                    transfer: Some(transfer),
                })
            }
        }
    }

    /// 603: not now, not here.
    pub(crate) fn refuse_refer(&mut self, key: LegKey, refer: &ReferRequest) {
        self.with_leg(key, |leg, wire| leg.answer_refer(wire, refer, 603));
    }

    pub(super) fn transfer_target(&self, call: &Call, by: LegKey, refer: &ReferRequest) -> Target {
        if call.transfers >= TRANSFERS {
            return Target::Refused(603);
        }
        let own = self.domains.get(&call.customer);
        if own.is_some_and(|own| self.is_anothers(refer.host.as_ref(), own)) {
            return Target::Refused(404);
        }
        let Some(replaces) = &refer.replaces else {
            return match &refer.number {
                Some(number) => Target::Number(number.clone()),
                None => Target::Refused(400),
            };
        };
        // The dialog named is one between the transferor and us: nobody hands over the calls of
        // another customer, and a call does not replace itself.
        let theirs = self.find(&sip::dialog::DialogId::of_replaces(replaces));
        match theirs.and_then(|key| self.legs.get(&key).map(|leg| (key, leg))) {
            Some((key, leg)) if self.may_replace(call, by, leg) => Target::Leg(key),
            _ => Target::Refused(481),
        }
    }

    fn may_replace(&self, call: &Call, by: LegKey, leg: &crate::leg::Leg) -> bool {
        let user = self.legs.get(&by).and_then(|leg| leg.party.user);
        leg.call != call.id() && leg.party.user == user && user.is_some()
    }

    /// With whose rights a transfer is placed: the transferor's.
    fn transferor(&self, call: &Call, by: LegKey) -> Caller {
        let party = self.party_of(by);
        Caller {
            customer: call.customer,
            user: party.user,
            number: party.number,
            name: party.name,
        }
    }

    /// Takes the two apart: the transferee waits in silence until something rings.
    pub(super) fn wait_apart(&mut self, talk: Talk, waiting: LegKey) {
        if let Some(held) = talk.music {
            self.silence(held);
        }
        self.wire.media(MediaCommand::Unbridge {
            leg: waiting.media(),
        });
    }

    /// The transferee takes the transferor's place in another call of the transferor.
    fn attended(
        &mut self,
        call: &mut Call,
        talk: Talk,
        transferee: LegKey,
        transfer: Transfer,
        theirs: LegKey,
    ) -> Stage {
        self.wait_apart(talk, transferee);
        call.transfers += 1;
        match self.hand_over(call, transferee, theirs) {
            Ok(()) => {
                // The transferee went on in the other call: this one has done its work.
                self.transfer_done(call, transfer);
                self.end(call, EndCause::Transferred)
            }
            Err(status) => {
                self.transfer_over(Some(transfer), status);
                let by = transfer.by.unwrap_or(talk.first);
                self.talk_again(call, transferee, by, transfer.was_first)
            }
        }
    }

    /// Says how far a transfer is.
    pub(crate) fn transfer_progress(&mut self, transfer: Option<Transfer>, status: u16) {
        if let Some(Transfer {
            by: Some(by),
            refer,
            ..
        }) = transfer
        {
            self.with_leg(by, |leg, wire| leg.notify_refer(wire, refer, status));
        }
    }

    /// Says that a transfer came to nothing.
    pub(crate) fn transfer_over(&mut self, transfer: Option<Transfer>, status: u16) {
        self.transfer_progress(transfer, status.max(200));
    }

    /// It worked: the transferor is told and let go.
    pub(crate) fn transfer_done(&mut self, call: &mut Call, transfer: Transfer) {
        self.transfer_progress(Some(transfer), 200);
        if let Some(by) = transfer.by {
            self.hang_up(call, by, Why::of(EndCause::Transferred));
        }
    }

    /// The transferor hung up before the outcome was known: they trust that it works.
    pub(crate) fn transferor_left(
        &mut self,
        call: &mut Call,
        transfer: &mut Option<Transfer>,
        key: LegKey,
    ) {
        if let Some(transfer) = transfer
            && transfer.by == Some(key)
        {
            transfer.by = None;
            self.end_leg_in_record(call, key, EndCause::Transferred);
        }
    }
}
