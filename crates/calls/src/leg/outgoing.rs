//! A leg that we call: from its INVITE to the first final answer.

use media::control::Codec;
use model::{DeviceId, DialTarget, Party};
use sip::{
    Flow, HeaderName, Host, Method, NameAddr, Request, Response, SipUri, Uri,
    dialog::{Dialog, DialogId},
    session_timer::Policy,
    transaction::ClientKey,
};

use crate::{
    call::{Activity, Miss},
    leg::{Asked, Established, Leg, News, State, Why, early::Invited, introduce, ordered},
    registrar::{Binding, Line},
    screening::dialled,
    wire::{Purpose, Wire},
};

/// Whom to call, and how they see it.
#[derive(Debug)]
pub(crate) struct Dial {
    pub(crate) uri: Uri,
    pub(crate) flow: Flow,
    /// Which registered phone it is.
    pub(crate) device: Option<DeviceId>,
    /// RFC 3327: the proxies between us and the phone.
    pub(crate) path: Vec<String>,
    pub(crate) to: Party,
    pub(crate) from: Party,
    /// The caller's codecs: offered alone at first, so that both sides take the same one and
    /// nothing has to be translated.
    pub(crate) codecs: Vec<Codec>,
}

impl Dial {
    /// A registered phone.
    pub(crate) fn binding(
        (line, binding): (&Line, &Binding),
        to: &Party,
        from: &Party,
        prefer: &[Codec],
    ) -> Self {
        // What was parsed when it registered, or stored by us.
        let uri = Uri::parse(binding.contact())
            .unwrap_or_else(|| Uri::Sip(SipUri::new(None, binding.flow.peer.ip().into(), None)));
        Self {
            uri,
            flow: binding.flow,
            device: Some(line.device),
            path: binding.kept.path.clone(),
            to: to.clone(),
            from: from.clone(),
            codecs: prefer.to_vec(),
        }
    }

    /// An address outside.
    pub(crate) fn outside(target: &DialTarget, flow: Flow, to: &Party, from: &Party) -> Self {
        let user = match target {
            DialTarget::Sip(address) => address.user.as_deref(),
            DialTarget::Number(number) => Some(&**number),
        };
        let host = match target {
            DialTarget::Sip(address) => Host::parse(&address.host),
            DialTarget::Number(_) => None,
        };
        let host = host.unwrap_or_else(|| flow.peer.ip().into());
        Self {
            uri: Uri::Sip(SipUri::new(user, host, Some(flow.peer.port()))),
            flow,
            device: None,
            path: Vec::new(),
            to: to.clone(),
            from: from.clone(),
            codecs: Vec::new(),
        }
    }

