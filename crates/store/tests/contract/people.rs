//! Users, sign-in names, numbers, devices.

use model::{ConferenceManager, Destination, Email, MacAddress, ManagerId, User, UserId, Username};
use store::{List, NumberOwner, Scope, SignInOwner, UseKind, UserFilter, UserRow, UserSort};

use crate::harness::{Db, at, both, number, of, taken};

both!(
    a_user_is_read_as_written,
    names_and_numbers_are_unique_within_the_customer,
    a_change_frees_what_it_leaves,
    users_are_found_within_the_scope_only,
    a_user_goes_with_all_that_is_theirs,
    uses_are_found,
    lists_are_searched_and_sorted,
    devices_keep_their_secrets_and_names,
    many_are_inserted_at_once,
);

fn full(db: &Db, user: &mut User) {
    user.extension = Some(number("201"));
    user.features.no_answer = Destination::Extension(number("202"));
    user.features.busy = Some(Destination::Conference(number("800")));
    user.features.offline = Some(Destination::HangUp);
    user.features.do_not_disturb = true;
    user.features.ring_time_secs = 300;
    user.id = UserId::mint(at(9), db.entropy.as_ref());
}

async fn a_user_is_read_as_written(db: Db) {
    let customer = db.customer("acme").await;
    let mut user = db.user(&customer, "anna");
    full(&db, &mut user);
    let tx = db.tx().await;
    tx.users().insert(&user).await.unwrap();
    tx.users()
        .set_password_hash(user.id, "one", at(2))
        .await
        .unwrap();
    tx.users()
        .set_password_hash(user.id, "two", at(3))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let users = reader.users();
    assert_eq!(
        users.by_id(of(&customer), user.id).await.unwrap(),
        Some(user.clone())
    );
    let owner = NumberOwner::User(user.id);
    let numbers = reader.numbers().of_customer(customer.id).await.unwrap();
    assert_eq!(numbers, [(number("201"), owner)]);
    for name in ["anna", "anna@example.com"] {
        let names = reader.sign_in_names();
        let found = names.owner(Some(customer.id), name).await.unwrap();
        assert_eq!(found, Some(SignInOwner::User(user.id)), "{name}");
        assert_eq!(names.owner(None, name).await.unwrap(), None);
    }
    let hash = users.password_hash(user.id).await.unwrap();
    assert_eq!(hash.as_deref(), Some("two"));
}

async fn names_and_numbers_are_unique_within_the_customer(db: Db) {
    let (customer, other) = (db.customer("acme").await, db.customer("other").await);
    db.person(&customer, "anna", "201").await;
    // Each customer has its own names and numbers.
    db.person(&other, "anna", "201").await;
    let room = db.room(&customer, "800");
    let tx = db.tx().await;
    tx.rooms().insert(&room).await.unwrap();
    tx.commit().await.unwrap();
    let check = async |change: fn(&mut User), expect: &str| {
        let mut user = db.user(&customer, "ben");
        change(&mut user);
        let tx = db.tx().await;
        assert_eq!(taken(tx.users().insert(&user).await), expect);
    };
    check(|_| {}, "done").await;
    check(
        |user| user.username = Username::parse("anna").unwrap(),
        "username taken",
    )
    .await;
    check(
        |user| user.email = Some(Email::parse("anna@example.com").unwrap()),
        "email taken",
    )
    .await;
    // An address is also a name to sign in with.
    check(
        |user| user.username = Username::parse("anna@example.com").unwrap(),
        "username taken",
    )
    .await;
    check(
        |user| user.extension = Some(number("201")),
        "extension taken",
    )
    .await;
    check(
        |user| user.extension = Some(number("800")),
        "extension taken",
    )
    .await;
    // One's own address may be one's username.
    check(
        |user| user.username = Username::parse("ben@example.com").unwrap(),
        "done",
    )
    .await;
    // The provider's people are a tenant of their own.
    let provider = |user: &mut User| {
        user.customer = None;
        user.site = None;
    };
    let mut admin = db.user(&customer, "anna");
    provider(&mut admin);
    let tx = db.tx().await;
    tx.users().insert(&admin).await.unwrap();
    tx.commit().await.unwrap();
    let mut twin = db.user(&customer, "anna");
    provider(&mut twin);
    let tx = db.tx().await;
    assert_eq!(taken(tx.users().insert(&twin).await), "username taken");
}

