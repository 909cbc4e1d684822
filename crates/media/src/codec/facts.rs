//! What each codec is called and how it counts time.

use crate::control::Codec;

/// The media workers' step, in milliseconds.
pub const TICK_MS: u32 = 20;

/// Every codec, best first.
pub const CODECS: [Codec; 4] = [Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu];

impl Codec {
    /// RTP clock in Hz. G.722's is 8000 although it samples at 16000 (RFC 3551 §4.5.2).
    #[must_use]
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }

    /// Rate of decoded samples in Hz.
    #[must_use]
    pub const fn pcm_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => 8_000,
            Self::G722 => 16_000,
            Self::Opus => 48_000,
        }
    }

    /// Decoded samples in one tick of 20 ms: 160, 320 or 960.
    #[must_use]
    pub const fn tick_samples(self) -> usize {
        (self.pcm_rate() / 1_000 * TICK_MS) as usize
    }

    /// RTP timestamp units in one tick of 20 ms: 160 or 960.
    #[must_use]
    pub const fn tick_units(self) -> u32 {
        self.clock_rate() / 1_000 * TICK_MS
    }

    /// Samples in so many RTP timestamp units: twice as many for G.722.
    #[must_use]
    pub const fn samples(self, units: u32) -> usize {
        (units * (self.pcm_rate() / self.clock_rate())) as usize
    }

    /// Payload type of RFC 3551 §6, or none for a dynamic one.
    #[must_use]
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G722 => Some(9),
            Self::Opus => None,
        }
    }

    /// The payload type that our own offers use.
    #[must_use]
    pub const fn offered_payload_type(self) -> u8 {
        match self.static_payload_type() {
            Some(number) => number,
            None => 107,
        }
    }

    /// Encoding name in SDP.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// Channels in `a=rtpmap`: Opus always says 2 (RFC 7587 §4.1).
    #[must_use]
    pub const fn sdp_channels(self) -> u8 {
        match self {
            Self::Opus => 2,
            _ => 1,
        }
    }

    /// The codec behind an encoding name, clock and number of channels of `a=rtpmap`.
    #[must_use]
    pub fn from_rtpmap(name: &str, clock_rate: u32, channels: u8) -> Option<Self> {
        CODECS.into_iter().find(|codec| {
            codec.name().eq_ignore_ascii_case(name)
                && codec.clock_rate() == clock_rate
                && codec.sdp_channels() == channels
        })
    }

    /// The codec behind a static payload type that came without `a=rtpmap`.
    #[must_use]
    pub fn from_static(payload_type: u8) -> Option<Self> {
        CODECS
            .into_iter()
            .find(|codec| codec.static_payload_type() == Some(payload_type))
    }

    /// Length of a packet in RTP timestamp units, or none if it isn't one of this codec.
    #[must_use]
    pub fn duration(self, payload: &[u8]) -> Option<u32> {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => {
                u32::try_from(payload.len()).ok().filter(|&n| n > 0)
            }
            Self::Opus => super::opus::duration(payload),
        }
    }
}

/// Samples in `ms` milliseconds at `rate` Hz.
#[must_use]
pub const fn samples_in(ms: u32, rate: u32) -> usize {
    (rate / 1_000 * ms) as usize
}
