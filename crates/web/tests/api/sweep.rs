//! Every operation of the document, tried by those who may not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Operation, Server, operations};

/// Operations about the caller alone: nobody is refused, and there is nobody else's to reach.
const OWN: [&str; 5] = [
    "me",
    "me_password_change_password",
    "session_sign_out",
    "sessions_list",
    "sessions_end",
];

pub const BLOCKED: &str = "203.0.113.9";

/// Operations for the provider's people alone: there is nothing of a customer's in them.
const PROVIDERS: [&str; 2] = ["blocked_sources_list", "blocked_sources_lift"];

/// One thing of every kind.
async fn one_of_each(server: &Server, customer: &str) -> BTreeMap<&'static str, String> {
    server.switch.block(BLOCKED);
    let user = server.user(customer, "Anna", Some("201")).await;
    server.user(customer, "Ben", Some("202")).await;
    let room = server.room(customer, "800").await.id();
    let start = format!("/conference-rooms/{room}/start");
    let conference = server
        .post(&start, json!({"invite": ["202"]}))
        .await
        .expect(201);
    let body = json!({"customer_id": customer, "extension": "201"});
    let manager = server.post("/conference-managers", body).await.expect(201);
    let body = json!({"customer_id": customer, "name": "Oslo", "target": "4711"});
    let contact = server.post("/contacts", body).await.expect(201);
    let body = json!({"customer_id": customer, "name": "k", "profile": "customer_administrator"});
    let key = server.post("/api-keys", body).await.expect(201);
    let body = json!({"customer_id": customer, "name": "Desk", "grants": []});
    let profile = server.post("/access-profiles", body).await.expect(201);
    let read = server
        .get(&format!("/customers/{customer}"))
        .await
        .expect(200);
    BTreeMap::from([
        ("blocked-sources", BLOCKED.to_owned()),
        ("customers", customer.to_owned()),
        ("sites", read.text("/default_site_id").to_owned()),
        ("users", user.id()),
        ("devices", user.text("/device/id").to_owned()),
        ("conference-rooms", room),
        ("conferences", conference.id()),
        ("conference-managers", manager.id()),
        ("contacts", contact.id()),
        ("api-keys", key.id()),
        ("access-profiles", profile.id()),
        ("recordings", server.recording(&conference.id(), b"OggS")),
        // No call was made: any id is another customer's.
        ("calls", "0198c0de-0000-7000-8000-000000000000".to_owned()),
        (
            "sessions",
            "0198c0de-0000-7000-8000-000000000000".to_owned(),
        ),
    ])
}

/// A body that would do, so that nothing but the caller is wrong.
pub fn body(operation: &Operation, customer: &str) -> Value {
    match operation.id.as_str() {
        "customers_create" => json!({"name": "New", "account_name": "new"}),
        "sites_create" => json!({"customer_id": customer, "name": "New"}),
        "users_create" => {
            json!({"customer_id": customer, "email": "new@example.com", "first_name": "New"})
        }
        "conference_rooms_create" => {
            json!({"customer_id": customer, "number": "899", "name": "New"})
        }
        "conference_managers_create" => json!({"customer_id": customer, "extension": "202"}),
        "contacts_create" => json!({"customer_id": customer, "name": "New", "target": "1"}),
        "api_keys_create" => json!({"customer_id": customer, "name": "New", "profile": "user"}),
        "access_profiles_create" => {
            json!({"customer_id": customer, "name": "New", "grants": []})
        }
        "calls_explain" => json!({"customer_id": customer, "from": "201", "to": "202"}),
        "conference_rooms_reach" => json!({"targets": ["202"]}),
        "conferences_invite" => json!({"targets": ["201"]}),
        "users_delete_settled" => json!({"uses": []}),
        "me_password_change_password" => {
            json!({"current_password": "wrong", "new_password": "a-rather-long-one-7"})
        }
        "conferences_record" => json!({"on": true}),
        "conferences_mute"
        | "conferences_unmute"
        | "conferences_kick"
        | "conferences_admit"
        | "conferences_lower_hands" => json!({"participants": "all"}),
        _ => json!({}),
    }
}

pub fn path(operation: &Operation, things: &BTreeMap<&str, String>) -> String {
    let feature = operation
        .path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap();
    let id = things.get(feature).map_or("", String::as_str);
    let mut path = operation.path.replace("{id}", id);
    path = path.replace("{address}", id);
    if operation.id == "users_endpoints_remove" {
        path.push_str("?contact=sip%3Aa%40b");
    }
    path
}

