//! A real Chromium on the real server: the manager's page while phones are in the room, and the
//! administrator's.

use std::time::Duration;

use e2e::{
    browser::Browser,
    http::Session,
    scene::{Scene, rows},
    server::{PASSWORD, Server},
};
use serde_json::{Value, json};
use testkit::softphone::{Call, End, PATIENCE, Phone, Settings, wait};

const TONES: [f32; 3] = [440.0, 700.0, 1_000.0];

/// The conference that runs in the room.
fn running(scene: &Scene, room: &str) -> Value {
    let found = wait(PATIENCE, || {
        let list = scene
            .server
            .get(&format!("/conferences?room_id={room}&state=running"))
            .expect(200)
            .body;
        list["items"].as_array()?.first().cloned()
    });
    found.expect("a conference runs in the room")
}

/// Makes 201 a conference manager and opens a browser for them.
fn as_manager(scene: &Scene, script: &str, more: Value) -> Browser {
    let body = json!({"customer_id": scene.customer, "extension": "201"});
    let made = scene.server.post("/conference-managers", body).expect(201);
    let mut facts = json!({
        "base": format!("http://{}", scene.server.http),
        "username": made.text_at("/username"),
        "password": made.text_at("/password"),
        "room": "Board meeting",
    });
    if let (Some(facts), Value::Object(more)) = (facts.as_object_mut(), more) {
        facts.extend(more);
    }
    Browser::start(script, &facts)
}

/// The manager goes on without a mouse; the phones hear what comes of it.
fn by_keys(browser: &mut Browser, calls: &[Call]) {
    browser.does("unmute 202");
    assert!(calls[2].hears(TONES[1]));
    let since = e2e::now();
    browser.does("mute both by keys");
    for tone in [TONES[1], TONES[2]] {
        let silent = calls[0].silent_after(tone, since, PATIENCE);
        assert!(silent.is_some(), "{tone} Hz is heard");
    }
    browser.does("unmute both by keys");
    assert!(calls[0].hears(TONES[1]) && calls[0].hears(TONES[2]));
    browser.does("lock and invite by keys");
}

#[test]
fn a_manager_runs_a_conference_from_the_page() {
    let scene = Scene::with_people(Server::start(), 3);
    let room = scene.room("800", json!({"name": "Board meeting", "announce": "none"}));
    let phones: Vec<Phone> = (0..3)
        .map(|index| scene.phone(index, TONES[index]))
        .collect();
    let people = json!({"people": ["Ben Berg", "Cleo Berg"], "extensions": ["202", "203"]});
    let mut browser = as_manager(&scene, "conference.mjs", people);
    let mut other = as_administrator(&scene, &room);
    browser.does("sign in");
    browser.does("open the room");
    browser.does("invite");
    browser.does("start");
    let id = running(&scene, &room)["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    scene.wait_joined(&id, 3);
    let calls: Vec<_> = phones
        .iter()
        .map(|phone| phone.talking().expect("everybody was called"))
        .collect();
    assert!(calls[0].hears(TONES[1]) && calls[0].hears(TONES[2]));
    assert!(calls[2].hears(TONES[0]) && calls[2].hears(TONES[1]));
    browser.does("see everybody joined");
    other.does("see everybody joined");

    let since = e2e::now();
    browser.does("mute 202");
    sees_at_once(&mut other, "see 202 muted");
    let silent = calls[2].silent_after(TONES[1], since, Duration::from_secs(3));
    assert!(
        silent.is_some_and(|after| after < Duration::from_secs(1)),
        "202 was heard for {silent:?} after the mute"
    );
    assert!(calls[2].hears(TONES[0]), "the others are still heard");
    by_keys(&mut browser, &calls);

    browser.does("kick 203");
    sees_at_once(&mut other, "see 203 gone");
    assert_eq!(calls[2].ends(), Some(End::ByeReceived));
    assert_eq!(
        phones[2].call("800").ends(),
        Some(End::Refused(403)),
        "kicked until the end"
    );

    browser.does("lock");
    sees_at_once(&mut other, "see the lock");
    browser.does("end");
    sees_at_once(&mut other, "see the end");
    for call in &calls[..2] {
        assert_eq!(call.ends(), Some(End::ByeReceived));
    }
    let ended = scene.conference(&id);
    assert_eq!(ended["state"], "ended");
    assert!(
        rows(&ended).iter().any(|row| row["state"] == "kicked"),
        "{ended:#}"
    );
    browser.does("be quiet");
    other.does("be quiet");
}

/// Opens a browser for the administrator on the room's page.
fn as_administrator(scene: &Scene, room: &str) -> Browser {
    let facts = json!({
        "base": format!("http://{}", scene.server.http),
        "username": "admin",
        "password": PASSWORD,
        "room": room,
        "people": ["Ben Berg"],
    });
    let mut browser = Browser::start("watch.mjs", &facts);
    browser.does("sign in");
    browser.does("open the room");
    browser
}

/// What one page did, the other shows by itself, and soon: two browsers share this machine.
#[track_caller]
fn sees_at_once(browser: &mut Browser, what: &str) {
    let begun = e2e::now();
    browser.does(what);
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "it took {:?} to {what}",
        begun.elapsed()
    );
}

