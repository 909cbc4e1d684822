//! A server that is told to stop: who may go on talking, and for how long.

use std::time::Duration;

use e2e::{
    scene::Scene,
    server::{Options, Server},
};
use serde_json::json;
use testkit::softphone::{Call, End, Phone, wait};

/// How long an end may take that waits for nobody.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Three phones, the first talks to the second; and a server with so much grace.
fn talking(grace_secs: u32) -> (Scene, [Phone; 3], Call) {
    let server = Server::start_with(Options {
        arguments: vec!["--grace-secs".to_owned(), grace_secs.to_string()],
        ..Options::default()
    });
    let scene = Scene::with_people(server, 3);
    let phones = [440.0, 1_000.0, 0.0];
    let phones = [0, 1, 2].map(|index| scene.phone(index, phones[index]));
    let call = phones[0].call("202");
    assert!(call.is_answered(), "{:?}", call.end());
    (scene, phones, call)
}

/// Waits until the server has heard of it. A number that nobody has is 404 before that.
#[track_caller]
fn refuses_new_calls(phone: &Phone) {
    let refused = wait(AT_ONCE, || match phone.call("299").ends() {
        Some(End::Refused(404)) => None,
        end => Some(end),
    });
    assert_eq!(refused, Some(Some(End::Refused(503))));
}

#[test]
fn a_running_call_goes_on_and_new_ones_get_503_until_it_ends() {
    let (mut scene, phones, call) = talking(60);
    scene.server.signal("TERM");
    refuses_new_calls(&phones[2]);
    assert_eq!(phones[2].call("202").ends(), Some(End::Refused(503)));
    assert!(phones[2].answers().iter().any(|(status, headers)| {
        *status == 503 && headers.to_lowercase().contains("retry-after")
    }));
    let told = e2e::now();
    assert!(call.hears(1_000.0), "the call went on: {:?}", call.end());
    call.hang_up();
    let ended = scene.server.ends(AT_ONCE);
    assert_eq!(ended.code(), Some(0), "{}", scene.server.log());
    assert!(told.elapsed() < Duration::from_secs(30));
    assert_eq!(call.ends(), Some(End::HungUp));
}

#[test]
fn the_grace_time_is_kept_and_not_more() {
    let (mut scene, _phones, call) = talking(3);
    scene.server.signal("TERM");
    let told = e2e::now();
    let ended = scene.server.ends(Duration::from_secs(20));
    let took = told.elapsed();
    assert_eq!(ended.code(), Some(0), "{}", scene.server.log());
    assert!(
        took >= Duration::from_secs(3) && took < Duration::from_secs(3) + AT_ONCE,
        "ended after {took:?}"
    );
    assert_eq!(call.ends(), Some(End::ByeReceived));
}

#[test]
fn a_second_signal_cuts_the_grace_time_short() {
    for second in ["TERM", "INT"] {
        let (mut scene, phones, call) = talking(60);
        scene.server.signal("TERM");
        refuses_new_calls(&phones[2]);
        scene.server.signal(second);
        let ended = scene.server.ends(AT_ONCE);
        assert_eq!(ended.code(), Some(0), "{}", scene.server.log());
        assert_eq!(call.ends(), Some(End::ByeReceived), "{second}");
    }
}

#[test]
fn an_interrupt_is_as_good_an_end_as_a_termination() {
    let (mut scene, phones, call) = talking(60);
    scene.server.signal("INT");
    refuses_new_calls(&phones[2]);
    call.hang_up();
    let ended = scene.server.ends(AT_ONCE);
    assert_eq!(ended.code(), Some(0), "{}", scene.server.log());
}

#[test]
fn the_calls_of_a_conference_end_as_all_others_do() {
    let mut scene = Scene::with_people(Server::start(), 2);
    let room = scene.room("800", json!({}));
    let _phones = [0, 1].map(|index| scene.phone(index, 440.0));
    let path = format!("/conference-rooms/{room}/start");
    let body = json!({"host": "201", "invite": ["202"]});
    let id = scene.server.post(&path, body).expect(201).id();
    let _ = scene.wait_joined(&id, 2);
    assert_eq!(scene.server.stop().code(), Some(0));
    scene.server.start_again();
    let causes = scene.causes();
    for number in ["201", "202"] {
        assert_eq!(causes[number], "server_stopped", "{causes:?}");
    }
}