async fn tried(
    server: &Server,
    operation: &Operation,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> u16 {
    let mut call = server.call(&operation.method, path);
    if let Some(key) = key {
        call = call.key(key);
    }
    if matches!(operation.method.as_str(), "POST" | "PATCH") {
        call = call.json(body.clone());
    }
    if operation.id == "events_stream" || operation.id == "events" {
        return call.open().await.status().as_u16();
    }
    call.send().await.status.as_u16()
}

#[tokio::test]
async fn nobody_comes_in_without_a_key() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let things = one_of_each(&server, &customer).await;
    for operation in operations().into_iter().filter(|operation| !operation.open) {
        let path = path(&operation, &things);
        for key in [None, Some("not-a-key")] {
            let status = tried(
                &server,
                &operation,
                &path,
                key,
                &body(&operation, &customer),
            )
            .await;
            assert_eq!(status, 401, "{} with {key:?}", operation.id);
        }
    }
}

#[tokio::test]
async fn another_customers_things_are_not_there() {
    let server = Server::start().await;
    let victim = server.customer("victim").await;
    let things = one_of_each(&server, &victim).await;
    let other = server.customer("other").await;
    let key = server.key(Some(&other), "customer_administrator").await;
    let before = everything(&server, &victim).await;
    for operation in operations() {
        if operation.open || OWN.contains(&operation.id.as_str()) {
            continue;
        }
        let body = body(&operation, &victim);
        if PROVIDERS.contains(&operation.id.as_str()) {
            let path = path(&operation, &things);
            let status = tried(&server, &operation, &path, Some(&key), &body).await;
            assert_eq!(status, 403, "{}", operation.id);
            continue;
        }
        if operation.path.contains("{id}") {
            let path = path(&operation, &things);
            let status = tried(&server, &operation, &path, Some(&key), &body).await;
            assert_eq!(status, 404, "{}", operation.id);
        } else if operation.method == "POST" {
            let status = tried(&server, &operation, &operation.path, Some(&key), &body).await;
            assert!(
                matches!(status, 403 | 404 | 422),
                "{} answered {status}",
                operation.id
            );
        } else if operation.id != "events" && operation.id != "me" {
            list_shows_nothing(&server, &operation, &key, &victim, &things).await;
        }
    }
    assert_eq!(everything(&server, &victim).await, before);
}

/// A list neither shows another customer's things nor lets itself be asked for them.
async fn list_shows_nothing(
    server: &Server,
    operation: &Operation,
    key: &str,
    victim: &str,
    things: &BTreeMap<&'static str, String>,
) {
    let answer = server
        .call("GET", &operation.path)
        .key(key)
        .send()
        .await
        .expect(200);
    let text = answer.body.to_string();
    for id in things.values().filter(|id| !id.ends_with("000000000000")) {
        assert!(!text.contains(id.as_str()), "{} shows {id}", operation.id);
    }
    let asked = format!("{}?customer_id={victim}", operation.path);
    let answer = server.call("GET", &asked).key(key).send().await;
    assert!(
        matches!(answer.status.as_u16(), 403 | 404 | 422),
        "{} with customer_id answered {}",
        operation.id,
        answer.status
    );
}

/// What the victim has, to see that nothing of it was touched.
async fn everything(server: &Server, customer: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for list in [
        "users",
        "sites",
        "conference-rooms",
        "conference-managers",
        "contacts",
        "conferences",
        "access-profiles",
        "recordings",
    ] {
        let answer = server
            .get(&format!("/{list}?customer_id={customer}"))
            .await
            .expect(200);
        all.push(answer.body);
    }
    all
}

#[tokio::test]
async fn a_lesser_role_changes_nothing() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let things = one_of_each(&server, &customer).await;
    let before = everything(&server, &customer).await;
    for profile in ["read_only", "user"] {
        let key = server.key(Some(&customer), profile).await;
        for operation in operations() {
            let own = OWN.contains(&operation.id.as_str());
            let asks = operation.method == "GET" || operation.id == "calls_explain";
            if operation.open || own || asks {
                continue;
            }
            let path = path(&operation, &things);
            let body = body(&operation, &customer);
            let status = tried(&server, &operation, &path, Some(&key), &body).await;
            assert!(
                matches!(status, 403 | 404),
                "{profile} got {status} for {}",
                operation.id
            );
        }
    }
    assert_eq!(everything(&server, &customer).await, before);
}

#[tokio::test]
async fn a_user_reads_no_administrators_things() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let things = one_of_each(&server, &customer).await;
    let key = server.key(Some(&customer), "user").await;
    for path in [
        "/audit".to_owned(),
        "/api-keys".to_owned(),
        format!("/api-keys/{}", things["api-keys"]),
        format!("/conference-managers/{}", things["conference-managers"]),
        format!("/users/{}/endpoints", things["users"]),
    ] {
        let answer = server.call("GET", &path).key(&key).send().await;
        assert!(
            matches!(answer.status.as_u16(), 403 | 404),
            "{path}: {}",
            answer.status
        );
    }
}
