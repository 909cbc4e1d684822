use std::time::Duration;

use super::*;
use crate::testing::House;
use model::{
    CallId, CallState, CustomerId, Endpoint, Party, Presence, RecordedFile, RecordingFailure,
    StoredBinding, Timestamp,
};

fn binding(house: &House, user: UserId, contact: &str) -> StoredBinding {
    let directory = house.services.directory();
    let device = directory.devices_of(user).next().unwrap();
    let now = house.services.now();
    StoredBinding {
        endpoint: Endpoint {
            device: device.facts.device,
            user,
            customer: device.facts.customer,
            contact: contact.into(),
            transport: "udp".into(),
            source: "192.0.2.7:5060".into(),
            user_agent: "test".into(),
            expires_at: Timestamp::from_second(now.as_second() + 3_600).unwrap(),
            rtt_ms: None,
            updated_at: now,
        },
        sip_username: device.facts.sip_username.clone(),
        call_id: "c".into(),
        cseq: 1,
        path: Vec::new(),
        instance: None,
        reg_id: None,
        q: None,
        local: "udp:0.0.0.0:5060".into(),
    }
}

fn call(house: &House, customer: CustomerId, ended: bool) -> Arc<CallView> {
    let now = house.services.now();
    let party = |number: &str| Party {
        user: None,
        number: number.into(),
        name: String::new(),
    };
    Arc::new(CallView {
        id: CallId::mint(
            Timestamp::UNIX_EPOCH,
            &crate::testing::TestEntropy::seeded(3),
        ),
        customer,
        version: 1,
        state: if ended {
            CallState::Ended
        } else {
            CallState::Ringing
        },
        from: party("201"),
        to: party("202"),
        started_at: now,
        answered_at: None,
        ended_at: ended.then_some(now),
        cause: ended.then_some(model::EndCause::NoAnswer),
        legs: Vec::new(),
        steps: Vec::new(),
        conference: None,
    })
}

#[tokio::test]
async fn registrations_show_at_once_and_survive_a_restart() {
    let house = House::new().await;
    let made = house.user(house.main(), "201").await;
    let user = made.user.user.id;
    let binding = binding(&house, user, "sip:201@192.0.2.7");
    let event = |bindings: &[StoredBinding]| SwitchEvent::Registration {
        device: binding.endpoint.device,
        user,
        customer: house.main(),
        bindings: bindings.iter().cloned().map(Arc::new).collect(),
    };
    let mut bus = crate::events::subscribe(&house.system(), None);
    house.services.take(event(std::slice::from_ref(&binding)));
    house.services.take(event(std::slice::from_ref(&binding)));
    house.services.take(event(&[]));
    house.services.take(event(std::slice::from_ref(&binding)));
    for _ in 0..3 {
        let crate::events::Delivery::Event(told) = bus.next().await else {
            panic!("nothing was missed");
        };
        assert_eq!(told.name, "registration.changed");
    }
    let quiet = tokio::time::timeout(Duration::from_millis(20), bus.next()).await;
    assert!(quiet.is_err(), "registering again is no news");
    let view = crate::users::get(&house.system(), user).await.unwrap();
    assert_eq!(view.presence, Presence::Available);
    assert_eq!(view.devices[0].endpoints, 1);
    house.services.flush().await;
    let again = House::in_dir(house.dir, 2).await;
    assert_eq!(again.first, None);
    assert_eq!(
        again.services.reconcile().await.unwrap(),
        [Arc::new(binding)]
    );
    let view = crate::users::get(&again.system(), user).await.unwrap();
    assert_eq!(view.presence, Presence::Available);
}

#[tokio::test]
async fn an_ended_call_is_a_record() {
    let house = House::new().await;
    let live = call(&house, house.main(), false);
    house.services.take(SwitchEvent::Call(live.clone()));
    let filter = crate::calls::CallFilter::default();
    let query = crate::ListQuery::default();
    let ctx = house.system();
    let page = crate::calls::list(&ctx, &filter, &query).await.unwrap();
    assert_eq!(page.items, [live]);
    let ended = call(&house, house.main(), true);
    house.services.take(SwitchEvent::Call(ended.clone()));
    house.services.flush().await;
    let page = crate::calls::list(&ctx, &filter, &query).await.unwrap();
    assert_eq!((page.total, page.items.len()), (1, 1));
    assert_eq!(page.items[0].cause, Some(model::EndCause::NoAnswer));
    let other = house.customer("acme").await;
    let stranger = house.key(other, "customer_administrator").await;
    let result = crate::calls::get(&stranger, ended.id).await;
    assert_eq!(result.unwrap_err(), Error::NotFound("call"));
}

