//! kill -9 while the server is written to, and what is there afterwards.
//!
//! `CONVOKE_CRASH_ROUNDS` kills it more often; the promise is for 100 times.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use e2e::{
    http, program,
    scene::Scene,
    server::{KEY, Options, Server},
};
use serde_json::{Value, json};
use testkit::softphone::{Settings, wait};

/// Phones that are registered when the server is killed, and calls between them.
const PHONES: usize = 200;
const CALLS: usize = 50;
/// From the start of the process until it is ready.
const READY: Duration = Duration::from_secs(3);
const WRITERS: usize = 4;
/// Writes that are looked at one by one.
const WRITES: usize = 5;

/// How often the server is killed under writes.
fn rounds() -> usize {
    let rounds = std::env::var("CONVOKE_CRASH_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

/// Adds contacts until the server is gone; says which were acknowledged.
fn write(
    server: std::net::SocketAddr,
    customer: &str,
    name: &str,
    stop: &AtomicBool,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0..10_000 {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let target = format!("{name}{number:04}");
        let body =
            json!({"customer_id": customer, "name": format!("Contact {target}"), "target": target});
        match http::request(server, "POST", "/api/v1/contacts", Some(KEY), Some(&body)) {
            Ok(answer) if answer.status == 201 => acknowledged.push(target),
            Ok(answer) if answer.status == 429 => thread::sleep(Duration::from_millis(20)),
            Ok(answer) => panic!("a contact was refused: {}", answer.text),
            Err(_) => break,
        }
    }
    acknowledged
}

/// Every contact's target.
fn contacts(server: &Server) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = server
            .get(&format!("/contacts?limit=500{cursor}"))
            .expect(200)
            .body;
        for contact in page["items"].as_array().map_or(&[][..], Vec::as_slice) {
            found.insert(contact["target"].as_str().unwrap_or_default().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_phones_stay_registered() {
    let mut scene = Scene::with_people(Server::start(), 2);
    let (caller, called) = (scene.phone(0, 440.0), scene.phone(1, 1_000.0));
    // Bindings are written in batches within a second; only after that are they kept.
    thread::sleep(Duration::from_millis(1_500));
    let mut acknowledged = BTreeSet::new();
    for round in 0..rounds() {
        let (address, customer) = (scene.server.http, scene.customer.clone());
        let stop = AtomicBool::new(false);
        let written = thread::scope(|scope| {
            let (customer, stop) = (&customer, &stop);
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let name = format!("9{round:03}{writer}");
                    scope.spawn(move || write(address, customer, &name, stop))
                })
                .collect();
            thread::sleep(Duration::from_millis(1_500));
            scene.server.kill_9();
            stop.store(true, Ordering::Relaxed);
            writers
                .into_iter()
                .flat_map(|writer| writer.join().expect("a writer ends"))
                .collect::<Vec<_>>()
        });
        assert!(
            written.len() > WRITERS,
            "too few writes to prove anything: {}",
            written.len()
        );
        acknowledged.extend(written);
        scene.server.start_again();
        let there = contacts(&scene.server);
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        // What was not acknowledged may be there, once for each request that was under way.
        assert!(
            there.len() <= acknowledged.len() + WRITERS * (round + 1),
            "{} of {}",
            there.len(),
            acknowledged.len()
        );
        check_integrity(&scene, there.len());
        let call = caller.call("202");
        assert!(
            call.is_answered(),
            "202 registered before the crash: {:?}",
            call.end()
        );
        assert!(call.hears(1_000.0));
        call.hang_up();
    }
    assert_eq!(called.incoming_count(), rounds());
    println!("{} acknowledged writes, none lost", acknowledged.len());
}

/// The audit log's chain is whole, with one entry for each contact, and `convoke check` says so.
fn check_integrity(scene: &Scene, contacts: usize) {
    let customer = &scene.customer;
    let verified = scene
        .server
        .get(&format!("/audit/verify?customer_id={customer}"))
        .expect(200);
    assert_eq!(verified.body["intact"], true, "{}", verified.text);
    let path = format!("/audit?customer_id={customer}&action=contact.created&limit=1");
    let entries = scene.server.get(&path).expect(200);
    assert_eq!(
        entries.body["total"].as_u64(),
        Some(contacts as u64),
        "changes and audit agree"
    );
    let output = Command::new(program::convoke())
        .args(["check", "--data-dir"])
        .arg(scene.server.data_dir())
        .args(["--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"])
        .output()
        .expect("the binary can be run");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_write_is_synced_before_it_is_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(synced_acknowledgements(folder.path(), None), [true; WRITES]);
}

/// The control: where nothing is synced, the trace above shows it. The server has no
/// `synchronous=OFF`, so the system's syncs are taken away from it, which is what that would do.
#[test]
fn a_write_that_is_not_synced_is_seen() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, library) = (folder.path().join("off.c"), folder.path().join("off.so"));
    let code = "int fsync(int file) { return 0; }\nint fdatasync(int file) { return 0; }\n";
    fs::write(&source, code).expect("a file can be written");
    let made = program::command("cc", "gcc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(made.is_ok_and(|status| status.success()), "cc failed");
    let without = synced_acknowledgements(folder.path(), Some(&library));
    assert_eq!(without, [false; WRITES]);
}

/// Whether each of some writes was synced between its request and its acknowledgement, as the
/// system calls of a server tell, which a library is put before, if one is given.
fn synced_acknowledgements(folder: &Path, preload: Option<&Path>) -> Vec<bool> {
    drop(program::command("strace", "strace"));
    let trace = folder.join("trace");
    let mut under: Vec<String> = [
        "strace",
        "-D",
        "-f",
        "-s",
        "96",
        "-e",
        "trace=read,recvfrom,write,writev,sendto,fsync,fdatasync",
        "-o",
        &trace.to_string_lossy(),
    ]
    .map(str::to_owned)
    .into();
    if let Some(library) = preload {
        under.extend(["-E".to_owned(), format!("LD_PRELOAD={}", library.display())]);
    }
    let server = Server::start_with(Options {
        under,
        ..Options::default()
    });
    let customer = server.get("/customers").expect(200).text_at("/items/0/id");
    for number in 0..WRITES {
        let body = json!({"customer_id": customer, "name": format!("Synced {number}"), "target": format!("88{number}")});
        let _ = server.post("/contacts", body).expect(201);
    }
    let lines = wait(Duration::from_secs(10), || {
        let text = fs::read_to_string(&trace).ok()?;
        (text.matches("201 Created").count() >= WRITES).then_some(text)
    });
    let lines = lines.expect("the trace has every acknowledgement");
    let (mut asked, mut synced, mut acknowledged) = (false, false, Vec::new());
    for line in lines.lines() {
        if line.contains("POST /api/v1/contacts") {
            (asked, synced) = (true, false);
        } else if asked
            && (line.contains("fdatasync") || line.contains("fsync"))
            && line.contains("= 0")
        {
            synced = true;
        } else if asked && line.contains("201 Created") {
            acknowledged.push(synced);
            asked = false;
        }
    }
    acknowledged
}

#[test]
fn sigterm_is_a_good_end_and_the_next_start_knows_everything() {
    let mut scene = Scene::with_people(Server::start(), 2);
    let room = scene.room("800", json!({}));
    let phone = scene.phone_with(Settings {
        tone: 440.0,
        ..scene.settings(0)
    });
    let call = phone.call("800");
    assert!(call.is_answered());
    assert_eq!(scene.server.stop().code(), Some(0));
    assert!(call.ends().is_some(), "a call ends with the server");
    scene.server.start_again();
    let found: Value = scene
        .server
        .get(&format!("/conference-rooms/{room}"))
        .expect(200)
        .body;
    assert_eq!(found["state"], "idle", "{found:#}");
    assert_eq!(
        scene.server.get("/users").expect(200).body["total"]
            .as_u64()
            .map(|total| total >= 2),
        Some(true)
    );
}

#[test]
fn calls_that_ran_when_the_server_died_have_records() {
    let mut scene = Scene::with_people(Server::start(), 4);
    let phones: Vec<_> = (0..3).map(|index| scene.phone(index, 440.0)).collect();
    let ringing = scene.phone_with(Settings {
        answer: testkit::softphone::Answer::Never,
        ..scene.settings(3)
    });
    let answered = phones[0].call("202");
    assert!(answered.is_answered(), "{:?}", answered.end());
    let unanswered = phones[2].call("204");
    assert!(unanswered.rings(), "{:?}", unanswered.end());
    // Records are written in batches within a second.
    thread::sleep(Duration::from_millis(1_500));
    scene.server.kill_9();
    scene.server.start_again();
    let calls = scene.server.get("/calls").expect(200).body;
    assert_eq!(calls["total"], 2, "{calls:#}");
    for (from, to, was_answered) in [("201", "202", true), ("203", "204", false)] {
        let call = calls["items"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|call| call["from"]["number"] == from)
            .unwrap_or_else(|| panic!("no call of {from}: {calls:#}"));
        assert_eq!(call["to"]["number"], to);
        assert_eq!(call["state"], "ended");
        assert_eq!(call["cause"], "server_stopped");
        assert_eq!(call["answered_at"].is_string(), was_answered);
        assert!(call["ended_at"].is_string());
        for leg in call["legs"].as_array().into_iter().flatten() {
            assert_eq!(leg["state"], "ended", "{leg:#}");
        }
    }
    drop(ringing);
    // An end is known once, whatever comes after it.
    scene.server.kill_9();
    scene.server.start_again();
    let again = scene.server.get("/calls").expect(200).body;
    assert_eq!(again, calls);
}

#[test]
fn two_hundred_phones_and_fifty_calls_live_through_kill_9() {
    let mut scene = Scene::with_people(Server::start(), PHONES);
    let phones: Vec<_> = (0..PHONES).map(|index| scene.phone(index, 440.0)).collect();
    let extension = |index: usize| scene.people[index].extension.clone();
    let called: Vec<String> = (CALLS..2 * CALLS).map(extension).collect();
    let calls: Vec<_> = phones
        .iter()
        .zip(&called)
        .map(|(phone, extension)| phone.call(extension))
        .collect();
    for call in &calls {
        assert!(call.is_answered(), "{:?}", call.end());
    }
    // Bindings and records are written in batches within a second.
    thread::sleep(Duration::from_millis(1_500));
    scene.server.kill_9();
    let begun = e2e::now();
    scene.server.start_again();
    let ready = begun.elapsed();
    assert!(ready <= READY, "ready after {ready:?}");
    let available = scene
        .server
        .get("/users?state=available&limit=1")
        .expect(200);
    assert_eq!(available.body["total"], PHONES, "{}", available.text);
    let ended = scene.server.get("/calls?limit=500").expect(200).body;
    let ended = ended["items"].as_array().map_or(&[][..], Vec::as_slice);
    assert_eq!(ended.len(), CALLS);
    for call in ended {
        assert_eq!(call["cause"], "server_stopped", "{call:#}");
        assert!(call["answered_at"].is_string() && call["ended_at"].is_string());
    }
    // Nobody registered again, and everybody is called.
    let again: Vec<_> = phones[2 * CALLS..]
        .iter()
        .zip(&called)
        .map(|(phone, extension)| phone.call(extension))
        .collect();
    for call in &again {
        assert!(call.is_answered(), "{:?}", call.end());
    }
    println!("ready after {ready:?}");
}