async fn a_change_frees_what_it_leaves(db: Db) {
    let customer = db.customer("acme").await;
    let mut anna = db.person(&customer, "anna", "201").await;
    let mut stale = anna.clone();
    anna.username = Username::parse("anna.berg").unwrap();
    anna.extension = Some(number("301"));
    anna.email = None;
    let tx = db.tx().await;
    tx.users().update(&mut anna).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(anna.version, 2);
    let ben = db.person(&customer, "anna", "201").await;
    let reader = db.store.read();
    let owner = reader
        .numbers()
        .owner(customer.id, &number("301"))
        .await
        .unwrap();
    assert_eq!(owner, Some(NumberOwner::User(anna.id)));
    let owner = reader
        .sign_in_names()
        .owner(Some(customer.id), "anna")
        .await
        .unwrap();
    assert_eq!(owner, Some(SignInOwner::User(ben.id)));
    let tx = db.tx().await;
    assert_eq!(taken(tx.users().update(&mut stale).await), "conflict");
    drop(tx);
    let tx = db.tx().await;
    anna.extension = Some(number("201"));
    assert_eq!(taken(tx.users().update(&mut anna).await), "extension taken");
    assert_eq!(anna.version, 2, "a refused change counts nothing");
}

async fn users_are_found_within_the_scope_only(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let anna = db.person(&ours, "anna", "201").await;
    let device = db.device(&anna, "201", "secret");
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let (users, devices) = (reader.users(), reader.devices());
    for (scope, seen) in [
        (Scope::Provider, true),
        (of(&ours), true),
        (of(&theirs), false),
    ] {
        let filter = UserFilter::default();
        let list = List::<UserSort>::default();
        assert_eq!(users.by_id(scope, anna.id).await.unwrap().is_some(), seen);
        let page = users.list(scope, &filter, &list).await.unwrap();
        assert_eq!(page.items.len() == 1, seen);
        assert_eq!(users.count(scope, &filter).await.unwrap() == 1, seen);
        assert_eq!(
            devices.by_id(scope, device.id).await.unwrap().is_some(),
            seen
        );
        assert_eq!(
            devices.of_user(scope, anna.id).await.unwrap().len() == 1,
            seen
        );
    }
    assert!(users.uses(theirs.id, anna.id).await.unwrap().is_empty());
    let tx = db.tx().await;
    assert_eq!(
        taken(tx.users().delete(of(&theirs), anna.id).await),
        "not found"
    );
    let gone = tx.devices().delete(of(&theirs), device.id).await;
    assert_eq!(taken(gone), "not found");
    let mut moved = anna.clone();
    moved.customer = Some(theirs.id);
    assert_eq!(taken(tx.users().update(&mut moved).await), "not found");
}

async fn a_user_goes_with_all_that_is_theirs(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let device = db.device(&anna, "201", "secret");
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    tx.users()
        .set_password_hash(anna.id, "hash", at(2))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tx = db.tx().await;
    tx.users().delete(of(&customer), anna.id).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let devices = reader.devices();
    let gone = devices.by_id(Scope::Provider, device.id).await.unwrap();
    assert_eq!(gone, None);
    assert_eq!(reader.users().password_hash(anna.id).await.unwrap(), None);
    assert_eq!(reader.numbers().of_customer(customer.id).await.unwrap(), []);
    // Names and number are free again.
    db.person(&customer, "anna", "201").await;
}

async fn uses_are_found(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let mut ben = db.person(&customer, "ben", "202").await;
    ben.features.busy = Some(Destination::Extension(number("201")));
    let mut room = db.room(&customer, "800");
    room.owner = Some(anna.id);
    let mut other = db.room(&customer, "801");
    other.moderators = vec![anna.id];
    let manager = ConferenceManager {
        id: ManagerId::mint(at(5), db.entropy.as_ref()),
        customer: customer.id,
        extension: number("201"),
        username: Username::parse("conference-201").unwrap(),
        rooms: Some(vec![room.id]),
        disabled: false,
        version: 1,
        created_at: at(5),
    };
    let tx = db.tx().await;
    tx.users().update(&mut ben).await.unwrap();
    tx.rooms().insert(&room).await.unwrap();
    tx.rooms().insert(&other).await.unwrap();
    tx.managers().insert(&manager, "hash").await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.tx().await;
    let uses = tx.users().uses(customer.id, anna.id).await.unwrap();
    let found: Vec<(UseKind, String, &str)> = uses
        .iter()
        .map(|one| (one.kind, one.id.clone(), one.name.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (UseKind::RoomOwner, room.id.to_string(), "Room 800"),
            (UseKind::RoomModerator, other.id.to_string(), "Room 801"),
            (UseKind::ForwardingTarget, ben.id.to_string(), "ben Berg"),
            (
                UseKind::ConferenceManager,
                manager.id.to_string(),
                "conference-201"
            ),
        ]
    );
    let of_room = tx.rooms().uses(customer.id, room.id).await.unwrap();
    assert_eq!(of_room.len(), 1);
    assert_eq!(of_room[0].kind, UseKind::ConferenceManager);
    assert_eq!(
        taken(tx.users().delete(of(&customer), anna.id).await),
        "in use"
    );
    drop(tx);
    let tx = db.tx().await;
    assert_eq!(
        taken(tx.rooms().delete(of(&customer), room.id).await),
        "in use"
    );
}

