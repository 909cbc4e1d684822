//! A leg: one dialog with one phone, and its media.
//!
//! A leg speaks SIP and tells its call what it means ([`News`]). Its [`State`] is an enum; each
//! event takes it out and puts back what comes of it. A leg outlives its part in a call for as
//! long as SIP needs: a BYE may still want its answer, a CANCEL may be crossed by a 200.

mod early;
mod established;
mod finish;
mod incoming;
mod media;
mod outgoing;
mod provisional;
mod refer;

use std::net::IpAddr;

use ::media::control::{Codec, LegStats};
use model::{CallId, DeviceId, EndCause, LegId, Party};
use sip::{
    Flow, HeaderName, Host, NameAddr, Request, Response, SipUri, Transport, Uri,
    dialog::DialogId,
    transaction::{ClientKey, ServerKey},
};

pub(crate) use established::Established;
pub(crate) use finish::{Leaving, Why};
pub(crate) use incoming::Incoming;
pub(crate) use media::{MediaEnd, described, ordered};
pub(crate) use outgoing::{Dial, Outgoing};
pub(crate) use provisional::{GIVE_UP, Rack};
pub(crate) use refer::ReferRequest;

use crate::{
    call::{Activity, Miss},
    engine::InviteId,
    streams::Stream,
    wire::{Alarm, Wire},
};

/// Names a leg; its media has the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LegKey(pub(crate) u64);

/// Methods answered within a dialog, and named in Allow.
pub(crate) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY, REGISTER";
/// Extensions understood.
pub(crate) const SUPPORTED: &str = "100rel, timer, replaces";

/// What a leg tells its call.
#[derive(Debug)]
pub(crate) enum News {
    /// The phone rings.
    Ringing,
    /// The phone rings or is about to, and has media before it is answered: its own ring-back,
    /// or an announcement.
    Early,
    /// A caller who is not answered yet has media: it hears what it is sent.
    Listening,
    /// Offer and answer are complete, in whichever direction the call was made.
    Answered,
    /// The phone has our 200: nothing that it may do now undoes the answer.
    Acknowledged,
    /// What was agreed on changed: hold, resume, another codec.
    Renegotiated,
    /// A phone that was called did not answer.
    Missed(Miss),
    /// A phone forwards the call by itself (RFC 3261 §8.1.3.4): to this number of this host.
    Redirected(String, Option<Host>),
    /// A caller gave up, or an answered leg is over, not by our doing.
    Ended(EndCause),
    /// A transfer is asked for.
    Refer(Box<ReferRequest>),
    /// A key, by INFO.
    Digit(u8),
    /// Numbers of its media.
    Stats(LegStats),
    /// Its media is closed, with the last numbers where there was any.
    Gone(Option<LegStats>),
}

/// A deadline of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum LegAlarm {
    /// Repeat a reliable provisional response.
    Repeat,
    /// Refresh the session.
    Refresh,
    /// The session was not refreshed.
    Expire,
}

const ALARMS: [LegAlarm; 3] = [LegAlarm::Repeat, LegAlarm::Refresh, LegAlarm::Expire];

/// What a request of a leg was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The first INVITE.
    Invite,
    /// A session refresh, by UPDATE or INVITE.
    Refresh,
    /// The end.
    Bye,
    /// Nothing comes of its answer: PRACK, NOTIFY, CANCEL, a BYE to a stray fork.
    Aside,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) key: LegKey,
    pub(crate) call: CallId,
    pub(crate) record: LegId,
    pub(crate) party: Party,
    inbound: bool,
    flow: Flow,
    /// The INVITE that made it, where the phone called.
    pub(crate) invite: Option<InviteId>,
    /// Which registered phone, where it is one.
    pub(crate) device: Option<DeviceId>,
    sip_call_id: String,
    local_tag: String,
    media: MediaEnd,
    /// Our INVITE, where we called.
    invited: Option<ClientKey>,
    state: State,
}

/// Where the dialog is.
#[derive(Debug)]
enum State {
    /// Called us, not answered.
    Incoming(Box<Incoming>),
    /// Called by us, no answer yet.
    Outgoing(Box<Outgoing>),
    /// Answered.
    Established(Box<Established>),
    /// Over for its call, not yet for SIP.
    Leaving(Box<Leaving>),
    /// Nothing left to say.
    Over,
}

