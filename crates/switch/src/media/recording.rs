//! Recordings: the worker puts what all hear into a ring, another thread writes it to a file.
//!
//! A full disk or a slow one costs the recording, never the conference.

use std::{
    fs::{DirBuilder, File},
    io::{self, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use media::{
    codec::{Encoder, MAX_FRAME_OCTETS},
    control::{Codec, MediaEvent, MixId, RecordingFailure},
    mixer::MAX_TICK_SAMPLES,
    ogg_opus::OggOpusWriter,
    resample::Resampler,
    wav::WavWriter,
    worker::RecordedTick,
};

use super::sys::Wake;

/// Ticks that the ring holds: five seconds of a disk that does not answer.
const RING_TICKS: usize = 250;

/// Ticks between two updates of a file's header: one second.
const UPDATE_TICKS: u32 = 50;

/// Rate of WAV files.
const WAV_RATE: u32 = 16_000;

/// Longest gap that is filled with silence, in ticks: a minute.
const LONGEST_GAP: u64 = 3_000;

/// Ticks between two times that the disk itself has what was written: ten seconds.
const SYNC_TICKS: u32 = 500;

/// How often the rings are emptied. Without recordings the writer sleeps until there is one.
const ROUND: Duration = Duration::from_millis(100);

/// A tick on its way to the file.
pub struct Tick {
    tick: u64,
    rate: u32,
    count: usize,
    samples: [i16; MAX_TICK_SAMPLES],
}

/// The worker's end of a recording.
pub struct Tap {
    /// What is recorded.
    pub mix: MixId,
    ring: rtrb::Producer<Tick>,
    overrun: Arc<AtomicBool>,
}

impl Tap {
    /// Nobody writes any more: the recording failed.
    pub fn is_dead(&self) -> bool {
        self.ring.is_abandoned()
    }

    /// Takes a tick. When the writer does not keep up, the recording is over.
    pub fn push(&mut self, recorded: &RecordedTick<'_>) {
        let Ok(slot) = self.ring.write_chunk_uninit(1) else {
            self.overrun.store(true, Ordering::Relaxed);
            return;
        };
        let mut tick = Tick {
            tick: recorded.tick,
            rate: recorded.rate,
            count: recorded.samples.len().min(MAX_TICK_SAMPLES),
            samples: [0; MAX_TICK_SAMPLES],
        };
        tick.samples[..tick.count].copy_from_slice(&recorded.samples[..tick.count]);
        slot.fill_from_iter(std::iter::once(tick));
    }
}

struct Begin {
    mix: MixId,
    path: PathBuf,
    ring: rtrb::Consumer<Tick>,
    overrun: Arc<AtomicBool>,
}

/// The thread that writes all recordings.
pub struct Writer {
    orders: Option<mpsc::Sender<Begin>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread; beginnings and failures are sent as events, and `wake` is woken for
    /// each.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn start(news: mpsc::Sender<MediaEvent>, wake: Arc<Wake>) -> io::Result<Self> {
        let (orders, begins) = mpsc::channel();
        let writing = Writing {
            recordings: Vec::new(),
            news,
            wake,
        };
        let thread = thread::Builder::new()
            .name("media-writer".into())
            .spawn(move || writing.run(&begins))?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    /// Begins a file; the tap goes to the mix's worker, and dropping it ends the file.
    pub fn begin(&self, mix: MixId, path: PathBuf) -> Tap {
        let (producer, ring) = rtrb::RingBuffer::new(RING_TICKS);
        let overrun = Arc::new(AtomicBool::new(false));
        if let Some(orders) = &self.orders {
            // The thread ends only when this is dropped.
            let _ = orders.send(Begin {
                mix,
                path,
                ring,
                overrun: Arc::clone(&overrun),
            });
        }
        Tap {
            mix,
            ring: producer,
            overrun,
        }
    }
}

impl Drop for Writer {
    /// Finishes every file.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed; there is nothing left to save.
            let _ = thread.join();
        }
    }
}

