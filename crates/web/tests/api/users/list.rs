//! `GET /users`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn users_are_searched_filtered_sorted_and_paged() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    for (name, extension) in [("Anna", Some("203")), ("Ben", Some("201")), ("Cleo", None)] {
        server.user(&customer, name, extension).await;
    }
    let total = async |query: &str| {
        let page = server
            .get(&format!("/users?customer_id={customer}&{query}"))
            .await;
        page.expect(200).body["total"].as_u64().unwrap()
    };
    assert_eq!(total("q=ann").await, 1);
    assert_eq!(total("q=203").await, 1);
    assert_eq!(total("q=EXAMPLE.com").await, 3);
    assert_eq!(total("q=nobody").await, 0);
    assert_eq!(total("has_extension=true").await, 2);
    assert_eq!(
        total("role=user&state=offline&has_extension=false").await,
        1
    );

    let path = format!("/users?customer_id={customer}&q=example&sort=-name&limit=2");
    let first = server.get(&path).await.expect(200);
    assert_eq!(first.text("/items/0/name"), "Cleo Berg");
    assert_eq!(first.text("/items/1/name"), "Ben Berg");
    let next = format!("{path}&cursor={}", first.text("/next"));
    let second = server.get(&next).await.expect(200);
    assert_eq!(second.text("/items/0/name"), "Anna Berg");
    assert_eq!(second.body["next"], json!(null));
}

#[tokio::test]
async fn wrong_filters_are_told() {
    let server = Server::start().await;
    for query in [
        "state=asleep",
        "has_extension=perhaps",
        "limit=many",
        "sort=shoe_size",
    ] {
        server.get(&format!("/users?{query}")).await.expect(422);
    }
}

#[tokio::test]
async fn a_user_is_found_by_exactly_their_number_or_name() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let anna = server.user(&customer, "Anna", Some("201")).await.id();
    server.user(&customer, "Annabel", Some("2011")).await;
    for filter in ["extension=201", "email=Anna%40example.com", "username=anna"] {
        let path = format!("/users?customer_id={customer}&{filter}");
        let found = server.get(&path).await.expect(200);
        assert_eq!(found.body["total"], 1, "{filter}");
        assert_eq!(found.text("/items/0/id"), anna, "{filter}");
    }
    let path = format!("/users?customer_id={customer}&extension=20");
    assert_eq!(server.get(&path).await.expect(200).body["total"], 0);
}
