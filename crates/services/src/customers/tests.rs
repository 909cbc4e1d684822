use super::*;
use crate::{
    Error, ListQuery, Patch,
    testing::{House, codes},
};

#[tokio::test]
async fn only_the_provider_makes_and_deletes_customers() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let view = get(&house.system(), acme).await.unwrap();
    assert_eq!(view.sip_domain, "acme.convoke.internal");
    let again = NewCustomer {
        name: String::new(),
        account_name: "ACME".into(),
    };
    let mut got = codes(create(&house.system(), again.clone()).await);
    got.sort();
    assert_eq!(
        got,
        [
            ("account_name".to_owned(), "taken"),
            ("name".to_owned(), "required")
        ]
    );
    let boss = house.key(acme, "customer_administrator").await;
    assert!(matches!(
        create(&boss, again).await,
        Err(Error::Forbidden { .. })
    ));
    assert!(matches!(
        delete(&boss, acme, None).await,
        Err(Error::Forbidden { .. })
    ));
    let other = get(&boss, house.main()).await;
    assert_eq!(other.unwrap_err(), Error::NotFound("customer"));
    let page = list(&boss, &ListQuery::default()).await.unwrap();
    assert_eq!(page.total, 1);
    let renamed = CustomerPatch {
        name: Patch::Set("Acme Ltd".into()),
        account_name: Patch::Keep,
    };
    let view = update(&boss, acme, renamed, Some(1)).await.unwrap();
    assert_eq!(view.customer.name.as_str(), "Acme Ltd");
    let moved = CustomerPatch {
        name: Patch::Keep,
        account_name: Patch::Set("acme2".into()),
    };
    assert!(matches!(
        update(&boss, acme, moved, None).await,
        Err(Error::Forbidden { .. })
    ));
}

#[tokio::test]
async fn a_customer_with_people_stays() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let system = house.system();
    let user = house.user(acme, "201").await.user.user.id;
    assert!(matches!(
        delete(&system, acme, None).await,
        Err(Error::InUse(_))
    ));
    crate::users::delete(&system, user, &[], None)
        .await
        .unwrap();
    delete(&system, acme, None).await.unwrap();
    assert_eq!(
        get(&system, acme).await.unwrap_err(),
        Error::NotFound("customer")
    );
    let main = delete(&system, house.main(), None).await;
    assert!(matches!(
        main,
        Err(Error::Conflict {
            code: "default_customer",
            ..
        })
    ));
}

#[tokio::test]
async fn phones_follow_an_account_name_in_their_domain_only() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    house.user(acme, "201").await;
    let moved = CustomerPatch {
        name: Patch::Keep,
        account_name: Patch::Set("globex".into()),
    };
    update(&house.system(), acme, moved, None).await.unwrap();
    let directory = house.services.directory();
    let facts = crate::lines::find(&directory, "acme-201").unwrap();
    assert_eq!(&*facts.sip_domain, "globex.convoke.internal");
    assert!(directory.customer_named("acme").is_none());
}
