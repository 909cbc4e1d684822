use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use model::{CallId, Entropy, LegId, Party, Timestamp};
use sip::{
    Message, Transport, Uri,
    transaction::{self, Event, Layer},
};

use super::*;
use crate::{
    EngineConfig, Now,
    leg::{Incoming, LegParts, LegStart},
};

struct Fixed;

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

const HERE: &str = "192.0.2.1:5060";

fn config() -> EngineConfig {
    EngineConfig {
        realm: "convoke".into(),
        sip_domain: "convoke.internal".into(),
        agent: "Convoke".into(),
        listeners: Vec::new(),
        own_addresses: Vec::new(),
        private_targets: model::PrivateTargets::Allowed,
        digests: Vec::new(),
        nonce_key: [7; 32],
        codecs: vec![media::control::Codec::Pcma],
        max_calls: 1,
        max_bindings: 1,
        max_conferences: 1,
        ping_every: None,
        session_expires: Duration::from_secs(1800),
        recordings: "/recordings".into(),
    }
}

#[expect(clippy::disallowed_methods, reason = "an Instant to count from")]
fn wire() -> Wire {
    let now = Now {
        monotonic: Instant::now(),
        wall: Timestamp::UNIX_EPOCH,
    };
    let layer = Layer::new(transaction::Config::default());
    Wire::new(Arc::new(config()), layer, Arc::new(Fixed), now)
}

/// An INVITE that has come in, with its transaction.
fn invited(wire: &mut Wire, flow: Flow) -> (ServerKey, Request) {
    let uri = Uri::parse("sip:202@192.0.2.1").unwrap();
    let invite = Request::new(Method::Invite, uri)
        .with(
            HeaderName::Via,
            "SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bKone",
        )
        .with(HeaderName::From, "<sip:201@192.0.2.1>;tag=theirs")
        .with(HeaderName::To, "<sip:202@192.0.2.1>")
        .with(HeaderName::CallId, "one")
        .with(HeaderName::CSeq, "1 INVITE")
        .with(HeaderName::Contact, "<sip:201@198.51.100.10>");
    let now = wire.now.monotonic;
    wire.layer.receive(now, flow, Message::Request(invite));
    match wire.layer.poll() {
        Some(Event::Request { key, request, .. }) => (key, request),
        other => panic!("{other:?}"),
    }
}

/// Whether a BYE went out.
fn says_bye(wire: &mut Wire) -> bool {
    std::iter::from_fn(|| wire.layer.poll())
        .any(|event| matches!(event, Event::Send { bytes, .. } if bytes.starts_with(b"BYE ")))
}

/// The engine's transactions tell of a 200 without its ACK; the alarm is for when they cannot,
/// so that no phone is left in a call with nobody.
#[test]
fn without_an_ack_and_without_word_of_it_the_bye_goes_out_at_last() {
    let mut wire = wire();
    let flow = Flow {
        transport: Transport::Udp,
        local: HERE.parse().unwrap(),
        peer: "198.51.100.10:5060".parse().unwrap(),
        connection: 0,
    };
    let (server, request) = invited(&mut wire, flow);
    let dialog = Dialog::uas(&request, "ours").unwrap();
    let parts = LegParts {
        key: wire.leg_key(),
        call: CallId::mint(wire.now.wall, &Fixed),
        record: LegId::mint(wire.now.wall, &Fixed),
        party: Party {
            user: None,
            number: "201".to_owned(),
            name: String::new(),
        },
        flow,
        device: None,
        sip_call_id: "one".to_owned(),
        local_tag: "ours".to_owned(),
        session_id: 1,
    };
    let incoming = Incoming::new(server, request, dialog, None, None);
    let mut leg = Leg::new(parts, LegStart::Incoming(Box::new(incoming)));
    leg.answer(&mut wire, None);
    let sockets: SocketAddr = "192.0.2.1:20000".parse().unwrap();
    leg.media_opened(sockets, &mut wire);
    leg.finish(&mut wire, Why::of(EndCause::Administrator));
    assert!(!says_bye(&mut wire), "RFC 3261 §15: not before the ACK");
    wire.now.monotonic += GIVE_UP;
    let due = wire.timers.pop_due(wire.now.monotonic);
    assert_eq!(due, Some(Alarm::Leg(leg.key, LegAlarm::Expire)));
    leg.alarm(LegAlarm::Expire, &mut wire);
    assert!(says_bye(&mut wire));
}
