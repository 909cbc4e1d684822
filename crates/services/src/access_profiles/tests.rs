use super::*;
use crate::{
    ListQuery, api_keys,
    testing::{HERE, House, codes, person},
    users,
};

fn grant(text: &str) -> GrantInput {
    let (what, scope) = text.split_once(':').unwrap();
    let (model, operation) = what.split_once('.').unwrap();
    GrantInput {
        model: model.into(),
        operation: operation.into(),
        scope: scope.into(),
    }
}

fn grants(texts: &[&str]) -> Vec<GrantInput> {
    texts.iter().map(|text| grant(text)).collect()
}

fn new(customer: CustomerId, name: &str, texts: &[&str]) -> NewAccessProfile {
    NewAccessProfile {
        customer_id: Some(customer.to_string()),
        name: name.into(),
        grants: Some(grants(texts)),
        ..NewAccessProfile::default()
    }
}

fn standard(house: &House, name: &str) -> AccessProfileId {
    house.services.directory().profile(None, name).unwrap().id
}

fn patch(texts: &[&str]) -> AccessProfilePatch {
    AccessProfilePatch {
        grants: Patch::Set(grants(texts)),
        ..AccessProfilePatch::default()
    }
}

#[tokio::test]
async fn a_clone_is_changed_and_whoever_has_it_is_held_to_it() {
    let house = House::new().await;
    let boss = house.key(house.main(), "customer_administrator").await;
    let clone = NewAccessProfile {
        name: "Front desk".into(),
        clone_of: Some(standard(&house, "receptionist").to_string()),
        ..NewAccessProfile::default()
    };
    let made = create(&boss, clone).await.unwrap();
    assert_eq!(made.customer, Some(house.main()));
    let mut kim = person(house.main(), "201");
    kim.role = Some("Front desk".into());
    let kim = users::create(&boss, kim).await.unwrap().user.user.id;
    let ctx = house.as_user(kim).await;
    assert!(ctx.may(Model::Contact, Operation::Create));
    let changed = update(&boss, made.id, patch(&["contact.read:customer"]), Some(1))
        .await
        .unwrap();
    assert_eq!(changed.version, 2);
    let ctx = house.as_user(kim).await;
    assert!(!ctx.may(Model::Contact, Operation::Create));
    let stale = update(&boss, made.id, patch(&[]), Some(1)).await;
    assert_eq!(stale.unwrap_err(), Error::PreconditionFailed);
}

#[tokio::test]
async fn a_new_name_is_followed_and_a_used_profile_stays() {
    let house = House::new().await;
    let ctx = house.system();
    let made = create(&ctx, new(house.main(), "Helpdesk", &["user.read:customer"]))
        .await
        .unwrap();
    let mut kim = person(house.main(), "201");
    kim.role = Some("Helpdesk".into());
    let kim = users::create(&ctx, kim).await.unwrap().user.user.id;
    let key = api_keys::NewApiKey {
        customer_id: Some(house.main().to_string()),
        name: "Board".into(),
        profile: "Helpdesk".into(),
    };
    let key = api_keys::create(&ctx, key).await.unwrap();
    let program = async || house.services.context_of_key(&key.key, Some(HERE)).await;
    program().await.unwrap();
    let rename = AccessProfilePatch {
        name: Patch::Set("First line".into()),
        ..AccessProfilePatch::default()
    };
    update(&ctx, made.id, rename, None).await.unwrap();
    assert_eq!(program().await.unwrap().actor().profile.name, "First line");
    let user = users::get(&ctx, kim).await.unwrap().user;
    assert_eq!(user.role, "First line");
    let rename = users::UserPatch {
        role: Patch::Set("user".into()),
        ..users::UserPatch::default()
    };
    let Err(Error::InUse(uses)) = delete(&ctx, made.id, None).await else {
        panic!("it is used");
    };
    let kinds: Vec<_> = uses.iter().map(|used| used.kind).collect();
    assert_eq!(kinds, ["user", "api_key"]);
    // The stored version followed too, or this would be a conflict.
    users::update(&ctx, kim, rename, Some(user.version))
        .await
        .unwrap();
    api_keys::delete(&ctx, key.view.id).await.unwrap();
    delete(&ctx, made.id, None).await.unwrap();
    let again = get(&ctx, made.id).await;
    assert_eq!(again.unwrap_err(), Error::NotFound("access_profile"));
}

#[tokio::test]
async fn nobody_gives_more_than_they_hold() {
    let house = House::new().await;
    let ctx = house.system();
    let own = [
        "access_profile.*:customer",
        "user.read:customer",
        "conference.moderate:assigned",
    ];
    create(&ctx, new(house.main(), "Lesser", &own))
        .await
        .unwrap();
    let lesser = house.key(house.main(), "Lesser").await;
    for beyond in [
        "user.update:customer",
        "*.read:customer",
        "user.*:site",
        "conference.moderate:customer",
        "conference.start:assigned",
    ] {
        let got = codes(create(&lesser, new(house.main(), "More", &[beyond])).await);
        assert_eq!(got, [("grants".to_owned(), "not_allowed")], "{beyond}");
    }
    let clone = NewAccessProfile {
        clone_of: Some(standard(&house, "customer_administrator").to_string()),
        grants: None,
        ..new(house.main(), "Boss", &[])
    };
    let got = codes(create(&lesser, clone).await);
    assert_eq!(got, [("grants".to_owned(), "not_allowed")]);
    let fair = ["user.read:site", "conference.moderate:assigned"];
    let fair = create(&lesser, new(house.main(), "Fair", &fair))
        .await
        .unwrap();
    let got = codes(update(&lesser, fair.id, patch(&["*.*:customer"]), None).await);
    assert_eq!(got, [("grants".to_owned(), "not_allowed")]);
    let higher = create(&ctx, new(house.main(), "Higher", &["user.*:customer"]))
        .await
        .unwrap();
    for result in [
        update(&lesser, higher.id, patch(&[]), None).await.map(drop),
        delete(&lesser, higher.id, None).await,
    ] {
        assert!(matches!(result, Err(Error::Forbidden { .. })), "{result:?}");
    }
}

