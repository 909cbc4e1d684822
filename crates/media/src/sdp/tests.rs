use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::*;
use crate::control::Inbound;

const ALL: Capabilities<'static> = Capabilities {
    codecs: &[Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
    telephone_event: true,
};

fn local() -> LocalMedia {
    LocalMedia {
        address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        port: 20_000,
        rtcp_port: 20_001,
        session_id: 4_711,
        version: 1,
        direction: Direction::SendRecv,
    }
}

/// A description with the usual beginning.
fn described(rest: &str) -> Session {
    let text = format!("v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\n{rest}").replace('|', "\r\n");
    Session::parse(text.as_bytes()).unwrap()
}

/// An offer from 198.51.100.7, of one audio section.
fn offered(media: &str) -> Session {
    described(&format!("c=IN IP4 198.51.100.7|t=0 0|{media}|"))
}

fn answered(media: &str) -> Result<(Session, Negotiated), Refusal> {
    answer(&offered(media), &local(), ALL)
}

#[test]
fn our_offer() {
    let text = String::from_utf8(offer(&local(), ALL).to_bytes()).unwrap();
    let expected = "v=0|o=- 4711 1 IN IP4 192.0.2.1|s=-|c=IN IP4 192.0.2.1|t=0 0|\
        m=audio 20000 RTP/AVP 107 9 8 0 101 110|\
        a=rtpmap:107 opus/48000/2|a=fmtp:107 minptime=10;useinbandfec=1|\
        a=rtpmap:9 G722/8000|a=rtpmap:8 PCMA/8000|a=rtpmap:0 PCMU/8000|\
        a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-16|\
        a=rtpmap:110 telephone-event/48000|a=fmtp:110 0-16|\
        a=ptime:20|a=sendrecv|";
    assert_eq!(text.replace("\r\n", "|"), expected);
}

/// Two of our own agree on the best codec, with digits of its clock.
#[test]
fn an_offer_of_ours_is_answered_by_ours() {
    let ours = offer(&local(), ALL);
    let theirs = LocalMedia {
        address: "192.0.2.2".parse().unwrap(),
        port: 30_000,
        rtcp_port: 30_005,
        ..local()
    };
    let (reply, seen_by_them) = answer(&ours, &theirs, ALL).unwrap();
    let seen_by_us = accept(&ours, &Session::parse(&reply.to_bytes()).unwrap()).unwrap();
    assert_eq!(
        seen_by_us,
        Negotiated {
            remote: "192.0.2.2:30000".parse().unwrap(),
            remote_rtcp: "192.0.2.2:30005".parse().unwrap(),
            codec: Codec::Opus,
            payload_type: 107,
            telephone_event: Some(110),
            event_clock: 48_000,
            inbound: Inbound {
                payload_type: 107,
                telephone_event: Some(110),
                other_law: None,
            },
            ptime_ms: 20,
            direction: Direction::SendRecv,
        }
    );
    assert_eq!(seen_by_them.telephone_event, Some(110));
    assert_eq!(seen_by_them.remote, "192.0.2.1:20000".parse().unwrap());
    assert_eq!(reply.media[0].formats, ["107", "110"]);
}

#[test]
fn the_offers_numbers_are_kept() {
    let (reply, agreed) = answered(
        "m=audio 4000 RTP/AVP 96 97 0|a=rtpmap:96 opus/48000/2|a=fmtp:96 stereo=1|\
         a=rtpmap:97 telephone-event/48000|a=fmtp:97 0-15",
    )
    .unwrap();
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Opus, 96));
    assert_eq!(agreed.telephone_event, Some(97));
    assert_eq!(reply.media[0].formats, ["96", "97"]);
    assert_eq!(reply.media[0].attribute("rtpmap"), Some("96 opus/48000/2"));
}

