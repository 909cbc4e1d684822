use std::net::{Ipv4Addr, Ipv6Addr};

use super::*;

#[expect(clippy::disallowed_methods, reason = "an Instant to count from")]
fn start() -> Instant {
    Instant::now()
}

fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

#[test]
fn ten_wrong_digests_are_answered_a_source_and_the_next_are_dropped() {
    let (mut guard, now) = (Guard::default(), start());
    for guess in 1..=12 {
        let expect = if guess <= 10 {
            Verdict::Answer
        } else {
            Verdict::Drop
        };
        let name = format!("20{guess}");
        assert_eq!(
            guard.failed(address(1), &name, false, now).verdict,
            expect,
            "{guess}"
        );
    }
    assert_eq!(guard.blocked(now).len(), 1);
    assert!(guard.blocked(now + WINDOW).is_empty());
    assert_eq!(
        guard.failed(address(2), "201", false, now).verdict,
        Verdict::Answer
    );
    assert_eq!(
        guard.failed(address(1), "201", true, now).verdict,
        Verdict::Answer
    );
    assert_eq!(
        guard.failed(address(1), "201", false, now + WINDOW).verdict,
        Verdict::Answer
    );
}

#[test]
fn guesses_for_one_username_from_many_sources_are_dropped_too() {
    let (mut guard, now) = (Guard::default(), start());
    let verdicts: Vec<_> = (0..40)
        .map(|source| guard.failed(address(source), "201", false, now).verdict)
        .collect();
    assert_eq!(
        verdicts.iter().filter(|v| **v == Verdict::Answer).count(),
        30
    );
}

#[test]
fn a_64_of_ipv6_is_one_source() {
    let (mut guard, now) = (Guard::default(), start());
    let mut last = Verdict::Answer;
    for host in 0..20_u16 {
        let source = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, host));
        last = guard.failed(source, &host.to_string(), false, now).verdict;
    }
    assert_eq!(last, Verdict::Drop);
}

#[test]
fn events_and_memory_are_bounded() {
    let (mut guard, now) = (Guard::default(), start());
    let mut told = 0;
    for host in 0..30_000_u32 {
        let source = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + host));
        told += u32::from(guard.failed(source, &host.to_string(), false, now).tell);
    }
    assert_eq!(told, EVENTS_A_SECOND);
    assert!(guard.sources.by_key.len() <= ENTRIES);
    assert_eq!(guard.sources.by_key.len(), guard.sources.order.len());
}

#[test]
fn names_that_nobody_can_have_are_counted_as_one_and_not_kept() {
    let (mut guard, now) = (Guard::default(), start());
    for host in 0..200_u8 {
        let name = format!("{host}{}", "x".repeat(8_000));
        guard.failed(address(host), &name, false, now);
    }
    assert_eq!(guard.usernames.by_key.len(), 1);
    let kept = guard.sources.by_key.values().map(|c| c.note.username.len());
    assert!(kept.max() <= Some(USERNAME));
}

#[test]
fn a_blocked_source_is_listed_and_lifted() {
    let (mut guard, began) = (Guard::default(), start());
    let at = |secs| began + Duration::from_secs(secs);
    for guess in 0..15 {
        guard.failed(address(1), "201", false, at(guess));
        guard.failed(address(2), "202", true, at(guess));
    }
    let blocked = guard.blocked(at(20));
    assert_eq!(
        blocked,
        [Block {
            network: address(1),
            since: at(10),
            until: began + WINDOW,
            failures: 15,
            username: "201".into(),
        }]
    );
    assert!(
        !guard.lift(address(2), at(20)),
        "a known phone is not blocked"
    );
    assert!(guard.lift(address(1), at(20)));
    assert!(!guard.lift(address(1), at(20)));
    assert!(guard.blocked(at(20)).is_empty());
    assert_eq!(
        guard.failed(address(1), "201", false, at(21)).verdict,
        Verdict::Answer
    );
    assert_eq!(guard.sources.by_key.len(), guard.sources.order.len());
}
