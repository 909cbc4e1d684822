//! What the participants send, and how the marker is found in what they get.

use media::{
    codec::{Decoder, Encoder, MAX_FRAME_OCTETS, MAX_PACKET_SAMPLES},
    control::Codec,
};

use crate::Result;

/// The marker's tone; the other talkers keep away from it.
const MARKER_HERTZ: f32 = 1_700.0;

/// Packets between two beginnings of the marker: one second.
pub const MARKER_EVERY: usize = 50;

/// Packets that the marker lasts.
const MARKER_LASTS: usize = 10;

/// Packets of one participant, to be sent again and again.
pub struct Loop {
    pub packets: Vec<Vec<u8>>,
}

impl Loop {
    /// A second of the marker's tone followed by silence.
    pub fn marker(codec: Codec) -> Result<Self> {
        Self::encode(codec, |packet, seconds| {
            if packet < MARKER_LASTS {
                (seconds * MARKER_HERTZ * std::f32::consts::TAU).sin() * 9_000.0
            } else {
                0.0
            }
        })
    }

    /// Something like speech: a low voice with syllables.
    pub fn talker(codec: Codec, number: usize) -> Result<Self> {
        let pitch = 110.0 + 37.0 * number as f32;
        Self::encode(codec, |_, seconds| {
            let syllable = (seconds * 4.0 * std::f32::consts::TAU).sin().max(0.0);
            let voice: f32 = (1..6)
                .map(|harmonic| {
                    let harmonic = harmonic as f32;
                    (seconds * pitch * harmonic * std::f32::consts::TAU).sin() / harmonic
                })
                .sum();
            voice * syllable * 5_000.0
        })
    }

    /// Silence.
    pub fn comfort(codec: Codec) -> Result<Self> {
        Self::encode(codec, |_, _| 0.0)
    }

    fn encode(codec: Codec, sample: impl Fn(usize, f32) -> f32) -> Result<Self> {
        let mut encoder = Encoder::new(codec)?;
        let count = codec.tick_samples();
        let mut packets = Vec::new();
        // Twice: the first round is the encoder's settling.
        for packet in (0..MARKER_EVERY).chain(0..MARKER_EVERY) {
            let pcm: Vec<i16> = (0..count)
                .map(|at| {
                    let seconds = (packet * count + at) as f32 / codec.pcm_rate() as f32;
                    sample(packet, seconds) as i16
                })
                .collect();
            let mut octets = [0; MAX_FRAME_OCTETS];
            let length = encoder.encode(&pcm, &mut octets)?;
            packets.push(octets[..length].to_vec());
        }
        Ok(Self {
            packets: packets.split_off(MARKER_EVERY),
        })
    }
}

/// Finds the beginning of the marker in what one participant receives.
pub struct Ear {
    decoder: Decoder,
    codec: Codec,
    heard: bool,
}

impl Ear {
    pub fn new(codec: Codec) -> Result<Self> {
        Ok(Self {
            decoder: Decoder::new(codec)?,
            codec,
            heard: false,
        })
    }

    /// Whether the marker begins in this packet.
    pub fn begins(&mut self, payload: &[u8]) -> bool {
        let mut pcm = [0; MAX_PACKET_SAMPLES];
        let Ok(count) = self.decoder.decode(payload, &mut pcm) else {
            return false;
        };
        let before = self.heard;
        self.heard = level(&pcm[..count], self.codec.pcm_rate()) > 1_500.0;
        self.heard && !before
    }
}

/// Amplitude of the marker's tone (Goertzel).
fn level(pcm: &[i16], rate: u32) -> f32 {
    let coefficient = 2.0 * (std::f32::consts::TAU * MARKER_HERTZ / rate as f32).cos();
    let (mut one, mut two) = (0.0_f32, 0.0_f32);
    for sample in pcm {
        let next = f32::from(*sample) + coefficient * one - two;
        two = one;
        one = next;
    }
    let power = one * one + two * two - coefficient * one * two;
    2.0 * power.max(0.0).sqrt() / pcm.len() as f32
}
