use proptest::prelude::*;

use super::*;
use crate::signal::{purity_db, rms, sine};

/// G.711 points that both tables of the recommendation name.
#[test]
fn g711_known_points() {
    for (code, sample) in [
        (0x00, -32_124),
        (0x80, 32_124),
        (0xFF, 0),
        (0x7F, 0),
        (0xF0, 120),
    ] {
        assert_eq!(ulaw_to_linear(code), sample, "µ-law {code:02x}");
    }
    for (code, sample) in [
        (0xD5, 8),
        (0x55, -8),
        (0xAA, 32_256),
        (0x2A, -32_256),
        (0xD4, 24),
    ] {
        assert_eq!(alaw_to_linear(code), sample, "A-law {code:02x}");
    }
}

/// Every code survives decoding and encoding; µ-law has two zeros, of which one is used.
#[test]
fn g711_codes_survive() {
    for code in 0..=255 {
        assert_eq!(
            alaw_from_linear(alaw_to_linear(code)),
            code,
            "A-law {code:02x}"
        );
        let again = ulaw_from_linear(ulaw_to_linear(code));
        assert!(
            again == code || (code == 0x7F && again == 0xFF),
            "µ-law {code:02x}"
        );
    }
}

/// Each sample comes back as the nearest the law has: an error of at most half a step.
#[test]
fn g711_error_is_half_a_step() {
    for sample in i16::MIN..=i16::MAX {
        let magnitude = i32::from(sample).abs();
        for (back, clip) in [
            (ulaw_to_linear(ulaw_from_linear(sample)), 32_124),
            (alaw_to_linear(alaw_from_linear(sample)), 32_256),
        ] {
            let error = (i32::from(back) - i32::from(sample).clamp(-clip, clip)).abs();
            let step = (magnitude / 16).max(16);
            assert!(error <= step / 2 + 9, "{sample} became {back}");
        }
    }
}

fn round_trip(codec: Codec, hertz: f64, amplitude: f64) -> Vec<i16> {
    let mut encoder = Encoder::new(codec).unwrap();
    let mut decoder = Decoder::new(codec).unwrap();
    let mut packet = [0; MAX_FRAME_OCTETS];
    let mut out = [0; MAX_PACKET_SAMPLES];
    let pcm = sine(
        hertz,
        amplitude,
        codec.pcm_rate(),
        codec.tick_samples() * 50,
    );
    let mut heard = Vec::new();
    for frame in pcm.chunks_exact(codec.tick_samples()) {
        let octets = encoder.encode(frame, &mut packet).unwrap();
        assert_eq!(codec.duration(&packet[..octets]), Some(codec.tick_units()));
        let samples = decoder.decode(&packet[..octets], &mut out).unwrap();
        assert_eq!(samples, codec.tick_samples());
        heard.extend_from_slice(&out[..samples]);
    }
    // The first tenth of a second belongs to the filters' settling.
    heard.split_off(codec.tick_samples() * 5)
}

#[test]
fn each_codec_carries_a_tone() {
    for (codec, least_db) in [
        (Codec::Pcmu, 34.0),
        (Codec::Pcma, 34.0),
        (Codec::G722, 30.0),
        (Codec::Opus, 20.0),
    ] {
        let heard = round_trip(codec, 1_000.0, 8_000.0);
        let purity = purity_db(1_000.0, codec.pcm_rate(), &heard);
        assert!(purity > least_db, "{codec:?}: {purity:.1} dB");
        let loudness = rms(&heard);
        assert!(
            (5_000.0..6_300.0).contains(&loudness),
            "{codec:?}: {loudness}"
        );
    }
}

