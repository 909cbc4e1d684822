//! The registrar (RFC 3261 §10, RFC 3327, the registrar's part of RFC 5626): REGISTER of an
//! authenticated device becomes bindings, and bindings end.

mod contacts;
mod location;
mod ping;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use model::{DeviceFacts, DeviceId, Endpoint, StoredBinding, SwitchEvent};
use sip::{
    Contacts, Flow, HeaderName, Headers, Request, Response, Transport, Uri, transaction::ServerKey,
};

use crate::{
    Engine, EngineConfig, Now, Output,
    outside::is_callable,
    wire::{Alarm, Wire},
};
use contacts::{Asked, Refusal, Wish};
use location::line_of;
pub(crate) use location::{Binding, BindingId, Line, Location, PER_DEVICE};

/// Shortest binding that is taken, in seconds: shorter ones get 423.
pub(crate) const SHORTEST_SECS: u32 = 60;
/// The wall clock was set, and did not only run a little faster or slower than the other.
const CLOCK_SET: Duration = Duration::from_secs(10);
/// Longest binding, and the one given when none is asked for, in seconds.
pub(crate) const LONGEST_SECS: u32 = 3600;

impl Engine {
    /// A REGISTER whose sender is known.
    pub(crate) fn register(
        &mut self,
        key: ServerKey,
        flow: Flow,
        request: &Request,
        facts: &Arc<DeviceFacts>,
    ) {
        let response = match self.update_bindings(flow, request, facts) {
            Ok(line) => self.bindings_response(request, &line),
            Err(refusal) => {
                let response = Response::reply(request, refusal.status, Some(&self.wire.token()));
                refusal
                    .headers
                    .into_iter()
                    .fold(response, |response, (name, value)| {
                        response.with(name, value)
                    })
            }
        };
        self.wire.respond(key, response);
    }

    /// Does all that the request asks, or nothing.
    fn update_bindings(
        &mut self,
        flow: Flow,
        request: &Request,
        facts: &Arc<DeviceFacts>,
    ) -> Result<Line, Refusal> {
        let to = request.headers.to().map_err(|_| Refusal::plain(400))?;
        if self.is_anothers(to.uri.host(), &facts.sip_domain) {
            return Err(Refusal::plain(404));
        }
        if to.uri.user().as_deref() != Some(facts.sip_username.as_str()) {
            return Err(Refusal::plain(403));
        }
        let before = self.location.line(facts.device).cloned();
        let mut line = before.clone().unwrap_or_else(|| line_of(facts));
        // Calls to the phone go down this flow, whatever its contact says.
        let wishes = contacts::wished(request)?;
        if !is_callable(&self.wire.config, flow.peer) {
            return Err(Refusal::plain(403));
        }
        let expires = request.headers.expires();
        if matches!(&wishes, Contacts::List(list) if list.is_empty()) {
            return Ok(line);
        }
        let wire = &mut self.wire;
        let asked = Asked::of(request)?;
        contacts::apply(&mut line, &wishes, expires, &asked, |wish| {
            bind(wire, flow, request, wish, facts)
        })?;
        let held = before.map_or(0, |line| line.bindings.len());
        let more = line.bindings.len().saturating_sub(held);
        if more > 0 && self.location.len() + more > self.wire.config.max_bindings {
            return Err(Refusal::with(503, HeaderName::RetryAfter, "30"));
        }
        self.location.replace(line.clone());
        self.watch(&line);
        self.tell_bindings(&line);
        self.registered_anew(line.device);
        Ok(line)
    }

    /// Sets the deadlines of a line's bindings.
    fn watch(&mut self, line: &Line) {
        match line.first_end() {
            Some(end) => self.wire.timers.set(Alarm::Binding(line.device), end),
            None => self.wire.timers.cancel(Alarm::Binding(line.device)),
        }
        let fresh: Vec<BindingId> = line
            .bindings
            .iter()
            .filter(|binding| binding.heard == self.wire.now.monotonic)
            .map(|binding| binding.id)
            .collect();
        for binding in fresh {
            self.ping_later(line.device, binding);
        }
    }

