//! `convoke conference …`: rooms and conferences of the running server.

use serde_json::{Value, json};

use crate::{
    cli::ConferenceVerb,
    client::{Client, ClientError, escape},
    table::columns,
    user::{customer_id, pretty},
};

/// Columns of a room, and of a conference.
const ROOM: &[&str] = &["number", "name", "max_participants", "id"];
const CONFERENCE: &[&str] = &["number", "name", "state", "locked", "started_at", "id"];

/// Carries out the verb; the answer is what is printed.
///
/// # Errors
/// What the server said against it.
pub async fn run(
    client: &Client,
    verb: ConferenceVerb,
    as_json: bool,
) -> Result<String, ClientError> {
    let act = |conference: String, action: &'static str, body: Value| async move {
        let id = conference_id(client, &conference).await?;
        let answer = client.post(&path(&id, action), body).await?;
        Ok(participants(&answer, as_json))
    };
    match verb {
        ConferenceVerb::Rooms { customer } => {
            let customer = customer_id(client, &customer).await?;
            let list = client
                .get(&format!(
                    "/conference-rooms?customer_id={customer}&limit=500"
                ))
                .await?;
            Ok(listing(&list, ROOM, as_json))
        }
        ConferenceVerb::CreateRoom {
            number,
            name,
            customer,
        } => {
            let customer = customer_id(client, &customer).await?;
            let body = json!({"customer_id": customer, "number": number, "name": name});
            let room = client.post("/conference-rooms", body).await?;
            Ok(one(&room, ROOM, as_json))
        }
        ConferenceVerb::List { customer } => {
            let list = running(client, customer).await?;
            Ok(listing(&list, CONFERENCE, as_json))
        }
        ConferenceVerb::Show { conference } => {
            let id = conference_id(client, &conference).await?;
            let answer = client.get(&path(&id, "")).await?;
            Ok(participants(&answer, as_json))
        }
        ConferenceVerb::Start {
            room,
            invite,
            host,
            customer,
        } => {
            let room = room_id(client, &room, &customer).await?;
            let answer = start(client, &room, invite, host).await?;
            Ok(participants(&answer, as_json))
        }
        ConferenceVerb::Invite {
            conference,
            targets,
        } => act(conference, "/invite", json!({"targets": targets})).await,
        ConferenceVerb::MuteAll { conference } => {
            act(conference, "/mute", json!({"participants": "all"})).await
        }
        ConferenceVerb::Lock { conference } => act(conference, "/lock", json!({})).await,
        ConferenceVerb::Unlock { conference } => act(conference, "/unlock", json!({})).await,
        ConferenceVerb::End { conference } => act(conference, "/end", json!({})).await,
    }
}

async fn start(
    client: &Client,
    room: &str,
    invite: Vec<String>,
    host: Option<String>,
) -> Result<Value, ClientError> {
    let mut body = json!({"invite": invite});
    if let Some(host) = host {
        body["host"] = Value::String(host);
    }
    let path = format!("/conference-rooms/{}/start", escape(room));
    client.post(&path, body).await
}

/// Those that run, of one customer or of all, with their rooms' numbers and names.
async fn running(client: &Client, customer: Option<String>) -> Result<Value, ClientError> {
    let of = match customer {
        Some(account) => format!("&customer_id={}", customer_id(client, &account).await?),
        None => String::new(),
    };
    let path = format!("/conferences?state=running&limit=500{of}");
    let mut list = client.get(&path).await?;
    let rooms = running_rooms(client, &of).await?;
    for conference in list["items"].as_array_mut().into_iter().flatten() {
        // One that began or ended between the two answers stays without.
        let of = |room: &&Value| room["running"]["id"] == conference["id"];
        if let Some(room) = rooms.iter().find(of) {
            conference["number"] = room["number"].clone();
            conference["name"] = room["name"].clone();
        }
    }
    Ok(list)
}

/// Rooms in which a conference runs.
async fn running_rooms(client: &Client, filter: &str) -> Result<Vec<Value>, ClientError> {
    let path = format!("/conference-rooms?state=running&limit=500{filter}");
    let list = client.get(&path).await?;
    Ok(list["items"].as_array().cloned().unwrap_or_default())
}

/// The conference of an id, or the one that runs in the room of a number.
async fn conference_id(client: &Client, given: &str) -> Result<String, ClientError> {
    if given.parse::<model::ConferenceId>().is_ok() {
        return Ok(given.to_owned());
    }
    let rooms = running_rooms(client, &format!("&q={}", escape(given))).await?;
    let named = rooms.iter().filter(|room| room["number"] == given);
    let ids: Vec<&str> = named
        .filter_map(|room| room["running"]["id"].as_str())
        .collect();
    match ids[..] {
        [id] => Ok(id.to_owned()),
        [] => Err(ClientError(format!(
            "no conference runs in a room with the number {given}; `convoke conference list` shows those that run"
        ))),
        _ => Err(ClientError(format!(
            "several customers have a conference in their room {given}; give one of these ids: {}",
            ids.join(", ")
        ))),
    }
}

fn path(conference: &str, action: &str) -> String {
    format!("/conferences/{}{action}", escape(conference))
}

/// Another customer may have a room of the same number: that one's people must not be called.
async fn room_id(client: &Client, room: &str, customer: &str) -> Result<String, ClientError> {
    if room.parse::<model::RoomId>().is_ok() {
        return Ok(room.to_owned());
    }
    let customer = customer_id(client, customer).await?;
    let list = client
        .get(&format!(
            "/conference-rooms?customer_id={customer}&q={}&limit=500",
            escape(room)
        ))
        .await?;
    list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|item| item["number"] == room)
        .and_then(|item| item["id"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| ClientError(format!("no room has the number {room}")))
}

fn participants(conference: &Value, as_json: bool) -> String {
    if as_json {
        return pretty(conference);
    }
    let items = conference["participants"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let table = columns(
        &items,
        &["name", "target", "role", "state", "muted", "reason"],
    );
    let text = |name: &str| conference[name].as_str().unwrap_or_default();
    let locked = if conference["locked"] == true {
        ", locked"
    } else {
        ""
    };
    format!("{} {}{locked}\n{table}", text("id"), text("state"))
}

fn listing(list: &Value, fields: &[&str], as_json: bool) -> String {
    if as_json {
        return pretty(list);
    }
    let items = list["items"].as_array().cloned().unwrap_or_default();
    format!(
        "{}\n{} of {}",
        columns(&items, fields),
        items.len(),
        list["total"]
    )
}

fn one(value: &Value, fields: &[&str], as_json: bool) -> String {
    if as_json {
        pretty(value)
    } else {
        columns(std::slice::from_ref(value), fields)
    }
}
