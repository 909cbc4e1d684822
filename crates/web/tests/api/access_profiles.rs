//! `/access-profiles`

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
        .call("GET", "/access-profiles")
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
        .call("GET", "/access-profiles")
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
