//! No secret is found in what the database writes to disk.

use std::{fs, path::Path};

use model::{Pin, Secret};
use store::{Claim, KeyedRequest};

use crate::harness::{Db, at, both};

both!(no_secret_is_found_in_the_files);

const PASSWORD: &str = "canary-7f3a9c-password";
const BODY: &str = "canary-7f3a9c-body";
const PIN: &str = "9182736450";
/// Written in the open: shows that the search would find a secret.
const CONTROL: &str = "canary-7f3a9c-control";

fn find(folder: &Path, needle: &[u8]) -> bool {
    let entries = fs::read_dir(folder).unwrap();
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return find(&path, needle);
        }
        // PostgreSQL removes files while we look.
        let bytes = fs::read(&path).unwrap_or_default();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

async fn no_secret_is_found_in_the_files(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let mut device = db.device(&anna, "201", "first");
    let mut room = db.room(&customer, "800");
    room.participant_pin = Some(Pin::parse(PIN).unwrap());
    room.moderator_pin = Some(Pin::parse(PIN).unwrap());
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    device.sip_password = Secret::new(PASSWORD);
    tx.devices().update(&mut device).await.unwrap();
    tx.rooms().insert(&room).await.unwrap();
    let request = KeyedRequest {
        holder: "h".to_owned(),
        key: "k".to_owned(),
        fingerprint: [0; 32],
        at: at(0),
    };
    let claim = tx.idempotency().claim(&request, at(0)).await.unwrap();
    assert_eq!(claim, Claim::Fresh);
    tx.idempotency()
        .complete(&request, 201, BODY)
        .await
        .unwrap();
    tx.settings().set("control", CONTROL).await.unwrap();
    tx.commit().await.unwrap();
    let url = db.url.clone();
    let folders = match &db.folder {
        Some(folder) => vec![folder.path().to_owned()],
        None => tokio::task::spawn_blocking(move || testkit::postgres::folders(&url))
            .await
            .unwrap()
            .to_vec(),
    };
    let found = |needle: &[u8]| folders.iter().any(|folder| find(folder, needle));
    assert!(found(CONTROL.as_bytes()));
    for secret in [PASSWORD, BODY, PIN] {
        assert!(!found(secret.as_bytes()), "{secret}");
    }
    assert!(!found(&crate::harness::KEY), "the key itself");
}
