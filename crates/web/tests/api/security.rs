//! What guards every request: headers, cookies, other sites, limits.

use serde_json::json;

use crate::harness::{PASSWORD, PROVIDER, Server};

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let server = Server::start().await;
    for path in [
        "/users",
        "/:/",
        "/:/api/openapi.json",
        "/:/healthz",
        "/no/such/thing",
    ] {
        let answer = server.call("GET", path).send().await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self'"), "{path}");
        assert!(policy.contains("object-src 'none'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(policy.contains("base-uri 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert!(answer.headers.contains_key("permissions-policy"), "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
        assert!(
            !answer.headers.contains_key("strict-transport-security"),
            "{path}"
        );
    }
    let private = server.get("/users").await;
    assert_eq!(private.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_cookie_goes_with_the_scheme() {
    let server = Server::start().await;
    let body = json!({"username": "admin", "password": PASSWORD});
    let plain = server
        .call("POST", "/session")
        .json(body.clone())
        .send()
        .await
        .expect(201);
    let cookie = plain.header("set-cookie");
    assert!(cookie.starts_with("convoke="), "{cookie}");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let secure = server
        .call("POST", "/session")
        .from("10.0.0.1:443")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-for", "198.51.100.7")
        .json(body)
        .send()
        .await
        .expect(201);
    let cookie = secure.header("set-cookie");
    assert!(cookie.starts_with("__Host-convoke="), "{cookie}");
    assert!(cookie.contains("Secure"), "{cookie}");
    assert!(secure.headers.contains_key("strict-transport-security"));
    assert_eq!(secure.text("/session/source"), "198.51.100.7");
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let browser = server.sign_in("", "admin", PASSWORD).await;
    let contact = json!({"customer_id": customer, "name": "Oslo", "target": "4711"});
    let post = || {
        server
            .call("POST", "/contacts")
            .header("cookie", &browser.cookie)
    };
    post().json(contact.clone()).send().await.expect(403);
    let wrong = post()
        .header("x-csrf-token", "made-up")
        .json(contact.clone());
    wrong.send().await.expect(403);
    let right = || post().header("x-csrf-token", &browser.csrf);
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let foreign = right().header(name, value).json(contact.clone());
        foreign.send().await.expect(403);
    }
    let own = right().header("origin", "http://pbx.example");
    own.json(contact).send().await.expect(201);
    server
        .call("DELETE", "/session")
        .header("cookie", &browser.cookie)
        .send()
        .await
        .expect(403);
    browser.get("/me").await.expect(200);
}

#[tokio::test]
async fn signing_in_from_another_site_is_refused() {
    let server = Server::start().await;
    let body = json!({"username": "admin", "password": PASSWORD});
    let call = server
        .call("POST", "/session")
        .header("origin", "http://evil.example");
    call.json(body).send().await.expect(403);
}

#[tokio::test]
async fn only_bearer_keys_are_taken() {
    let server = Server::start().await;
    for value in [
        "Basic YWRtaW46YWRtaW4=",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "nonsense",
    ] {
        let call = server.call("GET", "/users").header("authorization", value);
        let answer = call.send().await.expect(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{value}");
    }
    let call = server
        .call("GET", "/users")
        .header("authorization", &format!("bearer {PROVIDER}"));
    call.send().await.expect(200);
}

#[tokio::test]
async fn a_flood_of_one_key_is_slowed_down() {
    let server = Server::start_with(|config| config.requests_per_second = 10).await;
    let mut limited = None;
    for _ in 0..100 {
        let answer = server.call("GET", "/me").key(PROVIDER).open().await;
        if answer.status() == 429 {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("a hundred requests in no time were answered");
    assert!(limited.headers().contains_key("retry-after"));
    server.pass_secs(2);
    server.get("/me").await.expect(200);
}

#[tokio::test]
async fn wrong_keys_are_counted_by_address_and_the_right_one_still_passes() {
    let server = Server::start().await;
    let guess = |number: u32| server.call("GET", "/me").key(&format!("guess-{number}"));
    let mut limited = false;
    for number in 0..500 {
        let status = guess(number).open().await.status();
        limited |= status == 429;
    }
    assert!(limited);
    guess(1).from("192.0.2.99:4000").send().await.expect(401);
    server.get("/me").await.expect(200);
}
