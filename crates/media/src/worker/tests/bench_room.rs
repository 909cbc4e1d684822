//! Large rooms.

use super::phone::Stage;
use crate::control::Codec;

#[test]
fn a_thousand_legs_hear_three() {
    let mut stage = Stage::new();
    for number in 1..=1_000 {
        let codec = match number % 10 {
            0 => Codec::Opus,
            1 => Codec::G722,
            _ => Codec::Pcma,
        };
        let phone = stage.phone(number, codec, 400.0 + 300.0 * number as f32);
        phone.amplitude = 0.0;
        phone.quiet = number > 3;
        if number <= 3 {
            phone.amplitude = 8_000.0;
        }
    }
    stage.conference();
    stage.run(600);
    for number in [500, 501, 502] {
        let phone = &stage.phones[&number];
        assert_eq!(phone.headers.len(), 30);
        for hertz in [700.0, 1_000.0, 1_300.0] {
            assert!(phone.hears(hertz, 200) > -25.0, "{number} at {hertz}");
        }
    }
}
