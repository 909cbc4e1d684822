use super::*;
use crate::{
    ListQuery, Patch,
    audit::{self, AuditFilter},
    conference_managers::{self, NewConferenceManager},
    conference_rooms::{self, RoomPatch},
    sessions::{SignIn, sign_in},
    testing::{HERE, House, codes},
};
use model::{ConferenceRole, SwitchCommand};

/// A conference manager of extension 201, signed in.
async fn manager(house: &House, rooms: Option<Vec<String>>) -> Context {
    let made = conference_managers::create(
        &house.system(),
        NewConferenceManager {
            customer_id: Some(house.main().to_string()),
            extension: "201".into(),
            room_ids: rooms,
        },
    )
    .await
    .unwrap();
    assert!(made.manager.username.as_str().starts_with("conference-201"));
    let signed_in = sign_in(
        &house.services,
        SignIn {
            account_name: String::new(),
            username: made.manager.username.to_string(),
            password: made.password,
            source: HERE,
            user_agent: "test".into(),
        },
    )
    .await
    .unwrap();
    house
        .services
        .context_of_session(&signed_in.token, Some(HERE))
        .await
        .unwrap()
}

async fn people(house: &House, numbers: std::ops::RangeInclusive<u32>) {
    for number in numbers {
        house.user(house.main(), &number.to_string()).await;
    }
}

fn invite(targets: &[&str]) -> StartConference {
    StartConference {
        invite: targets.iter().map(|t| (*t).to_owned()).collect(),
        host: Patch::Keep,
    }
}

fn targets(view: &ConferenceView) -> Vec<&str> {
    view.participants
        .iter()
        .map(|p| p.target.as_str())
        .collect()
}

#[tokio::test]
async fn a_manager_starts_a_room_and_is_called_by_itself_once() {
    let house = House::new().await;
    people(&house, 201..=203).await;
    let room = house.room(house.main(), "800").await;
    let ctx = manager(&house, None).await;
    let wish = invite(&[
        "202",
        "201",
        "0049301234",
        "#sip:a@127.0.0.1:5099",
        "202",
        "999",
    ]);
    let view = start(&ctx, room, wish).await.unwrap();
    let expect = ["201", "202", "0049301234", "#sip:a@127.0.0.1:5099", "999"];
    assert_eq!(targets(&view), expect);
    assert_eq!(view.participants[0].role, ConferenceRole::Moderator);
    let reasons: Vec<_> = view
        .participants
        .iter()
        .map(|p| p.reason.as_deref())
        .collect();
    let expect = [None, None, Some("no_trunk"), None, Some("unknown_number")];
    assert_eq!(reasons, expect);
    let again = start(&ctx, room, invite(&[])).await.unwrap_err();
    let Error::Conflict { code, id, .. } = again else {
        panic!("{again:?}");
    };
    assert_eq!((code, id), ("already_running", Some(view.id.to_string())));
    let room = conference_rooms::get(&ctx, room).await.unwrap();
    assert_eq!(room.running.unwrap().id, view.id);
}

#[tokio::test]
async fn a_room_that_would_be_too_full_calls_nobody() {
    let house = House::new().await;
    people(&house, 201..=204).await;
    let room = house.room(house.main(), "800").await;
    let small = RoomPatch {
        max_participants: Patch::Set(3),
        ..RoomPatch::default()
    };
    conference_rooms::update(&house.system(), room, small, None)
        .await
        .unwrap();
    let ctx = manager(&house, None).await;
    let result = start(&ctx, room, invite(&["202", "203", "204"])).await;
    assert_eq!(codes(result), [("invite".to_owned(), "room_full")]);
    let asked = house
        .told()
        .await
        .into_iter()
        .any(|c| matches!(c, SwitchCommand::StartConference { .. }));
    assert!(!asked);
    let view = start(&ctx, room, invite(&["202", "203", "201"]))
        .await
        .unwrap();
    assert_eq!(view.participants.len(), 3);
    let result = super::invite(&ctx, view.id, vec!["204".into()]).await;
    assert_eq!(codes(result), [("targets".to_owned(), "room_full")]);
    let same = super::invite(&ctx, view.id, vec!["203".into()])
        .await
        .unwrap();
    assert_eq!(same.participants.len(), 3, "who is in is not called twice");
}

