use super::*;

#[expect(
    clippy::disallowed_methods,
    reason = "a test needs some beginning of time"
)]
fn beginning() -> Instant {
    Instant::now()
}

/// A socket that is never empty is looked at once a round, however often it is told of.
#[test]
fn a_flood_is_noted_once_however_often_it_is_told() {
    let mut unfinished = Unfinished::default();
    unfinished.reserve(4);
    for round in 0..1_000 {
        unfinished.begin();
        let mut looked = 0;
        while let Some(key) = unfinished.take_next() {
            looked += 1;
            unfinished.note(key);
        }
        assert_eq!(looked, if round == 0 { 0 } else { 2 });
        for key in [3, 6, 3, 6, 99] {
            // The edge tells of it again.
            if !unfinished.contains(key) {
                unfinished.note(key);
            }
        }
        assert_eq!(unfinished.keys.len(), 2);
    }
}

#[test]
fn arrivals_are_not_told_in_the_round_in_which_the_clock_was_set() {
    let began = beginning();
    let mut wall = Wall::new(began);
    let second = Duration::from_secs(1);
    let mut real = 1_000_000 * second;
    let mut now = began;
    let ages: Vec<Duration> = [0, 0, 1, 0, -1, 0, 0]
        .map(|step| {
            now += 10 * second / 1_000;
            let arrived = real + 5 * second / 1_000;
            real += 10 * second / 1_000;
            if step > 0 {
                real += second;
            } else if step < 0 {
                real -= second;
            }
            wall.read(now, real);
            wall.age(Some(arrived))
        })
        .to_vec();
    let [five, none] = [Duration::from_millis(5), Duration::ZERO];
    assert_eq!(ages, [five, five, none, five, none, five, five]);
    assert_eq!(wall.age(None), none);
    assert_eq!(wall.age(Some(Duration::ZERO)), none, "older than can be");
}
