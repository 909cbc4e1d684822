//! Fills a database with users and phones, faster than the API would, through the same store.

use std::{path::Path, sync::Arc};

use model::{
    AccountName, Clock, Device, DeviceId, DisplayName, Email, Entropy, Extension, Features, Secret,
    SipUsername, Timestamp, User, UserId, Username,
};
use store::{Options, Priority, Store, StoreKey};

use crate::phones::Phone;

struct Random;

impl Entropy for Random {
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench makes its own randomness"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), buffer);
    }
}

struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "a bench has its own clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

const FIRST: &[&str] = &[
    "Anna", "Ben", "Cleo", "David", "Emma", "Finn", "Greta", "Hugo", "Ines", "Jan", "Marta",
];
const LAST: &[&str] = &[
    "Berg", "Costa", "Dahl", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jensen", "Kim",
];

/// Adds this many users with a phone each to the first customer of the folder's database.
pub fn users(folder: &Path, count: usize) -> Result<Vec<Phone>, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime
        .block_on(fill(folder, count))
        .map_err(|error| error.to_string())
}

async fn fill(folder: &Path, count: usize) -> Result<Vec<Phone>, Box<dyn std::error::Error>> {
    let key = StoreKey::parse_hex(&std::fs::read_to_string(folder.join("secret.key"))?)?;
    let url = format!("sqlite:{}", folder.join("convoke.db").display());
    let store = Store::open(Options {
        url,
        key,
        entropy: Arc::new(Random),
        readers: 1,
    })
    .await?;
    let main = AccountName::parse("main")?;
    let customer = store.read().customers().by_account_name(&main).await?;
    let customer = &customer.ok_or("the database has no customer `main`")?;
    let mut phones = Vec::with_capacity(count);
    let mut rows = Vec::with_capacity(1_000);
    for index in 0..count {
        let (row, phone) = user(index, customer)?;
        rows.push(row);
        phones.push(phone);
        if rows.len() == 1_000 || index + 1 == count {
            let tx = store.begin(Priority::Bulk).await?;
            tx.users().insert_many(&rows).await?;
            tx.commit().await?;
            rows.clear();
        }
    }
    store.close().await?;
    Ok(phones)
}

fn user(
    index: usize,
    customer: &model::Customer,
) -> Result<(store::UserRow, Phone), Box<dyn std::error::Error>> {
    let number = (100_000 + index).to_string();
    let (first, last) = (
        FIRST[index % FIRST.len()],
        LAST[index / FIRST.len() % LAST.len()],
    );
    let at = Wall.now();
    let id = UserId::mint(at, &Random);
    let mut secret = [0; 12];
    Random.fill(&mut secret);
    let password: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let user = User {
        id,
        customer: Some(customer.id),
        site: Some(customer.default_site),
        username: Username::parse(&format!("{first}.{last}.{number}"))?,
        email: Some(Email::parse(&format!(
            "{first}.{last}.{number}@example.com"
        ))?),
        first_name: DisplayName::parse(first)?,
        last_name: Some(DisplayName::parse(last)?),
        role: "user".to_owned(),
        extension: Some(Extension::parse(&number)?),
        features: Features::default(),
        max_calls: model::DEFAULT_MAX_CALLS,
        disabled: false,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    let device = Device {
        id: DeviceId::mint(at, &Random),
        customer: customer.id,
        user: id,
        sip_username: SipUsername::parse(&number)?,
        sip_password: Secret::new(password.as_str()),
        mac: None,
        model: None,
        version: 1,
        created_at: at,
    };
    let phone = Phone {
        username: number.clone(),
        password,
        extension: number,
    };
    Ok((
        store::UserRow {
            user,
            device: Some(device),
            password_hash: None,
        },
        phone,
    ))
}
