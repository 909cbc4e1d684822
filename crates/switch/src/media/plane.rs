//! What the driver of the call engine holds of the media plane: it opens legs, gives commands
//! and fetches events, and never waits for a worker.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, atomic::Ordering, mpsc},
    thread::JoinHandle,
    time::Instant,
};

use media::{
    control::{LegParams, LegStats, MediaCommand, MediaEvent, MediaLeg, MixId},
    prompt::SoundLibrary,
    worker::{Leg, Order, Seed, Worker},
};
use metrics::{Counter, Gauge, counter, gauge};
use model::Entropy;
use tokio::io::unix::AsyncFd;

use super::{
    figures::{Counters, Figures},
    ports::{PortPool, Sockets},
    recording::Writer,
    sounds::Sounds,
    sys::{Doorbell, Epoll, Wake, raise_open_files, watch},
    thread::{Given, MediaThread, Told},
};

/// Orders that may wait for a worker in its ring.
const TOLD: usize = 16_384;

/// Events that may wait in the ring of a worker.
const GIVEN: usize = 16_384;

/// What a mix weighs when a worker is chosen, in legs: those who come to it are not there yet.
const MIX_WEIGHT: usize = 16;

/// Part of its core, in thousandths, at which a worker takes no more legs: what is left is for
/// those that are there to speak up.
const FULL_LOAD: u64 = 900;

/// How the media plane is set up.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// First and last port for RTP and RTCP; two for each leg.
    pub ports: (u16, u16),
    /// Media threads; at least one.
    pub workers: usize,
    /// Marking of what is sent (RFC 4594: 46, expedited forwarding).
    pub dscp: u8,
    /// The address that peers are told instead of the local one, by which they reach us.
    pub told: Option<IpAddr>,
}

impl MediaConfig {
    /// One thread a core less one, at least one; ports 16384 to 32767; expedited forwarding.
    #[must_use]
    pub fn standard() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            ports: (16_384, 32_767),
            workers: cores.saturating_sub(1).max(1),
            dscp: 46,
            told: None,
        }
    }
}

/// Names what a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    Leg(MediaLeg),
    Mix(MixId),
}

/// Where a leg is.
enum Home {
    /// Not yet at a worker: it goes to that of the first other leg or mix it meets.
    Waiting(Box<Leg>, Sockets, Vec<MediaCommand>),
    /// At this worker.
    At(usize),
    /// Its worker was told to close it: nothing is ordered of it any more.
    Closing,
    /// On its way to this worker.
    Moving(usize),
}

struct Thread {
    told: rtrb::Producer<Told>,
    given: rtrb::Consumer<Given>,
    /// What did not fit into the ring.
    waiting: VecDeque<Told>,
    bell: Arc<Doorbell>,
    handle: Option<JoinHandle<()>>,
    counters: Arc<Counters>,
    legs: usize,
    mixes: usize,
}

/// All media workers with their legs.
pub struct MediaPlane {
    threads: Vec<Thread>,
    legs: HashMap<MediaLeg, Home>,
    mixes: HashMap<MixId, usize>,
    ports: PortPool,
    told: Option<IpAddr>,
    entropy: Arc<dyn Entropy>,
    /// Commands that wait for a leg to arrive, and what they are about.
    held: VecDeque<MediaCommand>,
    about: HashSet<Name>,
    events: VecDeque<MediaEvent>,
    failures: mpsc::Receiver<MediaEvent>,
    news: Arc<Wake>,
    readable: Option<AsyncFd<Arc<Wake>>>,
    writer: Writer,
    sounds: Sounds,
    open_legs: Gauge,
    free_legs: Gauge,
    refused: Counter,
}

