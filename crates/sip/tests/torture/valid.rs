//! Well-formed messages (RFC 4475 §3.1.1).

use super::{Case, NOTHING, Outcome, REGISTERED, SERVED, VALID, bare, case, with_sdp};

pub fn cases() -> Vec<Case> {
    let unknown_method = &[Outcome::Refused(501), Outcome::Refused(405)];
    let not_served = &[501, 405, 401, 407];
    vec![
        case("wsinv", VALID, SERVED, with_sdp(SPACES)),
        case(
            "intmeth",
            unknown_method,
            not_served,
            STRANGE_METHOD.to_vec(),
        ),
        case("esc01", VALID, SERVED, with_sdp(ESCAPES)),
        case("escnull", VALID, REGISTERED, bare(ESCAPED_NULL)),
        case("esc02", unknown_method, not_served, bare(ESCAPE_IN_METHOD)),
        case("lwsdisp", VALID, SERVED, bare(NO_SPACE)),
        case("longreq", VALID, SERVED, with_sdp(&long_values())),
        case("dblreq", VALID, REGISTERED, two_in_one()),
        case("semiuri", VALID, SERVED, bare(SEMICOLON_IN_USER)),
        case("transports", VALID, SERVED, bare(TRANSPORTS)),
        case(
            "mpart01",
            &[Outcome::Refused(405)],
            &[405, 415, 401, 407],
            two_parts(),
        ),
        case("unreason", VALID, NOTHING, with_sdp(REASON_OF_LETTERS)),
        case("noreason", VALID, NOTHING, bare(NO_REASON)),
    ]
}

/// §3.1.1.1: folding, white space and case wherever they are legal.
const SPACES: &str = r#"
INVITE sip:berg@chair.example.com;unheardof SIP/2.0
TO :
 sip:berg@chair.example.com ;   tag    = 77120901n
from   : "A Berg \\\""       <sip:anna@example.com>
  ;
  tag = 11fge2
MaX-fOrWaRdS: 0055
Call-ID: spaced.kq1@192.0.2.60
Content-Length   : {length}
cseq: 0012
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.60;branch=771kdw
s :
NewHeader:   a value
 that goes on
HeaderOfDelimiters: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:edge.example.com;lr;with=value;without>
v:  SIP  / 2.0  / TCP     second.example.com   ;
  branch  =   z9hG4bK71jk  ,
 SIP  /    2.0   / UDP  192.168.60.1   ; branch=
 z9hG4bK61200
m:"A quote \"\"" <sip:anna@example.com> ; unheardof =
      value ;
  second ; q = 0.61
"#;

/// §3.1.1.2: every character that a token, a user or a quoted string may have.
const STRANGE_METHOD: &[u8] = b"!strange-Method0123456789_*+`.%ok'~ \
    sip:2_odd.User~(may-be!so)&isn't+it$/mad?,/;;*:&it+has=2,odd!*pass$wo~rd_too.(isn't-it)\
    @example.com SIP/2.0\r\n\
    Via: SIP/2.0/TCP host6.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n\
    To: \"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f\" \
    <sip:2_odd.User~(may-be!so)&isn't+it$/mad?,/;;*@example.com>\r\n\
    From: word1~` word2'+_ word3*%!.- <sip:plain@example.com>\
    ;param''~+*_!.-%=\"\xd1\x8f\xd1\x85\xd1\x82\";tag=_word~1'+`*%!-.\r\n\
    Call-ID: strange.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\n\
    CSeq: 119122385 !strange-Method0123456789_*+`.%ok'~\r\n\
    Max-Forwards: 255\r\n\
    strangeHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7\r\n\
    Content-Length: 0\r\n\r\n";

/// §3.1.1.3: escapes that mean something only once undone.
const ESCAPES: &str = "
INVITE sip:sips%3Aanna%40example.com@example.net SIP/2.0
To: sip:%61nn%61@example.com
From: <sip:with%20a%20space@example.net>;tag=613
Max-Forwards: 61
i: escapes.6100asdf
CSeq: 61234 INVITE
Via: SIP/2.0/UDP host61.example.net;branch=z9hG4bKescapes
C: application/sdp
Contact:
  <sip:b%65rg@host61.example.net;%6C%72;p%61ram=v%61lue%25%36%31>
