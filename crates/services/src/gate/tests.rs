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

#[test]
fn standard_profiles_reach_as_far_as_their_names_say() {
    use Model::{
        ApiKey, AuditLog, Conference, ConferenceRoom, Contact, Customer, Device, Site, User,
    };
    use Operation::{Create, Delete, Moderate, Read, ResetPassword, Start, Update};
    let (own, colleague, elsewhere) = (user(1, 1, 1), user(1, 1, 2), user(1, 2, 3));
    let foreign = user(2, 1, 1);
    let (mine, other) = (room(1, 1, &[1]), room(1, 2, &[]));
    let here = Target::customer(id(1));
    for (name, model, operation, target, expect) in [
        (
            "provider_administrator",
            Customer,
            Create,
            &Target::provider(),
            "yes",
        ),
        ("provider_administrator", User, Delete, &foreign, "yes"),
        (
            "customer_administrator",
            Customer,
            Create,
            &Target::provider(),
            "forbidden",
        ),
        ("customer_administrator", Customer, Update, &here, "yes"),
        ("customer_administrator", User, Delete, &elsewhere, "yes"),
        ("customer_administrator", User, Read, &foreign, "not found"),
        ("customer_administrator", AuditLog, Read, &here, "yes"),
        (
            "customer_administrator",
            AuditLog,
            Read,
            &Target::provider(),
            "forbidden",
        ),
        ("site_administrator", User, Update, &colleague, "yes"),
        ("site_administrator", User, Update, &elsewhere, "not found"),
        ("site_administrator", User, Create, &here, "forbidden"),
        ("site_administrator", Site, Create, &here, "forbidden"),
        ("site_administrator", ConferenceRoom, Read, &other, "yes"),
        (
            "site_administrator",
            ConferenceRoom,
            Update,
            &other,
            "forbidden",
        ),
        ("operator", Conference, Read, &other, "yes"),
        ("operator", Conference, Moderate, &other, "forbidden"),
        ("operator", Conference, Moderate, &mine, "yes"),
        ("receptionist", User, Read, &elsewhere, "yes"),
        ("receptionist", User, Update, &elsewhere, "forbidden"),
        ("receptionist", Contact, Delete, &here, "yes"),
        ("user", User, Read, &own, "yes"),
        ("user", User, Read, &colleague, "not found"),
        ("user", User, Delete, &own, "forbidden"),
        ("user", Device, ResetPassword, &own, "yes"),
        ("user", ConferenceRoom, Read, &other, "not found"),
        ("user", Conference, Start, &mine, "yes"),
        ("user", ApiKey, Create, &here, "forbidden"),
        ("conference_manager", ConferenceRoom, Read, &mine, "yes"),
        (
            "conference_manager",
            ConferenceRoom,
            Read,
            &other,
            "not found",
        ),
        (
            "conference_manager",
            ConferenceRoom,
            Create,
            &here,
            "forbidden",
        ),
        ("conference_manager", Conference, Start, &mine, "yes"),
        (
            "conference_manager",
            Conference,
            Start,
            &room(2, 1, &[]),
            "not found",
        ),
        ("conference_manager", User, Read, &own, "forbidden"),
        ("read_only", User, Read, &elsewhere, "yes"),
        ("read_only", User, Update, &elsewhere, "forbidden"),
        ("api", User, Create, &here, "yes"),
        ("api", ApiKey, Read, &here, "forbidden"),
    ] {
        let got = outcome(name, model, operation, target);
        assert_eq!(got, expect, "{name} {model:?} {operation:?} {target:?}");
    }
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
        ("site_administrator", "operator", true),
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
