use model::{CustomerId, DeviceId, Entropy, SipUsername, Timestamp, UserId};
use sip::Request;

use super::*;

struct Fixed(u8);

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

#[expect(clippy::disallowed_methods, reason = "an Instant to count from")]
fn binding(id: u64, port: u16, connection: u64) -> Binding {
    let transport = if connection == 0 {
        Transport::Udp
    } else {
        Transport::Tcp
    };
    let peer = format!("198.51.100.1:{port}");
    let epoch = Timestamp::UNIX_EPOCH;
    Binding {
        id: BindingId(id),
        flow: Flow {
            transport,
            local: "192.0.2.1:5060".parse().unwrap(),
            peer: peer.parse().unwrap(),
            connection,
        },
        ends: std::time::Instant::now() + Duration::from_secs(id),
        heard: std::time::Instant::now(),
        kept: Arc::new(StoredBinding {
            endpoint: Endpoint {
                device: DeviceId::mint(epoch, &Fixed(1)),
                user: UserId::mint(epoch, &Fixed(1)),
                customer: CustomerId::mint(epoch, &Fixed(1)),
                contact: format!("sip:201@{peer}"),
                transport: transport.as_str().to_ascii_lowercase(),
                source: peer,
                user_agent: String::new(),
                expires_at: epoch,
                rtt_ms: None,
                updated_at: epoch,
            },
            sip_username: SipUsername::parse("201").unwrap(),
            call_id: "a".into(),
            cseq: 1,
            path: Vec::new(),
            instance: None,
            reg_id: None,
            q: None,
            local: String::new(),
        }),
    }
}

fn line(seed: u8, bindings: Vec<Binding>) -> Line {
    let epoch = Timestamp::UNIX_EPOCH;
    Line {
        device: DeviceId::mint(epoch, &Fixed(seed)),
        user: UserId::mint(epoch, &Fixed(1)),
        customer: CustomerId::mint(epoch, &Fixed(1)),
        bindings,
    }
}

#[test]
fn a_location_counts_what_it_holds_and_forgets_what_goes() {
    let mut location = Location::default();
    let first = line(1, vec![binding(1, 5060, 0), binding(2, 5061, 7)]);
    let second = line(2, vec![binding(3, 5062, 7)]);
    let user = first.user;
    location.replace(first.clone());
    location.replace(second.clone());
    location.replace(second.clone());
    assert_eq!((location.len(), location.of_user(user).count()), (3, 3));
    assert_eq!(location.on_connection(7), [first.device, second.device]);
    assert!(location.knows("198.51.100.1".parse().unwrap()));
    let left = location
        .retain(first.device, |binding| binding.id.0 == 1)
        .unwrap();
    assert_eq!(left.bindings.len(), 1);
    assert_eq!(location.on_connection(7), [second.device]);
    assert!(location.retain(first.device, |_| true).is_none());
    location.remove(first.device);
    location.remove(second.device);
    assert_eq!((location.len(), location.of_user(user).count()), (0, 0));
    assert!(!location.knows("198.51.100.1".parse().unwrap()));
    assert!(location.on_connection(7).is_empty());
}

#[test]
fn a_stream_that_is_gone_leaves_the_contact_to_connect_to() {
    let mut location = Location::default();
    let mut bound = binding(1, 40_000, 7);
    Arc::make_mut(&mut bound.kept).endpoint.contact =
        "sip:201@198.51.100.1:5070;transport=tcp".to_owned();
    let line = line(1, vec![bound]);
    location.replace(line.clone());
    let reach = |_: &Binding| "198.51.100.1:5070".parse().ok();
    assert!(location.cut(line.device, 7, reach).is_none());
    let flow = location.line(line.device).unwrap().bindings[0].flow;
    assert_eq!((flow.connection, flow.peer.port()), (0, 5070));
    location.replace(line.clone());
    let left = location.cut(line.device, 7, |_| None);
    assert!(left.is_some_and(|left| left.bindings.is_empty()));
}

#[test]
fn a_register_asks_for_what_its_contacts_say() {
    let register = |contact: &str, expires: &str| {
        let uri = Uri::parse("sip:main.convoke.internal").unwrap();
        let request = Request::new(sip::Method::Register, uri)
            .with(HeaderName::CallId, "b")
            .with(HeaderName::CSeq, "5 REGISTER");
        let request = request.with(HeaderName::Contact, contact);
        if expires.is_empty() {
            request
        } else {
            request.with(HeaderName::Expires, expires)
        }
    };
    for (contact, expires, expect) in [
        ("<sip:a@h>;expires=100", "600", Ok(vec![100])),
        ("<sip:a@h>", "600", Ok(vec![600])),
        ("<sip:a@h>", "", Ok(vec![LONGEST_SECS])),
        ("<sip:a@h>, <sip:b@h>;expires=90", "120", Ok(vec![120, 90])),
        ("<sip:a@h>;expires=59", "", Err(423)),
        ("<sips:a@h>", "", Err(400)),
        ("<mailto:a@h>", "", Err(400)),
        ("*", "600", Err(400)),
        ("*", "", Err(400)),
        ("*", "0", Ok(vec![])),
    ] {
        let request = register(contact, expires);
        let mut wishes = Vec::new();
        let mut held = line(1, vec![binding(1, 5060, 0)]);
        let result = contacts::wished(&request).and_then(|wished| {
            let (expires, asked) = (request.headers.expires(), Asked::of(&request)?);
            contacts::apply(&mut held, &wished, expires, &asked, |wish| {
                wishes.push(wish.expires);
                Ok(binding(9, 9000 + u16::try_from(wishes.len()).unwrap(), 0))
            })
        });
        let got = result.map(|()| wishes).map_err(|refusal| refusal.status);
        assert_eq!(got, expect, "{contact} {expires}");
    }
}

#[test]
fn a_star_that_a_later_register_has_overtaken_removes_nothing() {
    for (call_id, cseq, expect) in [("a", 1, Err(500)), ("a", 2, Ok(0)), ("b", 1, Ok(0))] {
        let uri = Uri::parse("sip:main.convoke.internal").unwrap();
        let request = Request::new(sip::Method::Register, uri)
            .with(HeaderName::CallId, call_id)
            .with(HeaderName::CSeq, format!("{cseq} REGISTER"));
        let asked = Asked::of(&request).unwrap();
        let mut held = line(1, vec![binding(1, 5060, 0)]);
        let result = contacts::apply(&mut held, &sip::Contacts::Star, Some(0), &asked, |_| {
            Ok(binding(9, 9000, 0))
        });
        let got = result.map(|()| held.bindings.len()).map_err(|r| r.status);
        assert_eq!(got, expect, "{call_id} {cseq}");
    }
}
