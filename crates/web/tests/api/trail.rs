//! The trail of every operation in the audit log: one row for what was done, in the same
//! transaction; none for what was refused.

use model::SwitchCommand;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Browser, Operation, PROVIDER, Server, operations},
    sweep::{NUMBERS, PROVIDERS, Things, USERS_PASSWORD, body, everything, one_of_each, path},
};

/// Operations that ask, whatever their method, and leave no row.
const ASKS: [&str; 2] = ["calls_explain", "conference_rooms_reach"];

/// What is written down where `{model}.{created, updated or deleted}` does not say it.
const ACTIONS: [(&str, &str); 21] = [
    ("blocked_sources_lift", "blocked_source.lifted"),
    (
        "conference_managers_reset_password",
        "conference_manager.password_reset",
    ),
    ("conference_rooms_start", "conference.started"),
    ("conferences_admit", "conference.admitted"),
    ("conferences_end", "conference.ended"),
    ("conferences_invite", "conference.invited"),
    ("conferences_kick", "conference.kicked"),
    ("conferences_lock", "conference.locked"),
    ("conferences_lower_hands", "conference.hand_lowered"),
    ("conferences_mute", "conference.muted"),
    ("conferences_record", "conference.recording_started"),
    ("conferences_unlock", "conference.unlocked"),
    ("conferences_unmute", "conference.unmuted"),
    ("devices_reset_password", "device.password_reset"),
    ("me_password_change_password", "user.password_changed"),
    ("recordings_delete", "recording.deleted"),
    ("session_sign_in", "session.started"),
    ("session_sign_out", "session.ended"),
    ("sessions_end", "session.ended"),
    ("users_delete_settled", "user.deleted"),
    ("users_endpoints_remove", "endpoint.removed"),
];

/// Operations on a person's sign-in: the person is what was acted on.
const OF_THE_PERSON: [&str; 4] = [
    "me_password_change_password",
    "session_sign_in",
    "session_sign_out",
    "sessions_end",
];

/// Operations that change more than what they are called on: each of these is a row too.
const MORE: [(&str, &[&str]); 1] = [("users_delete_settled", &["conference_manager.deleted"])];

fn changing() -> impl Iterator<Item = Operation> {
    let all = operations().into_iter();
    all.filter(|o| o.method != "GET" && !ASKS.contains(&o.id.as_str()))
}

/// Where an operation is tried: a customer with one thing of every kind.
struct Place<'a> {
    server: &'a Server,
    customer: String,
    things: Things,
    /// The customer's administrator's.
    key: String,
    key_id: String,
    providers_key_id: String,
}

impl<'a> Place<'a> {
    async fn new(server: &'a Server, account_name: &str) -> Self {
        let customer = server.customer(account_name).await;
        let mut things = one_of_each(server, &customer, NUMBERS).await;
        let made = async |list: &str, mut body: Value| {
            body["customer_id"] = json!(customer);
            server.post(list, body).await.expect(201)
        };
        let site = made("/sites", json!({"name": "Empty"})).await.id();
        let profile = made(
            "/access-profiles",
            json!({"name": account_name, "grants": []}),
        )
        .await;
        let spare = server.customer(&format!("{account_name}-spare")).await;
        things.extend([
            ("sites nobody is at", site),
            ("profiles nobody has", profile.id()),
            ("empty customers", spare),
        ]);
        let room = format!("/conference-rooms/{}", things["conference-rooms"]);
        let on_demand = json!({"record": "on_demand"});
        server.patch(&room, on_demand).await.expect(200);
        let key = json!({"name": "Tries", "profile": "customer_administrator"});
        let key = made("/api-keys", key).await;
        Self {
            server,
            customer,
            things,
            key: key.text("/key").to_owned(),
            key_id: key.id(),
            providers_key_id: server.get("/api-keys").await.text("/items/0/id").to_owned(),
        }
    }

    fn path(&self, operation: &Operation) -> String {
        let other = match operation.id.as_str() {
            "access_profiles_delete" => "profiles nobody has",
            "conference_rooms_start" | "conference_rooms_delete" => "idle rooms",
            "customers_delete" => "empty customers",
            "sites_delete" => "sites nobody is at",
            "users_delete" => "colleagues",
            _ => return path(operation, &self.things),
        };
        operation.path.replace("{id}", &self.things[other])
    }

