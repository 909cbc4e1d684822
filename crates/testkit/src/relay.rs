//! A bad network: a UDP relay that loses and delays datagrams, both ways, as much as a test says.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    io,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

/// How bad it is.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Share of datagrams that are lost, 0 to 1.
    pub loss: f64,
    /// Each datagram is late by up to this much, so that they overtake each other.
    pub jitter: Duration,
    /// The same seed loses the same datagrams, where they come in the same order.
    pub seed: u64,
}

/// A relay on a port of its own in front of a server. It ends when this goes.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    lost: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Begins to relay to this server.
    ///
    /// # Errors
    /// When no socket can be had.
    pub fn start(server: SocketAddr, weather: Weather) -> io::Result<Self> {
        let inner = UdpSocket::bind((server.ip(), 0))?;
        inner.set_nonblocking(true)?;
        let address = inner.local_addr()?;
        let ended = Arc::new(AtomicBool::new(false));
        let lost = Arc::new(AtomicU64::new(0));
        let mut works = Works {
            server,
            inner,
            outer: HashMap::new(),
            late: BinaryHeap::new(),
            weather,
            random: StdRng::seed_from_u64(weather.seed),
            lost: Arc::clone(&lost),
        };
        let told = Arc::clone(&ended);
        let thread = std::thread::Builder::new()
            .name("relay".to_owned())
            .spawn(move || {
                while !told.load(Ordering::Relaxed) {
                    works.turn();
                    std::thread::sleep(Duration::from_millis(1));
                }
            })?;
        Ok(Self {
            address,
            ended,
            lost,
            thread: Some(thread),
        })
    }

    /// Where phones send to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Datagrams lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A datagram on its way: when, in which order it came, through which phone's socket, and whether
/// to the server.
type Late = Reverse<(Instant, u64, SocketAddr, bool, Vec<u8>)>;

struct Works {
    server: SocketAddr,
    inner: UdpSocket,
    outer: HashMap<SocketAddr, UdpSocket>,
    late: BinaryHeap<Late>,
    weather: Weather,
    random: StdRng,
    lost: Arc<AtomicU64>,
}

impl Works {
    fn turn(&mut self) {
        let mut buffer = [0; 65_535];
        while let Ok((length, phone)) = self.inner.recv_from(&mut buffer) {
            self.take(phone, true, &buffer[..length]);
        }
        let phones: Vec<SocketAddr> = self.outer.keys().copied().collect();
        for phone in phones {
            while let Ok(length) = self.outer[&phone].recv(&mut buffer) {
                self.take(phone, false, &buffer[..length]);
            }
        }
        let now = now();
        while self.late.peek().is_some_and(|late| late.0.0 <= now) {
            let Some(Reverse((_, _, phone, to_server, octets))) = self.late.pop() else {
                return;
            };
            // What cannot be sent is lost, as on any network.
            let _ = if to_server {
                self.towards_server(phone, &octets)
            } else {
                self.inner.send_to(&octets, phone)
            };
        }
    }

    fn take(&mut self, phone: SocketAddr, to_server: bool, octets: &[u8]) {
        if self.random.random_bool(self.weather.loss) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let late = self.weather.jitter.mul_f64(self.random.random::<f64>());
        let order = self.random.next_u64();
        self.late.push(Reverse((
            now() + late,
            order,
            phone,
            to_server,
            octets.to_vec(),
        )));
    }

    fn towards_server(&mut self, phone: SocketAddr, octets: &[u8]) -> io::Result<usize> {
        if !self.outer.contains_key(&phone) {
            let socket = UdpSocket::bind((self.server.ip(), 0))?;
            socket.set_nonblocking(true)?;
            socket.connect(self.server)?;
            self.outer.insert(phone, socket);
        }
        self.outer[&phone].send(octets)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a network for tests runs in real time"
)]
fn now() -> Instant {
    Instant::now()
}
