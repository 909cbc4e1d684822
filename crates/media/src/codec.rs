//! The audio codecs of a leg: facts, decoders, encoders and loudness without decoding.
//!
//! Everything here writes into slices that the caller owns; after construction nothing
//! allocates. Start at [`Decoder`] and [`Encoder`].

mod facts;
mod g711;
mod g722;
mod loudness;
mod opus;

pub use self::facts::{CODECS, TICK_MS, samples_in};
pub use self::g711::{alaw_from_linear, alaw_to_linear, ulaw_from_linear, ulaw_to_linear};
pub use self::loudness::{SILENCE_DBOV, level_of_payload, level_of_pcm};

use crate::control::Codec;
use crate::plc::Concealer;

/// Samples that one packet can hold at most: 120 ms of Opus at 48 kHz (RFC 6716 §3.1).
/// An output buffer of this length is always long enough.
pub const MAX_PACKET_SAMPLES: usize = 5760;

/// Octets that one encoded frame can have at most (RFC 6716 §3.2.1).
pub const MAX_FRAME_OCTETS: usize = 1275;

/// Why a codec refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The octets are not a packet of this codec.
    #[error("the payload is not a packet of this codec")]
    Malformed,
    /// The output slice is too short for what the packet holds.
    #[error("the output buffer is too short for the packet")]
    BufferTooShort,
    /// The codec library could not make its state.
    #[error("the codec could not be set up")]
    Setup,
}

/// Decodes the packets of one stream, and conceals those that are missing.
#[derive(Debug)]
pub struct Decoder(DecoderKind);

#[derive(Debug)]
enum DecoderKind {
    G711(g711::Law, Concealer),
    G722(Box<g722::Decoder>, Concealer),
    Opus(opus::Decoder),
}

impl Decoder {
    /// A decoder at the codec's own rate (see [`Codec::pcm_rate`]).
    ///
    /// # Errors
    /// [`CodecError::Setup`] when the codec library has no memory for its state.
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        Ok(Self(match codec {
            Codec::Pcmu => DecoderKind::G711(g711::Law::Mu, Concealer::new(8_000)),
            Codec::Pcma => DecoderKind::G711(g711::Law::A, Concealer::new(8_000)),
            Codec::G722 => {
                DecoderKind::G722(Box::new(g722::Decoder::new()), Concealer::new(16_000))
            }
            Codec::Opus => DecoderKind::Opus(opus::Decoder::new(48_000)?),
        }))
    }

    /// Rate of the samples that come out, in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        match &self.0 {
            DecoderKind::G711(..) => 8_000,
            DecoderKind::G722(..) => 16_000,
            DecoderKind::Opus(decoder) => decoder.sample_rate(),
        }
    }

    /// Decodes one packet into `out` and says how many samples it held.
    ///
    /// # Errors
    /// [`CodecError::Malformed`] for octets that are no packet; [`CodecError::BufferTooShort`]
    /// when `out` is shorter than the packet. The decoder stays usable after both.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, CodecError> {
        match &mut self.0 {
            DecoderKind::G711(law, concealer) => {
                let n = law.decode(payload, out)?;
                concealer.good(&mut out[..n]);
                Ok(n)
            }
            DecoderKind::G722(decoder, concealer) => {
                let n = decoder.decode(payload, out)?;
                concealer.good(&mut out[..n]);
                Ok(n)
            }
            DecoderKind::Opus(decoder) => decoder.decode(payload, out),
        }
    }

    /// Fills all of `out` (10, 20, 40 or 60 ms) in place of a packet that did not come.
    pub fn conceal(&mut self, out: &mut [i16]) {
        match &mut self.0 {
            DecoderKind::G711(_, concealer) | DecoderKind::G722(_, concealer) => {
                concealer.conceal(out);
            }
            DecoderKind::Opus(decoder) => decoder.conceal(out),
        }
    }

    /// Like [`conceal`](Self::conceal), but looks for a copy of the lost frame in the packet
    /// after it (Opus in-band forward error correction, RFC 6716 §2.1.7).
    pub fn recover(&mut self, next_payload: &[u8], out: &mut [i16]) {
        match &mut self.0 {
            DecoderKind::Opus(decoder) => decoder.recover(next_payload, out),
            _ => self.conceal(out),
        }
    }

    /// Forgets the stream: the next packet is the first of another.
    pub fn reset(&mut self) {
        match &mut self.0 {
            DecoderKind::G711(_, concealer) => concealer.reset(),
            DecoderKind::G722(decoder, concealer) => {
                decoder.reset();
                concealer.reset();
            }
            DecoderKind::Opus(decoder) => decoder.reset(),
        }
    }
}

/// Encodes one stream, frame by frame.
#[derive(Debug)]
pub struct Encoder(EncoderKind);

#[derive(Debug)]
enum EncoderKind {
    G711(g711::Law),
    G722(Box<g722::Encoder>),
    Opus(opus::Encoder),
}

impl Encoder {
    /// An encoder at the codec's own rate (see [`Codec::pcm_rate`]).
    ///
    /// # Errors
    /// [`CodecError::Setup`] when the codec library has no memory for its state.
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        Ok(Self(match codec {
            Codec::Pcmu => EncoderKind::G711(g711::Law::Mu),
            Codec::Pcma => EncoderKind::G711(g711::Law::A),
            Codec::G722 => EncoderKind::G722(Box::new(g722::Encoder::new())),
            Codec::Opus => EncoderKind::Opus(opus::Encoder::new()?),
        }))
    }

    /// Encodes one frame of `pcm` (for Opus 10, 20, 40 or 60 ms) and says how many octets of
    /// `out` it takes. `out` of [`MAX_FRAME_OCTETS`] is always long enough.
    ///
    /// # Errors
    /// [`CodecError::BufferTooShort`] when it isn't; [`CodecError::Malformed`] for a frame
    /// length that the codec does not have.
    pub fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        match &mut self.0 {
            EncoderKind::G711(law) => law.encode(pcm, out),
            EncoderKind::G722(encoder) => encoder.encode(pcm, out),
            EncoderKind::Opus(encoder) => encoder.encode(pcm, out),
        }
    }

    /// Forgets the stream: the next frame is the first of another.
    pub fn reset(&mut self) {
        match &mut self.0 {
            EncoderKind::G711(_) => {}
            EncoderKind::G722(encoder) => encoder.reset(),
            EncoderKind::Opus(encoder) => encoder.reset(),
        }
    }
}

#[cfg(test)]
mod tests;
