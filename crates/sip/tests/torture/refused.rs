//! Messages that break the grammar or contradict themselves (RFC 4475 §3.1.2).

use super::{BAD, Case, DROPPED, NOTHING, Outcome, SERVED, VALID, bare, case, with_sdp};

const BAD_ONLY: &[u16] = &[400];

pub fn cases() -> Vec<Case> {
    [start_lines(), addresses(), numbers(), contradictions()]
        .into_iter()
        .flatten()
        .collect()
}

fn start_lines() -> Vec<Case> {
    let bad = |name, message| case(name, BAD, BAD_ONLY, message);
    let uri = "INVITE sip:anna@example.com SIP";
    vec![
        bad("ltgtruri", invite(uri, "INVITE <sip:anna@example.com> SIP")),
        bad(
            "lwsruri",
            invite(uri, "INVITE sip:anna@example.com; lr SIP"),
        ),
        bad("lwsstart", invite(uri, "INVITE  sip:anna@example.com  SIP")),
        bad(
            "escruri",
            invite(uri, "INVITE sip:anna@example.com?Route=%3Csip:b.org%3E SIP"),
        ),
        bad("trws", options("SIP/2.0\nVia", "SIP/2.0  \nVia")),
        case(
            "badvers",
            &[Outcome::Refused(505)],
            &[505],
            options("SIP/2.0", "SIP/6.1"),
        ),
        case("bigcode", DROPPED, NOTHING, bare(HUGE_STATUS)),
    ]
}

fn addresses() -> Vec<Case> {
    let bad = |name, message| case(name, BAD, BAD_ONLY, message);
    let spaces = "\"Berg, Anna\" < sip:anna@example.com >";
    vec![
        bad("badinv01", with_sdp(SEPARATORS)),
        bad("quotbal", invite("To: ", "To: \"Anna Berg ")),
        bad("regbadct", bare(BARE_CONTACT)),
        bad("badaspec", options("<sip:anna@example.com>", spaces)),
        bad("baddn", cut_off(options("From: ", "From: Berg, Anna "))),
        case(
            "badbranch",
            VALID,
            SERVED,
            options("z9hG4bKoptions", "z9hG4bK"),
        ),
    ]
}

fn numbers() -> Vec<Case> {
    let bad = |name, message| case(name, BAD, BAD_ONLY, message);
    let bad_date = &[Outcome::Valid, Outcome::Refused(400)];
    let date = "Date: Sat, 01 Jan 2011 17:00:00 EST\nMax-F";
    vec![
        bad("clerr", invite("{length}", "9999")),
        bad("ncl", invite("{length}", "-999")),
        bad("scalar02", bare(LARGE_NUMBERS)),
        case("scalarlg", DROPPED, NOTHING, bare(LARGE_NUMBERS_BACK)),
        case(
            "baddate",
            bad_date,
            &[400, 407, 401, 404, 480],
            invite("Max-F", date),
        ),
    ]
}

fn contradictions() -> Vec<Case> {
    let bad = |name, message| case(name, BAD, BAD_ONLY, message);
    let mismatch = &[Outcome::Refused(400), Outcome::Refused(501)];
    let other_method = invite("INVITE sip", "NEVERHEARD sip");
    vec![
        bad("mismatch01", options("62 OPTIONS", "62 INVITE")),
        case("mismatch02", mismatch, &[400, 501, 405], other_method),
        bad("insuf", with_sdp(WITHOUT_THE_REST)),
        bad(
            "multi01",
            with_sdp(&format!("{}{AGAIN}", INVITE.trim_end())),
        ),
        bad("mcl01", two_lengths()),
    ]
}

fn invite(part: &str, instead: &str) -> Vec<u8> {
    assert!(INVITE.contains(part), "{part}");
    with_sdp(&INVITE.replace(part, instead))
}

fn options(part: &str, instead: &str) -> Vec<u8> {
    assert!(OPTIONS.contains(part), "{part}");
    bare(&OPTIONS.replace(part, instead))
}

const INVITE: &str = "
INVITE sip:anna@example.com SIP/2.0
To: sip:anna@example.com
From: sip:berg@example.net;tag=62313
Max-Forwards: 70
Call-ID: plain.620ha0isnda
CSeq: 62 INVITE
Via: SIP/2.0/UDP 192.0.2.62;branch=z9hG4bKinvite
Contact: <sip:berg@host62.example.net>
Content-Type: application/sdp
Content-Length: {length}
";