    fn bindings_response(&mut self, request: &Request, line: &Line) -> Response {
        let mut response = Response::reply(request, 200, Some(&self.wire.token()));
        let now = self.wire.now.monotonic;
        for binding in &line.bindings {
            response
                .headers
                .push(HeaderName::Contact, contacts::listed(binding, now));
        }
        response.headers.copy(&HeaderName::Path, &request.headers);
        response
            .headers
            .push(HeaderName::Supported, "path, outbound");
        if line
            .bindings
            .iter()
            .any(|binding| binding.kept.reg_id.is_some())
            && request.headers.has_option("outbound")
        {
            response.headers.push(HeaderName::Require, "outbound");
        }
        response
    }

    /// Tells all bindings that a device has now.
    pub(crate) fn tell_bindings(&mut self, line: &Line) {
        if line.bindings.is_empty() {
            self.wire.timers.cancel(Alarm::Binding(line.device));
        }
        self.wire.put(Output::Event(SwitchEvent::Registration {
            device: line.device,
            user: line.user,
            customer: line.customer,
            bindings: line.kept(),
        }));
    }

    /// The first binding of a device is due.
    pub(crate) fn binding_ends(&mut self, device: DeviceId) {
        let now = self.wire.now.monotonic;
        let changed = self.location.retain(device, |binding| binding.ends > now);
        if let Some(line) = changed {
            self.tell_bindings(&line);
        }
        if let Some(end) = self.location.line(device).and_then(Line::first_end) {
            self.wire.timers.set(Alarm::Binding(device), end);
        }
    }

    /// An administrator removes one.
    pub(crate) fn remove_endpoint(&mut self, device: DeviceId, contact: &str) {
        let changed = self
            .location
            .retain(device, |binding| binding.contact() != contact);
        if let Some(line) = changed {
            self.tell_bindings(&line);
        }
    }

    /// A stream is gone. The phone's outbound flow went with it (RFC 5626 §7); another contact
    /// over it is connected to anew where that leads back to where the phone was, else it is gone
    /// too: what a phone behind a NAT writes leads to a stranger in our own network, and what an
    /// attacker writes to anything.
    pub(crate) fn unreachable_over(&mut self, flow: Flow) {
        if !flow.transport.is_reliable() {
            return;
        }
        for device in self.location.on_connection(flow.connection) {
            let config = self.wire.config.clone();
            let reach = |binding: &Binding| {
                let contact = Uri::parse(binding.contact())?;
                let reg_id = binding.kept.reg_id;
                reachable_anew(&config, &contact, reg_id, binding.flow.peer.ip())
            };
            let cut = self.location.cut(device, flow.connection, reach);
            if let Some(line) = cut {
                self.tell_bindings(&line);
            }
        }
    }

    /// What is kept over a restart says by the wall clock when bindings end: once that was set, it
    /// is told anew, or a restart would lose them all.
    pub(crate) fn follow_clock(&mut self, before: Now) {
        let now = self.wire.now;
        let passed = now.monotonic.saturating_duration_since(before.monotonic);
        let by_wall = now.wall.duration_since(before.wall);
        let set_by = by_wall.as_millis() - i128::try_from(passed.as_millis()).unwrap_or(0);
        if set_by.unsigned_abs() < CLOCK_SET.as_millis() {
            return;
        }
        for line in self.location.set_clock(now) {
            self.tell_bindings(&line);
        }
    }

    /// Takes bindings over from before a restart.
    pub(crate) fn restore(&mut self, mut bindings: Vec<Arc<StoredBinding>>) {
        // The oldest first: those of one device stand in the order they came.
        bindings.sort_by_key(|stored| stored.endpoint.updated_at);
        let mut lost = Vec::new();
        for stored in bindings {
            let device = stored.endpoint.device;
            let mut line = line_of_stored(&stored);
            let Some(binding) = restored(stored, &mut self.wire) else {
                lost.push(line);
                continue;
            };
            if let Some(known) = self.location.line(device) {
                line.bindings.clone_from(&known.bindings);
            }
            if line.bindings.len() >= PER_DEVICE {
                continue;
            }
            let id = binding.id;
            line.bindings.push(binding);
            self.location.replace(line.clone());
            if let Some(end) = line.first_end() {
                self.wire.timers.set(Alarm::Binding(device), end);
            }
            self.ping_later(device, id);
        }
        for line in lost {
            let left = self.location.line(line.device).cloned();
            self.tell_bindings(&left.unwrap_or(line));
        }
    }
}

