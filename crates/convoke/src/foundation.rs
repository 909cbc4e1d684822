//! What every verb that touches the data stands on: the folder, the key, the store.

use std::{
    fs::{self, File},
    os::unix::fs::DirBuilderExt,
    path::Path,
    sync::Arc,
};

use store::{Store, StoreKey};

use crate::{
    config::Config,
    failure::{Failure, chain},
    key,
    machine::SystemEntropy,
};

/// Opens the store; on the first start makes the folder and the key.
///
/// # Errors
/// Names the file or the URL, and what to do.
pub async fn open(config: &Config) -> Result<Store, Failure> {
    make_folder(&config.data_dir)?;
    let key = load_key(config).await?;
    let options = store::Options {
        url: config.database.clone(),
        key,
        entropy: Arc::new(SystemEntropy),
        readers: 0,
    };
    Store::open(options)
        .await
        .map_err(|error| Failure::start(format!("--database: {}", chain(&error))))
}

/// Keeps a second server off the folder for as long as the file is held: each would end the
/// other's conferences and take its control socket.
///
/// # Errors
/// Another server holds it, or it cannot be made.
pub fn hold(folder: &Path) -> Result<File, Failure> {
    make_folder(folder)?;
    let named = |what: &dyn std::fmt::Display| {
        Failure::start(format!("--data-dir {}: {what}", folder.display()))
    };
    let file = File::create(folder.join("lock")).map_err(|error| named(&error))?;
    file.try_lock().map_err(|error| match error {
        fs::TryLockError::WouldBlock => named(&"another server runs on this folder"),
        fs::TryLockError::Error(error) => named(&error),
    })?;
    Ok(file)
}

/// Makes a folder that only this account can look into, unless it is there.
///
/// # Errors
/// Names the option that says where it is.
pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| Failure::start(format!("--data-dir {}: {error}", folder.display())))
}

async fn load_key(config: &Config) -> Result<StoreKey, Failure> {
    let named =
        |what: String| Failure::start(format!("--key-file {}: {what}", config.key_file.display()));
    if let Some(key) = key::read(&config.key_file).map_err(|error| named(error.to_string()))? {
        return Ok(key);
    }
    let needed = Store::needs_key(&config.database)
        .await
        .map_err(|error| Failure::start(format!("--database: {}", chain(&error))))?;
    if needed {
        return Err(named(
            "the file is missing, and the database holds secrets that only its key opens; put the file back".to_owned(),
        ));
    }
    key::create(&config.key_file, &SystemEntropy).map_err(|error| named(error.to_string()))
}
