//! `convoke admin …`: the way back in when nobody can sign in any more. Beside a running server it
//! is the server that does it, because it keeps sessions and accounts in memory; without one the
//! data folder is opened.

use std::sync::Arc;

use model::{Door, Secret};
use serde_json::{Value, json};
use services::{
    Bootstrap, Options, Patch, Services, SipIdentity, password, switchboard,
    users::{self, UserPatch},
};

use crate::{
    client::{Client, ClientError, escape},
    config::Config,
    failure::{Failure, chain},
    foundation,
    machine::{SystemClock, SystemEntropy},
};

/// The first start's.
const FIRST: &str = "admin";

/// Gives an administrator of the provider a new password, ends their sessions, and says it:
/// the one named, else `admin`, else the only one there is.
///
/// # Errors
/// The data cannot be opened, or there is no such administrator.
pub async fn reset_password(config: Config, username: Option<String>) -> Result<String, Failure> {
    let client = Client::new(&config.data_dir);
    if client.is_served().await {
        return Ok(through_server(&client, username.as_deref()).await?);
    }
    in_folder(config, username.as_deref()).await
}

async fn through_server(client: &Client, wanted: Option<&str>) -> Result<String, ClientError> {
    let list = client
        .get("/users?role=provider_administrator&limit=500")
        .await?;
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let text = |user: &Value, name: &str| user[name].as_str().unwrap_or_default().to_owned();
    let known = items
        .iter()
        .map(|user| (text(user, "username"), text(user, "id")))
        .collect();
    let (username, id) = choose(known, wanted).map_err(ClientError)?;
    let password = password::generate(&SystemEntropy);
    let body = json!({"password": password.expose(), "advanced": {"disabled": false}});
    client
        .patch(&format!("/users/{}", escape(&id)), body)
        .await?;
    Ok(said(&username, &password))
}

async fn in_folder(config: Config, wanted: Option<&str>) -> Result<String, Failure> {
    let store = foundation::open(&config).await?;
    // Nothing here commands the switch: its line leads nowhere.
    let (switchboard, _orders) = switchboard::channel(1);
    let options = Options {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        data_dir: config.data_dir.clone(),
        switchboard,
        sip: SipIdentity {
            domain: config.sip_domain.clone(),
            server: String::new(),
            port: 5060,
            private_targets: model::PrivateTargets::Allowed,
        },
        audit_kept_days: None,
        bootstrap: Bootstrap::default(),
    };
    let refused = |error: services::Error| {
        Failure::refused(format!("the password was not reset: {}", chain(&error)))
    };
    let (services, first) = Services::start(options).await.map_err(refused)?;
    if let Some(first) = first
        && let Some(password) = first.password
    {
        return Ok(said(&first.username, &password));
    }
    let context = services.system().through(Door::Cli);
    let directory = services.directory();
    let known = directory
        .users()
        .filter(|user| user.customer.is_none())
        .map(|user| (user.username.to_string(), user.id))
        .collect();
    let (username, id) = choose(known, wanted).map_err(Failure::refused)?;
    let password = password::generate(&SystemEntropy);
    let patch = UserPatch {
        password: Patch::Set(password.clone()),
        disabled: Patch::Set(false),
        ..UserPatch::default()
    };
    users::update(&context, id, patch, None)
        .await
        .map_err(refused)?;
    store
        .close()
        .await
        .map_err(|error| Failure::refused(chain(&error)))?;
    Ok(said(&username, &password))
}

/// The administrator meant; else the sentence that says which there are.
fn choose<I>(known: Vec<(String, I)>, wanted: Option<&str>) -> Result<(String, I), String> {
    let alone = known.len() == 1;
    let mut names: Vec<_> = known.iter().map(|(name, _)| name.clone()).collect();
    let is_meant = |name: &str| match wanted {
        Some(wanted) => name.eq_ignore_ascii_case(wanted),
        None => alone || name == FIRST,
    };
    let found = known.into_iter().find(|(name, _)| is_meant(name));
    found.ok_or_else(|| {
        names.sort_unstable();
        let names = names.join(", ");
        match wanted {
            Some(wanted) => format!("there is no administrator `{wanted}`; there are: {names}"),
            None => format!("say with --username which administrator; there are: {names}"),
        }
    })
}

fn said(username: &str, password: &Secret) -> String {
    format!(
        "Username: {username}\nPassword, shown only now: {}",
        password.expose()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str], wanted: Option<&str>) -> Result<String, String> {
        let known = names.iter().map(|name| ((*name).to_owned(), ())).collect();
        choose(known, wanted).map(|(name, ())| name)
    }

    #[test]
    fn an_administrator_is_named_or_the_first_or_the_only_one() {
        assert_eq!(chosen(&["ann", "admin"], None).unwrap(), "admin");
        assert_eq!(chosen(&["ann"], None).unwrap(), "ann");
        assert_eq!(chosen(&["ann", "ben"], Some("Ben")).unwrap(), "ben");
        for (wanted, expect) in [
            (
                None,
                "say with --username which administrator; there are: ann, ben",
            ),
            (
                Some("admin"),
                "there is no administrator `admin`; there are: ann, ben",
            ),
        ] {
            assert_eq!(chosen(&["ben", "ann"], wanted).unwrap_err(), expect);
        }
    }
}
