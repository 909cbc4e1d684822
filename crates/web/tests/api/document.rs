//! The OpenAPI document itself.

use std::collections::BTreeSet;

use crate::harness::{Server, document, operations};

#[test]
fn the_committed_document_is_current() {
    let committed = include_str!("../../../../openapi.json");
    let current = web::openapi_json();
    assert!(
        committed == current,
        "openapi.json is old: run `cargo run -p convoke-web --example openapi > openapi.json`"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let operations = operations();
    let names: BTreeSet<_> = operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(names.len(), operations.len());
    for operation in operations {
        let path = format!("/api/v1{}", operation.path);
        let said = &document()["paths"][path][operation.method.to_lowercase()];
        assert!(said["summary"].is_string(), "{}", operation.id);
    }
}

#[tokio::test]
async fn it_is_served_to_everyone() {
    let server = Server::start().await;
    let answer = server.call("GET", "/:/api/openapi.json").send().await;
    assert_eq!(&answer.expect(200).body, document());
}

#[tokio::test]
async fn monitoring_and_the_portal_are_served() {
    let server = Server::start().await;
    for (path, expect) in [
        ("/healthz", "ok\n"),
        ("/readyz", "ready\n"),
        ("/metrics", "up 1\n"),
    ] {
        let answer = server.call("GET", &format!("/:{path}")).send().await;
        assert_eq!(answer.expect(200).body, expect);
    }
    for page in [
        "/",
        "/users",
        "/conferences/0198c0de-0000-7000-8000-000000000000",
    ] {
        let answer = server
            .call("GET", &format!("/:{page}"))
            .send()
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let same = server
            .call("GET", &format!("/:{page}"))
            .header("if-none-match", &answer.etag())
            .send()
            .await;
        same.expect(304);
    }
    let missing = server.call("GET", "/:/assets/missing.js").send().await;
    missing.expect(404);
    let missing = server.call("GET", "/nothing-of-that-name").send().await;
    assert_eq!(missing.expect(404).text("/type"), "/problems/not-found");
}
