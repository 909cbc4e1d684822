//! G.711 by tables: 256 entries to decode, 64 Ki entries to encode, all made at compile time.

use super::CodecError;

/// Which companding law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Law {
    /// µ-law.
    Mu,
    /// A-law.
    A,
}

const ULAW_TO_LINEAR: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand_ulaw(code as u8);
        code += 1;
    }
    table
};

const ALAW_TO_LINEAR: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand_alaw(code as u8);
        code += 1;
    }
    table
};

/// G.711 table 2a: sign, 3 bits of segment, 4 bits of step, all inverted on the line.
const fn expand_ulaw(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 7;
    let step = (code & 15) as i16;
    let magnitude = (((step << 3) + 0x84) << segment) - 0x84;
    if code & 0x80 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// G.711 table 1a: even bits inverted on the line, a set sign bit means positive.
const fn expand_alaw(code: u8) -> i16 {
    let code = code ^ 0x55;
    let segment = (code >> 4) & 7;
    let step = (code & 15) as i16;
    let magnitude = if segment == 0 {
        (step << 4) + 8
    } else {
        ((step << 4) + 0x108) << (segment - 1)
    };
    if code & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    }
}

const fn compress_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let mut magnitude = (sample as i32).abs();
    if magnitude > 32_635 {
        magnitude = 32_635;
    }
    magnitude += 0x84;
    // The highest bit of a biased magnitude is 7..=14 and names the segment.
    let segment = 24 - magnitude.leading_zeros() as i32;
    let step = (magnitude >> (segment + 3)) & 15;
    !((sign | (segment << 4) | step) as u8)
}

const fn compress_alaw(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 {
        (0, -(sample as i32) - 1)
    } else {
        (0x80, sample as i32)
    };
    let code = if magnitude < 256 {
        magnitude >> 4
    } else {
        let segment = 24 - magnitude.leading_zeros() as i32;
        (segment << 4) | ((magnitude >> (segment + 3)) & 15)
    };
    ((code | sign) as u8) ^ 0x55
}

static ULAW_FROM_LINEAR: [u8; 65_536] = {
    let mut table = [0; 65_536];
    let mut index = 0;
    while index < 65_536 {
        table[index] = compress_ulaw(index as u16 as i16);
        index += 1;
    }
    table
};

static ALAW_FROM_LINEAR: [u8; 65_536] = {
    let mut table = [0; 65_536];
    let mut index = 0;
    while index < 65_536 {
        table[index] = compress_alaw(index as u16 as i16);
        index += 1;
    }
    table
};

/// One µ-law octet as a sample.
#[must_use]
pub const fn ulaw_to_linear(code: u8) -> i16 {
    ULAW_TO_LINEAR[code as usize]
}

/// One A-law octet as a sample.
#[must_use]
pub const fn alaw_to_linear(code: u8) -> i16 {
    ALAW_TO_LINEAR[code as usize]
}

/// One sample as a µ-law octet.
#[must_use]
pub fn ulaw_from_linear(sample: i16) -> u8 {
    ULAW_FROM_LINEAR[usize::from(sample.cast_unsigned())]
}

/// One sample as an A-law octet.
#[must_use]
pub fn alaw_from_linear(sample: i16) -> u8 {
    ALAW_FROM_LINEAR[usize::from(sample.cast_unsigned())]
}

impl Law {
    pub(super) fn decode(self, payload: &[u8], out: &mut [i16]) -> Result<usize, CodecError> {
        if payload.is_empty() {
            return Err(CodecError::Malformed);
        }
        let out = out
            .get_mut(..payload.len())
            .ok_or(CodecError::BufferTooShort)?;
        let table = match self {
            Self::Mu => &ULAW_TO_LINEAR,
            Self::A => &ALAW_TO_LINEAR,
        };
        for (sample, &code) in out.iter_mut().zip(payload) {
            *sample = table[usize::from(code)];
        }
        Ok(payload.len())
    }

    pub(super) fn encode(self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        let out = out.get_mut(..pcm.len()).ok_or(CodecError::BufferTooShort)?;
        let table = match self {
            Self::Mu => &ULAW_FROM_LINEAR,
            Self::A => &ALAW_FROM_LINEAR,
        };
        for (code, &sample) in out.iter_mut().zip(pcm) {
            *code = table[usize::from(sample.cast_unsigned())];
        }
        Ok(pcm.len())
    }
}
