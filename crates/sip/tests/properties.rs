//! What holds for any message and any network.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use sip::parse::{self, Parsed};
use sip::{HeaderName, Host, Message, Method, NameAddr, Request, Response, SipUri, Uri};

#[path = "../fuzz/fuzz_targets/exercise.rs"]
mod exercise;
#[path = "properties/network.rs"]
mod network;

fn host() -> impl Strategy<Value = Host> {
    prop_oneof![
        "[a-z][a-z0-9]{0,9}(\\.[a-z][a-z0-9]{0,9}){0,2}".prop_map(Host::Name),
        any::<[u8; 4]>().prop_map(|octets| Host::V4(octets.into())),
        any::<[u16; 8]>().prop_map(|segments| Host::V6(segments.into())),
    ]
}

fn uri() -> impl Strategy<Value = Uri> {
    let user = proptest::option::of("\\PC{1,12}");
    let port = proptest::option::of(1..u16::MAX);
    (user, host(), port, any::<bool>(), any::<bool>()).prop_map(|(user, host, port, lr, secure)| {
        let mut uri = SipUri::new(user.as_deref(), host, port);
        uri.secure = secure;
        if lr {
            uri.params.set("lr", None);
            uri.params.set("transport", Some("tcp"));
        }
        Uri::Sip(uri)
    })
}

fn address() -> impl Strategy<Value = NameAddr> {
    (".{0,16}", uri(), "[a-zA-Z0-9]{1,12}").prop_map(|(display, uri, tag)| {
        let display: String = display.chars().filter(|c| !c.is_control()).collect();
        NameAddr::new(uri).with_display(&display).with_tag(&tag)
    })
}

fn method() -> impl Strategy<Value = Method> {
    "(INVITE|BYE|REGISTER|OPTIONS|[A-Z]{1,8})"
        .prop_filter_map("a method", |name| Method::parse(&name))
}

fn headers() -> impl Strategy<Value = Vec<(HeaderName, String)>> {
    let name =
        "X-[a-zA-Z0-9.!%*_+`'~-]{1,12}".prop_filter_map("a name", |name| HeaderName::parse(&name));
    proptest::collection::vec((name, "(?s).{0,40}"), 0..8)
}

prop_compose! {
    fn request()(
        method in method(),
        uri in uri(),
        from in address(),
        to in address(),
        number in 0..i32::MAX,
        more in headers(),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) -> Request {
        let cseq = format!("{number} {method}");
        let request = Request::new(method, uri)
            .with(HeaderName::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx")
            .with(HeaderName::From, from.to_string())
            .with(HeaderName::To, to.to_string())
            .with(HeaderName::CallId, "call")
            .with(HeaderName::CSeq, cseq);
        let request = more.into_iter().fold(request, |request, (name, value)| request.with(name, value));
        request.with_body("application/octet-stream", body)
    }
}

fn read(bytes: &[u8]) -> Message {
    match parse::datagram(bytes) {
        Ok(Parsed::Message(message)) => message,
        other => panic!("{other:?}: {}", String::from_utf8_lossy(bytes)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(request in request()) {
        prop_assert_eq!(read(&request.to_bytes()), Message::Request(request));
    }

    #[test]
    fn what_is_answered_is_read(request in request(), status in 100..700_u16, reason in "(?s).{0,30}") {
        let mut response = Response::reply(&request, status, Some("tag"));
        response.reason = reason;
        let Message::Response(got) = read(&response.to_bytes()) else { panic!("no response") };
        prop_assert_eq!(got.headers, response.headers);
        prop_assert_eq!(got.status, status);
    }

    #[test]
    fn addresses_are_read_as_written(address in address()) {
        prop_assert_eq!(NameAddr::parse(&address.to_string()), Some(address));
    }

    #[test]
    fn no_value_begins_a_header_of_its_own(value in "(?s)[\\x00-\\x20a:]{0,30}(\\r\\nVia: x){0,2}.{0,10}") {
        let request = Request::new(Method::Options, Uri::parse("sip:a@b").unwrap())
            .with(HeaderName::Subject, &value);
        let text = String::from_utf8(request.to_bytes().to_vec()).unwrap();
        prop_assert_eq!(text.lines().count(), 4, "{:?}", text);
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        exercise::exercise(&bytes);
        exercise::attributes(&bytes);
    }

    #[test]
    fn stun_is_answered_unless_something_has_to_be_understood(
        attributes in proptest::collection::vec(
            (any::<u16>(), proptest::collection::vec(any::<u8>(), 0..12)), 0..6),
    ) {
        let mut bytes = Vec::new();
        for (kind, value) in &attributes {
            bytes.extend(kind.to_be_bytes());
            bytes.extend((value.len() as u16).to_be_bytes());
            bytes.extend(value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        let mut request = vec![0, 1];
        request.extend((bytes.len() as u16).to_be_bytes());
        request.extend(*b"\x21\x12\xa4\x42abcdefghijkl");
        request.extend(&bytes);
        let expect = attributes.iter().all(|(kind, _)| *kind >= 0x8000);
        let read = parse::datagram(&request);
        let answered = matches!(read, Ok(Parsed::BindingRequest(id)) if id == *b"abcdefghijkl");
        prop_assert_eq!(answered, expect, "{:?}", read);
    }

    #[test]
    fn changed_messages_do_no_harm(
        request in request(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..3), 1..12),
    ) {
        let mut bytes = request.to_bytes().to_vec();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        exercise::exercise(&bytes);
    }

    #[test]
    fn every_transaction_ends_on_any_network(network in network::network()) {
        network::run(&network);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this is about real time")]
fn no_message_takes_long() {
    const HEAD: &str = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n";
    let fill = |unit: &str, around: (&str, &str)| {
        let units = unit.repeat(8000 / unit.len());
        let line = format!("{}{units}{}\r\n", around.0, around.1);
        format!("{HEAD}{}\r\n", line.repeat((60_000 / line.len()).max(1)))
    };
    let messages = [
        fill(",", ("Contact: ", "")),
        fill("<sip:a@b>,", ("Record-Route: ", "<sip:a@b>")),
        fill(";a", ("From: <sip:a@b>", "")),
        fill("\\\"", ("To: \"", "\" <sip:a@b>")),
        fill("%41", ("Contact: <sip:", "@b>")),
        fill("a=b,", ("Authorization: Digest ", "")),
        fill("\r\n ", ("Subject: ", "x")),
        fill("SIP/2.0/UDP a,", ("Via: ", "SIP/2.0/UDP a")),
        fill(" ", ("Via", ": SIP/2.0/UDP a")),
        "\r\n".repeat(30_000),
        ":\r\n".repeat(20_000),
        HEAD.repeat(1300),
    ];
    for message in messages {
        let start = Instant::now();
        exercise::exercise(message.as_bytes());
        let taken = start.elapsed();
        assert!(
            taken < Duration::from_millis(500),
            "{taken:?}: {:.80}",
            message[40..].to_owned()
        );
    }
}