#[test]
fn our_order_decides_and_theirs_can_be_asked() {
    let session = offered("m=audio 4000 RTP/AVP 0 8 9 18 0");
    assert_eq!(session.codecs(), [Codec::Pcmu, Codec::Pcma, Codec::G722]);
    let (_, agreed) = answer(&session, &local(), ALL).unwrap();
    assert_eq!(agreed.codec, Codec::G722);
    let only = Capabilities {
        codecs: &[Codec::Pcma],
        telephone_event: false,
    };
    let (reply, agreed) = answer(&session, &local(), only).unwrap();
    assert_eq!((agreed.codec, agreed.telephone_event), (Codec::Pcma, None));
    assert_eq!(reply.media[0].formats, ["8"]);
}

#[test]
fn digits_go_with_the_codecs_clock() {
    let check = |media: &str, expect| {
        assert_eq!(
            answered(media).unwrap().1.telephone_event,
            expect,
            "{media}"
        );
    };
    let both = "a=rtpmap:101 telephone-event/8000|a=rtpmap:110 telephone-event/48000";
    check(&format!("m=audio 4000 RTP/AVP 0 101 110|{both}"), Some(101));
    check(
        &format!("m=audio 4000 RTP/AVP 107 101 110|a=rtpmap:107 opus/48000/2|{both}"),
        Some(110),
    );
    check(
        "m=audio 4000 RTP/AVP 107 101|a=rtpmap:107 opus/48000/2|a=rtpmap:101 telephone-event/8000",
        Some(101),
    );
    check("m=audio 4000 RTP/AVP 0", None);
}

#[test]
fn hold_in_all_its_forms() {
    let check = |theirs: &str, wanted: Direction, expect: Direction| {
        let offer = offered(&format!("m=audio 4000 RTP/AVP 0|{theirs}"));
        let ours = LocalMedia {
            direction: wanted,
            ..local()
        };
        let (reply, agreed) = answer(&offer, &ours, ALL).unwrap();
        assert_eq!(agreed.direction, expect, "{theirs} {wanted:?}");
        assert_eq!(reply.media[0].direction(&reply), expect);
    };
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    check("a=sendrecv", SendRecv, SendRecv);
    check("", SendRecv, SendRecv);
    check("a=sendonly", SendRecv, RecvOnly);
    check("a=recvonly", SendRecv, SendOnly);
    check("a=inactive", SendRecv, Inactive);
    check("c=IN IP4 0.0.0.0", SendRecv, RecvOnly);
    check("c=IN IP4 0.0.0.0|a=sendonly", SendRecv, RecvOnly);
    check("c=IN IP4 0.0.0.0|a=inactive", SendRecv, Inactive);
    check("a=sendrecv", SendOnly, SendOnly);
    check("a=sendonly", SendOnly, Inactive);
    let session_level = described("c=IN IP4 198.51.100.7|a=sendonly|m=audio 4000 RTP/AVP 0|");
    assert_eq!(
        answer(&session_level, &local(), ALL).unwrap().1.direction,
        RecvOnly
    );
}

/// We hold, and they say what they like; we take no more than both said.
#[test]
fn the_answer_to_our_hold() {
    let ours = offer(
        &LocalMedia {
            direction: Direction::SendOnly,
            ..local()
        },
        ALL,
    );
    for (theirs, expect) in [
        ("a=recvonly", Direction::SendOnly),
        ("a=sendrecv", Direction::SendOnly),
        ("a=inactive", Direction::Inactive),
        ("", Direction::SendOnly),
    ] {
        let reply = offered(&format!("m=audio 4000 RTP/AVP 0|{theirs}"));
        assert_eq!(accept(&ours, &reply).unwrap().direction, expect, "{theirs}");
    }
}

#[test]
fn packet_lengths() {
    let check = |lines: &str, expect| {
        let media = format!("m=audio 4000 RTP/AVP 0|{lines}");
        assert_eq!(answered(&media).unwrap().1.ptime_ms, expect, "{lines}");
    };
    check("", 20);
    check("a=ptime:30", 30);
    check("a=ptime:60", 60);
    check("a=ptime:100", 60);
    check("a=ptime:25", 20);
    check("a=ptime:5", 10);
    check("a=ptime:0", 20);
    check("a=ptime:x", 20);
    check("a=ptime:40|a=maxptime:30", 30);
    check("a=maxptime:10", 10);
    let opus = "m=audio 4000 RTP/AVP 96|a=rtpmap:96 opus/48000/2|a=ptime:30";
    assert_eq!(answered(opus).unwrap().1.ptime_ms, 20);
}