Content-Length: {length}
";

/// §3.1.1.4: an escaped zero is a character like any other.
const ESCAPED_NULL: &str = "
REGISTER sip:example.com SIP/2.0
To: sip:zero-%00-zero@example.com
From: sip:zero-%00-zero@example.com;tag=610923
Max-Forwards: 70
Call-ID: zero.61ndfvkjdas
CSeq: 61398234 REGISTER
Via: SIP/2.0/UDP host61.example.com;branch=z9hG4bKzero
Contact: <sip:%00@host61.example.com>
Contact: <sip:%00%00@host61.example.com>
L:0
";

/// §3.1.1.5: percent signs that are no escapes: the method is not REGISTER, the header not
/// Contact.
const ESCAPE_IN_METHOD: &str = r#"
RE%47I%53TER sip:registrar.example.com SIP/2.0
To: "%Q%41" <sip:printer@example.com>
From: "%Q%41" <sip:printer@example.com>;tag=f61jadfj
Call-ID: percent.61fnqwo34
Via: SIP/2.0/TCP host.example.com;branch=z9hG4bK610%fznel
CSeq: 61344 RE%47I%53TER
Max-Forwards: 70
Contact: <sip:one@host1.example.com>
C%6Fntact: <sip:two@host2.example.com>
Contact: <sip:three@host3.example.com>
l: 0
"#;

/// §3.1.1.6: a display name directly before its URI.
const NO_SPACE: &str = "
OPTIONS sip:anna@example.com SIP/2.0
To: sip:anna@example.com
From: berg<sip:berg@example.com>;tag=61
Max-Forwards: 70
Call-ID: nospace.61@odd.example.com
CSeq: 61 OPTIONS
Via: SIP/2.0/UDP odd.example.com;branch=z9hG4bKnospace
l: 0
";

/// §3.1.1.7: long values, and 34 hops, which name their header in every way.
fn long_values() -> String {
    let long = |word: &str| word.repeat(20);
    let names = [
        "Via", "v", "V", "ViA", "VIa", "VIA", "via", "viA", "V :", "v :", "Via  :",
    ];
    let hop = |number: usize| {
        let name = names[number % names.len()];
        let colon = if name.ends_with(':') { "" } else { ":" };
        format!("{name}{colon} SIP/2.0/TCP hop{number}.example.com\n")
    };
    let hops: String = (1..34).rev().map(hop).collect();
    format!(
        "INVITE sip:anna@example.com SIP/2.0\n\
         To: \"A name of {display} size\"<sip:anna@example.com:6000;{name}={value};{name}more>\n\
         F: sip:{user}@example.net;tag={tag};{name}h={value};{name}i=\"{value}\";{name}j\n\
         Call-ID: long.{user}\nCSeq: 613882 INVITE\n\
         Never-{name}-Name: never-{value}; never-{name}-param = {value}\n{hops}\
         Via: SIP/2.0/TCP host.example.com;received=192.0.2.61;branch=very{user}branch\n\
         Max-Forwards: 70\nContact: <sip:{user}@host61.example.net>\n\
         Content-Type: application/sdp\nl: {{length}}\n",
        display = long("giant"),
        name = long("name"),
        value = long("long"),
        user = long("ample"),
        tag = long("6129"),
    )
}

/// §3.1.1.8: what stands behind the end of a message in a datagram is no message.
fn two_in_one() -> Vec<u8> {
    let first = bare(
        "
REGISTER sip:example.com SIP/2.0
To: sip:anna@example.com
From: sip:anna@example.com;tag=61251
Max-Forwards: 8
I: double.610ha0isnda
Contact: sip:anna@host.example.com
CSeq: 61 REGISTER
Via: SIP/2.0/UDP 192.0.2.61;branch=z9hG4bKdouble1
Content-Length: 0
",
    );
    let second = with_sdp(
        "
INVITE sip:berg@example.com SIP/2.0
t: sip:berg@example.com
From: sip:anna@example.net;tag=611334
Max-Forwards: 8
Call-ID: double.61isnda977644900765@192.0.2.61
CSeq: 61 INVITE
Via: SIP/2.0/UDP 192.0.2.61;branch=z9hG4bKdouble2
Content-Type: application/sdp
Content-Length: {length}
",
    );
    [first, b"\r\n".to_vec(), second].concat()
}

