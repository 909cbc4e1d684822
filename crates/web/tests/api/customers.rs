//! `/customers`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_customer_is_made_with_its_site_and_sip_domain() {
    let server = Server::start().await;
    let body = json!({"name": "Acme GmbH", "account_name": "Acme"});
    let made = server.post("/customers", body).await.expect(201);
    assert_eq!(made.text("/account_name"), "acme");
    assert_eq!(made.text("/sip_domain"), "acme.convoke.internal");
    let site = server
        .get(&format!("/sites/{}", made.text("/default_site_id")))
        .await
        .expect(200);
    assert_eq!(site.text("/customer_id"), made.id());
    let path = format!("/customers/{}", made.id());
    let changed = server
        .patch(&path, json!({"name": "Acme AG"}))
        .await
        .expect(200);
    assert_eq!(changed.text("/name"), "Acme AG");
    assert_eq!(
        server.get("/customers?q=acme").await.expect(200).body["total"],
        1
    );
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
}

#[tokio::test]
async fn names_are_checked_and_people_keep_a_customer() {
    let server = Server::start().await;
    let body = json!({"name": "", "account_name": "main"});
    let errors = server.post("/customers", body).await.expect(422).errors();
    assert_eq!(errors, ["name required", "account_name taken"]);
    let body = json!({"name": "x"});
    let errors = server.post("/customers", body).await.expect(422).errors();
    assert_eq!(errors, ["account_name required"]);
    let customer = server.customer("acme").await;
    server.user(&customer, "Anna", None).await;
    let refused = server
        .delete(&format!("/customers/{customer}"))
        .await
        .expect(409);
    assert!(refused.text("/type").ends_with("/in-use"));
    assert_eq!(refused.text("/used_in/0/kind"), "user");
}