/// What the writer's thread has.
struct Writing {
    recordings: Vec<Recording>,
    news: mpsc::Sender<MediaEvent>,
    wake: Arc<Wake>,
}

impl Writing {
    fn run(mut self, begins: &mpsc::Receiver<Begin>) {
        let mut open = true;
        while open || !self.recordings.is_empty() {
            let begin = if !open {
                thread::sleep(ROUND);
                Err(mpsc::RecvTimeoutError::Disconnected)
            } else if self.recordings.is_empty() {
                begins.recv().map_err(mpsc::RecvTimeoutError::from)
            } else {
                begins.recv_timeout(ROUND)
            };
            match begin {
                Ok(begin) => self.begin(begin),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => open = false,
            }
            self.work();
        }
    }

    fn begin(&mut self, begin: Begin) {
        let (mix, path) = (begin.mix, begin.path.clone());
        match Recording::create(begin) {
            Ok(recording) => {
                self.recordings.push(recording);
                self.tell(MediaEvent::RecordingBegan { mix, path });
            }
            Err(error) => self.failed(mix, path, &error),
        }
    }

    fn work(&mut self) {
        for mut recording in std::mem::take(&mut self.recordings) {
            match recording.work() {
                Ok(true) => self.recordings.push(recording),
                Ok(false) => {}
                Err(error) => {
                    recording.abandon();
                    self.failed(recording.mix, recording.path, &error);
                }
            }
        }
    }

    fn failed(&self, mix: MixId, path: PathBuf, error: &io::Error) {
        tracing::warn!(mix = mix.0, path = %path.display(), %error, "a recording failed");
        let failure = failure(error.kind());
        self.tell(MediaEvent::RecordingFailed { mix, path, failure });
    }

    fn tell(&self, event: MediaEvent) {
        // Nobody listens any more only when everything stops.
        let _ = self.news.send(event);
        self.wake.wake();
    }
}

/// What a page can say of it.
const fn failure(kind: io::ErrorKind) -> RecordingFailure {
    use io::ErrorKind;
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => RecordingFailure::DiskFull,
        ErrorKind::TimedOut => RecordingFailure::DiskTooSlow,
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists => RecordingFailure::NotWritable,
        _ => RecordingFailure::DiskFault,
    }
}

enum Format {
    Wav(WavWriter),
    Opus(Box<(OggOpusWriter, Encoder)>),
}

struct Recording {
    mix: MixId,
    path: PathBuf,
    file: File,
    /// Octets that make a whole file, should nothing more fit on the disk.
    whole: u64,
    format: Format,
    ring: rtrb::Consumer<Tick>,
    overrun: Arc<AtomicBool>,
    resampler: Option<(u32, Resampler)>,
    last_tick: Option<u64>,
    since_update: u32,
    since_sync: u32,
    octets: Vec<u8>,
}

impl Recording {
    fn create(begin: Begin) -> io::Result<Self> {
        let (format, head) = new_format(&begin.path)?;
        let mut file = create_private(&begin.path)?;
        file.write_all(&head)?;
        Ok(Self {
            mix: begin.mix,
            path: begin.path,
            file,
            whole: head.len() as u64,
            format,
            ring: begin.ring,
            overrun: begin.overrun,
            resampler: None,
            last_tick: None,
            since_update: 0,
            since_sync: 0,
            octets: Vec::new(),
        })
    }

    fn rate(&self) -> u32 {
        match self.format {
            Format::Wav(_) => WAV_RATE,
            Format::Opus(_) => Codec::Opus.pcm_rate(),
        }
    }

