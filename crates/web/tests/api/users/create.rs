//! `POST /users`, `GET /users/{id}`, `GET /users/next-extension`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_user_with_an_extension_gets_sip_credentials_shown_once() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body = json!({
        "customer_id": customer, "email": "Anna.Berg@Example.com", "first_name": "Anna",
        "last_name": "Berg", "extension": "201", "device": {"mac": "001565aabbcc"},
        "features": {"ring_time": 30, "no_answer": {"type": "hangup"}},
        "security": {"max_calls": 2},
    });
    let made = server.post("/users", body).await.expect(201);
    assert_eq!(made.text("/email"), "anna.berg@example.com");
    assert_eq!(made.text("/name"), "Anna Berg");
    assert_eq!(made.text("/role"), "user");
    assert_eq!(made.text("/state"), "offline");
    assert_eq!(made.body["features"]["ring_time"], 30);
    assert_eq!(made.body["security"]["max_calls"], 2);
    assert_eq!(made.text("/device/sip/username"), "201");
    assert_eq!(made.text("/device/sip/domain"), "main.convoke.internal");
    let password = made.text("/device/sip/password").to_owned();
    let read = server
        .get(&format!("/users/{}", made.id()))
        .await
        .expect(200);
    assert_eq!(read.etag(), made.etag());
    assert!(!read.body.to_string().contains(&password));
    assert_eq!(read.text("/devices/0/mac"), "001565aabbcc");
}

#[tokio::test]
async fn without_an_extension_there_is_no_phone_system() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let made = server.user(&customer, "Anna", None).await;
    assert_eq!(made.body["device"], json!(null));
    assert_eq!(made.body["devices"], json!([]));
}

#[tokio::test]
async fn another_customers_phone_carries_its_account_name() {
    let server = Server::start().await;
    let customer = server.customer("acme").await;
    let made = server.user(&customer, "Anna", Some("201")).await;
    assert_eq!(made.text("/device/sip/username"), "acme-201");
    assert_eq!(made.text("/device/sip/domain"), "acme.convoke.internal");
}

#[tokio::test]
async fn a_key_of_one_customer_need_not_name_it() {
    let server = Server::start().await;
    let customer = server.customer("acme").await;
    let key = server.key(Some(&customer), "customer_administrator").await;
    let body = json!({"email": "a@example.com", "first_name": "Anna", "last_name": "Berg"});
    let made = server
        .call("POST", "/users")
        .key(&key)
        .json(body)
        .send()
        .await;
    assert_eq!(made.expect(201).text("/customer_id"), customer);
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    let body = json!({
        "customer_id": customer, "email": "anna@example.com", "first_name": "", "extension": "201",
        "role": "emperor", "password": "12345", "device": {"mac": "xyz"},
        "features": {"ring_time": 1, "busy": {"type": "extension", "target": "999"}},
    });
    let errors = server.post("/users", body).await.expect(422).errors();
    for field in [
        "email taken",
        "first_name required",
        "extension taken",
        "role ",
        "password ",
        "device.mac invalid",
        "features.ring_time out_of_range",
        "features.busy",
    ] {
        let told = errors.iter().any(|error| error.starts_with(field));
        assert!(told, "{field} not in {errors:?}");
    }
}

#[tokio::test]
async fn a_wrong_form_does_not_hide_wrong_values() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    let body = json!({
        "customer_id": customer, "email": 7, "extension": "201", "role": "emperor",
        "password": "12345", "device": ["phone"], "nickname": "Ann",
        "features": {"ring_time": 1, "busy": {"type": 1, "target": "999"}, "call_waiting": "yes"},
        "security": {"max_calls": -1},
    });
    let mut errors = server.post("/users", body).await.expect(422).errors();
    errors.sort();
    assert_eq!(
        errors,
        [
            "device invalid_type",
            "email invalid_type",
            "extension taken",
            "features.busy.type invalid_type",
            "features.call_waiting invalid_type",
            "features.ring_time out_of_range",
            "first_name required",
            "nickname unknown",
            "password too_weak",
            "role unknown",
            "security.max_calls out_of_range",
        ]
    );
}

#[tokio::test]
async fn what_is_not_built_yet_is_an_unknown_field() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body = json!({
        "customer_id": customer, "email": "a@example.com", "first_name": "Anna",
        "voicemail": true, "follow_me": {"active": true}, "features": {"notify": true},
    });
    let errors = server.post("/users", body).await.expect(422).errors();
    assert_eq!(
        errors,
        [
            "features.notify unknown",
            "follow_me unknown",
            "voicemail unknown"
        ]
    );
}

#[tokio::test]
async fn the_next_free_extension_is_offered() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let path = format!("/users/next-extension?customer_id={customer}");
    let first = server
        .get(&path)
        .await
        .expect(200)
        .text("/extension")
        .to_owned();
    server.user(&customer, "Anna", Some(&first)).await;
    let second = server.get(&path).await.expect(200);
    assert_ne!(second.text("/extension"), first);
}
