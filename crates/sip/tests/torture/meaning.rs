//! Well-formed messages that say something impossible or unusual (RFC 4475 §3.3, §3.4), and
//! one that the archive has without describing it.

use super::{Case, DROPPED, NOTHING, Outcome, REGISTERED, SERVED, VALID, bare, case, with_sdp};

pub fn cases() -> Vec<Case> {
    let scheme = &[Outcome::Refused(416)];
    let unknown_scheme = &[416, 401, 407];
    let extension = &[Outcome::Refused(420)];
    let media = &[Outcome::Refused(415)];
    let accept = &[Outcome::Refused(406)];
    let hops = &[Outcome::Refused(483), Outcome::Valid];
    vec![
        case(
            "unkscm",
            scheme,
            unknown_scheme,
            bare(&OPTIONS.replace("{uri}", "neverheardof:nothingtosee")),
        ),
        case(
            "novelsc",
            scheme,
            unknown_scheme,
            bare(&OPTIONS.replace("{uri}", "soap.beep://192.0.2.63:3002")),
        ),
        case("unksm2", VALID, &[401, 404, 416, 400], bare(OTHER_SCHEMES)),
        case("bext01", extension, &[420, 401, 407], bare(REQUIRES)),
        case("invut", media, &[415, 401, 407], other_media()),
        case("regaut01", VALID, REGISTERED, bare(OTHER_AUTHORIZATION)),
        case("bcast", VALID, NOTHING, with_sdp(BROADCAST)),
        case(
            "zeromf",
            hops,
            &[483, 200, 401, 407, 404],
            bare(&plain_options("0")),
        ),
        case(
            "cparam01",
            VALID,
            REGISTERED,
            bare(&REGISTER.replace("{contact}", "sip:+61725552222@gw1.example.net;neverheardof")),
        ),
        case(
            "cparam02",
            VALID,
            REGISTERED,
            bare(&REGISTER.replace(
                "{contact}",
                "<sip:+61725552222@gw1.example.net;neverheardof>",
            )),
        ),
        case(
            "regescrt",
            VALID,
            REGISTERED,
            bare(&REGISTER.replace(
                "{contact}",
                "<sip:anna@example.com?Route=%3Csip:sip.example.com%3E>",
            )),
        ),
        case("sdp01", accept, &[406, 401, 407], with_sdp(ACCEPTS_NOTHING)),
        case("inv2543", VALID, SERVED, with_sdp(OLD_INVITE)),
        case("test", DROPPED, NOTHING, NO_SIP.to_vec()),
    ]
}

fn plain_options(max_forwards: &str) -> String {
    let options = OPTIONS.replace("{uri}", "sip:anna@example.com");
    options.replace("Max-Forwards: 3", &format!("Max-Forwards: {max_forwards}"))
}

/// §3.3.2 and §3.3.3 with a scheme of nobody's, §3.3.11 with no hops left.
const OPTIONS: &str = "
OPTIONS {uri} SIP/2.0
To: sip:anna@example.com
From: sip:berg@example.net;tag=63384
Max-Forwards: 3
Call-ID: scheme.63fasdfasser0q
CSeq: 63423 OPTIONS
Via: SIP/2.0/UDP host63.example.com;branch=z9hG4bKscheme
Content-Length: 0
";

/// §3.4.1 and §3.4.2, §3.1.2.14: parameters of the header and of the URI; a URI with headers.
const REGISTER: &str = "
REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP saturn.example.com:5060;branch=z9hG4bKcontact
Max-Forwards: 70
From: sip:anna@example.com;tag=63DkfVgjk
To: sip:anna@example.com
Call-ID: contact.6370710@saturn.example.com
CSeq: 63 REGISTER
Contact: {contact}
l: 0
";

/// §3.3.4: an address of record and a Contact that are no SIP.
const OTHER_SCHEMES: &str = "
REGISTER sip:example.com SIP/2.0
To: isbn:6383792873
From: <http://www.example.com>;tag=633234
Call-ID: schemes.63daksdj@hyphenated-host.example.com
CSeq: 634902 REGISTER
Max-Forwards: 70
Via: SIP/2.0/UDP 192.0.2.63:5060;branch=z9hG4bKschemes
Contact: <name:Anna_Berg>
l: 0
";

