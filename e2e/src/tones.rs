//! WAV files with a tone, and what is heard in others.

use std::{fs, io, path::Path};

use testkit::softphone::level_in;

/// Writes so many seconds of a tone as 16-bit PCM.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, hertz: f64, rate: u32, channels: u16, secs: u32) -> io::Result<()> {
    let frames = rate * secs;
    let mut data = Vec::with_capacity(frames as usize * usize::from(channels) * 2);
    for frame in 0..frames {
        let phase = std::f64::consts::TAU * hertz * f64::from(frame) / f64::from(rate);
        let sample = (phase.sin() * 8_192.0) as i16;
        for _ in 0..channels {
            data.extend(sample.to_le_bytes());
        }
    }
    let frame_size = u32::from(channels) * 2;
    let length = data.len() as u32;
    let mut file = Vec::from(*b"RIFF");
    file.extend((length + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * frame_size).to_le_bytes());
    file.extend((channels * 2).to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    fs::write(path, file)
}

/// Level of a frequency in the last second of a 16-bit WAV file, in dB relative to full scale. The
/// lengths in its header may be wrong, as they are while it is written.
///
/// # Errors
/// When the file cannot be read.
pub fn level(path: &Path, hertz: f64) -> io::Result<f64> {
    let file = fs::read(path)?;
    let number = |at: usize, length: usize| {
        file.get(at..at + length)
            .unwrap_or_default()
            .iter()
            .rev()
            .fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet))
    };
    let (channels, rate) = (number(22, 2).max(1), number(24, 4));
    let data = file
        .windows(4)
        .position(|four| four == b"data")
        .map_or(44, |at| at + 8);
    let samples: Vec<i16> = file
        .get(data..)
        .unwrap_or_default()
        .chunks_exact(2)
        .step_by(channels as usize)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let second = samples.len().saturating_sub(rate as usize);
    Ok(level_in(&samples[second..], f64::from(rate), hertz))
}
