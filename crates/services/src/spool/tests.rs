use std::slice::from_ref;

use model::{Model, Principal};
use store::{NewAudit, Scope};

use super::{
    audit::{actor_of, principal_of},
    *,
};
use crate::{
    change::Act,
    testing::{House, open_store},
};

fn row(house: &House, action: &'static str) -> NewAudit {
    house.system().audit_row(Act {
        customer: Some(house.main()),
        action,
        model: Model::Conference,
        subject_id: "x".into(),
        subject_name: "Board\nroom".into(),
        before: None,
        after: Some(serde_json::json!({"participants": "all"})),
    })
}

#[tokio::test]
async fn rows_wait_on_disk_and_get_into_the_log_once() {
    let house = House::new().await;
    let spool = Spool::<NewAudit>::new(house.dir.path());
    assert!(!spool.is_waiting());
    let (first, second) = (
        row(&house, "conference.muted"),
        row(&house, "conference.locked"),
    );
    spool.keep(from_ref(&first)).await.unwrap();
    spool.keep(from_ref(&second)).await.unwrap();
    let again = Spool::<NewAudit>::new(house.dir.path());
    assert!(again.is_waiting(), "a restart finds them");
    // One of them got there before the crash.
    let store = open_store(house.dir.path()).await;
    insert_all(&store, from_ref(&first)).await.unwrap();
    assert_eq!(again.replay(&store).await.unwrap(), 1);
    assert!(!again.is_waiting());
    assert_eq!(again.replay(&store).await.unwrap(), 0);
    let scope = Scope::Customer(house.main());
    let found = store.read().audit().by_id(scope, second.id).await.unwrap();
    let found = found.unwrap();
    assert_eq!(found.action, "conference.locked");
    assert_eq!(found.subject_name, "Board\nroom");
    assert_eq!(found.actor, Principal::System);
}

#[tokio::test]
async fn a_replay_that_was_cut_short_goes_on_after_a_restart() {
    let house = House::new().await;
    let spool = Spool::<NewAudit>::new(house.dir.path());
    spool
        .keep(&[row(&house, "conference.muted")])
        .await
        .unwrap();
    std::fs::rename(&spool.path, &spool.aside).unwrap();
    let again = Spool::<NewAudit>::new(house.dir.path());
    assert!(again.is_waiting());
    again
        .keep(&[row(&house, "conference.locked")])
        .await
        .unwrap();
    let store = open_store(house.dir.path()).await;
    assert_eq!(again.replay(&store).await.unwrap(), 2);
    assert!(!again.is_waiting());
    assert!(!spool.path.exists() && !spool.aside.exists());
}

#[tokio::test]
async fn a_cut_off_line_is_left_out() {
    let house = House::new().await;
    let spool = Spool::<NewAudit>::new(house.dir.path());
    spool
        .keep(&[row(&house, "conference.ended")])
        .await
        .unwrap();
    let mut cut = std::fs::OpenOptions::new()
        .append(true)
        .open(&spool.path)
        .unwrap();
    std::io::Write::write_all(&mut cut, b"{\"id\":\"0190").unwrap();
    // What is acknowledged after the crash is not part of the cut off line.
    spool
        .keep(&[row(&house, "conference.muted")])
        .await
        .unwrap();
    let store = open_store(house.dir.path()).await;
    assert_eq!(spool.replay(&store).await.unwrap(), 2);
}

#[test]
fn every_kind_of_actor_survives_the_disk() {
    let user = crate::directory::tests::user_id(1);
    for principal in [
        Principal::User(user),
        Principal::ConferenceManager {
            id: user.to_string().parse().unwrap(),
            rooms: None,
        },
        Principal::ApiKey(user.to_string().parse().unwrap()),
        Principal::Phone(None),
        Principal::Phone(Some(user)),
        Principal::System,
    ] {
        let (kind, id) = actor_of(&principal);
        assert_eq!(principal_of(kind, id.as_deref()), Some(principal));
    }
    assert_eq!(principal_of("user", None), None);
    assert_eq!(principal_of("wizard", None), None);
}
