//! The services of one server: what all operations share.

mod first_start;
mod start;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use arc_swap::ArcSwap;
use model::{
    Clock, Door, Entropy, Presence, Principal, PrivateTargets, Seat, Secret, SwitchCommand,
    SwitchEvent, Timestamp, User,
};
use store::{NewAudit, Record, Store};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard, mpsc};

use crate::{
    Context, Error,
    audit::Keeping,
    change::{Doubt, Revoked},
    context::Actor,
    credentials::Credentials,
    directory::{Directory, DirectoryChange},
    events::Bus,
    idempotency::Unkept,
    live::Live,
    password::Hashing,
    sessions::SignInLimits,
    sink::WriteBehind,
    spool::Spool,
    switchboard::Switchboard,
    users::UserIndex,
};

pub use first_start::FirstStart;

/// How long the switch may take to say that it is there.
const SWITCH_PATIENCE: Duration = Duration::from_secs(2);

/// What phones are told about where to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipIdentity {
    /// What follows an account name in a customer's SIP domain.
    pub domain: String,
    /// The host that phones register at.
    pub server: String,
    /// And its port.
    pub port: u16,
    /// Whether addresses that people type may be in private networks and on this machine.
    pub private_targets: PrivateTargets,
}

/// What an unattended first start brings along.
#[derive(Debug, Clone, Default)]
pub struct Bootstrap {
    /// Becomes a provider administrator's API key on an empty database.
    pub token: Option<Secret>,
    /// Becomes the password of `admin` on an empty database.
    pub password: Option<Secret>,
}

/// All that the services are made from.
pub struct Options {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where the spool and the recordings lie.
    pub data_dir: PathBuf,
    /// Rows of the audit log go when they are older than so many days; none: they stay.
    pub audit_kept_days: Option<u32>,
    /// The line to the switch.
    pub switchboard: Switchboard,
    /// What phones are told.
    pub sip: SipIdentity,
    /// For an empty database.
    pub bootstrap: Bootstrap,
}

