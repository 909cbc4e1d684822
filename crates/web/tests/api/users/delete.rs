//! `DELETE /users/{id}`, `POST /users/{id}/delete` and `GET /users/{id}/uses`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_user_in_use_is_kept_and_the_uses_are_told() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let path = format!("/users/{}", user.id());
    let body =
        json!({"customer_id": customer, "number": "800", "name": "Board", "owner_id": user.id()});
    let room = server.post("/conference-rooms", body).await.expect(201);
    let uses = server.get(&format!("{path}/uses")).await.expect(200);
    assert_eq!(uses.text("/items/0/id"), room.id());
    let refused = server.delete(&path).await.expect(409);
    assert!(refused.text("/type").ends_with("/in-use"));
    assert_eq!(refused.text("/used_in/0/kind"), "conference_room");
    assert_eq!(refused.text("/used_in/0/name"), "Board");
    let room = format!("/conference-rooms/{}", room.id());
    server
        .patch(&room, json!({"owner_id": null}))
        .await
        .expect(200);
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
    server.delete(&path).await.expect(404);
}

#[tokio::test]
async fn uses_are_given_to_another_in_the_same_step() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let anna = server.user(&customer, "Anna", Some("201")).await.id();
    let ben = server.user(&customer, "Ben", Some("202")).await.id();
    let room = async |number: &str| {
        let body =
            json!({"customer_id": customer, "number": number, "name": "B", "owner_id": anna});
        server
            .post("/conference-rooms", body)
            .await
            .expect(201)
            .id()
    };
    let (first, second) = (room("800").await, room("801").await);
    let path = format!("/users/{anna}/delete");
    let settle = |id: &str, to: Option<&str>| json!({"kind": "conference_room", "id": id, "replacement_id": to});
    let refused = server
        .post(&path, json!({"uses": [settle(&first, Some(&ben))]}))
        .await
        .expect(409);
    assert_eq!(refused.text("/used_in/0/id"), second);
    assert_eq!(refused.body["used_in"].as_array().unwrap().len(), 1);
    let wrong = json!({"uses": [settle(&first, Some("nobody")), settle(&second, None)]});
    let wrong = server.post(&path, wrong).await.expect(422);
    assert_eq!(wrong.errors(), ["uses[0].replacement_id unknown"]);
    let all = json!({"uses": [settle(&first, Some(&ben)), settle(&second, None)]});
    server.post(&path, all).await.expect(204);
    let owner = async |id: &str| {
        let read = server
            .get(&format!("/conference-rooms/{id}"))
            .await
            .expect(200);
        read.body["owner_id"].clone()
    };
    assert_eq!(owner(&first).await, json!(ben));
    assert_eq!(owner(&second).await, json!(null));
    server.get(&format!("/users/{anna}")).await.expect(404);
}
