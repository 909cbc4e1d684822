//! How loud a leg is, known as far as it goes without decoding.

use crate::{
    codec::{SILENCE_DBOV, level_of_payload},
    control::Codec,
};

/// Opus in transform mode says silence in fewer octets than this; speech takes 30 and more.
const OPUS_QUIET_OCTETS: usize = 16;

/// Level of a packet that says by itself that it holds no voice.
const NO_VOICE_DBOV: u8 = 80;

/// Steps of the logarithmic scale factor of G.722's lower band (ITU-T G.722 §3.5, block 3L),
/// by the upper four bits of the six-bit code word.
const G722_STEPS: [i32; 16] = [
    -60, 3_042, 1_198, 538, 334, 172, 58, -30, 3_042, 1_198, 538, 334, 172, 58, -30, -60,
];

/// The loudness of one leg.
#[derive(Debug, Clone)]
pub struct Loudness {
    /// Attack at once, decay 1 dB a tick, in −dBov.
    level: u8,
    /// The packets since the last decoding may hold sound whose level is not known.
    unknown: bool,
    /// G.722's scale factor, followed without decoding: 2048 steps are a factor of two.
    scale: i32,
    /// The loudest packet of this tick.
    now: u8,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            level: SILENCE_DBOV,
            unknown: false,
            scale: 0,
            now: SILENCE_DBOV,
        }
    }
}

impl Loudness {
    /// A packet that will be heard in this tick.
    pub fn packet(&mut self, codec: Codec, payload: &[u8]) {
        let level = match (codec, level_of_payload(codec, payload)) {
            (_, Some(level)) => level,
            (Codec::G722, None) => self.follow_g722(payload),
            (_, None) => {
                if opus_may_hold_voice(payload) {
                    self.unknown = true;
                    return;
                }
                NO_VOICE_DBOV
            }
        };
        self.now = self.now.min(level);
    }

    /// The frame of this tick was decoded and was so loud.
    pub fn decoded(&mut self, level: u8) {
        self.unknown = false;
        self.now = level;
    }

    /// Only decoding tells how loud this tick is.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// Ends the tick and says how loud the leg is, decaying slowly.
    pub fn settle(&mut self) -> u8 {
        let now = std::mem::replace(&mut self.now, SILENCE_DBOV);
        self.level = now.min(self.level.saturating_add(1).min(SILENCE_DBOV));
        self.level
    }

    /// Follows the adaptation of the decoder's quantiser, which is large where the signal is.
    fn follow_g722(&mut self, payload: &[u8]) -> u8 {
        let mut sum = 0;
        for &octet in payload {
            let code = usize::from((octet & 0x3F) >> 2);
            self.scale = (self.scale * 127 / 128 + G722_STEPS[code]).clamp(0, 18_432);
            sum += self.scale;
        }
        let mean = sum / i32::try_from(payload.len().max(1)).unwrap_or(i32::MAX);
        // 6.02 dB a doubling; the offset is that of speech-like noise.
        let level = G722_FLOOR_DBOV - mean * 602 / 204_800;
        u8::try_from(level.clamp(0, i32::from(SILENCE_DBOV))).unwrap_or(SILENCE_DBOV)
    }
}

/// What the smallest scale factor means, in −dBov.
const G722_FLOOR_DBOV: i32 = 71;

/// The voice flag of the first SILK frame (RFC 6716 §4.2.3: its first bit, of even odds), or
/// enough octets in transform mode.
fn opus_may_hold_voice(payload: &[u8]) -> bool {
    let Some((&toc, rest)) = payload.split_first() else {
        return false;
    };
    if toc >> 3 < 16 && toc & 3 == 0 {
        return rest.first().is_some_and(|first| first & 0x80 != 0);
    }
    payload.len() >= OPUS_QUIET_OCTETS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Encoder, level_of_pcm};

    /// Noise through a simple low pass: as far from a tone as speech is.
    fn noise(amplitude: f32, samples: usize) -> Vec<i16> {
        let mut state = 12_345_u32;
        let mut low = 0.0_f32;
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let white = (state >> 16) as f32 / 32_768.0 - 1.0;
                low = low * 0.7 + white * 0.3;
                (low * amplitude) as i16
            })
            .collect()
    }

    fn measured(codec: Codec, pcm: &[i16]) -> u8 {
        let mut encoder = Encoder::new(codec).unwrap();
        let mut loudness = Loudness::default();
        let mut level = SILENCE_DBOV;
        let mut out = [0; 1_275];
        for frame in pcm.chunks_exact(codec.tick_samples()) {
            let length = encoder.encode(frame, &mut out).unwrap();
            loudness.packet(codec, &out[..length]);
            level = loudness.settle();
        }
        level
    }

    #[test]
    fn g722_is_known_within_some_decibels_without_decoding() {
        for amplitude in [100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0] {
            let pcm = noise(amplitude, 16_000);
            let truth = i32::from(level_of_pcm(&pcm));
            let guess = i32::from(measured(Codec::G722, &pcm));
            assert!((truth - guess).abs() <= 8, "{truth} taken for {guess}");
        }
        assert!(measured(Codec::G722, &[0; 16_000]) > 65);
    }

    #[test]
    fn g711_is_exact() {
        let pcm = noise(8_000.0, 8_000);
        let truth = i32::from(level_of_pcm(&pcm));
        assert!((truth - i32::from(measured(Codec::Pcma, &pcm))).abs() <= 2);
    }

    #[test]
    fn opus_silence_needs_no_decoding_and_sound_does() {
        let mut loudness = Loudness::default();
        let mut encoder = Encoder::new(Codec::Opus).unwrap();
        let mut out = [0; 1_275];
        for frame in vec![0; 9_600].chunks_exact(960) {
            let length = encoder.encode(frame, &mut out).unwrap();
            loudness.packet(Codec::Opus, &out[..length]);
        }
        assert!(!loudness.is_unknown());
        for frame in noise(8_000.0, 9_600).chunks_exact(960) {
            let length = encoder.encode(frame, &mut out).unwrap();
            loudness.packet(Codec::Opus, &out[..length]);
        }
        assert!(loudness.is_unknown());
        loudness.decoded(30);
        assert!(!loudness.is_unknown());
        assert_eq!(loudness.settle(), 30);
    }
}
