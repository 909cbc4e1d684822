use serde_json::{Value, json};
use services::Patch;

use super::*;

crate::body! {
    /// A body with one field of each kind.
    struct Sample {
        required name: String,
        optional email: Option<String>,
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
    Sample::from_json(value, "", &mut findings);
    let errors = findings.into_errors().into_iter();
    errors
        .map(|error| format!("{} {}", error.field, error.code))
        .collect()
}

#[track_caller]
fn check(value: Value, expect: &[&str]) {
    assert_eq!(mistakes(&value), expect, "{value}");
}

#[test]
fn what_values_mean_is_left_to_the_services() {
    check(json!({"name": "Board"}), &[]);
    check(json!({"name": "Board", "email": null, "inner": {}}), &[]);
    check(json!({"name": "Board", "email": "not an address"}), &[]);
}

#[test]
fn every_mistake_is_told_at_once() {
    check(json!([]), &[" invalid_type"]);
    check(json!({"name": "Board", "nmae": 1}), &["nmae unknown"]);
    check(json!({"name": 7}), &["name invalid_type"]);
    check(json!({}), &["name required"]);
    check(json!({"name": null}), &["name required"]);
    check(
        json!({"name": "Board", "count": 1.5, "list": ["a", 2]}),
        &["count out_of_range", "list[1] invalid_type"],
    );
    check(
        json!({"email": "x", "inner": {"on": "yes", "off": true}, "more": {}}),
        &[
            "name required",
            "inner.on invalid_type",
            "inner.off unknown",
            "more unknown",
        ],
    );
    check(
        json!({"name": "Board", "list": ["line\nbreak"]}),
        &["list[0] invalid"],
    );
}

#[test]
fn the_rest_of_a_wrong_body_is_read_all_the_same() {
    let mut findings = Findings::default();
    let value = json!({"name": 7, "email": "x", "count": "3", "inner": [], "list": ["a", 2, "c"]});
    let sample = Sample::from_json(&value, "", &mut findings).unwrap();
    assert_eq!(findings.into_errors().len(), 4);
    assert_eq!(sample.name, "");
    assert_eq!(sample.email.as_deref(), Some("x"));
    assert_eq!(sample.count, Patch::Keep);
    assert!(sample.inner.is_none());
    // Those behind a wrong entry keep their places.
    assert_eq!(sample.list.unwrap(), ["a", "", "c"]);
}

#[test]
fn a_change_tells_null_from_nothing() {
    let read = |value: Value| {
        let mut findings = Findings::default();
        let sample = Sample::from_json(&value, "", &mut findings).unwrap();
        sample.inner.map(|inner| inner.on)
    };
    let inner = |on: Value| json!({"name": "Board", "inner": on});
    assert_eq!(read(inner(json!({}))), Some(Patch::Keep));
    assert_eq!(read(inner(json!({"on": null}))), Some(Patch::Clear));
    assert_eq!(read(inner(json!({"on": true}))), Some(Patch::Set(true)));
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
        let paging = Paging::from_json(&value, "", &mut findings).unwrap();
        (paging.limit, findings.into_errors().len())
    };
    assert_eq!(read("20"), (Some(20), 0));
    assert_eq!(read("many"), (None, 1));
}
