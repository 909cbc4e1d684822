use super::*;
use crate::signal::{purity_db, rms, sine};

/// A tone below `0.8` of the lower rate's half passes unchanged and pure.
fn passes(from: u32, to: u32, hertz: f64) {
    let mut resampler = Resampler::new(from, to).unwrap();
    let input = sine(hertz, 10_000.0, from, from as usize);
    let mut out = Vec::new();
    for frame in input.chunks_exact(from as usize / 50) {
        let mut part = vec![0; to as usize / 50];
        assert_eq!(resampler.process(frame, &mut part), part.len());
        out.extend(part);
    }
    assert_eq!(out.len(), to as usize);
    let settled = &out[to as usize / 10..];
    let purity = purity_db(hertz, to, settled);
    assert!(purity > 50.0, "{from} to {to}, {hertz} Hz: {purity:.1} dB");
    let loudness = rms(settled);
    assert!(
        (7_000.0..7_140.0).contains(&loudness),
        "{from} to {to}, {hertz} Hz: {loudness}"
    );
}

#[test]
fn tones_pass() {
    for (from, to) in [
        (8_000, 16_000),
        (8_000, 48_000),
        (16_000, 48_000),
        (16_000, 8_000),
        (48_000, 8_000),
        (48_000, 16_000),
        (48_000, 48_000),
    ] {
        let half = f64::from(from.min(to)) / 2.0;
        for part in [0.05, 0.25, 0.5, 0.8] {
            passes(from, to, (half * part / 10.0).round() * 10.0);
        }
    }
}

/// What the lower rate can not hold does not come back as something else.
#[test]
fn nothing_is_folded_back() {
    for (from, to) in [(16_000, 8_000), (48_000, 8_000), (48_000, 16_000)] {
        for part in [1.05, 1.3, 1.9] {
            let hertz = f64::from(to) / 2.0 * part;
            if hertz >= f64::from(from) / 2.0 {
                continue;
            }
            let mut resampler = Resampler::new(from, to).unwrap();
            let input = sine(hertz, 10_000.0, from, from as usize);
            let mut out = vec![0; to as usize];
            assert_eq!(resampler.process(&input, &mut out), out.len());
            let left = rms(&out[to as usize / 10..]);
            // 55 dB below the 7071 that went in.
            assert!(left < 12.6, "{from} to {to}, {hertz} Hz: {left}");
        }
    }
}

#[test]
fn the_loudest_does_not_wrap() {
    let mut resampler = Resampler::new(8_000, 48_000).unwrap();
    let square: Vec<i16> = (0..800)
        .map(|n| if n / 8 % 2 == 0 { i16::MAX } else { i16::MIN })
        .collect();
    let mut out = vec![0; 4_800];
    resampler.process(&square, &mut out);
    // In the middle of a half wave, after the delay of 16 samples.
    let middle = &out[(16 + 16 * 10 + 4) * 6 - 6..][..6];
    assert!(middle.iter().all(|&sample| sample > 28_000), "{middle:?}");
}

#[test]
fn a_constant_stays_what_it_is() {
    for (from, to) in [(8_000, 48_000), (48_000, 8_000), (16_000, 8_000)] {
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut out = vec![0; to as usize / 10];
        resampler.process(&vec![12_345; from as usize / 10], &mut out);
        let settled = &out[out.len() / 2..];
        assert!(
            settled
                .iter()
                .all(|&sample| (12_344..=12_346).contains(&sample))
        );
        resampler.reset();
        resampler.process(&vec![0; from as usize / 10], &mut out);
        assert!(out.iter().all(|&sample| sample == 0));
    }
}

#[test]
fn short_outputs_bound_the_work() {
    let mut up = Resampler::new(8_000, 48_000).unwrap();
    assert_eq!(up.process(&[1; 100], &mut [0; 61]), 60);
    let mut down = Resampler::new(48_000, 8_000).unwrap();
    assert_eq!(down.process(&[1; 100], &mut [0; 3]), 3);
    assert_eq!(down.process(&[1; 11], &mut [0; 30]), 1);
    let refused = UnsupportedRates {
        from: 44_100,
        to: 48_000,
    };
    assert_eq!(Resampler::new(44_100, 48_000).unwrap_err(), refused);
    assert!(Resampler::new(8_000, 0).is_err());
    assert!(Resampler::new(0, 8_000).is_err());
    assert!(Resampler::new(1_000, 8_000).is_err());
}

#[test]
fn recordings_of_any_rate() {
    for (from, to) in [
        (22_050, 16_000),
        (44_100, 16_000),
        (11_025, 16_000),
        (16_000, 48_000),
        (16_000, 8_000),
    ] {
        let converter = Converter::new(from, to);
        let out = converter.convert(&sine(1_000.0, 10_000.0, from, from as usize));
        assert!(
            (i64::from(to) - out.len() as i64).abs() <= 2,
            "{from} to {to}: {}",
            out.len()
        );
        let middle = &out[to as usize / 4..to as usize * 3 / 4];
        let purity = purity_db(1_000.0, to, middle);
        assert!(purity > 48.0, "{from} to {to}: {purity:.1} dB");
    }
    assert!(Converter::new(0, 0).convert(&[]).is_empty());
    // A ratio without a small fraction is met as well as 2000 phases can.
    let odd = Converter::new(8_001, 16_000).convert(&[0; 8_001]);
    assert!((15_980..=16_020).contains(&odd.len()), "{}", odd.len());
}

/// Read in pieces it is the same as at once, and past the end there is silence.
#[test]
fn recordings_are_read_from_anywhere() {
    let recording = sine(500.0, 9_000.0, 16_000, 3_200);
    let converter = Converter::new(16_000, 48_000);
    let whole = converter.convert(&recording);
    let mut piece = [0; 960];
    for first in (0..whole.len()).step_by(960) {
        converter.read(&recording, first, &mut piece);
        assert_eq!(piece[..], whole[first..first + 960]);
    }
    converter.read(&recording, whole.len() + 200, &mut piece);
    assert_eq!(piece, [0; 960]);
}

/// A room of a thousand gets as many resamplers at once, on the media thread.
#[test]
fn filters_are_made_once() {
    for (from, to) in [(8_000, 48_000), (48_000, 8_000), (16_000, 48_000)] {
        let [one, two] = [(); 2].map(|()| Resampler::new(from, to).unwrap());
        assert!(std::ptr::eq(one.filter, two.filter));
    }
}
