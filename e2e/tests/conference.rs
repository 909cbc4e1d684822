//! A conference by API, with phones that say which tones they hear.

use std::time::{Duration, Instant};

use e2e::{
    events::{Event, Events},
    http::Session,
    scene::{Scene, participant, rows},
    server::Server,
};
use serde_json::{Value, json};
use testkit::softphone::{Answer, Call, Codec, End, PATIENCE, Phone, Settings, wait};

const TONES: [f32; 4] = [440.0, 700.0, 1_000.0, 1_400.0];
/// What a page or an ear may take to notice an action.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Four people's phones, each with a codec and a tone of its own.
fn phones(scene: &Scene) -> Vec<Phone> {
    let codecs = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus];
    (0..4)
        .map(|index| {
            let settings = Settings {
                tone: TONES[index],
                codecs: vec![codecs[index]],
                ..scene.settings(index)
            };
            scene.phone_with(settings)
        })
        .collect()
}

/// Starts the room with 201 as host and the others invited, and waits until all are in.
fn start(scene: &Scene, room: &str) -> String {
    let body = json!({"host": "201", "invite": ["202", "203", "204"]});
    let id = scene
        .server
        .post(&format!("/conference-rooms/{room}/start"), body)
        .expect(201)
        .id();
    scene.wait_joined(&id, 4);
    id
}

fn calls(phones: &[Phone]) -> Vec<Call> {
    phones
        .iter()
        .map(|phone| phone.talking().expect("everybody was called"))
        .collect()
}

/// Says who hears whom as rows of hearers, such as `-xxx x-xx …`.
fn ears(calls: &[Call]) -> String {
    let row = |hearer: usize| -> String {
        let hears = |tone: usize| {
            if calls[hearer].hears_now(TONES[tone]) {
                'x'
            } else {
                '-'
            }
        };
        (0..calls.len()).map(hears).collect()
    };
    (0..calls.len()).map(row).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check_ears(calls: &[Call], expected: &str) {
    let right = wait(PATIENCE, || (ears(calls) == expected).then_some(()));
    assert!(
        right.is_some(),
        "expected {expected}, heard {}",
        ears(calls)
    );
}

#[track_caller]
fn check_event(streams: &[Events; 2], since: Instant, what: &str, wanted: impl Fn(&Event) -> bool) {
    for events in streams {
        let event = events.wait_for(Duration::from_secs(5), |event| {
            event.at >= since && wanted(event)
        });
        let names: Vec<_> = events.all().into_iter().map(|event| event.name).collect();
        let event = event.unwrap_or_else(|| panic!("no stream told of `{what}`: {names:?}"));
        assert!(
            event.at - since < Duration::from_secs(1),
            "`{what}` came after {:?}",
            event.at - since
        );
    }
}

fn state_of<'a>(event: &'a Event, target: &str) -> Option<&'a Value> {
    rows(&event.data).iter().find(|row| row["target"] == target)
}

#[test]
fn everybody_hears_the_others_until_they_are_muted_kicked_or_the_end() {
    let scene = Scene::with_people(Server::start(), 4);
    let room = scene.room("800", json!({"announce": "none"}));
    let phones = phones(&scene);
    let streams = [scene.server.events(), scene.server.events()];
    let begun = e2e::now();
    let id = start(&scene, &room);
    let calls = calls(&phones);
    // At most three are mixed, so the fourth is silent while ears are looked at.
    phones[3].tone(0.0);
    check_ears(&calls, "-xx- x-x- xx-- xxx-");
    for name in ["conference.started", "conference.participant_changed"] {
        for events in &streams {
            assert!(
                events
                    .wait_for(PATIENCE, |event| event.name == name)
                    .is_some_and(|event| event.at >= begun),
                "{name}"
            );
        }
    }

    mute(&scene, &id, &calls, &streams);
    kick_and_ban(&scene, &id, &phones, &calls, &streams);
    lock(&scene, &id, &phones, &streams);

    let since = e2e::now();
    let ended = scene.act(&id, "end", json!({})).expect(200);
    assert_eq!(ended.body["state"], "ended");
    for (index, call) in calls.iter().enumerate().filter(|(index, _)| *index != 2) {
        assert_eq!(call.ends(), Some(End::ByeReceived), "20{}", index + 1);
    }
    check_event(&streams, since, "ended", |event| {
        event.name == "conference.ended"
    });
    assert_eq!(
        scene.conference(&id)["state"],
        "ended",
        "it is readable afterwards"
    );
    let recorded = wait(PATIENCE, || {
        let causes = scene.causes();
        let numbers = ["201", "202", "203", "204"];
        numbers
            .iter()
            .all(|number| causes.contains_key(*number))
            .then(|| numbers.map(|number| causes[number].clone()))
    });
    let ended = "conference_ended";
    assert_eq!(
        recorded.expect("every call has a record"),
        [ended, ended, "kicked", ended]
    );
}

