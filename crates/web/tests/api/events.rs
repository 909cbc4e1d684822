//! `/events`

use std::time::Duration;

use futures::StreamExt;
use model::ConferenceId;
use serde_json::{Value, json};

use crate::harness::{PROVIDER, Server, problems};

/// One event of the stream.
#[derive(Debug, Clone)]
struct Received {
    name: String,
    id: String,
    data: Value,
}

/// A reader of the stream.
struct Reader {
    body: axum::body::BodyDataStream,
    text: String,
    /// The id that the stream began with.
    began: Option<String>,
}

impl Reader {
    async fn open(server: &Server, key: &str, last: Option<&str>) -> Self {
        Self::open_at(server, "/events", key, last).await
    }

    async fn open_at(server: &Server, path: &str, key: &str, last: Option<&str>) -> Self {
        let mut call = server.call("GET", path).key(key);
        if let Some(last) = last {
            call = call.header("last-event-id", last);
        }
        let response = call.open().await;
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind, "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        let mut reader = Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
            began: None,
        };
        let chunk = reader.body.next().await.unwrap().unwrap();
        let chunk = std::str::from_utf8(&chunk).unwrap();
        // Where now is, unless the reader says where it was.
        let place = chunk.strip_prefix(": connected\n").unwrap();
        assert_eq!(place.starts_with("id: "), last.is_none(), "{chunk}");
        let id = place.strip_prefix("id: ").map(|id| id.trim().to_owned());
        reader.began = id;
        reader
    }

    /// The next event, if one comes within two seconds. None as well at the end of the stream.
    async fn next(&mut self) -> Option<Received> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(2), self.body.next()).await;
            self.text
                .push_str(std::str::from_utf8(&chunk.ok()??.unwrap()).unwrap());
        }
    }

    /// The next event of this name.
    async fn wait_for(&mut self, name: &str) -> Received {
        loop {
            let event = self.next().await;
            let event = event.unwrap_or_else(|| panic!("no {name} came"));
            if event.name == name {
                return event;
            }
        }
    }

    async fn ended(&mut self) -> bool {
        let end = async {
            while let Some(chunk) = self.body.next().await {
                chunk.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(6), end)
            .await
            .is_ok()
    }
}

fn parse(block: &str) -> Option<Received> {
    let field = |name: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| {
            line.strip_prefix(name)?
                .strip_prefix(": ")
                .map(str::to_owned)
        })
    };
    Some(Received {
        name: field("event")?,
        id: field("id")?,
        data: serde_json::from_str(&field("data")?).unwrap(),
    })
}

#[track_caller]
fn check(event: &Received, schema: &str) {
    let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
    let found = problems(&schema, &event.data);
    assert!(
        found.is_empty(),
        "{}: {found:#?}\n{:#}",
        event.name,
        event.data
    );
}

async fn conference(server: &Server, customer: &str, number: &str) -> (String, String) {
    let room = server.room(customer, number).await.id();
    let path = format!("/conference-rooms/{room}/start");
    let started = server
        .post(&path, json!({"invite": ["202"]}))
        .await
        .expect(201);
    (room, started.id())
}

#[tokio::test]
async fn a_page_can_be_drawn_from_the_stream_alone() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Ben", Some("202")).await;
    let mut reader = Reader::open(&server, PROVIDER, None).await;
    let (room, id) = conference(&server, &customer, "800").await;
    let created = reader.wait_for("conference_room.created").await;
    assert_eq!(created.data["id"], room);
    check(&created, "ConferenceRoom");
    let started = reader.wait_for("conference.started").await;
    assert_eq!(started.data["id"], id);
    check(&started, "Conference");
    let path = format!("/conferences/{id}");
    server
        .post(&format!("{path}/lock"), json!({}))
        .await
        .expect(200);
    loop {
        let event = reader.next().await.expect("the lock was never told");
        if event.data["locked"] == true {
            assert!(event.data["version"].as_u64() > started.data["version"].as_u64());
            break;
        }
    }
    server
        .post(&format!("{path}/end"), json!({}))
        .await
        .expect(200);
    let ended = reader.wait_for("conference.ended").await;
    assert_eq!(ended.data["state"], "ended");
    server
        .delete(&format!("/conference-rooms/{room}"))
        .await
        .expect(204);
    let deleted = reader.wait_for("conference_room.deleted").await;
    assert_eq!(deleted.data, json!({"kind": "conference_room", "id": room}));
}

#[tokio::test]
async fn a_broken_stream_goes_on_and_an_old_one_is_reset() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let mut reader = Reader::open(&server, PROVIDER, None).await;
    server.room(&customer, "800").await;
    let first = reader.wait_for("conference_room.created").await;
    drop(reader);
    server.room(&customer, "801").await;
    let mut reader = Reader::open(&server, PROVIDER, Some(&first.id)).await;
    let second = reader.wait_for("conference_room.created").await;
    assert_eq!(second.data["number"], "801");
    let mut reader = Reader::open(&server, PROVIDER, Some("1")).await;
    let reset = reader.next().await.unwrap();
    assert_eq!((reset.name.as_str(), reset.data), ("reset", json!({})));
    server.room(&customer, "802").await;
    let third = reader.wait_for("conference_room.created").await;
    assert_eq!(third.data["number"], "802");
}

