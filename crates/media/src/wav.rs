//! WAV files of 16-bit mono: reading prompts, and writing recordings that are whole at every
//! moment. Pure: octets in, octets out; another thread moves them to the file.

/// Octets before the first sample.
pub const HEADER_OCTETS: usize = 44;

/// A recording longer than this has no place in the header's 32 bits: 12 hours at 48 kHz.
const MAX_DATA_OCTETS: u64 = u32::MAX as u64 - HEADER_OCTETS as u64;

/// A WAV file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wav {
    /// In Hz.
    pub sample_rate: u32,
    /// The first channel.
    pub samples: Vec<i16>,
}

/// Octets that are no WAV file of 16-bit integers.
#[derive(Debug, thiserror::Error)]
pub enum NotWav {
    /// The library's reason.
    #[error("not a readable WAV file")]
    Unreadable(#[source] hound::Error),
    /// Another kind of samples.
    #[error("the WAV file's samples are not 16-bit integers")]
    Samples,
}

/// Reads a file of 16-bit integers.
///
/// # Errors
/// [`NotWav`] says why not.
pub fn read(octets: &[u8]) -> Result<Wav, NotWav> {
    // A reader over a stream that never ended has no lengths: take what is there.
    let patched = with_true_lengths(octets);
    let reader = hound::WavReader::new(std::io::Cursor::new(patched.as_deref().unwrap_or(octets)))
        .map_err(NotWav::Unreadable)?;
    let spec = reader.spec();
    if spec.bits_per_sample != 16 || spec.sample_format != hound::SampleFormat::Int {
        return Err(NotWav::Samples);
    }
    let samples = reader
        .into_samples::<i16>()
        .step_by(usize::from(spec.channels.max(1)))
        .collect::<Result<_, _>>()
        .map_err(NotWav::Unreadable)?;
    Ok(Wav {
        sample_rate: spec.sample_rate,
        samples,
    })
}

/// A file whose plain header says more than is there, as programs write that don't know the
/// length beforehand, with what is there.
fn with_true_lengths(octets: &[u8]) -> Option<Vec<u8>> {
    let said = octets.get(40..HEADER_OCTETS)?;
    let said = u32::from_le_bytes(said.try_into().ok()?);
    let there = u32::try_from(octets.len() - HEADER_OCTETS).ok()? & !1;
    if octets.get(36..40)? != b"data" || said <= there {
        return None;
    }
    let mut patched = octets[..HEADER_OCTETS + there as usize].to_vec();
    patched[4..8].copy_from_slice(&(there + 36).to_le_bytes());
    patched[40..44].copy_from_slice(&there.to_le_bytes());
    Some(patched)
}

/// Writes a recording. Append what [`push`](Self::push) gives to the file; now and then put
/// [`header`](Self::header) over its first octets, so that after a crash all but the last
/// moments can be played by any program.
#[derive(Debug, Clone)]
pub struct WavWriter {
    sample_rate: u32,
    data_octets: u64,
}

impl WavWriter {
    /// A recording of mono samples at this rate; the file begins with [`header`](Self::header).
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        Self {
            sample_rate,
            data_octets: 0,
        }
    }

    /// Appends samples to `out` as octets of the file.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<u8>) {
        out.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        self.data_octets += samples.len() as u64 * 2;
    }

    /// The header for what was pushed until now.
    #[must_use]
    pub fn header(&self) -> [u8; HEADER_OCTETS] {
        let data = u32::try_from(self.data_octets.min(MAX_DATA_OCTETS)).unwrap_or(u32::MAX);
        let mut out = [0; HEADER_OCTETS];
        out[..4].copy_from_slice(b"RIFF");
        out[4..8].copy_from_slice(&data.saturating_add(36).to_le_bytes());
        out[8..16].copy_from_slice(b"WAVEfmt ");
        out[16..20].copy_from_slice(&16_u32.to_le_bytes());
        // Integer samples, one channel.
        out[20..22].copy_from_slice(&1_u16.to_le_bytes());
        out[22..24].copy_from_slice(&1_u16.to_le_bytes());
        out[24..28].copy_from_slice(&self.sample_rate.to_le_bytes());
        out[28..32].copy_from_slice(&self.sample_rate.saturating_mul(2).to_le_bytes());
        out[32..34].copy_from_slice(&2_u16.to_le_bytes());
        out[34..36].copy_from_slice(&16_u16.to_le_bytes());
        out[36..40].copy_from_slice(b"data");
        out[40..44].copy_from_slice(&data.to_le_bytes());
        out
    }
}

#[cfg(test)]
mod tests;