impl Leg {
    /// What identifies a leg to its call.
    pub(crate) fn new(parts: LegParts, state: LegStart) -> Self {
        let (inbound, state) = match state {
            LegStart::Incoming(incoming) => (true, State::Incoming(incoming)),
            LegStart::Outgoing(outgoing) => (false, State::Outgoing(outgoing)),
        };
        Self {
            key: parts.key,
            call: parts.call,
            record: parts.record,
            party: parts.party,
            inbound,
            flow: parts.flow,
            invite: None,
            device: parts.device,
            sip_call_id: parts.sip_call_id,
            local_tag: parts.local_tag,
            media: MediaEnd::new(parts.key, parts.session_id),
            invited: None,
            state,
        }
    }

    pub(crate) fn inbound(&self) -> bool {
        self.inbound
    }

    pub(crate) fn source(&self) -> IpAddr {
        self.flow.peer.ip()
    }

    /// The stream it speaks over, or spoke over.
    pub(crate) fn stream(&self) -> Option<Stream> {
        match (self.flow.transport.is_reliable(), self.flow.connection) {
            (false, _) => None,
            (true, 0) => self.device.map(Stream::Lost),
            (true, connection) => Some(Stream::Open(connection)),
        }
    }

    /// Cuts a stream that is gone off its flow: a new one is made when there is something to
    /// send.
    pub(crate) fn stream_closed(&mut self, wire: &mut Wire) {
        self.flow.connection = 0;
        if let Some(server) = self.open_invite() {
            wire.layer.answer_anew(server);
        }
    }

    /// The phone that called us, if its answer would go where it may not be any more.
    pub(crate) fn lost_caller(&self) -> Option<DeviceId> {
        match self.stream() {
            Some(Stream::Lost(device)) if self.open_invite().is_some() => Some(device),
            _ => None,
        }
    }

    /// The phone that called us is reached over another stream now: the answer goes there.
    pub(crate) fn caller_found(&mut self, flow: Flow, wire: &mut Wire) {
        if let Some(server) = self.open_invite()
            && flow.transport == self.flow.transport
        {
            self.flow = flow;
            wire.layer.answer_over(server, flow);
        }
    }

    /// An INVITE of theirs that has no answer that they know of.
    fn open_invite(&self) -> Option<ServerKey> {
        match &self.state {
            State::Incoming(incoming) => Some(incoming.server),
            State::Established(established) => established.unacknowledged(),
            State::Outgoing(_) | State::Leaving(_) | State::Over => None,
        }
    }

    pub(crate) fn sip_call_id(&self) -> String {
        self.sip_call_id.clone()
    }

    pub(crate) fn local_tag(&self) -> &str {
        &self.local_tag
    }

