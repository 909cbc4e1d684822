//! One sound in every form in which it can be played.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::LIBRARY_RATE;
use crate::codec::{CODECS, CodecError, Encoder, MAX_FRAME_OCTETS};
use crate::control::Codec;
use crate::resample::Converter;

const TICK_SAMPLES: usize = 320;

/// A sound of a whole number of ticks of 20 ms.
#[derive(Debug)]
pub struct Clip {
    ticks: usize,
    rates: Arc<Rates>,
    /// At the library's rate.
    samples: Box<[i16]>,
    /// In the order of [`CODECS`], as far as they were made.
    packets: [OnceLock<Packets>; CODECS.len()],
}

/// From the library's rate to the others.
#[derive(Debug)]
pub(super) struct Rates {
    narrow: Converter,
    full: Converter,
}

impl Rates {
    pub(super) fn new() -> Self {
        Self {
            narrow: Converter::new(LIBRARY_RATE, 8_000),
            full: Converter::new(LIBRARY_RATE, 48_000),
        }
    }

    fn to(&self, rate: u32) -> Option<&Converter> {
        match rate {
            8_000 => Some(&self.narrow),
            48_000 => Some(&self.full),
            _ => None,
        }
    }
}

/// The packets of one codec, one after the other.
#[derive(Debug)]
struct Packets {
    octets: Box<[u8]>,
    /// Where each ends.
    ends: Box<[u32]>,
}

impl Clip {
    /// From samples at the library's rate; silence fills the last tick.
    pub(super) fn new(rates: &Arc<Rates>, mut samples: Vec<i16>) -> Self {
        let ticks = samples.len().div_ceil(TICK_SAMPLES).max(1);
        samples.resize(ticks * TICK_SAMPLES, 0);
        Self {
            ticks,
            rates: Arc::clone(rates),
            samples: samples.into_boxed_slice(),
            packets: [const { OnceLock::new() }; CODECS.len()],
        }
    }

    /// Makes the packets that are not there yet, the cheap codecs first.
    pub(super) fn encode(&self) -> Result<(), CodecError> {
        for (slot, codec) in self.packets.iter().zip(CODECS).rev() {
            if slot.get().is_none() {
                // Who was faster made the same.
                let _ = slot.set(encode(codec, &self.rates, &self.samples)?);
            }
        }
        Ok(())
    }

    pub(super) fn is_encoded(&self) -> bool {
        self.packets.iter().all(|slot| slot.get().is_some())
    }

    /// Length in ticks of 20 ms, at least one.
    #[must_use]
    pub fn ticks(&self) -> usize {
        self.ticks
    }

    /// The packet of 20 ms for this tick, once they were made; ticks past the end begin anew.
    #[must_use]
    pub fn packet(&self, codec: Codec, tick: usize) -> Option<&[u8]> {
        let place = CODECS.iter().position(|&other| other == codec)?;
        let packets = self.packets[place].get()?;
        let tick = tick % self.ticks;
        let start = match tick {
            0 => 0,
            _ => packets.ends[tick - 1] as usize,
        };
        packets.octets.get(start..packets.ends[tick] as usize)
    }

    /// The samples of this tick at 8, 16 or 48 kHz, for mixing; `out` is one tick long, and
    /// ticks past the end begin anew.
    pub fn read(&self, sample_rate: u32, tick: usize, out: &mut [i16]) {
        let tick = tick % self.ticks;
        let first = tick * out.len();
        match self.rates.to(sample_rate) {
            Some(converter) => converter.read(&self.samples, first, out),
            None => {
                let from = &self.samples[tick * TICK_SAMPLES..][..TICK_SAMPLES];
                let n = from.len().min(out.len());
                out[..n].copy_from_slice(&from[..n]);
                out[n..].fill(0);
            }
        }
    }
}

fn encode(codec: Codec, rates: &Rates, samples: &[i16]) -> Result<Packets, CodecError> {
    let mut encoder = Encoder::new(codec)?;
    let mut octets = Vec::new();
    let mut ends = Vec::new();
    let mut packet = [0; MAX_FRAME_OCTETS];
    let pcm = match rates.to(codec.pcm_rate()) {
        Some(converter) => Cow::Owned(converter.convert(samples)),
        None => Cow::Borrowed(samples),
    };
    // Tones are silent most of the time, and encoding that once is enough.
    let mut was_silent = false;
    let mut silence: Option<Vec<u8>> = None;
    for frame in pcm.chunks_exact(codec.tick_samples()) {
        let silent = frame.iter().all(|&sample| sample == 0);
        if silent && let Some(silence) = &silence {
            octets.extend_from_slice(silence);
        } else {
            let length = encoder.encode(frame, &mut packet)?;
            octets.extend_from_slice(&packet[..length]);
            // The second silent packet in a row has nothing of the sound before it.
            silence = (silent && was_silent).then(|| packet[..length].to_vec());
        }
        was_silent = silent;
        ends.push(u32::try_from(octets.len()).map_err(|_| CodecError::BufferTooShort)?);
    }
    Ok(Packets {
        octets: octets.into_boxed_slice(),
        ends: ends.into_boxed_slice(),
    })
}
