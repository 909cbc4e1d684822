//! Rules of the outer contract that hold across resources.

use model::SwitchCommand;
use serde_json::{Value, json};

use crate::harness::{PROVIDER, Server, document, operations};

#[tokio::test]
async fn a_page_has_50_unless_asked_for_up_to_500_and_the_cursor_leads_through_all() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    for turn in 0..51 {
        let contact = json!({"customer_id": customer, "name": format!("C{turn}"), "target": "1"});
        server.post("/contacts", contact).await.expect(201);
    }
    let first = server.get("/contacts").await.expect(200);
    let items = |page: &Value| page["items"].as_array().map(Vec::len);
    assert_eq!(
        (items(&first.body), &first.body["total"]),
        (Some(50), &json!(51))
    );
    let next = first.text("/next").to_owned();
    let last = server.get(&format!("/contacts?cursor={next}")).await;
    let last = last.expect(200).body;
    assert_eq!((items(&last), &last["total"]), (Some(1), &json!(51)));
    assert_eq!(last["next"], Value::Null);
    let whole = server.get("/contacts?limit=500").await.expect(200).body;
    assert_eq!((items(&whole), &whole["next"]), (Some(51), &Value::Null));
}

#[tokio::test]
async fn a_key_of_one_customer_makes_and_lists_without_naming_it() {
    let server = Server::start().await;
    let acme = server.customer("acme").await;
    server.user(&acme, "Anna", Some("201")).await;
    let key = server.key(Some(&acme), "customer_administrator").await;
    for (path, body) in [
        (
            "/users",
            json!({"email": "b@example.com", "first_name": "Ben"}),
        ),
        (
            "/conference-rooms",
            json!({"number": "800", "name": "Board"}),
        ),
        ("/conference-managers", json!({"extension": "201"})),
        ("/contacts", json!({"name": "Oslo", "target": "4711"})),
        ("/sites", json!({"name": "Bergen"})),
        (
            "/api-keys",
            json!({"name": "Reader", "profile": "read_only"}),
        ),
    ] {
        let call = server.call("POST", path).key(&key).json(body);
        let made = call.send().await.expect(201);
        assert_eq!(made.text("/customer_id"), acme, "{path}");
        let list = server.call("GET", path).key(&key).send().await.expect(200);
        let items = list.body["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{path}");
        assert!(
            items
                .iter()
                .all(|item| item["customer_id"] == acme.as_str())
        );
    }
    let explain = json!({"from": "201", "to": "202"});
    let call = server.call("POST", "/calls/explain").key(&key);
    call.json(explain).send().await.expect(200);
}

#[tokio::test]
async fn the_host_takes_a_place() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    for (name, extension) in [("Anna", "201"), ("Ben", "202"), ("Cleo", "203")] {
        server.user(&customer, name, Some(extension)).await;
    }
    let room = server.room(&customer, "800").await.id();
    let path = format!("/conference-rooms/{room}");
    let two = json!({"max_participants": 2});
    server.patch(&path, two).await.expect(200);
    let start = async |invite: Value| {
        let body = json!({"invite": invite, "host": "201"});
        server.post(&format!("{path}/start"), body).await
    };
    let many = start(json!(["202", "203"])).await;
    assert_eq!(many.expect(422).errors(), ["invite room_full"]);
    let started =
        |command: &SwitchCommand| matches!(command, SwitchCommand::StartConference { .. });
    assert!(
        !server.switch.seen().iter().any(started),
        "nobody is called"
    );
    let fits = start(json!(["202"])).await.expect(201);
    assert_eq!(fits.body["participants"].as_array().unwrap().len(), 2);
    let more = format!("/conferences/{}/invite", fits.id());
    let more = server.post(&more, json!({"targets": ["203"]})).await;
    assert_eq!(more.expect(422).errors(), ["targets room_full"]);
}

#[tokio::test]
async fn a_sip_username_stays_when_extension_and_account_name_change() {
    let server = Server::start().await;
    let acme = server.customer("acme").await;
    let user = server.user(&acme, "Anna", Some("201")).await;
    assert_eq!(user.text("/device/sip/username"), "acme-201");
    let device = format!("/devices/{}", user.text("/device/id"));
    let path = format!("/users/{}", user.id());
    let moved = server.patch(&path, json!({"extension": "301"})).await;
    assert_eq!(moved.expect(200).text("/extension"), "301");
    let renamed = json!({"account_name": "umbrella"});
    let renamed = server.patch(&format!("/customers/{acme}"), renamed).await;
    assert_eq!(
        renamed.expect(200).text("/sip_domain"),
        "umbrella.convoke.internal"
    );
    let kept = server.get(&device).await.expect(200);
    assert_eq!(kept.text("/sip/username"), "acme-201");
    let second = format!("{path}/devices");
    let second = server.post(&second, json!({})).await.expect(201);
    assert_eq!(second.text("/sip/username"), "umbrella-301");
    let ben = server.user(&acme, "Ben", Some("201")).await;
    assert_eq!(ben.text("/device/sip/username"), "umbrella-201");
}