/// §3.1.1.9: a semicolon in the user part is part of the user.
const SEMICOLON_IN_USER: &str = "
OPTIONS sip:berg;with=b%40example.net@example.com SIP/2.0
To: sip:b_berg@example.com
From: sip:anna@example.org;tag=61242
Max-Forwards: 3
Call-ID: semicolon.61ha0isndaksdj
CSeq: 61 OPTIONS
Accept: application/sdp, application/pkcs7-mime,
        multipart/mixed, multipart/signed,
        message/sip, message/sipfrag
Via: SIP/2.0/UDP 192.0.2.61;branch=z9hG4bKsemicolon
l: 0
";

/// §3.1.1.10: hops over transports never heard of.
const TRANSPORTS: &str = "
OPTIONS sip:anna@example.com SIP/2.0
To: sip:anna@example.com
From: <sip:berg@example.com>;tag=61323
Max-Forwards: 70
Call-ID:  hops.61jh4akdnaqjkw
Accept: application/sdp
CSeq: 61 OPTIONS
Via: SIP/2.0/UDP h1.example.com;branch=z9hG4bKhop1
Via: SIP/2.0/SCTP h2.example.com;branch=z9hG4bKhop2
Via: SIP/2.0/TLS h3.example.com;branch=z9hG4bKhop3
Via: SIP/2.0/NEVERHEARD h4.example.com;branch=z9hG4bKhop4
Via: SIP/2.0/TCP h5.example.com;branch=z9hG4bKhop5
l: 0
";

/// §3.1.1.11: a body of two parts, one of them binary.
fn two_parts() -> Vec<u8> {
    let body = b"--border61\r\nContent-Type: text/plain\r\n\r\nGood day\r\n--border61\r\n\
        Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n\
        0\x82\x01\x00\r\x0a\x00\xff\xfe\x80\r\n--border61--\r\n";
    let mut message = bare(&format!(
        "
MESSAGE sip:anna@example.org SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-61-parts-1;rport
Max-Forwards: 70
Route: <sip:127.0.0.1:5080>
Contact: <sip:berg@127.0.0.1:5070>
To: <sip:anna@example.org>
From: <sip:berg@example.com>;tag=61b0dcc9
Call-ID: 61parts85ad0c49@Zmx1ZmZ5LW1hYw..
CSeq: 1 MESSAGE
Content-Transfer-Encoding: binary
Content-Type: multipart/mixed;boundary=border61
Date: Sat, 15 Oct 2005 04:44:56 GMT
Content-Length: {}
",
        body.len()
    ));
    message.extend(body);
    message
}

/// §3.1.1.12: a reason phrase of letters beyond ASCII and of signs.
const REASON_OF_LETTERS: &str = "
SIP/2.0 200 = 2**3 * 5**2 двести - легко
Via: SIP/2.0/UDP 192.0.2.61;branch=z9hG4bK6124923
Call-ID: letters.61ksdfak3j2erwedfsASdf
CSeq: 61 INVITE
From: sip:anna@example.com;tag=61141343
To: sip:berg@example.edu;tag=6129
Content-Length: {length}
Content-Type: application/sdp
Contact: <sip:berg@host61.example.com>
";

/// §3.1.1.13: an empty reason phrase.
const NO_REASON: &str = "
SIP/2.0 100\x20
Via: SIP/2.0/UDP 192.0.2.61;branch=z9hG4bK6198ndaoe
Call-ID: empty.61ndj203insdf99223ndf
CSeq: 61 INVITE
From: <sip:anna@example.com>;tag=61ansfi3
To: <sip:berg@example.edu>;tag=612jndnke3
Content-Length: 0
Contact: <sip:berg@host61.example.com>
";