const OPTIONS: &str = "
OPTIONS sip:anna@example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.62:5060;branch=z9hG4bKoptions
To: <sip:anna@example.com>
From: <sip:berg@example.net>;tag=62423
Call-ID: plain.62oicu34958
Accept: application/sdp
CSeq: 62 OPTIONS
Max-Forwards: 70
Content-Length: 0
";

/// §3.1.2.1: separators with nothing between them.
const SEPARATORS: &str = "
INVITE sip:anna@example.com SIP/2.0
To: sip:anna@example.com
From: sip:berg@example.net;tag=62134
Max-Forwards: 7
Call-ID: separators.62ha0isnda
CSeq: 62 INVITE
Via: SIP/2.0/UDP 192.0.2.62;;,;,,
Contact: \"Anna\" <sip:anna@example.org>;;;;
Content-Length: {length}
Content-Type: application/sdp
";

/// §3.1.2.4: numbers beyond their bounds in a request.
const LARGE_NUMBERS: &str = "
REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/TCP host62.example.com;branch=z9hG4bKlarge
To: <sip:anna@example.com>
From: <sip:anna@example.com>;tag=629232jh3
CSeq: 36893488147419103233 REGISTER
Call-ID: large.623o0pd9vanlq3w
Max-Forwards: 301
Expires: 100000000000000000000000000000000000000000000000000000000000000000000000
Contact: <sip:anna@host62.example.com>
  ;expires=290297596632815
Content-Length: 0
";

/// §3.1.2.5: and in a response.
const LARGE_NUMBERS_BACK: &str = "
SIP/2.0 503 Service Unavailable
Via: SIP/2.0/TCP host62.example.com;branch=z9hG4bKlargeback;received=192.0.2.62
To: <sip:anna@example.com>
From: <sip:berg@example.net>;tag=62asdjfejw
CSeq: 9292394834772304023313 OPTIONS
Call-ID: largeback.62noase0of0234hn
Retry-After: 949302838503028349304023989
Warning: 1812 overture \"In Progress\"
Content-Length: 0
";

/// §3.1.2.13: a URI with headers that is not in angle brackets.
const BARE_CONTACT: &str = "
REGISTER sip:example.com SIP/2.0
To: sip:anna@example.com
From: sip:anna@example.com;tag=62332
Max-Forwards: 70
Call-ID: brackets.62asrl3fdbv@10.0.0.62
CSeq: 1 REGISTER
Via: SIP/2.0/UDP 192.0.2.62:5060;branch=z9hG4bKbrackets
Contact: sip:anna@example.com?Route=%3Csip:sip.example.com%3E
l: 0
";

/// §3.1.2.15: the archive's copy also ends before its empty line.
fn cut_off(mut message: Vec<u8>) -> Vec<u8> {
    message.truncate(message.len() - 2);
    message
}

/// §3.1.2.19: a status beyond all numbers.
const HUGE_STATUS: &str = "
SIP/2.0 4294967496 much too much
Via: SIP/2.0/UDP 192.0.2.62;branch=z9hG4bK6298ndaoe
Call-ID: huge.62of3uj203asdnf
CSeq: 62494 INVITE
From: <sip:anna@example.com>;tag=62ansfi3
To: <sip:berg@example.edu>;tag=622jndnke3
Content-Length: 0
Contact: <sip:berg@host62.example.com>
";

/// §3.3.1: no Call-ID, From and To.
const WITHOUT_THE_REST: &str = "
INVITE sip:anna@example.com SIP/2.0
CSeq: 62942 INVITE
Via: SIP/2.0/UDP 192.0.2.62;branch=z9hG4bKfew
Content-Type: application/sdp
l: {length}
";

/// §3.3.8: what may be there once, a second time and different.
const AGAIN: &str = "
CSeq: 629 INVITE
Call-ID: another.6298asdh@192.0.2.2
To: sip:other@example.net
From: sip:berg@example.net;tag=622923420123
Contact: <sip:berg@host63.example.net>
Max-Forwards: 5
";

/// §3.3.9: two lengths, of which neither can be believed.
fn two_lengths() -> Vec<u8> {
    let head = OPTIONS.replace(
        "Max-F",
        "Content-Length: 13\nContent-Type: text/plain\nMax-F",
    );
    let mut message = bare(&head.replace("Length: 0", "Length: 5"));
    message.extend(b"Nobody knows how many of these octets count.\r\n");
    message
}