#[tokio::test]
async fn presence_follows_calls() {
    let house = House::new().await;
    let user = house.user(house.main(), "201").await.user.user.id;
    for (ringing, answered, expect) in [
        (1, 0, Presence::Ringing),
        (1, 1, Presence::OnCall),
        (0, 0, Presence::Offline),
    ] {
        house.services.take(SwitchEvent::UserCalls {
            user,
            customer: house.main(),
            ringing,
            answered,
        });
        let filter = crate::users::UserFilter {
            state: Some(expect.as_str().into()),
            ..Default::default()
        };
        let query = crate::ListQuery::default();
        let page = crate::users::list(&house.system(), &filter, &query)
            .await
            .unwrap();
        assert_eq!(page.total, if expect == Presence::Offline { 2 } else { 1 });
    }
}

#[tokio::test]
async fn an_act_by_telephone_is_in_the_log() {
    let house = House::new().await;
    let user = house.user(house.main(), "201").await.user.user.id;
    let id = CallId::mint(Timestamp::UNIX_EPOCH, house.services.entropy());
    house.services.take(SwitchEvent::PhoneAct {
        customer: house.main(),
        user: Some(user),
        conference: id.to_string().parse().unwrap(),
        action: "conference.locked",
    });
    house.services.flush().await;
    let filter = crate::audit::AuditFilter {
        action: Some("conference.locked".into()),
        ..Default::default()
    };
    let query = crate::ListQuery::default();
    let page = crate::audit::list(&house.system(), &filter, &query)
        .await
        .unwrap();
    assert_eq!(page.items[0].actor, Principal::Phone(Some(user)));
    assert_eq!(page.items[0].actor_name, "Person 201");
}

#[tokio::test]
async fn a_room_that_begins_by_dialling_in_calls_its_list() {
    let house = House::new().await;
    house.user(house.main(), "201").await;
    let room = house.room(house.main(), "800").await;
    let patch = crate::conference_rooms::RoomPatch {
        call_out: crate::Patch::Set(vec!["201".into()]),
        ..Default::default()
    };
    crate::conference_rooms::update(&house.system(), room, patch, None)
        .await
        .unwrap();
    let now = house.services.now();
    let view = Arc::new(ConferenceView {
        id: model::ConferenceId::mint(now, &crate::testing::TestEntropy::seeded(5)),
        room,
        customer: house.main(),
        version: 1,
        locked: false,
        recording: false,
        started_at: now,
        ended_at: None,
        participants: Vec::new(),
        recordings: Vec::new(),
    });
    let event = SwitchEvent::Conference {
        view: view.clone(),
        change: ConferenceChange::Started,
    };
    let begun = house.services.begun_by_phone(&event).unwrap();
    house.services.take(event.clone());
    assert!(
        house.services.begun_by_phone(&event).is_none(),
        "known by now"
    );
    house.services.call_out(begun).await;
    let invited = house.told().await.into_iter().any(|command| {
        matches!(command, model::SwitchCommand::Conference {
            conference,
            action: model::ConferenceAction::Invite(who),
        } if conference == view.id && who.len() == 1)
    });
    assert!(invited);
}

#[tokio::test]
async fn a_record_that_is_refused_takes_no_other_along() {
    let house = House::new().await;
    let (one, two) = (
        house.room(house.main(), "600").await,
        house.room(house.main(), "601").await,
    );
    let now = house.services.now();
    // Two at the same time in one room are refused.
    for room in [one, one, two] {
        let view = Arc::new(ConferenceView {
            id: model::ConferenceId::mint(now, house.services.entropy()),
            room,
            customer: house.main(),
            version: 1,
            locked: false,
            recording: false,
            started_at: now,
            ended_at: None,
            participants: Vec::new(),
            recordings: Vec::new(),
        });
        house.services.take(SwitchEvent::Conference {
            view,
            change: ConferenceChange::Started,
        });
    }
    house.services.flush().await;
    let reader = house.services.store().read();
    let running = reader.conferences().running(store::Scope::Provider).await;
    let mut rooms: Vec<_> = running.unwrap().iter().map(|view| view.room).collect();
    rooms.sort_unstable();
    let mut expect = [one, two];
    expect.sort_unstable();
    assert_eq!(rooms, expect);
}

#[tokio::test]
async fn a_call_that_ran_when_the_server_died_has_a_record() {
    let house = House::new().await;
    let live = call(&house, house.main(), false);
    house.services.take(SwitchEvent::Call(live.clone()));
    house.services.flush().await;
    let again = House::in_dir(house.dir, 2).await;
    again.services.reconcile().await.unwrap();
    let ctx = again.system();
    let found = crate::calls::get(&ctx, live.id).await.unwrap();
    assert_eq!(found.cause, Some(model::EndCause::ServerStopped));
    assert_eq!(found.state, CallState::Ended);
    assert!(found.ended_at.is_some());
}

