//! Every operation of the document, tried by everybody: whether they may is worked out anew from
//! what the operation says it asks for, from the grants of their profile, and from whose thing it
//! is.

use std::{cell::Cell, collections::BTreeMap};

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Browser, Call, Operation, PASSWORD, Server, operations},
    sweep::{BLOCKED, body, path},
};

const USERS_PASSWORD: &str = "a-rather-long-passphrase-7";
/// No session has it.
const NO_SESSION: &str = "0198c0de-0000-7000-8000-000000000000";

/// Whose things are tried, seen from the one who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Their own.
    Own,
    /// Another's, in rooms that they moderate.
    Assigned,
    /// Of another person at their site.
    AtTheSite,
    /// Of another person at another site.
    Elsewhere,
}

/// How they come in.
enum Entry<'a> {
    Key(String),
    /// The second session is there to be ended.
    Browser(Browser<'a>, Browser<'a>),
}

/// One who tries.
struct Actor<'a> {
    profile: &'static str,
    entry: Entry<'a>,
    /// Of a person of the customer.
    user: Option<String>,
}

/// Everybody: the people with each role, an account of a conference manager, and programs.
const PEOPLE: [&str; 6] = [
    "customer_administrator",
    "site_administrator",
    "operator",
    "receptionist",
    "user",
    "read_only",
];
const PROGRAMS: [&str; 3] = ["api", "customer_administrator", "read_only"];

/// What a grant's scope can ask about a thing.
#[derive(Debug, Default)]
struct Facts {
    /// The provider's alone.
    is_providers: bool,
    /// A list: it shows what may be seen, and nothing is refused to those who may see any.
    is_list: bool,
    /// It sits at a site, belongs to someone or has to do with a room: whoever may not see it is
    /// told that it is not there.
    is_particular: bool,
    is_own: bool,
    is_assigned: bool,
    is_at_the_site: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Forbidden,
    NotThere,
}

impl Verdict {
    fn of(status: u16) -> Self {
        match status {
            403 => Self::Forbidden,
            404 => Self::NotThere,
            401 | 429 | 500.. => panic!("answered {status}"),
            _ => Self::Allowed,
        }
    }
}

/// `[model, operation, scope]` of every grant of each profile.
type Profiles = BTreeMap<String, Vec<[String; 3]>>;

async fn profiles(server: &Server) -> Profiles {
    let listed = server.get("/access-profiles?limit=500").await.expect(200);
    let text = |grant: &Value, name: &str| grant[name].as_str().unwrap().to_owned();
    let items = listed.body["items"].as_array().unwrap();
    let all = items.iter().map(|profile| {
        let grants = profile["grants"].as_array().unwrap().iter();
        let grants = grants.map(|grant| ["model", "operation", "scope"].map(|n| text(grant, n)));
        (text(profile, "name"), grants.collect())
    });
    all.collect()
}

