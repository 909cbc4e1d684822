//! `/calls`

use std::sync::Arc;

use model::{CallId, CallState, CallView, EndCause, Party, StepView, SwitchEvent};
use serde_json::json;

use crate::harness::Server;

fn call(customer: &str, id: &str, ended: bool) -> CallView {
    let party = |number: &str, name: &str| Party {
        user: None,
        number: number.to_owned(),
        name: name.to_owned(),
    };
    let at = "2026-11-18T10:00:00Z".parse().unwrap();
    CallView {
        id: id.parse::<CallId>().unwrap(),
        customer: customer.parse().unwrap(),
        version: 2,
        state: if ended {
            CallState::Ended
        } else {
            CallState::Ringing
        },
        from: party("201", "Anna Berg"),
        to: party("202", "Ben Berg"),
        started_at: at,
        answered_at: None,
        ended_at: ended.then_some(at),
        cause: ended.then_some(EndCause::NoAnswer),
        legs: Vec::new(),
        steps: vec![StepView {
            action: "ring".to_owned(),
            target: "202".to_owned(),
            secs: Some(20),
            setting: "features.ring_time".to_owned(),
            reason: "202 is a user".to_owned(),
        }],
        conference: None,
    }
}

#[tokio::test]
async fn live_and_past_calls_are_read_with_their_steps() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let live = "0198c0de-0000-7000-8000-000000000001";
    let past = "0198c0de-0000-7000-8000-000000000002";
    for (id, ended) in [(live, false), (past, true)] {
        let view = Arc::new(call(&customer, id, ended));
        server.switch.event(SwitchEvent::Call(view)).await;
    }
    let path = format!("/calls/{past}");
    let found = server
        .eventually(&path, |answer| answer.status == 200)
        .await;
    assert_eq!(found.text("/state"), "ended");
    assert_eq!(found.text("/cause"), "no_answer");
    assert_eq!(found.text("/steps/0/setting"), "features.ring_time");
    let all = server
        .eventually("/calls", |answer| answer.body["items"][1].is_object())
        .await;
    assert_eq!(all.body["total"], 2);
    let running = server.get("/calls?state=live").await.expect(200);
    assert_eq!(running.text("/items/0/id"), live);
    server.get("/calls?state=nonsense").await.expect(422);
}

#[tokio::test]
async fn explain_gives_the_steps() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    server.user(&customer, "Ben", Some("202")).await;
    let body = json!({"customer_id": customer, "from": "201", "to": "202"});
    let explained = server.post("/calls/explain", body).await.expect(200);
    assert!(
        explained.body["steps"]
            .as_array()
            .is_some_and(|steps| !steps.is_empty())
    );
    let body = json!({"customer_id": customer, "from": "", "at": "tomorrow"});
    let wrong = server.post("/calls/explain", body).await.expect(422);
    let errors = wrong.errors();
    assert!(errors.contains(&"at invalid".to_owned()), "{errors:?}");
    assert!(errors.contains(&"to required".to_owned()), "{errors:?}");
}
