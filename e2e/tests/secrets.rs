//! No secret is found where it need not be: in the log at its most talkative, in any file of the
//! data folder, in what the API answers later, in events.

use std::{fs, path::Path, time::Duration};

use e2e::{
    http::Session,
    scene::Scene,
    server::{KEY, Options, PASSWORD, Server},
};
use serde_json::{Value, json};
use testkit::softphone::{Phone, wait};

/// Written in the open: shows that the search would find a secret.
const CONTROL: &str = "Canaria-5d21";
const USERS_PASSWORD: &str = "canary-6e0b-first-password";
const CHANGED_PASSWORD: &str = "canary-91cc-second-password";
const PARTICIPANTS_PIN: &str = "9182736450";
const MODERATORS_PIN: &str = "8172635409";

/// Secrets by what they are.
type Secrets = Vec<(&'static str, String)>;

/// Files that have this in them.
fn files_with(folder: &Path, needle: &[u8]) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                return files_with(&path, needle);
            }
            // The server removes files while we look.
            let bytes = fs::read(&path).unwrap_or_default();
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            Vec::from_iter(found.then(|| path.display().to_string()))
        })
        .collect()
}

/// A person who signs in, changes the password and is told a wrong one; a session of theirs.
fn sign_in(scene: &Scene, secrets: &mut Secrets) -> Session {
    let server = &scene.server;
    let body = json!({
        "customer_id": scene.customer, "email": "canary@example.com", "first_name": CONTROL,
        "username": "canary", "password": USERS_PASSWORD, "role": "customer_administrator",
    });
    let _ = server.post("/users", body).expect(201);
    let wrong =
        json!({"account_name": "main", "username": "canary", "password": "canary-bad-guess"});
    let _ = server.post("/session", wrong).expect(401);
    let first = Session::sign_in(server.http, "main", "canary", USERS_PASSWORD);
    let change = json!({
        "current_password": USERS_PASSWORD, "new_password": CHANGED_PASSWORD,
    });
    let _ = first.post("/me/password", change).expect(204);
    let session = Session::sign_in(server.http, "main", "canary", CHANGED_PASSWORD);
    for session in [&first, &session] {
        let [cookie, token] = session.secrets();
        secrets.push(("session token", cookie));
        secrets.push(("CSRF token", token));
    }
    for (what, secret) in [
        ("key of the first start", KEY),
        ("password of the first start", PASSWORD),
        ("password", USERS_PASSWORD),
        ("changed password", CHANGED_PASSWORD),
        ("wrong password", "canary-bad-guess"),
    ] {
        secrets.push((what, secret.to_owned()));
    }
    session
}

/// Accounts and keys whose secrets the server makes and tells once.
fn credentials(scene: &Scene, session: &Session, secrets: &mut Secrets) {
    let body = json!({"name": "canary", "profile": "api"});
    let key = session.post("/api-keys", body).expect(201);
    secrets.push(("API key", key.text_at("/key")));
    let _ = scene
        .server
        .try_as(&key.text_at("/key"), "GET", "/users", None)
        .expect("an answer")
        .expect(200);
    let manager = session.post("/conference-managers", json!({"extension": "201"}));
    let manager = manager.expect(201);
    secrets.push(("manager's password", manager.text_at("/password")));
    let reset = format!("/conference-managers/{}/reset-password", manager.id());
    let reset = session.post(&reset, json!({})).expect(200);
    secrets.push(("manager's new password", reset.text_at("/password")));
    let devices = format!("/users/{}/devices", scene.people[1].id);
    let device = session.post(&devices, json!({})).expect(201);
    secrets.push(("SIP password", device.text_at("/sip/password")));
    let reset = format!("/devices/{}/reset-password", device.id());
    let reset = session.post(&reset, json!({})).expect(200);
    secrets.push(("new SIP password", reset.text_at("/sip/password")));
    for person in &scene.people {
        secrets.push(("phone's password", person.password.clone()));
    }
}

