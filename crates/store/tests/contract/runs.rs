//! Conferences while they run and afterwards; bindings over a restart.

use std::sync::Arc;

use model::{
    ConferenceId, ConferenceRole, ConferenceView, Customer, DeviceId, Endpoint, ParticipantId,
    ParticipantState, ParticipantView, RecordedFile, RecordingFailure, RoomId, SipUsername,
    StoredBinding,
};
use store::{ConferenceFilter, ConferenceSort, List, Record};

use crate::harness::{Db, at, both, of, taken};

both!(
    a_conference_is_written_as_it_changes,
    an_older_state_of_a_conference_never_takes_the_place_of_a_newer,
    a_room_runs_one_conference_at_a_time,
    conferences_are_listed,
    recordings_are_kept_with_why_they_failed,
    bindings_survive_and_expire,
    flows_with_one_contact_are_all_kept,
);

fn participant(db: &Db, state: ParticipantState) -> ParticipantView {
    ParticipantView {
        id: ParticipantId::mint(at(7), db.entropy.as_ref()),
        user: None,
        name: "Anna Berg".to_owned(),
        target: "201".to_owned(),
        role: ConferenceRole::Moderator,
        state,
        muted: true,
        talking: false,
        hand_raised: true,
        joined_at: Some(at(8)),
        since: at(9),
        reason: Some("no_trunk".to_owned()),
        quality: None,
    }
}

fn conference(db: &Db, customer: &Customer, room: RoomId, second: i64) -> ConferenceView {
    ConferenceView {
        id: ConferenceId::mint(at(second), db.entropy.as_ref()),
        room,
        customer: customer.id,
        version: 1,
        locked: false,
        recording: false,
        started_at: at(second),
        ended_at: None,
        participants: vec![
            participant(db, ParticipantState::Calling),
            participant(db, ParticipantState::Failed),
        ],
        recordings: Vec::new(),
    }
}

fn room_id(db: &Db) -> RoomId {
    RoomId::mint(at(4), db.entropy.as_ref())
}

async fn a_conference_is_written_as_it_changes(db: Db) {
    let customer = db.customer("acme").await;
    let mut view = conference(&db, &customer, room_id(&db), 10);
    let tx = db.tx().await;
    tx.conferences().start(&view).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let found = reader
        .conferences()
        .by_id(of(&customer), view.id)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&view));
    view.version = 2;
    view.locked = true;
    view.participants[0].state = ParticipantState::Joined;
    view.participants
        .push(participant(&db, ParticipantState::Lobby));
    let changed = [view.participants[0].id, view.participants[2].id];
    let tx = db.tx().await;
    tx.conferences()
        .save_changed(&view, &changed)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let found = reader
        .conferences()
        .by_id(of(&customer), view.id)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&view));
    view.version = 3;
    view.ended_at = Some(at(99));
    let tx = db.tx().await;
    tx.conferences().save(&view).await.unwrap();
    tx.commit().await.unwrap();
    let found = reader
        .conferences()
        .by_id(of(&customer), view.id)
        .await
        .unwrap();
    assert_eq!(found, Some(view));
}

async fn an_older_state_of_a_conference_never_takes_the_place_of_a_newer(db: Db) {
    let customer = db.customer("acme").await;
    let mut older = conference(&db, &customer, room_id(&db), 10);
    older.version = 2;
    older.recordings = vec![file(1, false, None)];
    let mut newer = older.clone();
    newer.version = 3;
    newer.ended_at = Some(at(99));
    newer.participants[0].state = ParticipantState::Left;
    newer.recordings = vec![file(1, true, None)];
    let ids: Vec<_> = older.participants.iter().map(|row| row.id).collect();
    older
        .participants
        .push(participant(&db, ParticipantState::Calling));
    let tx = db.tx().await;
    tx.conferences().save(&newer).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    for turn in 0..3 {
        let tx = db.tx().await;
        match turn {
            0 => tx.conferences().save(&older).await.unwrap(),
            1 => tx.conferences().save_changed(&older, &ids).await.unwrap(),
            _ => Record::of_conference(&older, None)
                .write(&tx)
                .await
                .unwrap(),
        }
        tx.commit().await.unwrap();
        let found = reader.conferences().by_id(of(&customer), newer.id).await;
        assert_eq!(found.unwrap().as_ref(), Some(&newer), "{turn}");
    }
}

