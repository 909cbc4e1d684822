//! A store on a fresh database, and things to put into it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use model::{
    AccountName, Announce, Customer, CustomerId, Device, DeviceId, DisplayName, Email, Entropy,
    Extension, Features, NodeId, RecordPolicy, Room, RoomId, Secret, SipUsername, Site, SiteId,
    Timestamp, TonePlan, User, UserId, Username,
};
use store::{Options, Priority, Scope, Store, StoreKey, Tx};
use tempfile::TempDir;

/// Makes a test of each function, on each database.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::harness::Db::sqlite().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::harness::Db::postgres().await).await;
                }
            )*
        }
    };
}
pub(crate) use both;

/// Different bytes each time, the same in each run.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            // splitmix64
            let mut x = self
                .0
                .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
                .wrapping_add(0x9e37_79b9_7f4a_7c15);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^= x >> 31;
            chunk.copy_from_slice(&x.to_le_bytes()[..chunk.len()]);
        }
    }
}

pub struct Db {
    pub store: Store,
    pub url: String,
    pub folder: Option<TempDir>,
    pub entropy: Arc<Counter>,
}

pub const KEY: [u8; 32] = *b"0f5d!a key that nobody would kee";

pub fn at(seconds: i64) -> Timestamp {
    // 1 ns and some: what is read must be what was written, to the last digit.
    Timestamp::new(1_790_000_000 + seconds, 123_456_789).unwrap()
}

pub async fn open(url: &str, key: [u8; 32]) -> Result<Store, store::StoreError> {
    Store::open(Options {
        url: url.to_owned(),
        key: StoreKey::from_bytes(key),
        entropy: Arc::new(Counter::default()),
        readers: 4,
    })
    .await
}

impl Db {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::over(url, Some(folder)).await
    }

    pub async fn postgres() -> Self {
        let url = tokio::task::spawn_blocking(testkit::postgres::database)
            .await
            .unwrap();
        Self::over(url, None).await
    }

    async fn over(url: String, folder: Option<TempDir>) -> Self {
        Self {
            store: open(&url, KEY).await.unwrap(),
            url,
            folder,
            entropy: Arc::default(),
        }
    }

    pub async fn tx(&self) -> Tx {
        self.store.begin(Priority::Interactive).await.unwrap()
    }

    /// Runs SQL behind the store's back.
    pub async fn sql(&self, statement: &str) {
        testkit::sql::run(&self.url, statement).await;
    }

    /// A provider, if there is none, and a customer of it.
    pub async fn customer(&self, account_name: &str) -> Customer {
        let tx = self.tx().await;
        let provider = match tx.nodes().provider().await.unwrap() {
            Some(node) => node,
            None => {
                let node = NodeId::mint(at(0), self.entropy.as_ref());
                tx.nodes().insert_provider(node, at(0)).await.unwrap();
                node
            }
        };
        let customer = Customer {
            id: CustomerId::mint(at(1), self.entropy.as_ref()),
            parent: provider,
            name: DisplayName::parse(&format!("{account_name} Ltd")).unwrap(),
            account_name: AccountName::parse(account_name).unwrap(),
            default_site: SiteId::mint(at(1), self.entropy.as_ref()),
            version: 1,
            created_at: at(1),
        };
        tx.customers()
            .insert(&customer, &site(&customer))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        customer
    }

    pub fn user(&self, customer: &Customer, name: &str) -> User {
        User {
            id: UserId::mint(at(2), self.entropy.as_ref()),
            customer: Some(customer.id),
            site: Some(customer.default_site),
            username: Username::parse(name).unwrap(),
            email: Some(Email::parse(&format!("{name}@example.com")).unwrap()),
            first_name: DisplayName::parse(name).unwrap(),
            last_name: Some(DisplayName::parse("Berg").unwrap()),
            role: "user".to_owned(),
            extension: None,
            features: Features::default(),
            max_calls: 10,
            disabled: false,
            version: 1,
            created_at: at(2),
            updated_at: at(2),
        }
    }

    /// A stored user with an extension.
    pub async fn person(&self, customer: &Customer, name: &str, extension: &str) -> User {
        let mut user = self.user(customer, name);
        user.extension = Some(number(extension));
        let tx = self.tx().await;
        tx.users().insert(&user).await.unwrap();
        tx.commit().await.unwrap();
        user
    }

    pub fn device(&self, user: &User, sip_username: &str, password: &str) -> Device {
        Device {
            id: DeviceId::mint(at(3), self.entropy.as_ref()),
            customer: user.customer.unwrap(),
            user: user.id,
            sip_username: SipUsername::parse(sip_username).unwrap(),
            sip_password: Secret::new(password),
            mac: None,
            model: None,
            version: 1,
            created_at: at(3),
        }
    }

    pub fn room(&self, customer: &Customer, digits: &str) -> Room {
        Room {
            id: RoomId::mint(at(4), self.entropy.as_ref()),
            customer: customer.id,
            number: number(digits),
            name: DisplayName::parse(&format!("Room {digits}")).unwrap(),
            owner: None,
            moderators: Vec::new(),
            participant_pin: None,
            moderator_pin: None,
            max_participants: 15,
            lobby: false,
            lock_on_start: true,
            join_muted: false,
            webinar: false,
            wait_for_moderator: true,
            announce: Announce::None,
            music_while_alone: true,
            record: RecordPolicy::OnDemand,
            end_when_moderator_leaves: false,
            time_limit_secs: Some(3600),
            call_out: vec!["202".to_owned(), "#sip:a@127.0.0.1:5099".to_owned()],
            version: 1,
            created_at: at(4),
        }
    }
}

pub fn site(customer: &Customer) -> Site {
    Site {
        id: customer.default_site,
        customer: customer.id,
        name: DisplayName::parse("Main").unwrap(),
        country: "DE".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        tones: TonePlan::UnitedKingdom,
        version: 1,
        created_at: at(1),
    }
}

pub fn number(digits: &str) -> Extension {
    Extension::parse(digits).unwrap()
}

pub const fn of(customer: &Customer) -> Scope {
    Scope::Customer(customer.id)
}

/// Which field is taken, or what else went wrong.
pub fn taken<T>(result: Result<T, store::StoreError>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(store::StoreError::Taken { field }) => format!("{field} taken"),
        Err(store::StoreError::VersionConflict) => "conflict".to_owned(),
        Err(store::StoreError::NotFound) => "not found".to_owned(),
        Err(store::StoreError::InUse) => "in use".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}
