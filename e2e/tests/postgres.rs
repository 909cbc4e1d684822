//! The server on PostgreSQL: the same things as on its own database.

use std::time::Duration;

use e2e::{
    scene::{Scene, participant, rows},
    server::{Options, Server},
};
use serde_json::json;
use testkit::softphone::{End, Phone};

const TONES: [f32; 3] = [440.0, 700.0, 1_000.0];

#[test]
fn users_calls_and_conferences_on_postgresql_over_kill_9() {
    let database = testkit::postgres::database();
    let server = Server::start_with(Options {
        database: Some(database),
        ..Options::default()
    });
    let mut scene = Scene::with_people(server, 3);
    let room = scene.room("800", json!({"announce": "none"}));
    let phones: Vec<Phone> = (0..3)
        .map(|index| scene.phone(index, TONES[index]))
        .collect();

    let call = phones[0].call("202");
    assert!(
        call.is_answered() && call.hears(TONES[1]),
        "{:?}",
        call.end()
    );
    call.hang_up();

    let start = format!("/conference-rooms/{room}/start");
    let id = scene
        .server
        .post(&start, json!({"host": "201", "invite": ["202", "203"]}))
        .expect(201)
        .id();
    scene.wait_joined(&id, 3);
    let calls: Vec<_> = phones
        .iter()
        .map(|phone| phone.talking().expect("everybody was called"))
        .collect();
    assert!(calls[0].hears(TONES[1]) && calls[0].hears(TONES[2]));
    let kicked = participant(&scene.conference(&id), "203");
    let _ = scene
        .act(&id, "kick", json!({"participants": [kicked]}))
        .expect(200);
    assert_eq!(calls[2].ends(), Some(End::ByeReceived));
    let _ = scene.act(&id, "end", json!({})).expect(200);
    assert_eq!(calls[0].ends(), Some(End::ByeReceived));

    // Bindings are written within a second.
    std::thread::sleep(Duration::from_millis(1_500));
    scene.server.kill_9();
    scene.server.start_again();
    let conference = scene.conference(&id);
    assert_eq!(conference["state"], "ended");
    assert_eq!(rows(&conference).len(), 3, "{conference:#}");
    let call = phones[0].call("202");
    assert!(
        call.is_answered() && call.hears(TONES[1]),
        "registrations are kept: {:?}",
        call.end()
    );
    let verified = scene
        .server
        .get(&format!("/audit/verify?customer_id={}", scene.customer))
        .expect(200);
    assert_eq!(verified.body["intact"], true, "{}", verified.text);
}
