//! `/api-keys`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_key_is_shown_once_and_refused_after_it_was_deleted() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body =
        json!({"customer_id": customer, "name": "Script", "profile": "customer_administrator"});
    let made = server.post("/api-keys", body).await.expect(201);
    let (id, key) = (made.id(), made.text("/key").to_owned());
    server
        .call("GET", "/users")
        .key(&key)
        .send()
        .await
        .expect(200);
    let list = format!("/api-keys?customer_id={customer}");
    let listed = server.get(&list).await.expect(200);
    assert_eq!(listed.text("/items/0/name"), "Script");
    assert!(!listed.body.to_string().contains(&key));
    let one = server.get(&format!("/api-keys/{id}")).await.expect(200);
    assert_eq!(one.text("/profile"), "customer_administrator");
    server.delete(&format!("/api-keys/{id}")).await.expect(204);
    server
        .call("GET", "/users")
        .key(&key)
        .send()
        .await
        .expect(401);
    server.get(&format!("/api-keys/{id}")).await.expect(404);
}

#[tokio::test]
async fn a_key_may_do_no_more_than_its_maker() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let key = server.key(Some(&customer), "customer_administrator").await;
    let body = json!({"name": "More", "profile": "provider_administrator"});
    let refused = server
        .call("POST", "/api-keys")
        .key(&key)
        .json(body)
        .send()
        .await;
    assert!(
        matches!(refused.status.as_u16(), 403 | 422),
        "{:?}",
        refused.status
    );
    let wrong = server
        .post("/api-keys", json!({"name": "", "profile": "nobody"}))
        .await;
    assert_eq!(wrong.expect(422).errors().len(), 2);
}
