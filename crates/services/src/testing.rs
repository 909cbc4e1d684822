//! A server without a network: services on a database of their own, a clock that is set, and a
//! switch that says yes.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use model::{
    BlockedSource, Clock, ConferenceAction, ConferenceChange, ConferenceRole, ConferenceView,
    CustomerId, Entropy, Invitation, ParticipantState, ParticipantView, Reach, Secret, Selection,
    SwitchCommand, SwitchError, SwitchEvent, SwitchReply, Timestamp, UserId,
};
use store::{Store, StoreKey};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::{
    Bootstrap, Context, Error, FirstStart, Options, Services, SipIdentity,
    api_keys::{self, NewApiKey},
    conference_rooms::{self, NewRoom},
    customers::{self, NewCustomer},
    sessions::{self, SignIn},
    switchboard::{self, Order},
    users::{self, CreatedUser, NewUser},
};

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, secs: i64) {
        self.0.fetch_add(secs * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        // Every look is a microsecond later, so that what is made in order sorts in order.
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::SeqCst)).unwrap()
    }
}

/// Splitmix64: different every time, the same in every run.
pub(crate) struct TestEntropy(AtomicU64);

impl TestEntropy {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// What the switch was told, in order.
pub(crate) type Told = Arc<Mutex<Vec<SwitchCommand>>>;

pub(crate) struct House {
    pub(crate) services: Services,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) told: Told,
    pub(crate) first: Option<FirstStart>,
    pub(crate) dir: TempDir,
}

pub(crate) const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 9));
pub(crate) const ADMIN_PASSWORD: &str = "correct-horse-battery";

pub(crate) async fn open_store(dir: &std::path::Path) -> Store {
    Store::open(store::Options {
        url: format!("sqlite:{}", dir.join("convoke.db").display()),
        key: StoreKey::from_bytes([7; 32]),
        entropy: Arc::new(TestEntropy::seeded(99)),
        readers: 2,
    })
    .await
    .unwrap()
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::in_dir(TempDir::new().unwrap(), 1).await
    }

    /// Again on the same database: a restart.
    pub(crate) async fn in_dir(dir: TempDir, seed: u64) -> Self {
        let store = open_store(dir.path()).await;
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000_000_000)));
        let (switchboard, orders) = switchboard::channel(64);
        let (services, first) = Services::start(Options {
            store,
            clock: clock.clone(),
            entropy: Arc::new(TestEntropy::seeded(seed)),
            data_dir: dir.path().to_owned(),
            switchboard,
            sip: SipIdentity {
                domain: "convoke.internal".into(),
                server: "192.0.2.1".into(),
                port: 5060,
                private_targets: model::PrivateTargets::Allowed,
            },
            audit_kept_days: Some(90),
            bootstrap: Bootstrap {
                token: Some(Secret::new("bootstrap-token")),
                password: Some(Secret::new(ADMIN_PASSWORD)),
            },
        })
        .await
        .unwrap();
        let told = Told::default();
        let tracker = TaskTracker::new();
        tracker.spawn(switch(orders, services.clone(), told.clone()));
        Self {
            services,
            clock,
            told,
            first,
            dir,
        }
    }

    pub(crate) fn system(&self) -> Context {
        self.services.system()
    }

    /// What the switch was told so far; it gets its turn first.
    pub(crate) async fn told(&self) -> Vec<SwitchCommand> {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.told.lock().unwrap().clone()
    }

    pub(crate) fn main(&self) -> CustomerId {
        self.services.directory().default_customer()
    }

    pub(crate) async fn customer(&self, account: &str) -> CustomerId {
        let new = NewCustomer {
            name: account.to_uppercase(),
            account_name: account.into(),
        };
        let view = customers::create(&self.system(), new).await.unwrap();
        view.customer.id
    }

    /// Someone of the customer with this extension, named after it.
    pub(crate) async fn user(&self, customer: CustomerId, extension: &str) -> CreatedUser {
        users::create(&self.system(), person(customer, extension))
            .await
            .unwrap()
    }

    pub(crate) async fn room(&self, customer: CustomerId, number: &str) -> model::RoomId {
        let new = NewRoom {
            customer_id: Some(customer.to_string()),
            number: number.into(),
            name: format!("Room {number}"),
            ..NewRoom::default()
        };
        let view = conference_rooms::create(&self.system(), new).await.unwrap();
        view.room.id
    }

    /// A program of the customer with this profile.
    pub(crate) async fn key(&self, customer: CustomerId, profile: &str) -> Context {
        let new = NewApiKey {
            customer_id: Some(customer.to_string()),
            name: profile.into(),
            profile: profile.into(),
        };
        let made = api_keys::create(&self.system(), new).await.unwrap();
        self.services
            .context_of_key(&made.key, Some(HERE))
            .await
            .unwrap()
    }

    /// The person themselves, signed in.
    pub(crate) async fn as_user(&self, id: UserId) -> Context {
        let password = Secret::new("a-rather-long-passphrase-7");
        let patch = users::UserPatch {
            password: crate::Patch::Set(password.clone()),
            ..users::UserPatch::default()
        };
        let view = users::update(&self.system(), id, patch, None)
            .await
            .unwrap();
        let directory = self.services.directory();
        let account = view
            .user
            .customer
            .and_then(|id| directory.customer(id).map(|c| c.account_name.to_string()));
        let signed_in = sessions::sign_in(
            &self.services,
            SignIn {
                account_name: account.unwrap_or_default(),
                username: view.user.username.to_string(),
                password,
                source: HERE,
                user_agent: "test".into(),
            },
        )
        .await
        .unwrap();
        self.services
            .context_of_session(&signed_in.token, Some(HERE))
            .await
            .unwrap()
    }
}