    /// A body that changes something.
    fn body(&self, operation: &Operation) -> Value {
        match operation.id.as_str() {
            "access_profiles_update" => json!({"description": "Another."}),
            "conference_managers_update" => json!({"disabled": true}),
            "devices_update" => json!({"model": "Another"}),
            "users_update" => json!({"first_name": "Another"}),
            "users_delete_settled" => {
                let manager = &self.things["conference-managers"];
                json!({"uses": [{"kind": "conference_manager", "id": manager}]})
            }
            "me_password_change_password" => json!({
                "current_password": USERS_PASSWORD, "new_password": "another-long-passphrase-8",
            }),
            "session_sign_in" => self.sign_in(),
            _ if operation.method == "PATCH" => json!({"name": "Another"}),
            _ => body(operation, &self.customer),
        }
    }

    fn sign_in(&self) -> Value {
        json!({
            "account_name": self.things["account names"], "username": "anna",
            "password": USERS_PASSWORD,
        })
    }

    async fn browser(&self) -> Browser<'a> {
        let account = &self.things["account names"];
        self.server.sign_in(account, "anna", USERS_PASSWORD).await
    }

    /// Does it, as somebody who may.
    async fn does(&self, operation: &Operation, browser: &Browser<'_>, body: Value) -> Answer {
        let path = self.path(operation);
        let needs_person = operation.path.contains("/session") || operation.path.starts_with("/me");
        let call = match operation.id.as_str() {
            _ if needs_person => browser.call(&operation.method, &path),
            id if PROVIDERS.contains(&id) || operation.is_providers() => {
                self.server.call(&operation.method, &path).key(PROVIDER)
            }
            _ => self.server.call(&operation.method, &path).key(&self.key),
        };
        if operation.takes_body {
            call.json(body).send().await
        } else {
            call.send().await
        }
    }

    /// All that anybody can see of the customer and of what is the provider's.
    async fn all(&self) -> Vec<Value> {
        let mut all = everything(self.server, &self.customer).await;
        for path in ["/customers", "/blocked-sources", "/audit"] {
            all.push(self.server.get(path).await.expect(200).body);
        }
        all
    }
}

impl Operation {
    /// Asked of the provider's people alone.
    fn is_providers(&self) -> bool {
        let permission = self.permission.as_deref();
        permission.is_some_and(|permission| permission.ends_with(":subtree"))
    }

    /// Whether it cannot be done again.
    fn uses_up(&self) -> bool {
        self.method == "DELETE"
            || self.id.ends_with("_end")
            || self.id.contains("delete")
            || self.id == "me_password_change_password"
    }

    /// What the log calls it.
    fn action(&self) -> String {
        if let Some((_, action)) = ACTIONS.iter().find(|(id, _)| *id == self.id) {
            return (*action).to_owned();
        }
        let permission = self.permission.as_deref().unwrap();
        let permission = permission.trim_end_matches(":subtree");
        match permission.rsplit_once('.').unwrap() {
            (model, act @ ("create" | "update" | "delete")) => format!("{model}.{act}d"),
            (_, other) => panic!("{}: how is {other} written down?", self.id),
        }
    }
}

/// The rows written since there were so many, the latest first.
async fn rows_since(server: &Server, before: u64) -> Vec<Value> {
    let page = server.get("/audit").await.expect(200).body;
    let more = page["total"].as_u64().unwrap() - before;
    let items = page["items"].as_array().unwrap().iter();
    items
        .take(usize::try_from(more).unwrap())
        .cloned()
        .collect()
}

async fn rows(server: &Server) -> u64 {
    let page = server.get("/audit").await.expect(200).body;
    page["total"].as_u64().unwrap()
}

