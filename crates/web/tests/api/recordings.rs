//! `/recordings`

use serde_json::json;

use crate::harness::{PROVIDER, Server};

#[tokio::test]
async fn a_recording_is_heard_in_parts_and_deleted() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let room = server.room(&customer, "800").await.id();
    let start = format!("/conference-rooms/{room}/start");
    let started = server.post(&start, json!({})).await.expect(201);
    let conference = started.id();
    let end = format!("/conferences/{conference}/end");
    server.post(&end, json!({})).await.expect(200);
    let id = server.recording(&conference, b"OggS0123456789");
    let found = server.get(&format!("/recordings?room_id={room}")).await;
    let found = found.expect(200);
    assert_eq!(found.text("/items/0/id"), id);
    assert_eq!(found.text("/items/0/media_type"), "audio/ogg");
    assert_eq!(found.text("/items/0/state"), "finished");
    assert!(found.body["items"][0]["failure"].is_null());
    assert!(found.body["items"][0]["room_name"].is_string());
    assert_eq!(found.body["items"][0]["bytes"], 14);
    let audio = format!("/recordings/{id}/audio");
    let whole = server.get(&audio).await.expect(200);
    assert_eq!(whole.body, "OggS0123456789");
    assert_eq!(whole.header("content-length"), "14");
    let part = server.call("GET", &audio).key(PROVIDER);
    let part = part.header("range", "bytes=4-6").send().await.expect(206);
    assert_eq!(part.body, "012");
    assert_eq!(part.header("content-range"), "bytes 4-6/14");
    let log = format!("/audit?customer_id={customer}&action=recording.downloaded");
    assert_eq!(server.get(&log).await.expect(200).body["total"], 1);
    server
        .delete(&format!("/recordings/{id}"))
        .await
        .expect(204);
    server.get(&audio).await.expect(404);
    let log = format!("/audit?customer_id={customer}&action=recording.deleted");
    assert_eq!(server.get(&log).await.expect(200).body["total"], 1);
}
