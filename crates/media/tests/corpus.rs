//! What comes from the network does no harm: what fuzzing found once, whole packets that are cut
//! off and changed at every place, any bytes, and long ones that could take long.

#![cfg(test)]

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

#[path = "../fuzz/fuzz_targets/exercise.rs"]
mod exercise;

type Exercise = fn(&[u8]);

const TARGETS: [(&str, Exercise); 4] = [
    ("sdp", exercise::sdp),
    ("rtp", exercise::rtp),
    ("rtcp", exercise::rtcp),
    ("event", exercise::event),
];

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let files = std::fs::read_dir(folder.join(target)).unwrap();
    let files: Vec<_> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(!files.is_empty(), "{target}");
    files
}

#[test]
fn the_corpus_is_read_without_harm_wherever_it_ends_and_whatever_stands_in_one_place() {
    for (target, exercise) in TARGETS {
        let mut octets = b"\r\n =:/-019\0\x01\x7f\x80\xff".iter().cycle();
        for whole in corpus(target) {
            exercise(&whole);
            for at in 0..whole.len() {
                exercise(&whole[..at]);
                let mut changed = whole.clone();
                changed[at] = *octets.next().unwrap();
                exercise(&changed);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for (_, exercise) in TARGETS {
            exercise(&bytes);
        }
    }

    #[test]
    fn changed_packets_do_no_harm(
        which in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..4), 1..12),
    ) {
        for (target, exercise) in TARGETS {
            let corpus = corpus(target);
            let mut bytes = which.get(&corpus).clone();
            for (at, byte, kind) in &changes {
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = *byte,
                    1 => bytes.insert(at, *byte),
                    2 => bytes.extend_from_within(at..),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            exercise(&bytes);
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this is about real time")]
fn no_packet_takes_long() {
    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n";
    let fill = |line: &str, unit: &str| {
        let units = unit.repeat(8_000 / unit.len());
        let line = format!("{line}{units}\r\n");
        let audio = "m=audio 4000 RTP/AVP 0\r\n";
        format!("{HEAD}{audio}{}", line.repeat(60_000 / line.len()))
    };
    let descriptions = [
        fill("m=audio 4000 RTP/AVP", " 96"),
        fill("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 ", "PCMU/"),
        fill("a=fmtp:96 ", "a=b;"),
        fill("a=", "x"),
        fill("a=sendrecv\r\n", "a=sendonly\r\n"),
        fill("c=IN IP4 ", "1."),
        format!("{HEAD}{}", "m=audio 4000 RTP/AVP 0\r\n".repeat(2_500)),
        "\r\n".repeat(30_000),
        "v=0\r\n".repeat(12_000),
    ];
    let reports = [0x80, 201, 0, 1, 0, 0, 0, 1].repeat(8_000);
    let presses: Vec<u8> = (0..64_000_u32)
        .map(|octet| octet.wrapping_mul(37) as u8)
        .collect();
    let mut all: Vec<(Exercise, &[u8])> = vec![
        (exercise::rtcp, &reports),
        (exercise::event, &presses),
        (exercise::rtp, &presses),
    ];
    let texts = descriptions.iter().map(|text| text.as_bytes());
    all.extend(texts.map(|text| (exercise::sdp as Exercise, text)));
    for (exercise, bytes) in all {
        let start = Instant::now();
        exercise(bytes);
        let taken = start.elapsed();
        let text = String::from_utf8_lossy(bytes);
        assert!(taken < Duration::from_millis(500), "{taken:?}: {text:.200}");
    }
}