impl Actor<'_> {
    /// The scopes that their profile has for an operation.
    fn scopes<'a>(&self, profiles: &'a Profiles, model: &str, operation: &str) -> Vec<&'a str> {
        let grants = profiles[self.profile].iter();
        let fits = |grant: &&[String; 3]| {
            ["*", model].contains(&grant[0].as_str())
                && ["*", operation].contains(&grant[1].as_str())
        };
        grants.filter(fits).map(|grant| grant[2].as_str()).collect()
    }

    fn covers(&self, scope: &str, facts: &Facts) -> bool {
        if self.profile == "provider_administrator" {
            return scope == "subtree";
        }
        if facts.is_providers {
            return false;
        }
        match scope {
            "subtree" | "customer" => true,
            "site" => facts.is_at_the_site,
            "own" => facts.is_own,
            "assigned" => facts.is_assigned,
            other => panic!("an unknown scope: {other}"),
        }
    }

    fn expected(&self, operation: &Operation, facts: &Facts, profiles: &Profiles) -> Verdict {
        let permission = operation.permission.as_deref();
        let permission =
            permission.unwrap_or_else(|| panic!("{} has no x-permission", operation.id));
        let wanted = match permission {
            "none" => return Verdict::Allowed,
            "session" => match self.entry {
                Entry::Browser(..) => return Verdict::Allowed,
                Entry::Key(_) if facts.is_particular => return Verdict::NotThere,
                Entry::Key(_) => return Verdict::Forbidden,
            },
            wanted => wanted.split(':').next().unwrap(),
        };
        let (model, act) = wanted.split_once('.').unwrap();
        assert!(model::Model::from_name(model).is_some(), "{permission}");
        assert!(model::Operation::from_name(act).is_some(), "{permission}");
        let scopes = self.scopes(profiles, model, act);
        let covers = |scopes: &[&str]| scopes.iter().any(|scope| self.covers(scope, facts));
        let lists = facts.is_list && !facts.is_providers && !scopes.is_empty();
        if lists || covers(&scopes) {
            return Verdict::Allowed;
        }
        let reads = self.scopes(profiles, model, "read");
        if facts.is_particular && !reads.is_empty() && !covers(&reads) {
            return Verdict::NotThere;
        }
        Verdict::Forbidden
    }

    /// What is known of the thing that an operation acts on.
    fn facts(&self, operation: &Operation, whose: Whose) -> Facts {
        let feature = operation.path.split('/').nth(1).unwrap();
        let of_one = operation.path.contains('{');
        let is_providers = operation
            .permission
            .as_deref()
            .is_some_and(|permission| permission.ends_with(":subtree"));
        let at_a_site = Facts {
            is_particular: true,
            is_own: whose == Whose::Own && feature != "sites",
            is_at_the_site: whose != Whose::Elsewhere && self.has_site(),
            ..Facts::default()
        };
        let in_a_room = Facts {
            is_particular: true,
            is_own: whose == Whose::Own,
            is_assigned: whose == Whose::Assigned || self.profile == "conference_manager",
            ..Facts::default()
        };
        match feature {
            "users" | "devices" | "sites" if of_one => at_a_site,
            "conference-rooms" | "conferences" | "recordings" if of_one => in_a_room,
            // Those who may see any call are not told of others' calls.
            "calls" | "sessions" if of_one => Facts {
                is_particular: true,
                is_own: whose == Whose::Own,
                ..Facts::default()
            },
            // A new person sits where the one who makes them does, or at the first site.
            "users" if operation.permission.as_deref() == Some("user.create") => Facts {
                is_particular: operation.method == "POST" || self.has_site(),
                is_at_the_site: self.has_site(),
                ..Facts::default()
            },
            _ => Facts {
                is_providers,
                is_list: operation.method == "GET" && !of_one,
                ..Facts::default()
            },
        }
    }

    fn second_session(&self) -> String {
        match &self.entry {
            Entry::Browser(_, second) => second.id.clone(),
            Entry::Key(_) => NO_SESSION.to_owned(),
        }
    }

    /// Programs, managers' accounts and the provider's people sit at no site.
    fn has_site(&self) -> bool {
        self.user.is_some()
    }

    fn call<'s>(&'s self, server: &'s Server, method: &str, path: &str) -> Call<'s> {
        match &self.entry {
            Entry::Key(key) => server.call(method, path).key(key),
            Entry::Browser(browser, _) => browser.call(method, path),
        }
    }
}

/// The customer, its two sites, and numbers that nobody has yet.
struct Place<'a> {
    server: &'a Server,
    customer: String,
    first_site: String,
    second_site: String,
    next: Cell<u32>,
}

impl<'a> Place<'a> {
    async fn new(server: &'a Server) -> Self {
        let customer = server.main_customer().await;
        let body = json!({"customer_id": customer, "name": "Oslo"});
        let second_site = server.post("/sites", body).await.expect(201).id();
        let read = server.get(&format!("/customers/{customer}")).await;
        Self {
            server,
            first_site: read.text("/default_site_id").to_owned(),
            second_site,
            customer,
            next: Cell::new(200),
        }
    }

    fn number(&self) -> String {
        self.next.set(self.next.get() + 1);
        self.next.get().to_string()
    }

    /// A person with a phone, and their extension.
    async fn person(&self, site: &str, role: &str, password: Option<&str>) -> (Answer, String) {
        let number = self.number();
        let body = json!({
            "customer_id": self.customer, "email": format!("p{number}@example.com"),
            "first_name": "Person", "username": format!("p{number}"), "extension": number,
            "site_id": site, "role": role, "password": password,
        });
        let made = self.server.post("/users", body).await.expect(201);
        (made, number)
    }

