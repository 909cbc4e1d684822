use super::*;
use crate::{
    Error,
    sessions::{SignIn, sign_in},
    testing::{HERE, House, codes},
};

fn new(house: &House, extension: &str) -> NewConferenceManager {
    NewConferenceManager {
        customer_id: Some(house.main().to_string()),
        extension: extension.into(),
        room_ids: None,
    }
}

async fn signs_in(house: &House, made: &ManagerWithPassword) -> bool {
    let input = SignIn {
        account_name: "main".into(),
        username: made.manager.username.to_string(),
        password: made.password.clone(),
        source: HERE,
        user_agent: String::new(),
    };
    sign_in(&house.services, input).await.is_ok()
}

#[tokio::test]
async fn an_account_is_made_from_an_extension_and_works_at_once() {
    let house = House::new().await;
    let ctx = house.system();
    house.user(house.main(), "201").await;
    let first = create(&ctx, new(&house, "201")).await.unwrap();
    assert_eq!(first.manager.username.as_str(), "conference-201");
    assert!(signs_in(&house, &first).await);
    let second = create(&ctx, new(&house, "201")).await.unwrap();
    assert_eq!(second.manager.username.as_str(), "conference-201-2");
    let unknown = create(&ctx, new(&house, "299")).await;
    assert_eq!(codes(unknown), [("extension".to_owned(), "unknown")]);
}

#[tokio::test]
async fn reset_disable_and_delete_end_what_was() {
    let house = House::new().await;
    let ctx = house.system();
    house.user(house.main(), "201").await;
    let made = create(&ctx, new(&house, "201")).await.unwrap();
    let id = made.manager.id;
    let reset = reset_password(&ctx, id).await.unwrap();
    assert!(!signs_in(&house, &made).await);
    assert!(signs_in(&house, &reset).await);
    let disable = |disabled| ConferenceManagerPatch {
        disabled: Patch::Set(disabled),
        ..ConferenceManagerPatch::default()
    };
    update(&ctx, id, disable(true), None).await.unwrap();
    assert!(!signs_in(&house, &reset).await);
    update(&ctx, id, disable(false), None).await.unwrap();
    assert!(signs_in(&house, &reset).await);
    delete(&ctx, id, None).await.unwrap();
    assert!(!signs_in(&house, &reset).await);
    assert!(matches!(get(&ctx, id).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn rooms_of_an_account_keep_them_from_being_deleted() {
    let house = House::new().await;
    let ctx = house.system();
    house.user(house.main(), "201").await;
    let room = house.room(house.main(), "800").await;
    let chosen = NewConferenceManager {
        room_ids: Some(vec![room.to_string(), room.to_string()]),
        ..new(&house, "201")
    };
    let made = create(&ctx, chosen).await.unwrap();
    assert_eq!(made.manager.rooms.as_deref(), Some(&[room][..]));
    let result = crate::conference_rooms::delete(&ctx, room, None).await;
    assert!(matches!(result, Err(Error::InUse(_))));
    let wrong = NewConferenceManager {
        room_ids: Some(vec!["x".into()]),
        ..new(&house, "201")
    };
    let got = codes(create(&ctx, wrong).await);
    assert_eq!(got, [("room_ids[0]".to_owned(), "unknown")]);
}

#[tokio::test]
async fn nobody_makes_an_account_that_may_do_more_than_they() {
    let house = House::new().await;
    house.user(house.main(), "201").await;
    let new = || NewConferenceManager {
        extension: "201".into(),
        ..NewConferenceManager::default()
    };
    let grant = crate::access_profiles::GrantInput {
        model: "conference_manager".into(),
        operation: "*".into(),
        scope: "customer".into(),
    };
    let clerk = crate::access_profiles::NewAccessProfile {
        customer_id: Some(house.main().to_string()),
        name: "Clerk".into(),
        grants: Some(vec![grant]),
        ..crate::access_profiles::NewAccessProfile::default()
    };
    crate::access_profiles::create(&house.system(), clerk)
        .await
        .unwrap();
    let boss = house.key(house.main(), "customer_administrator").await;
    let made = create(&boss, new()).await.unwrap().manager.id;
    let clerk = house.key(house.main(), "Clerk").await;
    for result in [
        create(&clerk, new()).await.map(drop),
        reset_password(&clerk, made).await.map(drop),
    ] {
        assert!(matches!(result, Err(Error::Forbidden { .. })), "{result:?}");
    }
}
