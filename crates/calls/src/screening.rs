//! What is let in: requests are refused here before anything else looks at them, and nothing
//! without authentication gets past it but OPTIONS.

use std::{net::IpAddr, sync::Arc};

use media::sdp;
use model::{Caller, DeviceFacts, DeviceId, Party};
use sip::{
    Flow, HeaderName, Host, Method, Replaces, Request, Response, Uri,
    dialog::{Dialog, DialogId},
    session_timer::{Agreed, Policy, SMALLEST_SECS},
    transaction::ServerKey,
    validate::{self, Capabilities},
};

use crate::{
    Engine,
    engine::InviteId,
    leg::{Incoming, LegKey, LegParts, LegStart, SUPPORTED, described},
};

/// Digits and letters of what is dialled, at most.
const DIALLED: usize = 64;

/// What we serve at all.
#[derive(Debug)]
pub(crate) struct Served {
    /// Requests that begin something, and those within dialogs.
    capabilities: Capabilities,
}

impl Default for Served {
    fn default() -> Self {
        let extensions = format!("{SUPPORTED}, path, outbound");
        Self {
            capabilities: Capabilities {
                methods: vec![
                    Method::Invite,
                    Method::Bye,
                    Method::Options,
                    Method::Info,
                    Method::Prack,
                    Method::Update,
                    Method::Refer,
                    Method::Notify,
                    Method::Register,
                    // Known, and refused once it is known who asks.
                    Method::Message,
                    Method::Subscribe,
                    Method::Publish,
                ],
                extensions: extensions.split(", ").map(str::to_owned).collect(),
                content_types: [
                    "application/sdp",
                    // For the description in them, and nothing else.
                    "multipart/mixed",
                    "multipart/alternative",
                    "multipart/related",
                    "application/dtmf-relay",
                    "application/dtmf",
                    "message/sipfrag",
                ]
                .map(str::to_owned)
                .to_vec(),
            },
        }
    }
}

impl Engine {
    /// A new request.
    pub(crate) fn request(&mut self, key: ServerKey, flow: Flow, request: Request) {
        if let Err(rejection) = validate::request(&request, &self.served.capabilities) {
            let response = rejection.response(&request, Some(&self.wire.token()));
            return self.wire.respond_stateless(key, response);
        }
        if let Some(id) = DialogId::of_request(&request) {
            return match self.find(&id) {
                Some(leg) if self.is_elsewhere(leg, flow.peer.ip()) => {
                    self.authenticate(key, flow, request);
                }
                Some(leg) => {
                    self.with_leg(leg, |leg, wire| leg.request(key, flow, request, wire));
                }
                None => self.turn_away(key, &request, 481),
            };
        }
        match request.method {
            Method::Options => self.options(key, &request),
            Method::Register => self.authenticate(key, flow, request),
            // Forked on its way to us (RFC 3261 §8.2.2.2). Asked before who it is: its digest was
            // used up by the one that came first.
            Method::Invite if invite_id(&request).is_some_and(|id| self.dialogs.is_known(&id)) => {
                self.turn_away(key, &request, 482);
            }
            Method::Invite if self.is_full() => self.overloaded(key, &request),
            Method::Invite
            | Method::Message
            | Method::Subscribe
            | Method::Publish
            | Method::Refer
            | Method::Info
            | Method::Notify => self.authenticate(key, flow, request),
            _ => self.turn_away(key, &request, 481),
        }
    }

    /// Whether a request within a dialog comes from where neither the other side of it was nor its
    /// phone registered from: whoever learned the tags of a call has not thereby got the call.
    fn is_elsewhere(&self, leg: LegKey, from: IpAddr) -> bool {
        let Some(leg) = self.legs.get(&leg) else {
            return false;
        };
        let registered = |device| {
            let line = self.location.line(device);
            line.is_some_and(|line| {
                let mut bindings = line.bindings.iter();
                bindings.any(|binding| binding.flow.peer.ip() == from)
            })
        };
        leg.source() != from && !leg.device.is_some_and(registered)
    }

    /// A phone that moved has shown that it is the one of the dialog, or is another.
    fn moved_request(
        &mut self,
        key: ServerKey,
        flow: Flow,
        request: Request,
        id: &DialogId,
        device: DeviceId,
    ) {
        let Some(leg) = self.find(id) else {
            return self.refuse_with(key, &request, 481);
        };
        if self.legs.get(&leg).and_then(|leg| leg.device) != Some(device) {
            return self.refuse_with(key, &request, 403);
        }
        self.with_leg(leg, |leg, wire| leg.request(key, flow, request, wire));
    }

