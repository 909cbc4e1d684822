//! People, phones and rooms on a server.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use testkit::softphone::{Phone, Settings, wait};

use crate::{http::Answer, server::Server};

/// A user with the credentials of their phone.
#[derive(Debug, Clone)]
pub struct Person {
    /// The user's id.
    pub id: String,
    /// The extension.
    pub extension: String,
    /// SIP username.
    pub username: String,
    /// SIP password.
    pub password: String,
}

/// A server with people on it.
pub struct Scene {
    /// The server.
    pub server: Server,
    /// The default customer's id.
    pub customer: String,
    /// In the order they were asked for.
    pub people: Vec<Person>,
}

const NAMES: [&str; 6] = ["Anna", "Ben", "Cleo", "Dora", "Emil", "Fay"];

impl Scene {
    /// Makes users with extensions 201, 202, ….
    #[must_use]
    pub fn with_people(server: Server, count: usize) -> Self {
        let customer = server.get("/customers").expect(200).text_at("/items/0/id");
        let mut scene = Self {
            server,
            customer,
            people: Vec::new(),
        };
        for (index, name) in NAMES.iter().cycle().take(count).enumerate() {
            let person = scene.person(name, &(201 + index).to_string());
            scene.people.push(person);
        }
        scene
    }

    /// Makes one user with a phone.
    #[must_use]
    pub fn person(&self, name: &str, extension: &str) -> Person {
        let email = format!("{}-{extension}@example.com", name.to_lowercase());
        let body = json!({
            "customer_id": self.customer, "email": email, "first_name": name, "last_name": "Berg",
            "extension": extension,
        });
        let made = self.server.post("/users", body).expect(201);
        Person {
            id: made.id(),
            extension: extension.to_owned(),
            username: made.text_at("/device/sip/username"),
            password: made.text_at("/device/sip/password"),
        }
    }

    /// How the phone of one of the people is set up.
    #[must_use]
    pub fn settings(&self, index: usize) -> Settings {
        let person = &self.people[index];
        Settings::new(self.server.sip, &person.username, &person.password)
    }

    /// The phone of one of the people, registered, sending this tone.
    ///
    /// # Panics
    /// If it cannot register.
    #[must_use]
    pub fn phone(&self, index: usize, tone: f32) -> Phone {
        self.phone_with(Settings {
            tone,
            ..self.settings(index)
        })
    }

    /// A phone, registered.
    ///
    /// # Panics
    /// If it cannot register.
    #[must_use]
    pub fn phone_with(&self, settings: Settings) -> Phone {
        let phone = Phone::start(settings).expect("a phone has a free port");
        let registered = phone.register();
        assert!(
            registered.is_ok(),
            "{} was refused: {registered:?}",
            phone.settings().username
        );
        phone
    }

    /// Makes a room.
    #[must_use]
    pub fn room(&self, number: &str, settings: Value) -> String {
        let mut body = json!({"customer_id": self.customer, "number": number, "name": format!("Room {number}")});
        if let (Some(body), Value::Object(settings)) = (body.as_object_mut(), settings) {
            body.extend(settings);
        }
        self.server.post("/conference-rooms", body).expect(201).id()
    }

    /// A conference as it is now.
    #[must_use]
    pub fn conference(&self, id: &str) -> Value {
        self.server
            .get(&format!("/conferences/{id}"))
            .expect(200)
            .body
    }

    /// Does something with a conference.
    #[must_use]
    pub fn act(&self, id: &str, action: &str, body: Value) -> Answer {
        self.server
            .post(&format!("/conferences/{id}/{action}"), body)
    }

    /// The causes of the calls that have ended, by the number that was called; of several the
    /// first.
    #[must_use]
    pub fn causes(&self) -> BTreeMap<String, String> {
        let path = format!("/calls?customer_id={}&state=ended&limit=200", self.customer);
        let calls = self.server.get(&path).expect(200).body;
        let calls = calls["items"].as_array().map_or(&[][..], Vec::as_slice);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let cause = |call: &Value| (text(&call["to"]["number"]), text(&call["cause"]));
        calls.iter().map(cause).collect()
    }

    /// Waits until so many are in.
    ///
    /// # Panics
    /// If they do not come.
    pub fn wait_joined(&self, id: &str, count: usize) -> Value {
        let joined = wait(Duration::from_secs(10), || {
            let conference = self.conference(id);
            let joined = rows(&conference)
                .iter()
                .filter(|row| row["state"] == "joined")
                .count();
            (joined == count).then_some(conference)
        });
        joined.unwrap_or_else(|| panic!("{count} should be in: {:#}", self.conference(id)))
    }
}

/// The participants of a conference.
#[must_use]
pub fn rows(conference: &Value) -> &[Value] {
    conference["participants"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

/// The id of the newest participant with this target.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn participant(conference: &Value, target: &str) -> String {
    let row = rows(conference)
        .iter()
        .rev()
        .find(|row| row["target"] == target);
    let row = row.unwrap_or_else(|| panic!("no {target} in {conference:#}"));
    row["id"].as_str().unwrap_or_default().to_owned()
}