#[tokio::test]
async fn what_later_parts_bring_is_refused_as_unknown() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let path = format!("/users/{}", user.id());
    for kind in ["voicemail", "external", "ring_group", "queue", "ivr"] {
        let body = json!({"features": {"no_answer": {"type": kind, "target": ""}}});
        let refused = server.patch(&path, body).await.expect(422).errors();
        assert!(
            refused
                .iter()
                .all(|error| error.starts_with("features.no_answer.type ")),
            "{kind}: {refused:?}"
        );
    }
    let hang_up = json!({"features": {"no_answer": {"type": "hangup", "target": ""}}});
    server.patch(&path, hang_up).await.expect(200);
    for path in [
        "/ring-groups",
        "/users/import",
        "/users/export",
        "/trunks",
        "/jobs/1",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn every_refusal_is_a_whole_problem() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let room = json!({"customer_id": customer, "number": "1", "name": "", "no_such": 1});
    for (answer, status) in [
        (server.post("/conference-rooms", room).await, 422),
        (server.get("/users/no-such").await, 404),
        (server.call("GET", "/users").send().await, 401),
        (
            server
                .call("POST", "/users")
                .key(PROVIDER)
                .raw("{")
                .send()
                .await,
            400,
        ),
    ] {
        let answer = answer.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.body["status"], status);
        for part in ["/type", "/title", "/detail"] {
            assert!(!answer.text(part).is_empty(), "{part} of {status}");
        }
        for error in answer.body["errors"].as_array().into_iter().flatten() {
            for part in ["field", "code", "message"] {
                assert!(error[part].as_str().is_some_and(|text| !text.is_empty()));
            }
        }
    }
}

#[test]
fn names_and_statuses_are_those_of_the_contract() {
    let table = [
        ("POST", "/customers", "201"),
        ("GET", "/customers/{id}", "200"),
        ("PATCH", "/customers/{id}", "200"),
        ("DELETE", "/customers/{id}", "204"),
        ("POST", "/users", "201"),
        ("GET", "/users", "200"),
        ("PATCH", "/users/{id}", "200"),
        ("DELETE", "/users/{id}", "204"),
        ("GET", "/users/{id}/endpoints", "200"),
        ("POST", "/users/{id}/devices", "201"),
        ("POST", "/conference-rooms", "201"),
        ("PATCH", "/conference-rooms/{id}", "200"),
        ("DELETE", "/conference-rooms/{id}", "204"),
        ("POST", "/conference-rooms/{id}/start", "201"),
        ("POST", "/conference-managers", "201"),
        ("GET", "/conference-managers", "200"),
        ("PATCH", "/conference-managers/{id}", "200"),
        ("DELETE", "/conference-managers/{id}", "204"),
        ("GET", "/conferences", "200"),
        ("GET", "/conferences/{id}", "200"),
        ("POST", "/conferences/{id}/invite", "200"),
        ("POST", "/conferences/{id}/lock", "200"),
        ("POST", "/conferences/{id}/unlock", "200"),
        ("POST", "/conferences/{id}/end", "200"),
        ("POST", "/conferences/{id}/mute", "200"),
        ("POST", "/conferences/{id}/unmute", "200"),
        ("POST", "/conferences/{id}/kick", "200"),
        ("GET", "/events", "200"),
        ("GET", "/calls", "200"),
        ("GET", "/calls/{id}", "200"),
        ("POST", "/calls/explain", "200"),
        ("POST", "/api-keys", "201"),
        ("GET", "/api-keys/{id}", "200"),
        ("DELETE", "/api-keys/{id}", "204"),
        ("POST", "/session", "201"),
        ("DELETE", "/session", "204"),
        ("GET", "/sites/{id}", "200"),
        ("PATCH", "/sites/{id}", "200"),
        ("DELETE", "/sites/{id}", "204"),
        ("GET", "/audit", "200"),
    ];
    for (method, path, status) in table {
        let path = format!("/api/v1{path}");
        let operation = &document()["paths"][&path][method.to_lowercase()];
        assert!(operation.is_object(), "{method} {path}");
        assert!(
            operation["responses"][status].is_object(),
            "{method} {path} {status}"
        );
    }
    for operation in operations().iter().filter(|o| o.method == "DELETE") {
        let path = format!("/api/v1{}", operation.path);
        let responses = &document()["paths"][&path]["delete"]["responses"];
        assert!(
            responses["204"].is_object(),
            "{} {responses}",
            operation.path
        );
    }
}

/// Every field that the contract names is in the schema of what answers.
#[test]
fn every_field_of_the_contract_is_there() {
    for (schema, fields) in [
        (
            "Customer",
            "id name account_name sip_domain default_site_id",
        ),
        (
            "Conference",
            "id room_id state locked started_at participants version",
        ),
        (
            "Participant",
            "id name target role state muted talking joined_at reason",
        ),
        ("Endpoint", "contact transport user_agent expires_at rtt_ms"),
        (
            "Call",
            "id state from to started_at answered_at ended_at cause legs steps version",
        ),
        ("Step", "action target secs setting reason"),
        (
            "Features",
            "ring_time no_answer busy offline call_waiting do_not_disturb",
        ),
    ] {
        let properties = &document()["components"]["schemas"][schema]["properties"];
        for field in fields.split(' ') {
            assert!(
                properties[field].is_object(),
                "{schema}.{field}: {properties}"
            );
        }
    }
}
