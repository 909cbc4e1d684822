use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use futures::future::BoxFuture;
use store::{Options, Scope, StoreKey};

use super::*;

struct Wall(Mutex<Timestamp>);

impl Wall {
    fn forward(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Counter(AtomicU32);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (byte, fill) in buffer.iter_mut().zip(count.iter().cycle()) {
            *byte = *fill;
        }
    }
}

type Script = dyn Fn(u32, Option<&str>) -> Step + Send + Sync;

/// What a scripted handler does, by attempt and checkpoint.
enum Step {
    Succeed,
    Fail(Failure),
    /// Saves a checkpoint and then hangs, as if the process died.
    Hang(&'static str),
    Panic,
}

struct Scripted(Box<Script>);

impl Handler for Scripted {
    fn kind(&self) -> &'static str {
        "scripted"
    }

    fn max_attempts(&self) -> u32 {
        3
    }

    fn run<'a>(&'a self, run: &'a mut Run) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            match (self.0)(run.attempt(), run.checkpoint()) {
                Step::Succeed => Ok(Some(format!("{{\"from\":{:?}}}", run.checkpoint()))),
                Step::Fail(failure) => Err(failure),
                Step::Hang(checkpoint) => {
                    run.save(checkpoint.to_owned(), 1, Some(2)).await?;
                    std::future::pending().await
                }
                Step::Panic => panic!("as scripted"),
            }
        })
    }
}

struct House {
    engine: Engine,
    clock: Arc<Wall>,
    store: Store,
    _folder: tempfile::TempDir,
}

async fn house(script: impl Fn(u32, Option<&str>) -> Step + Send + Sync + 'static) -> House {
    let folder = tempfile::tempdir().unwrap();
    let entropy = Arc::new(Counter(AtomicU32::new(0)));
    let store = Store::open(Options {
        url: format!("sqlite:{}", folder.path().join("jobs.db").display()),
        key: StoreKey::from_bytes([1; 32]),
        entropy: entropy.clone(),
        readers: 2,
    })
    .await
    .unwrap();
    let clock = Arc::new(Wall(Mutex::new(Timestamp::new(1_790_000_000, 0).unwrap())));
    House {
        engine: Engine::new(store.clone(), clock.clone(), entropy).with(Scripted(Box::new(script))),
        clock,
        store,
        _folder: folder,
    }
}