/// 202 is heard by nobody at once, on both pages as well, until they are unmuted.
fn mute(scene: &Scene, id: &str, calls: &[Call], streams: &[Events; 2]) {
    let muted = participant(&scene.conference(id), "202");
    let since = e2e::now();
    let answer = scene
        .act(id, "mute", json!({"participants": [muted]}))
        .expect(200);
    assert_eq!(
        rows(&answer.body)
            .iter()
            .filter(|row| row["muted"] == true)
            .count(),
        1,
        "{:#}",
        answer.body
    );
    for (index, call) in calls.iter().enumerate().filter(|(index, _)| *index != 1) {
        let silent = call.silent_after(TONES[1], since, Duration::from_secs(2));
        assert!(
            silent.is_some_and(|after| after <= AT_ONCE),
            "20{} heard 202 for {silent:?}",
            index + 1
        );
    }
    check_event(streams, since, "muted", |event| {
        state_of(event, "202").is_some_and(|row| row["muted"] == true)
    });
    check_ears(calls, "--x- x-x- x--- x-x-");
    let again = scene
        .act(id, "mute", json!({"participants": [muted]}))
        .expect(200);
    assert_eq!(again.body["state"], "running");
    let _ = scene
        .act(id, "unmute", json!({"participants": [muted]}))
        .expect(200);
    check_ears(calls, "-xx- x-x- xx-- xxx-");
}

/// 203 is kicked: BYE comes, nobody hears them, and they cannot come back by themselves.
fn kick_and_ban(scene: &Scene, id: &str, phones: &[Phone], calls: &[Call], streams: &[Events; 2]) {
    let kicked = participant(&scene.conference(id), "203");
    let since = e2e::now();
    let _ = scene
        .act(id, "kick", json!({"participants": [kicked]}))
        .expect(200);
    assert_eq!(calls[2].ends(), Some(End::ByeReceived));
    check_event(streams, since, "kicked", |event| {
        state_of(event, "203").is_some_and(|row| row["state"] == "kicked")
    });
    let gone = wait(PATIENCE, || (!calls[0].hears_now(TONES[2])).then_some(()));
    assert!(gone.is_some(), "a kicked phone is still heard");
    let back = phones[2].call("800");
    assert_eq!(
        back.ends(),
        Some(End::Refused(403)),
        "a banned phone was let in"
    );
}

/// Nobody comes into a locked room, and afterwards they can.
fn lock(scene: &Scene, id: &str, phones: &[Phone], streams: &[Events; 2]) {
    let late = Scene::phone_with(scene, {
        let person = scene.person("Gil", "207");
        Settings::new(scene.server.sip, &person.username, &person.password)
    });
    let since = e2e::now();
    assert_eq!(
        scene.act(id, "lock", json!({})).expect(200).body["locked"],
        true
    );
    check_event(streams, since, "locked", |event| {
        event.data["locked"] == true
    });
    assert_eq!(
        late.call("800").ends(),
        Some(End::Refused(403)),
        "a locked room let somebody in"
    );
    assert_eq!(
        scene.act(id, "unlock", json!({})).expect(200).body["locked"],
        false
    );
    let call = late.call("800");
    assert!(
        call.is_answered(),
        "an unlocked room lets people in: {:?}",
        call.end()
    );
    assert!(call.hears(TONES[0]), "{}", phones.len());
    call.hang_up();
}