#[tokio::test]
async fn a_recording_that_ran_when_the_server_died_says_why_it_ended() {
    let house = House::new().await;
    let now = house.services.now();
    let file = |number, ended_at| RecordedFile {
        number,
        started_at: now,
        ended_at,
        failure: None,
    };
    let view = Arc::new(ConferenceView {
        id: model::ConferenceId::mint(now, house.services.entropy()),
        room: house.room(house.main(), "600").await,
        customer: house.main(),
        version: 1,
        locked: false,
        recording: true,
        started_at: now,
        ended_at: None,
        participants: Vec::new(),
        recordings: vec![file(1, Some(now)), file(2, None)],
    });
    house.services.take(SwitchEvent::Conference {
        view: view.clone(),
        change: ConferenceChange::Started,
    });
    house.services.flush().await;
    let again = House::in_dir(house.dir, 2).await;
    again.services.reconcile().await.unwrap();
    let found = crate::conferences::get(&again.system(), view.id).await;
    let found = found.unwrap();
    assert!(!found.recording);
    let ended: Vec<_> = found
        .recordings
        .iter()
        .map(|file| (file.ended_at.is_some(), file.failure))
        .collect();
    let stopped = Some(RecordingFailure::ServerStopped);
    assert_eq!(ended, [(true, None), (true, stopped)]);
}

/// Two records, of a call that ended and of a conference, come into a server without a database.
async fn in_an_outage(house: &House) -> (Arc<CallView>, Arc<ConferenceView>) {
    let room = house.room(house.main(), "600").await;
    let now = house.services.now();
    let began = call(house, house.main(), false);
    house.services.take(SwitchEvent::Call(began));
    house.services.flush().await;
    house.services.store().close().await.unwrap();
    let ended = call(house, house.main(), true);
    house.services.take(SwitchEvent::Call(ended.clone()));
    let anna = ParticipantView {
        id: model::ParticipantId::mint(now, house.services.entropy()),
        user: None,
        name: "Anna".into(),
        target: "201".into(),
        role: model::ConferenceRole::Moderator,
        state: model::ParticipantState::Joined,
        muted: false,
        talking: false,
        hand_raised: false,
        joined_at: Some(now),
        since: now,
        reason: None,
        quality: None,
    };
    let mut view = ConferenceView {
        id: model::ConferenceId::mint(now, house.services.entropy()),
        room,
        customer: house.main(),
        version: 1,
        locked: false,
        recording: false,
        started_at: now,
        ended_at: None,
        participants: vec![anna.clone()],
        recordings: Vec::new(),
    };
    let told = |view: &ConferenceView, change| SwitchEvent::Conference {
        view: Arc::new(view.clone()),
        change,
    };
    let started = told(&view, ConferenceChange::Started);
    house.services.take(started);
    house.services.flush().await;
    view.version = 2;
    view.participants[0].muted = true;
    let muted = told(&view, ConferenceChange::Participant(anna.id));
    house.services.take(muted);
    house.services.flush().await;
    view.version = 3;
    view.ended_at = Some(now);
    view.participants[0].state = model::ParticipantState::Left;
    house.services.take(told(&view, ConferenceChange::Ended));
    house.services.flush().await;
    (ended, Arc::new(view))
}

#[tokio::test]
async fn records_of_an_outage_outlive_a_crash_in_it() {
    let house = House::new().await;
    let (ended, conference) = in_an_outage(&house).await;
    // Nothing is left in memory: what follows is another process.
    assert!(house.services.records().is_waiting());
    assert!(house.services.write_behind().take_calls().is_empty());
    assert!(house.services.write_behind().take_conferences().is_empty());
    let again = House::in_dir(house.dir, 2).await;
    again.services.reconcile().await.unwrap();
    assert!(!again.services.records().is_waiting());
    let ctx = again.system();
    let found = crate::calls::get(&ctx, ended.id).await.unwrap();
    assert_eq!(found.cause, Some(model::EndCause::NoAnswer), "as it ended");
    let filter = crate::calls::CallFilter::default();
    let page = crate::calls::list(&ctx, &filter, &crate::ListQuery::default()).await;
    assert_eq!(page.unwrap().total, 1, "each once");
    let found = crate::conferences::get(&ctx, conference.id).await.unwrap();
    assert_eq!(*found, *conference);
}

#[tokio::test]
async fn an_older_record_that_is_written_late_changes_nothing() {
    let house = House::new().await;
    let (_, conference) = in_an_outage(&house).await;
    let spool = house.dir.path().join("spool").join("records.jsonl");
    let lines = std::fs::read_to_string(&spool).unwrap();
    let again = House::in_dir(house.dir, 2).await;
    again.services.reconcile().await.unwrap();
    // The file is there once more: the machine lost power before its removal was kept.
    std::fs::write(&spool, lines.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    let once_more = House::in_dir(again.dir, 3).await;
    once_more.services.reconcile().await.unwrap();
    let ctx = once_more.system();
    let found = crate::conferences::get(&ctx, conference.id).await.unwrap();
    assert_eq!(*found, *conference);
}
