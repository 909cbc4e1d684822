use std::collections::HashMap;

use super::*;
use crate::directory::tests::{customer, directory_of, room, user};
use model::{Caller, Timestamp};

/// Who has phones, and how many calls.
#[derive(Default)]
struct Now {
    phones: HashMap<UserId, usize>,
    calls: HashMap<UserId, usize>,
}

impl LiveState for Now {
    fn endpoints(&self, user: UserId) -> usize {
        self.phones.get(&user).copied().unwrap_or(1)
    }
    fn calls(&self, user: UserId) -> usize {
        self.calls.get(&user).copied().unwrap_or(0)
    }
}

fn extension(text: &str) -> Extension {
    Extension::parse(text).unwrap()
}

fn to(text: &str) -> Destination {
    Destination::Extension(extension(text))
}

fn query(caller: Option<UserId>, dialled: &str) -> RouteQuery {
    RouteQuery {
        caller: Caller {
            customer: customer(1),
            user: caller,
            number: "200".into(),
            name: String::new(),
        },
        entrant: caller,
        dialled: dialled.into(),
        at: Timestamp::UNIX_EPOCH,
    }
}

fn ask(directory: &Directory, caller: Option<UserId>, dialled: &str, now: &Now) -> RoutePlan {
    plan(directory, &query(caller, dialled), now)
}

/// The steps that are taken if nobody answers, as `action target setting`.
fn check(users: Vec<User>, dialled: &str, now: &Now, expect: &[&str]) {
    let directory = directory_of(users, vec![room(1, "800")]);
    let plan = ask(&directory, None, dialled, now);
    let path: Vec<_> = plan
        .unanswered_path()
        .into_iter()
        .map(RouteStep::view)
        .map(|step| format!("{} {} {}", step.action, step.target, step.setting))
        .collect();
    assert_eq!(path, expect);
}

#[test]
fn a_user_rings_and_then_the_no_answer_destination() {
    let anna = user(1, "201");
    check(
        vec![anna.clone()],
        "201",
        &Now::default(),
        &["ring 201 number", "hang_up no_answer features.no_answer"],
    );
    let mut forwarding = anna;
    forwarding.features.no_answer = to("202");
    check(
        vec![forwarding.clone(), user(2, "202")],
        "201",
        &Now::default(),
        &[
            "ring 201 number",
            "ring 202 features.no_answer",
            "hang_up no_answer features.no_answer",
        ],
    );
    forwarding.features.no_answer = Destination::Conference(extension("800"));
    check(
        vec![forwarding.clone()],
        "201",
        &Now::default(),
        &["ring 201 number", "conference 800 features.no_answer"],
    );
    forwarding.features.no_answer = to("299");
    check(
        vec![forwarding],
        "201",
        &Now::default(),
        &[
            "ring 201 number",
            "hang_up unknown_number features.no_answer",
        ],
    );
}

#[test]
fn who_is_passed_over_is_named_with_why() {
    let (mut dana, anna) = (user(1, "205"), user(2, "201"));
    dana.features.no_answer = to("201");
    let now = Now {
        phones: [(dana.id, 0), (anna.id, 0)].into(),
        ..Now::default()
    };
    let names = [dana.display_name(), anna.display_name()];
    let directory = directory_of(vec![dana, anna], vec![]);
    let plan = ask(&directory, None, "205", &now);
    let expect = names.map(|name| format!("no phone of {name} is registered"));
    assert_eq!(plan.steps[0].view().reason, expect.join("; "));
}

#[test]
fn ring_time_is_the_users_own() {
    let mut anna = user(1, "201");
    anna.features.ring_time_secs = 7;
    let directory = directory_of(vec![anna], vec![]);
    let plan = ask(&directory, None, "201", &Now::default());
    assert_eq!(plan.steps[0].view().secs, Some(7));
}

#[test]
fn numbers_that_nothing_has() {
    for (dialled, expect) in [
        ("299", "hang_up unknown_number number"),
        ("*97", "hang_up unknown_number number"),
        ("not a number", "hang_up unknown_number number"),
        ("", "hang_up unknown_number number"),
        ("0049301234", "hang_up no_trunk trunks"),
        ("+49301234", "hang_up no_trunk trunks"),
        ("00", "hang_up unknown_number number"),
    ] {
        check(vec![user(1, "201")], dialled, &Now::default(), &[expect]);
    }
}

#[test]
fn do_not_disturb_goes_to_the_no_answer_destination_at_once() {
    let mut anna = user(1, "201");
    anna.features.do_not_disturb = true;
    let setting = "hang_up no_answer features.do_not_disturb";
    check(vec![anna.clone()], "201", &Now::default(), &[setting]);
    anna.features.no_answer = to("202");
    check(
        vec![anna, user(2, "202")],
        "201",
        &Now::default(),
        &[
            "ring 202 features.do_not_disturb",
            "hang_up no_answer features.no_answer",
        ],
    );
}

