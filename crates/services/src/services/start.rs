//! Making the services: first start if the database is empty, then everything into memory.

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use model::{AccessProfile, AccessProfileId, CustomerId, Entropy, Grant, Scope, Timestamp};
use store::{Priority, Store};
use tokio::sync::{Mutex as AsyncMutex, mpsc};

use super::{FirstStart, Inner, Options, Services, first_start, macs_of};
use crate::{
    Error,
    access_profiles::STANDARD,
    audit::{Keeping, SIGNED_HEADS},
    change::store_error,
    credentials::Credentials,
    directory::{Directory, ServerNames},
    events::Bus,
    idempotency::Unkept,
    live::Live,
    password::Hashing,
    sessions::SignInLimits,
    sink::WriteBehind,
    spool::Spool,
    users::UserIndex,
};

/// Events of the switch that may wait for the sink.
const EVENTS_WAITING: usize = 65_536;
/// Passwords hashed at the same time: each takes 19 MiB.
const HASHES_AT_ONCE: usize = 2;

impl Services {
    /// Makes the services. On an empty database it first makes the provider, the customer `main`
    /// with its site, and the administrator `admin`, whose password is returned if it was made.
    ///
    /// # Errors
    /// `Unavailable` or `Internal` when the database does not answer.
    pub async fn start(options: Options) -> Result<(Self, Option<FirstStart>), Error> {
        let hashing = Hashing::new(HASHES_AT_ONCE, &*options.entropy)?;
        let first = first_start::make(&options, &hashing).await?;
        store_standard_profiles(&options).await?;
        let names = names(&options.store, &options.sip.domain).await?;
        let rows = options
            .store
            .read()
            .directory()
            .load()
            .await
            .map_err(|e| store_error("read the directory", e))?;
        let directory = Directory::load(names, rows);
        let (events, taken) = mpsc::channel(EVENTS_WAITING);
        let now = options.clock.now();
        let services = Self {
            inner: Arc::new(Inner {
                directory: ArcSwap::from_pointee(directory),
                turn: AsyncMutex::new(()),
                doubtful: Mutex::new(None),
                unkept: Unkept::default(),
                began: now,
                users: UserIndex::default(),
                live: Live::default(),
                bus: Bus::new(now),
                credentials: Credentials::default(),
                limits: SignInLimits::default(),
                hashing,
                spool: Spool::new(&options.data_dir),
                records: Spool::new(&options.data_dir),
                recordings: options.data_dir.join("recordings"),
                audit: Keeping {
                    heads: options.data_dir.join(SIGNED_HEADS),
                    days: options.audit_kept_days,
                },
                write_behind: WriteBehind::default(),
                events,
                taken: Mutex::new(Some(taken)),
                everything: Arc::new(everything(now, &*options.entropy)),
                store: options.store,
                clock: options.clock,
                entropy: options.entropy,
                switchboard: options.switchboard,
                sip: options.sip,
            }),
        };
        services.fill_users();
        Ok((services, first))
    }

    fn fill_users(&self) {
        let directory = self.directory();
        let people = directory
            .users()
            .map(|user| {
                let macs = macs_of(&directory, user);
                (user.clone(), macs, self.presence(user))
            })
            .collect();
        self.inner.users.fill(people);
    }
}

async fn names(store: &Store, sip_domain: &str) -> Result<ServerNames, Error> {
    let act = "read the server's names";
    let reader = store.read();
    let failed = |e| store_error(act, e);
    let provider = reader.nodes().provider().await.map_err(failed)?;
    let realm = reader.settings().get("sip.realm").await.map_err(failed)?;
    let default = reader
        .settings()
        .get("default_customer")
        .await
        .map_err(failed)?
        .and_then(|text| text.parse::<CustomerId>().ok());
    match (provider, realm, default) {
        (Some(provider), Some(realm), Some(default_customer)) => Ok(ServerNames {
            provider,
            default_customer,
            realm: realm.into(),
            sip_domain: sip_domain.to_ascii_lowercase().into(),
        }),
        _ => {
            tracing::error!("the database lacks its provider, realm or default customer");
            Err(Error::Internal)
        }
    }
}

/// A newer version may know profiles that an older one did not.
async fn store_standard_profiles(options: &Options) -> Result<(), Error> {
    let now = options.clock.now();
    let profiles: Vec<_> = STANDARD
        .iter()
        .map(|standard| AccessProfile {
            id: AccessProfileId::mint(now, &*options.entropy),
            customer: None,
            name: standard.name.to_owned(),
            description: standard.description.to_owned(),
            grants: standard.grants.to_vec(),
            version: 1,
        })
        .collect();
    let failed = |e| store_error("store the standard profiles", e);
    let tx = options
        .store
        .begin(Priority::Interactive)
        .await
        .map_err(failed)?;
    tx.profiles()
        .upsert_standard(&profiles)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// What the server itself may do.
fn everything(now: Timestamp, entropy: &dyn Entropy) -> AccessProfile {
    AccessProfile {
        id: AccessProfileId::mint(now, entropy),
        customer: None,
        name: "system".to_owned(),
        description: "The server itself.".to_owned(),
        grants: vec![Grant {
            model: None,
            operation: None,
            scope: Scope::Subtree,
        }],
        version: 1,
    }
}
