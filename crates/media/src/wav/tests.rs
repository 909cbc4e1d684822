use proptest::prelude::*;

use super::*;
use crate::signal::sine;

#[test]
fn what_is_written_is_read() {
    let samples = sine(440.0, 9_000.0, 48_000, 4_800);
    let mut writer = WavWriter::new(48_000);
    let mut file = writer.header().to_vec();
    for part in samples.chunks(960) {
        writer.push(part, &mut file);
    }
    file[..HEADER_OCTETS].copy_from_slice(&writer.header());
    assert_eq!(
        read(&file).unwrap(),
        Wav {
            sample_rate: 48_000,
            samples
        }
    );
}

/// After a crash the header tells of less than there is, and that much is whole.
#[test]
fn an_old_header_is_still_good() {
    let mut writer = WavWriter::new(8_000);
    let mut file = writer.header().to_vec();
    writer.push(&[1, 2, 3], &mut file);
    file[..HEADER_OCTETS].copy_from_slice(&writer.header());
    writer.push(&[4, 5], &mut file);
    assert_eq!(read(&file).unwrap().samples, [1, 2, 3]);
}

/// Programs that write to a pipe say the greatest length.
#[test]
fn a_header_that_says_too_much_is_put_right() {
    let mut writer = WavWriter::new(22_050);
    let mut file = Vec::new();
    writer.push(&[1, -2, 3], &mut file);
    let mut header = writer.header();
    header[4..8].fill(0xFF);
    header[40..44].copy_from_slice(&0x7FFF_F000_u32.to_le_bytes());
    file.splice(0..0, header);
    assert_eq!(read(&file).unwrap().samples, [1, -2, 3]);
}

#[test]
fn very_long_recordings_have_a_header() {
    let writer = WavWriter {
        sample_rate: 48_000,
        data_octets: 1 << 40,
    };
    let header = writer.header();
    assert_eq!(header[4..8], 0xFFFF_FFF7_u32.to_le_bytes());
    assert_eq!(header[40..44], 0xFFFF_FFD3_u32.to_le_bytes());
}

#[test]
fn other_samples_are_refused() {
    let mut header = WavWriter::new(8_000).header();
    header[34] = 8;
    header[32] = 1;
    assert!(read(&header).is_err());
    assert!(read(b"not a file").is_err());
    assert!(read(&[]).is_err());
}

proptest! {
    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&octets);
        let mut file = WavWriter::new(8_000).header().to_vec();
        file.extend_from_slice(&octets);
        let _ = read(&file);
        for (at, octet) in octets.iter().take(12).enumerate() {
            file[(usize::from(*octet) + at) % HEADER_OCTETS] = *octet;
        }
        let _ = read(&file);
    }
}
