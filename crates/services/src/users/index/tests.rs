use super::*;
use crate::{ListQuery, directory::tests::user};
use model::{DisplayName, Extension};

fn listing(sort: &str, q: &str, limit: i64, cursor: Option<String>) -> Listing {
    let query = ListQuery {
        limit: Some(limit),
        cursor,
        sort: Some(sort.into()),
        q: Some(q.into()),
    };
    Listing::read(&query, SORT_NAMES).unwrap()
}

fn named(number: u8, first: &str, extension: &str) -> Arc<User> {
    let mut user = user(number, "201");
    user.first_name = DisplayName::parse(first).unwrap();
    user.extension = Extension::parse(extension).ok();
    Arc::new(user)
}

fn index() -> UserIndex {
    let index = UserIndex::default();
    let people = [
        (
            named(1, "Chris", "210"),
            vec!["001565aabbcc".to_owned()],
            Presence::Offline,
        ),
        (named(2, "Anna", "1000"), vec![], Presence::Available),
        (named(3, "Ümit", "99"), vec![], Presence::OnCall),
        (named(4, "Bea", ""), vec![], Presence::Available),
    ];
    index.fill(people[..2].to_vec());
    for (user, macs, presence) in &people[2..] {
        index.put(user.clone(), macs, *presence);
    }
    index
}

/// First names on all pages.
fn names(index: &UserIndex, filter: &Filter, sort: &str, q: &str, limit: i64) -> Vec<String> {
    let mut cursor = None;
    let mut names = Vec::new();
    loop {
        let listing = listing(sort, q, limit, cursor);
        let customer = Some(crate::directory::tests::customer(1));
        let found = index.find(customer, filter, &listing);
        let page = listing.cut(found.rows, found.total);
        names.extend(page.items.iter().map(|user| user.first_name.to_string()));
        cursor = page.next;
        if cursor.is_none() {
            assert_eq!(page.total, names.len() as u64);
            return names;
        }
    }
}

#[test]
fn any_sort_in_both_directions_on_pages_of_any_size() {
    let index = index();
    for (sort, expect) in [
        ("name", ["Anna", "Bea", "Chris", "Ümit"]),
        ("extension", ["Ümit", "Chris", "Anna", "Bea"]),
        ("state", ["Anna", "Bea", "Ümit", "Chris"]),
        ("username", ["Chris", "Anna", "Ümit", "Bea"]),
    ] {
        for limit in 1..=5 {
            let all = Filter::default();
            assert_eq!(
                names(&index, &all, sort, "", limit),
                expect,
                "{sort} {limit}"
            );
            let mut backward = expect;
            backward.reverse();
            let sort = format!("-{sort}");
            assert_eq!(
                names(&index, &all, &sort, "", limit),
                backward,
                "{sort} {limit}"
            );
        }
    }
}

#[test]
fn parts_of_every_field_are_found() {
    let index = index();
    for (q, expect) in [
        ("an", vec!["Anna"]),
        ("ANNA last", vec!["Anna"]),
        ("ümi", vec!["Ümit"]),
        ("00:15:65", vec!["Chris"]),
        ("user4@example", vec!["Bea"]),
        ("100", vec!["Anna"]),
        ("example.com", vec!["Anna", "Bea", "Chris", "Ümit"]),
        ("lastuser", vec![]),
        ("nobody", vec![]),
    ] {
        assert_eq!(
            names(&index, &Filter::default(), "name", q, 2),
            expect,
            "{q}"
        );
    }
}

#[test]
fn filters_join() {
    let index = index();
    let available = Filter {
        presence: Some(Presence::Available),
        ..Filter::default()
    };
    assert_eq!(names(&index, &available, "name", "", 9), ["Anna", "Bea"]);
    let with_number = Filter {
        has_extension: Some(true),
        ..available
    };
    assert_eq!(names(&index, &with_number, "name", "", 9), ["Anna"]);
    let nobody = Filter {
        role: Some("wizard".into()),
        ..Filter::default()
    };
    assert_eq!(names(&index, &nobody, "name", "", 9), [""; 0]);
}

#[test]
fn changes_and_removals_leave_nothing_behind() {
    let index = index();
    let customer = Some(crate::directory::tests::customer(1));
    index.put(named(1, "Zoe", "211"), &[], Presence::Offline);
    index.remove(customer, crate::directory::tests::user_id(2));
    index.set_presence(
        customer,
        crate::directory::tests::user_id(4),
        Presence::Ringing,
    );
    let all = Filter::default();
    assert_eq!(names(&index, &all, "name", "", 9), ["Bea", "Ümit", "Zoe"]);
    for q in ["umit", "Ümit", "ÜMIT"] {
        assert_eq!(names(&index, &all, "name", q, 9), ["Ümit"]);
    }
    assert_eq!(names(&index, &all, "name", "chris", 9), [""; 0]);
    assert_eq!(names(&index, &all, "name", "001565", 9), [""; 0]);
    assert_eq!(names(&index, &all, "state", "", 9), ["Bea", "Ümit", "Zoe"]);
}

#[test]
fn texts_stay_right_while_room_is_taken_back() {
    let index = index();
    for round in 0..3_000u32 {
        let name = format!("Round{round}");
        index.put(named(1, &name, "210"), &[], Presence::Offline);
    }
    let all = Filter::default();
    assert_eq!(names(&index, &all, "name", "round", 9), ["Round2999"]);
    assert_eq!(names(&index, &all, "name", "anna", 9), ["Anna"]);
}