    /// Refuses a stranger, who shall not make us remember anything or repeat ourselves.
    fn turn_away(&mut self, key: ServerKey, request: &Request, status: u16) {
        let response = Response::reply(request, status, Some(&self.wire.token()));
        self.wire.respond_stateless(key, response);
    }

    fn is_full(&self) -> bool {
        self.draining() || self.behind || self.calls.len() >= self.wire.config.max_calls
    }

    /// An INVITE is remembered until the ACK of its refusal; other requests are not.
    fn refuse(&mut self, key: ServerKey, request: &Request, response: Response) {
        if request.method == Method::Invite {
            self.wire.respond(key, response);
        } else {
            self.wire.respond_stateless(key, response);
        }
    }

    pub(crate) fn refuse_with(&mut self, key: ServerKey, request: &Request, status: u16) {
        let response = Response::reply(request, status, Some(&self.wire.token()));
        self.refuse(key, request, response);
    }

    /// The same for every user part: it tells nobody who is here.
    fn options(&mut self, key: ServerKey, request: &Request) {
        let response = Response::reply(request, 200, Some(&self.wire.token()))
            .with(HeaderName::Allow, crate::leg::ALLOW)
            .with(HeaderName::Supported, SUPPORTED)
            .with(HeaderName::Accept, "application/sdp");
        self.wire.respond_stateless(key, response);
    }

    /// It is known who sends it.
    pub(crate) fn authenticated(
        &mut self,
        key: ServerKey,
        flow: Flow,
        request: Request,
        facts: &Arc<DeviceFacts>,
    ) {
        if self.domains.get(&facts.customer) != Some(&facts.sip_domain) {
            self.domains
                .insert(facts.customer, facts.sip_domain.clone());
        }
        if let Some(id) = DialogId::of_request(&request) {
            return self.moved_request(key, flow, request, &id, facts.device);
        }
        if self.is_anothers(request.uri.host(), &facts.sip_domain) {
            return self.refuse_with(key, &request, 404);
        }
        match request.method {
            Method::Register => self.register(key, flow, &request, facts),
            Method::Invite => self.invited(key, flow, request, facts),
            Method::Subscribe => {
                let response = Response::reply(&request, 489, Some(&self.wire.token()));
                self.refuse(
                    key,
                    &request,
                    response.with(HeaderName::AllowEvents, "refer"),
                );
            }
            Method::Refer => self.refuse_with(key, &request, 403),
            Method::Info | Method::Notify => self.refuse_with(key, &request, 481),
            _ => {
                let response = Response::reply(&request, 405, Some(&self.wire.token()));
                let response = response.with(HeaderName::Allow, crate::leg::ALLOW);
                self.refuse(key, &request, response);
            }
        }
    }

    /// A host under our domain that is not the caller's own: whether another customer has it or
    /// none makes no difference to them.
    pub(crate) fn is_anothers(&self, host: Option<&Host>, own: &str) -> bool {
        let Some(Host::Name(name)) = host else {
            return false;
        };
        let name = name.trim_end_matches('.');
        let under = name
            .strip_suffix(&*self.wire.config.sip_domain)
            .is_some_and(|label| label.ends_with('.'));
        under && !name.eq_ignore_ascii_case(own)
    }

    fn invited(&mut self, key: ServerKey, flow: Flow, request: Request, facts: &DeviceFacts) {
        if self.is_full() {
            return self.overloaded(key, &request);
        }
        let local_tag = self.wire.token();
        match self.invitation(&request, facts, &local_tag) {
            Ok(accepted) => self.begin_call(key, flow, request, local_tag, accepted, facts),
            Err(refusal) => {
                let response = Response::reply(&request, refusal.status, Some(&local_tag));
                let response = match refusal.min_se {
                    Some(min) => response.with(HeaderName::MinSe, min.to_string()),
                    None => response,
                };
                self.refuse(key, &request, response);
            }
        }
    }

