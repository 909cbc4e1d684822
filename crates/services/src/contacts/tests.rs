use super::*;
use crate::{
    Error, ListQuery, Patch,
    testing::{House, codes},
};

#[tokio::test]
async fn the_phone_book_has_extensions_and_contacts() {
    let house = House::new().await;
    let ctx = house.key(house.main(), "receptionist").await;
    house.user(house.main(), "201").await;
    let other = house.customer("acme").await;
    house.user(other, "202").await;
    let wrong = NewContact {
        name: String::new(),
        target: "hello".into(),
        ..NewContact::default()
    };
    let mut got = codes(create(&ctx, wrong).await);
    got.sort();
    assert_eq!(
        got,
        [
            ("name".to_owned(), "required"),
            ("target".to_owned(), "invalid")
        ]
    );
    let new = NewContact {
        name: "Boardroom terminal".into(),
        target: "#sip:@192.0.2.40".into(),
        ..NewContact::default()
    };
    let contact = create(&ctx, new).await.unwrap();
    let page = phone_book(&ctx, None, None, &ListQuery::default())
        .await
        .unwrap();
    let targets: Vec<_> = page.items.iter().map(|e| e.target.as_str()).collect();
    assert_eq!(targets, ["#sip:@192.0.2.40", "201"]);
    assert_eq!(page.items[1].presence, Some(Presence::Offline));
    let renamed = ContactPatch {
        name: Patch::Set("Annex terminal".into()),
        ..ContactPatch::default()
    };
    let contact = update(&ctx, contact.id, renamed, Some(1)).await.unwrap();
    assert_eq!(contact.version, 2);
    let stranger = house.key(other, "receptionist").await;
    let result = get(&stranger, contact.id).await;
    assert_eq!(result.unwrap_err(), Error::NotFound("contact"));
    delete(&ctx, contact.id, None).await.unwrap();
    let page = list(&ctx, None, &ListQuery::default()).await.unwrap();
    assert_eq!(page.total, 0);
}