#[test]
fn a_manager_sees_rooms_and_nothing_else_and_is_called_on_start() {
    let scene = Scene::with_people(Server::start(), 3);
    let room = scene.room("800", json!({}));
    let phones: Vec<Phone> = (0..3)
        .map(|index| scene.phone(index, TONES[index]))
        .collect();
    let made = scene.server.post(
        "/conference-managers",
        json!({"customer_id": scene.customer, "extension": "201"}),
    );
    let made = made.expect(201);
    assert_eq!(made.text_at("/username"), "conference-201");
    let session = Session::sign_in(
        scene.server.http,
        "",
        "conference-201",
        &made.text_at("/password"),
    );
    sees_rooms_only(&scene, &session);
    let started = session.post(
        &format!("/conference-rooms/{room}/start"),
        json!({"invite": ["202", "203"]}),
    );
    let id = started.expect(201).id();
    scene.wait_joined(&id, 3);
    let calls = calls(&phones);
    let heard = wait(PATIENCE, || (ears(&calls) == "-xx x-x xx-").then_some(()));
    assert!(heard.is_some(), "{}", ears(&calls));
    let conference = scene.conference(&id);
    let own = rows(&conference)
        .iter()
        .find(|row| row["target"] == "201")
        .expect("their own extension is called");
    assert!(
        matches!(own["role"].as_str(), Some("owner" | "moderator")),
        "{conference:#}"
    );
    let _ = session
        .post(&format!("/conferences/{id}/end"), json!({}))
        .expect(200);
    assert_eq!(calls[0].ends(), Some(End::ByeReceived));
}

/// Their lists hold one room, and nothing of anything else.
fn sees_rooms_only(scene: &Scene, session: &Session) {
    assert_eq!(
        session.get("/conference-rooms").expect(200).body["total"],
        1
    );
    for path in [
        "/users",
        "/audit",
        "/api-keys",
        "/conference-managers",
        "/customers",
    ] {
        let answer = session.get(path);
        let nothing = answer.status == 403 || answer.body["total"] == 0;
        assert!(
            nothing,
            "a conference manager reads {path}: {} {}",
            answer.status, answer.text
        );
    }
    let other = scene.server.post("/users", json!({
        "customer_id": scene.customer, "email": "x@example.com", "first_name": "X", "last_name": "Y",
    }));
    let id = other.expect(201).id();
    assert!(matches!(
        session.get(&format!("/users/{id}")).status,
        403 | 404
    ));
}

#[test]
fn a_room_is_full_a_host_is_offline_and_a_number_has_no_trunk() {
    let scene = Scene::with_people(Server::start(), 3);
    let room = scene.room("800", json!({"max_participants": 3}));
    let start = format!("/conference-rooms/{room}/start");
    let phone = scene.phone(1, 440.0);
    let too_many = json!({"host": "201", "invite": ["202", "203", "0301234567"]});
    let refused = scene.server.post(&start, too_many).expect(422);
    assert!(refused.text.contains("room_full"), "{}", refused.text);
    assert_eq!(phone.incoming_count(), 0, "nobody is called then");

    let id = scene
        .server
        .post(
            &start,
            json!({"host": "201", "invite": ["202", "0301234567"]}),
        )
        .expect(201)
        .id();
    let conference = scene.wait_joined(&id, 1);
    let check = |target: &str, reason: &str| {
        let found = wait(PATIENCE, || {
            let conference = scene.conference(&id);
            let row = rows(&conference)
                .iter()
                .find(|row| row["target"] == target)?;
            (row["state"] == "failed" && (reason.is_empty() || row["reason"] == reason))
                .then_some(())
        });
        assert!(found.is_some(), "{target} {reason}: {conference:#}");
    };
    check("201", "");
    check("0301234567", "no_trunk");
    let again = scene.server.post(&start, json!({})).expect(409);
    assert!(again.text.contains(&id), "{}", again.text);
}

