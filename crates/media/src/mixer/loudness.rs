//! How loud a leg is, known as far as it goes without decoding.

use crate::{codec::SILENCE_DBOV, control::Codec};

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
    /// Octets of Opus packets over the last second or so, times 32.
    usual_octets: u32,
    /// The last Opus packet was clearly longer than that: somebody may have begun to speak.
    is_rising: bool,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            level: SILENCE_DBOV,
            unknown: false,
            scale: 0,
            now: SILENCE_DBOV,
            usual_octets: 0,
            is_rising: false,
        }
    }
}

impl Loudness {
    /// A packet that will be heard in this tick, and its level as far as
    /// [`level_of_payload`](crate::codec::level_of_payload) told it when it came.
    pub fn packet(&mut self, codec: Codec, payload: &[u8], level: Option<u8>) {
        let level = match (codec, level) {
            (_, Some(level)) => level,
            (Codec::G722, None) => self.follow_g722(payload),
            (_, None) => {
                self.follow_octets(payload.len());
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

    /// Of those of whom only decoding tells, this one should be asked first.
    #[must_use]
    pub fn is_rising(&self) -> bool {
        self.is_rising
    }

    /// A voice takes more octets than the noise of its room, whatever that takes.
    fn follow_octets(&mut self, octets: usize) {
        let octets = u32::try_from(octets).unwrap_or(u32::MAX).min(1_500);
        self.is_rising = octets * 32 > self.usual_octets + self.usual_octets / 4;
        self.usual_octets = self.usual_octets - self.usual_octets / 32 + octets;
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

/// The voice flags of the first SILK frame, its first bits of even odds (RFC 6716 §4.2.3), or
/// enough octets in transform mode.
fn opus_may_hold_voice(payload: &[u8]) -> bool {
    let Some((&toc, rest)) = payload.split_first() else {
        return false;
    };
    let configuration = toc >> 3;
    if configuration >= 16 {
        return payload.len() >= OPUS_QUIET_OCTETS;
    }
    // A flag for each 20 ms; SILK alone has frames of 40 and 60 ms as well.
    let flags = match (configuration < 12, configuration % 4) {
        (true, 2) => 0xC0,
        (true, 3) => 0xE0,
        _ => 0x80,
    };
    match only_frame(toc, rest) {
        Some(frame) => frame.first().is_some_and(|first| first & flags != 0),
        None => payload.len() >= OPUS_QUIET_OCTETS,
    }
}

/// The frame of a packet that has just one (RFC 6716 §3.2): code 0, or code 3 with a count of
/// one, by which encoders of constant bit rate pad.
fn only_frame(toc: u8, rest: &[u8]) -> Option<&[u8]> {
    match (toc & 3, rest) {
        (0, frame) => Some(frame),
        (3, [count, rest @ ..]) if count & 0x3F == 1 => {
            let padded = count & 0x40 != 0;
            let lengths = rest.iter().take_while(|octet| **octet == 255).count();
            rest.get(if padded { lengths + 1 } else { 0 }..)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Encoder, level_of_payload, level_of_pcm};

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

    fn take(loudness: &mut Loudness, codec: Codec, payload: &[u8]) {
        loudness.packet(codec, payload, level_of_payload(codec, payload));
    }

    fn measured(codec: Codec, pcm: &[i16]) -> u8 {
        let mut encoder = Encoder::new(codec).unwrap();
        let mut loudness = Loudness::default();
        let mut level = SILENCE_DBOV;
        let mut out = [0; 1_275];
        for frame in pcm.chunks_exact(codec.tick_samples()) {
            let length = encoder.encode(frame, &mut out).unwrap();
            take(&mut loudness, codec, &out[..length]);
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
    fn the_voice_flag_is_found_in_every_packing() {
        for (packet, voice) in [
            (&[0b0100_1000, 0x80, 1, 2][..], true),
            (&[0b0100_1000, 0x40, 1, 2], false),
            // 40 and 60 ms: the second and the third flag.
            (&[0b0101_0000, 0x40, 1, 2], true),
            (&[0b0101_1000, 0x20, 1, 2], true),
            // Code 3, one frame, with 2 and with 256 octets of padding.
            (&[0b0100_1011, 0x41, 2, 0x80, 7, 0, 0], true),
            (&[0b0100_1011, 0x41, 2, 0x40, 7, 0, 0], false),
            (&[0b0100_1011, 0x41, 255, 2, 0x80, 7], true),
            (&[0b0100_1011, 0x01, 0x00, 7], false),
            (&[0b0100_1011], false),
            (&[], false),
        ] {
            assert_eq!(opus_may_hold_voice(packet), voice, "{packet:02x?}");
        }
    }

    #[test]
    fn who_begins_to_speak_over_the_noise_of_a_room_stands_out() {
        let mut loudness = Loudness::default();
        let transform = |octets| vec![0xF8; octets];
        for octets in [40, 44, 38, 41].repeat(25) {
            take(&mut loudness, Codec::Opus, &transform(octets));
        }
        assert!(!loudness.is_rising());
        take(&mut loudness, Codec::Opus, &transform(80));
        assert!(loudness.is_rising());
    }

    #[test]
    fn opus_silence_needs_no_decoding_and_sound_does() {
        let mut loudness = Loudness::default();
        let mut encoder = Encoder::new(Codec::Opus).unwrap();
        let mut out = [0; 1_275];
        for frame in vec![0; 9_600].chunks_exact(960) {
            let length = encoder.encode(frame, &mut out).unwrap();
            take(&mut loudness, Codec::Opus, &out[..length]);
        }
        assert!(!loudness.is_unknown());
        for frame in noise(8_000.0, 9_600).chunks_exact(960) {
            let length = encoder.encode(frame, &mut out).unwrap();
            take(&mut loudness, Codec::Opus, &out[..length]);
        }
        assert!(loudness.is_unknown());
        loudness.decoded(30);
        assert!(!loudness.is_unknown());
        assert_eq!(loudness.settle(), 30);
    }
}
