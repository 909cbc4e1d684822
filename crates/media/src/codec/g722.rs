//! G.722 at 64 kbit/s: 16 kHz samples, one octet for two of them.

use audio_codec::g722::{G722Decoder, G722Encoder};
use audio_codec::{Decoder as _, Encoder as _};

use super::CodecError;

pub(super) struct Decoder(G722Decoder);

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("g722::Decoder")
    }
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self(G722Decoder::new())
    }

    pub(super) fn reset(&mut self) {
        self.0 = G722Decoder::new();
    }

    pub(super) fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, CodecError> {
        if payload.is_empty() {
            return Err(CodecError::Malformed);
        }
        // Looked at first: a decoder that fails half way has lost its state.
        if out.len() < payload.len() * 2 {
            return Err(CodecError::BufferTooShort);
        }
        self.0
            .decode_into(payload, out)
            .map_err(|_| CodecError::Malformed)
    }
}

pub(super) struct Encoder(G722Encoder);

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("g722::Encoder")
    }
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self(G722Encoder::new())
    }

    pub(super) fn reset(&mut self) {
        self.0 = G722Encoder::new();
    }

    pub(super) fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        if !pcm.len().is_multiple_of(2) {
            return Err(CodecError::Malformed);
        }
        if out.len() < pcm.len() / 2 {
            return Err(CodecError::BufferTooShort);
        }
        self.0
            .encode_into(pcm, out)
            .map_err(|_| CodecError::BufferTooShort)
    }
}
