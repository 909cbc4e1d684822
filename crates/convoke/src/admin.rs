//! `convoke admin …`: the way back in when nobody can sign in any more. It works on the data folder
//! itself, beside a running server or without one.

use std::sync::Arc;

use model::{Door, Entropy, Secret};
use services::{
    Bootstrap, Options, Patch, Services, SipIdentity, switchboard,
    users::{self, UserPatch},
};

use crate::{
    config::Config,
    failure::{Failure, chain},
    foundation,
    machine::{SystemClock, SystemEntropy},
};

/// Letters and digits that cannot be mistaken for each other; 32 of them, five bits each.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Gives `admin` a new password, ends its sessions, and says the password.
///
/// # Errors
/// The data cannot be opened, or there is no such administrator.
pub async fn reset_password(config: Config) -> Result<String, Failure> {
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
        },
        bootstrap: Bootstrap::default(),
    };
    let refused = |error: services::Error| {
        Failure::refused(format!("the password was not reset: {}", chain(&error)))
    };
    let (services, first) = Services::start(options).await.map_err(refused)?;
    if let Some(password) = first.and_then(|first| first.password) {
        return Ok(said(&password));
    }
    let context = services.system().through(Door::Cli);
    let directory = services.directory();
    let admin = directory
        .users()
        .find(|user| user.customer.is_none() && user.username.as_str() == "admin")
        .map(|user| user.id)
        .ok_or_else(|| Failure::refused("there is no administrator `admin` any more"))?;
    let password = generated(&SystemEntropy);
    let patch = UserPatch {
        password: Patch::Set(password.clone()),
        disabled: Patch::Set(false),
        ..UserPatch::default()
    };
    users::update(&context, admin, patch, None)
        .await
        .map_err(refused)?;
    store
        .close()
        .await
        .map_err(|error| Failure::refused(chain(&error)))?;
    Ok(said(&password))
}

fn generated(entropy: &dyn Entropy) -> Secret {
    let mut bytes = [0; 20];
    entropy.fill(&mut bytes);
    let text: String = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect();
    Secret::new(text)
}

fn said(password: &Secret) -> String {
    format!(
        "Username: admin\nPassword, shown only now: {}",
        password.expose()
    )
}
