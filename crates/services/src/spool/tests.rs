use super::*;
use crate::testing::{House, open_store};

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
    let spool = Spool::new(house.dir.path());
    assert!(!spool.is_waiting());
    let (first, second) = (
        row(&house, "conference.muted"),
        row(&house, "conference.locked"),
    );
    spool.keep(&first).await.unwrap();
    spool.keep(&second).await.unwrap();
    let again = Spool::new(house.dir.path());
    assert!(again.is_waiting(), "a restart finds them");
    // One of them got there before the crash.
    let store = open_store(house.dir.path()).await;
    insert_once(&store, first.clone()).await.unwrap();
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
async fn a_cut_off_line_is_left_out() {
    let house = House::new().await;
    let spool = Spool::new(house.dir.path());
    spool.keep(&row(&house, "conference.ended")).await.unwrap();
    append(&spool.path, "{\"id\":\"0190").unwrap();
    let store = open_store(house.dir.path()).await;
    assert_eq!(spool.replay(&store).await.unwrap(), 1);
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
