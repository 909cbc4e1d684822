//! `PATCH /users/{id}`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn only_what_is_named_changes_and_null_is_the_default() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Ben", Some("202")).await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let path = format!("/users/{}", user.id());
    let changes = json!({
        "last_name": "Berg-Olsen",
        "features": {
            "ring_time": 45, "do_not_disturb": true,
            "no_answer": {"type": "extension", "target": "202"},
        },
    });
    let changed = server.patch(&path, changes).await.expect(200);
    assert_eq!(changed.text("/name"), "Anna Berg-Olsen");
    assert_eq!(changed.text("/features/no_answer/target"), "202");
    assert_eq!(changed.text("/email"), "anna@example.com");
    let changes = json!({"features": {"ring_time": null}, "last_name": null});
    let changed = server.patch(&path, changes).await.expect(200);
    assert_eq!(changed.body["features"]["ring_time"], 20);
    assert_eq!(changed.body["features"]["do_not_disturb"], true);
    assert_eq!(changed.body["last_name"], json!(null));
    let same = server.patch(&path, json!({})).await.expect(200);
    assert_eq!(same.text("/name"), "Anna");
}

#[tokio::test]
async fn what_cannot_be_removed_is_told() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let path = format!("/users/{}", user.id());
    let changes = json!({"first_name": null, "extension": "1", "security": {"max_calls": -1}});
    let errors = server.patch(&path, changes).await.expect(422).errors();
    for field in ["first_name", "extension", "security.max_calls"] {
        let told = errors.iter().any(|error| error.starts_with(field));
        assert!(told, "{field} not in {errors:?}");
    }
}

#[tokio::test]
async fn a_disabled_user_cannot_sign_in() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", None).await;
    let path = format!("/users/{}", user.id());
    let password = "quite a long pass phrase";
    server
        .patch(&path, json!({"password": password}))
        .await
        .expect(200);
    let browser = server.sign_in("main", "anna@example.com", password).await;
    browser.get("/me").await.expect(200);
    let changed = server
        .patch(&path, json!({"advanced": {"disabled": true}}))
        .await;
    assert_eq!(changed.expect(200).text("/state"), "disabled");
    browser.get("/me").await.expect(401);
}
