//! The thread of one media worker: its sockets, its clock and its rings around
//! [`media::worker::Worker`].
//!
//! It wakes every ten milliseconds while it has legs, every five while it passes packets on:
//! they wait that long at most, and a thousand legs cost no more wake-ups than one. A tick is
//! due every twenty. Without legs it sleeps until it is told something.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use media::{
    control::{MediaEvent, MediaLeg, MixId},
    worker::{Channel, Leg, Order, Outlet, Place, RecordedTick, TICK, Worker},
};

use super::{
    ports::Sockets,
    recording::Tap,
    sys::{Arrived, BATCH, Epoll, Inbox, Wake, go_first},
};

/// Time between two looks at the sockets: what came is needed at the tick only.
const ROUND: Duration = Duration::from_millis(10);

/// The same while packets are passed on, which is a delay that is heard.
const RELAY_ROUND: Duration = Duration::from_millis(5);

/// Ticks that are made up for at once when the thread was late; older ones are left out.
const CATCH_UP: u32 = 2;

/// Batches taken from one socket in a round: a flood waits for the next one.
const BATCHES: usize = 2;

/// Orders carried out in a round: each may allocate an encoder.
const ORDERS: usize = 64;

/// A packet that seems to have waited longer: the wall clock was set meanwhile.
const OLDEST: Duration = Duration::from_secs(2);

const WAKE_KEY: u64 = u64::MAX;

/// What a worker's thread is told.
pub enum Told {
    /// A leg with its sockets: new, or from another worker.
    Adopt {
        /// The leg.
        leg: Box<Leg>,
        /// Its sockets.
        sockets: Sockets,
    },
    /// Give this leg back, it goes to another worker.
    Surrender(MediaLeg),
    /// Anything for the worker.
    Order(Order),
    /// Record a mix.
    Record(Tap),
    /// Record it no more.
    StopRecording(MixId),
    /// End.
    Stop,
}

/// What it gives back.
pub enum Given {
    /// As told, for another worker; none if the leg has gone.
    Surrendered(MediaLeg, Option<(Box<Leg>, Sockets)>),
    /// A leg is over.
    Gone(Box<Leg>, Sockets),
    /// Something happened.
    Event(MediaEvent),
}

/// Numbers of a worker, since its start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Ticks made.
    pub ticks: AtomicU64,
    /// Ticks that began more than 10 ms late.
    pub late: AtomicU64,
    /// Ticks left out because there was no time for them.
    pub skipped: AtomicU64,
    /// Time spent in ticks, in nanoseconds.
    pub busy_nanos: AtomicU64,
    /// The longest tick, in nanoseconds.
    pub longest_nanos: AtomicU64,
    /// Packets that the system did not take.
    pub unsent: AtomicU64,
}

/// Everything that the thread owns.
pub struct MediaThread {
    pub worker: Worker,
    pub told: rtrb::Consumer<Told>,
    pub given: rtrb::Producer<Given>,
    /// Wakes this thread.
    pub wake: Arc<Wake>,
    /// Wakes who takes what is given.
    pub news: Arc<Wake>,
    pub epoll: Epoll,
    pub counters: Arc<Counters>,
}

struct Running {
    own: MediaThread,
    sockets: Vec<Option<Sockets>>,
    taps: Vec<Tap>,
    inbox: Inbox,
    /// Keys of sockets that were not emptied.
    unfinished: Vec<u64>,
    /// The wall clock at the beginning of this round.
    wall: Duration,
    stopping: bool,
}

/// Sends out of the sockets of a worker.
struct Sender<'a> {
    sockets: &'a [Option<Sockets>],
    taps: &'a mut [Tap],
    unsent: &'a AtomicU64,
}

