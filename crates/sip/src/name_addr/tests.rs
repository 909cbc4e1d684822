use super::*;

#[test]
fn addresses_are_read() {
    let check = |input: &str, expect: &str| {
        let address = NameAddr::parse(input).unwrap_or_else(|| panic!("{input}"));
        assert_eq!(address.to_string(), expect);
        assert_eq!(NameAddr::parse(expect), Some(address));
    };
    check("sip:a@b", "<sip:a@b>");
    check("sip:a@b ;  tag = x1n ", "<sip:a@b>;tag=x1n");
    check("caller<sip:a@b;lr>;tag=1", "\"caller\" <sip:a@b;lr>;tag=1");
    check("A. Berg  <sip:a@b>", "\"A. Berg\" <sip:a@b>");
    check(r#""Berg \\\"" <sip:a@b>"#, r#""Berg \\\"" <sip:a@b>"#);
    check("\"Zoë, \" <sip:a@b>", "\"Zoë, \" <sip:a@b>");
    check("\"%Z%45\" <sip:a@b>", "\"%Z%45\" <sip:a@b>");
    check("\"\" <sip:a@b>", "<sip:a@b>");
    check(
        "<sip:a@b?Route=%3Csip:c%3E>;+sip.instance=\"<urn:x>\"",
        "<sip:a@b?Route=%3Csip:c%3E>;+sip.instance=\"<urn:x>\"",
    );
    check("<name:John_Smith>", "<name:John_Smith>");
}

#[test]
fn broken_addresses_are_refused() {
    for input in [
        "",
        "<sip:a@b",
        "sip:a@b>",
        "< sip:a@b >",
        "Bell, Al <sip:a@b>",
        "\"open <sip:a@b>",
        "\"x\" sip:a@b",
        "sip:a@b?x=y",
        "<sip:a@b>;;",
        "<sip:a@b>;tag=1;TAG=2",
        "<sip:a@b> x",
        "<sip:a@b>;=x",
        "*",
    ] {
        assert_eq!(NameAddr::parse(input), None, "{input}");
    }
}
