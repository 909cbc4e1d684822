use super::*;
use crate::parse::{self, Parsed};
use crate::{Message, Uri};

fn capabilities() -> Capabilities {
    Capabilities {
        methods: vec![Method::Invite, Method::Register, Method::Bye],
        extensions: vec!["timer".into()],
        content_types: vec!["application/sdp".into()],
    }
}

fn checked(line: &str, more: &str, body: &str) -> Result<(), (u16, Vec<(HeaderName, String)>)> {
    let method = line.split(' ').next().unwrap();
    let text = format!(
        "{line} SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:b@c>\r\nCall-ID: x\r\nCSeq: 1 {method}\r\n{more}\r\n{body}"
    );
    let Ok(Parsed::Message(Message::Request(message))) = parse::datagram(text.as_bytes()) else {
        panic!("{text}")
    };
    request(&message, &capabilities()).map_err(|rejection| (rejection.status, rejection.headers))
}

#[test]
fn refusals_say_what_would_be_accepted() {
    let check = |line: &str, more: &str, body: &str, status: u16, name: HeaderName, value: &str| {
        let expect = Err((status, vec![(name, value.to_owned())]));
        assert_eq!(checked(line, more, body), expect, "{line} {more}");
    };
    check(
        "SUBSCRIBE sip:b@c",
        "",
        "",
        405,
        HeaderName::Allow,
        "INVITE, REGISTER, BYE, ACK, CANCEL",
    );
    check(
        "DANCE sip:b@c",
        "",
        "",
        501,
        HeaderName::Allow,
        "INVITE, REGISTER, BYE, ACK, CANCEL",
    );
    check(
        "INVITE sip:b@c",
        "Require: TIMER, 100rel,x\r\n",
        "",
        420,
        HeaderName::Unsupported,
        "100rel, x",
    );
    check(
        "INVITE sip:b@c",
        "Content-Type: text/plain\r\n",
        "x",
        415,
        HeaderName::Accept,
        "application/sdp",
    );
    let gzip = "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n";
    check(
        "INVITE sip:b@c",
        gzip,
        "x",
        415,
        HeaderName::AcceptEncoding,
        "identity",
    );
    check(
        "INVITE sip:b@c",
        "Accept: text/plain;q=1\r\n",
        "",
        406,
        HeaderName::Accept,
        "application/sdp",
    );
}

#[test]
fn what_can_be_served_passes() {
    for (line, more, body) in [
        (
            "INVITE sip:b@c",
            "Content-Type: Application/SDP;charset=utf-8\r\nAccept: */*\r\n",
            "v=0",
        ),
        ("INVITE tel:+1", "Max-Forwards: 1\r\n", ""),
        (
            "INVITE sip:b@c",
            "Content-Type: x/y\r\nContent-Disposition: icon;handling=optional\r\n",
            "x",
        ),
        ("REGISTER sip:c", "Max-Forwards: 0\r\n", ""),
        ("ACK sip:b@c", "Require: x\r\n", ""),
        ("BYE sip:b@c", "Accept: text/plain\r\n", ""),
    ] {
        assert_eq!(checked(line, more, body), Ok(()), "{line} {more}");
    }
    assert_eq!(
        checked("INVITE sip:b@c", "Max-Forwards: 0\r\n", ""),
        Err((483, vec![]))
    );
    assert_eq!(checked("INVITE urn:x", "", ""), Err((416, vec![])));
    assert!(Uri::parse("urn:x").is_some());
}
