use super::*;
use crate::{
    ListQuery,
    conferences::{self, StartConference},
    testing::House,
};

/// A conference in a room of the customer, with a file of its recording.
async fn recorded(house: &House, customer: CustomerId, number: &str) -> (RoomId, RecordingId) {
    let room = house.room(customer, number).await;
    let ctx = house.system();
    let view = conferences::start(&ctx, room, StartConference::default())
        .await
        .unwrap();
    conferences::end(&ctx, view.id).await.unwrap();
    let id = RecordingId {
        conference: view.id,
        number: 1,
    };
    let folder = house.dir.path().join("recordings");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{id}.opus")), b"OggS").unwrap();
    (room, id)
}

async fn listed(ctx: &Context, filter: RecordingFilter) -> Vec<RecordingId> {
    let page = list(ctx, &filter, &ListQuery::default()).await.unwrap();
    page.items.iter().map(|view| view.id).collect()
}

async fn actions(house: &House, id: RecordingId) -> Vec<String> {
    let filter = crate::audit::AuditFilter {
        customer_id: Some(house.main().to_string()),
        subject_id: Some(id.to_string()),
        ..crate::audit::AuditFilter::default()
    };
    let page = crate::audit::list(&house.system(), &filter, &ListQuery::default()).await;
    page.unwrap()
        .items
        .into_iter()
        .map(|row| row.action)
        .collect()
}

#[tokio::test]
async fn a_recording_is_listed_heard_and_deleted() {
    let house = House::new().await;
    assert!(
        listed(&house.system(), RecordingFilter::default())
            .await
            .is_empty()
    );
    let (room, id) = recorded(&house, house.main(), "800").await;
    let (_, other) = recorded(&house, house.main(), "801").await;
    let ctx = house.key(house.main(), "customer_administrator").await;
    assert_eq!(listed(&ctx, RecordingFilter::default()).await, [other, id]);
    let filter = RecordingFilter {
        room_id: Some(room.to_string()),
        ..RecordingFilter::default()
    };
    assert_eq!(listed(&ctx, filter).await, [id]);
    let (view, _) = open(&ctx, id, Part::Beginning).await.unwrap();
    assert_eq!((view.bytes, view.ended_at.is_some()), (4, true));
    open(&ctx, id, Part::Later).await.unwrap();
    delete(&ctx, id).await.unwrap();
    assert_eq!(delete(&ctx, id).await, Err(Error::NotFound("recording")));
    assert_eq!(listed(&ctx, RecordingFilter::default()).await, [other]);
    let mut done = actions(&house, id).await;
    done.sort_unstable();
    assert_eq!(done, ["recording.deleted", "recording.downloaded"]);
}

#[tokio::test]
async fn a_recording_is_its_customers_and_its_rooms() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let (_, id) = recorded(&house, house.main(), "800").await;
    let stranger = house.key(acme, "customer_administrator").await;
    assert!(
        listed(&stranger, RecordingFilter::default())
            .await
            .is_empty()
    );
    let missing = Err(Error::NotFound("recording"));
    assert_eq!(open(&stranger, id, Part::Later).await.map(drop), missing);
    assert_eq!(delete(&stranger, id).await, missing);
    let kim = house.user(house.main(), "201").await.user.user.id;
    let kim = house.as_user(kim).await;
    assert!(listed(&kim, RecordingFilter::default()).await.is_empty());
    assert_eq!(open(&kim, id, Part::Later).await.map(drop), missing);
    let reader = house.key(house.main(), "read_only").await;
    open(&reader, id, Part::Later).await.unwrap();
    let refused = delete(&reader, id).await;
    assert!(
        matches!(refused, Err(Error::Forbidden { .. })),
        "{refused:?}"
    );
}

#[test]
fn an_id_is_never_another_files_name() {
    let id = "0198c0de-0000-7000-8000-000000000000-2";
    assert_eq!(id.parse::<RecordingId>().unwrap().to_string(), id);
    for wrong in [
        "",
        "../convoke.db",
        "0198c0de-0000-7000-8000-000000000000",
        "0198c0de-0000-7000-8000-000000000000-",
        "0198c0de-0000-7000-8000-000000000000-+2",
        "0198c0de-0000-7000-8000-000000000000-02",
        "0198C0DE-0000-7000-8000-000000000000-2",
        "0198c0de-0000-7000-8000-000000000000-2/../../x",
    ] {
        assert!(wrong.parse::<RecordingId>().is_err(), "{wrong}");
    }
}
