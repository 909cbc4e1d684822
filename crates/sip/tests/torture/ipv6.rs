//! IPv6 in SIP (RFC 5118 §4).

use super::{BAD, Case, REGISTERED, SERVED, VALID, bare, case, with_sdp};

pub fn cases() -> Vec<Case> {
    let no_dialog = &[481, 407, 401];
    let register = |uri: &str| bare(&REGISTER.replace("{uri}", uri));
    let received = |value: &str| {
        let options = OPTIONS.replace("{uri}", "sip:[2001:db8::60]");
        bare(&options.replace(
            "SIP/2.0/UDP 192.0.2.64",
            &format!("SIP/2.0/UDP [2001:db8::9:1];received={value}"),
        ))
    };
    let colons = |host: &str| bare(&OPTIONS.replace("{uri}", &format!("sip:anna@{host}")));
    vec![
        case("ipv6-good", VALID, REGISTERED, register("sip:[2001:db8::60]")),
        case("ipv6-bad", BAD, &[400], register("sip:2001:db8::60")),
        case("port-ambiguous", VALID, REGISTERED, register("sip:[2001:db8::60:5070]")),
        case("port-unambiguous", VALID, REGISTERED, register("sip:[2001:db8::60]:5070")),
        case("via-received-param-with-delim", VALID, no_dialog, bare(&BYE.replace("{received}", "[2001:db8::9:255]"))),
        case("via-received-param-no-delim", VALID, SERVED, received("2001:db8::9:255")),
        case("ipv6-in-sdp", VALID, SERVED, with_sdp(INVITE)),
        case("mult-ip-in-header", VALID, no_dialog, bare(&BYE.replace("{received}", "[2001:db8::9:255]").replace("To:", "Via: SIP/2.0/UDP 192.0.2.64;branch=z9hG4bKsecond\nVia: SIP/2.0/TCP [2001:db8::9:25];branch=z9hG4bKthird;received=192.0.2.65\nTo:"))),
        case("mult-ip-in-sdp", VALID, SERVED, with_sdp(INVITE)),
        case("ipv4-mapped-ipv6", VALID, SERVED, with_sdp(&INVITE.replace("2001:db8::9:1", "::ffff:192.0.2.64").replace("[2001:db8::64]", "[::ffff:192.0.2.65]:19823"))),
        case("ipv6-bug-abnf-3-colons", VALID, SERVED, colons("[2001:db8:::192.0.2.60]")),
        case("ipv6-correct-abnf-2-colons", VALID, SERVED, colons("[2001:db8::192.0.2.60]")),
    ]
}

/// §4.1 to §4.4: addresses with and without brackets, and where the port begins.
const REGISTER: &str = "
REGISTER {uri} SIP/2.0
To: sip:anna@example.com
From: sip:anna@example.com;tag=64x2
Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKregister
Call-ID: SSG64559905@hlau_4100
Max-Forwards: 70
Contact: \"Anna\" <sip:anna@[2001:db8::64]>
CSeq: 648176 REGISTER
Content-Length: 0
";

/// §4.5 and §4.10: brackets around `received`; two and three colons before IPv4.
const OPTIONS: &str = "
OPTIONS {uri} SIP/2.0
To: sip:anna@example.com
From: sip:berg@example.com;tag=6410x2
Via: SIP/2.0/UDP 192.0.2.64;branch=z9hG4bKcolons
Call-ID: G6455990552@hlau_4100
CSeq: 64 OPTIONS
Max-Forwards: 70
Content-Length: 0
";

/// §4.5 and §4.7: a dialog that nobody has, over hops of both families.
const BYE: &str = "
BYE sip:[2001:db8::60] SIP/2.0
Via: SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKbye
To: sip:anna@example.com;tag=bd64ya
From: sip:berg@example.com;tag=64x2
Call-ID: SSG64559905bye@hlau_4100
Max-Forwards: 70
CSeq: 64 BYE
Content-Length: 0
";

/// §4.6, §4.8 and §4.9: addresses in a session and in its headers.
const INVITE: &str = "
INVITE sip:anna@[2001:db8::60] SIP/2.0
To: sip:anna@[2001:db8::60]
From: sip:berg@example.com;tag=64x2
Via: SIP/2.0/UDP [2001:db8::64];branch=z9hG4bKinvite6
Call-ID: SSG64559905invite@hlau_4100
Contact: \"Berg\" <sip:berg@[2001:db8::9:1]>
Max-Forwards: 70
CSeq: 648612 INVITE
Content-Type: application/sdp
Content-Length: {length}
";
