//! Measures what start-up waits for: seeding and loading the whole directory on SQLite.
//!
//! `cargo run --release -p convoke-store --example measure_load -- 10000`

use std::{sync::Arc, time::Instant};

use model::{
    AccountName, Customer, CustomerId, Device, DeviceId, DisplayName, Email, Entropy, Extension,
    Features, NodeId, Secret, SipUsername, Site, SiteId, Timestamp, TonePlan, User, UserId,
    Username,
};
use store::{Options, Priority, Store, StoreKey, UserRow};

struct Machine;

impl Entropy for Machine {
    fn fill(&self, buffer: &mut [u8]) {
        use std::io::Read;
        let mut source = std::fs::File::open("/dev/urandom").expect("Linux has /dev/urandom");
        source.read_exact(buffer).expect("/dev/urandom never ends");
    }
}

fn customer(at: Timestamp, parent: NodeId) -> Result<(Customer, Site), model::Invalid> {
    let customer = Customer {
        id: CustomerId::mint(at, &Machine),
        parent,
        name: DisplayName::parse("Main")?,
        account_name: AccountName::parse("main")?,
        default_site: SiteId::mint(at, &Machine),
        version: 1,
        created_at: at,
    };
    let site = Site {
        id: customer.default_site,
        customer: customer.id,
        name: DisplayName::parse("Main")?,
        country: "DE".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        tones: TonePlan::Europe,
        version: 1,
        created_at: at,
    };
    Ok((customer, site))
}

fn person(at: Timestamp, customer: &Customer, index: u32) -> Result<UserRow, model::Invalid> {
    let user = User {
        id: UserId::mint(at, &Machine),
        customer: Some(customer.id),
        site: Some(customer.default_site),
        username: Username::parse(&format!("user{index}"))?,
        email: Some(Email::parse(&format!("user{index}@example.com"))?),
        first_name: DisplayName::parse("Anna")?,
        last_name: Some(DisplayName::parse(&format!("Berg {index}"))?),
        role: "user".to_owned(),
        extension: Some(Extension::parse(&format!("{}", 100_000 + index))?),
        features: Features::default(),
        max_calls: 10,
        disabled: false,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    let device = Device {
        id: DeviceId::mint(at, &Machine),
        customer: customer.id,
        user: user.id,
        sip_username: SipUsername::parse(&format!("{}", 100_000 + index))?,
        sip_password: Secret::new("0123456789abcdef"),
        mac: None,
        model: None,
        version: 1,
        created_at: at,
    };
    Ok(UserRow {
        user,
        device: Some(device),
        password_hash: None,
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u32 = std::env::args()
        .nth(1)
        .map_or(Ok(10_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let store = Store::open(Options {
        url: format!("sqlite:{}", folder.path().join("measure.db").display()),
        key: StoreKey::generate(&Machine),
        entropy: Arc::new(Machine),
        readers: 0,
    })
    .await?;
    let at = Timestamp::new(1_790_000_000, 0)?;
    let provider = NodeId::mint(at, &Machine);
    let (customer, site) = customer(at, provider)?;
    let tx = store.begin(Priority::Bulk).await?;
    tx.nodes().insert_provider(provider, at).await?;
    tx.customers().insert(&customer, &site).await?;
    tx.commit().await?;
    let people = (0..count)
        .map(|index| person(at, &customer, index))
        .collect::<Result<Vec<_>, _>>()?;
    #[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
    let now = Instant::now;
    let began = now();
    for chunk in people.chunks(500) {
        let tx = store.begin(Priority::Bulk).await?;
        tx.users().insert_many(chunk).await?;
        tx.commit().await?;
    }
    println!(
        "{count} users with a device inserted in {:?}",
        began.elapsed()
    );
    for _ in 0..3 {
        let began = now();
        let rows = store.read().directory().load().await?;
        println!("{} users loaded in {:?}", rows.users.len(), began.elapsed());
    }
    Ok(())
}
