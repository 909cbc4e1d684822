//! Does with bytes from the network everything that a server does with them before it knows
//! who sent them, and checks what must hold whatever they are.

use sip::parse::{self, Parsed, StreamDecoder, StreamItem};
use sip::validate::{self, Capabilities};
use sip::{Flow, Message, Method, Transport, digest, stun};

/// Reads the bytes in every way.
pub fn exercise(bytes: &[u8]) {
    match parse::datagram(bytes) {
        Ok(Parsed::Message(message)) => {
            let written = message.to_bytes();
            match parse::datagram(&written) {
                Ok(Parsed::Message(again)) => assert_eq!(again, message, "what is written is read"),
                other => panic!("written but not read: {other:?}"),
            }
            read_all(&message);
        }
        Ok(Parsed::KeepAlive) => {}
        Ok(Parsed::BindingRequest(transaction)) => {
            assert_eq!(bytes[8..20], transaction, "the transaction that was asked");
            let answer = stun::binding_response(transaction, flow().peer);
            assert_eq!(answer[8..20], transaction);
            assert!(
                !matches!(parse::datagram(&answer), Ok(Parsed::BindingRequest(_))),
                "an answer is not answered"
            );
        }
        Err(malformed) => {
            if let Some((flow, answer)) = malformed.reply(&flow()) {
                assert_eq!(
                    flow.peer.ip(),
                    self::flow().peer.ip(),
                    "answered to the sender"
                );
                assert!(answer.starts_with(b"SIP/2.0 "));
            }
        }
    }
    let mut decoder = StreamDecoder::new();
    for chunk in bytes.chunks(1400) {
        decoder.push(chunk);
        while let Some(item) = decoder.next_item() {
            if let Ok(StreamItem::Message(message)) = item {
                read_all(&message);
            }
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = digest::Credentials::parse(&text);
    let _ = digest::Challenge::parse(&text);
}

/// Reads the bytes as the attributes of a STUN request.
pub fn attributes(bytes: &[u8]) {
    let Ok(length) = u16::try_from(bytes.len()) else {
        return;
    };
    let mut request = vec![0, 1];
    request.extend(length.to_be_bytes());
    request.extend(*b"\x21\x12\xa4\x42abcdefghijkl");
    request.extend(bytes);
    exercise(&request);
}

fn read_all(message: &Message) {
    let headers = message.headers();
    let _ = (
        headers.top_via(),
        headers.contacts(),
        headers.routes(),
        headers.record_routes(),
    );
    let _ = (
        headers.content_type(),
        headers.accept(),
        headers.allow(),
        headers.supported(),
    );
    let _ = (headers.refer_to(), headers.replaces(), headers.min_se());
    let _ = (
        headers.session_expires(),
        headers.expires(),
        headers.challenges(),
    );
    let _ = (headers.authorizations(), headers.proxy_authorizations());
    let body = match message {
        Message::Request(request) => &request.body,
        Message::Response(response) => &response.body,
    };
    let _ = sip::body::find(headers, body, "application/sdp");
    if let Message::Request(request) = message {
        let capabilities = Capabilities {
            methods: vec![Method::Invite, Method::Register],
            extensions: Vec::new(),
            content_types: vec!["application/sdp".to_owned()],
        };
        let _ = validate::request(request, &capabilities);
        let _ =
            sip::dialog::Dialog::uas(request, "tag").map(|mut dialog| dialog.request(Method::Bye));
    }
}

fn flow() -> Flow {
    Flow {
        transport: Transport::Udp,
        local: ([192, 0, 2, 1], 5060).into(),
        peer: ([192, 0, 2, 2], 5060).into(),
        connection: 0,
    }
}
