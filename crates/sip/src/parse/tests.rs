use super::*;
use crate::{Flow, Transport};

const MINIMAL: &str = "OPTIONS sip:a@b SIP/2.0\r\n\
    Via: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx\r\n\
    From: <sip:c@d>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: i\r\nCSeq: 1 OPTIONS\r\n";

fn flow(transport: Transport) -> Flow {
    let (local, peer) = (
        "10.0.0.9:5060".parse().unwrap(),
        "10.0.0.1:40000".parse().unwrap(),
    );
    Flow {
        transport,
        local,
        peer,
        connection: 1,
    }
}

fn request(bytes: &[u8]) -> Result<Request, &'static str> {
    match datagram(bytes) {
        Ok(Parsed::Message(Message::Request(request))) => Ok(request),
        Ok(other) => panic!("{other:?}"),
        Err(malformed) => Err(malformed.reason),
    }
}

#[test]
fn what_two_readers_could_see_differently_is_refused() {
    let check = |more: &str, expect: &str| {
        let got = request(format!("{MINIMAL}{more}\r\n").as_bytes());
        assert_eq!(got.err(), Some(expect), "{more:?}");
    };
    check("CSeq: 1 OPTIONS\r\n", "Repeated header");
    check("i: i\r\n", "Repeated header");
    check("f: <sip:c@d>;tag=1\r\n", "Repeated header");
    check(
        "Content-Length: 0\r\nl: 0\r\n",
        "More than one Content-Length",
    );
    check("Content-Length: 1\r\n", "Body shorter than Content-Length");
    check("Content-Length: -1\r\n", "Malformed Content-Length");
    check("Content-Length: 0 0\r\n", "Malformed Content-Length");
    check("Subject: a\nVia: b\r\n", "Bare CR or LF");
    check("Subject: a\rVia: b\r\n", "Bare CR or LF");
    check("Subject: a\0b\r\n", "Control character in a header");
    check("Subject: \"a\\\0\" \0\r\n", "Control character in a header");
    check("Subject\r\n", "Header line without a colon");
    check("Sub ject: x\r\n", "Malformed header name");
    check(": x\r\n", "Malformed header name");
    check("Contact: *\r\n", "Contact of a star outside REGISTER");
    check("Max-Forwards: 256\r\n", "Malformed Max-Forwards");
    check(
        &format!("Subject: {}\r\n", "x".repeat(MAX_HEADER)),
        "Header too long",
    );
    check(&"Subject: x\r\n".repeat(MAX_HEADERS), "Too many headers");
    check(
        &"Via: SIP/2.0/UDP x\r\n".repeat(MAX_VIAS),
        "Too many Via hops",
    );
    check(
        &"Via: SIP/2.0/UDP x, SIP/2.0/UDP y\r\n".repeat(MAX_VIAS / 2),
        "Too many Via hops",
    );
}

#[test]
fn bytes_that_are_not_utf_8_hide_nothing() {
    let mut bytes = b"OPTIONS sip:a@b SIP/2.0\r\nSubject: caf\xe9\r\n".to_vec();
    bytes.extend(&MINIMAL.as_bytes()[25..]);
    bytes.extend(b"User-Agent: Zo\xeb\r\n\r\n");
    let request = request(&bytes).unwrap();
    assert_eq!(request.headers.user_agent().unwrap(), "Zoë");
    assert_eq!(
        request
            .headers
            .get(&HeaderName::Subject)
            .unwrap()
            .as_bytes(),
        b"caf\xe9"
    );
    assert!(
        request
            .to_bytes()
            .windows(5)
            .any(|window| window == b"caf\xe9\r")
    );
}

#[test]
fn continued_lines_are_one_value() {
    let request =
        request(format!("{MINIMAL}Subject:\r\n one\r\n\t two \r\n\r\n").as_bytes()).unwrap();
    assert_eq!(
        request.headers.get(&HeaderName::Subject).unwrap().text(),
        "one two"
    );
}

#[test]
fn the_body_is_what_was_announced_or_the_rest() {
    let body = |text: &str| request(format!("{MINIMAL}{text}").as_bytes()).unwrap().body;
    assert_eq!(body("\r\nabc"), "abc");
    assert_eq!(body("l: 2\r\n\r\nabc"), "ab");
}

