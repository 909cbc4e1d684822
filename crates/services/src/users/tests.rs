use super::*;
use crate::{
    Error, ListQuery,
    audit::{self, AuditFilter},
    testing::{House, codes, person},
};
use model::{Destination, SwitchCommand, UserId};

fn field(name: &str, code: &'static str) -> (String, &'static str) {
    (name.to_owned(), code)
}

#[tokio::test]
async fn a_new_person_has_number_credentials_and_a_line_in_the_log() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let made = house.user(house.main(), "201").await;
    let device = made.device.unwrap();
    assert_eq!(device.device.sip_username.as_str(), "201");
    assert_eq!(device.device.domain, "main.convoke.internal");
    assert!(device.password.expose().len() >= 16);
    assert_eq!(made.user.user.username.as_str(), "p201");
    let elsewhere = house.user(acme, "201").await.device.unwrap();
    assert_eq!(elsewhere.device.sip_username.as_str(), "acme-201");
    let directory = house.services.directory();
    assert!(crate::lines::find(&directory, "acme-201").is_some());
    let filter = AuditFilter {
        subject_id: Some(made.user.user.id.to_string()),
        ..AuditFilter::default()
    };
    let rows = audit::list(&house.system(), &filter, &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(rows.items[0].action, "user.created");
    let text = format!("{:?}", rows.items);
    assert!(!text.contains(device.password.expose()));
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let house = House::new().await;
    house.user(house.main(), "201").await;
    let new = NewUser {
        email: "nobody".into(),
        first_name: " ".into(),
        username: Some("sp ace".into()),
        password: Some(Secret::new("1234")),
        role: Some("wizard".into()),
        extension: Some("201".into()),
        device: Some(NewDevice {
            mac: Some("zz".into()),
            model: None,
        }),
        features: FeaturesPatch {
            ring_time: Patch::Set(1),
            no_answer: Patch::Set(DestinationInput {
                kind: "voicemail".into(),
                target: String::new(),
            }),
            busy: Patch::Set(DestinationInput {
                kind: "extension".into(),
                target: "999".into(),
            }),
            ..FeaturesPatch::default()
        },
        max_calls: Patch::Set(-1),
        customer_id: Some(house.main().to_string()),
        ..NewUser::default()
    };
    let mut got = codes(create(&house.system(), new).await);
    got.sort();
    let mut expect = vec![
        field("device.mac", "invalid"),
        field("email", "invalid"),
        field("extension", "taken"),
        field("features.busy.target", "unknown"),
        field("features.no_answer.type", "unknown"),
        field("features.ring_time", "out_of_range"),
        field("first_name", "required"),
        field("password", "too_weak"),
        field("role", "unknown"),
        field("security.max_calls", "out_of_range"),
        field("username", "invalid"),
    ];
    expect.sort();
    assert_eq!(got, expect);
}

#[tokio::test]
async fn names_are_unique_in_a_customer_and_unknown_beyond_it() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    house.user(house.main(), "201").await;
    house.user(acme, "201").await;
    let again = person(house.main(), "202");
    let again = NewUser {
        email: "P201@example.com".into(),
        username: Some("P201".into()),
        ..again
    };
    let mut got = codes(create(&house.system(), again).await);
    got.sort();
    assert_eq!(got, [field("email", "taken"), field("username", "taken")]);
    let key = house.key(acme, "customer_administrator").await;
    let result = create(&key, person(house.main(), "203")).await;
    assert_eq!(result.unwrap_err(), Error::NotFound("customer"));
}

#[tokio::test]
async fn a_patch_changes_only_what_it_names() {
    let house = House::new().await;
    let ctx = house.system();
    house.user(house.main(), "202").await;
    let before = house.user(house.main(), "201").await.user.user;
    let patch = UserPatch {
        features: FeaturesPatch {
            busy: Patch::Set(DestinationInput {
                kind: "extension".into(),
                target: "202".into(),
            }),
            ..FeaturesPatch::default()
        },
        last_name: Patch::Clear,
        ..UserPatch::default()
    };
    let after = update(&ctx, before.id, patch, Some(1)).await.unwrap().user;
    let mut expect = User::clone(&before);
    let busy = model::Extension::parse("202").unwrap();
    expect.features.busy = Some(Destination::Extension(busy));
    expect.last_name = None;
    expect.version = 2;
    expect.updated_at = after.updated_at;
    assert_eq!(*after, expect);
    let stale = update(&ctx, before.id, UserPatch::default(), Some(1)).await;
    assert_eq!(stale.unwrap_err(), Error::PreconditionFailed);
    let same = update(&ctx, before.id, UserPatch::default(), Some(2))
        .await
        .unwrap();
    assert_eq!(same.user.version, 2, "nothing named, nothing changed");
    // What the database has is what the memory has.
    let restarted = House::in_dir(house.dir, 2).await;
    let kept = get(&restarted.system(), before.id).await.unwrap();
    assert_eq!(*kept.user, *after);
}

