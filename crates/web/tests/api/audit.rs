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

#[tokio::test]
async fn the_log_is_exported_as_it_is_filtered_and_nothing_in_it_is_run() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    for name in ["=HYPERLINK(\"http://evil.example\")", "Oslo, \"north\""] {
        let contact = json!({"customer_id": customer, "name": name, "target": "4711"});
        server.post("/contacts", contact).await.expect(201);
    }
    for turn in 0..501 {
        let contact = json!({"customer_id": customer, "name": format!("C{turn}"), "target": "1"});
        server.post("/contacts", contact).await.expect(201);
    }
    let of = format!("/audit/export?customer_id={customer}&action=contact.created");
    let all = server.get(&of).await.expect(200);
    assert!(all.header("content-disposition").starts_with("attachment"));
    let text = all.body.as_str().unwrap();
    assert!(text.starts_with("at,customer_id,sequence,actor_kind,actor_id,actor,door,"));
    assert_eq!(
        text.matches("\r\n").count(),
        504,
        "a heading and all rows, over several pages"
    );
    assert!(
        text.contains(",\"'=HYPERLINK(\"\"http://evil.example\"\")\","),
        "{text}"
    );
    assert!(!text.contains(",=HYPER"));
    assert!(text.contains(",\"Oslo, \"\"north\"\"\","), "{text}");
    let one = server.get(&format!("{of}&q=oslo")).await.expect(200);
    assert_eq!(one.body.as_str().unwrap().matches("\r\n").count(), 2);
    server.get("/audit/export?limit=5").await.expect(422);
    let reader = server.key(Some(&customer), "read_only").await;
    server
        .call("GET", &of)
        .key(&reader)
        .send()
        .await
        .expect(403);
    let acme = server.customer("acme").await;
    let other = server.key(Some(&acme), "customer_administrator").await;
    server.call("GET", &of).key(&other).send().await.expect(404);
}
