use super::*;

fn code<T>(result: Result<T, Invalid>) -> &'static str {
    result.map_or_else(|error| error.code, |_| "ok")
}

#[test]
fn extensions_are_two_to_fifteen_digits() {
    for (text, expect) in [
        ("201", "ok"),
        (" 201 ", "ok"),
        ("2", "invalid"),
        ("1234567890123456", "invalid"),
        ("20a", "invalid"),
        ("", "required"),
        ("٢٠١", "invalid"),
    ] {
        assert_eq!(code(Extension::parse(text)), expect, "{text:?}");
    }
}

#[test]
fn account_names_are_dns_labels() {
    for (text, expect) in [
        ("Acme", "ok"),
        ("a-b", "ok"),
        ("-a", "invalid"),
        ("a.b", "invalid"),
        ("", "required"),
    ] {
        assert_eq!(code(AccountName::parse(text)), expect, "{text:?}");
    }
    assert_eq!(
        AccountName::parse("Acme").map(|n| n.to_string()),
        Ok("acme".into())
    );
}

#[test]
fn emails_have_a_local_part_and_a_domain() {
    for (text, expect) in [
        ("A@Example.com", "ok"),
        ("a@b", "ok"),
        ("a@", "invalid"),
        ("@b", "invalid"),
        ("a b@c.d", "invalid"),
        ("a\r\n@c.d", "invalid"),
        ("a@c..d", "invalid"),
    ] {
        assert_eq!(code(Email::parse(text)), expect, "{text:?}");
    }
}

#[test]
fn names_hold_no_control_characters() {
    assert_eq!(code(DisplayName::parse("山田 太郎")), "ok");
    assert_eq!(code(DisplayName::parse("a\r\nVia: x")), "invalid");
    assert_eq!(code(DisplayName::parse("a\u{202E}b")), "invalid");
    assert_eq!(code(DisplayName::parse(&"x".repeat(101))), "too_long");
}

#[test]
fn mac_addresses_fold_to_bare_hex() {
    assert_eq!(
        MacAddress::parse("00:15:65:AA:BB:CC").map(|m| m.to_string()),
        Ok("001565aabbcc".into())
    );
    assert_eq!(code(MacAddress::parse("00:15:65:AA:BB")), "invalid");
}
