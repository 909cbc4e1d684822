//! What is heard in a recording: Ogg pages with Opus packets (RFC 7845), as far as they are written.

use std::{io, path::Path};

use media::{codec::Decoder, control::Codec};

use crate::softphone::level_in;

/// Rate of what is decoded.
const RATE: usize = 48_000;
/// Longest packet of Opus at that rate: 120 ms.
const LONGEST: usize = RATE * 120 / 1_000;

/// The audio of a recording at 48 kHz. A last page that is not whole yet is left out.
///
/// # Errors
/// When the file cannot be read or is no recording.
pub fn samples(path: &Path) -> io::Result<Vec<i16>> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let file = std::fs::read(path)?;
    let packets = packets(&file);
    if !packets
        .first()
        .is_some_and(|head| head.starts_with(b"OpusHead"))
    {
        return Err(wrong("it does not begin with OpusHead"));
    }
    let mut decoder = Decoder::new(Codec::Opus).map_err(|error| wrong(&error.to_string()))?;
    let mut samples = Vec::new();
    let mut frame = vec![0; LONGEST];
    for packet in packets.iter().skip(2) {
        let length = decoder
            .decode(packet, &mut frame)
            .map_err(|error| wrong(&error.to_string()))?;
        samples.extend_from_slice(&frame[..length]);
    }
    Ok(samples)
}

/// Level of a frequency in each half second of a recording, in dB relative to full scale.
///
/// # Errors
/// When the file cannot be read or is no recording.
pub fn levels(path: &Path, hertz: f64) -> io::Result<Vec<f64>> {
    let samples = samples(path)?;
    let halves = samples.chunks_exact(RATE / 2);
    Ok(halves
        .map(|half| level_in(half, RATE as f64, hertz))
        .collect())
}

/// The packets of the pages (RFC 3533 §6), without a look at their checksums.
fn packets(mut file: &[u8]) -> Vec<Vec<u8>> {
    let (mut packets, mut begun) = (Vec::new(), Vec::new());
    while file.starts_with(b"OggS") && file.len() >= 27 {
        let count = usize::from(file[26]);
        let Some(table) = file.get(27..27 + count) else {
            break;
        };
        let length: usize = table.iter().map(|part| usize::from(*part)).sum();
        let Some(mut body) = file.get(27 + count..27 + count + length) else {
            break;
        };
        for part in table {
            let (this, rest) = body.split_at(usize::from(*part));
            begun.extend_from_slice(this);
            body = rest;
            if *part < 255 {
                packets.push(std::mem::take(&mut begun));
            }
        }
        file = &file[27 + count + length..];
    }
    packets
}
