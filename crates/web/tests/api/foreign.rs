//! Every text that an operation takes, found in the document, with another customer's ids, names
//! and numbers in it.

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Field, Operation, Server, fields, operations},
    sweep::{
        NUMBERS, Numbers, OTHER_NUMBERS, PROVIDERS, Things, body, everything, one_of_each, path,
    },
};

/// Texts that name nothing there is, by their name or by that of the operation and theirs. What is
/// not here names something, and is refused when it is another customer's.
const NAMES_NOTHING: [&str; 36] = [
    "account_name",
    "action",
    "call_out[]",
    "contact",
    "contacts_create.target",
    "contacts_update.target",
    "country",
    "current_password",
    "cursor",
    "description",
    "device.mac",
    "device.model",
    "email",
    "except_action",
    "first_name",
    "from",
    "invite[]",
    "last_name",
    "mac",
    "model",
    "moderator_pin",
    "name",
    "new_password",
    "number",
    "participant_pin",
    "password",
    "q",
    "sort",
    "state",
    "targets[]",
    "time_zone",
    "to",
    "username",
    "users_create.extension",
    "users_update.extension",
    "uses[].kind",
];

impl Field {
    fn names_something(&self, operation: &Operation) -> bool {
        let long = format!("{}.{}", operation.id, self.name);
        ![self.name.as_str(), long.as_str()]
            .iter()
            .any(|name| NAMES_NOTHING.contains(name))
    }
}

/// Operations in which a customer's administrator can name anything.
fn customers_operations() -> impl Iterator<Item = Operation> {
    let all = operations().into_iter();
    all.filter(|o| !o.open && !PROVIDERS.contains(&o.id.as_str()))
}

/// A customer with one thing of every kind, and its administrator's key.
struct Customer {
    id: String,
    key: String,
    things: Things,
    numbers: Numbers,
}

impl Customer {
    async fn new(server: &Server, account_name: &str, numbers: Numbers) -> Self {
        let id = server.customer(account_name).await;
        let things = one_of_each(server, &id, numbers).await;
        let key = server.key(Some(&id), "customer_administrator").await;
        Self {
            id,
            key,
            things,
            numbers,
        }
    }

    /// What names something of theirs and nothing of anybody else's.
    fn ids(&self) -> impl Iterator<Item = &str> {
        let words = ["blocked-sources", "account names", "profiles' names"];
        let ids = self
            .things
            .iter()
            .filter(move |(kind, _)| !words.contains(kind));
        ids.map(|(_, id)| id.as_str())
    }

    /// What people call something of theirs.
    fn words(&self) -> impl Iterator<Item = &str> {
        let names = ["account names", "profiles' names"].map(|kind| self.things[kind].as_str());
        names.into_iter().chain(self.numbers)
    }

    /// Asks for an operation on their own things, with this in the field.
    async fn with(&self, server: &Server, tried: &Tried<'_>, value: &str) -> Answer {
        let Tried { operation, field } = tried;
        let mut path = match operation.id.as_str() {
            "conference_rooms_start" => operation.path.replace("{id}", &self.things["idle rooms"]),
            _ => path(operation, &self.things),
        };
        let mut body = self.body(operation);
        if field.in_query {
            let join = if path.contains('?') { '&' } else { '?' };
            let value = percent(value);
            path.push_str(&format!("{join}{}={value}", field.name));
        } else {
            field.put(&mut body, value);
        }
        let mut call = server.call(&operation.method, &path).key(&self.key);
        if operation.takes_body {
            call = call.json(body);
        }
        if operation.id == "events" {
            let stream = call.open().await;
            return Answer {
                status: stream.status(),
                headers: stream.headers().clone(),
                body: Value::Null,
            };
        }
        call.send().await
    }

    fn body(&self, operation: &Operation) -> Value {
        match operation.id.as_str() {
            "users_delete_settled" => {
                let manager = &self.things["conference-managers"];
                json!({"uses": [{"kind": "conference_manager", "id": manager}]})
            }
            _ => body(operation, &self.id),
        }
    }
}

fn percent(text: &str) -> String {
    text.replace(' ', "%20")
}

/// A field of an operation.
struct Tried<'a> {
    operation: &'a Operation,
    field: &'a Field,
}

impl std::fmt::Display for Tried<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} with {}", self.operation.id, self.field.name)
    }
}