#[test]
fn busy_and_offline_have_their_own_destination_or_follow_no_answer() {
    let anna = user(1, "201");
    let ben = user(2, "202");
    let offline = Now {
        phones: HashMap::from([(anna.id, 0)]),
        ..Now::default()
    };
    let expect = "hang_up offline features.no_answer";
    check(vec![anna.clone()], "201", &offline, &[expect]);
    let mut forwarding = anna.clone();
    forwarding.features.offline = Some(to("202"));
    check(
        vec![forwarding, ben.clone()],
        "201",
        &offline,
        &[
            "ring 202 features.offline",
            "hang_up no_answer features.no_answer",
        ],
    );
    let busy = Now {
        calls: HashMap::from([(anna.id, 1)]),
        ..Now::default()
    };
    check(
        vec![anna.clone()],
        "201",
        &busy,
        &["ring 201 number", "hang_up no_answer features.no_answer"],
    );
    let mut single = anna.clone();
    single.features.call_waiting = false;
    let expect = "hang_up busy features.call_waiting";
    check(vec![single.clone()], "201", &busy, &[expect]);
    single.features.busy = Some(to("202"));
    check(
        vec![single, ben.clone()],
        "201",
        &busy,
        &[
            "ring 202 features.busy",
            "hang_up no_answer features.no_answer",
        ],
    );
    let mut limited = anna;
    limited.max_calls = 1;
    let expect = "hang_up busy security.max_calls";
    check(vec![limited.clone(), ben], "201", &busy, &[expect]);
    limited.max_calls = 0;
    let expect = ["ring 201 number", "hang_up no_answer features.no_answer"];
    check(vec![limited], "201", &busy, &expect);
}

#[test]
fn a_ringing_step_knows_where_busy_and_offline_go() {
    let mut anna = user(1, "201");
    anna.features.busy = Some(to("202"));
    let directory = directory_of(vec![anna, user(2, "202")], vec![]);
    let plan = ask(&directory, None, "201", &Now::default());
    let next = plan.steps[0].next;
    let view = |index: Option<usize>| plan.steps[index.unwrap()].view();
    assert_eq!(view(next.busy).target, "202");
    assert_eq!(view(next.no_answer).target, "no_answer");
    assert_eq!(view(next.offline).target, "offline");
}

#[test]
fn a_chain_of_forwards_is_planned_once() {
    let users: Vec<_> = (1..=8u8)
        .map(|n| {
            let mut someone = user(n, &format!("{}", 200 + u32::from(n)));
            someone.features.no_answer = to(&format!("{}", 201 + u32::from(n)));
            someone
        })
        .collect();
    let directory = directory_of(users, vec![room(1, "209")]);
    let plan = ask(&directory, None, "201", &Now::default());
    assert_eq!(plan.steps.len(), 9);
    let next = plan.steps[0].next;
    assert_eq!((next.busy, next.offline), (next.no_answer, next.no_answer));
}

#[test]
fn a_disabled_user_gets_no_calls() {
    let mut anna = user(1, "201");
    anna.disabled = true;
    anna.features.no_answer = to("202");
    let expect = "hang_up offline advanced.disabled";
    check(
        vec![anna, user(2, "202")],
        "201",
        &Now::default(),
        &[expect],
    );
}

#[test]
fn circles_end_after_one_round() {
    let mut anna = user(1, "201");
    let mut ben = user(2, "202");
    anna.features.no_answer = to("202");
    ben.features.no_answer = to("201");
    check(
        vec![anna, ben],
        "201",
        &Now::default(),
        &[
            "ring 201 number",
            "ring 202 features.no_answer",
            "hang_up no_answer features.no_answer",
        ],
    );
}

#[test]
fn any_configuration_gives_a_bounded_plan_that_only_goes_forward() {
    let users: Vec<_> = (1..=40u8)
        .map(|n| {
            let mut someone = user(n, &format!("{}", 200 + u32::from(n)));
            let target = |k: u32| to(&format!("{}", 201 + (u32::from(n) * 7 + k) % 40));
            someone.features.no_answer = target(1);
            someone.features.busy = Some(target(2));
            someone.features.offline = Some(target(3));
            someone
        })
        .collect();
    let directory = directory_of(users, vec![]);
    for dialled in 201..=240 {
        let plan = ask(&directory, None, &dialled.to_string(), &Now::default());
        assert!(!plan.steps.is_empty() && plan.steps.len() <= MAX_STEPS);
        for (index, step) in plan.steps.iter().enumerate() {
            for next in [step.next.busy, step.next.no_answer, step.next.offline] {
                assert!(next.is_none_or(|next| next > index && next < plan.steps.len()));
            }
        }
    }
}

#[test]
fn a_room_knows_who_moderates() {
    let (anna, ben, mut olga) = (user(1, "201"), user(2, "202"), user(3, "203"));
    olga.role = "operator".into();
    let mut board = room(1, "800");
    board.owner = Some(anna.id);
    board.moderators = vec![ben.id];
    let ids = [Some(anna.id), Some(ben.id), Some(olga.id), None];
    let directory = directory_of(vec![anna, ben, olga], vec![board]);
    let roles = ids.map(|caller| {
        let plan = ask(&directory, caller, "800", &Now::default());
        match &plan.steps[0].action {
            RouteAction::Conference(entry) => entry.role,
            other => panic!("{other:?}"),
        }
    });
    use ConferenceRole::{Moderator, Operator, Owner, Participant};
    assert_eq!(roles, [Owner, Moderator, Operator, Participant]);
}

#[test]
fn the_role_in_a_room_is_that_of_who_enters() {
    let (anna, ben) = (user(1, "201"), user(2, "202"));
    let mut board = room(1, "800");
    board.owner = Some(anna.id);
    let ids = [Some(anna.id), Some(ben.id), None];
    let directory = directory_of(vec![anna, ben], vec![board]);
    let roles = ids.map(|entrant| {
        let query = RouteQuery {
            entrant,
            ..query(ids[0], "800")
        };
        match &plan(&directory, &query, &Now::default()).steps[0].action {
            RouteAction::Conference(entry) => entry.role,
            other => panic!("{other:?}"),
        }
    });
    use ConferenceRole::{Owner, Participant};
    assert_eq!(roles, [Owner, Participant, Participant]);
}

#[test]
fn another_customers_numbers_are_unknown() {
    let mut other = user(2, "202");
    other.customer = Some(customer(2));
    let expect = "hang_up unknown_number number";
    check(
        vec![user(1, "201"), other],
        "202",
        &Now::default(),
        &[expect],
    );
}
