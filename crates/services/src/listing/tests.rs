use super::*;

const SORTS: &[&str] = &["name", "size"];

fn query(limit: i64, cursor: Option<String>, sort: &str) -> ListQuery {
    ListQuery {
        limit: Some(limit),
        cursor,
        sort: Some(sort.into()),
        q: None,
    }
}

/// All pages of the list one after the other.
fn walk(rows: &[(&str, u32)], sort: &str, limit: i64) -> Vec<u32> {
    let mut cursor = None;
    let mut seen = Vec::new();
    loop {
        let listing = Listing::read(&query(limit, cursor, sort), SORTS).unwrap();
        let key = |row: &(&str, u32)| row.0.to_owned();
        let page = listing.page(rows.to_vec(), key, |row| format!("{:03}", row.1));
        assert_eq!(page.total, rows.len() as u64);
        assert!(page.items.len() as i64 <= limit);
        seen.extend(page.items.iter().map(|row| row.1));
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
    }
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let rows = [("b", 2), ("a", 1), ("b", 3), ("c", 4), ("a", 5)];
    for limit in 1..=6 {
        assert_eq!(walk(&rows, "name", limit), [1, 5, 2, 3, 4]);
        assert_eq!(walk(&rows, "-name", limit), [4, 3, 2, 5, 1]);
    }
    assert_eq!(walk(&[], "name", 1), [0; 0]);
}

#[test]
fn bad_queries_name_their_field() {
    let field = |result: Result<Listing, Error>| match result.unwrap_err() {
        Error::Invalid(fields) => fields[0].field.clone(),
        other => panic!("{other:?}"),
    };
    for limit in [0, -1, 501, i64::MAX] {
        assert_eq!(
            field(Listing::read(&query(limit, None, ""), SORTS)),
            "limit"
        );
    }
    assert_eq!(
        field(Listing::read(&query(1, None, "color"), SORTS)),
        "sort"
    );
    let place = Position {
        key: "a".into(),
        id: "1".into(),
    };
    let (other, reversed) = (place.write("size", false), place.write("name", true));
    for cursor in ["", "!!", "AAAA", &other, &reversed] {
        let query = query(1, Some(cursor.into()), "name");
        assert_eq!(field(Listing::read(&query, SORTS)), "cursor", "{cursor}");
    }
}

#[test]
fn a_cursor_of_the_store_counts_in_its_own_order_only() {
    let sorts = [("name", 1), ("size", 2)];
    let cursor: store::Cursor = format!("{:032x}n7", 5).parse().unwrap();
    let read = |sort: &str, cursor: Option<String>| Stored::read(&query(1, cursor, sort), &sorts);
    let next = |sort: &str| read(sort, None).unwrap().next(Some(&cursor));
    for sort in ["", "name", "-name", "size"] {
        let again = read(sort, next(sort)).unwrap();
        assert_eq!(again.list.after, Some(cursor.clone()));
    }
    assert_eq!(
        read("name", next("")).unwrap().list.after,
        Some(cursor.clone())
    );
    for (sort, other) in [("name", "-name"), ("-name", "name"), ("size", "name")] {
        let refused = read(sort, next(other));
        assert!(
            matches!(refused, Err(Error::Invalid(_))),
            "{sort} after {other}"
        );
    }
    assert!(read("name", Some(cursor.to_string())).is_err());
    assert_eq!(read("name", None).unwrap().next(None), None);
}

#[test]
fn words_are_folded_and_mac_addresses_bared() {
    for (q, expect) in [
        ("Anna BERG", vec!["anna", "berg"]),
        ("00:15:65:AA", vec!["001565aa"]),
        ("00-15-65-AA", vec!["001565aa"]),
        ("a\u{1f}b", vec!["ab"]),
        ("jean-paul", vec!["jean-paul"]),
        ("  ", vec![]),
    ] {
        assert_eq!(words(Some(q)), expect, "{q}");
    }
}
