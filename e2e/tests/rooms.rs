//! What a room's settings do to people who dial in with a phone: PIN, lobby, webinar, recording,
//! and the menu of the telephone's keys.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use e2e::{
    scene::{Scene, participant, rows},
    server::Server,
};
use serde_json::{Value, json};
use testkit::{
    recording,
    softphone::{AUDIBLE, Call, Codec, End, PATIENCE, Phone, Settings, wait},
};

const TONES: [f32; 4] = [440.0, 700.0, 1_000.0, 1_400.0];
/// Longer than any prompt.
const PROMPT: Duration = Duration::from_secs(20);

fn phones(scene: &Scene, count: usize) -> Vec<Phone> {
    (0..count)
        .map(|index| scene.phone(index, TONES[index]))
        .collect()
}

/// The one conference that runs.
fn running(scene: &Scene) -> String {
    let found = wait(PATIENCE, || {
        let page = scene.server.get("/conferences?state=running").expect(200);
        page.body["items"][0]["id"].as_str().map(str::to_owned)
    });
    found.expect("a conference runs once somebody is in")
}

/// Waits until the newest row of this target is as wanted.
#[track_caller]
fn row_becomes(scene: &Scene, id: &str, target: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let found = wait(PROMPT, || {
        let conference = scene.conference(id);
        let row = rows(&conference)
            .iter()
            .rev()
            .find(|row| row["target"] == target)?;
        wanted(row).then(|| row.clone())
    });
    found.unwrap_or_else(|| panic!("{target} is not as wanted: {:#}", scene.conference(id)))
}

/// Whether nothing of this tone is heard for so long.
fn stays_silent(call: &Call, hertz: f32, time: Duration) -> bool {
    wait(time, || call.hears_now(hertz).then_some(())).is_none()
}

/// Calls the room and presses keys once it is answered.
fn dial(phone: &Phone, keys: &str) -> Call {
    let call = phone.call("800");
    assert!(call.is_answered(), "{:?}", call.end());
    call.press(keys);
    call
}

#[test]
fn a_pin_lets_in_makes_moderators_and_is_not_guessed() {
    let scene = Scene::with_people(Server::start(), 3);
    let _ = scene.room(
        "800",
        json!({"participant_pin": "1357", "moderator_pin": "97531"}),
    );
    let phones = phones(&scene, 3);
    let first = dial(&phones[0], "97531#");
    let id = running(&scene);
    let row = row_becomes(&scene, &id, "201", |row| row["state"] == "joined");
    assert_eq!(row["role"], "moderator");
    let second = dial(&phones[1], "1357#");
    let row = row_becomes(&scene, &id, "202", |row| row["state"] == "joined");
    assert_eq!(row["role"], "participant");
    assert!(first.hears(TONES[1]) && second.hears(TONES[0]));

    let guesser = phones[2].call("800");
    assert!(guesser.is_answered());
    for _ in 0..3 {
        assert!(!guesser.hears_now(TONES[0]), "in without a PIN");
        guesser.press("2468#");
        std::thread::sleep(Duration::from_secs(1));
    }
    let ended = wait(PROMPT, || guesser.end());
    assert_eq!(
        ended,
        Some(End::ByeReceived),
        "three wrong PINs end the call"
    );
    scene.wait_joined(&id, 2);
}

#[test]
fn the_lobby_holds_callers_until_they_are_admitted() {
    let scene = Scene::with_people(Server::start(), 2);
    let room = scene.room("800", json!({"lobby": true}));
    let phones = phones(&scene, 2);
    let started = scene.server.post(
        &format!("/conference-rooms/{room}/start"),
        json!({"host": "201"}),
    );
    let id = started.expect(201).id();
    scene.wait_joined(&id, 1);
    let host = phones[0].talking().expect("the host was called");
    let caller = phones[1].call("800");
    assert!(caller.is_answered());
    let _ = row_becomes(&scene, &id, "202", |row| row["state"] == "lobby");
    assert!(stays_silent(&host, TONES[1], Duration::from_secs(1)));
    assert!(!caller.hears_now(TONES[0]), "the lobby hears the room");
    let waiting = participant(&scene.conference(&id), "202");
    let _ = scene
        .act(&id, "admit", json!({"participants": [waiting]}))
        .expect(200);
    let _ = row_becomes(&scene, &id, "202", |row| row["state"] == "joined");
    assert!(host.hears(TONES[1]) && caller.hears(TONES[0]));
}

#[test]
fn in_a_webinar_a_moderator_gives_the_floor() {
    let scene = Scene::with_people(Server::start(), 3);
    let room = scene.room("800", json!({"webinar": true}));
    let phones = phones(&scene, 3);
    let body = json!({"host": "201", "invite": ["202", "203"]});
    let started = scene
        .server
        .post(&format!("/conference-rooms/{room}/start"), body);
    let id = started.expect(201).id();
    scene.wait_joined(&id, 3);
    let calls: Vec<Call> = phones
        .iter()
        .map(|phone| phone.talking().expect("everybody was called"))
        .collect();
    assert!(calls[1].hears(TONES[0]) && calls[2].hears(TONES[0]));
    assert!(stays_silent(&calls[0], TONES[1], Duration::from_secs(1)));
    // Their own key does not take the floor, but raises a hand.
    calls[1].press("*6");
    assert!(stays_silent(&calls[0], TONES[1], Duration::from_secs(1)));
    calls[1].press("*5");
    let row = row_becomes(&scene, &id, "202", |row| row["hand_raised"] == true);
    assert_eq!(row["muted"], true);
    let speaker = participant(&scene.conference(&id), "202");
    let _ = scene
        .act(&id, "unmute", json!({"participants": [speaker]}))
        .expect(200);
    assert!(calls[0].hears(TONES[1]) && calls[2].hears(TONES[1]));
    assert!(!calls[0].hears_now(TONES[2]));
}