    /// The codec agreed on.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.media.codec()
    }

    /// Codecs that the caller's offer names, in its order; once one is agreed on, that.
    pub(crate) fn offered_codecs(&self) -> Vec<Codec> {
        match (&self.state, self.media.codec()) {
            (State::Incoming(incoming), None) => incoming.offered_codecs(),
            (_, codec) => codec.into_iter().collect(),
        }
    }

    /// Whether the peer holds.
    pub(crate) fn holds(&self) -> bool {
        matches!(self.state, State::Established(_)) && self.media.is_held()
    }

    /// Answered, with media agreed on.
    pub(crate) fn is_established(&self) -> bool {
        matches!(self.state, State::Established(_)) && self.media.codec().is_some()
    }

    /// Media is agreed on, answered or not: the peer hears what it is sent.
    pub(crate) fn has_media(&self) -> bool {
        let wanted = match &self.state {
            State::Incoming(_) | State::Established(_) => true,
            State::Outgoing(outgoing) => !outgoing.is_cancelled(),
            State::Leaving(_) | State::Over => false,
        };
        wanted && self.media.is_open() && self.media.codec().is_some()
    }

    /// Nothing of it is left: neither SIP nor media.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over) && self.media.is_gone()
    }

    /// What its person does.
    pub(crate) fn activity(&self) -> Option<Activity> {
        match &self.state {
            State::Incoming(_) => Some(Activity::Calling),
            State::Outgoing(outgoing) => outgoing.activity(),
            State::Established(_) => Some(Activity::Talking),
            State::Leaving(_) | State::Over => None,
        }
    }

    /// Whether a dialog of this leg is the one named.
    pub(crate) fn is_dialog(&self, id: &DialogId) -> bool {
        match &self.state {
            State::Incoming(incoming) => incoming.dialog.id() == id,
            State::Outgoing(outgoing) => outgoing.is_dialog(id),
            State::Established(established) => established.dialog.id() == id,
            State::Leaving(leaving) => leaving.is_dialog(id),
            State::Over => false,
        }
    }

    /// Early, as RFC 3891 sees it.
    pub(crate) fn is_early(&self) -> bool {
        matches!(self.state, State::Incoming(_) | State::Outgoing(_))
    }

    /// The sockets are open, at an address that the peer can reach.
    pub(crate) fn media_opened(&mut self, local: std::net::SocketAddr, wire: &mut Wire) {
        if !self.media.opened(local, wire) {
            return;
        }
        if self.flow.local.ip().is_unspecified() {
            self.flow.local.set_ip(local.ip());
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(incoming) => self.state = self.go_on(incoming, wire),
            State::Outgoing(outgoing) => self.state = self.invite(outgoing, wire),
            other => self.state = other,
        }
    }

    /// There are no sockets to be had.
    pub(crate) fn media_refused(&mut self, wire: &mut Wire) {
        self.media.refused();
        match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(incoming) => {
                incoming.refuse(wire, 503, EndCause::Overload);
                wire.tell(self.key, News::Ended(EndCause::Overload));
            }
            State::Outgoing(_) => wire.tell(self.key, News::Missed(Miss::Overload)),
            other => self.state = other,
        }
        wire.tell(self.key, News::Gone(None));
    }

    /// The worker closed the sockets.
    pub(crate) fn media_closed(&mut self, stats: LegStats, wire: &mut Wire) {
        self.media.closed();
        wire.tell(self.key, News::Gone(Some(stats)));
    }

    /// A deadline.
    pub(crate) fn alarm(&mut self, alarm: LegAlarm, wire: &mut Wire) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(incoming) => self.state = self.repeat_reliable(incoming, wire),
            State::Established(established) => {
                self.state = self.established_alarm(established, alarm, wire);
            }
            // No ACK and no word that none comes: the BYE goes out all the same.
            State::Leaving(leaving) if alarm == LegAlarm::Expire => {
                self.state = self.leaving_now(leaving, wire);
            }
            other => self.state = other,
        }
    }

    /// The answer to a request of ours; `None`: nobody answered.
    pub(crate) fn response(
        &mut self,
        client: ClientKey,
        asked: Asked,
        response: Option<&Response>,
        wire: &mut Wire,
    ) {
        match (std::mem::replace(&mut self.state, State::Over), asked) {
            (State::Outgoing(outgoing), Asked::Invite) => {
                self.state = self.invite_answered(outgoing, response, wire);
            }
            (State::Established(established), Asked::Invite) => {
                self.stray_answer(established.invite(), &established.dialog, response, wire);
                self.state = State::Established(established);
            }
            (State::Established(established), Asked::Refresh) => {
                self.state = self.refreshed(established, client, response, wire);
            }
            (State::Leaving(leaving), asked) => {
                self.state = self.leaving_answered(leaving, client, asked, response, wire);
            }
            (other, _) => self.state = other,
        }
    }

    /// A refresh or a BYE could not be sent. `anew` is where the phone is reached now, if that is
    /// known: it may have registered over another flow meanwhile.
    pub(crate) fn unsent(
        &mut self,
        client: ClientKey,
        asked: Asked,
        anew: Option<Flow>,
        wire: &mut Wire,
    ) {
        let moved = anew.filter(|flow| *flow != self.flow);
        self.flow = moved.unwrap_or(self.flow);
        match (std::mem::replace(&mut self.state, State::Over), asked) {
            (State::Established(established), Asked::Refresh) => {
                self.state = self.refresh_unsent(established, wire);
            }
            (State::Leaving(leaving), Asked::Bye) if moved.is_some() => {
                self.state = self.bye_again(leaving, wire);
            }
            (state, _) => {
                self.state = state;
                self.response(client, asked, None, wire);
            }
        }
    }

    /// A request within the dialog, or to the early one, and the flow it came over.
    pub(crate) fn request(
        &mut self,
        server: ServerKey,
        flow: Flow,
        request: Request,
        wire: &mut Wire,
    ) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(incoming) => {
                self.state = self.early_request(incoming, server, &request, wire);
            }
            State::Outgoing(outgoing) => {
                self.state = self.early_callee_request(outgoing, server, &request, wire);
            }
            State::Established(established) => {
                self.state = self.in_dialog(established, server, flow, request, wire);
            }
            State::Leaving(leaving) => {
                self.state = self.leaving_request(leaving, server, &request, wire);
            }
            State::Over => wire.respond(server, Response::reply(&request, 481, None)),
        }
    }

    /// The ACK of a 2xx of ours.
    pub(crate) fn ack(&mut self, server: Option<ServerKey>, ack: &Request, wire: &mut Wire) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Established(established) => {
                self.state = self.acknowledged(established, server, ack, wire);
            }
            State::Leaving(leaving) => self.state = self.leaving_now(leaving, wire),
            other => self.state = other,
        }
    }

    /// Nothing is heard from the peer: is it still there?
    pub(crate) fn probe(&mut self, wire: &mut Wire) {
        if let State::Established(established) = &mut self.state
            && established.may_probe(wire)
        {
            established.refresh(self.key, self.flow, &mut self.media, wire);
        }
    }

    /// Gives back the media of a leg that is over.
    pub(crate) fn settle(&mut self, wire: &mut Wire) {
        let over = matches!(self.state, State::Leaving(_) | State::Over);
        let cancelled = matches!(&self.state, State::Outgoing(out) if out.is_cancelled());
        if (over || cancelled) && !self.media.is_gone() && self.media.close(wire) {
            wire.tell(self.key, News::Gone(None));
        }
    }

    /// Forgets its deadlines and its INVITE.
    pub(crate) fn forget(&self, wire: &mut Wire) {
        if let Some(client) = self.invited {
            wire.clients.remove(&client);
        }
        for alarm in ALARMS {
            wire.timers.cancel(Alarm::Leg(self.key, alarm));
        }
    }

    /// How a leg that was answered ends when its peer hangs up.
    fn hung_up_by_peer(&self) -> EndCause {
        if self.inbound {
            EndCause::CallerHungUp
        } else {
            EndCause::CalleeHungUp
        }
    }
}

