use super::*;
use crate::{
    Error, ListQuery, access_profiles,
    testing::{HERE, House, codes},
};

fn new(house: &House, profile: &str) -> NewApiKey {
    NewApiKey {
        customer_id: Some(house.main().to_string()),
        name: "Wallboard".into(),
        profile: profile.into(),
    }
}

#[tokio::test]
async fn a_key_works_until_it_is_deleted() {
    let house = House::new().await;
    let ctx = house.system();
    let made = create(&ctx, new(&house, "read_only")).await.unwrap();
    let services = &house.services;
    let program = services
        .context_of_key(&made.key, Some(HERE))
        .await
        .unwrap();
    assert_eq!(program.actor().name, "Wallboard");
    assert_eq!(program.actor().seat.customer, Some(house.main()));
    delete(&ctx, made.view.id).await.unwrap();
    let gone = services.context_of_key(&made.key, Some(HERE)).await;
    assert_eq!(gone.unwrap_err(), Error::Unauthenticated);
}

#[tokio::test]
async fn a_key_grants_no_more_than_its_maker_holds() {
    let house = House::new().await;
    let boss = house.key(house.main(), "customer_administrator").await;
    create(&boss, new(&house, "customer_administrator"))
        .await
        .unwrap();
    for profile in ["provider_administrator", "conference_manager", "wizard"] {
        let got = codes(create(&boss, new(&house, profile)).await);
        assert_eq!(got, [("profile".to_owned(), "unknown")], "{profile}");
    }
    let program = house.key(house.main(), "api").await;
    let result = create(&program, new(&house, "api")).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
    let names = |ctx: crate::Context| async move {
        let filter = access_profiles::AccessProfileFilter {
            assignable: true,
            ..access_profiles::AccessProfileFilter::default()
        };
        let page = access_profiles::list(&ctx, &filter, &ListQuery::default()).await;
        page.unwrap()
            .items
            .iter()
            .map(|p| p.name.clone())
            .collect::<Vec<_>>()
    };
    assert!(names(boss).await.contains(&"site_administrator".to_owned()));
    assert!(
        !names(program)
            .await
            .contains(&"customer_administrator".to_owned())
    );
}

#[tokio::test]
async fn keys_are_their_customers_own() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let made = create(&house.system(), new(&house, "api")).await.unwrap();
    let stranger = house.key(acme, "customer_administrator").await;
    let result = get(&stranger, made.view.id).await;
    assert_eq!(result.unwrap_err(), Error::NotFound("api_key"));
    let page = list(&stranger, None, &ListQuery::default()).await.unwrap();
    assert_eq!(page.total, 1);
    assert!(page.items.iter().all(|key| key.customer == Some(acme)));
}