/// Every operation's surroundings; a cheap clone.
#[derive(Clone)]
pub struct Services {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    switchboard: Switchboard,
    sip: SipIdentity,
    directory: ArcSwap<Directory>,
    turn: AsyncMutex<()>,
    doubtful: Mutex<Option<Doubt>>,
    unkept: Unkept,
    began: Timestamp,
    users: UserIndex,
    live: Live,
    bus: Bus,
    credentials: Credentials,
    limits: SignInLimits,
    hashing: Hashing,
    spool: Spool<NewAudit>,
    records: Spool<Record>,
    recordings: PathBuf,
    audit: Keeping,
    write_behind: WriteBehind,
    events: mpsc::Sender<SwitchEvent>,
    taken: Mutex<Option<mpsc::Receiver<SwitchEvent>>>,
    everything: Arc<model::AccessProfile>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// The configuration as it is now.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.inner.directory.load_full()
    }

    /// What the switch last said.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.inner.live
    }

    /// The digest realm of the whole server.
    #[must_use]
    pub fn realm(&self) -> Arc<str> {
        self.directory().realm().into()
    }

    /// Where the switch sends what happens; it never waits for room.
    #[must_use]
    pub fn switch_events(&self) -> mpsc::Sender<SwitchEvent> {
        self.inner.events.clone()
    }

    /// Whether the database and the switch with its media answer.
    ///
    /// # Errors
    /// `Unavailable` while one does not.
    pub async fn ready(&self) -> Result<(), Error> {
        self.store()
            .ping()
            .await
            .map_err(|e| crate::change::store_error("ask the database", e))?;
        let answer = self.switchboard().command(SwitchCommand::AreYouThere);
        match tokio::time::timeout(SWITCH_PATIENCE, answer).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Error::Unavailable("the switch")),
        }
    }

    /// The server itself as the actor: start-up, reconcilers, the command line on this machine.
    #[must_use]
    pub fn system(&self) -> Context {
        let provider = self.directory().provider();
        Context::new(
            self.clone(),
            Actor {
                principal: Principal::System,
                seat: Seat {
                    node: provider,
                    customer: None,
                },
                site: None,
                name: "system".to_owned(),
                profile: self.inner.everything.clone(),
                door: Door::System,
                source: None,
                session: None,
                csrf: None,
            },
        )
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.inner.clock.clone()
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.inner.entropy
    }

    pub(crate) fn shared_entropy(&self) -> Arc<dyn Entropy> {
        self.inner.entropy.clone()
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.inner.bus
    }

    pub(crate) fn switchboard(&self) -> &Switchboard {
        &self.inner.switchboard
    }

    pub(crate) fn sip(&self) -> &SipIdentity {
        &self.inner.sip
    }

    pub(crate) fn hashing(&self) -> &Hashing {
        &self.inner.hashing
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }

    pub(crate) fn limits(&self) -> &SignInLimits {
        &self.inner.limits
    }

    /// Audit rows that wait for the database on disk.
    pub(crate) fn spool(&self) -> &Spool<NewAudit> {
        &self.inner.spool
    }

    /// Records of calls and conferences that wait for the database on disk.
    pub(crate) fn records(&self) -> &Spool<Record> {
        &self.inner.records
    }

    /// The folder that the switch records to.
    pub(crate) fn recordings(&self) -> &Path {
        &self.inner.recordings
    }

    /// The file of the audit log's signed heads.
    pub(crate) fn signed_heads(&self) -> &Path {
        &self.inner.audit.heads
    }

    /// For how long the audit log is kept.
    pub(crate) fn audit_kept_days(&self) -> Option<u32> {
        self.inner.audit.days
    }

    pub(crate) fn write_behind(&self) -> &WriteBehind {
        &self.inner.write_behind
    }

    pub(crate) fn user_index(&self) -> &UserIndex {
        &self.inner.users
    }

    pub(crate) fn taken_events(&self) -> Option<mpsc::Receiver<SwitchEvent>> {
        self.inner
            .taken
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }

    /// One change at a time.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.turn.lock().await
    }

    /// When this run of the server began.
    pub(crate) fn began(&self) -> Timestamp {
        self.inner.began
    }

    pub(crate) fn unkept(&self) -> &Unkept {
        &self.inner.unkept
    }

    /// The change of which it is not known whether it was kept.
    pub(crate) fn doubtful(&self) -> &Mutex<Option<Doubt>> {
        &self.inner.doubtful
    }

    /// Takes committed changes into the snapshot and the users list. Called in turn.
    pub(crate) fn apply(&self, changes: Vec<DirectoryChange>) {
        if changes.is_empty() {
            return;
        }
        let before = self.directory();
        let mut directory = (*before).clone();
        let mut touched = Vec::new();
        for change in changes {
            match &change {
                DirectoryChange::User(user) => touched.push(user.id),
                DirectoryChange::Device(device) => touched.push(device.user),
                DirectoryChange::DeviceGone(id) => {
                    touched.extend(directory.device(*id).map(|entry| entry.facts.user));
                }
                DirectoryChange::UserGone(id) => touched.push(*id),
                _ => {}
            }
            directory.apply(change);
        }
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            match directory.user(id) {
                Some(user) => self.list_user(&directory, user),
                None => {
                    let customer = before.user(id).and_then(|user| user.customer);
                    self.inner.users.remove(customer, id);
                    self.inner.live.forget_user(id);
                }
            }
        }
        self.inner.directory.store(Arc::new(directory));
    }

    fn list_user(&self, directory: &Directory, user: &Arc<User>) {
        let macs = macs_of(directory, user);
        let presence = self.presence(user);
        self.inner.users.put(user.clone(), &macs, presence);
    }

    /// A person's live state.
    pub(crate) fn presence(&self, user: &User) -> Presence {
        self.inner.live.presence(user)
    }

    /// Credentials that are void now.
    pub(crate) fn forget(&self, revoked: &[Revoked]) {
        for revoked in revoked {
            self.inner.credentials.forget(*revoked);
        }
    }
}

/// The hardware addresses of a person's phones, for the search.
fn macs_of(directory: &Directory, user: &User) -> Vec<String> {
    directory
        .devices_of(user.id)
        .filter_map(|device| device.mac.as_ref())
        .map(|mac| mac.as_str().to_owned())
        .collect()
}