/// One wish as a binding.
fn bind(
    wire: &mut Wire,
    flow: Flow,
    request: &Request,
    wish: &Wish,
    facts: &DeviceFacts,
) -> Result<Binding, Refusal> {
    let headers = &request.headers;
    let path: Vec<String> = headers
        .get_all(&HeaderName::Path)
        .map(|value| value.text().into_owned())
        .collect();
    if path.len() > 8 || path.iter().any(|hop| hop.len() > 512) {
        return Err(Refusal::plain(400));
    }
    let secs = wish.expires.min(LONGEST_SECS);
    let call_id = headers.call_id().map_err(|_| Refusal::plain(400))?;
    let cseq = headers.cseq().map_err(|_| Refusal::plain(400))?.number;
    let now = wire.now;
    let transport = flow.transport.as_str().to_ascii_lowercase();
    let kept = StoredBinding {
        sip_username: facts.sip_username.clone(),
        call_id: call_id.into_owned(),
        cseq,
        path,
        instance: wish.instance.clone(),
        reg_id: wish.reg_id,
        q: wish.q,
        local: format!("{transport}:{}", flow.local),
        endpoint: Endpoint {
            device: facts.device,
            user: facts.user,
            customer: facts.customer,
            contact: wish.uri.to_string(),
            transport,
            source: flow.peer.to_string(),
            user_agent: agent(headers),
            expires_at: later(now.wall, secs),
            rtt_ms: None,
            updated_at: now.wall,
        },
    };
    Ok(Binding {
        id: wire.binding_id(),
        flow,
        ends: now.monotonic + Duration::from_secs(u64::from(secs)),
        heard: now.monotonic,
        kept: Arc::new(kept),
    })
}

/// What the phone calls itself, as far as it is shown.
fn agent(headers: &Headers) -> String {
    let agent = headers.user_agent().unwrap_or_default();
    let shown = agent.chars().filter(|c| !c.is_control());
    shown.take(200).collect()
}

fn later(at: model::Timestamp, secs: u32) -> model::Timestamp {
    at.checked_add(Duration::from_secs(u64::from(secs)))
        .unwrap_or(at)
}

/// A stored binding; none if it is over, cannot be read, or went with its stream.
fn restored(mut kept: Arc<StoredBinding>, wire: &mut Wire) -> Option<Binding> {
    let endpoint = &kept.endpoint;
    let left = endpoint.expires_at.as_second() - wire.now.wall.as_second();
    // A clock that was set back does not make bindings live for ever.
    let left = u32::try_from(left).ok().filter(|left| *left > 0)?;
    let left = left.min(LONGEST_SECS);
    let (transport, local) = kept.local.split_once(':')?;
    let transport = match transport {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        _ => return None,
    };
    let contact = Uri::parse(&endpoint.contact)?;
    let mut flow = Flow {
        transport,
        local: local.parse().ok()?,
        peer: endpoint.source.parse().ok()?,
        connection: 0,
    };
    if transport.is_reliable() {
        flow.peer = reachable_anew(&wire.config, &contact, kept.reg_id, flow.peer.ip())?;
        Arc::make_mut(&mut kept).endpoint.source = flow.peer.to_string();
    }
    Some(Binding {
        id: wire.binding_id(),
        flow,
        ends: wire.now.monotonic + Duration::from_secs(u64::from(left)),
        heard: wire.now.monotonic,
        kept,
    })
}

/// The device of a stored binding as a line without any.
fn line_of_stored(stored: &StoredBinding) -> Line {
    Line {
        device: stored.endpoint.device,
        user: stored.endpoint.user,
        customer: stored.endpoint.customer,
        bindings: Vec::new(),
    }
}

/// Where a phone is connected to when its stream is gone. Its outbound flow went with the stream
/// (RFC 5626 §7).
fn reachable_anew(
    config: &EngineConfig,
    contact: &Uri,
    reg_id: Option<u32>,
    source: IpAddr,
) -> Option<SocketAddr> {
    reg_id
        .is_none()
        .then(|| way_back(config, contact, source))?
}

/// Where a stream to a phone is opened anew: the address of its contact, where that is the one it
/// registered from and may be called at all.
fn way_back(config: &EngineConfig, contact: &Uri, source: IpAddr) -> Option<SocketAddr> {
    let uri = contact.as_sip()?;
    let address = SocketAddr::new(uri.host.address()?, uri.port.unwrap_or(5060));
    let same = address.ip().to_canonical() == source.to_canonical();
    (same && is_callable(config, address)).then_some(address)
}

#[cfg(test)]
mod tests;
