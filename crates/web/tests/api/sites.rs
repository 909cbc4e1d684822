//! `/sites`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_site_is_made_changed_listed_and_deleted() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body = json!({"customer_id": customer, "name": "Oslo", "country": "NO", "time_zone": "Europe/Oslo"});
    let made = server.post("/sites", body).await.expect(201);
    assert_eq!(made.text("/tones"), "europe");
    let path = format!("/sites/{}", made.id());
    let changes = json!({"tones": "united_kingdom", "time_zone": "Europe/London"});
    let changed = server.patch(&path, changes).await.expect(200);
    assert_eq!(changed.text("/tones"), "united_kingdom");
    assert_eq!(changed.text("/time_zone"), "Europe/London");
    let list = server
        .get(&format!("/sites?customer_id={customer}&q=osl"))
        .await
        .expect(200);
    assert_eq!(list.body["total"], 1);
    server.delete(&path).await.expect(204);
    let wrong =
        json!({"customer_id": customer, "name": "x", "country": "nowhere", "tones": "none"});
    let errors = server.post("/sites", wrong).await.expect(422).errors();
    assert_eq!(errors.len(), 2, "{errors:?}");
}

#[tokio::test]
async fn the_default_site_stays() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let read = server
        .get(&format!("/customers/{customer}"))
        .await
        .expect(200);
    let site = read.text("/default_site_id");
    server.delete(&format!("/sites/{site}")).await.expect(409);
}
