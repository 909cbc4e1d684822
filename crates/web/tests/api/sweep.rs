//! Every operation of the document, tried by those who may not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Answer, Operation, Server, operations};

/// Operations about the caller alone, who is not refused.
const OWN: [&str; 4] = [
    "me",
    "me_password_change_password",
    "session_sign_out",
    "sessions_list",
];

pub const BLOCKED: &str = "203.0.113.9";

/// Operations for the provider's people alone: there is nothing of a customer's in them.
pub const PROVIDERS: [&str; 2] = ["blocked_sources_list", "blocked_sources_lift"];

/// Two extensions and two rooms.
pub type Numbers = [&'static str; 4];

/// What [`body`] speaks of.
pub const NUMBERS: Numbers = ["201", "202", "800", "801"];
/// Of a customer whose numbers are nobody else's.
pub const OTHER_NUMBERS: Numbers = ["7301451", "7301452", "7301800", "7301801"];

/// Anna's.
pub const USERS_PASSWORD: &str = "a-rather-long-passphrase-7";

/// One thing of every kind, by the first part of its path.
pub type Things = BTreeMap<&'static str, String>;

/// One thing of every kind: a person with a phone, who is signed in and calls somebody, a running
/// conference with a participant, and so on.
pub async fn one_of_each(server: &Server, customer: &str, numbers: Numbers) -> Things {
    server.switch.block(BLOCKED);
    let [first, second, running, idle] = numbers;
    let user = server.user(customer, "Anna", Some(first)).await;
    let device = user.text("/device/id").to_owned();
    let user = user.id();
    let made = async |list: &str, body: Value| server.post(list, body).await.expect(201);
    let room = server.room(customer, running).await.id();
    let start = format!("/conference-rooms/{room}/start");
    let colleague = server.user(customer, "Ben", Some(second)).await.id();
    let conference = made(&start, json!({"invite": [second]})).await;
    let body = json!({"customer_id": customer, "extension": first});
    let manager = made("/conference-managers", body).await;
    let body = json!({"customer_id": customer, "name": "Oslo", "target": "4711"});
    let contact = made("/contacts", body).await;
    let body = json!({"customer_id": customer, "name": "k", "profile": "customer_administrator"});
    let key = made("/api-keys", body).await;
    let read = server.get(&format!("/customers/{customer}")).await;
    let account = read.expect(200);
    let name = format!("Desk of {}", account.text("/account_name"));
    let body = json!({"customer_id": customer, "name": name, "grants": []});
    let profile = made("/access-profiles", body).await;
    let path = format!("/users/{colleague}");
    let changed = server.patch(&path, json!({"role": name})).await;
    changed.expect(200);
    Things::from([
        ("blocked-sources", BLOCKED.to_owned()),
        ("customers", customer.to_owned()),
        ("account names", account.text("/account_name").to_owned()),
        ("sites", account.text("/default_site_id").to_owned()),
        ("calls", server.on_the_phone(customer, &user, &device).await),
        ("sessions", session(server, &account, &user).await),
        ("users", user),
        ("colleagues", colleague),
        ("devices", device),
        ("conference-rooms", room),
        ("idle rooms", server.room(customer, idle).await.id()),
        (
            "participants",
            conference.text("/participants/0/id").to_owned(),
        ),
        ("conferences", conference.id()),
        ("conference-managers", manager.id()),
        ("contacts", contact.id()),
        ("api-keys", key.id()),
        ("access-profiles", profile.id()),
        ("profiles' names", name),
        ("recordings", server.recording(&conference.id(), b"OggS")),
    ])
}

/// A browser in which the user is signed in.
async fn session(server: &Server, customer: &Answer, user: &str) -> String {
    let path = format!("/users/{user}");
    let changed = server
        .patch(&path, json!({"password": USERS_PASSWORD}))
        .await;
    let username = changed.expect(200).text("/username").to_owned();
    let account_name = customer.text("/account_name");
    server
        .sign_in(account_name, &username, USERS_PASSWORD)
        .await
        .id
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

pub fn path(operation: &Operation, things: &Things) -> String {
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
    let things = one_of_each(&server, &customer, NUMBERS).await;
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
    let things = one_of_each(&server, &victim, NUMBERS).await;
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
    things: &Things,
) {
    let answer = server
        .call("GET", &operation.path)
        .key(key)
        .send()
        .await
        .expect(200);
    let text = answer.body.to_string();
    for id in things.values() {
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

/// What a customer has, to see that nothing of it was touched, but for when a key was last used.
pub async fn everything(server: &Server, customer: &str) -> Vec<Value> {
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
        "calls",
        "api-keys",
        "audit",
    ] {
        let answer = server
            .get(&format!("/{list}?customer_id={customer}"))
            .await
            .expect(200);
        all.push(answer.body);
    }
    for item in all
        .iter_mut()
        .flat_map(|list| list["items"].as_array_mut().unwrap())
    {
        item.as_object_mut().unwrap().remove("last_used_at");
    }
    for user in all[0]["items"].as_array().unwrap().clone() {
        let id = user["id"].as_str().unwrap();
        for path in [
            format!("/users/{id}/devices"),
            format!("/users/{id}/endpoints"),
            format!("/sessions?user_id={id}"),
        ] {
            all.push(server.get(&path).await.expect(200).body);
        }
    }
    all
}

#[tokio::test]
async fn a_lesser_role_changes_nothing() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let things = one_of_each(&server, &customer, NUMBERS).await;
    let mut keys = Vec::new();
    for profile in ["read_only", "user"] {
        keys.push((profile, server.key(Some(&customer), profile).await));
    }
    let before = everything(&server, &customer).await;
    for (profile, key) in keys {
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
    let things = one_of_each(&server, &customer, NUMBERS).await;
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