pub(crate) fn person(customer: CustomerId, extension: &str) -> NewUser {
    NewUser {
        customer_id: Some(customer.to_string()),
        email: format!("p{extension}@example.com"),
        first_name: "Person".into(),
        last_name: Some(extension.into()),
        extension: Some(extension.into()),
        ..NewUser::default()
    }
}

/// The wrong fields and their codes.
pub(crate) fn codes<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, &'static str)> {
    match result.unwrap_err() {
        Error::Invalid(fields) => fields.into_iter().map(|f| (f.field, f.code)).collect(),
        other => panic!("expected wrong fields, got {other:?}"),
    }
}

/// A switch that carries out what it is told in one go.
async fn switch(mut orders: mpsc::Receiver<Order>, services: Services, told: Told) {
    while let Some(order) = orders.recv().await {
        told.lock().unwrap().push(order.command.clone());
        let answer = obey(&services, order.command);
        let _gone = order.reply.send(answer);
    }
}

fn obey(services: &Services, command: SwitchCommand) -> Result<SwitchReply, SwitchError> {
    match command {
        SwitchCommand::StartConference {
            conference,
            room,
            invitations,
        } => {
            let view = Arc::new(ConferenceView {
                id: conference,
                room: room.id,
                customer: room.customer,
                version: 2,
                locked: false,
                recording: false,
                started_at: services.now(),
                ended_at: None,
                participants: invitations.iter().map(|i| joined(services, i)).collect(),
                recordings: Vec::new(),
            });
            services.take(SwitchEvent::Conference {
                view: view.clone(),
                change: ConferenceChange::Started,
            });
            Ok(SwitchReply::Conference(view))
        }
        SwitchCommand::Conference { conference, action } => {
            let view = services.live().conference(conference);
            let mut view = (*view.ok_or(SwitchError::NotRunning)?).clone();
            let ended = matches!(action, ConferenceAction::End);
            apply(services, &mut view, action);
            view.version += 1;
            view.ended_at = ended.then(|| services.now());
            let view = Arc::new(view);
            services.take(SwitchEvent::Conference {
                view: view.clone(),
                change: if ended {
                    ConferenceChange::Ended
                } else {
                    ConferenceChange::Settings
                },
            });
            Ok(SwitchReply::Conference(view))
        }
        SwitchCommand::BlockedSources => Ok(SwitchReply::Blocked(blocked(services.now()))),
        _ => Ok(SwitchReply::Done),
    }
}

/// What the switch says is blocked.
pub(crate) const BLOCKED: [&str; 2] = ["192.0.2.7", "2001:db8::"];

fn blocked(now: Timestamp) -> Vec<BlockedSource> {
    let sources = BLOCKED.iter().zip([(32, 11), (64, 99)]);
    sources
        .map(|(address, (prefix, failures))| BlockedSource {
            address: address.parse().unwrap(),
            prefix,
            since: now,
            until: now,
            failures,
            username: "<script>".to_owned(),
        })
        .collect()
}

fn apply(services: &Services, view: &mut ConferenceView, action: ConferenceAction) {
    match action {
        ConferenceAction::Lock => view.locked = true,
        ConferenceAction::Unlock => view.locked = false,
        ConferenceAction::Invite(invitations) => view
            .participants
            .extend(invitations.iter().map(|i| joined(services, i))),
        ConferenceAction::Mute(who) => each(view, &who, |row| row.muted = true),
        ConferenceAction::Unmute(who) => each(view, &who, |row| row.muted = false),
        ConferenceAction::Kick { who, .. } => {
            each(view, &who, |row| row.state = ParticipantState::Kicked);
        }
        _ => {}
    }
}

fn each(view: &mut ConferenceView, who: &Selection, act: impl Fn(&mut ParticipantView)) {
    for row in &mut view.participants {
        let chosen = match who {
            Selection::All => !row.role.moderates(),
            Selection::These(ids) => ids.contains(&row.id),
        };
        if chosen {
            act(row);
        }
    }
}

fn joined(services: &Services, invitation: &Invitation) -> ParticipantView {
    let (user, state, reason) = match invitation.reach {
        Reach::User { user, .. } => (Some(user), ParticipantState::Joined, None),
        Reach::Address { .. } => (None, ParticipantState::Joined, None),
        Reach::Nowhere { reason } => (None, ParticipantState::Failed, Some(reason.to_owned())),
    };
    ParticipantView {
        id: invitation.participant,
        user,
        name: invitation.name.clone(),
        target: invitation.target.to_string(),
        role: invitation.role.max(ConferenceRole::Participant),
        state,
        muted: false,
        talking: false,
        hand_raised: false,
        joined_at: None,
        since: services.now(),
        reason,
        quality: None,
    }
}
