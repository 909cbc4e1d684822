//! `/conference-managers`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn an_account_is_made_by_picking_an_extension_and_shows_its_password_once() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    let room = server.room(&customer, "800").await.id();
    let other = server.room(&customer, "801").await.id();
    let body = json!({"customer_id": customer, "extension": "201", "room_ids": [room]});
    let made = server.post("/conference-managers", body).await.expect(201);
    assert_eq!(made.text("/username"), "conference-201");
    let password = made.text("/password").to_owned();
    let path = format!("/conference-managers/{}", made.id());
    let read = server.get(&path).await.expect(200);
    assert!(!read.body.to_string().contains(&password));

    let browser = server.sign_in("main", "conference-201", &password).await;
    let rooms = browser.get("/conference-rooms").await.expect(200);
    assert_eq!(rooms.body["total"], 1);
    assert_eq!(rooms.text("/items/0/id"), room);
    browser
        .get(&format!("/conference-rooms/{other}"))
        .await
        .expect(404);
    browser.get("/users").await.expect(403);
    let me = browser.get("/me").await.expect(200);
    assert_eq!(me.text("/principal/kind"), "conference_manager");
    assert_eq!(me.text("/extension"), "201");
    assert_eq!(me.body["room_ids"], json!([room]));

    let reset = server
        .post(&format!("{path}/reset-password"), json!({}))
        .await
        .expect(200);
    assert_ne!(reset.text("/password"), password);
    browser.get("/me").await.expect(401);
    let browser = server
        .sign_in("main", "conference-201", reset.text("/password"))
        .await;
    server
        .patch(&path, json!({"disabled": true}))
        .await
        .expect(200);
    browser.get("/me").await.expect(401);
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body = json!({"customer_id": customer, "extension": "999"});
    let wrong = server.post("/conference-managers", body).await;
    assert_eq!(wrong.expect(422).errors(), ["extension unknown"]);
    let list = server
        .get(&format!("/conference-managers?customer_id={customer}"))
        .await;
    assert_eq!(list.expect(200).body["total"], 0);
}