#[tokio::test]
async fn destinations_and_accounts_follow_a_number() {
    let house = House::new().await;
    let ctx = house.system();
    let anna = house.user(house.main(), "201").await.user.user.id;
    let ben = house.user(house.main(), "202").await.user.user.id;
    let forward = UserPatch {
        features: FeaturesPatch {
            no_answer: Patch::Set(DestinationInput {
                kind: "extension".into(),
                target: "201".into(),
            }),
            ..FeaturesPatch::default()
        },
        ..UserPatch::default()
    };
    update(&ctx, ben, forward, None).await.unwrap();
    let in_use = delete(&ctx, anna, &[], None).await.unwrap_err();
    let Error::InUse(uses) = in_use else {
        panic!("{in_use:?}");
    };
    assert_eq!(
        (uses[0].kind, uses[0].name.as_str()),
        ("user", "Person 202")
    );
    let renumber = UserPatch {
        extension: Patch::Set("301".into()),
        ..UserPatch::default()
    };
    let view = update(&ctx, anna, renumber, None).await.unwrap();
    assert_eq!(
        view.devices[0].sip_username.as_str(),
        "201",
        "credentials stay"
    );
    let ben = get(&ctx, ben).await.unwrap();
    let number = model::Extension::parse("301").unwrap();
    assert_eq!(ben.user.features.no_answer, Destination::Extension(number));
    let taken_away = UserPatch {
        extension: Patch::Clear,
        ..UserPatch::default()
    };
    let result = update(&ctx, anna, taken_away, None).await;
    assert!(matches!(result, Err(Error::InUse(_))));
}

#[tokio::test]
async fn who_has_no_extension_any_more_has_no_phone_that_works() {
    let house = House::new().await;
    let ctx = house.system();
    let made = house.user(house.main(), "201").await;
    let device = made.device.unwrap().device;
    let line = || crate::lines::find(&ctx.directory(), device.sip_username.as_str());
    assert!(line().is_some());
    let taken_away = UserPatch {
        extension: Patch::Clear,
        ..UserPatch::default()
    };
    let id = made.user.user.id;
    update(&ctx, id, taken_away, None).await.unwrap();
    assert!(line().is_none(), "a registration is refused");
    let told = house.told().await;
    assert!(told.contains(&SwitchCommand::DeviceRevoked(device.id)));
    assert!(
        !told.contains(&SwitchCommand::UserRevoked(id)),
        "who talks may talk on"
    );
    let back = UserPatch {
        extension: Patch::Set("202".into()),
        ..UserPatch::default()
    };
    update(&ctx, id, back, None).await.unwrap();
    assert!(line().is_some(), "the same credentials work again");
}

#[tokio::test]
async fn whoever_goes_is_gone_everywhere() {
    let house = House::new().await;
    let ctx = house.system();
    let made = house.user(house.main(), "201").await;
    let id = made.user.user.id;
    delete(&ctx, id, &[], None).await.unwrap();
    assert_eq!(get(&ctx, id).await.unwrap_err(), Error::NotFound("user"));
    let told = house.told().await;
    assert!(told.contains(&SwitchCommand::UserRevoked(id)));
    let device = made.device.unwrap().device.id;
    assert!(told.contains(&SwitchCommand::DeviceRevoked(device)));
    let again = house.user(house.main(), "201").await;
    assert_eq!(again.device.unwrap().device.sip_username.as_str(), "201");
}