#[test]
fn where_reports_go() {
    let check = |lines: &str, expect: &str| {
        let (reply, agreed) = answered(&format!("m=audio 4000 RTP/AVP 0|{lines}")).unwrap();
        assert_eq!(agreed.remote_rtcp.to_string(), expect, "{lines}");
        reply
    };
    check("", "198.51.100.7:4001");
    check("a=rtcp:5000", "198.51.100.7:5000");
    check("a=rtcp:5000 IN IP4 198.51.100.7", "198.51.100.7:5000");
    check("a=rtcp:5000 IN IP4 203.0.113.9", "198.51.100.7:4001");
    check("a=rtcp:nonsense", "198.51.100.7:4001");
    let reply = check("a=rtcp:5000|a=rtcp-mux", "198.51.100.7:4000");
    assert!(reply.media[0].attribute("rtcp-mux").is_some());
    let last = answered("m=audio 65535 RTP/AVP 0").unwrap().1;
    assert_eq!(last.remote_rtcp.port(), 65_535);
}

#[test]
fn what_cannot_be_agreed() {
    let check = |media: &str, expect| assert_eq!(answered(media).unwrap_err(), expect, "{media}");
    check("", Refusal::NoAudio);
    check("m=audio 0 RTP/AVP 0", Refusal::NoAudio);
    check(
        "m=video 4000 RTP/AVP 96|a=rtpmap:96 VP8/90000",
        Refusal::NoAudio,
    );
    check("m=audio 4000 RTP/SAVP 0", Refusal::Transport);
    check("m=audio 4000 UDP/TLS/RTP/SAVPF 0", Refusal::Transport);
    check("m=audio 4000 RTP/AVP 18 3", Refusal::NoCodec);
    check(
        "m=audio 4000 RTP/AVP 96|a=rtpmap:96 opus/48000/1",
        Refusal::NoCodec,
    );
    check(
        "m=audio 4000 RTP/AVP 72|a=rtpmap:72 opus/48000/2",
        Refusal::NoCodec,
    );
    check(
        "m=audio 4000 RTP/AVP 0|a=rtpmap:0 G729/8000",
        Refusal::NoCodec,
    );
    check(
        "m=audio 4000 RTP/AVP 0|c=IN IP4 phone.example.com",
        Refusal::Address,
    );
    check(
        "m=audio 4000 RTP/AVP 0|c=IN IP4 224.2.1.1/127",
        Refusal::Address,
    );
    check(
        "m=audio 4000 RTP/AVP 0|c=IN IP4 224.2.1.1",
        Refusal::Address,
    );
    check(
        "m=audio 4000 RTP/AVP 0|c=IN IP4 255.255.255.255",
        Refusal::Address,
    );
    check(
        "m=audio 4000 RTP/AVP 0|c=IN IP6 2001:db8::5",
        Refusal::Address,
    );
    let nowhere = described("m=audio 4000 RTP/AVP 0|");
    assert_eq!(
        answer(&nowhere, &local(), ALL).unwrap_err(),
        Refusal::Address
    );
}

#[test]
fn other_sections_are_refused_in_their_places() {
    let (reply, agreed) = answered(
        "m=video 5000 RTP/AVP 96|a=rtpmap:96 H264/90000|m=audio 5002 RTP/SAVP 0|\
         m=audio 5004 RTP/AVP 8|m=audio 5006 RTP/AVP 0|m=application 5008 TCP/BFCP *",
    )
    .unwrap();
    assert_eq!(agreed.remote.port(), 5_004);
    let ports: Vec<u16> = reply.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [0, 0, 20_000, 0, 0]);
    assert_eq!(reply.media[4].protocol, "TCP/BFCP");
    assert_eq!(reply.media[4].formats, ["*"]);

    // A later offer of ours keeps the places, the numbers, and counts its version.
    let again = offer_again(
        &reply,
        &LocalMedia {
            version: 2,
            ..local()
        },
        ALL,
    );
    let ports: Vec<u16> = again.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [0, 0, 20_000, 0, 0]);
    assert_eq!(again.origin.version, 2);
}