/// Whether an answer is a list or a table without a row.
fn is_empty(answer: &Answer) -> bool {
    match &answer.body {
        Value::String(table) => table.lines().count() == 1,
        body => body["items"].as_array().is_some_and(Vec::is_empty),
    }
}

/// No id of the victim's is in an answer but the one that was asked for.
fn shows_nothing(answer: &Answer, victim: &Customer, asked: &str) -> bool {
    let text = answer.body.to_string().replace(asked, "");
    !victim.ids().any(|id| text.contains(id))
}

/// What is wrong with how an operation takes what is the victim's, and what is one's own.
async fn judged(
    server: &Server,
    own: &Customer,
    victim: &Customer,
    tried: &Tried<'_>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let owned = everything(server, &own.id).await;
    let mut is_narrowed = false;
    for name in victim.ids().chain(victim.words()) {
        let answer = own.with(server, tried, name).await;
        let status = answer.status.as_u16();
        let narrows = tried.operation.method == "GET" && status == 200 && is_empty(&answer);
        is_narrowed |= narrows;
        let refused = matches!(status, 400 | 403 | 404 | 422);
        if !(refused || narrows) || !shows_nothing(&answer, victim, name) {
            wrong.push(format!("{tried} {name}: {status} {}", answer.body));
        }
    }
    if everything(server, &own.id).await != owned {
        wrong.push(format!("{tried} changed something"));
    }
    // Nothing but whose it is was wrong: something of one's own does.
    for name in own.ids().chain(own.words()) {
        let answer = own.with(server, tried, name).await;
        if answer.status.is_success() && !(is_narrowed && is_empty(&answer)) {
            return wrong;
        }
    }
    wrong.push(format!("{tried} takes nothing of one's own"));
    wrong
}

#[tokio::test]
async fn what_is_another_customers_is_refused_wherever_it_is_named() {
    let server = Server::start().await;
    let victim = Customer::new(&server, "victim", OTHER_NUMBERS).await;
    let reader = Customer::new(&server, "reader", NUMBERS).await;
    let before = everything(&server, &victim.id).await;
    let mut wrong = Vec::new();
    let mut seen = 0;
    for operation in &customers_operations().collect::<Vec<_>>() {
        let all = fields(operation);
        for field in all.iter().filter(|field| field.names_something(operation)) {
            seen += 1;
            let tried = Tried { operation, field };
            if operation.method == "GET" {
                wrong.extend(judged(&server, &reader, &victim, &tried).await);
            } else {
                // What is done with one's own uses it up.
                let own = Customer::new(&server, &format!("own{seen}"), NUMBERS).await;
                wrong.extend(judged(&server, &own, &victim, &tried).await);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 40, "only {seen} fields name anything");
    assert_eq!(everything(&server, &victim.id).await, before);
}

#[tokio::test]
async fn what_is_another_customers_is_reached_by_no_text() {
    let server = Server::start().await;
    let victim = Customer::new(&server, "victim", OTHER_NUMBERS).await;
    let before = everything(&server, &victim.id).await;
    let commands = server.switch.seen().len();
    let mut wrong = Vec::new();
    for (turn, operation) in customers_operations().enumerate() {
        let mut texts = fields(&operation);
        texts.retain(|field| !field.names_something(&operation));
        if texts.is_empty() {
            continue;
        }
        let own = Customer::new(&server, &format!("own{turn}"), NUMBERS).await;
        for field in &texts {
            let tried = &Tried {
                operation: &operation,
                field,
            };
            for word in victim.words() {
                let answer = own.with(&server, tried, word).await;
                let status = answer.status.as_u16();
                if status >= 500 || !shows_nothing(&answer, &victim, word) {
                    wrong.push(format!("{tried} {word}: {status} {}", answer.body));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(everything(&server, &victim.id).await, before);
    let ordered = format!("{:?}", &server.switch.seen()[commands..]);
    for kind in [
        "users",
        "devices",
        "conference-rooms",
        "conferences",
        "participants",
    ] {
        let id = &victim.things[kind];
        assert!(!ordered.contains(id.as_str()), "the switch is told of {id}");
    }
}

/// The table above is of texts that there are.
#[test]
fn every_text_that_names_nothing_is_there() {
    let there: Vec<String> = operations()
        .iter()
        .flat_map(|operation| {
            let names = fields(operation).into_iter().map(|field| field.name);
            names.flat_map(|name| [format!("{}.{name}", operation.id), name])
        })
        .collect();
    for name in NAMES_NOTHING {
        assert!(there.iter().any(|there| there == name), "{name}");
    }
}