#[test]
fn what_is_said_while_it_records_is_in_the_file() {
    let scene = Scene::with_people(Server::start(), 2);
    let room = scene.room("800", json!({"record": "on_demand", "announce": "none"}));
    let opus = Settings {
        tone: TONES[1],
        codecs: vec![Codec::Opus],
        ..scene.settings(1)
    };
    let phones = [scene.phone(0, TONES[0]), scene.phone_with(opus)];
    let body = json!({"host": "201", "invite": ["202"]});
    let started = scene
        .server
        .post(&format!("/conference-rooms/{room}/start"), body);
    let id = started.expect(201).id();
    scene.wait_joined(&id, 2);
    let folder = scene.server.data_dir().join("recordings");
    assert!(files(&folder).is_empty(), "nothing is recorded unasked");
    phones[1].tone(0.0);
    assert_eq!(
        scene
            .act(&id, "record", json!({"on": true}))
            .expect(200)
            .body["recording"],
        true
    );
    std::thread::sleep(Duration::from_secs(3));
    phones[0].tone(0.0);
    phones[1].tone(TONES[1]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(
        scene
            .act(&id, "record", json!({"on": false}))
            .expect(200)
            .body["recording"],
        false
    );
    phones[1].tone(TONES[3]);
    std::thread::sleep(Duration::from_millis(1_500));
    let files = files(&folder);
    assert_eq!(files.len(), 1, "{files:?}");
    let audible = |hertz: f32| -> Vec<bool> {
        let levels = recording::levels(&files[0], f64::from(hertz)).expect("it is a recording");
        levels.into_iter().map(|level| level >= AUDIBLE).collect()
    };
    let (first, second) = (audible(TONES[0]), audible(TONES[1]));
    let half = first.len() / 2;
    assert!((10..=14).contains(&first.len()), "{first:?}");
    assert!(first[1..half - 1].iter().all(|heard| *heard), "{first:?}");
    assert!(!first[half + 1..].contains(&true), "{first:?}");
    assert!(!second[..half - 1].contains(&true), "{second:?}");
    assert!(
        second[half + 1..second.len() - 1]
            .iter()
            .all(|heard| *heard),
        "{second:?}"
    );
    assert!(
        !audible(TONES[3]).contains(&true),
        "it went on after the end"
    );
    let _ = scene.act(&id, "end", json!({})).expect(200);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

#[test]
fn a_moderator_runs_the_room_by_the_keys() {
    let scene = Scene::with_people(Server::start(), 4);
    let room = scene.room("800", json!({}));
    let phones = phones(&scene, 4);
    let body = json!({"host": "201", "invite": ["202", "203"]});
    let started = scene
        .server
        .post(&format!("/conference-rooms/{room}/start"), body);
    let id = started.expect(201).id();
    scene.wait_joined(&id, 3);
    let host = phones[0].talking().expect("the host was called");
    let guest = phones[1].talking().expect("202 was called");
    assert!(host.hears(TONES[1]) && guest.hears(TONES[0]));

    // A participant's keys move nothing but themselves.
    guest.press("*4");
    guest.press("*6");
    let _ = row_becomes(&scene, &id, "202", |row| row["muted"] == true);
    assert_eq!(scene.conference(&id)["locked"], false);
    let quiet = wait(PATIENCE, || (!host.hears_now(TONES[1])).then_some(()));
    assert!(quiet.is_some(), "*6 mutes");
    guest.press("*6");
    assert!(host.hears(TONES[1]), "*6 again unmutes");

    host.press("*7");
    let _ = row_becomes(&scene, &id, "202", |row| row["muted"] == true);
    let _ = row_becomes(&scene, &id, "203", |row| row["muted"] == true);
    host.press("*7");
    let _ = row_becomes(&scene, &id, "203", |row| row["muted"] == false);
    host.press("*4");
    let locked = wait(PATIENCE, || {
        (scene.conference(&id)["locked"] == true).then_some(())
    });
    assert!(locked.is_some(), "*4 locks");
    assert_eq!(phones[3].call("800").ends(), Some(End::Refused(403)));

    host.press("*1204#");
    let _ = row_becomes(&scene, &id, "204", |row| row["state"] == "joined");
    let called = phones[3].talking().expect("204 was called in");
    assert!(
        called.hears(TONES[0]),
        "a locked room lets in whom a moderator calls"
    );
    host.press("*3");
    for call in [&guest, &called, &host] {
        assert_eq!(call.ends(), Some(End::ByeReceived), "*3 ends for all");
    }
    assert_eq!(scene.conference(&id)["state"], "ended");
}
