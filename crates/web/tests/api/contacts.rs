//! `/contacts` and `/phone-book`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_contact_is_made_changed_found_and_deleted() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body =
        json!({"customer_id": customer, "name": "Oslo", "target": "#sip:oslo@127.0.0.1:5099"});
    let made = server.post("/contacts", body).await.expect(201);
    let path = format!("/contacts/{}", made.id());
    let changed = server
        .patch(&path, json!({"target": "+47 22 00 00 00"}))
        .await
        .expect(200);
    assert_eq!(changed.text("/target"), "+4722000000");
    assert_eq!(changed.text("/name"), "Oslo");
    let found = server.get("/contacts?q=osl").await.expect(200);
    assert_eq!(found.text("/items/0/id"), made.id());
    server.patch(&path, json!({"name": null})).await.expect(422);
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
}

#[tokio::test]
async fn the_phone_book_has_people_and_contacts() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    let body = json!({"customer_id": customer, "name": "Oslo", "target": "4711"});
    server.post("/contacts", body).await.expect(201);
    let book = server
        .get(&format!("/phone-book?customer_id={customer}"))
        .await
        .expect(200);
    let items = book.body["items"].as_array().unwrap();
    let anna = items.iter().find(|item| item["kind"] == "user").unwrap();
    assert_eq!(anna["target"], "201");
    assert_eq!(anna["state"], "offline");
    assert!(
        items
            .iter()
            .any(|item| item["kind"] == "contact" && item["target"] == "4711")
    );
    for kind in ["user", "contact"] {
        let path = format!("/phone-book?customer_id={customer}&kind={kind}");
        let found = server.get(&path).await.expect(200);
        assert_eq!(found.body["total"], 1);
        assert_eq!(found.text("/items/0/kind"), kind);
    }
    let path = format!("/phone-book?customer_id={customer}&kind=cat");
    let refused = server.get(&path).await.expect(422);
    assert_eq!(refused.errors(), ["kind unknown"]);
}
