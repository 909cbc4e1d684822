//! The database is away while people talk: stopped, and frozen, which is worse because nothing
//! says so. Calls outlive it, what is done to a conference is done at once, nothing is promised
//! that is not kept, and afterwards everything is in the records, once.
//!
//! `CONVOKE_OUTAGE_SECS` makes the outage longer; the promise is 120.

use std::time::{Duration, Instant};

use e2e::{
    events::{Event, Events},
    http,
    scene::{Scene, participant, rows},
    server::{Options, Server},
};
use serde_json::{Value, json};
use testkit::{
    postgres::Cluster,
    softphone::{Call, End, PATIENCE, Phone, wait},
};

const TONES: [f32; 6] = [440.0, 700.0, 1_000.0, 1_400.0, 1_900.0, 2_500.0];
/// Calls that go on throughout, beside the one that is looked at closely.
const OTHERS: usize = 49;
/// What a live action may take, database or not.
const AT_ONCE: Duration = Duration::from_secs(1);
/// What a change may take to be refused.
const REFUSED: Duration = Duration::from_secs(10);

fn outage() -> Duration {
    let secs = std::env::var("CONVOKE_OUTAGE_SECS").ok();
    let secs = secs.and_then(|secs| secs.parse().ok());
    Duration::from_secs(secs.unwrap_or(15))
}

struct Stage {
    scene: Scene,
    phones: Vec<Phone>,
    events: Events,
    room: String,
    /// 203, 204 and 205 are in it.
    conference: String,
    /// 201 and 202.
    talk: [Call; 2],
    members: Vec<Call>,
    others: Vec<Call>,
}

impl Stage {
    fn new(cluster: &Cluster) -> Self {
        let server = Server::start_with(Options {
            database: Some(cluster.database("convoke")),
            ..Options::default()
        });
        let scene = Scene::with_people(server, TONES.len() + 2 * OTHERS);
        let room = scene.room("800", json!({"announce": "none"}));
        let tones = TONES.into_iter().chain(std::iter::repeat(440.0));
        let phones: Vec<Phone> = (0..scene.people.len())
            .zip(tones)
            .map(|(index, tone)| scene.phone(index, tone))
            .collect();
        let events = scene.server.events();
        let out = phones[0].call("202");
        assert!(out.is_answered(), "{:?}", out.end());
        let talk = [out, phones[1].talking().expect("202 was called")];
        let start = format!("/conference-rooms/{room}/start");
        let body = json!({"host": "203", "invite": ["204", "205"]});
        let conference = scene.server.post(&start, body).expect(201).id();
        scene.wait_joined(&conference, 3);
        let members: Vec<Call> = phones[2..5]
            .iter()
            .map(|phone| phone.talking().expect("everybody was called"))
            .collect();
        let others: Vec<Call> = (TONES.len()..phones.len())
            .step_by(2)
            .map(|index| phones[index].call(&scene.people[index + 1].extension))
            .collect();
        for call in &others {
            assert!(call.is_answered(), "{:?}", call.end());
        }
        // What came so far is written within a second.
        std::thread::sleep(Duration::from_millis(1_500));
        Self {
            scene,
            phones,
            events,
            room,
            conference,
            talk,
            members,
            others,
        }
    }

    /// Every other call still has its audio.
    #[track_caller]
    fn check_others(&self) {
        let received = || self.others.iter().map(|call| call.packets().1);
        let before: Vec<u64> = received().collect();
        std::thread::sleep(Duration::from_secs(1));
        for (number, (before, now)) in before.into_iter().zip(received()).enumerate() {
            assert!(now > before + 25, "call {number}: {before}, then {now}");
        }
    }

    /// Does something to the conference, and sees it told on the stream, both at once.
    #[track_caller]
    fn act(&self, action: &str, body: Value, told: impl Fn(&Event) -> bool) {
        let since = e2e::now();
        let _ = self.scene.act(&self.conference, action, body).expect(200);
        let took = since.elapsed();
        assert!(took < AT_ONCE, "{action} took {took:?}");
        let event = self.events.wait_for(AT_ONCE, |event| {
            event.at >= since && event.data["id"] == self.conference.as_str() && told(event)
        });
        assert!(event.is_some(), "nobody was told of `{action}`");
        println!("{action}: {took:?}");
    }

    #[track_caller]
    fn check_talk(&self) {
        let [caller, called] = &self.talk;
        assert!(caller.hears(TONES[1]) && called.hears(TONES[0]));
        assert!(self.members[1].hears(TONES[2]), "204 hears 203");
    }