#[tokio::test]
async fn a_conference_manager_hears_only_of_the_own_rooms() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Anna", Some("201")).await;
    server.user(&customer, "Ben", Some("202")).await;
    let own = server.room(&customer, "800").await.id();
    let body = json!({"customer_id": customer, "extension": "201", "room_ids": [own]});
    let manager = server.post("/conference-managers", body).await.expect(201);
    let browser = server
        .sign_in("main", manager.text("/username"), manager.text("/password"))
        .await;
    let response = browser.call("GET", "/events").open().await;
    let mut reader = Reader {
        body: response.into_body().into_data_stream(),
        text: String::new(),
        began: None,
    };
    conference(&server, &customer, "801").await;
    server.user(&customer, "Cleo", Some("203")).await;
    let path = format!("/conference-rooms/{own}/start");
    let started = server
        .post(&path, json!({"invite": ["202"]}))
        .await
        .expect(201);
    let event = reader.next().await.unwrap();
    assert!(event.name.starts_with("conference"), "{event:?}");
    let concerns = [event.data["room_id"].as_str(), event.data["id"].as_str()];
    assert!(concerns.contains(&Some(own.as_str())), "{event:?}");
    drop(started);
}

#[tokio::test]
async fn another_customer_hears_nothing() {
    let server = Server::start().await;
    let main = server.main_customer().await;
    let acme = server.customer("acme").await;
    let key = server.key(Some(&acme), "customer_administrator").await;
    let mut reader = Reader::open(&server, &key, None).await;
    server.room(&main, "800").await;
    server.user(&main, "Anna", Some("201")).await;
    server.room(&acme, "900").await;
    let event = reader.next().await.unwrap();
    assert_eq!(event.data["number"], "900", "{event:?}");
}

#[tokio::test]
async fn a_burst_of_talking_is_calmed_and_ends_with_the_truth() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Ben", Some("202")).await;
    let (_, id) = conference(&server, &customer, "800").await;
    let conference: ConferenceId = id.parse().unwrap();
    let mut reader = Reader::open(&server, PROVIDER, None).await;
    for turn in 0..400 {
        server.switch.talk(conference, 0, turn % 2 == 0).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.switch.talk(conference, 0, true).await;
    let mut count = 0;
    let mut last = None;
    while let Some(event) = reader.next().await {
        if event.name == "conference.participant_changed" {
            count += 1;
            last = Some(event);
        }
    }
    assert!((2..=60).contains(&count), "{count} events");
    assert_eq!(last.unwrap().data["participants"][0]["talking"], true);
}

#[tokio::test]
async fn the_stream_ends_with_the_key() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let body = json!({"customer_id": customer, "name": "k", "profile": "customer_administrator"});
    let key = server.post("/api-keys", body).await.expect(201);
    let mut reader = Reader::open(&server, key.text("/key"), None).await;
    server
        .delete(&format!("/api-keys/{}", key.id()))
        .await
        .expect(204);
    assert!(
        reader.ended().await,
        "still open six seconds after the key was revoked"
    );
    server.call("GET", "/events").send().await.expect(401);
}

#[tokio::test]
async fn a_reader_that_saw_no_event_can_come_back() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let reader = Reader::open(&server, PROVIDER, None).await;
    let began = reader.began.clone().unwrap();
    drop(reader);
    let missed = server.room(&customer, "800").await.id();
    let mut reader = Reader::open(&server, PROVIDER, Some(&began)).await;
    let created = reader.wait_for("conference_room.created").await;
    assert_eq!(created.data["id"], missed);
}

#[tokio::test]
async fn a_stream_of_one_conference_tells_of_no_other_and_goes_on_where_it_ended() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    server.user(&customer, "Ben", Some("202")).await;
    let (_, first) = conference(&server, &customer, "800").await;
    let (_, second) = conference(&server, &customer, "801").await;
    let only = format!("/events?conference={first}");
    let act = async |id: &str, act: &str| {
        let path = format!("/conferences/{id}/{act}");
        server.post(&path, json!({})).await.expect(200);
    };
    let mut reader = Reader::open_at(&server, &only, PROVIDER, None).await;
    let began = reader.began.clone().unwrap();
    act(&second, "lock").await;
    server.user(&customer, "Cleo", Some("203")).await;
    act(&first, "lock").await;
    let locked = reader.next().await.unwrap();
    assert_eq!(
        (&locked.data["id"], &locked.data["locked"]),
        (&json!(first), &json!(true))
    );
    drop(reader);
    act(&second, "unlock").await;
    act(&first, "end").await;
    for last in [&began, &locked.id] {
        let mut reader = Reader::open_at(&server, &only, PROVIDER, Some(last)).await;
        let mut names = Vec::new();
        while let Some(event) = reader.next().await {
            assert_eq!(event.data["id"], json!(first), "{event:?}");
            names.push(event.name);
        }
        assert_eq!(names.last().unwrap(), "conference.ended");
        assert_eq!(names.len(), if last == &began { 2 } else { 1 }, "{names:?}");
    }
    let acme = server.customer("acme").await;
    let key = server.key(Some(&acme), "customer_administrator").await;
    server.call("GET", &only).key(&key).send().await.expect(404);
    let wrong = server.get("/events?conference=board").await.expect(422);
    assert_eq!(wrong.errors(), ["conference invalid"]);
    let unknown = server.get("/events?room=800").await.expect(422);
    assert_eq!(unknown.errors(), ["room unknown"]);
}