#[tokio::test]
async fn nobody_changes_what_they_may_do_themselves() {
    let house = House::new().await;
    let held = create(&house.system(), new(house.main(), "All", &["*.*:customer"]))
        .await
        .unwrap();
    let ctx = house.key(house.main(), "All").await;
    let result = update(&ctx, held.id, patch(&["user.read:customer"]), None).await;
    assert!(matches!(
        result,
        Err(Error::Conflict {
            code: "yourself",
            ..
        })
    ));
}

#[tokio::test]
async fn the_standard_ones_stay_as_they_are() {
    let house = House::new().await;
    let id = standard(&house, "user");
    for ctx in [
        house.system(),
        house.key(house.main(), "customer_administrator").await,
    ] {
        for result in [
            update(&ctx, id, patch(&[]), None).await.map(drop),
            delete(&ctx, id, None).await,
        ] {
            let standard = matches!(
                result,
                Err(Error::Conflict {
                    code: "standard",
                    ..
                })
            );
            assert!(standard, "{result:?}");
        }
        for name in ["operator", "Customer_Administrator"] {
            let got = codes(create(&ctx, new(house.main(), name, &[])).await);
            assert_eq!(got, [("name".to_owned(), "taken")], "{name}");
        }
    }
}

#[tokio::test]
async fn wrong_fields_are_told_at_once() {
    let house = House::new().await;
    let mut wrong = new(house.main(), " ", &["user.read:customer", "cat.purr:world"]);
    wrong.clone_of = Some("nobody".into());
    wrong.description = Some("x".repeat(501));
    let got = codes(create(&house.system(), wrong).await);
    let expect = [
        ("name", "required"),
        ("clone_of", "unknown"),
        ("grants[1].model", "unknown"),
        ("grants[1].operation", "unknown"),
        ("grants[1].scope", "unknown"),
        ("description", "too_long"),
    ];
    let expect = expect.map(|(field, code)| (field.to_owned(), code));
    assert_eq!(got, expect);
    let nothing = NewAccessProfile {
        name: "Bare".into(),
        ..NewAccessProfile::default()
    };
    let boss = house.key(house.main(), "customer_administrator").await;
    let got = codes(create(&boss, nothing).await);
    assert_eq!(got, [("grants".to_owned(), "required")]);
}

#[tokio::test]
async fn a_profile_is_its_customers_own() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let made = create(&house.system(), new(acme, "Helpdesk", &["user.read:own"]))
        .await
        .unwrap();
    let stranger = house.key(house.main(), "customer_administrator").await;
    for result in [
        get(&stranger, made.id).await.map(drop),
        update(&stranger, made.id, patch(&[]), None).await.map(drop),
        delete(&stranger, made.id, None).await,
    ] {
        assert!(matches!(result, Err(Error::NotFound(_))), "{result:?}");
    }
    let clone = NewAccessProfile {
        name: "Stolen".into(),
        clone_of: Some(made.id.to_string()),
        ..NewAccessProfile::default()
    };
    let got = codes(create(&stranger, clone).await);
    assert_eq!(got, [("clone_of".to_owned(), "unknown")]);
    let filter = AccessProfileFilter::default();
    let page = list(&stranger, &filter, &ListQuery::default()).await;
    let page = page.unwrap();
    assert_eq!(page.total, STANDARD.len() as u64);
    assert!(page.items.iter().all(|profile| profile.customer.is_none()));
    // The same name elsewhere is another profile.
    create(&stranger, new(house.main(), "Helpdesk", &["user.read:own"]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_clone_of_the_operator_operates() {
    let house = House::new().await;
    let ctx = house.system();
    let clone = NewAccessProfile {
        customer_id: Some(house.main().to_string()),
        name: "Switchboard".into(),
        clone_of: Some(standard(&house, "operator").to_string()),
        ..NewAccessProfile::default()
    };
    create(&ctx, clone).await.unwrap();
    let mut olga = person(house.main(), "203");
    olga.role = Some("Switchboard".into());
    let olga = users::create(&ctx, olga).await.unwrap().user.user.id;
    let boss = house.key(house.main(), "customer_administrator").await;
    let mut admin = person(house.main(), "204");
    admin.role = Some("customer_administrator".into());
    let admin = users::create(&boss, admin).await.unwrap().user.user.id;
    let directory = house.services.directory();
    let room = house.room(house.main(), "800").await;
    let room = house.services.directory().room(room).unwrap().clone();
    let role = |user| crate::routing::role_of(&directory, &room, user);
    assert_eq!(role(olga), model::ConferenceRole::Operator);
    assert_eq!(role(admin), model::ConferenceRole::Participant);
}
