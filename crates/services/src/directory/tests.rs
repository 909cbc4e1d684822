use std::sync::Arc;

use super::*;
use crate::lines;
use model::{
    AccountName, Announce, Destination, Device, DisplayName, Email, Features, RecordPolicy, Secret,
    Username,
};

fn uuid(kind: u8, number: u8) -> String {
    format!("01900000-0000-7000-80{kind:02x}-0000000000{number:02x}")
}

pub(crate) fn customer(number: u8) -> CustomerId {
    uuid(1, number).parse().unwrap()
}

pub(crate) fn user_id(number: u8) -> UserId {
    uuid(2, number).parse().unwrap()
}

/// A person of customer 1.
pub(crate) fn user(number: u8, extension: &str) -> User {
    User {
        id: user_id(number),
        customer: Some(customer(1)),
        site: None,
        username: Username::parse(&format!("user{number}")).unwrap(),
        email: Email::parse(&format!("user{number}@example.com")).ok(),
        first_name: DisplayName::parse(&format!("First{number}")).unwrap(),
        last_name: DisplayName::parse("Last").ok(),
        role: "user".into(),
        extension: Extension::parse(extension).ok(),
        features: Features::default(),
        max_calls: 10,
        disabled: false,
        version: 1,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

/// A room of customer 1.
pub(crate) fn room(number: u8, dialled: &str) -> Room {
    Room {
        id: uuid(3, number).parse().unwrap(),
        customer: customer(1),
        number: Extension::parse(dialled).unwrap(),
        name: DisplayName::parse("Board").unwrap(),
        owner: None,
        moderators: Vec::new(),
        participant_pin: None,
        moderator_pin: None,
        max_participants: 15,
        lobby: false,
        lock_on_start: false,
        join_muted: false,
        webinar: false,
        wait_for_moderator: false,
        announce: Announce::default(),
        music_while_alone: false,
        record: RecordPolicy::default(),
        end_when_moderator_leaves: false,
        time_limit_secs: None,
        call_out: Vec::new(),
        version: 1,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn directory_of(users: Vec<User>, rooms: Vec<Room>) -> Directory {
    let mut directory = Directory::empty(ServerNames {
        provider: uuid(0, 1).parse().unwrap(),
        default_customer: customer(1),
        realm: "convoke".into(),
        sip_domain: "convoke.internal".into(),
    });
    for (number, account) in [(1, "main"), (2, "acme")] {
        directory.apply(DirectoryChange::Customer(Arc::new(Customer {
            id: customer(number),
            parent: uuid(0, 1).parse().unwrap(),
            name: DisplayName::parse(account).unwrap(),
            account_name: AccountName::parse(account).unwrap(),
            default_site: uuid(4, number).parse().unwrap(),
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
        })));
    }
    for (number, standard) in (1..).zip(crate::access_profiles::STANDARD) {
        directory.apply(DirectoryChange::Profile(Arc::new(AccessProfile {
            id: uuid(6, number).parse().unwrap(),
            customer: None,
            name: standard.name.to_owned(),
            description: standard.description.to_owned(),
            grants: standard.grants.to_vec(),
            version: 1,
        })));
    }
    for user in users {
        directory.apply(DirectoryChange::User(Arc::new(user)));
    }
    for room in rooms {
        directory.apply(DirectoryChange::Room(Arc::new(room)));
    }
    directory
}

fn device(number: u8, user: u8, username: &str) -> Device {
    Device {
        id: uuid(5, number).parse().unwrap(),
        customer: customer(1),
        user: user_id(user),
        sip_username: SipUsername::parse(username).unwrap(),
        sip_password: Secret::new("zanzibar"),
        mac: None,
        model: None,
        version: 1,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn lines_have_both_hashes_and_follow_their_person() {
    let mut directory = directory_of(vec![user(1, "201")], vec![]);
    directory.apply(DirectoryChange::Device(Box::new(device(1, 1, "201"))));
    let facts = lines::find(&directory, "201").unwrap();
    // md5 and sha256 of "201:convoke:zanzibar"
    assert_eq!(hex(&facts.ha1_md5), "72cf540be8b45cb090559e8f7b4ff743");
    assert_eq!(facts.ha1_sha256.len(), 32);
    assert_eq!(&*facts.sip_domain, "main.convoke.internal");
    let mut renamed = user(1, "301");
    renamed.max_calls = 2;
    directory.apply(DirectoryChange::User(Arc::new(renamed.clone())));
    let facts = lines::find(&directory, "201").unwrap();
    assert_eq!(facts.extension.as_ref().unwrap().as_str(), "301");
    assert_eq!(facts.max_calls, 2);
    renamed.disabled = true;
    directory.apply(DirectoryChange::User(Arc::new(renamed)));
    assert_eq!(lines::find(&directory, "201"), None);
}

#[test]
fn what_goes_is_gone_from_every_index() {
    let mut directory = directory_of(vec![user(1, "201")], vec![room(1, "800")]);
    directory.apply(DirectoryChange::Device(Box::new(device(1, 1, "201"))));
    directory.apply(DirectoryChange::Device(Box::new(device(2, 1, "201-2"))));
    assert_eq!(directory.devices_of(user_id(1)).count(), 2);
    directory.apply(DirectoryChange::DeviceGone(device(1, 1, "201").id));
    assert_eq!(directory.devices_of(user_id(1)).count(), 1);
    directory.apply(DirectoryChange::UserGone(user_id(1)));
    directory.apply(DirectoryChange::RoomGone(room(1, "800").id));
    for number in ["201", "800"] {
        let number = Extension::parse(number).unwrap();
        assert_eq!(directory.number(customer(1), &number), None);
    }
    assert_eq!(lines::find(&directory, "201-2"), None);
    assert_eq!(directory.signs_in(Some(customer(1)), "user1"), None);
    assert_eq!(directory.users().count(), 0);
}

#[test]
fn a_number_that_moved_is_free_at_its_old_place() {
    let mut directory = directory_of(vec![user(1, "201")], vec![]);
    directory.apply(DirectoryChange::User(Arc::new(user(1, "202"))));
    directory.apply(DirectoryChange::User(Arc::new(user(2, "201"))));
    // The late removal of the old number must not take it from its new owner.
    directory.apply(DirectoryChange::User(Arc::new(user(1, "203"))));
    let number = Extension::parse("201").unwrap();
    let owner = directory.number(customer(1), &number);
    assert_eq!(owner, Some(NumberOwner::User(user_id(2))));
}

#[test]
fn a_snapshot_does_not_change_under_its_reader() {
    let before = directory_of(vec![user(1, "201")], vec![]);
    let mut after = before.clone();
    let mut changed = user(1, "202");
    changed.features.no_answer = Destination::HangUp;
    after.apply(DirectoryChange::User(Arc::new(changed)));
    assert_eq!(
        before
            .user(user_id(1))
            .unwrap()
            .extension
            .as_ref()
            .unwrap()
            .as_str(),
        "201"
    );
}