    /// A change is refused; it never looks done.
    #[track_caller]
    fn check_refused(&self) {
        let user = format!("/users/{}", self.scene.people[0].id);
        let since = e2e::now();
        let answer = self
            .scene
            .server
            .patch(&user, json!({"first_name": "Anders"}));
        assert_eq!(answer.status, 503, "{}", answer.text);
        let contact = json!({"customer_id": self.scene.customer, "name": "Nobody", "target": "77"});
        let answer = self.scene.server.post("/contacts", contact);
        assert_eq!(answer.status, 503, "{}", answer.text);
        let took = since.elapsed();
        assert!(took < REFUSED, "two refusals took {took:?}");
        println!("two changes refused: {took:?}");
    }

    fn ready(&self) -> u16 {
        http::request(self.scene.server.http, "GET", "/readyz", None, None)
            .map_or(0, |answer| answer.status)
    }

    #[track_caller]
    fn check_ready(&self, status: u16) {
        let since = e2e::now();
        let said = wait(Duration::from_secs(15), || {
            (self.ready() == status).then_some(())
        });
        assert!(said.is_some(), "readyz never said {status}");
        println!("readyz {status} after {:?}", since.elapsed());
    }
}

fn state_of<'a>(event: &'a Event, target: &str) -> &'a Value {
    rows(&event.data)
        .iter()
        .rev()
        .find(|row| row["target"] == target)
        .unwrap_or(&Value::Null)
}

#[test]
fn calls_outlive_a_stopped_database() {
    let cluster = Cluster::start();
    outlive(&cluster, Cluster::stop, Cluster::start_again);
}

#[test]
fn calls_outlive_a_frozen_database() {
    let cluster = Cluster::start();
    outlive(&cluster, Cluster::freeze, Cluster::thaw);
}

fn outlive(cluster: &Cluster, take_away: impl Fn(&Cluster), bring_back: impl Fn(&Cluster)) {
    let mut stage = Stage::new(cluster);
    take_away(cluster);
    let begun = e2e::now();
    during(&stage, begun);
    bring_back(cluster);
    stage.check_ready(200);
    check_kept(&mut stage);
}

/// What happened in the outage is in the records although the server died in it.
#[test]
fn a_crash_in_an_outage_loses_no_record() {
    let cluster = Cluster::start();
    let mut stage = Stage::new(&cluster);
    cluster.stop();
    stage.check_ready(503);
    stage.talk[0].hang_up();
    assert_eq!(stage.talk[1].ends(), Some(End::ByeReceived));
    let brief = stage.phones[1].call("201");
    assert!(brief.is_answered(), "{:?}", brief.end());
    brief.hang_up();
    let goes_on = stage.phones[0].call("202");
    assert!(goes_on.is_answered(), "{:?}", goes_on.end());
    let late = stage.phones[5].call("800");
    assert!(late.is_answered(), "{:?}", late.end());
    stage.scene.wait_joined(&stage.conference, 4);
    stage.act("end", json!({}), |event| event.name == "conference.ended");
    assert_eq!(late.ends(), Some(End::ByeReceived));
    // What happens is on disk within a second.
    std::thread::sleep(Duration::from_millis(1_500));
    stage.scene.server.kill_9();
    cluster.start_again();
    stage.scene.server.start_again();

    let causes = |from, to| causes(&stage, from, to);
    let stopped = "server_stopped".to_owned();
    let talks = causes("201", "202");
    assert_eq!(talks.len(), 2, "{talks:?}");
    assert_eq!(talks.iter().filter(|cause| **cause == stopped).count(), 1);
    for (from, to) in [("202", "201"), ("206", "800")] {
        let found = causes(from, to);
        assert!(found.len() == 1 && found[0] != stopped, "{from}: {found:?}");
    }
    let conference = stage.scene.conference(&stage.conference);
    assert_eq!(conference["state"], "ended");
    assert_eq!(rows(&conference).len(), 4, "{conference:#}");
    let cut_off = rows(&conference)
        .iter()
        .filter(|row| row["reason"] == "server_stopped");
    assert_eq!(cut_off.count(), 0, "it had ended: {conference:#}");
}

