use super::*;

const ONE: &str = "192.0.2.1";

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Begins and fails; the wait, if it may not even begin.
fn fail(limits: &SignInLimits, source: &str, name: &str, secs: i64) -> Option<u32> {
    let result = limits.begin(ip(source), name, at(secs));
    result.map(Try::failed).err()
}

/// Whether a right password would be looked at.
fn may(limits: &SignInLimits, source: &str, name: &str, secs: i64) -> bool {
    limits.begin(ip(source), name, at(secs)).is_ok()
}

#[test]
fn whoever_guesses_waits_longer_each_time_and_nobody_else_does() {
    let limits = SignInLimits::default();
    for _ in 0..FREE_PER_NAME {
        assert_eq!(fail(&limits, ONE, "a", 0), None);
    }
    assert_eq!(fail(&limits, ONE, "a", 0), Some(5));
    assert_eq!(fail(&limits, ONE, "a", 5), None);
    assert_eq!(fail(&limits, ONE, "a", 5), Some(10));
    assert!(may(&limits, "192.0.2.2", "a", 5), "the owner elsewhere");
    assert!(may(&limits, ONE, "b", 5), "a colleague");
}

#[test]
fn a_wait_is_bounded_and_forgotten() {
    let limits = SignInLimits::default();
    let mut now = 0;
    let mut longest = 0;
    for _ in 0..40 {
        match fail(&limits, ONE, "a", now) {
            Some(wait) => {
                longest = longest.max(wait);
                now += i64::from(wait);
            }
            None => now += 1,
        }
    }
    assert_eq!(i64::from(longest) + 1, LONGEST_WAIT_SECS);
    assert!(may(&limits, ONE, "a", now + FORGET_SECS));
}

#[test]
fn many_names_from_one_source_count_together() {
    let limits = SignInLimits::default();
    for n in 0..FREE_PER_SOURCE {
        assert_eq!(fail(&limits, ONE, &format!("user{n}"), 0), None);
    }
    assert!(!may(&limits, ONE, "fresh", 0));
}

#[test]
fn tries_at_the_same_time_are_no_more_than_one_after_the_other() {
    let limits = SignInLimits::default();
    let tries: Vec<_> = (0..100)
        .filter_map(|_| limits.begin(ip(ONE), "a", at(0)).ok())
        .collect();
    assert_eq!(tries.len(), FREE_PER_NAME as usize);
    tries.into_iter().for_each(Try::failed);
    assert!(!may(&limits, ONE, "a", 0));
}

#[test]
fn one_source_does_not_take_all_turns() {
    let limits = SignInLimits::default();
    let begin = |n: u32| limits.begin(ip(ONE), &format!("user{n}"), at(0));
    let tries: Vec<_> = (0..AT_ONCE).map(|n| begin(n).unwrap()).collect();
    assert_eq!(begin(99).map(drop), Err(1));
    assert!(may(&limits, "192.0.2.2", "user99", 0));
    drop(tries);
    assert!(begin(99).is_ok(), "what could not be judged counts nothing");
}

#[test]
fn guesses_from_many_sources_slow_the_places_that_are_new() {
    let limits = SignInLimits::default();
    limits
        .begin(ip("198.51.100.7"), "a", at(0))
        .unwrap()
        .succeeded(at(0));
    for n in 0..FREE_PER_PERSON {
        assert_eq!(fail(&limits, &format!("192.0.2.{n}"), "a", 0), None);
    }
    assert!(!may(&limits, "203.0.113.1", "a", 0), "one more guesser");
    assert!(may(&limits, "198.51.100.7", "a", 0), "the person, at home");
    assert!(may(&limits, "203.0.113.1", "b", 0), "somebody else");
    assert!(may(&limits, "203.0.113.1", "a", LONGEST_PERSON_WAIT_SECS));
}

#[test]
fn the_right_password_forgets_the_wrong_ones_before_it() {
    let limits = SignInLimits::default();
    for _ in 0..20 {
        for _ in 1..FREE_PER_NAME {
            assert_eq!(fail(&limits, ONE, "a", 0), None);
        }
        limits.begin(ip(ONE), "a", at(0)).unwrap().succeeded(at(0));
        // What the source did in all is not forgotten, or one account would hide many guesses.
        if limits.state().failures[&Key::Source(ip(ONE))].count >= FREE_PER_SOURCE - 5 {
            return;
        }
    }
    panic!("the source was forgotten");
}

#[test]
fn an_ipv6_network_is_one_source() {
    let limits = SignInLimits::default();
    for n in 0..FREE_PER_NAME {
        assert_eq!(fail(&limits, &format!("2001:db8::{n}"), "a", 0), None);
    }
    assert!(!may(&limits, "2001:db8::ffff", "a", 0));
    assert!(may(&limits, "2001:db8:0:1::1", "a", 0));
}

#[test]
fn a_full_table_forgets_who_failed_least() {
    let limits = SignInLimits::default();
    for _ in 0..FREE_PER_NAME {
        fail(&limits, ONE, "a", 0);
    }
    {
        let mut state = limits.state();
        for n in 0..u32::try_from(REMEMBERED).unwrap() {
            let failures = Failures {
                count: 1,
                last: at(0),
            };
            state.failures.insert(Key::Person(n.to_string()), failures);
        }
    }
    fail(&limits, "192.0.2.9", "b", 0);
    assert!(limits.state().failures.len() < REMEMBERED);
    assert!(!may(&limits, ONE, "a", 0));
}