#[test]
fn a_page_that_loses_its_server_says_so_and_recovers_by_itself() {
    let mut scene = Scene::with_people(Server::start(), 1);
    let _ = scene.room("800", json!({"name": "Board meeting"}));
    let facts = json!({"lost": "The connection to the server is lost", "newRoom": "Late room"});
    let mut browser = as_manager(&scene, "recovery.mjs", facts);
    browser.does("sign in");
    scene.server.kill_9();
    browser.does("miss the server");
    scene.server.start_again();
    // Made while the page was away: no event will tell it.
    let _ = scene.room("801", json!({"name": "Late room"}));
    browser.does("find the server");
    browser.does("see the new room");
}

#[test]
fn an_administrator_needs_nothing_but_the_keyboard() {
    let scene = Scene::with_people(Server::start(), 3);
    let [anna, ben, _] = &scene.people[..] else {
        panic!("three were asked for");
    };
    let to_ben = json!({"features": {"no_answer": {"type": "extension", "target": "202"}}});
    let _ = scene
        .server
        .patch(&format!("/users/{}", anna.id), to_ben)
        .expect(200);
    let mut browser = Browser::start("administrator.mjs", &what_is_done(&scene));
    browser.does("sign in");
    let shown = browser.tells("add a user");
    browser.does("put the credentials away");
    assert_eq!(shown["Server"], scene.server.sip.to_string());
    let _phone = as_shown(&scene, &shown);
    sees_at_once(&mut browser, "see the phone");

    browser.does("search");
    browser.does("rename");
    browser.does("see the registration");
    let wrong = browser.tells("name a second phone wrongly");
    assert_eq!(wrong["isInvalid"], "true");
    assert!(
        wrong["words"]
            .as_str()
            .is_some_and(|words| words.contains("12 hexadecimal digits")),
        "the field says {wrong:#}"
    );
    assert_eq!(wrong["kept"], json!(["Yealink T54W", "00:15:65"]));
    let second = browser.tells("name it rightly");
    let _second = as_shown(&scene, &second);

    let manager = browser.tells("make a manager");
    assert_eq!(manager["Username"], "conference-203");
    let text = |name: &str| manager[name].as_str().unwrap_or_default().to_owned();
    let _ = Session::sign_in(scene.server.http, "", &text("Username"), &text("Password"));

    browser.does("try to delete");
    let of_ben = format!("/users/{}", ben.id);
    let _ = scene.server.get(&of_ben).expect(200);
    browser.does("delete with an heir");
    let _ = scene.server.get(&of_ben).expect(404);
    let anna = scene.server.get(&format!("/users/{}", anna.id)).expect(200);
    assert_eq!(anna.text_at("/features/no_answer/target"), "203");

    browser.does("read the audit");
    browser.does("be quiet");
}

/// Whom the administrator adds, makes a manager and deletes, and what the audit says of it.
fn what_is_done(scene: &Scene) -> Value {
    json!({
        "base": format!("http://{}", scene.server.http),
        "username": "admin",
        "password": PASSWORD,
        "added": {
            "name": "Dora Lund", "first_name": "Dora", "last_name": "Lund",
            "new_name": "Dorothea", "email": "dora@example.com", "extension": "217",
            "model": "Yealink T54W", "mac": "00:15:65:AA:BB:CC",
        },
        "manager": "203",
        "leaving": {"name": "Ben Berg", "email": "ben-202@example.com", "used_by": "Anna Berg"},
        "heir": "203",
        "audit": [
            ["User added", "Dora Lund"],
            ["Phone added", "217"],
            ["User changed", "Dorothea Lund"],
            ["Phone added", "217-2"],
            ["Conference manager added", "conference-203"],
            ["User deleted", "Ben Berg"],
        ],
    })
}

/// A phone that is registered with what a page showed once.
#[track_caller]
fn as_shown(scene: &Scene, shown: &Value) -> Phone {
    let text = |name: &str| shown[name].as_str().unwrap_or_default();
    let (username, password) = (text("SIP username"), text("SIP password"));
    scene.phone_with(Settings::new(scene.server.sip, username, password))
}
