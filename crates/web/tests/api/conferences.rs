//! `/conferences`

use serde_json::{Value, json};

use crate::harness::{Answer, Server};

async fn started(server: &Server) -> Answer {
    let customer = server.main_customer().await;
    for (name, extension) in [("Anna", "201"), ("Ben", "202"), ("Cleo", "203")] {
        server.user(&customer, name, Some(extension)).await;
    }
    let body =
        json!({"customer_id": customer, "number": "800", "name": "Board", "record": "on_demand"});
    let room = server
        .post("/conference-rooms", body)
        .await
        .expect(201)
        .id();
    let body = json!({"invite": ["202"], "host": "201"});
    let path = format!("/conference-rooms/{room}/start");
    server.post(&path, body).await.expect(201)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn every_action_answers_with_the_whole_conference_and_may_be_repeated() {
    let server = Server::start().await;
    let conference = started(&server).await;
    let path = format!("/conferences/{}", conference.id());
    let guest = conference.text("/participants/1/id").to_owned();
    let these = json!({"participants": [guest]});
    let cases: [(&str, Value, &str, Value); 9] = [
        ("lock", json!({}), "/locked", json!(true)),
        ("unlock", json!({}), "/locked", json!(false)),
        ("mute", these.clone(), "/participants/1/muted", json!(true)),
        (
            "unmute",
            these.clone(),
            "/participants/1/muted",
            json!(false),
        ),
        (
            "mute",
            json!({"participants": "all"}),
            "/participants/0/muted",
            json!(false),
        ),
        ("record", json!({"on": true}), "/recording", json!(true)),
        ("record", json!({"on": false}), "/recording", json!(false)),
        (
            "lower-hands",
            these.clone(),
            "/participants/1/hand_raised",
            json!(false),
        ),
        (
            "admit",
            these.clone(),
            "/participants/1/state",
            json!("joined"),
        ),
    ];
    for (action, body, pointer, expect) in cases {
        for _ in 0..2 {
            let done = server
                .post(&format!("{path}/{action}"), body.clone())
                .await
                .expect(200);
            assert_eq!(done.body.pointer(pointer), Some(&expect), "{action}");
            assert_eq!(done.id(), conference.id());
        }
    }
    let invited = server
        .post(&format!("{path}/invite"), json!({"targets": ["203"]}))
        .await;
    assert_eq!(invited.expect(200).text("/participants/2/target"), "203");
    let body = json!({"participants": [guest], "ban_secs": 60});
    let kicked = server.post(&format!("{path}/kick"), body).await.expect(200);
    assert_eq!(kicked.text("/participants/1/state"), "kicked");
    for _ in 0..2 {
        let ended = server
            .post(&format!("{path}/end"), json!({}))
            .await
            .expect(200);
        assert_eq!(ended.text("/state"), "ended");
    }
    let after = server.get(&path).await.expect(200);
    assert_eq!(after.text("/state"), "ended");
    server
        .post(&format!("{path}/lock"), json!({}))
        .await
        .expect(409);
}

#[tokio::test]
async fn unknown_participants_are_422_and_nothing_is_done() {
    let server = Server::start().await;
    let conference = started(&server).await;
    let path = format!("/conferences/{}", conference.id());
    let known = conference.text("/participants/1/id");
    let body = json!({"participants": [known, "0198c0de-0000-7000-8000-000000000000"]});
    let refused = server.post(&format!("{path}/mute"), body).await.expect(422);
    assert!(!refused.errors().is_empty());
    let after = server.get(&path).await.expect(200);
    assert_eq!(after.body["participants"][1]["muted"], false);
    for body in [
        json!({}),
        json!({"participants": "some"}),
        json!({"participants": [7]}),
    ] {
        server.post(&format!("{path}/mute"), body).await.expect(422);
    }
    let body = json!({"participants": [known], "ban_secs": -1});
    server.post(&format!("{path}/kick"), body).await.expect(422);
}

#[tokio::test]
async fn running_and_ended_ones_are_listed() {
    let server = Server::start().await;
    let conference = started(&server).await;
    let list = server.get("/conferences?state=running").await.expect(200);
    assert_eq!(list.text("/items/0/id"), conference.id());
    let room = conference.text("/room_id");
    let list = server
        .get(&format!("/conferences?room_id={room}&state=ended"))
        .await;
    assert_eq!(list.expect(200).body["total"], 0);
}
