//! Opus by libopus, mono at 48 kHz. A packet that is flagged stereo decodes to mono by itself.

use opus::{Application, Bitrate, Channels};

use super::{CodecError, MAX_PACKET_SAMPLES};

/// Bits per second of our encodings.
const BITRATE: i32 = 32_000;

/// libopus turns on a speech analyser at 7 and more, which below 64 kbit/s selects the hybrid
/// mode and costs three to five times as much; 5 stays in the cheap transform mode.
const COMPLEXITY: i32 = 5;

#[derive(Debug)]
pub(super) struct Decoder {
    inner: opus::Decoder,
    rate: u32,
}

impl Decoder {
    pub(super) fn new(rate: u32) -> Result<Self, CodecError> {
        let inner = opus::Decoder::new(rate, Channels::Mono).map_err(|_| CodecError::Setup)?;
        Ok(Self { inner, rate })
    }

    pub(super) fn sample_rate(&self) -> u32 {
        self.rate
    }

    pub(super) fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, CodecError> {
        // libopus takes an empty packet for a lost one and would fill all of `out`.
        if payload.is_empty() {
            return Err(CodecError::Malformed);
        }
        let n = out.len().min(MAX_PACKET_SAMPLES);
        self.inner
            .decode(payload, &mut out[..n], false)
            .map_err(|error| match error.code() {
                opus::ErrorCode::BufferTooSmall => CodecError::BufferTooShort,
                _ => CodecError::Malformed,
            })
    }

    pub(super) fn conceal(&mut self, out: &mut [i16]) {
        self.fill(&[], out);
    }

    pub(super) fn recover(&mut self, next_payload: &[u8], out: &mut [i16]) {
        self.fill(next_payload, out);
    }

    /// With an empty packet libopus conceals; with the following one and `fec` it takes the
    /// copy from there, or conceals if there is none.
    fn fill(&mut self, payload: &[u8], out: &mut [i16]) {
        let filled = self
            .inner
            .decode(payload, out, !payload.is_empty())
            .unwrap_or(0);
        if let Some(rest) = out.get_mut(filled..) {
            rest.fill(0);
        }
    }

    pub(super) fn reset(&mut self) {
        // Only a decoder that was never made can refuse this.
        let _ = self.inner.reset_state();
    }
}

#[derive(Debug)]
pub(super) struct Encoder(opus::Encoder);

impl Encoder {
    pub(super) fn new() -> Result<Self, CodecError> {
        let mut inner = opus::Encoder::new(48_000, Channels::Mono, Application::Audio)
            .map_err(|_| CodecError::Setup)?;
        inner
            .set_bitrate(Bitrate::Bits(BITRATE))
            .and_then(|()| inner.set_complexity(COMPLEXITY))
            .and_then(|()| inner.set_inband_fec(false))
            .map_err(|_| CodecError::Setup)?;
        Ok(Self(inner))
    }

    pub(super) fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        self.0.encode(pcm, out).map_err(|error| match error.code() {
            opus::ErrorCode::BufferTooSmall => CodecError::BufferTooShort,
            _ => CodecError::Malformed,
        })
    }

    pub(super) fn reset(&mut self) {
        // Only an encoder that was never made can refuse this.
        let _ = self.0.reset_state();
    }
}

/// Samples at 48 kHz of a packet, from its first two octets (RFC 6716 §3.1, §3.2).
pub(super) fn duration(payload: &[u8]) -> Option<u32> {
    let toc = *payload.first()?;
    let frame = match toc >> 3 {
        config @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(config & 3)],
        config @ 12..=15 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(payload.get(1)? & 0x3F),
    };
    let total = frame * frames;
    (1..=MAX_PACKET_SAMPLES as u32)
        .contains(&total)
        .then_some(total)
}
