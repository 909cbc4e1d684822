use super::*;

#[test]
fn lists_are_split_outside_quotes_and_brackets() {
    let check = |input: &str, expect: Option<&[&str]>| {
        assert_eq!(list(input).as_deref(), expect, "{input}");
    };
    check("a, b ,c", Some(&["a", "b", "c"]));
    check(
        r#""x, \"y" <sip:a>, <sip:b,c>"#,
        Some(&[r#""x, \"y" <sip:a>"#, "<sip:b,c>"]),
    );
    check("a,,b", None);
    check("", None);
    check(r#""open"#, None);
    check("<open", None);
}

#[test]
fn quoted_strings_lose_escapes_and_control_characters() {
    let check = |input: &str, expect: Option<(&str, &str)>| {
        let got = quoted(input);
        assert_eq!(
            got.as_ref()
                .map(|(content, rest)| (content.as_str(), *rest)),
            expect
        );
    };
    check(r#""a\"b\\" rest"#, Some((r#"a"b\"#, " rest")));
    check("\"BEL\\\u{7} NUL\\\0\"", Some(("BEL NUL", "")));
    check(r#""open"#, None);
    check("plain", None);
}

#[test]
fn escapes_are_undone_once_and_written_back() {
    assert_eq!(unescape("%6C%72;n%2541%zz"), "lr;n%41%zz");
    assert_eq!(unescape("%E9"), "é");
    assert_eq!(
        escape("a b#é", |byte| byte.is_ascii_alphanumeric()),
        "a%20b%23%C3%A9"
    );
    assert!(is_escaped("a%2f", |byte| byte.is_ascii_alphanumeric()));
    assert!(!is_escaped("a%2", |byte| byte.is_ascii_alphanumeric()));
}

#[test]
fn numbers_saturate() {
    assert_eq!(saturating_number("00068"), Some(68));
    assert_eq!(saturating_number(&"9".repeat(100)), Some(u32::MAX));
    assert_eq!(saturating_number("-1"), None);
    assert_eq!(saturating_number(""), None);
}
