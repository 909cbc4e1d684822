use super::*;
use crate::directory::tests::{directory_of, room, user};

fn targets(texts: &[&str]) -> Vec<DialTarget> {
    texts
        .iter()
        .map(|t| DialTarget::parse(t).unwrap())
        .collect()
}

#[test]
fn the_same_person_is_called_once() {
    let directory = directory_of(vec![user(1, "201"), user(2, "202")], vec![]);
    let room = room(1, "800");
    let wanted = targets(&[
        "201",
        "202",
        " 201 ",
        "+49 30 1234",
        "+49301234",
        "#sip:a@Host.example",
        "#sip:a@host.example",
    ]);
    let once = distinct(&directory, &room, wanted, HashSet::new());
    let shown: Vec<_> = once.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["201", "202", "+49301234", "#sip:a@Host.example"]);
    let known = HashSet::from([Identity::User(user(1, "201").id)]);
    assert_eq!(
        distinct(&directory, &room, targets(&["201", "202"]), known).len(),
        1
    );
}

#[test]
fn all_wrong_targets_are_told_at_once() {
    let mut fields = Fields::default();
    let texts = ["201", "hello", "", "#sip:x"].map(str::to_owned);
    assert_eq!(parse(&texts, "invite", &mut fields).len(), 1);
    let Err(crate::Error::Invalid(fields)) = fields.finish() else {
        panic!("three are wrong");
    };
    let names: Vec<_> = fields.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(names, ["invite[1]", "invite[2]", "invite[3]"]);
}

#[tokio::test]
async fn typed_addresses_are_called_where_phones_may_be() {
    let house = crate::testing::House::new().await;
    let ctx = house.system();
    for (typed, expect) in [
        ("#sip:a@192.168.1.5", true),
        ("#sip:a@127.0.0.1:5099", true),
        ("#sip:a@203.0.113.5", true),
        ("#sip:a@127.0.0.1:5060", false),
        ("#sip:a@192.0.2.1", false),
        ("#sip:a@169.254.169.254:80", false),
        ("#sip:a@[ff02::1]", false),
    ] {
        let Ok(DialTarget::Sip(address)) = DialTarget::parse(typed) else {
            panic!("{typed}");
        };
        let reached = resolve(&ctx, &address).await;
        assert_eq!(
            matches!(reached, Reach::Address { .. }),
            expect,
            "{typed}: {reached:?}"
        );
    }
}
