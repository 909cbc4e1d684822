use super::*;
use crate::signal::{largest_step, purity_db, rms, sine};

/// A voice-like tone goes on through a loss of one frame without a click and in phase.
fn check(rate: u32, hertz: f64) {
    let frame = (rate / 50) as usize;
    let pcm = sine(hertz, 8_000.0, rate, frame * 12);
    let mut concealer = Concealer::new(rate);
    let mut heard = Vec::new();
    for (index, part) in pcm.chunks_exact(frame).enumerate() {
        let mut part = part.to_vec();
        if index == 8 {
            concealer.conceal(&mut part);
        } else {
            concealer.good(&mut part);
        }
        heard.extend(part);
    }
    let purity = purity_db(hertz, rate, &heard);
    assert!(purity > 14.0, "{rate} Hz, {hertz} Hz: {purity:.1} dB");
    let allowed = largest_step(&pcm) * 2;
    let step = largest_step(&heard);
    assert!(
        step <= allowed,
        "{rate} Hz, {hertz} Hz: a step of {step}, of {allowed}"
    );
}

#[test]
fn a_lost_frame_is_continued() {
    for rate in [8_000, 16_000] {
        for hertz in [100.0, 150.0, 200.0, 400.0, 800.0] {
            check(rate, hertz);
        }
    }
}

#[test]
fn a_long_loss_fades_to_silence_within_60_ms() {
    let mut concealer = Concealer::new(8_000);
    concealer.good(&mut sine(200.0, 8_000.0, 8_000, 800));
    let mut out = [0; 160];
    let mut levels = Vec::new();
    for _ in 0..5 {
        concealer.conceal(&mut out);
        levels.push(rms(&out));
    }
    assert!(levels[0] > 4_000.0, "{levels:?}");
    assert!(levels.is_sorted_by(|a, b| a >= b), "{levels:?}");
    assert_eq!(levels[3..], [0.0, 0.0]);
}

#[test]
fn without_a_past_there_is_silence() {
    let mut concealer = Concealer::new(16_000);
    let mut out = [1; 320];
    concealer.conceal(&mut out);
    assert_eq!(out, [0; 320]);
    concealer.good(&mut [5; 2_000]);
    concealer.good(&mut []);
    concealer.reset();
    concealer.conceal(&mut out);
    assert_eq!(out, [0; 320]);
}
