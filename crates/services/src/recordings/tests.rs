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

/// What the switch says of a conference's files, while it runs or at its end.
async fn files(house: &House, conference: ConferenceId, recordings: Vec<RecordedFile>) {
    let view = house.services.live().conference(conference).unwrap();
    let mut view = (*view).clone();
    view.version += 1;
    view.recordings = recordings;
    house.services.take(model::SwitchEvent::Conference {
        view: view.into(),
        change: model::ConferenceChange::Settings,
    });
    house.services.flush().await;
}

#[tokio::test]
async fn a_recording_that_failed_says_why_even_without_a_file() {
    let house = House::new().await;
    let (_, id) = recorded(&house, house.main(), "800").await;
    let started_at = house.services.now();
    let file = |number, failure| RecordedFile {
        number,
        started_at,
        ended_at: Some(started_at),
        failure,
    };
    let full = Some(RecordingFailure::DiskFull);
    let told = vec![file(1, None), file(2, full), file(3, None)];
    files(&house, id.conference, told.clone()).await;
    let second = RecordingId { number: 2, ..id };
    let ctx = house.key(house.main(), "customer_administrator").await;
    // Of the third there is neither a file nor a failure.
    let page = list(&ctx, &RecordingFilter::default(), &ListQuery::default()).await;
    let mut shown: Vec<_> = page
        .unwrap()
        .items
        .into_iter()
        .map(|view| (view.id, view.failure, view.bytes, view.room_name))
        .collect();
    shown.sort_by_key(|row| row.0);
    let name = shown[0].3.clone();
    assert!(name.is_some());
    assert_eq!(
        shown,
        [(id, None, 4, name.clone()), (second, full, 0, name)]
    );
    let heard = open(&ctx, second, Part::Beginning).await.map(drop);
    assert_eq!(heard, Err(Error::NotFound("recording")));
    let acme = house.customer("acme").await;
    let stranger = house.key(acme, "customer_administrator").await;
    assert!(
        listed(&stranger, RecordingFilter::default())
            .await
            .is_empty()
    );
    delete(&ctx, second).await.unwrap();
    // Its conference goes on saying what it knows.
    files(&house, id.conference, told).await;
    assert_eq!(listed(&ctx, RecordingFilter::default()).await, [id]);
    assert_eq!(
        delete(&ctx, second).await,
        Err(Error::NotFound("recording"))
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