impl MediaPlane {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system has no threads or descriptors for them.
    pub fn start(
        config: &MediaConfig,
        library: &Arc<SoundLibrary>,
        entropy: Arc<dyn Entropy>,
    ) -> io::Result<Self> {
        let files = raise_open_files();
        tracing::debug!(files, "limit of open files");
        let news = Arc::new(Wake::new()?);
        let mut threads = Vec::new();
        for number in 0..config.workers.max(1) {
            threads.push(start_thread(number, library, &news)?);
        }
        let (sender, failures) = mpsc::channel();
        let writer = Writer::start(sender, Arc::clone(&news))?;
        let (first, last) = config.ports;
        Ok(Self {
            threads,
            legs: HashMap::new(),
            mixes: HashMap::new(),
            ports: PortPool::new(first, last, random(&*entropy), config.dscp),
            told: config.told,
            entropy,
            held: VecDeque::new(),
            about: HashSet::new(),
            events: VecDeque::new(),
            failures,
            news,
            readable: None,
            writer,
            sounds: Sounds::start(Arc::clone(library))?,
            open_legs: gauge!("convoke_media_legs"),
            free_legs: gauge!("convoke_media_legs_free"),
            refused: counter!("convoke_media_packets_refused_total"),
        })
    }

    /// Binds a leg's sockets on this local address and says where peers reach it.
    ///
    /// # Errors
    /// When no port is left, every worker is busy, the address is not ours, or there is a leg of
    /// this name.
    pub fn open(&mut self, id: MediaLeg, local: IpAddr) -> io::Result<SocketAddr> {
        self.collect();
        if self.legs.contains_key(&id) {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "the leg is open already",
            ));
        }
        if self.threads.iter().all(Thread::is_full) {
            return Err(io::Error::new(
                io::ErrorKind::ResourceBusy,
                "every media thread is busy; this machine carries no more calls",
            ));
        }
        let sockets = self.ports.open(local)?;
        let address = SocketAddr::new(self.told.unwrap_or(local), sockets.port);
        let mut numbers = [0; 10];
        self.entropy.fill(&mut numbers);
        let [a, b, c, d, e, f, g, h, i, j] = numbers;
        let seed = Seed {
            ssrc: u32::from_be_bytes([a, b, c, d]),
            timestamp: u32::from_be_bytes([e, f, g, h]),
            sequence: u16::from_be_bytes([i, j]),
        };
        let leg = Box::new(Leg::new(id, seed, opened_at()));
        self.legs
            .insert(id, Home::Waiting(leg, sockets, Vec::new()));
        if self.threads.len() == 1 {
            self.settle(id, 0);
        }
        self.count();
        Ok(address)
    }

    /// Gives a command. It is carried out within a few milliseconds, in order with the others
    /// about the same legs and mixes.
    pub fn command(&mut self, mut command: MediaCommand) {
        self.collect();
        if let MediaCommand::Configure { params, .. } = &mut command {
            self.never_to_ourselves(params);
        }
        if names(&command).any(|name| self.about.contains(&name)) {
            self.hold(command);
        } else {
            self.submit(command);
        }
    }

    /// The oldest event, if there is one.
    pub fn try_event(&mut self) -> Option<MediaEvent> {
        if self.events.is_empty() {
            self.collect();
        }
        self.events.pop_front()
    }

    /// Waits for an event. Nothing is lost when the wait is given up. Must be called within a
    /// tokio runtime.
    ///
    /// # Errors
    /// When the runtime cannot watch one more descriptor.
    pub async fn event(&mut self) -> io::Result<MediaEvent> {
        loop {
            if let Some(event) = self.try_event() {
                return Ok(event);
            }
            let readable = match self.readable.take() {
                Some(readable) => readable,
                None => watch(Arc::clone(&self.news))?,
            };
            let readable = self.readable.insert(readable);
            let mut ready = readable.readable().await?;
            ready.clear_ready();
            self.news.clear();
        }
    }

    /// How many legs there are.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// How many legs can still be opened.
    #[must_use]
    pub fn free_ports(&self) -> usize {
        self.ports.free()
    }

    /// Whether every worker runs: one that ended took its calls along.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let runs = |handle: &JoinHandle<()>| !handle.is_finished();
        self.threads
            .iter()
            .all(|thread| thread.handle.as_ref().is_some_and(runs))
    }

    /// Numbers of each worker.
    pub fn counters(&self) -> impl Iterator<Item = &Counters> {
        self.threads.iter().map(|thread| &*thread.counters)
    }

    /// A peer that says it receives at a port of ours gets nothing, as if it had said nowhere:
    /// two such legs would send each other the same packets for ever.
    fn never_to_ourselves(&self, params: &mut LegParams) {
        for at in [&mut params.remote, &mut params.remote_rtcp] {
            let is_told = self.told == Some(at.ip());
            if self.ports.is_open(*at) || is_told && self.ports.is_taken(at.port()) {
                *at = SocketAddr::new(unspecified(at.ip()), at.port());
            }
        }
    }

    fn count(&self) {
        self.open_legs.set(self.legs.len() as f64);
        self.free_legs.set(self.ports.free() as f64);
    }

    /// Carries a command out, or holds it while a leg is on its way.
    fn submit(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::CreateMix { mix } => {
                let worker = self.least_busy();
                let worker = *self.mixes.entry(mix).or_insert_with(|| {
                    self.threads[worker].mixes += 1;
                    worker
                });
                self.order(worker, MediaCommand::CreateMix { mix });
            }
            MediaCommand::Join { leg, mix, .. } => {
                let Some(&worker) = self.mixes.get(&mix) else {
                    return;
                };
                if self.bring(leg, worker) {
                    self.order(worker, command);
                } else {
                    self.hold(command);
                }
            }
            MediaCommand::Bridge { a, b } => self.bridge(a, b, command),
            MediaCommand::Record { mix, path } => {
                if let Some(&worker) = self.mixes.get(&mix) {
                    let tap = self.writer.begin(mix, path);
                    self.tell(worker, Told::Record(tap));
                }
            }
            MediaCommand::StopRecording { mix } => {
                if let Some(&worker) = self.mixes.get(&mix) {
                    self.tell(worker, Told::StopRecording(mix));
                }
            }
            MediaCommand::DestroyMix { mix } => {
                if let Some(worker) = self.mixes.remove(&mix) {
                    self.threads[worker].mixes -= 1;
                    self.tell(worker, Told::StopRecording(mix));
                    self.order(worker, command);
                }
            }
            MediaCommand::PlayToMix { mix, .. } => {
                if let Some(&worker) = self.mixes.get(&mix) {
                    self.order(worker, command);
                }
            }
            other => self.leg_command(other),
        }
    }

    /// A command about one leg.
    fn leg_command(&mut self, command: MediaCommand) {
        if let MediaCommand::Play { sound, .. } = command {
            self.sounds.want(sound);
        }
        let Some(Name::Leg(leg)) = names(&command).next() else {
            return;
        };
        match (self.legs.get_mut(&leg), &command) {
            (None, _) => {}
            (Some(home @ Home::At(_)), MediaCommand::Close { .. }) => {
                if let Home::At(worker) = *home {
                    *home = Home::Closing;
                    self.order(worker, command);
                }
            }
            (Some(Home::At(worker)), _) => {
                let worker = *worker;
                self.order(worker, command);
            }
            (Some(Home::Closing), _) => {}
            (Some(Home::Moving(_)), _) => self.hold(command),
            (Some(Home::Waiting(_, _, before)), MediaCommand::Configure { .. }) => {
                before.push(command);
            }
            (Some(Home::Waiting(..)), MediaCommand::Close { .. }) => {
                if let Some(Home::Waiting(_, sockets, _)) = self.legs.remove(&leg) {
                    self.ports.give_back(sockets);
                    self.count();
                    let stats = LegStats::default();
                    self.events.push_back(MediaEvent::Closed { leg, stats });
                    self.news.wake();
                }
            }
            (Some(Home::Waiting(..)), _) => {
                let worker = self.least_busy();
                self.settle(leg, worker);
                self.order(worker, command);
            }
        }
    }

    fn bridge(&mut self, a: MediaLeg, b: MediaLeg, command: MediaCommand) {
        let at = |leg| match self.legs.get(&leg) {
            Some(Home::At(worker)) => Some(*worker),
            _ => None,
        };
        if !self.legs.contains_key(&a) || !self.legs.contains_key(&b) {
            return;
        }
        let worker = at(a).or(at(b)).unwrap_or_else(|| self.least_busy());
        let both = [self.bring(a, worker), self.bring(b, worker)];
        if both == [true, true] {
            self.order(worker, command);
        } else {
            self.hold(command);
        }
    }

    /// Sees to it that a leg comes to a worker; says whether it is there already.
    fn bring(&mut self, leg: MediaLeg, worker: usize) -> bool {
        match self.legs.get_mut(&leg) {
            // Whatever is commanded will find out that there is no such leg.
            None | Some(Home::Closing) => true,
            Some(Home::At(at)) if *at == worker => true,
            Some(Home::Waiting(..)) => {
                self.settle(leg, worker);
                true
            }
            Some(Home::Moving(_)) => false,
            Some(home @ Home::At(_)) => {
                let Home::At(from) = std::mem::replace(home, Home::Moving(worker)) else {
                    return false;
                };
                self.threads[from].legs = self.threads[from].legs.saturating_sub(1);
                self.about.insert(Name::Leg(leg));
                self.tell(from, Told::Surrender(leg));
                false
            }
        }
    }

    /// Hands a waiting leg to a worker, with what was said to it before.
    fn settle(&mut self, leg: MediaLeg, worker: usize) {
        let Some(home) = self.legs.get_mut(&leg) else {
            return;
        };
        if let Home::Waiting(leg, sockets, before) = std::mem::replace(home, Home::At(worker)) {
            self.threads[worker].legs += 1;
            // Nobody read them so far: what came is too old to be heard.
            if self.threads.len() > 1 {
                sockets.empty();
            }
            self.tell(worker, Told::Adopt { leg, sockets });
            for command in before {
                self.order(worker, command);
            }
        }
    }

    fn hold(&mut self, command: MediaCommand) {
        self.about.extend(names(&command));
        self.held.push_back(command);
    }

    /// A leg has arrived: what waited for it goes on, in order.
    fn release_held(&mut self) {
        self.about = self
            .legs
            .iter()
            .filter(|(_, home)| matches!(home, Home::Moving(_)))
            .map(|(leg, _)| Name::Leg(*leg))
            .collect();
        for command in std::mem::take(&mut self.held) {
            if names(&command).any(|name| self.about.contains(&name)) {
                self.hold(command);
            } else {
                self.submit(command);
            }
        }
    }

    fn order(&mut self, worker: usize, command: MediaCommand) {
        match Order::prepare(command) {
            Ok(order) => self.tell(worker, Told::Order(order)),
            Err(error) => tracing::error!(%error, "a leg cannot be set up"),
        }
    }

    fn tell(&mut self, worker: usize, told: Told) {
        let thread = &mut self.threads[worker];
        thread.waiting.push_back(told);
        thread.flush();
    }

    fn least_busy(&self) -> usize {
        let weights = self
            .threads
            .iter()
            .map(|thread| thread.legs + MIX_WEIGHT * thread.mixes);
        let least = weights.enumerate().min_by_key(|(_, weight)| *weight);
        least.map_or(0, |(worker, _)| worker)
    }

    /// Takes what the workers gave.
    fn collect(&mut self) {
        while let Ok(event) = self.failures.try_recv() {
            self.events.push_back(event);
        }
        for worker in 0..self.threads.len() {
            self.threads[worker].flush();
            while let Ok(given) = self.threads[worker].given.pop() {
                self.take(worker, given);
            }
        }
    }

    fn take(&mut self, worker: usize, given: Given) {
        match given {
            Given::Event(event) => self.events.push_back(event),
            Given::Gone(leg, sockets) => {
                self.legs.remove(&leg.id);
                self.threads[worker].legs = self.threads[worker].legs.saturating_sub(1);
                self.ports.give_back(sockets);
                self.refused.increment(leg.stats().refused);
                self.count();
            }
            Given::Surrendered(id, moved) => {
                let target = match self.legs.get(&id) {
                    Some(Home::Moving(target)) => *target,
                    _ => worker,
                };
                match moved {
                    Some((leg, sockets)) => {
                        self.legs.insert(id, Home::At(target));
                        self.threads[target].legs += 1;
                        self.tell(target, Told::Adopt { leg, sockets });
                    }
                    None => {
                        self.legs.remove(&id);
                    }
                }
                self.release_held();
            }
        }
    }
}