#[test]
fn keep_alives_are_no_messages() {
    let mut stun = [0; 20];
    stun[1] = 0x11;
    stun[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    for bytes in [&b""[..], b"\r\n\r\n", b"\0\0\0\0", b"\n", &stun] {
        assert_eq!(datagram(bytes), Ok(Parsed::KeepAlive));
    }
    stun[1] = 1;
    assert_eq!(datagram(&stun), Ok(Parsed::BindingRequest([0; 12])));
    assert!(request(format!("\r\n\r\n{MINIMAL}\r\n").as_bytes()).is_ok());
}

#[test]
fn the_answer_to_the_malformed_goes_where_the_rfc_says() {
    let reply = |text: &str, transport| {
        let malformed = datagram(text.as_bytes()).unwrap_err();
        let (flow, bytes) = malformed.reply(&flow(transport))?;
        Some((flow.peer.port(), String::from_utf8(bytes.to_vec()).unwrap()))
    };
    let broken = format!("{MINIMAL}Max-Forwards: x\r\n\r\n");
    let (port, answer) = reply(&broken, Transport::Udp).unwrap();
    assert_eq!(port, 5070);
    assert!(
        answer.starts_with("SIP/2.0 400 Malformed Max-Forwards\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\r\nTo: <sip:a@b>;tag="), "{answer}");
    assert_eq!(
        reply(&broken, Transport::Udp),
        reply(&broken, Transport::Udp)
    );
    assert_eq!(reply(&broken, Transport::Tcp).unwrap().0, 40000);
    let rport = broken.replace(";branch", ";rport;branch");
    let (port, answer) = reply(&rport, Transport::Udp).unwrap();
    assert_eq!(port, 40000);
    assert!(
        answer.contains(";rport=40000;branch=z9hG4bKx;received=10.0.0.1\r\n"),
        "{answer}"
    );
    for silent in ["ACK sip:a@b SIP/2.0", "SIP/2.0 200 OK"] {
        let broken = broken
            .replace("OPTIONS sip:a@b SIP/2.0", silent)
            .replace("Call-ID", "X");
        assert_eq!(reply(&broken, Transport::Udp), None, "{silent}");
    }
    assert_eq!(reply(&broken.replace("Via", "Vio"), Transport::Udp), None);
    assert_eq!(
        reply(&broken.replace("10.0.0.1:5070", "!"), Transport::Udp),
        None
    );
}

#[test]
fn limits_have_their_own_statuses() {
    let status = |text: String| datagram(text.as_bytes()).unwrap_err().status;
    assert_eq!(
        status(MINIMAL.replace("sip:a@b ", &format!("sip:{}@b ", "a".repeat(MAX_HEADER)))),
        414
    );
    assert_eq!(
        status(format!("{MINIMAL}\r\n{}", "x".repeat(MAX_MESSAGE))),
        513
    );
    assert_eq!(
        status(MINIMAL.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia")),
        505
    );
}

fn decode(decoder: &mut StreamDecoder) -> Vec<String> {
    std::iter::from_fn(|| decoder.next_item())
        .map(|item| match item {
            Ok(StreamItem::Ping) => "ping".to_owned(),
            Ok(StreamItem::Message(Message::Request(request))) => {
                String::from_utf8_lossy(&request.body).into_owned()
            }
            Ok(StreamItem::Message(Message::Response(_))) => "response".to_owned(),
            Err(malformed) => malformed.reason.to_owned(),
        })
        .collect()
}

#[test]
fn a_stream_is_cut_into_messages_however_it_arrives() {
    let message = |body: &str| format!("{MINIMAL}Content-Length: {}\r\n\r\n{body}", body.len());
    let stream = format!(
        "\r\n\r\n{}\r\n{}\r\n\r\n\r\n\r\n",
        message("one"),
        message("")
    );
    let expect = ["ping", "one", "", "ping", "ping"];
    for size in 1..stream.len() {
        let mut decoder = StreamDecoder::new();
        let mut got = Vec::new();
        for chunk in stream.as_bytes().chunks(size) {
            decoder.push(chunk);
            got.extend(decode(&mut decoder));
        }
        assert_eq!(got, expect, "in pieces of {size}");
        assert_eq!(decoder.pending(), 0);
    }
}

#[test]
fn a_stream_breaks_where_its_framing_does() {
    let check = |more: &str, expect: &[&str], broken: bool| {
        let mut decoder = StreamDecoder::new();
        decoder.push(format!("{MINIMAL}{more}").as_bytes());
        assert_eq!(decode(&mut decoder), expect, "{more}");
        assert_eq!(decoder.is_broken(), broken, "{more}");
    };
    check("\r\n", &["No Content-Length"], true);
    check(
        "l: 0\r\nContent-Length: 0\r\n\r\n",
        &["More than one Content-Length"],
        true,
    );
    check("l: 99999\r\n\r\n", &["Message Too Large"], true);
    check("l: 0\r\nSubject: a\nb\r\n\r\n", &["Bare CR or LF"], true);
    check(&"x".repeat(MAX_MESSAGE), &["Message Too Large"], true);
    let next = format!("l: 0\r\nMax-Forwards: x\r\n\r\n{MINIMAL}l: 2\r\n\r\nok");
    check(&next, &["Malformed Max-Forwards", "ok"], false);
}

#[test]
fn line_breaks_before_a_message_are_no_part_of_it() {
    let mut decoder = StreamDecoder::new();
    for _ in 0..3 {
        decoder.push(b"\r\n");
        while decoder.next_item().is_some() {}
        assert_eq!(decoder.pending(), 0);
    }
    decoder.push(b"OPT");
    while decoder.next_item().is_some() {}
    assert!(decoder.pending() > 0);
}
