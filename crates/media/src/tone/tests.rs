use super::*;
use crate::codec::level_of_pcm;
use crate::signal::{amplitude_of, largest_step, purity_db};

const PLANS: [TonePlan; 3] = [
    TonePlan::Europe,
    TonePlan::NorthAmerica,
    TonePlan::UnitedKingdom,
];

fn all() -> Vec<Sound> {
    let mut sounds = vec![Sound::JoinTone, Sound::LeaveTone, Sound::Beep, Sound::Error];
    sounds.extend(PLANS.map(Sound::Ringback));
    sounds
}

/// Frequencies that sound and milliseconds on and off (ITU-T E.180 Supplement 2).
#[test]
fn cadences() {
    let check = |sound, hertz: [f64; 2], ms: &[u32]| {
        let cadence = cadence(sound).unwrap();
        assert_eq!(
            cadence.iter().map(|segment| segment.ms).collect::<Vec<_>>(),
            ms,
            "{sound:?}"
        );
        let samples = render(&cadence[..1], 8_000);
        for wanted in hertz.into_iter().filter(|&hertz| hertz > 0.0) {
            assert!(
                amplitude_of(wanted, 8_000, &samples) > 2_000.0,
                "{sound:?} lacks {wanted}"
            );
        }
        assert!(amplitude_of(1_000.0, 8_000, &samples) < 100.0);
    };
    use Sound::Ringback;
    use TonePlan::{Europe, NorthAmerica, UnitedKingdom};
    check(Ringback(Europe), [425.0, 0.0], &[1_000, 4_000]);
    check(Ringback(NorthAmerica), [440.0, 480.0], &[2_000, 4_000]);
    check(
        Ringback(UnitedKingdom),
        [400.0, 450.0],
        &[400, 200, 400, 2_000],
    );
}

/// Repeating a tone must not shift it against the ticks.
#[test]
fn cadences_are_whole_ticks() {
    for sound in all() {
        let samples = render(cadence(sound).unwrap(), 16_000).len();
        assert!(samples.is_multiple_of(320), "{sound:?}: {samples} samples");
    }
}

#[test]
fn tones_neither_click_nor_clip() {
    for sound in all() {
        for rate in [8_000, 16_000, 48_000] {
            let samples = render(cadence(sound).unwrap(), rate);
            let step = largest_step(&samples);
            assert!(step < 3_000, "{sound:?} at {rate}: {step}");
            assert!(samples.iter().all(|sample| sample.unsigned_abs() < 6_000));
            assert!(samples.last().unwrap().abs() < 300);
        }
    }
}

#[test]
fn an_oscillator_stays_pure() {
    let mut oscillator = Oscillator::new(425.0, 48_000);
    let hour: f32 = (0..48_000 * 60)
        .map(|_| oscillator.sample())
        .fold(0.0, f32::max);
    assert!((0.99..1.01).contains(&hour), "{hour}");
    let samples: Vec<i16> = (0..48_000)
        .map(|_| (oscillator.sample() * 20_000.0) as i16)
        .collect();
    assert!(purity_db(425.0, 48_000, &samples) > 60.0);
}

#[test]
fn the_music_is_quiet_and_goes_round() {
    for rate in [8_000, 16_000] {
        let music = waiting_music(rate);
        assert!((15..40).contains(&(music.len() / rate as usize)));
        assert!(music.len().is_multiple_of(rate as usize / 50));
        for second in music.chunks_exact(rate as usize) {
            let level = level_of_pcm(second);
            assert!((30..50).contains(&level), "{level} dB below full scale");
        }
        let seam = (i32::from(music[0]) - i32::from(music[music.len() - 1])).abs();
        assert!(seam <= largest_step(&music));
        assert!(largest_step(&music) < 2_000);
    }
}

#[test]
fn music_and_prompts_have_no_cadence() {
    assert!(cadence(Sound::Music).is_none());
    assert!(cadence(Sound::Prompt(crate::control::Prompt::Menu)).is_none());
}