    /// Everything that an INVITE has to bring.
    fn invitation(
        &self,
        request: &Request,
        facts: &DeviceFacts,
        local_tag: &str,
    ) -> Result<Invitation, Refusal> {
        let replaces = request.headers.replaces().map_err(|_| Refusal::of(400))?;
        let limit = facts.max_calls as usize;
        // Who takes a place is not in one call more.
        if limit > 0 && replaces.is_none() && self.busy.calls(facts.user) >= limit {
            return Err(Refusal::of(403));
        }
        let secs = u32::try_from(self.wire.config.session_expires.as_secs()).unwrap_or(u32::MAX);
        let policy = Policy {
            secs,
            min_secs: SMALLEST_SECS,
        };
        Ok(Invitation {
            dialled: dialled(&request.uri).ok_or(Refusal::of(404))?,
            session: policy.accept(request).map_err(|short| Refusal {
                status: 422,
                min_se: Some(short.min_se),
            })?,
            offer: self.offer_in(request).map_err(Refusal::of)?,
            dialog: Dialog::uas(request, local_tag).map_err(|_| Refusal::of(400))?,
            replaces,
        })
    }

    fn begin_call(
        &mut self,
        key: ServerKey,
        flow: Flow,
        request: Request,
        local_tag: String,
        accepted: Invitation,
        facts: &DeviceFacts,
    ) {
        let party = party_of(facts);
        let to = Party {
            user: None,
            number: accepted.dialled.clone(),
            name: String::new(),
        };
        let mut call = self.new_call(facts.customer, party.clone(), to);
        let invite = invite_id(&request);
        let call_id = request.headers.call_id().map(|id| id.into_owned());
        let parts = LegParts {
            sip_call_id: call_id.unwrap_or_default(),
            local_tag,
            device: Some(facts.device),
            ..self.leg_parts(&call, party.clone(), flow)
        };
        let incoming = Incoming::new(
            key,
            request,
            accepted.dialog,
            accepted.offer,
            accepted.session,
        );
        let leg = self.add_leg(&mut call, parts, LegStart::Incoming(Box::new(incoming)));
        self.wire.serves(key, leg);
        if let (Some(id), Some(made)) = (invite, self.legs.get_mut(&leg)) {
            made.invite = Some(id.clone());
            self.dialogs.invited(id, leg);
        }
        match accepted.replaces {
            Some(replaces) => self.begin_replacing(&mut call, leg, &replaces),
            None => {
                let caller = Caller {
                    customer: facts.customer,
                    user: party.user,
                    number: party.number,
                    name: party.name,
                };
                self.begin_routing(&mut call, leg, accepted.dialled, caller);
            }
        }
        let id = call.id();
        self.calls.insert(id, call);
        self.touch(id);
    }

    /// The offer of an INVITE; none: it is ours to make.
    fn offer_in(&self, request: &Request) -> Result<Option<sdp::Session>, u16> {
        let Some(offer) = described(&request.headers, &request.body)? else {
            return Ok(None);
        };
        let ours = &self.wire.config.codecs;
        if !offer.codecs().iter().any(|codec| ours.contains(codec)) {
            return Err(488);
        }
        Ok(Some(offer))
    }
}

/// An INVITE that nothing speaks against.
struct Invitation {
    dialled: String,
    session: Option<Agreed>,
    offer: Option<sdp::Session>,
    dialog: Dialog,
    replaces: Option<Replaces>,
}

/// What speaks against an INVITE.
struct Refusal {
    status: u16,
    min_se: Option<u32>,
}

impl Refusal {
    const fn of(status: u16) -> Self {
        Self {
            status,
            min_se: None,
        }
    }
}

/// What an INVITE is told from others by.
fn invite_id(request: &Request) -> Option<InviteId> {
    let headers = &request.headers;
    let from = headers.from().ok()?;
    let call_id = headers.call_id().ok()?;
    Some((
        (*call_id).into(),
        from.tag()?.into(),
        headers.cseq().ok()?.number,
    ))
}

/// The number in a URI, where it can be one.
pub(crate) fn dialled(uri: &Uri) -> Option<String> {
    let user = uri.user()?;
    (!user.is_empty() && user.len() <= DIALLED && !model::has_control(&user))
        .then(|| user.into_owned())
}

/// Who an authenticated device is: whatever its From or P-Asserted-Identity says.
fn party_of(facts: &DeviceFacts) -> Party {
    Party {
        user: Some(facts.user),
        number: facts
            .extension
            .as_ref()
            .map_or_else(|| facts.sip_username.to_string(), ToString::to_string),
        name: facts.name.to_string(),
    }
}
