//! Prints what the parts of the 20 ms tick cost, in nanoseconds of wall time:
//! `cargo run --release -p convoke-media --example tick_cost`.
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement reads the clock; it is no part of the product"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use media::codec::{
    CODECS, CodecError, Decoder, Encoder, MAX_FRAME_OCTETS, MAX_PACKET_SAMPLES, level_of_payload,
    level_of_pcm,
};
use media::control::{Codec, Sound, TonePlan};
use media::jitter::{Arrival, JitterBuffer, Pull};
use media::prompt::SoundLibrary;
use media::resample::Resampler;
use media::rtp::{Header, Packet};

const ROUNDS: u32 = 100;
const SERIES: u32 = 200;

/// The least of many short series, so that other programs disturb little.
fn cost(what: &str, mut act: impl FnMut(u32)) {
    let least = (0..SERIES)
        .map(|_| {
            let start = Instant::now();
            (0..ROUNDS).for_each(&mut act);
            start.elapsed() / ROUNDS
        })
        .min()
        .unwrap_or_default();
    println!("{what:<32} {:>9} ns", least.as_nanos());
}

/// Something like a voice: harmonics that come and go.
fn voice(rate: u32, samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|n| {
            let t = n as f32 / rate as f32;
            let buzz: f32 = (1..12)
                .map(|k| (t * 754.0 * k as f32).sin() / k as f32)
                .sum();
            (6_000.0 * buzz * (t * 25.0).sin().abs()) as i16
        })
        .collect()
}

fn codecs() -> Result<(), CodecError> {
    for codec in CODECS {
        let tick = codec.tick_samples();
        let pcm = voice(codec.pcm_rate(), tick * 100);
        let frame = |round: u32| &pcm[round as usize % 100 * tick..][..tick];
        let mut encoder = Encoder::new(codec)?;
        let mut decoder = Decoder::new(codec)?;
        let mut packet = [0; MAX_FRAME_OCTETS];
        let mut packets = Vec::new();
        for round in 0..100 {
            let octets = encoder.encode(frame(round), &mut packet)?;
            packets.push(packet[..octets].to_vec());
        }
        let mut out = [0; MAX_PACKET_SAMPLES];
        cost(&format!("{} encode", codec.name()), |round| {
            black_box(encoder.encode(frame(round), &mut packet).ok());
        });
        cost(&format!("{} decode", codec.name()), |round| {
            black_box(
                decoder
                    .decode(&packets[round as usize % 100], &mut out)
                    .ok(),
            );
        });
        cost(
            &format!("{} conceal after a frame", codec.name()),
            |round| {
                black_box(
                    decoder
                        .decode(&packets[round as usize % 100], &mut out)
                        .ok(),
                );
                decoder.conceal(&mut out[..tick]);
            },
        );
        cost(&format!("{} level of payload", codec.name()), |round| {
            black_box(level_of_payload(codec, &packets[round as usize % 100]));
        });
        cost(&format!("{} level of samples", codec.name()), |round| {
            black_box(level_of_pcm(frame(round)));
        });
    }
    Ok(())
}

fn resampling() {
    for (from, to) in [
        (8_000, 48_000),
        (48_000, 8_000),
        (16_000, 48_000),
        (48_000, 16_000),
        (8_000, 16_000),
    ] {
        let Ok(mut resampler) = Resampler::new(from, to) else {
            continue;
        };
        let input = voice(from, from as usize / 50);
        let mut out = vec![0; to as usize / 50];
        cost(&format!("resample {from} to {to}"), |_| {
            black_box(resampler.process(&input, &mut out));
        });
    }
}

/// One packet in, one tick out, over as many buffers as a large room has.
fn packets() {
    for legs in [1_usize, 100, 1_000] {
        let mut buffers: Vec<JitterBuffer> =
            (0..legs).map(|_| JitterBuffer::new(Codec::Pcma)).collect();
        let mut datagram = [0xD5; 172];
        let mut now = Instant::now();
        let mut number = 0_u32;
        let mut turn = 0;
        cost(&format!("parse, put, pull; {legs} legs"), |_| {
            let leg = turn % legs;
            turn += 1;
            if leg == 0 {
                number += 1;
                now += Duration::from_millis(20);
                let header = Header {
                    marker: false,
                    payload_type: 8,
                    sequence: number as u16,
                    timestamp: number * 160,
                    ssrc: 1,
                };
                datagram[..12].copy_from_slice(&header.to_bytes());
            }
            let Ok(packet) = Packet::parse(&datagram) else {
                return;
            };
            let arrival = Arrival {
                ssrc: packet.ssrc,
                sequence: packet.sequence,
                timestamp: packet.timestamp,
                payload: packet.payload,
                level: level_of_payload(Codec::Pcma, packet.payload),
            };
            buffers[leg].put(now, &arrival);
            buffers[leg].tick(now);
            while !matches!(black_box(buffers[leg].pull()), Pull::Done) {}
        });
    }
}

fn main() -> Result<(), CodecError> {
    codecs()?;
    resampling();
    packets();
    let start = Instant::now();
    let library = SoundLibrary::build(|prompt| {
        std::fs::read(format!("prompts/out/en/{}.wav", prompt.key())).ok()
    });
    println!(
        "all sounds made in {} ms, {} prompts missing",
        start.elapsed().as_millis(),
        library.missing().len()
    );
    for sound in [Sound::Ringback(TonePlan::Europe), Sound::Music] {
        let start = Instant::now();
        library.encode(sound)?;
        let took = start.elapsed().as_micros();
        println!("{sound:?} encoded in {took} µs");
    }
    Ok(())
}
