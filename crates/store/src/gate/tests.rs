use super::*;

#[tokio::test]
async fn interactive_writers_go_first_in_order() {
    let gate = Gate::default();
    let held = gate.enter(Priority::Interactive).await.unwrap();
    let order = Mutex::new(Vec::new());
    let wait = async |priority, name: &'static str| {
        let lease = gate.enter(priority).await.unwrap();
        order.lock().unwrap().push(name);
        tokio::task::yield_now().await;
        drop(lease);
    };
    let release = async {
        tokio::task::yield_now().await;
        assert!(held.should_yield());
        drop(held);
    };
    tokio::join!(
        wait(Priority::Bulk, "bulk 1"),
        wait(Priority::Bulk, "bulk 2"),
        wait(Priority::Interactive, "page 1"),
        wait(Priority::Interactive, "page 2"),
        release,
    );
    let order = order.into_inner().unwrap();
    assert_eq!(order, ["page 1", "page 2", "bulk 1", "bulk 2"]);
    assert!(!gate.queues().held);
}

#[tokio::test]
async fn who_goes_away_is_passed_over() {
    let gate = Gate::default();
    let held = gate.enter(Priority::Bulk).await.unwrap();
    let gone = tokio::time::timeout(Duration::from_millis(1), gate.enter(Priority::Interactive));
    assert!(gone.await.is_err());
    let (next, ()) = tokio::join!(gate.enter(Priority::Bulk), async { drop(held) });
    drop(next);
    assert!(!gate.queues().held);
    drop(gate.enter(Priority::Bulk).await);
}