impl Drop for MediaPlane {
    /// Ends the threads; recordings are finished.
    fn drop(&mut self) {
        for worker in 0..self.threads.len() {
            self.tell(worker, Told::Stop);
        }
        for thread in &mut self.threads {
            while !thread.waiting.is_empty() && !thread.told.is_abandoned() {
                thread.flush();
                std::thread::yield_now();
            }
            if let Some(handle) = thread.handle.take() {
                // A panic there has been printed; there is nothing left to save.
                let _ = handle.join();
            }
        }
    }
}

impl Thread {
    fn is_full(&self) -> bool {
        self.counters.load.load(Ordering::Relaxed) >= FULL_LOAD
    }

    /// Moves what waits into the ring, as far as there is room, and wakes the worker.
    fn flush(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        while !self.told.is_full()
            && let Some(told) = self.waiting.pop_front()
        {
            // There is room, and nobody else puts anything in.
            let _ = self.told.push(told);
        }
        self.bell.ring();
    }
}

fn start_thread(
    number: usize,
    library: &Arc<SoundLibrary>,
    news: &Arc<Wake>,
) -> io::Result<Thread> {
    let (told, told_there) = rtrb::RingBuffer::new(TOLD);
    let (given_there, given) = rtrb::RingBuffer::new(GIVEN);
    let bell = Arc::new(Doorbell::new()?);
    let counters = Arc::new(Counters::default());
    let handle = MediaThread {
        worker: Worker::new(Arc::clone(library)).map_err(io::Error::other)?,
        told: told_there,
        given: given_there,
        bell: Arc::clone(&bell),
        news: Arc::clone(news),
        epoll: Epoll::new()?,
        counters: Arc::clone(&counters),
        figures: Figures::new(number),
    }
    .start(number)?;
    Ok(Thread {
        told,
        given,
        waiting: VecDeque::new(),
        bell,
        handle: Some(handle),
        counters,
        legs: 0,
        mixes: 0,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the driver of the media plane reads the monotonic clock for it"
)]
fn opened_at() -> Instant {
    Instant::now()
}

const fn unspecified(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

fn random(entropy: &dyn Entropy) -> u64 {
    let mut octets = [0; 8];
    entropy.fill(&mut octets);
    u64::from_be_bytes(octets)
}

/// The legs and mixes that a command is about.
fn names(command: &MediaCommand) -> impl Iterator<Item = Name> + use<> {
    let (one, two) = match command {
        MediaCommand::Bridge { a, b } => (Name::Leg(*a), Some(Name::Leg(*b))),
        MediaCommand::Join { leg, mix, .. } => (Name::Leg(*leg), Some(Name::Mix(*mix))),
        MediaCommand::Configure { leg, .. }
        | MediaCommand::Unbridge { leg }
        | MediaCommand::SetHearing { leg, .. }
        | MediaCommand::Leave { leg }
        | MediaCommand::Play { leg, .. }
        | MediaCommand::StopPlaying { leg }
        | MediaCommand::SendDigit { leg, .. }
        | MediaCommand::Close { leg } => (Name::Leg(*leg), None),
        MediaCommand::CreateMix { mix }
        | MediaCommand::DestroyMix { mix }
        | MediaCommand::PlayToMix { mix, .. }
        | MediaCommand::Record { mix, .. }
        | MediaCommand::StopRecording { mix } => (Name::Mix(*mix), None),
    };
    std::iter::once(one).chain(two)
}

#[cfg(test)]
mod tests;
