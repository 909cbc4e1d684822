use super::*;
use crate::parse::{self, Parsed};
use crate::{Message, NameAddr};

fn request(text: &str) -> Request {
    match parse::datagram(text.replace('\n', "\r\n").as_bytes()) {
        Ok(Parsed::Message(Message::Request(request))) => request,
        other => panic!("{other:?}"),
    }
}

fn invite() -> Request {
    request(
        "INVITE sip:202@server SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\n\
         Record-Route: <sip:p2;lr>, <sip:p1;lr>\nFrom: \"Anna\" <sip:201@server>;tag=a\n\
         To: <sip:202@server>\nCall-ID: call\nCSeq: 10 INVITE\n\
         Contact: <sip:201@10.0.0.1:5070>\n\n",
    )
}

fn answer(status: u16, tag: &str) -> Response {
    Response::reply(&invite(), status, Some(tag)).with(HeaderName::Contact, "<sip:202@10.0.0.2>")
}

fn within(method: &str, cseq: u32) -> Request {
    request(&format!(
        "{method} sip:x SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2\n\
         From: <sip:201@server>;tag=a\nTo: <sip:202@server>;tag=b\nCall-ID: call\n\
         CSeq: {cseq} {method}\nContact: <sip:201@10.0.0.7>\n\n"
    ))
}

fn routes(request: &Request) -> Vec<String> {
    request
        .headers
        .routes()
        .unwrap()
        .iter()
        .map(NameAddr::to_string)
        .collect()
}

#[test]
fn both_sides_know_the_same_dialog() {
    let mut uas = Dialog::uas(&invite(), "b").unwrap();
    let mut uac = Dialog::uac(&invite(), &answer(180, "b")).unwrap().unwrap();
    assert_eq!((uas.state(), uac.state()), (State::Early, State::Early));
    assert_eq!(uas.id().to_string(), "call;b;a");
    assert_eq!(uac.id().to_string(), "call;a;b");
    assert_eq!(
        DialogId::of_request(&within("BYE", 11)).as_ref(),
        Some(uas.id())
    );
    assert_eq!(DialogId::of_request(&invite()), None);
    assert_eq!(
        DialogId::of_response(&answer(200, "b")).as_ref(),
        Some(uac.id())
    );

    uac.receive_response(&Method::Invite, &answer(200, "b"));
    uas.confirm();
    assert_eq!(
        (uas.state(), uac.state()),
        (State::Confirmed, State::Confirmed)
    );
    assert_eq!(uas.route_set()[0].uri.to_string(), "sip:p2;lr");
    assert_eq!(uac.route_set()[0].uri.to_string(), "sip:p1;lr");

    let bye = uac.request(Method::Bye);
    assert_eq!(bye.uri.to_string(), "sip:202@10.0.0.2");
    assert_eq!(routes(&bye), ["<sip:p1;lr>", "<sip:p2;lr>"]);
    assert_eq!(bye.headers.cseq().unwrap().to_string(), "11 BYE");
    assert_eq!(uac.ack(10).headers.cseq().unwrap().to_string(), "10 ACK");
    let bye = uas.request(Method::Bye);
    assert_eq!(bye.uri.to_string(), "sip:201@10.0.0.1:5070");
    assert_eq!(routes(&bye), ["<sip:p2;lr>", "<sip:p1;lr>"]);
    assert_eq!(bye.headers.from().unwrap().tag(), Some("b"));
    assert_eq!(
        bye.headers.to().unwrap().to_string(),
        "\"Anna\" <sip:201@server>;tag=a"
    );
}

#[test]
fn a_forked_request_makes_a_dialog_for_each_tag() {
    let one = Dialog::uac(&invite(), &answer(180, "b")).unwrap().unwrap();
    let two = Dialog::uac(&invite(), &answer(200, "c")).unwrap().unwrap();
    assert_ne!(one.id(), two.id());
    assert_eq!(two.state(), State::Confirmed);
    let none = Response::reply(&invite(), 100, None);
    assert!(Dialog::uac(&invite(), &none).unwrap().is_none());
}

#[test]
fn gaps_are_legal_and_going_back_is_not() {
    let mut dialog = Dialog::uas(&invite(), "b").unwrap();
    let mut check = |method: &str, cseq: u32, expect: bool| {
        assert_eq!(
            dialog.receive(&within(method, cseq)).is_ok(),
            expect,
            "{cseq} {method}"
        );
    };
    check("ACK", 10, true);
    check("INFO", 11, true);
    check("INFO", 50, true);
    check("INFO", 49, false);
    check("INFO", 50, false);
    check("ACK", 10, true);
    check("BYE", 51, true);
}

#[test]
fn the_remote_target_follows_the_contact_of_target_refreshes() {
    let mut dialog = Dialog::uas(&invite(), "b").unwrap();
    dialog.receive(&within("INFO", 11)).unwrap();
    assert_eq!(dialog.remote_target().to_string(), "sip:201@10.0.0.1:5070");
    dialog.receive(&within("UPDATE", 12)).unwrap();
    assert_eq!(dialog.remote_target().to_string(), "sip:201@10.0.0.7");
}

#[test]
fn a_strict_router_gets_the_request_uri() {
    let mut invite = invite();
    invite
        .headers
        .set(HeaderName::RecordRoute, "<sip:strict?x=y>, <sip:p1;lr>");
    let mut dialog = Dialog::uas(&invite, "b").unwrap();
    let bye = dialog.request(Method::Bye);
    assert_eq!(bye.uri.to_string(), "sip:strict");
    assert_eq!(routes(&bye), ["<sip:p1;lr>", "<sip:201@10.0.0.1:5070>"]);
    assert_eq!(dialog.route_set()[0].uri.to_string(), "sip:strict?x=y");
}

#[test]
fn a_dialog_is_found_by_replaces() {
    let dialog = Dialog::uas(&invite(), "b").unwrap();
    let text = dialog.replaces().to_string();
    assert_eq!(text, "call;to-tag=b;from-tag=a");
    let read = Replaces::parse(&text).unwrap();
    assert_eq!(&DialogId::of_replaces(&read), dialog.id());
    assert_eq!(dialog.replaces_us().to_string(), "call;to-tag=a;from-tag=b");
    assert!(
        Replaces::parse("call; from-tag=a ;to-tag=b;early-only")
            .unwrap()
            .early_only
    );
    for bad in [
        "call",
        "call;to-tag=b",
        ";to-tag=b;from-tag=a",
        "a b;to-tag=b;from-tag=a",
    ] {
        assert_eq!(Replaces::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_peer_of_rfc_2543_needs_no_tag() {
    let mut invite = invite();
    invite.headers.set(HeaderName::From, "<sip:201@server>");
    let dialog = Dialog::uas(&invite, "b").unwrap();
    assert_eq!(dialog.id().remote_tag, "");
}
