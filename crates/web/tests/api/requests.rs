//! What holds for every request: parsing, all errors at once, lists, ETags.

use serde_json::json;

use crate::{
    harness::{PROVIDER, Server, document, operations},
    sweep::{NUMBERS, body, one_of_each, path},
};

#[tokio::test]
async fn a_body_that_is_not_json_is_400_everywhere() {
    let server = Server::start().await;
    let id = server.main_customer().await;
    for operation in operations().into_iter().filter(|o| o.takes_body && !o.open) {
        let path = operation.path.replace("{id}", &id);
        let call = server.call(&operation.method, &path).key(PROVIDER);
        let answer = call.raw("{\"name\": ").send().await;
        assert_eq!(answer.status.as_u16(), 400, "{}", operation.id);
        assert_eq!(answer.text("/type"), "/problems/malformed");
    }
}

#[tokio::test]
async fn an_unknown_field_is_422_everywhere_and_nothing_is_done() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let things = one_of_each(&server, &customer, NUMBERS).await;
    let written = async || server.get("/audit").await.expect(200).body["total"].clone();
    let before = written().await;
    // A key has no password to change: what is told of that form is tried with a session.
    let posts = operations().into_iter().filter(|operation| {
        matches!(operation.method.as_str(), "POST" | "PATCH")
            && !operation.open
            && operation.id != "me_password_change_password"
    });
    for operation in posts {
        let mut body = match operation.id.as_str() {
            // Recording is off in the room, which is told first.
            "conferences_record" => json!({"on": false}),
            _ => body(&operation, &customer),
        };
        body["no_such_field"] = json!(1);
        let path = match operation.id.as_str() {
            "conference_rooms_start" => operation.path.replace("{id}", &things["idle rooms"]),
            _ => path(&operation, &things),
        };
        let call = server.call(&operation.method, &path).key(PROVIDER);
        let answer = call.json(body).send().await;
        assert_eq!(answer.status.as_u16(), 422, "{}", operation.id);
        assert_eq!(
            answer.errors(),
            ["no_such_field unknown"],
            "{}",
            operation.id
        );
        assert_eq!(written().await, before, "{}", operation.id);
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_422_in_every_list() {
    let server = Server::start().await;
    for operation in operations().into_iter().filter(|o| o.id.ends_with("_list")) {
        if operation.path.contains("{id}") || operation.path == "/sessions" {
            continue;
        }
        let answer = server.get(&format!("{}?no_such=1", operation.path)).await;
        assert_eq!(
            answer.expect(422).errors(),
            ["no_such unknown"],
            "{}",
            operation.id
        );
        let path = format!("/api/v1{}", operation.path);
        let parameters = document()["paths"][path]["get"]["parameters"].to_string();
        if !parameters.contains("\"limit\"") {
            continue;
        }
        let answer = server
            .get(&format!("{}?limit=0&sort=nothing", operation.path))
            .await;
        let errors = answer.expect(422).errors();
        assert!(!errors.is_empty(), "{}", operation.id);
        let answer = server.get(&format!("{}?limit=501", operation.path)).await;
        answer.expect(422);
        let answer = server
            .get(&format!("{}?cursor=made-up", operation.path))
            .await;
        answer.expect(422);
        let answer = server
            .get(&format!("{}?limit=1&limit=2", operation.path))
            .await;
        answer.expect(422);
        server.get(&operation.path).await.expect(200);
    }
}

#[tokio::test]
async fn a_path_that_is_no_id_is_not_found() {
    let server = Server::start().await;
    for operation in operations().into_iter().filter(|o| o.path.contains("{id}")) {
        let path = operation.path.replace("{id}", "not-an-id");
        let mut call = server.call(&operation.method, &path).key(PROVIDER);
        if operation.method != "GET" && operation.method != "DELETE" {
            call = call.json(json!({}));
        }
        let answer = call.send().await;
        assert_eq!(answer.status.as_u16(), 404, "{}", operation.id);
    }
}

#[tokio::test]
async fn a_body_is_bounded_and_has_to_be_json() {
    let server = Server::start().await;
    let call = server.call("POST", "/contacts").key(PROVIDER);
    let big = json!({"name": "x".repeat(1_100_000)}).to_string();
    call.raw(&big).send().await.expect(413);
    let call = server.call("POST", "/contacts").key(PROVIDER);
    let form = call.form("name=x");
    form.send().await.expect(415);
}

#[tokio::test]
async fn a_change_of_what_was_changed_elsewhere_is_412() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let room = server.room(&customer, "800").await;
    let path = format!("/conference-rooms/{}", room.id());
    let tag = room.etag();
    let change = |tag: &str, name: &str| {
        let call = server.call("PATCH", &path).key(PROVIDER);
        call.header("if-match", tag)
            .json(json!({"name": name}))
            .send()
    };
    let changed = change(&tag, "Council").await.expect(200);
    assert_ne!(changed.etag(), tag);
    change(&tag, "Lost").await.expect(412);
    change("\"nonsense\"", "Lost").await.expect(412);
    change("*", "Kept").await.expect(200);
    let stale = server.call("DELETE", &path).key(PROVIDER);
    stale.header("if-match", &tag).send().await.expect(412);
    assert_eq!(server.get(&path).await.text("/name"), "Kept");
}

#[tokio::test]
async fn a_method_that_is_not_there_is_405() {
    let server = Server::start().await;
    let answer = server
        .call("PUT", "/users")
        .key(PROVIDER)
        .json(json!({}))
        .send()
        .await;
    assert_eq!(
        answer.expect(405).text("/type"),
        "/problems/method-not-allowed"
    );
}