impl Outlet for Sender<'_> {
    fn send(&mut self, place: Place, channel: Channel, to: SocketAddr, packet: &[u8]) {
        let Some(Some(sockets)) = self.sockets.get(place as usize) else {
            return;
        };
        let socket = match channel {
            Channel::Rtp => &sockets.rtp,
            Channel::Rtcp => &sockets.rtcp,
        };
        // A packet that cannot be sent now is as one that was lost on the way.
        if socket.send_to(packet, sockets.reach(to)).is_err() {
            self.unsent.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn record(&mut self, recorded: RecordedTick<'_>) {
        for tap in self.taps.iter_mut().filter(|tap| tap.mix == recorded.mix) {
            tap.push(&recorded);
        }
    }
}

impl MediaThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread or no memory for it.
    pub fn start(self, number: usize) -> std::io::Result<thread::JoinHandle<()>> {
        self.epoll.add(&*self.wake, WAKE_KEY)?;
        thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || {
                Running {
                    own: self,
                    sockets: Vec::new(),
                    taps: Vec::new(),
                    inbox: Inbox::new(),
                    unfinished: Vec::with_capacity(4_096),
                    wall: Duration::ZERO,
                    stopping: false,
                }
                .run();
            })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this thread is the clock of its worker"
)]
fn clock() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the kernel notes arrivals by the wall clock; it is only compared with those"
)]
fn wall_clock() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

impl Running {
    fn run(mut self) {
        if !go_first() {
            tracing::debug!("media threads run at the priority of all others");
        }
        let mut due = clock() + TICK;
        while !self.stopping {
            if self.own.worker.is_idle() && self.own.told.is_empty() {
                self.give();
                self.own.epoll.wait(None);
                due = clock() + TICK;
            }
            let now = clock();
            self.wall = wall_clock();
            self.receive(now);
            self.carry_out(now);
            let now = clock();
            if now >= due {
                due = self.ticks(now, due);
            }
            self.give();
            self.sleep(due);
        }
    }

    /// Until the tick is due or another round is, whichever is sooner, in step with the ticks.
    fn sleep(&self, due: Instant) {
        let round = match self.own.worker.relays() {
            true => RELAY_ROUND,
            false => ROUND,
        };
        let left = due.saturating_duration_since(clock());
        let nanos = u64::try_from(left.as_nanos() % round.as_nanos()).unwrap_or(0);
        let pause = match nanos {
            0 if left.is_zero() => return,
            0 => round,
            nanos => Duration::from_nanos(nanos),
        };
        thread::sleep(pause);
    }

