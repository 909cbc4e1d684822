//! How loud a frame is, in −dBov: 0 is the loudest, 127 is silence (RFC 6464 §3).

use super::g711::{alaw_to_linear, ulaw_to_linear};
use crate::control::Codec;

/// The level of silence.
pub const SILENCE_DBOV: u8 = 127;

/// An Opus packet of this many octets or fewer carries no sound: it is the sign of
/// discontinuous transmission (RFC 6716 §2.1.9).
const OPUS_DTX_OCTETS: usize = 2;

/// Squares of the decoded samples.
const fn squares(alaw: bool) -> [u32; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let sample = if alaw {
            alaw_to_linear(code as u8)
        } else {
            ulaw_to_linear(code as u8)
        } as i32;
        table[code] = (sample * sample) as u32;
        code += 1;
    }
    table
}

static ULAW_SQUARES: [u32; 256] = squares(false);
static ALAW_SQUARES: [u32; 256] = squares(true);

/// The level of a packet without decoding it, or none where only decoding tells.
///
/// G.711 is exact; Opus says silence for a packet of discontinuous transmission only.
#[must_use]
pub fn level_of_payload(codec: Codec, payload: &[u8]) -> Option<u8> {
    let sum = |table: &[u32; 256]| {
        let sum: u64 = payload
            .iter()
            .map(|&code| u64::from(table[usize::from(code)]))
            .sum();
        sum as f32
    };
    match codec {
        Codec::Pcmu => Some(level(sum(&ULAW_SQUARES), payload.len())),
        Codec::Pcma => Some(level(sum(&ALAW_SQUARES), payload.len())),
        Codec::G722 => None,
        Codec::Opus => (payload.len() <= OPUS_DTX_OCTETS).then_some(SILENCE_DBOV),
    }
}

/// The level of samples.
#[must_use]
pub fn level_of_pcm(pcm: &[i16]) -> u8 {
    let (parts, rest) = pcm.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    // Eight sums beside each other, so that the compiler may use vectors.
    for part in parts {
        for (sum, &sample) in sums.iter_mut().zip(part) {
            *sum += f32::from(sample) * f32::from(sample);
        }
    }
    let rest = rest.iter().map(|&sample| f32::from(sample).powi(2));
    level(sums.into_iter().chain(rest).sum(), pcm.len())
}

/// From a sum of squares: 0 dBov is a square wave of full scale.
fn level(sum_of_squares: f32, samples: usize) -> u8 {
    if sum_of_squares <= 0.0 || samples == 0 {
        return SILENCE_DBOV;
    }
    let mean = sum_of_squares / samples as f32;
    let below_full_scale = 10.0 * (32_768.0_f32 * 32_768.0 / mean).log10();
    // The cast saturates: never below 0, and the clamp keeps it within seven bits.
    (below_full_scale + 0.5).clamp(0.0, f32::from(SILENCE_DBOV)) as u8
}