/// What comes out for a loss is about as loud as what was before, and fades.
#[test]
fn each_codec_conceals() {
    for codec in CODECS {
        let mut encoder = Encoder::new(codec).unwrap();
        let mut decoder = Decoder::new(codec).unwrap();
        let mut packet = [0; MAX_FRAME_OCTETS];
        let mut out = vec![0; codec.tick_samples()];
        for frame in sine(400.0, 8_000.0, codec.pcm_rate(), codec.tick_samples() * 20)
            .chunks_exact(codec.tick_samples())
        {
            let octets = encoder.encode(frame, &mut packet).unwrap();
            decoder.decode(&packet[..octets], &mut out).unwrap();
        }
        decoder.conceal(&mut out);
        let first = rms(&out);
        assert!((2_500.0..7_000.0).contains(&first), "{codec:?}: {first}");
        for _ in 0..30 {
            decoder.conceal(&mut out);
        }
        let last = rms(&out);
        assert!(last < first / 3.0, "{codec:?} goes on for ever: {last}");
    }
}

#[test]
fn wrong_lengths_are_errors() {
    for codec in CODECS {
        let mut decoder = Decoder::new(codec).unwrap();
        let mut out = [0; MAX_PACKET_SAMPLES];
        assert_eq!(decoder.decode(&[], &mut out), Err(CodecError::Malformed));
        let mut packet = [0; MAX_FRAME_OCTETS];
        let mut encoder = Encoder::new(codec).unwrap();
        let frame = vec![0; codec.tick_samples()];
        let octets = encoder.encode(&frame, &mut packet).unwrap();
        assert_eq!(
            decoder.decode(&packet[..octets], &mut out[..10]),
            Err(CodecError::BufferTooShort),
            "{codec:?}"
        );
        assert!(decoder.decode(&packet[..octets], &mut out).is_ok());
    }
    let mut g722 = Encoder::new(Codec::G722).unwrap();
    assert_eq!(
        g722.encode(&[0; 3], &mut [0; 9]),
        Err(CodecError::Malformed)
    );
    let mut opus = Encoder::new(Codec::Opus).unwrap();
    assert!(opus.encode(&[0; 961], &mut [0; 1_275]).is_err());
}

/// A stereo packet is taken, as one of mono.
#[test]
fn opus_stereo_is_mixed_down() {
    let mut encoder =
        ::opus::Encoder::new(48_000, ::opus::Channels::Stereo, ::opus::Application::Audio).unwrap();
    let mut decoder = Decoder::new(Codec::Opus).unwrap();
    let mut out = [0; MAX_PACKET_SAMPLES];
    let left_and_right: Vec<i16> = sine(440.0, 8_000.0, 48_000, 9_600)
        .into_iter()
        .flat_map(|sample| [sample, sample])
        .collect();
    for frame in left_and_right.chunks_exact(1_920) {
        let mut packet = [0; 1_275];
        let octets = encoder.encode(frame, &mut packet).unwrap();
        assert_eq!(decoder.decode(&packet[..octets], &mut out), Ok(960));
    }
    assert!(rms(&out[..960]) > 4_000.0);
}

/// A lost frame is taken from the packet after it, where its sender put a copy there.
#[test]
fn opus_recovers_from_the_next_packet() {
    let mut encoder =
        ::opus::Encoder::new(48_000, ::opus::Channels::Mono, ::opus::Application::Voip).unwrap();
    encoder.set_inband_fec(true).unwrap();
    encoder.set_packet_loss_perc(25).unwrap();
    encoder.set_bitrate(::opus::Bitrate::Bits(24_000)).unwrap();
    let mut decoder = Decoder::new(Codec::Opus).unwrap();
    let mut out = [0; 960];
    let mut packets = Vec::new();
    for frame in sine(220.0, 9_000.0, 48_000, 960 * 20).chunks_exact(960) {
        let mut packet = [0; 1_275];
        let octets = encoder.encode(frame, &mut packet).unwrap();
        packets.push(packet[..octets].to_vec());
    }
    for packet in &packets[..10] {
        decoder.decode(packet, &mut out).unwrap();
    }
    decoder.recover(&packets[11], &mut out);
    assert!(rms(&out) > 3_000.0);
}

