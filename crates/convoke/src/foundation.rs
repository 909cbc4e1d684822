//! What every verb that touches the data stands on: the folder, the key, the store.

use std::{fs, os::unix::fs::DirBuilderExt, path::Path, sync::Arc};

use store::{Store, StoreKey};

use crate::{
    config::Config,
    failure::{Failure, chain},
    key,
    machine::SystemEntropy,
};

/// Opens the store; on the first start makes the folder and the key. A key that a start made whose
/// database cannot be opened is taken away again.
///
/// # Errors
/// Names the file or the URL, and what to do.
pub async fn open(config: &Config) -> Result<Store, Failure> {
    make_folder(&config.data_dir)?;
    let (key, origin) = load_key(config).await?;
    let options = store::Options {
        url: config.database.clone(),
        key,
        entropy: Arc::new(SystemEntropy),
        readers: 0,
    };
    let opened = Store::open(options).await;
    // Asked, not concluded: what fails at its commit may have committed.
    if opened.is_err()
        && origin == Origin::Made
        && matches!(Store::needs_key(&config.database).await, Ok(false))
    {
        let _ = fs::remove_file(&config.key_file);
    }
    opened.map_err(|error| Failure::start(format!("--database: {}", chain(&error))))
}

/// Where a key is from.
#[derive(PartialEq, Eq)]
enum Origin {
    Read,
    Made,
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

async fn load_key(config: &Config) -> Result<(StoreKey, Origin), Failure> {
    let named =
        |what: String| Failure::start(format!("--key-file {}: {what}", config.key_file.display()));
    if let Some(key) = key::read(&config.key_file).map_err(|error| named(error.to_string()))? {
        return Ok((key, Origin::Read));
    }
    let needed = Store::needs_key(&config.database)
        .await
        .map_err(|error| Failure::start(format!("--database: {}", chain(&error))))?;
    if needed {
        return Err(named(
            "the file is missing, and the database holds secrets that only its key opens; put the file back".to_owned(),
        ));
    }
    let key = key::create(&config.key_file, &SystemEntropy);
    Ok((key.map_err(|error| named(error.to_string()))?, Origin::Made))
}