/// What a leg is made of.
#[derive(Debug)]
pub(crate) struct LegParts {
    pub(crate) key: LegKey,
    pub(crate) call: CallId,
    pub(crate) record: LegId,
    pub(crate) party: Party,
    pub(crate) flow: Flow,
    pub(crate) device: Option<DeviceId>,
    pub(crate) sip_call_id: String,
    pub(crate) local_tag: String,
    pub(crate) session_id: u64,
}

/// How a leg begins.
#[derive(Debug)]
pub(crate) enum LegStart {
    /// By an INVITE from a phone.
    Incoming(Box<Incoming>),
    /// By ours to a phone.
    Outgoing(Box<Outgoing>),
}

/// Our Contact on a flow.
pub(crate) fn contact(flow: &Flow) -> NameAddr {
    let mut uri = SipUri::new(
        Some("convoke"),
        flow.local.ip().into(),
        Some(flow.local.port()),
    );
    if flow.transport != Transport::Udp {
        uri.params
            .set("transport", Some(flow.transport.parameter()));
    }
    NameAddr::new(Uri::Sip(uri))
}

/// What every 2xx and every INVITE of ours says of us.
pub(crate) fn introduce(headers: &mut sip::Headers, flow: &Flow) {
    headers.set(HeaderName::Contact, contact(flow).to_string());
    headers.set(HeaderName::Allow, ALLOW);
    headers.set(HeaderName::Supported, SUPPORTED);
}
