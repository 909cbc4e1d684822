use model::{DisplayName, Email};
use serde_json::{Value, json};
use services::Patch;

use super::*;

crate::body! {
    /// A body with one field of each kind.
    struct Sample {
        #[schema(value_type = String)]
        required name: Text<DisplayName>,
        #[schema(value_type = Option<String>)]
        optional email: Option<Text<Email>>,
        #[schema(value_type = Option<i64>)]
        patch count: Patch<i64>,
        optional inner: Option<Inner>,
        optional list: Option<Vec<String>>,
    }
}

crate::body! {
    /// A body in a body.
    struct Inner {
        #[schema(value_type = Option<bool>)]
        patch on: Patch<bool>,
    }
}

/// `field code` of every mistake, in order.
fn mistakes(value: &Value) -> Vec<String> {
    let mut findings = Findings::default();
    match object::<Sample>(value, "", &mut findings) {
        Some(sample) => {
            drop((
                sample.name,
                sample.email,
                sample.list,
                sample.inner.map(|inner| inner.on),
            ));
            Vec::new()
        }
        None => findings
            .into_errors()
            .into_iter()
            .map(|error| format!("{} {}", error.field, error.code))
            .collect(),
    }
}

#[track_caller]
fn check(value: Value, expect: &[&str]) {
    assert_eq!(mistakes(&value), expect, "{value}");
}

#[test]
fn what_can_be_handed_on_is_left_to_the_services() {
    check(json!({"name": "Board"}), &[]);
    check(json!({"name": "Board", "email": null, "inner": {}}), &[]);
    check(json!({}), &[]);
    check(json!({"name": "Board", "email": "not an address"}), &[]);
}

#[test]
fn every_mistake_is_told_at_once() {
    check(json!([]), &[" invalid_type"]);
    check(json!({"name": "Board", "nmae": 1}), &["nmae unknown"]);
    check(json!({"name": 7}), &["name invalid_type"]);
    check(
        json!({"name": "Board", "count": 1.5, "list": ["a", 2]}),
        &["count out_of_range", "list[1] invalid_type"],
    );
    check(
        json!({"email": "x", "inner": {"on": "yes", "off": true}, "more": {}}),
        &[
            "inner.on invalid_type",
            "inner.off unknown",
            "more unknown",
            "name required",
            "email invalid",
        ],
    );
    check(
        json!({"name": "Board", "list": ["line\nbreak"]}),
        &["list[0] invalid"],
    );
}

#[test]
fn a_change_tells_null_from_nothing() {
    let read = |value: Value| {
        let mut findings = Findings::default();
        object::<Sample>(&value, "", &mut findings).unwrap().count
    };
    assert_eq!(read(json!({})), Patch::Keep);
    assert_eq!(read(json!({"count": null})), Patch::Clear);
    assert_eq!(read(json!({"count": 5})), Patch::Set(5));
}

#[test]
fn a_long_list_of_mistakes_is_cut() {
    let mut map = serde_json::Map::new();
    for number in 0..10_000 {
        map.insert(format!("field{number}"), json!(1));
    }
    assert_eq!(mistakes(&Value::Object(map)).len(), 100);
}

#[test]
fn query_strings_know_numbers_and_booleans_as_text() {
    let read = |text: &str| {
        let mut findings = Findings::textual();
        let value = json!({"limit": text});
        object::<Paging>(&value, "", &mut findings).map(|paging| paging.limit)
    };
    assert_eq!(read("20"), Some(Some(20)));
    assert_eq!(read("many"), None);
}