    /// Writes what waits; says whether more may come.
    fn work(&mut self) -> io::Result<bool> {
        let ended = self.ring.is_abandoned();
        while let Ok(tick) = self.ring.pop() {
            self.take(&tick)?;
        }
        self.write()?;
        if self.overrun.load(Ordering::Relaxed) {
            self.finish()?;
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the disk is too slow for the recording",
            ));
        }
        if ended {
            self.finish()?;
        }
        Ok(!ended)
    }

    /// Puts what is encoded into the file.
    fn write(&mut self) -> io::Result<()> {
        self.file.write_all(&self.octets)?;
        self.whole += self.octets.len() as u64;
        self.octets.clear();
        Ok(())
    }

    /// It failed: what was half written is cut off, so that the rest can be played.
    fn abandon(&mut self) {
        // On the way out; that it failed is told in any case.
        let _ = self.file.set_len(self.whole);
        let _ = self.file.sync_all();
    }

    fn take(&mut self, tick: &Tick) -> io::Result<()> {
        let count = (self.rate() / 50) as usize;
        let missing = self.last_tick.map_or(0, |last| {
            tick.tick.saturating_sub(last + 1).min(LONGEST_GAP)
        });
        for _ in 0..missing {
            self.push(&[0; MAX_TICK_SAMPLES][..count])?;
        }
        self.last_tick = Some(tick.tick);
        let mut samples = [0; MAX_TICK_SAMPLES];
        if tick.rate == self.rate() {
            samples[..tick.count].copy_from_slice(&tick.samples[..tick.count]);
        } else {
            let to = self.rate();
            if self
                .resampler
                .as_ref()
                .is_none_or(|(rate, _)| *rate != tick.rate)
            {
                self.resampler = Resampler::new(tick.rate, to)
                    .ok()
                    .map(|new| (tick.rate, new));
            }
            if let Some((_, resampler)) = &mut self.resampler {
                resampler.process(&tick.samples[..tick.count], &mut samples);
            }
        }
        self.push(&samples[..count])?;
        self.since_update += 1;
        if self.since_update >= UPDATE_TICKS {
            self.since_update = 0;
            self.update()?;
        }
        Ok(())
    }

    fn push(&mut self, samples: &[i16]) -> io::Result<()> {
        match &mut self.format {
            Format::Wav(writer) => writer.push(samples, &mut self.octets),
            Format::Opus(both) => {
                let (writer, encoder) = both.as_mut();
                let mut packet = [0; MAX_FRAME_OCTETS];
                let length = encoder
                    .encode(samples, &mut packet)
                    .map_err(io::Error::other)?;
                let count = u32::try_from(samples.len()).map_err(io::Error::other)?;
                writer.push(&packet[..length], count)?;
                self.octets.extend_from_slice(&writer.take());
            }
        }
        Ok(())
    }

    /// Makes what is written playable should the process end now.
    fn update(&mut self) -> io::Result<()> {
        self.write()?;
        if let Format::Wav(writer) = &self.format {
            let header = writer.header();
            self.file.seek(SeekFrom::Start(0))?;
            self.file.write_all(&header)?;
            self.file.seek(SeekFrom::End(0))?;
        }
        self.since_sync += UPDATE_TICKS;
        if self.since_sync >= SYNC_TICKS {
            // What the system still holds back is lost when the power is.
            self.since_sync = 0;
            self.file.sync_data()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.update()?;
        if let Format::Opus(both) = &mut self.format {
            let (writer, _) = both.as_mut();
            let ended = std::mem::replace(writer, OggOpusWriter::new(0)?);
            self.octets = ended.finish()?;
            self.write()?;
        }
        self.file.sync_all()
    }
}

/// A new file that only this account can read, in a folder that is made if somebody removed it.
fn create_private(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn new_format(path: &Path) -> io::Result<(Format, Vec<u8>)> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("wav") => {
            let writer = WavWriter::new(WAV_RATE);
            let head = writer.header().to_vec();
            Ok((Format::Wav(writer), head))
        }
        Some("opus") => {
            let encoder = Encoder::new(Codec::Opus).map_err(io::Error::other)?;
            let mut writer = OggOpusWriter::new(1)?;
            let head = writer.take();
            Ok((Format::Opus(Box::new((writer, encoder))), head))
        }
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a recording is a .wav or an .opus file",
        )),
    }
}

#[cfg(test)]
mod tests;
