//! The end of a leg: what is sent depends on how far it came.

use model::EndCause;
use sip::{
    Flow, HeaderName, Method, Request, Response,
    dialog::{Dialog, DialogId},
    transaction::{ClientKey, ServerKey},
};

use crate::{
    call::status,
    leg::{
        Asked, Established, GIVE_UP, Leg, LegAlarm, LegKey, Rack, State, established::is_awaited,
    },
    wire::{Alarm, Purpose, Wire},
};

/// Why a leg ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) cause: EndCause,
}

impl Why {
    pub(crate) const fn of(cause: EndCause) -> Self {
        Self { cause }
    }

    /// The Reason header (RFC 3326) of a CANCEL or BYE: with the first, phones do not show a
    /// missed call.
    pub(crate) const fn reason(self) -> Option<&'static str> {
        match self.cause {
            EndCause::AnsweredElsewhere => Some("SIP;cause=200;text=\"Call completed elsewhere\""),
            EndCause::Declined => Some("SIP;cause=603;text=\"Declined\""),
            EndCause::NoAnswer => Some("SIP;cause=480;text=\"No answer\""),
            // Q.850: normal call clearing.
            EndCause::ConferenceEnded => Some("Q.850;cause=16;text=\"The conference ended\""),
            EndCause::Kicked => Some("SIP;cause=480;text=\"Kicked from the conference\""),
            EndCause::Administrator => Some("SIP;cause=480;text=\"Ended by an administrator\""),
            EndCause::MediaTimeout => Some("SIP;cause=408;text=\"Session expired\""),
            EndCause::NoCommonCodec => Some("SIP;cause=488;text=\"No codec in common\""),
            EndCause::ServerStopped => Some("SIP;cause=503;text=\"The server stops\""),
            _ => None,
        }
    }
}

/// A dialog that is being ended.
#[derive(Debug)]
pub(crate) struct Leaving {
    dialog: Dialog,
    why: Why,
    step: Step,
    unconfirmed: Option<Rack>,
    /// Our INVITE that made it: what forks of it are recognised by.
    invite: Option<(ClientKey, Request)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The BYE waits for the ACK, or for the certainty that none comes (RFC 3261 §15).
    AwaitingAck,
    /// The BYE is out.
    Bye,
    /// It is out once more, to where the phone has gone meanwhile.
    ByeAgain,
}

impl Leaving {
    pub(super) fn is_dialog(&self, id: &DialogId) -> bool {
        self.dialog.id() == id
    }

    fn bye(&mut self, key: LegKey, flow: Flow, wire: &mut Wire) {
        let mut bye = self.dialog.request(Method::Bye);
        if let Some(reason) = self.why.reason() {
            bye.headers.push(HeaderName::Reason, reason);
        }
        bye.headers.push(HeaderName::UserAgent, &*wire.config.agent);
        wire.request(flow, bye, Purpose::Leg(key, Asked::Bye));
    }
}

impl Leg {
    /// Ends the leg, whatever state it is in.
    pub(crate) fn finish(&mut self, wire: &mut Wire, why: Why) {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(incoming) => {
                incoming.refuse(wire, status(why.cause), why.cause);
                State::Over
            }
            State::Outgoing(outgoing) => self.cancel(outgoing, why, wire),
            State::Established(established) => self.leave(*established, why, wire),
            other => other,
        };
    }

    /// Says goodbye to an answered peer.
    pub(super) fn leave(&mut self, established: Established, why: Why, wire: &mut Wire) -> State {
        let waits = established.waits_for_ack();
        let leaving = Box::new(Leaving {
            dialog: established.dialog,
            why,
            step: Step::AwaitingAck,
            unconfirmed: established.unconfirmed,
            invite: established.invite,
        });
        if waits {
            let at = wire.now.monotonic + GIVE_UP;
            wire.timers.set(Alarm::Leg(self.key, LegAlarm::Expire), at);
            return State::Leaving(leaving);
        }
        self.leaving_now(leaving, wire)
    }

    /// The BYE goes out, if it has not yet.
    pub(super) fn leaving_now(&mut self, mut leaving: Box<Leaving>, wire: &mut Wire) -> State {
        if leaving.step == Step::AwaitingAck {
            leaving.step = Step::Bye;
            leaving.bye(self.key, self.flow, wire);
        }
        State::Leaving(leaving)
    }

    /// The BYE could not be sent, but the phone has another flow now.
    pub(super) fn bye_again(&mut self, mut leaving: Box<Leaving>, wire: &mut Wire) -> State {
        if leaving.step != Step::Bye {
            return State::Over;
        }
        leaving.step = Step::ByeAgain;
        leaving.bye(self.key, self.flow, wire);
        State::Leaving(leaving)
    }

    pub(super) fn leaving_answered(
        &mut self,
        leaving: Box<Leaving>,
        client: ClientKey,
        asked: Asked,
        response: Option<&Response>,
        wire: &mut Wire,
    ) -> State {
        let provisional = response.is_some_and(Response::is_provisional);
        match asked {
            Asked::Bye if !provisional => State::Over,
            Asked::Invite => {
                self.stray_answer(leaving.invite.as_ref(), &leaving.dialog, response, wire);
                State::Leaving(leaving)
            }
            // A refresh that was out when we hung up: its 2xx still wants an ACK.
            Asked::Refresh => {
                if let Some(response) = response.filter(|response| response.is_success())
                    && let Ok(cseq) = response.headers.cseq()
                    && cseq.method == Method::Invite
                {
                    wire.acknowledge(client, self.flow, leaving.dialog.ack(cseq.number));
                }
                State::Leaving(leaving)
            }
            _ => State::Leaving(leaving),
        }
    }

    /// A request that crosses our BYE.
    pub(super) fn leaving_request(
        &mut self,
        mut leaving: Box<Leaving>,
        server: ServerKey,
        request: &Request,
        wire: &mut Wire,
    ) -> State {
        let known = leaving.dialog.receive(request).is_ok();
        let is_bye = request.method == Method::Bye && known;
        let is_prack = request.method == Method::Prack;
        let confirms = is_prack && is_awaited(request, &mut leaving.unconfirmed);
        let status = if is_bye || confirms { 200 } else { 481 };
        wire.respond(server, leaving.dialog.response(request, status));
        if is_bye && leaving.step == Step::AwaitingAck {
            return State::Over;
        }
        State::Leaving(leaving)
    }
}

#[cfg(test)]
mod tests;