#[tokio::test]
async fn nobody_rises_above_their_rank_and_nobody_locks_themselves_out() {
    let house = House::new().await;
    let system = house.system();
    let mut new = person(house.main(), "201");
    new.role = Some("customer_administrator".into());
    let boss = create(&system, new).await.unwrap().user.user.id;
    let mut new = person(house.main(), "202");
    new.role = Some("site_administrator".into());
    let helper = create(&system, new).await.unwrap().user.user.id;
    let helper = house.as_user(helper).await;
    let promoted = NewUser {
        customer_id: None,
        role: Some("customer_administrator".into()),
        ..person(house.main(), "203")
    };
    assert_eq!(
        codes(create(&helper, promoted).await),
        [field("role", "not_allowed")]
    );
    let password = UserPatch {
        password: Patch::Set(Secret::new("a-stolen-administrator-9")),
        ..UserPatch::default()
    };
    let result = update(&helper, boss, password, None).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
    assert!(matches!(
        delete(&helper, boss, &[], None).await,
        Err(Error::Forbidden { .. })
    ));
    let boss_ctx = house.as_user(boss).await;
    let disabled = UserPatch {
        disabled: Patch::Set(true),
        ..UserPatch::default()
    };
    for result in [
        update(&boss_ctx, boss, disabled, None).await.map(drop),
        delete(&boss_ctx, boss, &[], None).await,
    ] {
        assert!(matches!(
            result,
            Err(Error::Conflict {
                code: "yourself",
                ..
            })
        ));
    }
}

