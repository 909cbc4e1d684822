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

#[test]
fn some_addresses_are_nobodys_phone() {
    for (address, expect) in [
        ("192.168.1.5:5060", true),
        ("127.0.0.1:5099", true),
        ("203.0.113.5:5060", true),
        ("[2001:db8::1]:5060", true),
        ("169.254.169.254:80", false),
        ("224.0.0.1:5060", false),
        ("0.0.0.0:5060", false),
        ("255.255.255.255:5060", false),
        ("[fe80::1]:5060", false),
        ("[ff02::1]:5060", false),
        ("[::]:5060", false),
        ("[::ffff:169.254.169.254]:80", false),
        ("192.168.1.5:0", false),
    ] {
        assert_eq!(may_call(address.parse().unwrap()), expect, "{address}");
    }
}