    async fn everybody(&self) -> Vec<Actor<'a>> {
        let mut all = Vec::new();
        for profile in PEOPLE {
            all.push(self.somebody(profile).await);
        }
        for profile in PROGRAMS {
            let key = self.server.key(Some(&self.customer), profile).await;
            all.push(Actor {
                profile,
                entry: Entry::Key(key),
                user: None,
            });
        }
        let (_, number) = self.person(&self.first_site, "user", None).await;
        let body = json!({"customer_id": self.customer, "extension": number});
        let made = self.server.post("/conference-managers", body).await;
        let names = (made.text("/username"), made.text("/password"));
        all.push(Actor {
            profile: "conference_manager",
            entry: self.signed_in("main", names).await,
            user: None,
        });
        all.push(Actor {
            profile: "provider_administrator",
            entry: self.signed_in("", ("admin", PASSWORD)).await,
            user: None,
        });
        all
    }

    async fn somebody(&self, profile: &'static str) -> Actor<'a> {
        let password = Some(USERS_PASSWORD);
        let (user, number) = self.person(&self.first_site, profile, password).await;
        let names = (format!("p{number}"), USERS_PASSWORD);
        Actor {
            profile,
            entry: self.signed_in("main", (&names.0, names.1)).await,
            user: Some(user.id()),
        }
    }

    async fn signed_in(&self, account: &str, (username, password): (&str, &str)) -> Entry<'a> {
        let first = self.server.sign_in(account, username, password).await;
        let second = self.server.sign_in(account, username, password).await;
        Entry::Browser(first, second)
    }

    /// One thing of every kind.
    async fn things(&self, actor: &Actor<'_>, whose: Whose) -> BTreeMap<&'static str, String> {
        let server = self.server;
        let site = match whose {
            Whose::Elsewhere => &self.second_site,
            _ => &self.first_site,
        };
        let (other, number) = self.person(site, "user", None).await;
        let user = match (whose, &actor.user) {
            (Whose::Own, Some(user)) => user.clone(),
            _ => other.id(),
        };
        let made = async |list: &str, body: Value| server.post(list, body).await.expect(201).id();
        let customer = &self.customer;
        let devices = format!("/users/{user}/devices");
        let listed = server.get(&devices).await.expect(200);
        let device = match listed.body["items"][0]["id"].as_str() {
            Some(device) => device.to_owned(),
            None => made(&devices, json!({})).await,
        };
        let call = server.on_the_phone(customer, &user, &device).await;
        let moderators: Vec<_> = actor
            .user
            .iter()
            .filter(|_| whose == Whose::Assigned)
            .collect();
        let room = json!({
            "customer_id": customer, "number": self.number(), "name": "Board",
            "owner_id": user, "moderator_ids": moderators,
        });
        let room = made("/conference-rooms", room).await;
        let called = json!({"invite": ["#sip:a@192.0.2.9"]});
        let conference = made(&format!("/conference-rooms/{room}/start"), called).await;
        let manager = json!({"customer_id": customer, "extension": number});
        let contact = json!({"customer_id": customer, "name": "Oslo", "target": "4711"});
        let key = json!({"customer_id": customer, "name": "k", "profile": "user"});
        let profile = json!({"customer_id": customer, "name": number, "grants": []});
        server.switch.block(BLOCKED);
        BTreeMap::from([
            ("access-profiles", made("/access-profiles", profile).await),
            ("api-keys", made("/api-keys", key).await),
            ("blocked-sources", BLOCKED.to_owned()),
            ("calls", call),
            (
                "conference-managers",
                made("/conference-managers", manager).await,
            ),
            ("conference-rooms", room),
            ("recordings", server.recording(&conference, b"OggS")),
            ("conferences", conference),
            ("contacts", made("/contacts", contact).await),
            ("customers", customer.clone()),
            ("devices", device),
            ("sessions", actor.second_session()),
            ("sites", site.clone()),
            ("users", user),
        ])
    }
}

async fn answered(place: &Place<'_>, actor: &Actor<'_>, operation: &Operation, path: &str) -> u16 {
    let mut call = actor.call(place.server, &operation.method, path);
    if matches!(operation.method.as_str(), "POST" | "PATCH") {
        call = call.json(body(operation, &place.customer));
    }
    if operation.id == "events" {
        return call.open().await.status().as_u16();
    }
    call.send().await.status.as_u16()
}

async fn everybody_tries_everything(whose: Whose) {
    let server = Server::start().await;
    let profiles = profiles(&server).await;
    let place = Place::new(&server).await;
    // Whoever has signed out can try nothing more.
    let mut tried: Vec<_> = operations().into_iter().filter(|o| !o.open).collect();
    tried.sort_by_key(|operation| operation.id == "session_sign_out");
    let mut wrong = Vec::new();
    for actor in place.everybody().await {
        let needs_person = matches!(whose, Whose::Own | Whose::Assigned);
        if needs_person && actor.user.is_none() {
            continue;
        }
        let mut things = place.things(&actor, whose).await;
        for operation in &tried {
            let facts = actor.facts(operation, whose);
            let expected = actor.expected(operation, &facts, &profiles);
            let status = answered(&place, &actor, operation, &path(operation, &things)).await;
            if Verdict::of(status) != expected {
                let (profile, id) = (actor.profile, &operation.id);
                wrong.push(format!(
                    "{profile}: {id} answered {status}, not {expected:?}: {facts:?}"
                ));
            }
            let spends = operation.method == "DELETE" || operation.id.ends_with("_end");
            if spends && expected == Verdict::Allowed && operation.id != "session_sign_out" {
                things = place.things(&actor, whose).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{whose:?}: {wrong:#?}");
}

#[tokio::test]
async fn everybody_is_held_to_their_grants_on_their_own_things() {
    everybody_tries_everything(Whose::Own).await;
}

#[tokio::test]
async fn everybody_is_held_to_their_grants_on_what_is_assigned_to_them() {
    everybody_tries_everything(Whose::Assigned).await;
}

#[tokio::test]
async fn everybody_is_held_to_their_grants_at_their_site() {
    everybody_tries_everything(Whose::AtTheSite).await;
}

#[tokio::test]
async fn everybody_is_held_to_their_grants_at_another_site() {
    everybody_tries_everything(Whose::Elsewhere).await;
}

#[test]
fn every_operation_says_what_it_asks_for() {
    let silent: Vec<_> = operations()
        .into_iter()
        .filter(|operation| operation.open == operation.permission.is_some())
        .map(|operation| operation.id)
        .collect();
    assert!(silent.is_empty(), "without x-permission: {silent:?}");
}