#[test]
fn opus_durations() {
    let check =
        |packet: &[u8], units| assert_eq!(Codec::Opus.duration(packet), units, "{packet:x?}");
    check(&[], None);
    check(&[0b0000_0000], Some(480));
    check(&[0b0001_1000], Some(2_880));
    check(&[0b0110_1000], Some(960));
    check(&[0b1000_0000], Some(120));
    check(&[0b1111_1000], Some(960));
    check(&[0b1111_1001], Some(1_920));
    check(&[0b1111_1011, 3], Some(2_880));
    check(&[0b1111_1011, 0], None);
    check(&[0b1111_1011, 63], None);
    check(&[0b1111_1011], None);
}

#[test]
fn levels() {
    let loud = sine(1_000.0, 32_767.0, 8_000, 160);
    assert_eq!(level_of_pcm(&loud), 3);
    assert_eq!(level_of_pcm(&[0; 160]), SILENCE_DBOV);
    assert_eq!(level_of_pcm(&[]), SILENCE_DBOV);
    assert_eq!(level_of_pcm(&[i16::MIN; 160]), 0);
    for amplitude in [30_000.0, 3_000.0, 300.0, 60.0] {
        let pcm = sine(700.0, amplitude, 8_000, 160);
        let truth = i16::from(level_of_pcm(&pcm));
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let mut payload = [0; 160];
            Encoder::new(codec)
                .unwrap()
                .encode(&pcm, &mut payload)
                .unwrap();
            let cheap = i16::from(level_of_payload(codec, &payload).unwrap());
            assert!(
                (cheap - truth).abs() <= 1,
                "{codec:?} {amplitude}: {cheap}, not {truth}"
            );
        }
    }
    // µ-law has a true zero, A-law's smallest is 8.
    assert_eq!(
        level_of_payload(Codec::Pcmu, &[0xFF; 160]),
        Some(SILENCE_DBOV)
    );
    assert_eq!(level_of_payload(Codec::Pcma, &[0xD5; 160]), Some(72));
    assert_eq!(level_of_payload(Codec::Opus, &[0xF8]), Some(SILENCE_DBOV));
    assert_eq!(level_of_payload(Codec::Opus, &[0xF8; 60]), None);
    assert_eq!(level_of_payload(Codec::G722, &[0; 160]), None);
}

#[test]
fn names_and_numbers() {
    for codec in CODECS {
        let found = Codec::from_rtpmap(codec.name(), codec.clock_rate(), codec.sdp_channels());
        assert_eq!(found, Some(codec));
        assert_eq!(codec.samples(codec.tick_units()), codec.tick_samples());
    }
    assert_eq!(Codec::from_rtpmap("OPUS", 48_000, 2), Some(Codec::Opus));
    assert_eq!(Codec::from_rtpmap("G722", 16_000, 1), None);
    assert_eq!(Codec::from_static(9), Some(Codec::G722));
    assert_eq!(Codec::from_static(18), None);
}

proptest! {
    /// No octets make a decoder panic, and none put it out of use.
    #[test]
    fn any_octets_can_be_decoded(packets in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 0..300), 1..12)) {
        let mut out = [0; MAX_PACKET_SAMPLES];
        for codec in CODECS {
            let mut decoder = Decoder::new(codec).unwrap();
            for packet in &packets {
                if let Ok(samples) = decoder.decode(packet, &mut out) {
                    prop_assert!(samples <= MAX_PACKET_SAMPLES);
                }
                let tick = codec.tick_samples();
                decoder.recover(packet, &mut out[..tick]);
                decoder.conceal(&mut out[..tick]);
                let _ = level_of_payload(codec, packet);
            }
        }
    }

    /// No samples make an encoder panic.
    #[test]
    fn any_samples_can_be_encoded(seed in prop::collection::vec(any::<i16>(), 960)) {
        let mut packet = [0; MAX_FRAME_OCTETS];
        for codec in CODECS {
            let mut encoder = Encoder::new(codec).unwrap();
            for _ in 0..4 {
                let octets = encoder.encode(&seed[..codec.tick_samples()], &mut packet).unwrap();
                prop_assert!((1..=MAX_FRAME_OCTETS).contains(&octets));
            }
        }
    }
}