async fn lists_are_searched_and_sorted(db: Db) {
    let customer = db.customer("acme").await;
    for (name, extension) in [
        ("Zoe", "203"),
        ("anna", "201"),
        ("Ben_x", "202"),
        ("benny", "30"),
    ] {
        db.person(&customer, name, extension).await;
    }
    let reader = db.store.read();
    let check = async |q: Option<&str>, sort, descending, expect: &str| {
        let filter = UserFilter {
            q: q.map(str::to_owned),
            ..UserFilter::default()
        };
        let list = List {
            sort,
            descending,
            after: None,
            limit: 10,
        };
        let page = reader
            .users()
            .list(of(&customer), &filter, &list)
            .await
            .unwrap();
        let names: Vec<String> = page
            .items
            .iter()
            .map(|user| user.username.to_string())
            .collect();
        assert_eq!(names.join(" "), expect, "{q:?}");
        let count = reader.users().count(of(&customer), &filter).await.unwrap();
        assert_eq!(count as usize, page.items.len());
    };
    check(None, UserSort::Username, false, "anna ben_x benny zoe").await;
    check(None, UserSort::Name, true, "zoe benny ben_x anna").await;
    check(None, UserSort::Extension, false, "anna ben_x zoe benny").await;
    check(Some("BEN"), UserSort::Email, false, "ben_x benny").await;
    check(Some("20"), UserSort::Role, false, "zoe anna ben_x").await;
    // What means something to LIKE means itself.
    check(Some("_"), UserSort::Username, false, "ben_x").await;
    check(Some("%"), UserSort::Username, false, "").await;
}

async fn devices_keep_their_secrets_and_names(db: Db) {
    let (customer, other) = (db.customer("acme").await, db.customer("other").await);
    let anna = db.person(&customer, "anna", "201").await;
    let eve = db.person(&other, "eve", "201").await;
    let mut device = db.device(&anna, "201", "päss\u{1F511}word");
    device.mac = Some(MacAddress::parse("00:15:65:aa:bb:cc").unwrap());
    device.model = Some("Desk phone".to_owned());
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.tx().await;
    let clash = tx.devices().insert(&db.device(&eve, "201", "x")).await;
    assert_eq!(taken(clash), "sip_username taken");
    drop(tx);
    let reader = db.store.read();
    let found = reader.devices().by_id(of(&customer), device.id).await;
    assert_eq!(found.unwrap().as_ref(), Some(&device));
    device.sip_password = model::Secret::new("new");
    let tx = db.tx().await;
    tx.devices().update(&mut device).await.unwrap();
    tx.commit().await.unwrap();
    let found = reader
        .devices()
        .by_id(of(&customer), device.id)
        .await
        .unwrap();
    assert_eq!(found, Some(device));
}

async fn many_are_inserted_at_once(db: Db) {
    let customer = db.customer("acme").await;
    let rows: Vec<UserRow> = (0..1201)
        .map(|index| {
            let mut user = db.user(&customer, &format!("user{index}"));
            user.extension = Some(number(&format!("{}", 10_000 + index)));
            UserRow {
                device: Some(db.device(&user, &format!("{}", 10_000 + index), "secret")),
                password_hash: Some("hash".to_owned()),
                user,
            }
        })
        .collect();
    let tx = db.tx().await;
    tx.users().insert_many(&rows).await.unwrap();
    tx.commit().await.unwrap();
    let directory = db.store.read().directory().load().await.unwrap();
    let mut wanted: Vec<&User> = rows.iter().map(|row| &row.user).collect();
    wanted.sort_by_key(|user| user.id);
    assert!(directory.users.iter().eq(wanted));
    assert_eq!(directory.devices.len(), rows.len());
    let last = rows.last().unwrap();
    let device = last.device.as_ref().unwrap();
    assert!(directory.devices.contains(device));
    let reader = db.store.read();
    let names = reader.sign_in_names();
    let owner = names.owner(Some(customer.id), "user1200").await.unwrap();
    assert_eq!(owner, Some(SignInOwner::User(last.user.id)));
}
