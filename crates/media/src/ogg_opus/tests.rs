use std::io::Cursor;

use super::*;
use crate::codec::{Encoder, MAX_FRAME_OCTETS};
use crate::control::Codec;
use crate::signal::sine;

fn packets(count: usize) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(Codec::Opus).unwrap();
    let mut packet = [0; MAX_FRAME_OCTETS];
    sine(440.0, 8_000.0, 48_000, 960 * count)
        .chunks_exact(960)
        .map(|frame| {
            let octets = encoder.encode(frame, &mut packet).unwrap();
            packet[..octets].to_vec()
        })
        .collect()
}

/// All packets of a file, with their page's position and whether they end it.
fn read(file: Vec<u8>) -> Vec<(Vec<u8>, u64, bool)> {
    let mut reader = ogg::reading::PacketReader::new(Cursor::new(file));
    let mut found = Vec::new();
    while let Ok(Some(packet)) = reader.read_packet() {
        let (position, last) = (packet.absgp_page(), packet.last_in_stream());
        assert_eq!(packet.stream_serial(), 77);
        found.push((packet.data, position, last));
    }
    found
}

#[test]
fn a_file_is_read_back() {
    let packets = packets(120);
    let mut writer = OggOpusWriter::new(77).unwrap();
    let mut file = writer.take();
    for packet in &packets {
        writer.push(packet, 960).unwrap();
        file.extend(writer.take());
    }
    file.extend(writer.finish().unwrap());
    let found = read(file);
    assert_eq!(found.len(), 122);
    assert_eq!(found[0].0[..8], *b"OpusHead");
    assert_eq!(found[0].0.len(), 19);
    assert_eq!(found[0].0[9], 1, "one channel");
    assert_eq!(found[1].0[..8], *b"OpusTags");
    for (found, packet) in found[2..].iter().zip(&packets) {
        assert_eq!(found.0, *packet);
    }
    assert_eq!(found[2].1, 50 * 960, "the first page ends after a second");
    assert_eq!(found[121].1, 120 * 960);
    assert!(found[121].2);
}

/// Without its end a file still has all of its full pages.
#[test]
fn a_crash_costs_a_second_at_most() {
    let mut writer = OggOpusWriter::new(77).unwrap();
    for packet in packets(120) {
        writer.push(&packet, 960).unwrap();
    }
    let found = read(writer.take());
    assert_eq!(found.len(), 2 + 100);
}

#[test]
fn an_empty_recording_is_a_file() {
    let writer = OggOpusWriter::new(77).unwrap();
    assert_eq!(read(writer.finish().unwrap()).len(), 2);
}
