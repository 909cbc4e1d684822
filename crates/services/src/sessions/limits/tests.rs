use super::*;

const ONE: &str = "192.0.2.1";

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn whoever_guesses_waits_longer_each_time_and_nobody_else_does() {
    let limits = SignInLimits::default();
    for _ in 0..FREE_PER_NAME {
        assert_eq!(limits.wait(ip(ONE), "a", at(0)), None);
        limits.failed(ip(ONE), "a", at(0));
    }
    assert_eq!(limits.wait(ip(ONE), "a", at(0)), Some(5));
    assert_eq!(limits.wait(ip(ONE), "a", at(5)), None);
    limits.failed(ip(ONE), "a", at(5));
    assert_eq!(limits.wait(ip(ONE), "a", at(5)), Some(10));
    assert_eq!(
        limits.wait(ip("192.0.2.2"), "a", at(5)),
        None,
        "the owner elsewhere"
    );
    assert_eq!(limits.wait(ip(ONE), "b", at(5)), None, "a colleague");
}

#[test]
fn a_wait_is_bounded_and_forgotten() {
    let limits = SignInLimits::default();
    for _ in 0..200 {
        limits.failed(ip(ONE), "a", at(0));
    }
    let longest = u32::try_from(LONGEST_WAIT_SECS).unwrap();
    assert_eq!(limits.wait(ip(ONE), "a", at(0)), Some(longest));
    assert_eq!(limits.wait(ip(ONE), "a", at(FORGET_SECS)), None);
}

#[test]
fn many_names_from_one_source_count_together() {
    let limits = SignInLimits::default();
    for n in 0..FREE_PER_SOURCE {
        limits.failed(ip(ONE), &format!("user{n}"), at(0));
    }
    assert!(limits.wait(ip(ONE), "fresh", at(0)).is_some());
    limits.succeeded(ip(ONE), "user1");
    assert!(limits.wait(ip(ONE), "fresh", at(0)).is_some());
}

#[test]
fn an_ipv6_network_is_one_source() {
    let limits = SignInLimits::default();
    for n in 0..FREE_PER_NAME {
        limits.failed(ip(&format!("2001:db8::{n}")), "a", at(0));
    }
    assert!(limits.wait(ip("2001:db8::ffff"), "a", at(0)).is_some());
    assert_eq!(limits.wait(ip("2001:db8:0:1::1"), "a", at(0)), None);
}
