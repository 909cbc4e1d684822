use super::*;

#[test]
fn cursors_go_over_the_wire_and_back() {
    for key in [
        SortKey::Number(i64::MIN),
        SortKey::Number(0),
        SortKey::Text(String::new()),
        SortKey::Text("Grüße \u{0}\n\"%".to_owned()),
    ] {
        let cursor = Cursor {
            key,
            id: Uuid::from_u128(42),
        };
        let text = cursor.to_string();
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "{text}"
        );
        assert_eq!(text.parse(), Ok(cursor));
    }
}

#[test]
fn what_is_no_cursor_is_refused() {
    let id = "0".repeat(32);
    for text in [
        String::new(),
        "x".to_owned(),
        id.clone(),
        format!("{id}n"),
        format!("{id}n1x"),
        format!("{id}t0"),
        format!("{id}tzz"),
        format!("{id}tff"),
        format!("{id}é"),
        format!("{id}t{}", "00".repeat(2000)),
    ] {
        assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
    }
}

#[test]
fn a_part_is_searched_for_as_it_is() {
    for (text, expect) in [("Ab", "%ab%"), ("50%_\\", "%50\\%\\_\\\\%"), ("", "%%")] {
        assert_eq!(like_part(text), expect);
    }
}
