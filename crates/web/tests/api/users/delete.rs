//! `DELETE /users/{id}` and `GET /users/{id}/uses`

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
