//! OPTIONS to registered phones: how long they take to answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use model::DeviceId;
use sip::{HeaderName, Method, NameAddr, Request, SipUri, Uri};

use crate::{
    Engine,
    registrar::BindingId,
    wire::{Alarm, Purpose},
};

/// Pings under way at the same time.
const PINGS: usize = 500;

impl Engine {
    /// Sets the next ping of a binding: somewhere in the interval, so that phones that
    /// registered together are not asked together.
    pub(crate) fn ping_later(&mut self, device: DeviceId, binding: BindingId) {
        if let Some(every) = self.wire.config.ping_every {
            let spread = u64::try_from(every.as_millis()).unwrap_or(60_000).max(1);
            let wait = Duration::from_millis(spread / 2 + self.wire.random() % spread);
            let at = self.wire.now.monotonic + wait;
            self.wire.timers.set(Alarm::Ping(device, binding), at);
        }
    }

    /// It is time to ask.
    pub(crate) fn ping(&mut self, device: DeviceId, id: BindingId) {
        let Some(binding) = self.location.binding_mut(device, id) else {
            return;
        };
        let (flow, contact) = (binding.flow, Uri::parse(binding.contact()));
        // A stream is not opened for this.
        let closed = flow.transport.is_reliable() && flow.connection == 0;
        let Some(uri) = contact else {
            return;
        };
        if closed || self.pings >= PINGS || flow.local.ip().is_unspecified() {
            return self.ping_later(device, id);
        }
        let us = SipUri::new(
            Some("convoke"),
            flow.local.ip().into(),
            Some(flow.local.port()),
        );
        let from = NameAddr::new(Uri::Sip(us)).with_tag(&self.wire.token());
        let request = Request::new(Method::Options, uri.clone())
            .with(HeaderName::From, from.to_string())
            .with(HeaderName::To, NameAddr::new(uri).to_string())
            .with(HeaderName::CallId, self.wire.sip_call_id())
            .with(HeaderName::CSeq, "1 OPTIONS")
            .with(HeaderName::MaxForwards, "70")
            .with(HeaderName::Contact, crate::leg::contact(&flow).to_string())
            .with(HeaderName::Accept, "application/sdp")
            .with(HeaderName::UserAgent, &*self.wire.config.agent);
        self.pings += 1;
        let sent = self.wire.now.monotonic;
        self.wire
            .request(flow, request, Purpose::Ping(device, id, sent));
    }

    /// The answer to a ping, whatever it says, or its absence.
    pub(crate) fn pinged(&mut self, device: DeviceId, id: BindingId, sent: Option<Instant>) {
        self.pings = self.pings.saturating_sub(1);
        let now = self.wire.now.monotonic;
        let rtt_ms = sent
            .and_then(|sent| u32::try_from(now.saturating_duration_since(sent).as_millis()).ok());
        let Some(binding) = self.location.binding_mut(device, id) else {
            return;
        };
        let before = binding.kept.endpoint.rtt_ms;
        if before != rtt_ms {
            Arc::make_mut(&mut binding.kept).endpoint.rtt_ms = rtt_ms;
        }
        if is_news(before, rtt_ms)
            && let Some(line) = self.location.line(device).cloned()
        {
            self.tell_bindings(&line);
        }
        self.ping_later(device, id);
    }
}

/// Whether a person would see a difference.
fn is_news(before: Option<u32>, after: Option<u32>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => {
            let apart = before.abs_diff(after);
            apart > 20 && apart > before / 2
        }
        (before, after) => before != after,
    }
}
