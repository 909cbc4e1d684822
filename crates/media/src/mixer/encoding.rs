//! One encoding of one stream of samples into packets: shared by a class of listeners, or
//! private to one.

use crate::{
    codec::{CodecError, Encoder, MAX_FRAME_OCTETS},
    control::Codec,
    resample::Resampler,
};

use super::input::MAX_TICK_SAMPLES;

/// Longest packet made, in milliseconds.
const MAX_PACKET_MS: usize = 60;

/// Room for a packet that is being filled and one tick, at 48 kHz.
const FILLING: usize = MAX_PACKET_MS * 48 + MAX_TICK_SAMPLES;

/// What listeners must have in common to get the same packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Format {
    /// How it is encoded.
    pub codec: Codec,
    /// Length of a packet: 10, 20, 30, 40 or 60 ms.
    pub ptime_ms: u8,
}

impl Format {
    /// The nearest format that can be made: Opus has no frames of 30 ms.
    #[must_use]
    pub fn new(codec: Codec, ptime_ms: u8) -> Self {
        let ptime_ms = match (codec, ptime_ms) {
            (Codec::Opus, 30) => 20,
            (_, 10 | 20 | 30 | 40 | 60) => ptime_ms,
            _ => 20,
        };
        Self { codec, ptime_ms }
    }

    /// Length of a packet in units of the RTP clock.
    #[must_use]
    pub fn units(self) -> u32 {
        self.codec.clock_rate() / 1_000 * u32::from(self.ptime_ms)
    }

    /// Length of a packet in samples.
    #[must_use]
    pub fn samples(self) -> usize {
        (self.codec.pcm_rate() / 1_000) as usize * usize::from(self.ptime_ms)
    }
}

/// An encoded packet without its header.
#[derive(Debug)]
pub struct Encoded {
    /// Media time at which it begins, in units of the RTP clock.
    pub start: u32,
    length: usize,
    octets: [u8; MAX_FRAME_OCTETS],
}

impl Encoded {
    const fn empty() -> Self {
        Self {
            start: 0,
            length: 0,
            octets: [0; MAX_FRAME_OCTETS],
        }
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.octets[..self.length]
    }
}

/// An encoder with what it needs around it.
#[derive(Debug)]
pub struct Encoding {
    format: Format,
    encoder: Encoder,
    resampler: Option<Resampler>,
    source_rate: u32,
    filling: Box<[i16; FILLING]>,
    filled: usize,
    /// Media time of the first sample that waits, in units of the RTP clock.
    front: u32,
    packets: Box<[Encoded; 2]>,
    count: usize,
}

impl Encoding {
    /// For samples at the codec's own rate; see [`set_source_rate`](Self::set_source_rate).
    ///
    /// # Errors
    /// When the codec has no memory for its state.
    pub fn new(format: Format) -> Result<Self, CodecError> {
        Ok(Self {
            format,
            encoder: Encoder::new(format.codec)?,
            resampler: None,
            source_rate: format.codec.pcm_rate(),
            filling: Box::new([0; FILLING]),
            filled: 0,
            front: 0,
            packets: Box::new([Encoded::empty(), Encoded::empty()]),
            count: 0,
        })
    }

    /// What it makes.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What is pushed from now on has this rate: 8, 16 or 48 kHz.
    pub fn set_source_rate(&mut self, rate: u32) {
        if rate != self.source_rate {
            self.source_rate = rate;
            let own = self.format.codec.pcm_rate();
            self.resampler = match rate == own {
                true => None,
                false => Resampler::new(rate, own).ok(),
            };
        }
    }

    /// Rate of what is pushed.
    #[must_use]
    pub fn source_rate(&self) -> u32 {
        self.source_rate
    }

    /// Forgets the stream.
    pub fn reset(&mut self) {
        self.encoder.reset();
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
        self.filled = 0;
        self.count = 0;
    }

    /// Becomes the continuation of `other`, which encoded `past`: its encoder learns what the
    /// listener's decoder has just heard, and its packets begin where the other's would.
    pub fn follow(&mut self, other: &Self, past: &[[i16; MAX_TICK_SAMPLES]]) {
        self.reset();
        let tick = (self.source_rate / 50) as usize;
        for frame in past {
            self.push(&frame[..tick], 0);
        }
        self.filled = other.filled;
        self.front = other.front;
        self.filling[..self.filled].copy_from_slice(&other.filling[..self.filled]);
        self.count = 0;
    }

    /// Encodes a tick of samples that begins at this media time (in units of the RTP clock);
    /// what came of it is in [`packets`](Self::packets).
    pub fn push(&mut self, pcm: &[i16], start: u32) {
        if self.filled == 0 {
            self.front = start;
        }
        self.count = 0;
        let room = &mut self.filling[self.filled..];
        self.filled += match &mut self.resampler {
            Some(resampler) => resampler.process(pcm, room),
            None => {
                let some = pcm.len().min(room.len());
                room[..some].copy_from_slice(&pcm[..some]);
                some
            }
        };
        let samples = self.format.samples();
        while self.filled >= samples && self.count < self.packets.len() {
            let packet = &mut self.packets[self.count];
            packet.start = self.front;
            packet.length = self
                .encoder
                .encode(&self.filling[..samples], &mut packet.octets)
                .unwrap_or(0);
            self.count += usize::from(packet.length > 0);
            self.filling.copy_within(samples..self.filled, 0);
            self.filled -= samples;
            self.front = self.front.wrapping_add(self.format.units());
        }
    }

    /// The packets that the last push completed: none, one or two.
    #[must_use]
    pub fn packets(&self) -> &[Encoded] {
        &self.packets[..self.count]
    }
}

/// Silence in every format, encoded once.
#[derive(Debug)]
pub struct Silence(Vec<(Format, Vec<u8>)>);

impl Silence {
    /// Encodes silence in every format.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn new() -> Result<Self, CodecError> {
        let mut all = Vec::new();
        for codec in crate::codec::CODECS {
            for ptime_ms in [10, 20, 30, 40, 60] {
                let format = Format::new(codec, ptime_ms);
                if all.iter().any(|(other, _)| *other == format) {
                    continue;
                }
                let mut encoder = Encoder::new(codec)?;
                let pcm = vec![0; format.samples()];
                let mut octets = [0; MAX_FRAME_OCTETS];
                let mut length = 0;
                // The first frames still hold the codec's settling.
                for _ in 0..10 {
                    length = encoder.encode(&pcm, &mut octets)?;
                }
                all.push((format, octets[..length].to_vec()));
            }
        }
        Ok(Self(all))
    }

    /// A packet of silence.
    #[must_use]
    pub fn payload(&self, format: Format) -> &[u8] {
        self.0
            .iter()
            .find(|(other, _)| *other == format)
            .map_or(&[], |(_, payload)| payload)
    }
}
