use super::*;

fn flow(peer: &str) -> Flow {
    Flow {
        transport: Transport::Udp,
        local: "127.0.0.1:5060".parse().unwrap(),
        peer: peer.parse().unwrap(),
        connection: 0,
    }
}

#[test]
fn hops_are_read() {
    let check = |input: &str, expect: &str| {
        let via = Via::parse(input).unwrap_or_else(|| panic!("{input}"));
        assert_eq!(via.to_string(), expect);
        assert_eq!(Via::parse(expect), Some(via));
    };
    check(
        "SIP/2.0/UDP a.b:5060;branch=z9hG4bK1",
        "SIP/2.0/UDP a.b:5060;branch=z9hG4bK1",
    );
    check(
        "SIP  / 2.0  / tcp     spindle.example.com   ; branch  =   z9 ;rport",
        "SIP/2.0/TCP spindle.example.com;branch=z9;rport",
    );
    check(
        "SIP/2.0/UDP a : 5061 ;branch=x",
        "SIP/2.0/UDP a:5061;branch=x",
    );
    check(
        "SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255]",
        "SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255]",
    );
    for input in [
        "",
        "SIP/2.0/UDP",
        "SIP/7.0/UDP a",
        "SIP/2.0/UDP a;;",
        "SIP/2.0/UDP a b",
        "HTTP/2.0/UDP a",
        "SIP/2.0/U:D a",
    ] {
        assert_eq!(Via::parse(input), None, "{input}");
    }
}

#[test]
fn received_is_read_with_and_without_brackets() {
    for text in ["[2001:db8::9:255]", "2001:db8::9:255"] {
        let via = Via::parse(&format!("SIP/2.0/UDP a;received={text}")).unwrap();
        assert_eq!(via.received(), "2001:db8::9:255".parse().ok(), "{text}");
    }
}

#[test]
fn the_source_is_noted_and_the_reply_goes_back_to_it() {
    let check = |via: &str, source: &str, noted: &str, reply: &str| {
        let flow = flow(source);
        let mut via = Via::parse(via).unwrap();
        via.note_source(&flow);
        assert_eq!(via.to_string(), noted);
        assert_eq!(via.reply_flow(&flow).peer, reply.parse().unwrap());
    };
    check(
        "SIP/2.0/UDP 10.0.0.1;branch=z",
        "10.0.0.1:777",
        "SIP/2.0/UDP 10.0.0.1;branch=z",
        "10.0.0.1:5060",
    );
    check(
        "SIP/2.0/UDP 10.0.0.1:99;rport",
        "10.0.0.2:777",
        "SIP/2.0/UDP 10.0.0.1:99;rport=777;received=10.0.0.2",
        "10.0.0.2:777",
    );
    check(
        "SIP/2.0/UDP x.org:99;received=6.6.6.6;maddr=6.6.6.6",
        "10.0.0.2:777",
        "SIP/2.0/UDP x.org:99;maddr=6.6.6.6;received=10.0.0.2",
        "10.0.0.2:99",
    );
}
