//! `/conference-rooms`

use model::SwitchCommand;
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_room_is_made_changed_listed_and_deleted() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let owner = server.user(&customer, "Anna", Some("201")).await.id();
    let body = json!({
        "customer_id": customer, "number": "800", "name": "Board", "participant_pin": "471100",
        "owner_id": owner, "lobby": true, "join_muted": true, "max_participants": 40,
        "record": "on_demand", "call_out": ["201"],
    });
    let made = server.post("/conference-rooms", body).await.expect(201);
    assert_eq!(made.body["max_participants"], 40);
    assert_eq!(made.text("/participant_pin"), "471100");
    assert_eq!(made.text("/state"), "idle");
    let path = format!("/conference-rooms/{}", made.id());
    let changes = json!({"participant_pin": null, "max_participants": null, "lobby": false});
    let changed = server.patch(&path, changes).await.expect(200);
    assert_eq!(changed.body["participant_pin"], json!(null));
    assert_eq!(changed.body["max_participants"], 15);
    assert_eq!(changed.body["join_muted"], true, "what is not named stays");
    server.room(&customer, "801").await;
    let list = server
        .get("/conference-rooms?sort=-number&limit=1")
        .await
        .expect(200);
    assert_eq!(list.body["total"], 2);
    assert_eq!(list.text("/items/0/number"), "801");
    let next = list.text("/next").to_owned();
    let list = server
        .get(&format!(
            "/conference-rooms?sort=-number&limit=1&cursor={next}"
        ))
        .await
        .expect(200);
    assert_eq!(list.text("/items/0/number"), "800");
    assert_eq!(list.body["next"], json!(null));
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    let body = json!({
        "customer_id": customer, "number": "201", "name": "", "participant_pin": "1",
        "max_participants": 1, "record": "sometimes", "call_out": ["hello"],
    });
    let errors = server
        .post("/conference-rooms", body)
        .await
        .expect(422)
        .errors();
    for expect in [
        "number taken",
        "name required",
        "participant_pin invalid",
        "max_participants out_of_range",
    ] {
        assert!(
            errors.contains(&expect.to_owned()),
            "{expect} not in {errors:?}"
        );
    }
    for field in ["record", "call_out"] {
        let told = errors.iter().any(|error| error.starts_with(field));
        assert!(told, "{field} not in {errors:?}");
    }
    let body = json!({"customer_id": customer, "number": "9", "name": "", "more": 1, "lobby": 3});
    let errors = server
        .post("/conference-rooms", body)
        .await
        .expect(422)
        .errors();
    assert_eq!(
        errors,
        [
            "lobby invalid_type",
            "more unknown",
            "number invalid",
            "name required"
        ]
    );
}

#[tokio::test]
async fn a_room_is_started_once() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    server.user(&customer, "Ben", Some("202")).await;
    let room = server.room(&customer, "800").await.id();
    let path = format!("/conference-rooms/{room}/start");
    let body = json!({"invite": ["202", "0049301234"], "host": "201"});
    let started = server.post(&path, body.clone()).await.expect(201);
    assert_eq!(started.text("/state"), "running");
    assert_eq!(started.text("/participants/0/target"), "201");
    assert_eq!(started.text("/participants/0/role"), "moderator");
    assert_eq!(started.text("/participants/2/state"), "failed");
    assert_eq!(started.text("/participants/2/reason"), "no_trunk");
    let again = server.post(&path, body).await.expect(409);
    assert_eq!(again.text("/conference_id"), started.id());
    let in_room = server
        .get(&format!("/conference-rooms/{room}"))
        .await
        .expect(200);
    assert_eq!(in_room.text("/state"), "running");
    assert_eq!(in_room.text("/running/id"), started.id());
}

#[tokio::test]
async fn more_than_fit_are_not_called() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let room = server.room(&customer, "800").await.id();
    let path = format!("/conference-rooms/{room}");
    server
        .patch(&path, json!({"max_participants": 2}))
        .await
        .expect(200);
    let invite: Vec<String> = (0..5).map(|number| format!("30{number}")).collect();
    let refused = server
        .post(&format!("{path}/start"), json!({"invite": invite}))
        .await;
    assert_eq!(refused.expect(422).errors(), ["invite room_full"]);
    let started =
        |command: &SwitchCommand| matches!(command, SwitchCommand::StartConference { .. });
    assert!(!server.switch.seen().iter().any(started));
    let wrong = server
        .post(&format!("{path}/start"), json!({"invite": ["hello"]}))
        .await;
    wrong.expect(422);
}

#[tokio::test]
async fn typed_targets_are_judged_without_calling() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let ben = server.user(&customer, "Ben", Some("202")).await.id();
    let room = server.room(&customer, "800").await.id();
    let path = format!("/conference-rooms/{room}/reach");
    let body = json!({"targets": ["202", "9999"]});
    let judged = server.post(&path, body).await.expect(200);
    assert_eq!(judged.text("/items/0/name"), "Ben Berg");
    assert_eq!(judged.text("/items/0/user_id"), ben);
    assert_eq!(judged.text("/items/0/reason"), "offline");
    assert_eq!(judged.body["items"][1]["reachable"], false);
    assert_eq!(judged.text("/items/1/reason"), "unknown_number");
    assert!(server.switch.seen().is_empty());
}