#[tokio::test]
async fn a_user_changes_only_their_own_features() {
    let house = House::new().await;
    let anna = house.user(house.main(), "201").await.user.user.id;
    let ben = house.user(house.main(), "202").await.user.user.id;
    let ctx = house.as_user(anna).await;
    let quiet = || UserPatch {
        features: FeaturesPatch {
            do_not_disturb: Patch::Set(true),
            ..FeaturesPatch::default()
        },
        ..UserPatch::default()
    };
    let view = update(&ctx, anna, quiet(), None).await.unwrap();
    assert_eq!(view.presence, Presence::DoNotDisturb);
    let result = update(&ctx, ben, quiet(), None).await;
    assert_eq!(result.unwrap_err(), Error::NotFound("user"));
    let promoted = UserPatch {
        role: Patch::Set("customer_administrator".into()),
        ..UserPatch::default()
    };
    let result = update(&ctx, anna, promoted, None).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
    let page = list(&ctx, &UserFilter::default(), &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(page.total, 1);
}

#[tokio::test]
async fn another_customers_people_are_not_there() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let anna = house.user(house.main(), "201").await.user.user.id;
    let stranger = house.key(acme, "customer_administrator").await;
    let not_there = Error::NotFound("user");
    let key = EndpointKey {
        device: anna.to_string().parse().unwrap(),
        contact: String::new(),
    };
    for result in [
        get(&stranger, anna).await.map(drop),
        update(&stranger, anna, UserPatch::default(), None)
            .await
            .map(drop),
        delete(&stranger, anna, &[], None).await,
        uses(&stranger, anna).await.map(drop),
    ] {
        assert_eq!(result.unwrap_err(), not_there);
    }
    for result in [
        endpoints(&stranger, anna).await.map(drop),
        remove_endpoint(&stranger, anna, key).await,
        crate::devices::create(&stranger, anna, NewDevice::default())
            .await
            .map(drop),
    ] {
        assert!(matches!(result, Err(Error::NotFound(_))));
    }
    let page = list(&stranger, &UserFilter::default(), &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(page.total, 0);
}

#[tokio::test]
async fn phones_have_usernames_of_their_own_that_stay() {
    let house = House::new().await;
    let ctx = house.system();
    let made = house.user(house.main(), "201").await;
    let user = made.user.user.id;
    let second = crate::devices::create(&ctx, user, NewDevice::default())
        .await
        .unwrap();
    assert_eq!(second.device.sip_username.as_str(), "201-2");
    let id = second.device.id;
    let reset = crate::devices::reset_password(&ctx, id).await.unwrap();
    assert_ne!(reset.password, second.password);
    assert!(
        house
            .told()
            .await
            .contains(&SwitchCommand::DeviceRevoked(id))
    );
    let named = crate::devices::DevicePatch {
        mac: Patch::Set("00:15:65:AA:BB:CC".into()),
        model: Patch::Set("Yealink T54W".into()),
    };
    let view = crate::devices::update(&ctx, id, named, None).await.unwrap();
    assert_eq!(view.mac.unwrap().as_str(), "001565aabbcc");
    let found = ListQuery {
        q: Some("00:15:65".into()),
        ..ListQuery::default()
    };
    let page = list(&ctx, &UserFilter::default(), &found).await.unwrap();
    assert_eq!(page.items[0].user.id, user);
    crate::devices::delete(&ctx, id, None).await.unwrap();
    assert_eq!(crate::devices::list(&ctx, user).await.unwrap().len(), 1);
    let page = list(&ctx, &UserFilter::default(), &found).await.unwrap();
    assert_eq!(page.total, 0);
}

#[tokio::test]
async fn the_next_free_extension_is_offered() {
    let house = House::new().await;
    let ctx = house.system();
    let main = house.main().to_string();
    for expect in ["201", "202"] {
        let next = next_extension(&ctx, Some(&main)).await.unwrap();
        assert_eq!(next.as_str(), expect);
        house.user(house.main(), expect).await;
    }
    house.room(house.main(), "203").await;
    let next = next_extension(&ctx, Some(&main)).await.unwrap();
    assert_eq!(next.as_str(), "204");
}

#[tokio::test]
async fn the_phones_and_sessions_of_a_higher_role_are_nobodys_to_take() {
    let house = House::new().await;
    let mut boss = person(house.main(), "201");
    boss.role = Some("customer_administrator".into());
    let boss = create(&house.system(), boss).await.unwrap();
    let phone = boss.device.unwrap().device.id;
    let boss = boss.user.user.id;
    let session = house.as_user(boss).await.session().unwrap();
    let mut site = person(house.main(), "202");
    site.role = Some("site_administrator".into());
    let site = create(&house.system(), site).await.unwrap().user.user.id;
    for ctx in [
        house.as_user(site).await,
        house.key(house.main(), "api").await,
    ] {
        let forbidden = |result: Result<(), Error>| {
            assert!(matches!(result, Err(Error::Forbidden { .. })), "{result:?}");
        };
        forbidden(crate::devices::reset_password(&ctx, phone).await.map(drop));
        forbidden(crate::devices::delete(&ctx, phone, None).await);
        let new = crate::devices::NewDevice::default();
        forbidden(crate::devices::create(&ctx, boss, new).await.map(drop));
        forbidden(crate::sessions::list(&ctx, Some(boss)).await.map(drop));
        let gone = crate::sessions::end(&ctx, session).await;
        assert_eq!(gone, Err(Error::NotFound("session")));
        crate::devices::get(&ctx, phone).await.unwrap();
    }
    let site = house.as_user(site).await;
    let mut new = person(house.main(), "203");
    new.role = Some("operator".into());
    assert_eq!(
        codes(create(&site, new).await),
        [("role".to_owned(), "not_allowed")]
    );
    create(&site, person(house.main(), "204")).await.unwrap();
}

#[tokio::test]
async fn a_room_goes_on_calling_whom_it_calls() {
    let house = House::new().await;
    let ctx = house.system();
    let kim = house.user(house.main(), "201").await.user.user.id;
    let room = house.room(house.main(), "800").await;
    let list = crate::conference_rooms::RoomPatch {
        call_out: Patch::Set(vec!["201".into(), "0049301234".into()]),
        ..crate::conference_rooms::RoomPatch::default()
    };
    crate::conference_rooms::update(&ctx, room, list, None)
        .await
        .unwrap();
    let Err(Error::InUse(uses)) = delete(&ctx, kim, &[], None).await else {
        panic!("the room calls them");
    };
    assert_eq!(uses[0].id, room.to_string());
    let moved = UserPatch {
        extension: Patch::Set("301".into()),
        ..UserPatch::default()
    };
    update(&ctx, kim, moved, None).await.unwrap();
    let view = crate::conference_rooms::get(&ctx, room).await.unwrap();
    assert_eq!(view.room.call_out, ["301", "0049301234"]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn whoever_goes_leaves_their_uses_to_others_or_ends_them() {
    let house = House::new().await;
    let ctx = house.system();
    let customer = house.main();
    let person = async |number: &str| house.user(customer, number).await.user.user.id;
    let (anna, ben, cleo, dan) = (
        person("201").await,
        person("202").await,
        person("203").await,
        person("204").await,
    );
    let forward = |busy: &str| UserPatch {
        features: FeaturesPatch {
            no_answer: Patch::Set(DestinationInput {
                kind: "extension".into(),
                target: "201".into(),
            }),
            busy: Patch::Set(DestinationInput {
                kind: "extension".into(),
                target: busy.into(),
            }),
            ..FeaturesPatch::default()
        },
        ..UserPatch::default()
    };
    update(&ctx, ben, forward("201"), None).await.unwrap();
    update(&ctx, cleo, forward("204"), None).await.unwrap();
    let room = house.room(customer, "800").await;
    let patch = crate::conference_rooms::RoomPatch {
        owner_id: Patch::Set(anna.to_string()),
        moderator_ids: Patch::Set(vec![anna.to_string(), dan.to_string()]),
        call_out: Patch::Set(vec!["201".into(), "202".into()]),
        ..crate::conference_rooms::RoomPatch::default()
    };
    crate::conference_rooms::update(&ctx, room, patch, None)
        .await
        .unwrap();
    let account = async || {
        let new = crate::conference_managers::NewConferenceManager {
            customer_id: Some(customer.to_string()),
            extension: "201".into(),
            room_ids: None,
        };
        crate::conference_managers::create(&ctx, new)
            .await
            .unwrap()
            .manager
            .id
    };
    let (kept, ended) = (account().await, account().await);
    let to = |kind: &str, id: String, heir: Option<UserId>| SettledUse {
        kind: kind.into(),
        id,
        replacement_id: heir.map(|heir| heir.to_string()),
    };
    let mut settled = vec![
        to("conference_room", room.to_string(), Some(dan)),
        to("conference_manager", kept.to_string(), Some(dan)),
        to("conference_manager", ended.to_string(), None),
        to("user", ben.to_string(), Some(dan)),
    ];
    let before = house.services.directory();
    let Err(Error::InUse(left)) = delete(&ctx, anna, &settled, None).await else {
        panic!("nothing was said of cleo");
    };
    assert_eq!(
        left.iter().map(|used| &used.id).collect::<Vec<_>>(),
        [&cleo.to_string()]
    );
    settled.push(to("user", cleo.to_string(), Some(cleo)));
    let own = codes(delete(&ctx, anna, &settled, None).await);
    assert_eq!(own, [field("uses[4].replacement_id", "itself")]);
    settled[4] = to("user", dan.to_string(), None);
    let stranger = codes(delete(&ctx, anna, &settled, None).await);
    assert_eq!(stranger, [field("uses[4].id", "unknown")]);
    settled[4] = to("user", cleo.to_string(), Some(anna));
    let gone = codes(delete(&ctx, anna, &settled, None).await);
    assert_eq!(gone, [field("uses[4].replacement_id", "unknown")]);
    assert!(
        std::sync::Arc::ptr_eq(&before, &house.services.directory()),
        "nothing was done"
    );
    settled[4] = to("user", cleo.to_string(), None);
    delete(&ctx, anna, &settled, None).await.unwrap();
    let number = |text: &str| Destination::Extension(model::Extension::parse(text).unwrap());
    let features = async |id| get(&ctx, id).await.unwrap().user.features.clone();
    let bens = features(ben).await;
    assert_eq!(
        (bens.no_answer, bens.busy),
        (number("204"), Some(number("204")))
    );
    let cleos = features(cleo).await;
    assert_eq!(
        (cleos.no_answer, cleos.busy),
        (Destination::HangUp, Some(number("204")))
    );
    let room = crate::conference_rooms::get(&ctx, room).await.unwrap().room;
    assert_eq!((room.owner, &room.moderators), (Some(dan), &vec![dan]));
    assert_eq!(room.call_out, ["204", "202"]);
    let manager = crate::conference_managers::get(&ctx, kept).await.unwrap();
    assert_eq!(manager.extension.as_str(), "204");
    let ended = crate::conference_managers::get(&ctx, ended).await;
    assert_eq!(ended.unwrap_err(), Error::NotFound("conference_manager"));
    assert!(get(&ctx, anna).await.is_err());
    let told = house.told().await;
    assert!(
        told.iter()
            .any(|c| matches!(c, SwitchCommand::RoomChanged(r) if r.owner == Some(dan)))
    );
}

#[tokio::test]
async fn nobody_settles_what_they_may_not_change() {
    let house = House::new().await;
    let mut new = person(house.main(), "201");
    new.role = Some("site_administrator".into());
    let helper = create(&house.system(), new).await.unwrap().user.user.id;
    let anna = house.user(house.main(), "202").await.user.user.id;
    let room = house.room(house.main(), "800").await;
    let patch = crate::conference_rooms::RoomPatch {
        owner_id: Patch::Set(anna.to_string()),
        ..crate::conference_rooms::RoomPatch::default()
    };
    crate::conference_rooms::update(&house.system(), room, patch, None)
        .await
        .unwrap();
    let helper = house.as_user(helper).await;
    let settled = [SettledUse {
        kind: "conference_room".into(),
        id: room.to_string(),
        replacement_id: None,
    }];
    let refused = delete(&helper, anna, &settled, None).await;
    assert!(
        matches!(
            refused,
            Err(Error::Forbidden {
                model: "conference_room",
                ..
            })
        ),
        "{refused:?}"
    );
    get(&helper, anna).await.unwrap();
}