fn file(number: u32, ended: bool, failure: Option<RecordingFailure>) -> RecordedFile {
    RecordedFile {
        number,
        started_at: at(20),
        ended_at: ended.then(|| at(30)),
        failure,
    }
}

async fn recordings_are_kept_with_why_they_failed(db: Db) {
    let customer = db.customer("acme").await;
    let stranger = db.customer("globex").await;
    let mut view = conference(&db, &customer, room_id(&db), 10);
    view.recordings = vec![
        file(1, true, Some(RecordingFailure::DiskFull)),
        file(2, false, None),
    ];
    let tx = db.tx().await;
    tx.conferences().save(&view).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let (recordings, conferences) = (reader.recordings(), reader.conferences());
    let found = conferences.by_id(of(&customer), view.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&view));
    assert_eq!(recordings.failed(of(&customer)).await.unwrap(), [view.id]);
    assert_eq!(recordings.failed(of(&stranger)).await.unwrap(), []);
    assert_eq!(recordings.of(of(&stranger), &[view.id]).await.unwrap(), []);

    let tx = db.tx().await;
    let (ours, theirs) = (of(&customer), of(&stranger));
    let gone = tx.recordings();
    gone.mark_deleted(theirs, view.id, 2, at(31)).await.unwrap();
    gone.mark_deleted(ours, view.id, 1, at(31)).await.unwrap();
    // The conference still says what it knows.
    let stopped = Some(RecordingFailure::ServerStopped);
    view.recordings[1] = RecordedFile {
        ended_at: Some(at(40)),
        ..file(2, true, stopped)
    };
    tx.conferences().save(&view).await.unwrap();
    tx.commit().await.unwrap();
    let mut rows = recordings.of(ours, &[view.id]).await.unwrap();
    rows.sort_by_key(|row| row.file.number);
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (row.file.failure, row.file.ended_at, row.is_deleted))
        .collect();
    assert_eq!(
        shown,
        [
            (Some(RecordingFailure::DiskFull), Some(at(30)), true),
            (Some(RecordingFailure::ServerStopped), Some(at(40)), false),
        ]
    );
}

async fn a_room_runs_one_conference_at_a_time(db: Db) {
    let customer = db.customer("acme").await;
    let room = room_id(&db);
    let mut first = conference(&db, &customer, room, 10);
    let tx = db.tx().await;
    tx.conferences().start(&first).await.unwrap();
    tx.commit().await.unwrap();
    let second = conference(&db, &customer, room, 11);
    let tx = db.tx().await;
    assert_eq!(taken(tx.conferences().start(&second).await), "room taken");
    drop(tx);
    let reader = db.store.read();
    let running = reader.conferences().of_room_running(room).await.unwrap();
    assert_eq!(running, Some(first.id));
    first.ended_at = Some(at(20));
    let tx = db.tx().await;
    tx.conferences().save(&first).await.unwrap();
    tx.conferences().start(&second).await.unwrap();
    tx.commit().await.unwrap();
}

async fn conferences_are_listed(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let (room, other_room) = (room_id(&db), room_id(&db));
    let mut ended = conference(&db, &ours, room, 10);
    ended.ended_at = Some(at(20));
    let running = conference(&db, &ours, room, 30);
    let elsewhere = conference(&db, &ours, other_room, 40);
    let tx = db.tx().await;
    for view in [&ended, &running, &elsewhere] {
        tx.conferences().start(view).await.unwrap();
    }
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let check = async |scope, filter: ConferenceFilter, expect: &[&ConferenceView]| {
        let list = List {
            sort: ConferenceSort::StartedAt,
            descending: true,
            after: None,
            limit: 10,
        };
        let page = reader
            .conferences()
            .list(scope, &filter, &list)
            .await
            .unwrap();
        assert!(page.items.iter().eq(expect.iter().copied()), "{filter:?}");
        let count = reader.conferences().count(scope, &filter).await.unwrap();
        assert_eq!(count as usize, expect.len());
    };
    let filter = |rooms, running| ConferenceFilter { rooms, running };
    check(
        of(&ours),
        filter(None, None),
        &[&elsewhere, &running, &ended],
    )
    .await;
    check(
        of(&ours),
        filter(Some(vec![room]), None),
        &[&running, &ended],
    )
    .await;
    check(of(&ours), filter(Some(vec![room]), Some(true)), &[&running]).await;
    check(of(&ours), filter(None, Some(false)), &[&ended]).await;
    check(of(&ours), filter(Some(Vec::new()), None), &[]).await;
    check(of(&theirs), filter(None, None), &[]).await;
}

