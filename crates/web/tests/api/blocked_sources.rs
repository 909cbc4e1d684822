//! `/blocked-sources`

use crate::harness::Server;

#[tokio::test]
async fn a_blocked_source_is_seen_and_let_in_again() {
    let server = Server::start().await;
    server.switch.block("192.0.2.7");
    let found = server.get("/blocked-sources?q=192.0").await.expect(200);
    assert_eq!(found.body["total"], 1);
    assert_eq!(found.text("/items/0/address"), "192.0.2.7");
    assert_eq!(found.body["items"][0]["failures"], 11);
    server
        .delete("/blocked-sources/192.0.2.8")
        .await
        .expect(404);
    server.delete("/blocked-sources/nowhere").await.expect(404);
    server
        .delete("/blocked-sources/192.0.2.7")
        .await
        .expect(204);
    let left = server.get("/blocked-sources").await.expect(200);
    assert_eq!(left.body["total"], 0);
    let log = server.get("/audit?action=blocked_source.lifted").await;
    assert_eq!(log.expect(200).body["total"], 1);
}