impl House {
    async fn enqueue(&self) -> JobId {
        let now = self.clock.now();
        let job = NewJob {
            kind: "scripted",
            customer: None,
            payload: "{}".to_owned(),
            run_at: now,
            dedupe: None,
        };
        let tx = self.store.begin(Priority::Interactive).await.unwrap();
        let id = JobId::mint(now, self.engine.entropy.as_ref());
        let id = enqueue(&tx, id, job, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn row(&self, id: JobId) -> JobRow {
        let reader = self.store.read();
        reader
            .jobs()
            .by_id(Scope::Provider, id)
            .await
            .unwrap()
            .unwrap()
    }

    /// Runs what is due as a process that dies when it has nothing more to do.
    async fn run_and_die(&self) {
        let died = tokio::time::timeout(Duration::from_millis(300), self.engine.run_due()).await;
        assert!(died.is_err(), "the handler hangs");
    }
}

#[tokio::test]
async fn a_job_is_done_once_and_its_answer_kept() {
    let house = house(|_, _| Step::Succeed).await;
    let id = house.enqueue().await;
    assert_eq!(house.engine.run_due().await.unwrap(), 1);
    assert_eq!(house.engine.run_due().await.unwrap(), 0);
    let row = house.row(id).await;
    assert_eq!(row.state, JobState::Succeeded);
    assert_eq!(row.result.as_deref(), Some("{\"from\":None}"));
}

#[tokio::test]
async fn a_job_of_a_change_that_was_rolled_back_does_not_exist() {
    let house = house(|_, _| Step::Succeed).await;
    let now = house.clock.now();
    let job = NewJob {
        kind: "scripted",
        customer: None,
        payload: "{}".to_owned(),
        run_at: now,
        dedupe: None,
    };
    let tx = house.store.begin(Priority::Interactive).await.unwrap();
    let id = JobId::mint(now, house.engine.entropy.as_ref());
    enqueue(&tx, id, job, now).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(house.engine.run_due().await.unwrap(), 0);
}

#[tokio::test]
async fn failures_are_tried_again_later_and_given_up() {
    let house = house(|_, _| Step::Fail(Failure::Retry("busy".to_owned()))).await;
    let id = house.enqueue().await;
    let mut waits = Vec::new();
    for attempt in 1..=3 {
        assert_eq!(house.engine.run_due().await.unwrap(), 1, "{attempt}");
        let row = house.row(id).await;
        assert_eq!(
            (row.attempts, row.error.as_deref()),
            (attempt, Some("busy"))
        );
        waits.push(row.run_at.duration_since(house.clock.now()).as_secs());
        assert_eq!(
            house.engine.run_due().await.unwrap(),
            0,
            "not before its time"
        );
        house.clock.forward(60);
    }
    assert_eq!(house.row(id).await.state, JobState::Failed);
    assert_eq!(waits[2], 0);
    assert!(
        (4..=5).contains(&waits[0]) && (8..=10).contains(&waits[1]),
        "{waits:?}"
    );
    assert_eq!(house.engine.run_due().await.unwrap(), 0);
}

#[tokio::test]
async fn what_cannot_work_is_not_tried_again() {
    for (step, error) in [
        (
            Step::Fail(Failure::Final("no such file".to_owned())),
            "no such file",
        ),
        (Step::Panic, "its handler panicked"),
    ] {
        let is_final = matches!(step, Step::Fail(_));
        let step = Mutex::new(Some(step));
        let house = house(move |_, _| step.lock().unwrap().take().unwrap_or(Step::Succeed)).await;
        let id = house.enqueue().await;
        house.engine.run_due().await.unwrap();
        let row = house.row(id).await;
        assert_eq!(row.error.as_deref(), Some(error));
        let state = if is_final {
            JobState::Failed
        } else {
            JobState::Waiting
        };
        assert_eq!(row.state, state);
    }
}

#[tokio::test]
async fn a_job_goes_on_from_its_checkpoint_after_a_crash() {
    let house = house(|_, checkpoint| match checkpoint {
        None => Step::Hang("half"),
        Some(_) => Step::Succeed,
    })
    .await;
    let id = house.enqueue().await;
    house.run_and_die().await;
    let row = house.row(id).await;
    assert_eq!(
        (row.state, row.done, row.total),
        (JobState::Running, 1, Some(2))
    );
    assert_eq!(
        house.engine.run_due().await.unwrap(),
        0,
        "the lease still holds"
    );
    house.clock.forward(61);
    assert_eq!(house.engine.run_due().await.unwrap(), 1);
    let row = house.row(id).await;
    assert_eq!((row.state, row.attempts), (JobState::Succeeded, 2));
    assert_eq!(row.result.as_deref(), Some("{\"from\":Some(\"half\")}"));
}

#[tokio::test]
async fn a_job_that_ends_the_server_each_time_is_given_up() {
    let house = house(|_, _| Step::Hang("again")).await;
    let id = house.enqueue().await;
    for _ in 0..3 {
        house.run_and_die().await;
        house.clock.forward(61);
    }
    assert_eq!(house.engine.run_due().await.unwrap(), 1);
    assert_eq!(house.row(id).await.state, JobState::Failed);
}

#[tokio::test]
async fn a_running_job_stops_where_it_is_cancelled() {
    let house = house(|_, _| Step::Hang("half")).await;
    let id = house.enqueue().await;
    house.run_and_die().await;
    let tx = house.store.begin(Priority::Interactive).await.unwrap();
    let now = house.clock.now();
    tx.jobs().cancel(Scope::Provider, id, now).await.unwrap();
    tx.commit().await.unwrap();
    house.clock.forward(61);
    assert_eq!(house.engine.run_due().await.unwrap(), 1);
    assert_eq!(house.row(id).await.state, JobState::Cancelled);
}

#[tokio::test]
async fn a_schedule_puts_its_job_down_when_due() {
    let house = house(|_, _| Step::Succeed).await;
    let House { engine, clock, .. } = house;
    let engine = engine.every(Schedule {
        name: "housekeeping",
        kind: "scripted",
        every_secs: 600,
    });
    assert_eq!(engine.run_due().await.unwrap(), 1, "at the first start");
    clock.forward(599);
    assert_eq!(engine.run_due().await.unwrap(), 0);
    clock.forward(1);
    assert_eq!(engine.run_due().await.unwrap(), 1);
    clock.forward(10_000);
    assert_eq!(
        engine.run_due().await.unwrap(),
        1,
        "what was missed is done once"
    );
}

#[tokio::test]
async fn the_engine_wakes_for_new_jobs_and_stops_when_told() {
    let house = house(|_, _| Step::Succeed).await;
    let stop = CancellationToken::new();
    let waker = house.engine.waker();
    let watch = async {
        let id = house.enqueue().await;
        waker.wake();
        while house.row(id).await.state != JobState::Succeeded {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
    };
    let both = futures::future::join(house.engine.run(stop.clone()), watch);
    tokio::time::timeout(Duration::from_secs(4), both)
        .await
        .unwrap();
}