/// §3.3.5: extensions that nobody supports, required of the receiver and of proxies.
const REQUIRES: &str = "
OPTIONS sip:anna@example.com SIP/2.0
To: sip:anna_b@example.com
From: sip:berg@example.net;tag=63etr
Max-Forwards: 6
Call-ID: requires.63ha0isndaksdj
Require: nobodyHasThis, nobodyHasThatEither
Proxy-Require: noProxyHasThis, norThat
CSeq: 63 OPTIONS
Via: SIP/2.0/TLS host63.example.com;branch=z9hG4bKrequires
Content-Length: 0
";

/// §3.3.6: a body of a type that nobody understands.
fn other_media() -> Vec<u8> {
    let body = b"<sound>\r\n <opus port=\"443\"/>\r\n</sound>\r\n";
    let mut message = bare(&format!(
        "
INVITE sip:anna@example.com SIP/2.0
Contact: <sip:berg@host63.example.net>
To: sip:anna@example.com
From: sip:berg@example.net;tag=6392034
Max-Forwards: 70
Call-ID: media.63ha0isndaksdjadsfij34n23d
CSeq: 635448 INVITE
Via: SIP/2.0/UDP somehost.example.com;branch=z9hG4bKmedia
Content-Type: application/neverheardof
Content-Length: {}
",
        body.len()
    ));
    message.extend(body);
    message
}

/// §3.3.7: an authorization of a scheme that nobody knows is none.
const OTHER_AUTHORIZATION: &str = "
REGISTER sip:example.com SIP/2.0
To: sip:anna@example.com
From: sip:anna@example.com;tag=6321hj23128
Max-Forwards: 8
Call-ID: authorization.63ha0isndaksdj
CSeq: 639338 REGISTER
Via: SIP/2.0/TCP 192.0.2.63;branch=z9hG4bKauthorization
Authorization: NobodyKnowsThis secret=none
Content-Length:0
";

/// §3.3.10: a response that would have to be sent on to everybody.
const BROADCAST: &str = "
SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.63;branch=z9hG4bK6324923
Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK6saber23
Call-ID: everybody.63384840201234ksdfak3j2
CSeq: 63 INVITE
From: sip:anna@example.com;tag=63141343
To: sip:berg@example.edu;tag=6329
Content-Length: {length}
Content-Type: application/sdp
Contact: <sip:berg@host63.example.com>
";

/// §3.3.15: an offer from somebody who will not read the answer.
const ACCEPTS_NOTHING: &str = "
INVITE sip:anna@example.com SIP/2.0
To: sip:anna@example.com
Contact: <sip:berg@host63.example.net>
From: sip:berg@example.net;tag=63234
Max-Forwards: 5
Call-ID: accepts.63aksdj9342dasdd
Accept: text/neverheardof
CSeq: 63 INVITE
Via: SIP/2.0/UDP 192.0.2.63;branch=z9hG4bKaccepts
Content-Length: {length}
Content-Type: application/sdp
";

/// §3.4.1: an INVITE as it was before RFC 3261: no branch, no tag, no Contact, no
/// Max-Forwards, no Content-Length.
const OLD_INVITE: &str = "
INVITE sip:AnnaB@example.com SIP/2.0
Via: SIP/2.0/UDP gw63.example.com
From: <sip:+63035551111@in.example.net;user=phone>
Record-Route: <sip:AnnaB@example.com;maddr=ss1.example.com>
To: sip:+63505552222@ss1.example.net;user=phone
Call-ID: old.631717@in.example.com
CSeq: 63 INVITE
Content-Type: application/sdp
";

/// No version, no Via, a line without a colon: nothing could be answered, nobody knows whom.
const NO_SIP: &[u8] = b"INVITE sip:anna@example.com\r\nTO : anna@example.com\r\n\
    From: berg@example.com\r\nMaX-fOrWaRdS: 0063\r\nCall-ID: nosip.63ha0isndaksdj@192.0.2.63\r\n\
    Xyzzy: 63\r\nFoobar roobar\r\nContent-Length: 18\r\nContent-Type: application/sdp\r\n\r\n\
    v=0\r\ntesting=456\r\n";
