use super::*;
use crate::{
    Error, ListQuery,
    testing::{House, codes, person},
};

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
