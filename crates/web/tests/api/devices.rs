//! `/devices` and `/users/{id}/devices`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_second_phone_is_given_changed_reset_and_taken() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let path = format!("/users/{}/devices", user.id());
    let body = json!({"mac": "00:15:65:AA:BB:CC", "model": "Yealink T54W"});
    let made = server.post(&path, body).await.expect(201);
    assert_eq!(made.text("/sip/username"), "201-2");
    assert_eq!(made.text("/sip/domain"), "main.convoke.internal");
    assert_eq!(made.body["sip"]["port"], 5060);
    let password = made.text("/sip/password").to_owned();
    assert!(password.len() >= 16);
    let list = server.get(&path).await.expect(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 2);
    assert!(!list.body.to_string().contains(&password));
    let path = format!("/devices/{}", made.id());
    let changed = server
        .patch(&path, json!({"mac": null, "model": "Soft phone"}))
        .await
        .expect(200);
    assert_eq!(changed.body["mac"], json!(null));
    let reset = server
        .post(&format!("{path}/reset-password"), json!({}))
        .await
        .expect(200);
    assert_ne!(reset.text("/sip/password"), password);
    assert_eq!(
        server.get(&path).await.expect(200).text("/model"),
        "Soft phone"
    );
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
    assert_eq!(server.patch(&path, json!({})).await.status, 404);
}
