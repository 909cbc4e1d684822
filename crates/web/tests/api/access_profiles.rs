//! `/access-profiles`

use serde_json::json;

use crate::harness::{PROVIDER, Server};

#[tokio::test]
async fn profiles_are_listed_for_those_who_may_hand_them_out() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let names = |body: &serde_json::Value| -> Vec<String> {
        let items = body["items"].as_array().unwrap();
        let name = |item: &serde_json::Value| item["name"].as_str().unwrap().to_owned();
        items.iter().map(name).collect()
    };
    let all = server
        .call("GET", "/access-profiles?assignable=true")
        .key(PROVIDER)
        .send()
        .await;
    let all = names(&all.expect(200).body);
    assert!(
        all.contains(&"provider_administrator".to_owned()),
        "{all:?}"
    );
    let key = server.key(Some(&customer), "customer_administrator").await;
    let own = server
        .call("GET", "/access-profiles?assignable=true")
        .key(&key)
        .send()
        .await;
    let own = names(&own.expect(200).body);
    assert!(own.contains(&"user".to_owned()), "{own:?}");
    assert!(
        !own.contains(&"provider_administrator".to_owned()),
        "{own:?}"
    );
}

#[tokio::test]
async fn a_profile_is_cloned_changed_and_deleted() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let found = server.get("/access-profiles?q=receptionist").await;
    let standard = found.expect(200);
    assert_eq!(standard.body["items"][0]["standard"], true);
    let original = standard.text("/items/0/id").to_owned();
    let body = json!({"customer_id": customer, "name": "Front desk", "clone_of": original});
    let made = server.post("/access-profiles", body).await.expect(201);
    assert_eq!(made.body["grants"], standard.body["items"][0]["grants"]);
    assert_eq!(made.body["standard"], false);
    let path = format!("/access-profiles/{}", made.id());
    let grants = json!([{"model": "contact", "operation": "*", "scope": "customer"}]);
    let change = server.call("PATCH", &path).key(PROVIDER);
    let changed = change
        .header("if-match", &made.etag())
        .json(json!({"grants": grants, "description": null}))
        .send()
        .await
        .expect(200);
    assert_eq!(changed.body["grants"], grants);
    assert_eq!(changed.text("/description"), "");
    let change = server.call("PATCH", &path).key(PROVIDER);
    let stale = change
        .header("if-match", &made.etag())
        .json(json!({"name": "Lost"}));
    stale.send().await.expect(412);
    let key = json!({"customer_id": customer, "name": "Board", "profile": "Front desk"});
    let key = server.post("/api-keys", key).await.expect(201).id();
    let used = server.delete(&path).await.expect(409);
    assert_eq!(used.text("/type"), "/problems/in-use");
    assert_eq!(used.body["used_in"][0]["kind"], "api_key");
    server.delete(&format!("/api-keys/{key}")).await.expect(204);
    server.delete(&path).await.expect(204);
    server.get(&path).await.expect(404);
    let standard = format!("/access-profiles/{original}");
    let refused = server.patch(&standard, json!({"name": "Mine"})).await;
    assert_eq!(refused.expect(409).text("/type"), "/problems/standard");
    let log = server
        .get(&format!(
            "/audit?customer_id={customer}&subject_id={}",
            made.id()
        ))
        .await;
    assert_eq!(log.expect(200).body["total"], 3);
}
