//! `/audit`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn every_change_leaves_an_entry_and_the_chain_holds() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let room = server.room(&customer, "800").await.id();
    let path = format!("/conference-rooms/{room}");
    server
        .patch(&path, json!({"name": "Council", "moderator_pin": "987654"}))
        .await
        .expect(200);
    server.delete(&path).await.expect(204);
    let query = format!("/audit?customer_id={customer}&subject_id={room}");
    let found = server.get(&query).await.expect(200);
    let items = found.body["items"].as_array().unwrap();
    let mut actions: Vec<&str> = items
        .iter()
        .map(|item| item["action"].as_str().unwrap())
        .collect();
    actions.sort_unstable();
    assert_eq!(
        actions,
        [
            "conference_room.created",
            "conference_room.deleted",
            "conference_room.updated"
        ]
    );
    assert!(
        !found.body.to_string().contains("987654"),
        "a PIN is in the log"
    );
    let updated = items
        .iter()
        .find(|item| item["action"] == "conference_room.updated")
        .unwrap();
    assert_eq!(updated["actor"]["kind"], "api_key");
    assert_eq!(updated["door"], "api");
    assert_eq!(updated["source"], "192.0.2.10");
    assert_eq!(updated["after"]["name"], "Council");
    let query = format!("/audit?customer_id={customer}&action=conference_room.deleted");
    assert_eq!(server.get(&query).await.expect(200).body["total"], 1);
    let verified = server
        .get(&format!("/audit/verify?customer_id={customer}"))
        .await
        .expect(200);
    assert_eq!(verified.body["intact"], true);
    assert!(verified.body["entries"].as_u64().unwrap() >= 3);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    for number in 0..5 {
        server.room(&customer, &format!("80{number}")).await;
    }
    let query = format!("/audit?customer_id={customer}&action=conference_room.created&limit=2");
    let mut next = Some(String::new());
    let mut seen = std::collections::BTreeSet::new();
    while let Some(cursor) = next {
        let more = if cursor.is_empty() {
            cursor
        } else {
            format!("&cursor={cursor}")
        };
        let page = server.get(&format!("{query}{more}")).await.expect(200);
        assert_eq!(page.body["total"], 5);
        for item in page.body["items"].as_array().unwrap() {
            assert!(seen.insert(item["id"].to_string()), "seen twice");
        }
        next = page.body["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), 5);
}