#[test]
fn a_phone_that_dies_is_shown_so_within_seconds_and_again_when_it_is_back() {
    let scene = Scene::with_people(Server::start(), 3);
    let room = scene.room("800", json!({}));
    let mut phones: Vec<Phone> = (0..3)
        .map(|index| scene.phone(index, TONES[index]))
        .collect();
    let invite = json!({"host": "201", "invite": ["202", "203"]});
    let path = format!("/conference-rooms/{room}/start");
    let id = scene.server.post(&path, invite).expect(201).id();
    scene.wait_joined(&id, 3);
    let calls = calls(&phones);
    let heard = wait(PATIENCE, || (ears(&calls) == "-xx x-x xx-").then_some(()));
    assert!(heard.is_some(), "{}", ears(&calls));
    let events = scene.server.events();
    check_cut_off(&events, "202", true, || calls[1].cut_off());
    check_cut_off(&events, "202", false, || calls[1].reconnect());
    check_cut_off(&events, "203", true, || drop(phones.pop()));
    let _ = scene.act(&id, "end", json!({})).expect(200);
}

/// What is done to one phone shows in its row within five seconds, and in no other.
#[track_caller]
fn check_cut_off(events: &Events, target: &str, expected: bool, act: impl FnOnce()) {
    let since = e2e::now();
    act();
    let is_cut_off = |row: &Value| row["quality"]["loss_percent"] == 100.0;
    let shown = events.wait_for(PATIENCE, |event| {
        event.at >= since
            && state_of(event, target).is_some_and(|row| is_cut_off(row) == expected)
            && (expected || event.name == "conference.participant_changed")
    });
    let shown = shown.unwrap_or_else(|| panic!("{target} is not shown as {expected}"));
    let after = shown.at - since;
    assert!(after < Duration::from_secs(5), "{target} after {after:?}");
    let others = rows(&shown.data)
        .iter()
        .filter(|row| row["target"] != target);
    for row in others {
        assert!(!is_cut_off(row), "{row:#}");
    }
}

#[test]
fn explain_says_what_a_call_then_does() {
    let scene = Scene::with_people(Server::start(), 3);
    let (caller, called) = (scene.phone(0, 440.0), scene.phone(1, 700.0));
    let _ = scene.room("800", json!({}));
    // 202 and the room answer, 203 has no phone on, and 299 is nobody's.
    for (target, answered) in [("202", true), ("800", true), ("203", false), ("299", false)] {
        let (explained, steps) = explain_and_call(&scene, &caller, target);
        assert!(
            explained.starts_with(&steps) && !steps.is_empty(),
            "{target}: {explained:#?}, {steps:#?}"
        );
        if !answered {
            assert_eq!(explained, steps, "{target}");
        }
    }
    // The same again, but 202 lets it ring: now it goes the whole way.
    let _ = scene
        .server
        .patch(
            &format!("/users/{}", scene.people[1].id),
            json!({"features": {"ring_time": 5}}),
        )
        .expect(200);
    called.behave(Answer::Never);
    let (explained, steps) = explain_and_call(&scene, &caller, "202");
    assert_eq!(explained, steps);
    assert_eq!(called.incoming_count(), 2);
}

/// What explain says of a call from 201, and what the call's record then has, as action, target
/// and setting of each step.
fn explain_and_call(scene: &Scene, caller: &Phone, target: &str) -> (Vec<String>, Vec<String>) {
    let asked = json!({"customer_id": scene.customer, "from": "201", "to": target});
    let explained = scene.server.post("/calls/explain", asked).expect(200).body["steps"].clone();
    let path = format!("/calls?customer_id={}&limit=50", scene.customer);
    let before = scene.server.get(&path).expect(200).body["total"].clone();
    let call = caller.call(target);
    call.is_answered();
    call.hang_up();
    assert!(call.ends().is_some());
    let steps = wait(PATIENCE, || {
        let calls = scene.server.get(&path).expect(200).body;
        let newest = calls["items"].as_array()?.first()?;
        let is_it = newest["to"]["number"] == target && !newest["ended_at"].is_null();
        (is_it && calls["total"] != before).then(|| newest["steps"].clone())
    });
    let steps = steps.unwrap_or_else(|| panic!("the call to {target} is not in the history"));
    (taken(&explained), taken(&steps))
}

/// Action, target and setting of each step.
fn taken(steps: &Value) -> Vec<String> {
    let steps = steps.as_array().map_or(&[][..], Vec::as_slice);
    steps
        .iter()
        .map(|step| format!("{} {} {}", step["action"], step["target"], step["setting"]))
        .collect()
}
