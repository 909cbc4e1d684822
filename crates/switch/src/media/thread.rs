//! The thread of one media worker: its sockets, its clock and its rings around
//! [`media::worker::Worker`].
//!
//! It wakes every ten milliseconds while it has legs, every five while it passes packets on:
//! they wait that long at most, and a thousand legs cost no more wake-ups than one. A tick is
//! due every twenty. Without legs it sleeps until it is told something; with them it looks by
//! itself, and nobody need wake it.

use std::{
    collections::VecDeque,
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
    figures::{Counters, Figures},
    ports::Sockets,
    recording::Tap,
    rounds::{Unfinished, Wall},
    sys::{Arrived, BATCH, Doorbell, Epoll, Inbox, Wake, go_first},
};

/// Time between two looks at the sockets: what came is needed at the tick only.
const ROUND: Duration = Duration::from_millis(10);

/// The same while packets are passed on, which is a delay that is heard.
const RELAY_ROUND: Duration = Duration::from_millis(5);

/// Ticks that are made up for at once when the thread was late; older ones are left out.
const CATCH_UP: u32 = 2;

/// Batches taken from one socket in a round: a flood waits for the next one. Sixty-four packets
/// in five or ten milliseconds, so that a stranger needs several thousand a second, not a
/// thousand, to fill the socket faster than it is emptied; refusing one costs a microsecond.
const BATCHES: usize = 8;

/// Orders carried out before packets and the tick have their turn: each may allocate an encoder.
const ORDERS: usize = 64;

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

/// Everything that the thread owns.
pub struct MediaThread {
    pub worker: Worker,
    pub told: rtrb::Consumer<Told>,
    pub given: rtrb::Producer<Given>,
    /// Wakes this thread.
    pub bell: Arc<Doorbell>,
    /// Wakes who takes what is given.
    pub news: Arc<Wake>,
    pub epoll: Epoll,
    pub counters: Arc<Counters>,
    pub figures: Figures,
}

/// Ends the process if the thread panics: without it every call is deaf, and nothing else
/// would show it. Who started the process starts it again, and calls are taken up.
struct NobodyElse;

impl Drop for NobodyElse {
    fn drop(&mut self) {
        if thread::panicking() {
            tracing::error!("a media thread ended by a fault; the process ends");
            std::process::abort();
        }
    }
}

struct Running {
    own: MediaThread,
    sockets: Vec<Option<Sockets>>,
    taps: Vec<Tap>,
    inbox: Inbox,
    unfinished: Unfinished,
    wall: Wall,
    /// Legs that left with their sockets: closed, or on their way to another worker.
    left: VecDeque<Given>,
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
        self.epoll.add(&*self.bell, WAKE_KEY)?;
        thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || {
                let _guard = NobodyElse;
                Running {
                    own: self,
                    sockets: Vec::new(),
                    taps: Vec::new(),
                    inbox: Inbox::new(),
                    unfinished: Unfinished::default(),
                    wall: Wall::new(clock()),
                    left: VecDeque::new(),
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
pub(super) fn clock() -> Instant {
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
            if self.own.worker.is_idle() && self.own.told.is_empty() && self.give() {
                self.own.figures.rest(&self.own.counters);
                let MediaThread {
                    bell, told, epoll, ..
                } = &mut self.own;
                let wait = || {
                    epoll.wait(None);
                };
                bell.sleep(|| !told.is_empty(), wait);
                due = clock() + TICK;
            }
            let now = clock();
            self.wall.read(now, wall_clock());
            self.receive(now);
            self.carry_out(now);
            let now = clock();
            if now >= due {
                due = self.ticks(now, due);
                self.own.figures.publish(now, &self.own.counters);
            }
            self.give();
            self.sleep(due);
        }
    }

    /// Until the tick is due or another round is, whichever is sooner, in step with the ticks. Not
    /// while orders wait: at so many a round, calls would come faster than their ports come back.
    fn sleep(&self, due: Instant) {
        if !self.own.told.is_empty() {
            return;
        }
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

    /// Empties the sockets that have something, each once and as far as a round goes.
    fn receive(&mut self, now: Instant) {
        self.unfinished.begin();
        while let Some(key) = self.unfinished.take_next() {
            self.empty(now, key);
        }
        // Sockets that are filled faster than they are emptied must not keep a tick waiting.
        let turns = self.sockets.len() * 2 / self.own.epoll.capacity() + 1;
        for _ in 0..turns {
            let ready = self.own.epoll.wait(Some(0));
            for index in 0..ready {
                let key = self.own.epoll.key(index);
                if key == WAKE_KEY {
                    self.own.bell.clear();
                } else if !self.unfinished.contains(key) {
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
                let age = self.wall.age(packet.at);
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
        self.unfinished.note(key);
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
                    self.retire();
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
            self.unfinished.reserve(slot + 1);
        }
        self.sockets[slot] = Some(sockets);
    }

    /// Takes out the sockets of legs that were closed, before the next order: it may bring a leg
    /// to the place of one of them.
    fn retire(&mut self) {
        while let Some((place, leg)) = self.own.worker.retired() {
            if let Some(sockets) = self.release(place) {
                self.left.push_back(Given::Gone(leg, sockets));
            }
        }
    }

    fn surrender(&mut self, id: MediaLeg) {
        let leg = self.own.worker.surrender(id).and_then(|(place, leg)| {
            let sockets = self.release(place)?;
            self.own.epoll.remove(&sockets.rtp);
            self.own.epoll.remove(&sockets.rtcp);
            Some((leg, sockets))
        });
        self.left.push_back(Given::Surrendered(id, leg));
    }

    /// Takes sockets out. Those of a leg that is over are closed by who gets them, by which the
    /// kernel stops to watch them.
    fn release(&mut self, place: Place) -> Option<Sockets> {
        self.sockets.get_mut(place as usize)?.take()
    }

    /// Recordings that failed are not listened to any more.
    fn drop_dead_taps(&mut self) {
        while let Some(dead) = self.taps.iter().position(Tap::is_dead) {
            let mix = self.taps.swap_remove(dead).mix;
            let goes_on = self.taps.iter().any(|tap| tap.mix == mix);
            self.own.worker.record(mix, goes_on);
        }
    }

    /// Hands out what there is to say, as far as there is room; whether that was all.
    fn give(&mut self) -> bool {
        self.drop_dead_taps();
        let mut any = false;
        // They go first, and into the room that is kept for them.
        while !self.own.given.is_full()
            && let Some(left) = self.left.pop_front()
        {
            let _ = self.own.given.push(left);
            any = true;
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
        self.left.is_empty() && self.own.given.slots() > 64
    }
}