/// Phones register, one of them with a wrong password, and one calls a room and types its PIN.
fn calls(scene: &Scene) {
    let caller = scene.phone(0, 440.0);
    let mut settings = scene.settings(1);
    "canary-wrong-sip-password".clone_into(&mut settings.password);
    let stranger = Phone::start(settings).expect("a phone has a free port");
    assert!(stranger.register().is_err());
    let pins = json!({"participant_pin": PARTICIPANTS_PIN, "moderator_pin": MODERATORS_PIN});
    let _ = scene.room("800", pins);
    let call = caller.call("800");
    assert!(call.is_answered(), "{:?}", call.end());
    call.press(&format!("{PARTICIPANTS_PIN}#"));
    let joined = wait(Duration::from_secs(20), || {
        let running = scene.server.get("/conferences?state=running").expect(200);
        let state = running.body.pointer("/items/0/participants/0/state");
        (state == Some(&json!("joined"))).then_some(())
    });
    assert!(joined.is_some(), "the PIN lets nobody in");
    call.hang_up();
}

/// All that is answered to those who may see everything.
fn answers(scene: &Scene) -> String {
    let lists = [
        "/users",
        "/sites",
        "/customers",
        "/conference-rooms",
        "/conferences",
        "/calls",
        "/conference-managers",
        "/contacts",
        "/api-keys",
        "/access-profiles",
        "/audit",
        "/audit/export",
        "/phone-book",
        "/recordings",
        "/blocked-sources",
        "/me",
    ];
    let mut all = String::new();
    for list in lists {
        let of_customer = format!("{list}?customer_id={}", scene.customer);
        let answer = match list {
            "/phone-book" => scene.server.get(&of_customer).expect(200),
            _ => scene.server.get(list).expect(200),
        };
        all += &answer.text;
        for item in answer.body["items"].as_array().into_iter().flatten() {
            let Some(id) = item["id"].as_str() else {
                continue;
            };
            all += &scene.server.get(&format!("{list}/{id}")).text;
            if list == "/users" {
                for of in ["devices", "endpoints", "uses"] {
                    all += &scene.server.get(&format!("/users/{id}/{of}")).text;
                }
                all += &scene.server.get(&format!("/sessions?user_id={id}")).text;
            }
        }
    }
    all
}

#[test]
fn no_secret_is_found_in_log_files_answers_and_events() {
    let server = Server::start_with(Options {
        arguments: ["--log", "trace"].map(str::to_owned).to_vec(),
        ..Options::default()
    });
    let events = server.events();
    let mut scene = Scene::with_people(server, 2);
    let mut secrets = Secrets::new();
    let session = sign_in(&scene, &mut secrets);
    credentials(&scene, &session, &mut secrets);
    calls(&scene);
    secrets.push(("wrong SIP password", "canary-wrong-sip-password".to_owned()));
    let answers = answers(&scene);
    let registered = events.wait_for(Duration::from_secs(10), |event| {
        event.name == "registration.changed"
    });
    assert!(registered.is_some());
    let told: String = events
        .all()
        .iter()
        .map(|event| Value::to_string(&event.data))
        .collect();
    let data = scene.server.data_dir();
    let mut found = Vec::new();
    // Whoever may change a room reads its PINs; in files and log they are secret as well.
    let pins = [PARTICIPANTS_PIN, MODERATORS_PIN].map(|pin| ("PIN", pin.to_owned()));
    for running in [true, false] {
        if !running {
            assert!(scene.server.stop().success());
        }
        let log = scene.server.log();
        let talks = log.contains("DEBUG") && log.contains("REGISTER sip:");
        assert!(talks, "{log:.500}");
        assert!(!files_with(&data, CONTROL.as_bytes()).is_empty());
        for (what, secret) in secrets.iter().chain(&pins) {
            if log.contains(secret.as_str()) {
                let line = log.lines().find(|line| line.contains(secret.as_str()));
                found.push(format!("{what} in the log: {line:?}"));
            }
            for file in files_with(&data, secret.as_bytes()) {
                found.push(format!("{what} in {file}"));
            }
        }
        // What a phone answers to a challenge can be tried against a dictionary.
        for part in ["response=\"", "Digest username"] {
            if log.contains(part) {
                found.push(format!("{part} in the log"));
            }
        }
    }
    assert!(answers.contains(CONTROL) && told.contains(CONTROL));
    for (what, secret) in &secrets {
        for (text, place) in [(&answers, "an answer"), (&told, "an event")] {
            if text.contains(secret.as_str()) {
                found.push(format!("{what} in {place}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
