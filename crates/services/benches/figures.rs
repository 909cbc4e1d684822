//! The figures of configuration in memory: the route plan of a call with 10,000 users, a search
//! in 100,000 users, and the start with both.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::{
    Caller, Clock, CustomerId, Destination, DisplayName, Email, Entropy, Extension, Features,
    LiveState, RouteQuery, Timestamp, User, UserId, Username,
};
use services::{Bootstrap, ListQuery, Options, Services, SipIdentity, routing, switchboard, users};
use store::{Priority, Store, StoreKey, UserRow};

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("it is within the range of time stamps")
    }
}

struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let number = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
        }
    }
}

struct AllReachable;

impl LiveState for AllReachable {
    fn endpoints(&self, _: UserId) -> usize {
        1
    }
    fn calls(&self, _: UserId) -> usize {
        0
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

async fn start(dir: &std::path::Path) -> Services {
    let entropy: Arc<dyn Entropy> = Arc::new(Counter(AtomicU64::new(1)));
    let store = Store::open(store::Options {
        url: format!("sqlite:{}", dir.join("convoke.db").display()),
        key: StoreKey::from_bytes([7; 32]),
        entropy: entropy.clone(),
        readers: 2,
    })
    .await
    .expect("the database opens");
    let (switchboard, _orders) = switchboard::channel(8);
    let options = Options {
        store,
        clock: Arc::new(FixedClock),
        entropy,
        data_dir: dir.to_owned(),
        switchboard,
        sip: SipIdentity {
            domain: "convoke.internal".into(),
            server: "192.0.2.1".into(),
            port: 5060,
            private_targets: model::PrivateTargets::Allowed,
        },
        audit_kept_days: None,
        bootstrap: Bootstrap::default(),
    };
    Services::start(options)
        .await
        .expect("the services start")
        .0
}

const FIRST: [&str; 10] = [
    "Anna", "Ben", "Chris", "Dora", "Emil", "Frida", "Gert", "Hanna", "Ida", "Jon",
];
const LAST: [&str; 10] = [
    "Berg", "Lind", "Holm", "Strand", "Vik", "Dahl", "Moe", "Lie", "Haug", "Nes",
];

fn person(customer: CustomerId, number: usize, entropy: &dyn Entropy) -> User {
    let at = FixedClock.now();
    let extension = |number: usize| {
        Extension::parse(&format!("{}", 100_000 + number)).expect("six digits are an extension")
    };
    // Of ten people three hang up, six forward once, and one begins a chain of eight.
    let no_answer = match number % 10 {
        0..3 => Destination::HangUp,
        3..9 => Destination::Extension(extension(number / 10 * 10)),
        _ => Destination::Extension(extension((number + 10) % 10_000)),
    };
    let features = Features {
        no_answer,
        ..Features::default()
    };
    let (first, last) = (FIRST[number % 10], LAST[number / 10 % 10]);
    User {
        id: UserId::mint(at, entropy),
        customer: Some(customer),
        site: None,
        username: Username::parse(&format!("user{number}")).expect("it is a username"),
        email: Email::parse(&format!("{first}.{last}.{number}@example.com")).ok(),
        first_name: DisplayName::parse(first).expect("it is a name"),
        last_name: DisplayName::parse(&format!("{last}{number}")).ok(),
        role: "user".into(),
        extension: Some(extension(number)),
        features,
        max_calls: 10,
        disabled: false,
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

async fn seed(dir: &std::path::Path, from: usize, to: usize) {
    let services = start(dir).await;
    let customer = services.directory().default_customer();
    let store = Store::open(store::Options {
        url: format!("sqlite:{}", dir.join("convoke.db").display()),
        key: StoreKey::from_bytes([7; 32]),
        entropy: Arc::new(Counter(AtomicU64::new(3))),
        readers: 1,
    })
    .await
    .expect("the database opens");
    let entropy = Counter(AtomicU64::new(u64::MAX / 3 + from as u64));
    let site = services
        .directory()
        .customer(customer)
        .map(|customer| customer.default_site);
    for chunk in (from..to).collect::<Vec<_>>().chunks(500) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|number| UserRow {
                user: User {
                    site,
                    ..person(customer, *number, &entropy)
                },
                device: None,
                password_hash: None,
            })
            .collect();
        let tx = store.begin(Priority::Bulk).await.expect("a transaction");
        tx.users().insert_many(&rows).await.expect("the rows fit");
        tx.commit().await.expect("the rows are kept");
    }
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{name}: p50 {:?}, p99 {:?}, max {:?} ({} runs)",
        at(50),
        at(99),
        at(100),
        times.len()
    );
}

fn measure_routing(services: &Services) {
    let directory = services.directory();
    let customer = directory.default_customer();
    let times = (0..20_000usize)
        .map(|number| {
            let query = RouteQuery {
                caller: Caller {
                    customer,
                    user: None,
                    number: "100001".into(),
                    name: String::new(),
                },
                entrant: None,
                dialled: (100_000 + number * 7 % 10_000).to_string(),
                at: FixedClock.now(),
            };
            let begin = now();
            let plan = routing::plan(&directory, &query, &AllReachable);
            let took = begin.elapsed();
            assert!(!plan.steps.is_empty());
            took
        })
        .collect();
    report(
        "route plan, 10,000 users, one in ten a chain of forwards",
        times,
    );
    let begin = now();
    for number in 0..20_000usize {
        let found = services::lines::find(&directory, &(100_000 + number).to_string());
        std::hint::black_box(found);
    }
    println!("credentials look-up: {:?} each", begin.elapsed() / 20_000);
}

async fn measure_list(services: &Services) {
    let ctx = services.system();
    let filter = users::UserFilter::default();
    for (name, q) in [
        ("all", None),
        ("part of a name", Some("berg1")),
        ("two words", Some("anna berg")),
        ("every row matches", Some("example")),
        ("nothing matches", Some("zzzz")),
    ] {
        let mut times = Vec::new();
        for sort in [
            "name",
            "-email",
            "extension",
            "-username",
            "state",
            "role",
            "-created_at",
        ] {
            let mut cursor = None;
            for _ in 0..15 {
                let query = ListQuery {
                    limit: Some(50),
                    cursor: cursor.take(),
                    sort: Some(sort.to_owned()),
                    q: q.map(str::to_owned),
                };
                let begin = now();
                let page = users::list(&ctx, &filter, &query).await.expect("a page");
                times.push(begin.elapsed());
                cursor = page.next;
            }
        }
        report(&format!("users list, 100,000 users, {name}"), times);
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the runtime starts");
    let dir = tempfile::tempdir().expect("a folder for the database");
    runtime.block_on(async {
        seed(dir.path(), 0, 10_000).await;
        let begin = now();
        let services = start(dir.path()).await;
        println!("services start, 10,000 users: {:?}", begin.elapsed());
        measure_routing(&services);
        seed(dir.path(), 10_000, 100_000).await;
        let begin = now();
        let services = start(dir.path()).await;
        println!("services start, 100,000 users: {:?}", begin.elapsed());
        measure_list(&services).await;
    });
}