/// What is wrong with the rows that an operation left.
fn judged(
    place: &Place<'_>,
    operation: &Operation,
    answer: &Answer,
    rows: &[Value],
) -> Vec<String> {
    let id = operation.id.as_str();
    if !answer.status.is_success() {
        return vec![format!("{id}: {} {}", answer.status, answer.body)];
    }
    let more = MORE.iter().find(|(more, _)| *more == id);
    let more = more.map_or(&[][..], |(_, more)| more);
    let is_more = |row: &&Value| more.contains(&row["action"].as_str().unwrap());
    let rows: Vec<_> = rows.iter().filter(|row| !is_more(row)).collect();
    let [row] = rows[..] else {
        return vec![format!("{id} left {} rows: {rows:?}", rows.len())];
    };
    let subject = match &operation.path {
        _ if OF_THE_PERSON.contains(&id) => place.things["users"].clone(),
        _ if id == "users_endpoints_remove" => place.things["devices"].clone(),
        path if path.contains('{') && answer.status != 201 => {
            let path = place.path(operation);
            path.split(['/', '?']).nth(2).unwrap().to_owned()
        }
        _ => answer.id(),
    };
    let actor = match row["actor"]["kind"].as_str() {
        Some("user") => &place.things["users"],
        _ if operation.is_providers() => &place.providers_key_id,
        _ => &place.key_id,
    };
    let facts = [
        ("action", &row["action"], &operation.action()),
        ("subject", &row["subject"]["id"], &subject),
        ("actor", &row["actor"]["id"], actor),
    ];
    let wrong = facts
        .into_iter()
        .filter(|(_, is, expect)| *is != expect.as_str());
    wrong
        .map(|(what, is, expect)| format!("{id}: the {what} is {is}, not {expect}"))
        .collect()
}

#[tokio::test]
async fn every_change_leaves_a_row_that_names_actor_act_and_object() {
    let server = Server::start().await;
    let mut wrong = Vec::new();
    let mut place = Place::new(&server, "first").await;
    for (turn, operation) in changing().enumerate() {
        let browser = place.browser().await;
        server.pass_secs(1);
        let before = rows(&server).await;
        let body = place.body(&operation);
        let answer = place.does(&operation, &browser, body).await;
        let left = rows_since(&server, before).await;
        wrong.extend(judged(&place, &operation, &answer, &left));
        if operation.uses_up() {
            place = Place::new(&server, &format!("place{turn}")).await;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the switch was told to do.
fn ordered(server: &Server) -> usize {
    let seen = server.switch.seen().into_iter();
    let asks = |command: &SwitchCommand| matches!(command, SwitchCommand::BlockedSources);
    seen.filter(|command| !asks(command)).count()
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_leaves_no_row() {
    let server = Server::start().await;
    let place = Place::new(&server, "place").await;
    let browser = place.browser().await;
    let reader = server.key(Some(&place.customer), "read_only").await;
    let stranger = server.customer("stranger").await;
    let stranger = server.key(Some(&stranger), "customer_administrator").await;
    let before = place.all().await;
    let told = ordered(&server);
    for operation in changing() {
        let (path, body) = (place.path(&operation), place.body(&operation));
        for key in [&reader, &stranger] {
            if operation.open || operation.id == "session_sign_out" {
                continue;
            }
            let call = server.call(&operation.method, &path).key(key);
            let call = match operation.takes_body {
                true => call.json(body.clone()),
                false => call,
            };
            let status = call.send().await.status;
            assert!(
                matches!(status.as_u16(), 403 | 404),
                "{}: {status}",
                operation.id
            );
        }
        if operation.takes_body {
            let mut wrong = body;
            wrong["no_such_field"] = json!(true);
            let answer = place.does(&operation, &browser, wrong).await;
            assert_eq!(answer.status, 422, "{}", operation.id);
        }
        assert_eq!(place.all().await, before, "{}", operation.id);
    }
    assert_eq!(ordered(&server), told, "the switch was told of something");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_done() {
    let server = Server::start().await;
    let place = Place::new(&server, "place").await;
    let browser = place.browser().await;
    let before = place.all().await;
    let told = ordered(&server);
    server
        .sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
        .await;
    for operation in changing() {
        let body = place.body(&operation);
        let status = place.does(&operation, &browser, body).await.status;
        assert!(status.is_server_error(), "{}: {status}", operation.id);
    }
    server.sql("DROP TRIGGER full").await;
    assert_eq!(place.all().await, before);
    assert_eq!(ordered(&server), told, "the switch was told of something");
}