/// How the calls between these two ended, by their records.
fn causes(stage: &Stage, from: &str, to: &str) -> Vec<String> {
    let calls = stage.scene.server.get("/calls?limit=200").expect(200).body;
    let calls = calls["items"].as_array().cloned().unwrap_or_default();
    calls
        .iter()
        .filter(|call| call["from"]["number"] == from && call["to"]["number"] == to)
        .map(|call| call["cause"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn during(stage: &Stage, begun: Instant) {
    let scene = &stage.scene;
    // At once, when nobody has noticed yet.
    let muted = participant(&scene.conference(&stage.conference), "204");
    let mute = json!({"participants": [muted]});
    let since = e2e::now();
    stage.act("mute", mute, |event| {
        state_of(event, "204")["muted"] == true
    });
    let silent = stage.members[0].silent_after(TONES[3], since, Duration::from_secs(2));
    assert!(
        silent.is_some_and(|after| after < AT_ONCE),
        "203 heard 204 for {silent:?}"
    );
    stage.check_refused();
    stage.check_ready(503);
    stage.check_refused();

    // A call ends and another begins, and somebody comes into the room by themselves.
    stage.check_talk();
    stage.talk[0].hang_up();
    assert_eq!(stage.talk[1].ends(), Some(End::ByeReceived));
    let again = stage.phones[1].call("201");
    assert!(again.is_answered(), "{:?}", again.end());
    assert!(again.hears(TONES[0]));
    let late = stage.phones[5].call("800");
    assert!(late.is_answered(), "{:?}", late.end());
    scene.wait_joined(&stage.conference, 4);
    assert!(late.hears(TONES[2]), "who comes late hears 203");

    for (target, call) in [("206", &late), ("205", &stage.members[2])] {
        let kicked = participant(&scene.conference(&stage.conference), target);
        stage.act("kick", json!({"participants": [kicked]}), |event| {
            state_of(event, target)["state"] == "kicked"
        });
        assert_eq!(call.ends(), Some(End::ByeReceived), "{target}");
    }
    stage.act("lock", json!({}), |event| event.data["locked"] == true);
    while begun.elapsed() < outage() {
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(again.hears(TONES[0]) && stage.members[1].hears(TONES[2]));
    stage.check_others();
    stage.check_refused();
    assert_eq!(stage.ready(), 503);
    stage.act("end", json!({}), |event| event.name == "conference.ended");
    for call in &stage.members[..2] {
        assert_eq!(call.ends(), Some(End::ByeReceived));
    }
    again.hang_up();
}

/// What is in the database, seen by a server that has nothing in memory.
fn check_kept(stage: &mut Stage) {
    let customer = stage.scene.customer.clone();
    let rows_of = |stage: &Stage, action: &str| {
        let path = format!("/audit?customer_id={customer}&action=conference.{action}");
        stage.scene.server.get(&path).expect(200).body["total"].as_u64()
    };
    let there = wait(PATIENCE, || {
        (rows_of(stage, "ended") == Some(1)).then_some(())
    });
    assert!(there.is_some(), "the spool was not replayed");
    let user = format!("/users/{}", stage.scene.people[0].id);
    let found = stage.scene.server.get(&user).expect(200).body;
    assert_eq!(found["first_name"], "Anna", "what was refused is not done");
    let changed = stage
        .scene
        .server
        .patch(&user, json!({"first_name": "Anders"}));
    assert_eq!(changed.status, 200, "{}", changed.text);
    // The records follow within a second.
    std::thread::sleep(Duration::from_millis(1_500));
    stage.scene.server.kill_9();
    stage.scene.server.start_again();

    for (action, count) in [("muted", 1), ("kicked", 2), ("locked", 1), ("ended", 1)] {
        assert_eq!(rows_of(stage, action), Some(count), "{action}");
    }
    let verified = format!("/audit/verify?customer_id={customer}");
    let verified = stage.scene.server.get(&verified).expect(200);
    assert_eq!(verified.body["intact"], true, "{}", verified.text);
    let contacts = stage.scene.server.get("/contacts?q=Nobody").expect(200);
    assert_eq!(contacts.body["total"], 0, "what was refused is not done");

    check_calls(stage);
    let list = format!("/conferences?room_id={}", stage.room);
    let list = stage.scene.server.get(&list).expect(200).body;
    assert_eq!(list["total"], 1, "{list:#}");
    let conference = stage.scene.conference(&stage.conference);
    assert_eq!(conference["state"], "ended");
    assert_eq!(rows(&conference).len(), 4, "{conference:#}");
    let kicked = rows(&conference)
        .iter()
        .filter(|row| row["state"] == "kicked");
    assert_eq!(kicked.count(), 2, "{conference:#}");
    let call = stage.phones[0].call("206");
    assert!(
        call.is_answered() && call.hears(TONES[5]),
        "{:?}",
        call.end()
    );
}

/// Every call has one record, and ended as it did.
fn check_calls(stage: &Stage) {
    let calls = stage.scene.server.get("/calls?limit=100").expect(200).body;
    let calls = calls["items"].as_array().cloned().unwrap_or_default();
    for (from, to) in [("201", "202"), ("202", "201"), ("206", "800")] {
        let found: Vec<_> = calls
            .iter()
            .filter(|call| call["from"]["number"] == from && call["to"]["number"] == to)
            .collect();
        assert_eq!(found.len(), 1, "{from} to {to}: {found:#?}");
        assert_eq!(found[0]["state"], "ended", "{from} to {to}");
        assert_ne!(found[0]["cause"], "server_stopped", "{from} to {to}");
    }
}
