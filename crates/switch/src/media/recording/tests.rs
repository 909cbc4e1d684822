use std::{sync::mpsc, time::Duration};

use super::*;
use crate::media::sys::Wake;

fn tone(tick: u64, rate: u32) -> Vec<i16> {
    let count = u64::from(rate / 50);
    (0..count)
        .map(|at| {
            let seconds = (tick * count + at) as f32 / rate as f32;
            ((seconds * 440.0 * std::f32::consts::TAU).sin() * 8_000.0) as i16
        })
        .collect()
}

fn push(tap: &mut Tap, tick: u64, rate: u32) {
    tap.push(&RecordedTick {
        mix: tap.mix,
        tick,
        rate,
        samples: &tone(tick, rate),
    });
}

struct Bench {
    writer: Writer,
    failures: mpsc::Receiver<MediaEvent>,
    folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let (sender, failures) = mpsc::channel();
    let wake = Arc::new(Wake::new().unwrap());
    Bench {
        writer: Writer::start(sender, wake).unwrap(),
        failures,
        folder: tempfile::tempdir().unwrap(),
    }
}

#[test]
fn a_recording_is_as_long_as_the_talk_with_gaps_as_silence() {
    let bench = bench();
    let path = bench.folder.path().join("room.wav");
    let mut tap = bench.writer.begin(MixId(1), path.clone());
    for tick in (10..60).chain(85..110) {
        // The room became a better one in the middle.
        push(&mut tap, tick, if tick < 90 { 8_000 } else { 48_000 });
    }
    drop(tap);
    drop(bench.writer);
    let wav = media::wav::read(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!((wav.sample_rate, wav.samples.len()), (16_000, 100 * 320));
    assert!(wav.samples[..50 * 320].iter().any(|sample| *sample > 6_000));
    assert!(
        wav.samples[52 * 320..74 * 320]
            .iter()
            .all(|sample| *sample == 0)
    );
    let events: Vec<_> = bench.failures.try_iter().collect();
    assert_eq!(
        events,
        [MediaEvent::RecordingBegan {
            mix: MixId(1),
            path
        }]
    );
}

/// On a fresh install, or when somebody tidied up.
#[test]
fn the_folder_is_made_and_nobody_else_can_look() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench();
    let folder = bench.folder.path().join("data/recordings");
    let path = folder.join("room.opus");
    let tap = bench.writer.begin(MixId(1), path.clone());
    let began = bench.failures.recv_timeout(Duration::from_secs(2)).unwrap();
    assert!(matches!(began, MediaEvent::RecordingBegan { .. }));
    drop(tap);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
}

#[test]
fn a_recording_is_playable_while_it_is_made() {
    let bench = bench();
    for ending in ["wav", "opus"] {
        let path = bench.folder.path().join(format!("room.{ending}"));
        let mut tap = bench.writer.begin(MixId(1), path.clone());
        for tick in 0..150 {
            push(&mut tap, tick, 16_000);
        }
        std::thread::sleep(Duration::from_millis(400));
        let octets = std::fs::read(&path).unwrap();
        if ending == "wav" {
            let wav = media::wav::read(&octets).unwrap();
            assert!(wav.samples.len() >= 100 * 320, "{}", wav.samples.len());
        } else {
            assert_eq!(&octets[..4], b"OggS");
            assert!(octets.len() > 2_000, "{}", octets.len());
        }
        drop(tap);
    }
}

#[test]
fn what_cannot_be_written_is_told() {
    let bench = bench();
    let existing = bench.folder.path().join("there.wav");
    std::fs::write(&existing, b"precious").unwrap();
    for path in [
        existing.clone(),
        existing.join("room.wav"),
        bench.folder.path().join("room.mp3"),
    ] {
        let tap = bench.writer.begin(MixId(7), path.clone());
        let event = bench.failures.recv_timeout(Duration::from_secs(2)).unwrap();
        let failure = match path.extension().and_then(|ending| ending.to_str()) {
            Some("mp3") => RecordingFailure::DiskFault,
            _ => RecordingFailure::NotWritable,
        };
        let mix = MixId(7);
        assert_eq!(event, MediaEvent::RecordingFailed { mix, path, failure });
        assert!(tap.is_dead());
    }
    assert_eq!(std::fs::read(existing).unwrap(), b"precious");
}

#[test]
fn a_full_device_ends_the_recording_and_nothing_else() {
    let bench = bench();
    let path = bench.folder.path().join("full.wav");
    // Writing to it always says that no space is left.
    let mut tap = Recording {
        mix: MixId(3),
        path: path.clone(),
        whole: 0,
        file: File::options().write(true).open("/dev/full").unwrap(),
        format: new_format(&path).unwrap().0,
        ring: rtrb::RingBuffer::new(1).1,
        overrun: Arc::new(AtomicBool::new(false)),
        resampler: None,
        last_tick: None,
        since_update: 0,
        since_sync: 0,
        octets: vec![0; 100],
    };
    let kind = tap.work().unwrap_err().kind();
    assert_eq!(failure(kind), RecordingFailure::DiskFull);
}

#[test]
fn a_writer_that_does_not_keep_up_costs_the_recording_not_the_tick() {
    let bench = bench();
    let path = bench.folder.path().join("slow.wav");
    let mut tap = bench.writer.begin(MixId(4), path.clone());
    // Faster than any disk: far more than the ring holds.
    for tick in 0..100_000 {
        push(&mut tap, tick, 48_000);
    }
    let began = bench.failures.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(matches!(
        began,
        MediaEvent::RecordingBegan { mix: MixId(4), .. }
    ));
    let event = bench.failures.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(matches!(
        event,
        MediaEvent::RecordingFailed {
            mix: MixId(4),
            failure: RecordingFailure::DiskTooSlow,
            ..
        }
    ));
    // What was written until then is whole.
    let wav = media::wav::read(&std::fs::read(path).unwrap()).unwrap();
    assert!(!wav.samples.is_empty());
}