#[test]
fn a_number_never_changes_its_meaning() {
    let (reply, _) = answered(
        "m=audio 4000 RTP/AVP 107 101|a=rtpmap:107 telephone-event/48000|a=rtpmap:101 opus/48000/2",
    )
    .unwrap();
    let again = offer_again(&reply, &local(), ALL);
    assert_eq!(again.media[0].formats, ["101", "9", "8", "0", "96", "107"]);
}

#[test]
fn refreshing_is_told_from_changing() {
    let first = offer(&local(), ALL);
    let second = offer(
        &LocalMedia {
            version: 2,
            ..local()
        },
        ALL,
    );
    assert!(first.same_but_version(&second));
    let held = offer(
        &LocalMedia {
            version: 2,
            direction: Direction::SendOnly,
            ..local()
        },
        ALL,
    );
    assert!(!first.same_but_version(&held));
}

#[test]
fn answers_that_do_not_fit() {
    let ours = offer(&local(), ALL);
    let check = |reply: &Session, expect| assert_eq!(accept(&ours, reply).unwrap_err(), expect);
    check(&offered(""), Refusal::Mismatch);
    check(
        &offered("m=audio 1 RTP/AVP 0|m=audio 2 RTP/AVP 0"),
        Refusal::Mismatch,
    );
    check(&offered("m=video 1 RTP/AVP 0"), Refusal::Mismatch);
    check(&offered("m=audio 0 RTP/AVP 0"), Refusal::NoAudio);
    check(&offered("m=audio 1 RTP/SAVP 0"), Refusal::Transport);
    check(&offered("m=audio 1 RTP/AVP 18"), Refusal::NoCodec);
    // A codec that was not offered is not taken, even if we know it.
    let narrow = Capabilities {
        codecs: &[Codec::Pcmu],
        telephone_event: false,
    };
    let reply = offered("m=audio 1 RTP/AVP 8 0 101|a=rtpmap:101 telephone-event/8000");
    let agreed = accept(&offer(&local(), narrow), &reply).unwrap();
    assert_eq!((agreed.codec, agreed.telephone_event), (Codec::Pcmu, None));
    // An answerer may use other numbers for what it wants to receive.
    let reply = offered("m=audio 1 RTP/AVP 120|a=rtpmap:120 opus/48000/2");
    assert_eq!(accept(&ours, &reply).unwrap().payload_type, 120);
}

/// RFC 5118 §4.8 to §4.10: both families beside each other, and one inside the other.
#[test]
fn addresses_of_both_families() {
    let ours = LocalMedia {
        address: "2001:db8::1".parse().unwrap(),
        ..local()
    };
    let offer = described(
        "c=IN IP6 2001:db8::20|t=0 0|m=audio 6000 RTP/AVP 0|c=IN IP4 192.0.2.3|\
         m=audio 6002 RTP/AVP 0|",
    );
    let (reply, agreed) = answer(&offer, &ours, ALL).unwrap();
    assert_eq!(agreed.remote, "[2001:db8::20]:6002".parse().unwrap());
    let text = String::from_utf8(reply.to_bytes()).unwrap();
    assert!(text.contains("o=- 4711 1 IN IP6 2001:db8::1\r\n"), "{text}");
    assert!(text.contains("c=IN IP6 2001:db8::1\r\n"), "{text}");
    let mapped = described("c=IN IP6 ::ffff:198.51.100.7|m=audio 6000 RTP/AVP 0|");
    let (_, agreed) = answer(&mapped, &local(), ALL).unwrap();
    assert_eq!(agreed.remote, "198.51.100.7:6000".parse().unwrap());
    let held = described("c=IN IP6 ::|m=audio 6000 RTP/AVP 0|");
    let (_, agreed) = answer(&held, &ours, ALL).unwrap();
    assert_eq!(agreed.direction, Direction::RecvOnly);
}