#[tokio::test]
async fn acts_are_done_and_written_down() {
    let house = House::new().await;
    people(&house, 201..=203).await;
    let room = house.room(house.main(), "800").await;
    let ctx = manager(&house, None).await;
    let view = start(&ctx, room, invite(&["202", "203"])).await.unwrap();
    let (id, ben) = (view.id, view.participants[1].id);
    assert!(lock(&ctx, id).await.unwrap().locked);
    assert!(
        lock(&ctx, id).await.unwrap().locked,
        "locking the locked is no error"
    );
    assert!(!unlock(&ctx, id).await.unwrap().locked);
    let view = mute(&ctx, id, Who::All).await.unwrap();
    let muted: Vec<_> = view.participants.iter().map(|p| p.muted).collect();
    assert_eq!(muted, [false, true, true], "all but moderators");
    unmute(&ctx, id, Who::These(vec![ben.to_string()]))
        .await
        .unwrap();
    let stranger = vec![ben.to_string(), id.to_string(), "x".into()];
    let got = codes(mute(&ctx, id, Who::These(stranger)).await);
    let unknown = |n| (format!("participants[{n}]"), "unknown");
    assert_eq!(got, [unknown(1), unknown(2)]);
    let kicked = kick(&ctx, id, Who::These(vec![ben.to_string()]), Some(60))
        .await
        .unwrap();
    assert_eq!(kicked.participants[1].state, ParticipantState::Kicked);
    let bad = kick(&ctx, id, Who::All, Some(-1)).await;
    assert_eq!(codes(bad), [("ban_secs".to_owned(), "out_of_range")]);
    let called = super::invite(&ctx, id, vec!["202".into()]).await.unwrap();
    assert_eq!(
        called.participants.len(),
        4,
        "who was kicked can be called again"
    );
    assert!(end(&ctx, id).await.unwrap().ended_at.is_some());
    end(&ctx, id).await.unwrap();
    assert!(matches!(
        mute(&ctx, id, Who::All).await,
        Err(Error::Conflict { code: "ended", .. })
    ));
    let expect = [
        "conference.started",
        "conference.locked",
        "conference.locked",
        "conference.unlocked",
        "conference.muted",
        "conference.unmuted",
        "conference.kicked",
        "conference.invited",
        "conference.ended",
    ];
    assert_eq!(actions(&house, id).await, expect);
    let verified = audit::verify(&house.system(), Some(&house.main().to_string())).await;
    assert_eq!(verified.unwrap().broken_at, None);
}

#[tokio::test]
async fn a_room_is_recorded_only_if_its_settings_say_so() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let room = house.room(house.main(), "800").await;
    let ctx = manager(&house, None).await;
    let id = start(&ctx, room, invite(&["202"])).await.unwrap().id;
    let recorded = start_recording(&ctx, id).await;
    assert!(matches!(
        recorded,
        Err(Error::Conflict {
            code: "recording_off",
            ..
        })
    ));
    let allowed = RoomPatch {
        record: Patch::Set("on_demand".into()),
        ..RoomPatch::default()
    };
    conference_rooms::update(&ctx, room, allowed, None)
        .await
        .unwrap();
    start_recording(&ctx, id).await.unwrap();
    stop_recording(&ctx, id).await.unwrap();
}

/// What the log has of a conference, in order.
async fn actions(house: &House, id: ConferenceId) -> Vec<String> {
    let filter = AuditFilter {
        subject_id: Some(id.to_string()),
        ..AuditFilter::default()
    };
    let rows = audit::list(&house.system(), &filter, &ListQuery::default())
        .await
        .unwrap();
    let rows = rows.items.into_iter().rev();
    rows.map(|row| row.action).collect()
}

#[tokio::test]
async fn an_ended_conference_stays_readable() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let room = house.room(house.main(), "800").await;
    let ctx = manager(&house, None).await;
    let view = start(&ctx, room, invite(&["202"])).await.unwrap();
    end(&ctx, view.id).await.unwrap();
    house.services.flush().await;
    let again = House::in_dir(house.dir, 2).await;
    let kept = get(&again.system(), view.id).await.unwrap();
    assert!(kept.ended_at.is_some());
    assert_eq!(kept.participants.len(), 2);
    for (state, expect) in [(None, 1), (Some("ended"), 1), (Some("running"), 0)] {
        let filter = ConferenceFilter {
            state: state.map(str::to_owned),
            ..ConferenceFilter::default()
        };
        let page = list(&again.system(), &filter, &ListQuery::default())
            .await
            .unwrap();
        assert_eq!(page.total, expect, "{state:?}");
    }
}

#[tokio::test]
async fn a_crash_leaves_no_conference_running() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let room = house.room(house.main(), "800").await;
    let ctx = manager(&house, None).await;
    let view = start(&ctx, room, invite(&["202"])).await.unwrap();
    let again = House::in_dir(house.dir, 2).await;
    again.services.reconcile().await.unwrap();
    let kept = get(&again.system(), view.id).await.unwrap();
    assert!(kept.ended_at.is_some());
    let row = &kept.participants[1];
    assert_eq!(row.state, ParticipantState::Left);
    assert_eq!(row.reason.as_deref(), Some("server_stopped"));
    again.services.reconcile().await.unwrap();
}

