//! `Idempotency-Key`

use serde_json::json;

use crate::harness::{PROVIDER, Server};

#[tokio::test]
async fn a_repeated_post_is_done_once() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body = json!({
        "customer_id": customer, "email": "a@example.com", "first_name": "Anna",
        "extension": "201",
    });
    let post = |key: &str, body: &serde_json::Value| {
        let call = server.call("POST", "/users").key(PROVIDER);
        call.header("idempotency-key", key)
            .json(body.clone())
            .send()
    };
    let first = post("key-1", &body).await.expect(201);
    let again = post("key-1", &body).await.expect(201);
    assert_eq!(first.body, again.body, "the password is in it, too");
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = json!({"customer_id": customer, "email": "b@example.com", "first_name": "Ben"});
    let reused = post("key-1", &other).await.expect(422);
    assert_eq!(reused.errors(), ["Idempotency-Key reused"]);
    let found = server.get("/users?q=example.com").await.expect(200);
    assert_eq!(found.body["total"], 1);
    server.pass_secs(24 * 3600 + 1);
    post("key-1", &other).await.expect(201);
}

#[tokio::test]
async fn what_was_refused_may_be_mended_with_the_same_key() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let post = |body: serde_json::Value| {
        let call = server.call("POST", "/contacts").key(PROVIDER);
        call.header("idempotency-key", "k").json(body).send()
    };
    post(json!({"customer_id": customer, "name": "Oslo"}))
        .await
        .expect(422);
    let whole = json!({"customer_id": customer, "name": "Oslo", "target": "4711"});
    post(whole).await.expect(201);
    let call = server.call("POST", "/contacts").key(PROVIDER);
    call.header("idempotency-key", "not a key")
        .json(json!({}))
        .send()
        .await
        .expect(422);
}

#[tokio::test]
async fn keys_are_their_holders_own() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let other = server.key(Some(&customer), "customer_administrator").await;
    let post = |key: &str, name: &str| {
        let body = json!({"customer_id": customer, "name": name, "target": "4711"});
        let call = server.call("POST", "/contacts").key(key);
        call.header("idempotency-key", "same").json(body).send()
    };
    post(PROVIDER, "Oslo").await.expect(201);
    post(&other, "Bergen").await.expect(201);
}
