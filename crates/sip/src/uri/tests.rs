use super::*;

#[test]
fn what_is_a_uri_is_read_and_written_back() {
    let check = |input: &str| {
        let uri = Uri::parse(input).unwrap_or_else(|| panic!("{input}"));
        assert_eq!(uri.to_string(), input);
        assert_eq!(Uri::parse(&uri.to_string()), Some(uri));
    };
    check("sip:user@example.com");
    check("sips:user:secret@example.com:5061;transport=tcp?subject=x&priority=urgent");
    check("sip:[2001:db8::10]:5070");
    check(
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    );
    check("sip:user;par=u%40example.net@example.com");
    check("sip:*98#@10.0.0.1");
    check("sip:%00%00@host5.example.com");
    check("tel:+1-201-555-0123;phone-context=example.com");
    check("soap.beep://192.0.2.103:3002");
    check("nobodyknowsthisscheme:totallyopaque");
}

#[test]
fn what_is_no_uri_is_refused() {
    for input in [
        "",
        "sip:",
        "sip:@host",
        "sip:a@",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@b c",
        "sip:%4@c",
        "<sip:a@b>",
        "sip:2001:db8::10",
        "sip:a@[2001:db8::10",
        "sip:a@b:0",
        "sip:a@b:65536",
        "sip:a@b:",
        "sip:a@127.1",
        "sip:a@1.2.3.4.5",
        "sip:a@b;",
        "sip:a@b;x;X",
        "sip:a@b;x=",
        "sip:a@b?",
        "sip:a@b\r\nVia: x",
        "sip:a@b;x=\u{e9}",
        "1x:rest",
        "x:",
        "sip:a@-b",
    ] {
        assert_eq!(Uri::parse(input), None, "{input}");
    }
}

#[test]
fn uris_are_compared_as_the_rfc_does() {
    let check = |one: &str, other: &str, expect: bool| {
        let (one, other) = (Uri::parse(one).unwrap(), Uri::parse(other).unwrap());
        assert_eq!(one.equivalent(&other), expect, "{one} {other}");
        assert_eq!(other.equivalent(&one), expect, "{other} {one}");
    };
    check(
        "sip:%61lice@atlanta.com;transport=TCP",
        "sip:alice@AtLanTa.CoM;Transport=tcp",
        true,
    );
    check(
        "sip:carol@chicago.com",
        "sip:carol@chicago.com;newparam=5",
        true,
    );
    check(
        "sip:a@b?subject=x&priority=y",
        "sip:a@b?priority=y&subject=x",
        true,
    );
    check("sip:ALICE@b", "sip:alice@b", false);
    check("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false);
    check(
        "sip:bob@biloxi.com",
        "sip:bob@biloxi.com;transport=udp",
        false,
    );
    check("sip:a@b;x=1", "sip:a@b;x=2", false);
    check("sips:a@b", "sip:a@b", false);
}

#[test]
fn a_third_colon_before_ipv4_is_forgiven() {
    let uri = |text| Uri::parse(text).unwrap();
    assert_eq!(
        uri("sip:u@[2001:db8:::192.0.2.1]"),
        uri("sip:u@[2001:db8::192.0.2.1]")
    );
    assert_eq!(Uri::parse("sip:u@[2001:::db8]"), None);
}

#[test]
fn a_user_given_plain_is_escaped() {
    let uri = SipUri::new(Some("a b@c%\r\n"), Host::Name("x".into()), None);
    assert_eq!(uri.to_string(), "sip:a%20b%40c%25%0D%0A@x");
    assert_eq!(Uri::Sip(uri).user().unwrap(), "a b@c%\r\n");
}

#[test]
fn headers_of_a_uri_are_read_escaped_or_not() {
    for text in [
        "sip:b@c?Replaces=1%40x%3Bto-tag%3D2%3Bfrom-tag%3D3",
        "sip:b@c?subject=x&%52eplaces=1@x;to-tag=2;from-tag=3",
    ] {
        let uri = Uri::parse(text).unwrap();
        let value = uri
            .as_sip()
            .unwrap()
            .header("replaces")
            .unwrap()
            .into_owned();
        assert_eq!(value, "1@x;to-tag=2;from-tag=3");
    }
}