    /// Makes the tick that is due, and one more if that is, too; says when the next is due.
    fn ticks(&mut self, now: Instant, mut due: Instant) -> Instant {
        let counters = Arc::clone(&self.own.counters);
        if now - due > TICK / 2 {
            counters.late.fetch_add(1, Ordering::Relaxed);
        }
        let behind = u64::try_from((now - due).as_nanos() / TICK.as_nanos()).unwrap_or(0);
        let skipped = (behind + 1).saturating_sub(u64::from(CATCH_UP));
        if skipped > 0 {
            self.own.worker.skip(skipped);
            counters.skipped.fetch_add(skipped, Ordering::Relaxed);
            due += TICK * u32::try_from(skipped).unwrap_or(0);
        }
        while due <= now {
            let before = clock();
            let mut sender = Sender {
                sockets: &self.sockets,
                taps: &mut self.taps,
                unsent: &counters.unsent,
            };
            self.own.worker.tick(now, &mut sender);
            let took = u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX);
            counters.ticks.fetch_add(1, Ordering::Relaxed);
            counters.busy_nanos.fetch_add(took, Ordering::Relaxed);
            counters.longest_nanos.fetch_max(took, Ordering::Relaxed);
            due += TICK;
        }
        due
    }

    /// Empties the sockets that have something.
    fn receive(&mut self, now: Instant) {
        for _ in 0..self.unfinished.len() {
            let key = self.unfinished.swap_remove(0);
            self.empty(now, key);
        }
        loop {
            let ready = self.own.epoll.wait(Some(0));
            for index in 0..ready {
                let key = self.own.epoll.key(index);
                if key == WAKE_KEY {
                    self.own.wake.clear();
                } else {
                    self.empty(now, key);
                }
            }
            if ready < self.own.epoll.capacity() {
                return;
            }
        }
    }

    fn empty(&mut self, now: Instant, key: u64) {
        let place = Place::try_from(key / 2).unwrap_or(Place::MAX);
        let channel = match key % 2 {
            0 => Channel::Rtp,
            _ => Channel::Rtcp,
        };
        let Some(Some(sockets)) = self.sockets.get(place as usize) else {
            return;
        };
        let socket = match channel {
            Channel::Rtp => &sockets.rtp,
            Channel::Rtcp => &sockets.rtcp,
        };
        let mut sender = Sender {
            sockets: &self.sockets,
            taps: &mut self.taps,
            unsent: &self.own.counters.unsent,
        };
        for _ in 0..BATCHES {
            let count = self.inbox.receive(socket);
            for index in 0..count {
                // One too long to be audio is counted as refused like any other nonsense.
                let packet = self.inbox.packet(index).unwrap_or(Arrived {
                    source: SocketAddr::from(([0, 0, 0, 0], 0)),
                    at: None,
                    octets: &[],
                });
                let age = packet.at.and_then(|at| self.wall.checked_sub(at));
                let age = age.filter(|age| *age < OLDEST).unwrap_or_default();
                let came = now.checked_sub(age).unwrap_or(now);
                self.own.worker.receive(
                    came,
                    place,
                    channel,
                    packet.source,
                    packet.octets,
                    &mut sender,
                );
            }
            if count < BATCH {
                return;
            }
        }
        self.unfinished.push(key);
    }

    fn carry_out(&mut self, now: Instant) {
        for _ in 0..ORDERS {
            let Ok(told) = self.own.told.pop() else {
                return;
            };
            match told {
                Told::Adopt { leg, sockets } => self.adopt(leg, sockets),
                Told::Surrender(id) => self.surrender(id),
                Told::Order(order) => {
                    let mut sender = Sender {
                        sockets: &self.sockets,
                        taps: &mut self.taps,
                        unsent: &self.own.counters.unsent,
                    };
                    self.own.worker.order(now, order, &mut sender);
                }
                Told::Record(tap) => {
                    let mix = tap.mix;
                    self.taps.push(tap);
                    self.own.worker.record(mix, true);
                }
                Told::StopRecording(mix) => {
                    self.taps.retain(|tap| tap.mix != mix);
                    self.own.worker.record(mix, false);
                }
                Told::Stop => self.stopping = true,
            }
        }
    }

    fn adopt(&mut self, leg: Box<Leg>, sockets: Sockets) {
        let place = self.own.worker.adopt(leg);
        let key = u64::from(place) * 2;
        for (key, socket) in [(key, &sockets.rtp), (key + 1, &sockets.rtcp)] {
            if let Err(error) = self.own.epoll.add(socket, key) {
                tracing::error!(%error, "cannot watch a media socket");
            }
        }
        let slot = place as usize;
        if self.sockets.len() <= slot {
            self.sockets.resize_with(slot + 1, || None);
        }
        self.sockets[slot] = Some(sockets);
    }

    fn surrender(&mut self, id: MediaLeg) {
        let leg = self.own.worker.surrender(id).and_then(|(place, leg)| {
            let sockets = self.release(place)?;
            Some((leg, sockets))
        });
        // The ring has room for one answer to each order.
        let _ = self.own.given.push(Given::Surrendered(id, leg));
        self.own.news.wake();
    }

    fn release(&mut self, place: Place) -> Option<Sockets> {
        let sockets = self.sockets.get_mut(place as usize)?.take()?;
        self.own.epoll.remove(&sockets.rtp);
        self.own.epoll.remove(&sockets.rtcp);
        Some(sockets)
    }

    /// Hands out what there is to say, as far as there is room.
    fn give(&mut self) {
        let mut any = false;
        while self.own.given.slots() > 64
            && let Some((place, leg)) = self.own.worker.retired()
        {
            if let Some(sockets) = self.release(place) {
                let _ = self.own.given.push(Given::Gone(leg, sockets));
                any = true;
            }
        }
        while self.own.given.slots() > 64
            && let Some(event) = self.own.worker.event()
        {
            let _ = self.own.given.push(Given::Event(event));
            any = true;
        }
        if any {
            self.own.news.wake();
        }
    }
}
