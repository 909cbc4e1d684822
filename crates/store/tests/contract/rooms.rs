//! Rooms, managers, contacts.

use model::{
    ConferenceManager, Contact, ContactId, CustomerId, DialTarget, DisplayName, ManagerId, Pin,
    Username,
};
use store::{ContactSort, List, ManagerSort, NumberOwner, RoomSort, Scope, SignInOwner};

use crate::harness::{Db, at, both, number, of, taken};

both!(
    a_room_is_read_as_written,
    a_room_shares_the_number_space,
    rooms_are_found_within_the_scope_only,
    managers_sign_in_and_go,
    contacts_are_kept,
);

async fn a_room_is_read_as_written(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let ben = db.person(&customer, "ben", "202").await;
    let mut room = db.room(&customer, "800");
    room.owner = Some(anna.id);
    room.moderators = vec![ben.id, anna.id];
    room.participant_pin = Some(Pin::parse("4711").unwrap());
    let tx = db.tx().await;
    tx.rooms().insert(&room).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let found = reader.rooms().by_id(of(&customer), room.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&room));
    let mut stale = room.clone();
    room.number = number("900");
    room.moderators = vec![anna.id];
    room.participant_pin = None;
    room.moderator_pin = Some(Pin::parse("0815").unwrap());
    room.time_limit_secs = None;
    let tx = db.tx().await;
    tx.rooms().update(&mut room).await.unwrap();
    tx.commit().await.unwrap();
    let found = reader.rooms().by_id(of(&customer), room.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&room));
    let numbers = reader.numbers().of_customer(customer.id).await.unwrap();
    assert!(numbers.contains(&(number("900"), NumberOwner::Room(room.id))));
    assert!(!numbers.iter().any(|(other, _)| *other == number("800")));
    let tx = db.tx().await;
    assert_eq!(taken(tx.rooms().update(&mut stale).await), "conflict");
    tx.rooms().delete(of(&customer), room.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reader.rooms().count(Scope::Provider).await.unwrap(), 0);
    db.person(&customer, "eve", "900").await;
}

async fn a_room_shares_the_number_space(db: Db) {
    let customer = db.customer("acme").await;
    db.person(&customer, "anna", "201").await;
    let tx = db.tx().await;
    let clash = tx.rooms().insert(&db.room(&customer, "201")).await;
    assert_eq!(taken(clash), "number taken");
    drop(tx);
    let mut orphan = db.room(&customer, "800");
    orphan.owner = Some(db.user(&customer, "nobody").id);
    let tx = db.tx().await;
    assert_eq!(taken(tx.rooms().insert(&orphan).await), "in use");
}

async fn rooms_are_found_within_the_scope_only(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let tx = db.tx().await;
    let room = db.room(&ours, "800");
    tx.rooms().insert(&room).await.unwrap();
    tx.rooms().insert(&db.room(&ours, "801")).await.unwrap();
    tx.rooms().insert(&db.room(&theirs, "800")).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let list = List {
        sort: RoomSort::Name,
        descending: true,
        after: None,
        limit: 1,
    };
    let page = reader.rooms().list(of(&ours), &list).await.unwrap();
    assert_eq!(page.items[0].number, number("801"));
    let list = List {
        after: page.next,
        ..list
    };
    let page = reader.rooms().list(of(&ours), &list).await.unwrap();
    assert_eq!(page.items, std::slice::from_ref(&room));
    assert_eq!(page.next, None);
    assert_eq!(
        reader.rooms().by_id(of(&theirs), room.id).await.unwrap(),
        None
    );
    assert_eq!(reader.rooms().uses(theirs.id, room.id).await.unwrap(), []);
    let tx = db.tx().await;
    assert_eq!(
        taken(tx.rooms().delete(of(&theirs), room.id).await),
        "not found"
    );
}

fn manager(db: &Db, customer: CustomerId, extension: &str) -> ConferenceManager {
    ConferenceManager {
        id: ManagerId::mint(at(5), db.entropy.as_ref()),
        customer,
        extension: number(extension),
        username: Username::parse(&format!("conference-{extension}")).unwrap(),
        rooms: None,
        disabled: false,
        version: 1,
        created_at: at(5),
    }
}

async fn managers_sign_in_and_go(db: Db) {
    let customer = db.customer("acme").await;
    let room = db.room(&customer, "800");
    let mut limited = manager(&db, customer.id, "201");
    let tx = db.tx().await;
    tx.rooms().insert(&room).await.unwrap();
    tx.managers().insert(&limited, "one").await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.tx().await;
    let twin = tx
        .managers()
        .insert(&manager(&db, customer.id, "201"), "x")
        .await;
    assert_eq!(taken(twin), "username taken");
    drop(tx);
    limited.rooms = Some(vec![room.id]);
    limited.disabled = true;
    let tx = db.tx().await;
    tx.managers().update(&mut limited).await.unwrap();
    tx.managers()
        .set_password_hash(limited.id, "two", at(6))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let managers = reader.managers();
    let found = managers.by_id(of(&customer), limited.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&limited));
    let hash = managers.password_hash(limited.id).await.unwrap();
    assert_eq!(hash.as_deref(), Some("two"));
    let owner = reader
        .sign_in_names()
        .owner(Some(customer.id), "conference-201")
        .await;
    assert_eq!(owner.unwrap(), Some(SignInOwner::Manager(limited.id)));
    let list = List::<ManagerSort>::default();
    let page = managers.list(of(&customer), &list).await.unwrap();
    assert_eq!(page.items, [limited.clone()]);
    // Limited to no room is not the same as to all.
    limited.rooms = Some(Vec::new());
    let tx = db.tx().await;
    tx.managers().update(&mut limited).await.unwrap();
    tx.commit().await.unwrap();
    let found = managers.by_id(of(&customer), limited.id).await.unwrap();
    assert_eq!(found.unwrap().rooms, Some(Vec::new()));
    let tx = db.tx().await;
    tx.managers()
        .delete(of(&customer), limited.id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(managers.count(Scope::Provider).await.unwrap(), 0);
    assert_eq!(managers.password_hash(limited.id).await.unwrap(), None);
}

async fn contacts_are_kept(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let mut contact = Contact {
        id: ContactId::mint(at(5), db.entropy.as_ref()),
        customer: ours.id,
        name: DisplayName::parse("Terminal").unwrap(),
        target: DialTarget::parse("#sip:@host.example").unwrap(),
        version: 1,
        created_at: at(5),
    };
    let tx = db.tx().await;
    tx.contacts().insert(&contact).await.unwrap();
    contact.target = DialTarget::parse("+49 30 1234").unwrap();
    tx.contacts().update(&mut contact).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let list = List::<ContactSort>::default();
    for (scope, q, count) in [
        (of(&ours), None, 1),
        (of(&ours), Some("TERM"), 1),
        (of(&ours), Some("3012"), 1),
        (of(&ours), Some("9999"), 0),
        (of(&theirs), None, 0),
    ] {
        let page = reader.contacts().list(scope, q, &list).await.unwrap();
        assert_eq!(page.items.len(), count, "{q:?}");
        let counted = reader.contacts().count(scope, q).await.unwrap();
        assert_eq!(counted as usize, count);
    }
    let found = reader
        .contacts()
        .by_id(of(&ours), contact.id)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&contact));
    let tx = db.tx().await;
    let foreign = tx.contacts().delete(of(&theirs), contact.id).await;
    assert_eq!(taken(foreign), "not found");
    tx.contacts().delete(of(&ours), contact.id).await.unwrap();
}