#[tokio::test]
async fn managers_see_their_rooms_and_nothing_else() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let mine = house.room(house.main(), "800").await;
    let other = house.room(house.main(), "801").await;
    let ctx = manager(&house, Some(vec![mine.to_string()])).await;
    let filter = conference_rooms::RoomFilter::default();
    let page = conference_rooms::list(&ctx, &filter, &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(page.total, 1);
    let result = conference_rooms::get(&ctx, other).await;
    assert_eq!(result.unwrap_err(), Error::NotFound("conference_room"));
    assert!(matches!(
        start(&ctx, other, invite(&[])).await,
        Err(Error::NotFound(_))
    ));
    let users = crate::users::list(&ctx, &Default::default(), &ListQuery::default()).await;
    assert!(matches!(users, Err(Error::Forbidden { .. })));
    let book = crate::contacts::phone_book(&ctx, None, None, &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(book.total, 2);
    let renumbered = RoomPatch {
        number: Patch::Set("900".into()),
        ..RoomPatch::default()
    };
    let result = conference_rooms::update(&ctx, mine, renumbered, None).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
    let quiet = RoomPatch {
        join_muted: Patch::Set(true),
        participant_pin: Patch::Set(model::Secret::new("4711")),
        ..RoomPatch::default()
    };
    let view = conference_rooms::update(&ctx, mine, quiet, None)
        .await
        .unwrap();
    assert!(view.room.join_muted && view.room.participant_pin.is_some());
    let foreign = house.customer("acme").await;
    let key = house.key(foreign, "customer_administrator").await;
    assert!(matches!(
        start(&key, mine, invite(&[])).await,
        Err(Error::NotFound(_))
    ));
}

#[tokio::test]
async fn an_operator_moderates_once_joined() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let mut new = crate::testing::person(house.main(), "203");
    new.role = Some("operator".into());
    let olga = crate::users::create(&house.system(), new).await.unwrap();
    let olga = house.as_user(olga.user.user.id).await;
    let room = house.room(house.main(), "800").await;
    let ctx = manager(&house, None).await;
    let view = start(&ctx, room, invite(&["202"])).await.unwrap();
    get(&olga, view.id).await.unwrap();
    assert!(matches!(
        lock(&olga, view.id).await,
        Err(Error::Forbidden { .. })
    ));
    super::invite(&ctx, view.id, vec!["203".into()])
        .await
        .unwrap();
    assert!(lock(&olga, view.id).await.unwrap().locked);
}

#[tokio::test]
async fn nobody_is_host_where_that_is_asked_for() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let ctx = manager(&house, None).await;
    for (number, host, expect) in [
        ("800", Patch::Clear, ["202"].as_slice()),
        ("801", Patch::Keep, &["201", "202"]),
        ("802", Patch::Set("202".to_owned()), &["202"]),
    ] {
        let room = house.room(house.main(), number).await;
        let wish = StartConference {
            host,
            ..invite(&["202"])
        };
        let view = start(&ctx, room, wish).await.unwrap();
        assert_eq!(targets(&view), expect, "{number}");
    }
}

#[tokio::test]
async fn targets_are_judged_before_anybody_is_called() {
    let house = House::new().await;
    people(&house, 201..=202).await;
    let room = house.room(house.main(), "800").await;
    let contact = crate::contacts::NewContact {
        name: "Oslo".into(),
        target: "#sip:oslo@127.0.0.1:5099".into(),
        ..crate::contacts::NewContact::default()
    };
    let boss = house.key(house.main(), "customer_administrator").await;
    crate::contacts::create(&boss, contact).await.unwrap();
    let ctx = manager(&house, None).await;
    let asked = [
        "202",
        "9999",
        "0049301234",
        "#sip:oslo@127.0.0.1:5099",
        "9999",
    ];
    let asked = asked.map(str::to_owned).to_vec();
    let before = house.told().await.len();
    let judged = reach(&ctx, room, asked.clone()).await.unwrap();
    assert_eq!(house.told().await.len(), before, "nobody is called");
    let got: Vec<_> = judged
        .iter()
        .map(|one| (one.name.as_str(), one.user.is_some(), one.reason))
        .collect();
    let expect = [
        ("Person 202", true, Some("offline")),
        ("", false, Some("unknown_number")),
        ("", false, Some("no_trunk")),
        ("Oslo", false, None),
        ("", false, Some("unknown_number")),
    ];
    assert_eq!(got, expect);
    assert!(judged.iter().map(|one| &one.target).eq(&asked));
    let wrong = codes(reach(&ctx, room, vec!["202".into(), "hello".into()]).await);
    assert_eq!(wrong, [("targets[1]".to_owned(), "invalid")]);
    assert_eq!(
        codes(reach(&ctx, room, Vec::new()).await),
        [("targets".to_owned(), "out_of_range")]
    );
    let acme = house.customer("acme").await;
    let stranger = house.key(acme, "customer_administrator").await;
    let result = reach(&stranger, room, asked).await.unwrap_err();
    assert_eq!(result, Error::NotFound("conference"));
}
