use super::*;
use crate::{
    Error, ListQuery,
    testing::{House, codes},
};

#[tokio::test]
async fn numbers_are_one_space_with_extensions() {
    let house = House::new().await;
    let ctx = house.system();
    house.user(house.main(), "201").await;
    let taken = NewRoom {
        customer_id: Some(house.main().to_string()),
        number: "201".into(),
        name: String::new(),
        settings: RoomPatch {
            max_participants: Patch::Set(1),
            participant_pin: Patch::Set(Secret::new("12")),
            record: Patch::Set("often".into()),
            call_out: Patch::Set(vec!["202".into(), "x".into()]),
            owner_id: Patch::Set("nobody".into()),
            ..RoomPatch::default()
        },
    };
    let mut got: Vec<_> = codes(create(&ctx, taken).await);
    got.sort();
    let expect = [
        ("call_out[1]", "invalid"),
        ("max_participants", "out_of_range"),
        ("name", "required"),
        ("number", "taken"),
        ("owner_id", "unknown"),
        ("participant_pin", "invalid"),
        ("record", "unknown"),
    ];
    assert_eq!(got, expect.map(|(field, code)| (field.to_owned(), code)));
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_is_the_default() {
    let house = House::new().await;
    let ctx = house.system();
    let id = house.room(house.main(), "800").await;
    let patch = RoomPatch {
        max_participants: Patch::Set(500),
        lobby: Patch::Set(true),
        time_limit_secs: Patch::Set(3_600),
        record: Patch::Set("always".into()),
        ..RoomPatch::default()
    };
    let view = update(&ctx, id, patch, None).await.unwrap();
    assert_eq!(
        (view.room.max_participants, view.room.time_limit_secs),
        (500, Some(3_600))
    );
    let back = RoomPatch {
        max_participants: Patch::Clear,
        time_limit_secs: Patch::Clear,
        ..RoomPatch::default()
    };
    let view = update(&ctx, id, back, Some(2)).await.unwrap();
    assert_eq!(
        (view.room.max_participants, view.room.time_limit_secs),
        (15, None)
    );
    assert!(view.room.lobby);
    let again = House::in_dir(house.dir, 2).await;
    assert_eq!(get(&again.system(), id).await.unwrap().room, view.room);
}

#[tokio::test]
async fn pins_are_for_those_who_may_change_them() {
    let house = House::new().await;
    let id = house.room(house.main(), "800").await;
    let pin = RoomPatch {
        participant_pin: Patch::Set(Secret::new("4711")),
        ..RoomPatch::default()
    };
    update(&house.system(), id, pin, None).await.unwrap();
    let reader = house.key(house.main(), "read_only").await;
    let page = list(&reader, &RoomFilter::default(), &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(page.items[0].room.participant_pin, None);
    let same = RoomPatch {
        moderator_pin: Patch::Set(Secret::new("4711")),
        ..RoomPatch::default()
    };
    let got = codes(update(&house.system(), id, same, None).await);
    assert_eq!(got, [("moderator_pin".to_owned(), "same")]);
}

#[tokio::test]
async fn a_room_in_use_stays() {
    let house = House::new().await;
    let ctx = house.system();
    let id = house.room(house.main(), "800").await;
    let user = house.user(house.main(), "201").await.user.user.id;
    let forward = crate::users::UserPatch {
        features: crate::users::FeaturesPatch {
            no_answer: Patch::Set(crate::users::DestinationInput {
                kind: "conference".into(),
                target: "800".into(),
            }),
            ..Default::default()
        },
        ..Default::default()
    };
    crate::users::update(&ctx, user, forward, None)
        .await
        .unwrap();
    assert!(matches!(delete(&ctx, id, None).await, Err(Error::InUse(_))));
    let renumber = RoomPatch {
        number: Patch::Set("801".into()),
        ..RoomPatch::default()
    };
    update(&ctx, id, renumber, None).await.unwrap();
    let user = crate::users::get(&ctx, user).await.unwrap();
    let number = model::Extension::parse("801").unwrap();
    let follows = model::Destination::Conference(number);
    assert_eq!(user.user.features.no_answer, follows);
}