#[test]
fn what_phones_leave_out_is_forgiven() {
    let session = Session::parse(
        b"v=0\no=anna 2890844526 99999999999999999999999 IN IP4 host.example.com\ns= \n\
          e=anna@example.com\nc=IN IP4 198.51.100.7\nb=AS:64\nt=3034423619 3042462419\n\
          m=audio 49170/2 RTP/AVP 0\na=x-vendor: a b\n\n",
    )
    .unwrap();
    assert_eq!(session.name, "-");
    assert_eq!(
        session.origin.host,
        Host::Name("host.example.com".to_owned())
    );
    assert_eq!(session.media[0].port, 49_170);
    assert_eq!(session.media[0].attribute("x-vendor"), Some(" a b"));
    assert!(answer(&session, &local(), ALL).is_ok());
}

#[test]
fn what_is_no_description() {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";
    let check = |text: &str, expect| {
        assert_eq!(
            Session::parse(text.as_bytes()).unwrap_err(),
            expect,
            "{text:?}"
        );
    };
    check("", Malformed::Version);
    check("o=- 1 1 IN IP4 192.0.2.1\r\n", Malformed::Version);
    check("v=1\r\n", Malformed::Version);
    check("v=0\r\ns=-\r\n", Malformed::Origin);
    check("v=0\r\no=- 1 IN IP4 192.0.2.1\r\n", Malformed::Origin);
    check("v=0\r\no=- a 1 IN IP4 192.0.2.1\r\n", Malformed::Origin);
    check(&format!("{head}no line\r\n"), Malformed::Line(4));
    check(&format!("{head}a=\r\n"), Malformed::Line(4));
    check(&format!("{head}c=IN IP4\r\n"), Malformed::Connection(4));
    check(&format!("{head}c=ATM NSAP x\r\n"), Malformed::Connection(4));
    check(&format!("{head}m=audio 1 RTP/AVP\r\n"), Malformed::Media(4));
    check(
        &format!("{head}m=audio 65536 RTP/AVP 0\r\n"),
        Malformed::Media(4),
    );
    check(
        &format!("{head}m=audio -1 RTP/AVP 0\r\n"),
        Malformed::Media(4),
    );
    check(&format!("{head}a=x\0y\r\n"), Malformed::NotText);
    check(&format!("{head}a=x\ry\r\n"), Malformed::Line(4));
    check(
        &format!("{head}{}", "m=audio 1 RTP/AVP 0\r\n".repeat(17)),
        Malformed::TooLarge,
    );
    check(
        &format!("{head}m=audio 1 RTP/AVP{}\r\n", " 0".repeat(65)),
        Malformed::TooLarge,
    );
    check(
        &format!("{head}{}", "a=x\r\n".repeat(700)),
        Malformed::TooLarge,
    );
    check(
        &format!("{head}a={}\r\n", "x".repeat(16_400)),
        Malformed::TooLarge,
    );
    assert_eq!(
        Session::parse(&[b'v', b'=', b'0', 0xFF]).unwrap_err(),
        Malformed::NotText
    );
}

/// A value that was put in by hand can not begin a line of its own.
#[test]
fn no_line_is_smuggled_in() {
    let mut session = offer(&local(), ALL);
    session.name = "x\r\nm=audio 1 RTP/AVP 0".to_owned();
    let read = Session::parse(&session.to_bytes()).unwrap();
    assert_eq!(read.media.len(), 1);
}

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9.-]{0,9}"
}

fn host() -> impl Strategy<Value = Host> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Host::Ip(IpAddr::V4(bits.into()))),
        any::<u128>().prop_map(|bits| Host::Ip(IpAddr::V6(bits.into()))),
        word().prop_map(|word| Host::Name(format!("{word}.example"))),
    ]
}

prop_compose! {
    fn attributes()(list in prop::collection::vec(
        ("[a-z][a-z-]{0,11}", prop::option::of("[ -~]{0,20}")), 0..6)) -> Vec<Attribute> {
        list.into_iter().map(|(name, value)| Attribute { name, value }).collect()
    }
}

