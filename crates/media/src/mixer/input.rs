//! What a leg says: from its jitter buffer to samples, decoded only when someone will hear it.
//!
//! Every tick [`Input::advance`] moves packets out of the jitter buffer and measures how loud
//! they are. The last few wait undecoded. [`Input::decode`] catches up with them, so that the
//! decoder of one who begins to speak is warm by the time of its first audible frame.

use std::time::Instant;

use super::loudness::Loudness;
use crate::{
    codec::{CodecError, Decoder, level_of_payload, level_of_pcm},
    control::Codec,
    jitter::{Arrival, JitterBuffer, JitterStats, PcmFifo, Pull, Put},
    rtp::Packet,
};

/// Packets that wait undecoded: the ones of this tick and some to warm the decoder up.
const WAITING: usize = 4;

/// Largest payload that the jitter buffer passes on.
const MAX_PAYLOAD: usize = 1_472;

/// Largest tick: 20 ms at 48 kHz.
pub const MAX_TICK_SAMPLES: usize = 960;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Packet,
    Missing,
    /// Missing, with the packet after it, which may hold a copy.
    Recoverable,
    Pause,
}

#[derive(Debug)]
struct Waiting {
    kind: Kind,
    units: u32,
    length: usize,
    octets: [u8; MAX_PAYLOAD],
}

/// The receiving half of a leg's audio.
#[derive(Debug)]
pub struct Input {
    codec: Codec,
    buffer: JitterBuffer,
    decoder: Decoder,
    waiting: Box<[Waiting; WAITING]>,
    first: usize,
    count: usize,
    pcm: PcmFifo,
    /// Samples pulled beyond the end of this tick, in units of the RTP clock.
    ahead: u32,
    loudness: Loudness,
    level: u8,
}

impl Input {
    /// For a peer that sends this codec.
    ///
    /// # Errors
    /// When the codec has no memory for its state.
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        Ok(Self {
            codec,
            buffer: JitterBuffer::new(codec),
            decoder: Decoder::new(codec)?,
            waiting: Box::new(std::array::from_fn(|_| Waiting {
                kind: Kind::Pause,
                units: 0,
                length: 0,
                octets: [0; MAX_PAYLOAD],
            })),
            first: 0,
            count: 0,
            pcm: PcmFifo::new(),
            ahead: 0,
            loudness: Loudness::default(),
            level: crate::codec::SILENCE_DBOV,
        })
    }

    /// What the peer sends.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Counters of the jitter buffer.
    #[must_use]
    pub fn stats(&self) -> JitterStats {
        self.buffer.stats()
    }

    /// Takes a packet of audio.
    pub fn put(&mut self, now: Instant, packet: &Packet<'_>) -> Put {
        let put = self.buffer.put(
            now,
            &Arrival {
                ssrc: packet.ssrc,
                sequence: packet.sequence,
                timestamp: packet.timestamp,
                payload: packet.payload,
                level: level_of_payload(self.codec, packet.payload),
            },
        );
        if put == Put::Restarted {
            self.forget();
            self.decoder.reset();
        }
        put
    }

    /// Takes note of a packet without audio.
    pub fn skip(&mut self, packet: &Packet<'_>) {
        self.buffer.skip(packet.ssrc, packet.sequence);
    }

    /// Forgets what waits: the leg was elsewhere for a while.
    pub fn reset(&mut self) {
        self.buffer.reset();
        self.decoder.reset();
        self.forget();
    }

    fn forget(&mut self) {
        self.first = 0;
        self.count = 0;
        self.ahead = 0;
        self.pcm.clear();
        self.loudness = Loudness::default();
    }

    /// Moves on by 20 ms and says how loud the leg is, in −dBov, as far as that is known.
    pub fn advance(&mut self, now: Instant) -> u8 {
        let tick = self.codec.tick_units();
        self.buffer.tick(now);
        let mut pulled = 0_u32;
        loop {
            let slot = (self.first + self.count) % WAITING;
            // The oldest makes room when there are as many as are kept.
            let entry = &mut self.waiting[slot];
            let (kind, units, payload) = match self.buffer.pull() {
                Pull::Done => break,
                Pull::Packet {
                    payload,
                    level,
                    units,
                } => {
                    self.loudness.packet(self.codec, payload, level);
                    (Kind::Packet, units, payload)
                }
                Pull::Missing {
                    units,
                    next: Some(payload),
                } => (Kind::Recoverable, units, payload),
                Pull::Missing { units, next: None } => (Kind::Missing, units, &[][..]),
                Pull::Pause { units } => (Kind::Pause, units, &[][..]),
            };
            entry.kind = kind;
            entry.units = units;
            entry.length = payload.len().min(MAX_PAYLOAD);
            entry.octets[..entry.length].copy_from_slice(&payload[..entry.length]);
            pulled = pulled.saturating_add(units);
            if self.count == WAITING {
                self.first = (self.first + 1) % WAITING;
                self.pcm.clear();
            } else {
                self.count += 1;
            }
        }
        self.ahead = (self.ahead + pulled).saturating_sub(tick);
        self.level = self.loudness.settle();
        self.level
    }

    /// Only decoding tells how loud this tick is.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.loudness.is_unknown()
    }

    /// Of those it should be decoded first.
    #[must_use]
    pub fn is_rising(&self) -> bool {
        self.loudness.is_rising()
    }

    /// Decodes what waits and fills `out` (a tick at the codec's rate) with this tick's
    /// samples; says how loud they are.
    pub fn decode(&mut self, out: &mut [i16]) -> u8 {
        while self.count > 0 {
            self.decode_one();
            self.first = (self.first + 1) % WAITING;
            self.count -= 1;
        }
        let ahead = self.codec.samples(self.ahead);
        self.drop_older_than(out.len() + ahead);
        let have = self.pcm.len().saturating_sub(ahead).min(out.len());
        let lead = out.len() - have;
        out[..lead].fill(0);
        self.pcm.take(&mut out[lead..]);
        let level = level_of_pcm(out);
        self.buffer.heard(level);
        self.loudness.decoded(level);
        level
    }

    fn decode_one(&mut self) {
        let entry = &self.waiting[self.first];
        let payload = &entry.octets[..entry.length];
        let samples = self.codec.samples(entry.units);
        let space = self.pcm.space();
        let samples = samples.min(space.len());
        let written = match entry.kind {
            Kind::Packet => self.decoder.decode(payload, space).unwrap_or_else(|_| {
                self.decoder.conceal(&mut space[..samples]);
                samples
            }),
            Kind::Recoverable => {
                self.decoder.recover(payload, &mut space[..samples]);
                samples
            }
            Kind::Missing => {
                self.decoder.conceal(&mut space[..samples]);
                samples
            }
            Kind::Pause => {
                space[..samples].fill(0);
                samples
            }
        };
        self.pcm.commit(written);
    }

    fn drop_older_than(&mut self, samples: usize) {
        let mut scratch = [0; MAX_TICK_SAMPLES];
        let mut excess = self.pcm.len().saturating_sub(samples);
        while excess > 0 {
            let some = excess.min(scratch.len());
            self.pcm.take(&mut scratch[..some]);
            excess -= some;
        }
    }
}
