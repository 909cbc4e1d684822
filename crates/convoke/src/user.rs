//! `convoke user …`: users of the running server.

use serde_json::{Value, json};

use crate::{
    cli::UserVerb,
    client::{Client, ClientError, escape},
    table::columns,
};

/// Carries out the verb; the answer is what is printed.
///
/// # Errors
/// What the server said against it.
pub async fn run(client: &Client, verb: UserVerb, as_json: bool) -> Result<String, ClientError> {
    match verb {
        UserVerb::List { q, customer } => {
            let customer = customer_id(client, &customer).await?;
            let q = q.map(|q| format!("&q={}", escape(&q))).unwrap_or_default();
            let list = client
                .get(&format!("/users?customer_id={customer}&limit=500{q}"))
                .await?;
            Ok(listing(&list, as_json))
        }
        UserVerb::Show { user, customer } => {
            let user = find(client, &user, &customer).await?;
            Ok(pretty(&user))
        }
        UserVerb::Create {
            first_name,
            last_name,
            email,
            extension,
            role,
            customer,
        } => {
            let mut body = json!({
                "customer_id": customer_id(client, &customer).await?,
                "first_name": first_name,
                "last_name": last_name,
                "email": email,
            });
            for (name, value) in [("extension", extension), ("role", role)] {
                if let Some(value) = value {
                    body[name] = Value::String(value);
                }
            }
            let user = client.post("/users", body).await?;
            Ok(if as_json {
                pretty(&user)
            } else {
                created(&user)
            })
        }
        UserVerb::Delete { user, customer } => {
            let user = find(client, &user, &customer).await?;
            let id = user["id"].as_str().unwrap_or_default();
            client.delete(&format!("/users/{}", escape(id))).await?;
            Ok(if as_json {
                json!({"deleted": id}).to_string()
            } else {
                "deleted".to_owned()
            })
        }
    }
}

/// The id of a customer by its account name.
///
/// # Errors
/// There is none, or the server did not answer.
pub async fn customer_id(client: &Client, account_name: &str) -> Result<String, ClientError> {
    let list = client.get("/customers?limit=500").await?;
    list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|customer| customer["account_name"] == account_name)
        .and_then(|customer| customer["id"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| ClientError(format!("there is no customer `{account_name}`")))
}

async fn find(client: &Client, user: &str, customer: &str) -> Result<Value, ClientError> {
    if user.parse::<model::UserId>().is_ok() {
        return client.get(&format!("/users/{}", escape(user))).await;
    }
    let customer = customer_id(client, customer).await?;
    let list = client
        .get(&format!(
            "/users?customer_id={customer}&extension={}",
            escape(user)
        ))
        .await?;
    list["items"]
        .as_array()
        .and_then(|items| items.first())
        .cloned()
        .ok_or_else(|| ClientError(format!("no user has the extension {user}")))
}

fn created(user: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!(
        "made {} ({})",
        text(&user["username"]),
        text(&user["id"])
    )];
    let sip = &user["device"]["sip"];
    if sip.is_object() {
        lines.push(format!("  SIP username  {}", text(&sip["username"])));
        lines.push(format!(
            "  SIP password  {}   (shown only now)",
            text(&sip["password"])
        ));
        lines.push(format!("  SIP domain    {}", text(&sip["domain"])));
    }
    lines.join("\n")
}

fn listing(list: &Value, as_json: bool) -> String {
    if as_json {
        return pretty(list);
    }
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let table = columns(
        &items,
        &[
            "extension",
            "first_name",
            "last_name",
            "email",
            "role",
            "state",
        ],
    );
    format!("{table}\n{} of {}", items.len(), list["total"])
}

/// JSON for people.
#[must_use]
pub fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