prop_compose! {
    fn section()(
        kind in word(), port: u16, formats in prop::collection::vec("[0-9a-z]{1,4}", 1..6),
        connection in prop::option::of(host()), attributes in attributes(),
    ) -> Media {
        Media { kind, port, protocol: "RTP/AVP".to_owned(), formats, connection, attributes }
    }
}

prop_compose! {
    fn session()(
        username in word(), session_id: u64, version: u64, origin in host(), name in "[!-~][ -~]{0,9}",
        connection in prop::option::of(host()), attributes in attributes(),
        media in prop::collection::vec(section(), 0..5),
    ) -> Session {
        let origin = Origin { username, session_id, version, host: origin };
        Session { origin, name, connection, attributes, media }
    }
}

/// Offers with everything in them, to be mutated.
const RICH: &str = "v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 96 9 0 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:30\r\na=maxptime:60\r\n\
    a=rtcp:4005 IN IP4 198.51.100.7\r\na=sendonly\r\nm=video 4002 RTP/AVP 97\r\n";

proptest! {
    #[test]
    fn what_is_written_is_read(session in session()) {
        let octets = session.to_bytes();
        prop_assert_eq!(Session::parse(&octets).unwrap(), session);
    }

    /// Mutated offers are refused or answered; an answer fits its offer and is read back.
    #[test]
    fn mutations_are_survived(edits in prop::collection::vec(
        (any::<prop::sample::Index>(), 0_usize..4, prop_oneof![any::<u8>(), 32_u8..127]), 0..8)) {
        let mut octets = RICH.as_bytes().to_vec();
        for (at, cut, octet) in edits {
            let at = at.index(octets.len());
            let end = (at + cut).min(octets.len());
            octets.splice(at..end, [octet]);
        }
        if let Ok(offer) = Session::parse(&octets)
            && let Ok((reply, agreed)) = answer(&offer, &local(), ALL)
        {
            let read = Session::parse(&reply.to_bytes()).unwrap();
            prop_assert_eq!(&read, &reply);
            prop_assert_eq!(reply.media.len(), offer.media.len());
            prop_assert!([10, 20, 30, 40, 60].contains(&agreed.ptime_ms));
            let back = accept(&offer, &reply);
            prop_assert!(back.is_ok(), "{back:?}");
            let _ = offer_again(&reply, &local(), ALL);
        }
    }
}

/// Who answers may name other numbers for what it wants to receive, and send by ours; and who
/// names both laws of G.711 may send both.
#[test]
fn the_numbers_of_our_offer_stay_good_for_what_comes() {
    let narrow = Capabilities {
        codecs: &[Codec::Pcma, Codec::Pcmu],
        telephone_event: true,
    };
    let ours = offer(&local(), narrow);
    for (theirs, number, other_law) in [
        ("0 8 96|a=rtpmap:96 telephone-event/8000", 0, Some(8)),
        ("8 96|a=rtpmap:96 telephone-event/8000", 8, None),
    ] {
        let reply = offered(&format!("m=audio 4000 RTP/AVP {theirs}"));
        let agreed = accept(&ours, &reply).unwrap();
        assert_eq!(
            (agreed.payload_type, agreed.telephone_event),
            (number, Some(96))
        );
        let expected = Inbound {
            payload_type: number,
            telephone_event: Some(101),
            other_law,
        };
        assert_eq!(agreed.inbound, expected, "{theirs}");
    }
}

#[test]
fn events_of_another_clock_than_the_codecs_keep_theirs() {
    let reply = offered(
        "m=audio 4000 RTP/AVP 107 96|a=rtpmap:107 opus/48000/2|\
         a=rtpmap:96 telephone-event/8000",
    );
    let agreed = accept(&offer(&local(), ALL), &reply).unwrap();
    assert_eq!((agreed.codec, agreed.event_clock), (Codec::Opus, 8_000));
    assert_eq!(agreed.telephone_event, Some(96));
    assert_eq!(agreed.inbound.telephone_event, Some(101));
}