pub fn binding(db: &Db, customer: &Customer, device: DeviceId, contact: &str) -> StoredBinding {
    StoredBinding {
        endpoint: Endpoint {
            device,
            user: db.user(customer, "any").id,
            customer: customer.id,
            contact: contact.to_owned(),
            transport: "udp".to_owned(),
            source: "127.0.0.1:40000".to_owned(),
            user_agent: "phone/1.0".to_owned(),
            expires_at: at(3600),
            rtt_ms: Some(12),
            updated_at: at(1),
        },
        sip_username: SipUsername::parse("201").unwrap(),
        call_id: "a@b".to_owned(),
        cseq: u32::MAX,
        path: vec!["<sip:edge;lr>".to_owned()],
        instance: Some("<urn:uuid:1>".to_owned()),
        reg_id: Some(1),
        q: Some(500),
        local: "udp:0.0.0.0:5060".to_owned(),
    }
}

async fn flows_with_one_contact_are_all_kept(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let device = db.device(&anna, "201", "secret");
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    tx.commit().await.unwrap();
    let one = binding(&db, &customer, device.id, "sip:201@127.0.0.1:1");
    let mut two = one.clone();
    two.reg_id = Some(2);
    let mut hostile = one.clone();
    hostile.endpoint.user_agent = "\0phone/1.0".to_owned();
    hostile.reg_id = None;
    hostile.q = None;
    for _ in 0..2 {
        let batch = [(
            device.id,
            [one.clone(), two.clone(), hostile.clone()]
                .map(Arc::new)
                .into(),
        )];
        let tx = db.tx().await;
        tx.bindings().replace(&batch).await.unwrap();
        tx.commit().await.unwrap();
    }
    hostile.endpoint.user_agent = "phone/1.0".to_owned();
    let all = db.store.read().bindings().all(at(0)).await.unwrap();
    assert_eq!(all, [one, two, hostile]);
}

async fn bindings_survive_and_expire(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let device = db.device(&anna, "201", "secret");
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    tx.commit().await.unwrap();
    let gone = DeviceId::mint(at(5), db.entropy.as_ref());
    let one = binding(&db, &customer, device.id, "sip:201@127.0.0.1:1");
    let mut two = binding(&db, &customer, device.id, "sip:201@127.0.0.1:2");
    two.endpoint.expires_at = at(60);
    let lost = binding(&db, &customer, gone, "sip:x@127.0.0.1:3");
    let tx = db.tx().await;
    let batch = [
        (device.id, [one.clone(), two.clone()].map(Arc::new).into()),
        (gone, [Arc::new(lost)].into()),
    ];
    tx.bindings().replace(&batch).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let all = reader.bindings().all(at(0)).await.unwrap();
    assert_eq!(all, [one.clone(), two.clone()]);
    assert_eq!(
        reader.bindings().all(at(60)).await.unwrap(),
        std::slice::from_ref(&one)
    );
    let tx = db.tx().await;
    assert_eq!(tx.bindings().purge_expired(at(60)).await.unwrap(), 1);
    tx.bindings()
        .replace(&[(device.id, [Arc::new(two.clone())].into())])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reader.bindings().all(at(0)).await.unwrap(), [two]);
    let tx = db.tx().await;
    tx.bindings()
        .replace(&[(device.id, [].into())])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reader.bindings().all(at(0)).await.unwrap(), []);
}