    /// From and To are ours: no phone's own words about itself are passed on.
    fn address(&self, party: &Party) -> NameAddr {
        let host = self.flow.local.ip().into();
        let user = Some(party.number.as_str()).filter(|number| !number.is_empty());
        let port = (self.flow.local.port() != 5060).then(|| self.flow.local.port());
        let uri = SipUri::new(Some(user.unwrap_or("anonymous")), host, port);
        NameAddr::new(Uri::Sip(uri)).with_display(&party.name)
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Outgoing {
    dial: Dial,
    pub(super) step: Step,
    rang: bool,
}

#[derive(Debug)]
pub(super) enum Step {
    /// Waits for sockets.
    Opening,
    /// The INVITE is out.
    Invited(Invited),
    /// It is no longer wanted; a 200 may still cross our CANCEL.
    Cancelled(Invited),
}

impl Outgoing {
    pub(crate) fn new(dial: Dial) -> Self {
        Self {
            dial,
            step: Step::Opening,
            rang: false,
        }
    }

    pub(super) fn activity(&self) -> Option<Activity> {
        match (&self.step, self.rang) {
            (Step::Cancelled(_), _) => None,
            (_, true) => Some(Activity::Ringing),
            (_, false) => Some(Activity::Calling),
        }
    }

    /// What of our codecs is offered.
    fn offered(&self, ours: &[Codec]) -> Vec<Codec> {
        let theirs = &self.dial.codecs;
        let order = ordered(ours, theirs.iter().copied());
        let common: Vec<Codec> = order
            .iter()
            .copied()
            .filter(|codec| theirs.contains(codec))
            .collect();
        if common.is_empty() { order } else { common }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(self.step, Step::Cancelled(_))
    }

    pub(super) fn is_dialog(&self, id: &DialogId) -> bool {
        match &self.step {
            Step::Opening => false,
            Step::Invited(invited) | Step::Cancelled(invited) => {
                invited.early.iter().any(|early| early.dialog.id() == id)
            }
        }
    }
}

fn policy(wire: &Wire) -> Policy {
    let secs = u32::try_from(wire.config.session_expires.as_secs()).unwrap_or(u32::MAX);
    Policy {
        secs,
        min_secs: sip::session_timer::SMALLEST_SECS,
    }
}

/// Where a 3xx leads, if that is a number.
fn redirection(response: &Response) -> Option<News> {
    if !(300..400).contains(&response.status) {
        return None;
    }
    let contact = response.headers.contact()?;
    let number = dialled(&contact.uri)?;
    Some(News::Redirected(number, contact.uri.host().cloned()))
}

impl Leg {
    /// Asks for sockets; the INVITE follows when they are there.
    pub(crate) fn begin(&mut self, wire: &mut Wire) {
        self.media.open(self.flow.peer.ip(), wire);
    }

    pub(super) fn invite(&mut self, mut outgoing: Box<Outgoing>, wire: &mut Wire) -> State {
        if !matches!(outgoing.step, Step::Opening) {
            return State::Outgoing(outgoing);
        }
        let Some(offer) = self.media.offer(&outgoing.offered(&wire.config.codecs)) else {
            wire.tell(self.key, News::Missed(Miss::Refused(500)));
            return State::Over;
        };
        outgoing.dial.flow = self.flow;
        let dial = &outgoing.dial;
        let mut request = Request::new(Method::Invite, dial.uri.clone());
        for hop in &dial.path {
            request.headers.push(HeaderName::Route, hop);
        }
        let from = dial.address(&dial.from).with_tag(&self.local_tag);
        let mut request = request
            .with(HeaderName::From, from.to_string())
            .with(HeaderName::To, dial.address(&dial.to).to_string())
            .with(HeaderName::CallId, &self.sip_call_id)
            .with(HeaderName::CSeq, "1 INVITE")
            .with(HeaderName::MaxForwards, "70")
            .with(HeaderName::UserAgent, &*wire.config.agent);
        introduce(&mut request.headers, &self.flow);
        policy(wire).offer(&mut request, 0);
        let request = request.with_body("application/sdp", offer);
        outgoing.step = Step::Invited(self.send_invite(request, wire));
        State::Outgoing(outgoing)
    }

    fn send_invite(&mut self, request: Request, wire: &mut Wire) -> Invited {
        let purpose = Purpose::Leg(self.key, Asked::Invite);
        let client = wire.request(self.flow, request.clone(), purpose);
        self.invited = Some(client);
        Invited::new(client, request)
    }

    pub(super) fn invite_answered(
        &mut self,
        mut outgoing: Box<Outgoing>,
        response: Option<&Response>,
        wire: &mut Wire,
    ) -> State {
        let step = std::mem::replace(&mut outgoing.step, Step::Opening);
        match (step, response) {
            (Step::Opening, _) => State::Outgoing(outgoing),
            (Step::Invited(invited), Some(response)) if response.is_provisional() => {
                self.progress(outgoing, invited, response, wire)
            }
            (Step::Invited(invited), Some(response)) if response.is_success() => {
                self.picked_up(invited, response, wire)
            }
            (Step::Invited(invited), Some(response)) if response.status == 422 => {
                self.invite_longer(outgoing, invited, response, wire)
            }
            (Step::Invited(invited), Some(response))
                if matches!(response.status, 415 | 488 | 606)
                    && !outgoing.dial.codecs.is_empty() =>
            {
                self.invite_wider(outgoing, invited, wire)
            }
            (Step::Invited(_), response) => {
                let miss = response.map_or(Miss::Unreachable, |response| {
                    Miss::from_status(response.status).after_ringing(outgoing.rang)
                });
                let elsewhere = response.and_then(redirection);
                wire.tell(self.key, elsewhere.unwrap_or(News::Missed(miss)));
                State::Over
            }
            (Step::Cancelled(invited), Some(response)) if response.is_provisional() => {
                outgoing.step = Step::Cancelled(invited);
                State::Outgoing(outgoing)
            }
            (Step::Cancelled(invited), Some(response)) if response.is_success() => {
                // The answer crossed our CANCEL: it stands, so it is ended the proper way.
                self.end_crossing(invited, response, wire)
            }
            (Step::Cancelled(_), _) => State::Over,
        }
    }

    fn progress(
        &mut self,
        mut outgoing: Box<Outgoing>,
        mut invited: Invited,
        response: &Response,
        wire: &mut Wire,
    ) -> State {
        let progress = invited.progress(response);
        if let Some(prack) = progress.prack {
            wire.request(self.flow, prack, Purpose::Leg(self.key, Asked::Aside));
        }
        outgoing.step = Step::Invited(invited);
        let rang = std::mem::replace(&mut outgoing.rang, true);
        let shown = progress.shown;
        if shown.is_some_and(|answer| self.media.preview(&answer).is_ok()) {
            self.media.configure(self.flow.peer.ip(), wire);
            wire.tell(self.key, News::Early);
        } else if !rang {
            wire.tell(self.key, News::Ringing);
        }
        State::Outgoing(outgoing)
    }

    fn picked_up(&mut self, mut invited: Invited, response: &Response, wire: &mut Wire) -> State {
        let Some((dialog, said)) = invited.confirm(response) else {
            wire.tell(self.key, News::Missed(Miss::Refused(500)));
            return State::Over;
        };
        let session = policy(wire).agreed(response);
        let mut established = Established::new(dialog, &response.headers, session);
        established.invited(invited.client, invited.request);
        established.acknowledge(self.flow, wire);
        if !self.settled(said, response) {
            wire.tell(self.key, News::Missed(Miss::NoCommonCodec));
            return self.leave(established, Why::of(model::EndCause::NoCommonCodec), wire);
        }
        established.watch_session(self.key, wire);
        self.media.configure(self.flow.peer.ip(), wire);
        wire.tell(self.key, News::Answered);
        State::Established(Box::new(established))
    }

    /// 422: the phone, or a proxy before it, wants longer intervals (RFC 4028 §7.3).
    fn invite_longer(
        &mut self,
        mut outgoing: Box<Outgoing>,
        invited: Invited,
        response: &Response,
        wire: &mut Wire,
    ) -> State {
        let mut request = invited.again();
        let floor = response.headers.min_se().unwrap_or(0);
        let before = request.headers.min_se().unwrap_or(0);
        let cseq = request.headers.cseq().map_or(1, |cseq| cseq.number);
        if floor <= before || cseq > 4 {
            wire.tell(self.key, News::Missed(Miss::Refused(422)));
            return State::Over;
        }
        policy(wire).offer(&mut request, floor);
        outgoing.step = Step::Invited(self.send_invite(request, wire));
        State::Outgoing(outgoing)
    }

    /// The phone speaks nothing that the caller speaks: it is offered all that we can translate.
    fn invite_wider(
        &mut self,
        mut outgoing: Box<Outgoing>,
        invited: Invited,
        wire: &mut Wire,
    ) -> State {
        outgoing.dial.codecs.clear();
        self.media.withdraw();
        let Some(offer) = self.media.offer(&outgoing.offered(&wire.config.codecs)) else {
            wire.tell(self.key, News::Missed(Miss::NoCommonCodec));
            return State::Over;
        };
        let request = invited.again().with_body("application/sdp", offer);
        outgoing.step = Step::Invited(self.send_invite(request, wire));
        State::Outgoing(outgoing)
    }

    fn end_crossing(
        &mut self,
        mut invited: Invited,
        response: &Response,
        wire: &mut Wire,
    ) -> State {
        let Some((dialog, _)) = invited.confirm(response) else {
            return State::Over;
        };
        let mut established = Established::new(dialog, &response.headers, None);
        established.invited(invited.client, invited.request);
        established.acknowledge(self.flow, wire);
        self.leave(established, invited.why, wire)
    }

    /// It is no longer wanted.
    pub(super) fn cancel(
        &mut self,
        mut outgoing: Box<Outgoing>,
        why: Why,
        wire: &mut Wire,
    ) -> State {
        match std::mem::replace(&mut outgoing.step, Step::Opening) {
            Step::Opening => State::Over,
            Step::Invited(mut invited) => {
                wire.cancel(invited.client, why.reason());
                invited.why = why;
                outgoing.step = Step::Cancelled(invited);
                State::Outgoing(outgoing)
            }
            Step::Cancelled(invited) => {
                outgoing.step = Step::Cancelled(invited);
                State::Outgoing(outgoing)
            }
        }
    }

    /// Another answer to our INVITE, after the first was taken: a fork behind the phone. It is
    /// acknowledged and ended (RFC 3261 §13.2.2.4).
    pub(super) fn stray_answer(
        &self,
        invite: Option<&(ClientKey, Request)>,
        taken: &Dialog,
        response: Option<&Response>,
        wire: &mut Wire,
    ) {
        if let Some(response) = response.filter(|response| response.is_success())
            && let Some((client, request)) = invite
            && let Ok(Some(mut dialog)) = Dialog::uac(request, response)
            && dialog.id() != taken.id()
        {
            let cseq = request.headers.cseq().map_or(1, |cseq| cseq.number);
            wire.acknowledge(*client, self.flow, dialog.ack(cseq));
            let bye = dialog.request(Method::Bye);
            wire.request(self.flow, bye, Purpose::Leg(self.key, Asked::Aside));
        }
    }
}
