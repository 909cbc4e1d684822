use super::*;
use crate::access_profiles::STANDARD;
use model::NodeId;

fn id<T: std::str::FromStr>(number: u8) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("01900000-0000-7000-8000-0000000000{number:02x}")
        .parse()
        .unwrap()
}

fn profile(name: &str) -> &'static [Grant] {
    STANDARD.iter().find(|p| p.name == name).unwrap().grants
}

fn seat(customer: Option<u8>) -> Seat {
    let customer: Option<CustomerId> = customer.map(id);
    Seat {
        node: customer.map_or_else(|| id::<NodeId>(0xff), CustomerId::node),
        customer,
    }
}

/// A user with id 1 at site 1 of customer 1 (or of the provider), with this profile.
fn outcome(name: &str, model: Model, operation: Operation, target: &Target) -> &'static str {
    let customer = (name != "provider_administrator").then_some(1);
    let manager = Principal::ConferenceManager {
        id: id(1),
        rooms: Some(vec![id(1)]),
    };
    let person = Principal::User(id(1));
    let holder = Holder {
        principal: if name == "conference_manager" {
            &manager
        } else {
            &person
        },
        seat: seat(customer),
        site: customer.map(|_| id(1)),
        grants: profile(name),
    };
    match holder.require(model, operation, target) {
        Ok(()) => "yes",
        Err(Error::Forbidden { .. }) => "forbidden",
        Err(Error::NotFound(_)) => "not found",
        Err(other) => panic!("{other:?}"),
    }
}

fn user(customer: u8, site: u8, owner: u8) -> Target {
    Target {
        site: Some(id(site)),
        owner: Some(id(owner)),
        ..Target::customer(id(customer))
    }
}

fn room(customer: u8, room: u8, assigned: &[u8]) -> Target {
    Target {
        room: Some(id(room)),
        assigned: assigned.iter().map(|n| id(*n)).collect(),
        ..Target::customer(id(customer))
    }
}

fn check(name: &str, cases: &[(Model, Operation, Target, &str)]) {
    for (model, operation, target, expect) in cases {
        let got = outcome(name, *model, *operation, target);
        assert_eq!(&got, expect, "{name} {model:?} {operation:?} {target:?}");
    }
}

fn here() -> Target {
    Target::customer(id(1))
}

fn provider() -> Target {
    Target::provider()
}

use Model::{ApiKey, AuditLog, Conference, ConferenceRoom, Contact, Customer, Device, Site, User};
use Operation::{Create, Delete, Moderate, Read, ResetPassword, Start, Update};

#[test]
fn administrators_reach_as_far_as_their_names_say() {
    let foreign = || user(2, 1, 1);
    check(
        "provider_administrator",
        &[
            (Customer, Create, provider(), "yes"),
            (User, Delete, foreign(), "yes"),
        ],
    );
    check(
        "customer_administrator",
        &[
            (Customer, Create, provider(), "forbidden"),
            (Customer, Update, here(), "yes"),
            (User, Delete, user(1, 2, 3), "yes"),
            (User, Read, foreign(), "not found"),
            (AuditLog, Read, here(), "yes"),
            (AuditLog, Read, provider(), "forbidden"),
        ],
    );
    check(
        "site_administrator",
        &[
            (User, Update, user(1, 1, 2), "yes"),
            (User, Update, user(1, 2, 3), "not found"),
            (User, Create, here(), "forbidden"),
            (Site, Create, here(), "forbidden"),
            (ConferenceRoom, Read, room(1, 2, &[]), "yes"),
            (ConferenceRoom, Update, room(1, 2, &[]), "forbidden"),
        ],
    );
}

#[test]
fn people_reach_what_is_theirs() {
    let (mine, other) = (|| room(1, 1, &[1]), || room(1, 2, &[]));
    check(
        "operator",
        &[
            (Conference, Read, other(), "yes"),
            (Conference, Moderate, other(), "forbidden"),
            (Conference, Moderate, mine(), "yes"),
        ],
    );
    check(
        "receptionist",
        &[
            (User, Read, user(1, 2, 3), "yes"),
            (User, Update, user(1, 2, 3), "forbidden"),
            (Contact, Delete, here(), "yes"),
        ],
    );
    check(
        "user",
        &[
            (User, Read, user(1, 1, 1), "yes"),
            (User, Read, user(1, 1, 2), "not found"),
            (User, Delete, user(1, 1, 1), "forbidden"),
            (Device, ResetPassword, user(1, 1, 1), "yes"),
            (ConferenceRoom, Read, other(), "not found"),
            (Conference, Start, mine(), "yes"),
            (ApiKey, Create, here(), "forbidden"),
        ],
    );
}

#[test]
fn managers_and_programs_reach_what_they_are_for() {
    check(
        "conference_manager",
        &[
            (ConferenceRoom, Read, room(1, 1, &[]), "yes"),
            (ConferenceRoom, Read, room(1, 2, &[]), "not found"),
            (ConferenceRoom, Create, here(), "forbidden"),
            (Conference, Start, room(1, 1, &[]), "yes"),
            (Conference, Start, room(2, 1, &[]), "not found"),
            (User, Read, user(1, 1, 1), "forbidden"),
        ],
    );
    check(
        "read_only",
        &[
            (User, Read, user(1, 2, 3), "yes"),
            (User, Update, user(1, 2, 3), "forbidden"),
        ],
    );
    check(
        "api",
        &[
            (User, Create, here(), "yes"),
            (ApiKey, Read, here(), "forbidden"),
        ],
    );
}

#[test]
fn nobody_hands_out_more_than_they_hold() {
    let may_give = |giver: &str, given: &str| {
        let customer = (giver != "provider_administrator").then_some(1);
        let holder = Holder {
            principal: &Principal::User(id(1)),
            seat: seat(customer),
            site: None,
            grants: profile(giver),
        };
        holder.holds_all(profile(given), seat(Some(1)))
    };
    for (giver, given, expect) in [
        ("provider_administrator", "customer_administrator", true),
        ("customer_administrator", "customer_administrator", true),
        ("customer_administrator", "user", true),
        ("site_administrator", "user", true),
        ("site_administrator", "operator", false),
        ("site_administrator", "customer_administrator", false),
        ("site_administrator", "receptionist", false),
        ("api", "customer_administrator", false),
        ("api", "user", true),
        ("user", "read_only", false),
    ] {
        assert_eq!(may_give(giver, given), expect, "{giver} gives {given}");
    }
    let elsewhere = Holder {
        principal: &Principal::User(id(1)),
        seat: seat(Some(1)),
        site: None,
        grants: profile("customer_administrator"),
    };
    assert!(!elsewhere.holds_all(profile("read_only"), seat(Some(2))));
}
