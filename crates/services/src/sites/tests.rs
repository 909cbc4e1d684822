use super::*;
use crate::{
    Error, ListQuery,
    testing::{House, codes, person},
};

#[test]
fn a_time_zone_is_one_of_ianas() {
    for (text, expect) in [
        ("Europe/Berlin", Some("Europe/Berlin")),
        (" europe/berlin ", Some("Europe/Berlin")),
        ("Asia/Calcutta", Some("Asia/Calcutta")),
        ("UTC", Some("UTC")),
        ("Europe/Atlantis", None),
        ("Area/City", None),
        ("", None),
    ] {
        assert_eq!(time_zone(text).ok().as_deref(), expect, "{text}");
    }
}

#[tokio::test]
async fn two_sites_of_a_customer_have_two_names() {
    let house = House::new().await;
    let ctx = house.key(house.main(), "customer_administrator").await;
    let new = |name: &str| NewSite {
        name: name.into(),
        ..NewSite::default()
    };
    let harbour = create(&ctx, new("Harbour")).await.unwrap();
    let taken = [("name".to_owned(), "taken")];
    assert_eq!(codes(create(&ctx, new("harbour")).await), taken);
    let (one, other) = tokio::join!(create(&ctx, new("Depot")), create(&ctx, new("Depot")));
    assert!(one.is_ok() != other.is_ok(), "both at once");
    let airport = create(&ctx, new("Airport")).await.unwrap();
    let called = |name: &str| SitePatch {
        name: Patch::Set(name.into()),
        ..SitePatch::default()
    };
    let renamed = update(&ctx, airport.id, called("Hárbour"), None).await;
    assert_eq!(codes(renamed), taken);
    let same = update(&ctx, harbour.id, called("HARBOUR"), None).await;
    assert_eq!(same.unwrap().name.as_str(), "HARBOUR");
    let other = house.customer("other").await;
    let ctx = house.key(other, "customer_administrator").await;
    create(&ctx, new("Harbour")).await.unwrap();
}

#[tokio::test]
async fn a_site_is_checked_and_stays_while_people_sit_there() {
    let house = House::new().await;
    let ctx = house.key(house.main(), "customer_administrator").await;
    let wrong = NewSite {
        name: " ".into(),
        country: Some("Germany".into()),
        time_zone: Some("Mars".into()),
        tones: Some("loud".into()),
        ..NewSite::default()
    };
    let fields: Vec<_> = codes(create(&ctx, wrong).await)
        .into_iter()
        .map(|c| c.0)
        .collect();
    assert_eq!(fields, ["name", "country", "time_zone", "tones"]);
    let new = NewSite {
        name: "Harbour".into(),
        country: Some("us".into()),
        time_zone: Some("America/New_York".into()),
        tones: Some("north_america".into()),
        ..NewSite::default()
    };
    let site = create(&ctx, new).await.unwrap();
    assert_eq!((site.country.as_str(), site.version), ("US", 1));
    let mut new = person(house.main(), "201");
    new.site_id = Some(site.id.to_string());
    let user = crate::users::create(&house.system(), new).await.unwrap();
    assert!(matches!(
        delete(&ctx, site.id, None).await,
        Err(Error::InUse(_))
    ));
    let home = crate::users::UserPatch {
        site_id: Patch::Clear,
        ..Default::default()
    };
    crate::users::update(&ctx, user.user.user.id, home, None)
        .await
        .unwrap();
    delete(&ctx, site.id, None).await.unwrap();
    let left = list(&ctx, None, &ListQuery::default()).await.unwrap();
    assert_eq!(left.total, 1);
    let default = delete(&ctx, left.items[0].id, None).await;
    assert!(matches!(default, Err(Error::InUse(_))));
}
