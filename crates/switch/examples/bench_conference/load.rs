//! The participants, in a process of their own: few sockets, fifty packets a second each.

use std::{
    io::{BufRead, Write},
    net::{SocketAddr, UdpSocket},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Result, Setting,
    signal::{Ear, Loop, MARKER_EVERY},
};

/// Participants that share a socket; the server tells them apart by its own ports.
pub const PER_SOCKET: usize = 40;

/// Parts of 20 ms over which the participants are spread.
const SLOTS: usize = 10;

/// Time for the room to settle before anything counts.
pub const SETTLING: Duration = Duration::from_secs(2);

/// Participants who listen for the marker.
const EARS: usize = 12;

struct Load {
    setting: Setting,
    sockets: Vec<UdpSocket>,
    to: Vec<SocketAddr>,
    /// Participant by the server's port.
    by_port: Vec<Option<usize>>,
    loops: Vec<Loop>,
    packet: Vec<u8>,
    /// Received in the measured time.
    received: Vec<u64>,
    ears: Vec<Option<Ear>>,
    marked: Option<Instant>,
    latencies: Vec<f64>,
    counting: bool,
}

/// Runs the participants: prints addresses, reads the server's, prints figures.
pub fn run(setting: &Setting) -> Result<()> {
    let mut sockets = Vec::new();
    for _ in 0..setting.participants.div_ceil(PER_SOCKET) {
        let socket = UdpSocket::bind("127.0.0.2:0")?;
        socket.set_nonblocking(true)?;
        println!("{}", socket.local_addr()?);
        sockets.push(socket);
    }
    println!();
    std::io::stdout().flush()?;
    let to = std::io::stdin()
        .lock()
        .lines()
        .map(|line| Ok(line?.parse()?))
        .take(setting.participants)
        .collect::<Result<Vec<SocketAddr>>>()?;
    let mut by_port = vec![None; 65_536];
    for (participant, address) in to.iter().enumerate() {
        by_port[usize::from(address.port())] = Some(participant);
    }
    let mut loops = vec![Loop::marker(setting.codec)?, Loop::comfort(setting.codec)?];
    for number in 1..setting.talkers {
        loops.push(Loop::talker(setting.codec, number)?);
    }
    let mut ears = Vec::new();
    for participant in 0..setting.participants {
        let listens = if setting.calls {
            // At the other end of a marker of the first slot.
            participant % (2 * SLOTS) == 1
        } else {
            let step = (setting.participants / EARS).max(1);
            participant >= setting.talkers && participant % step == 0
        };
        ears.push(listens.then(|| Ear::new(setting.codec)).transpose()?);
    }
    let load = Load {
        setting: setting.clone(),
        sockets,
        to,
        by_port,
        loops,
        packet: Vec::with_capacity(1_500),
        received: vec![0; setting.participants],
        ears,
        marked: None,
        latencies: Vec::new(),
        counting: false,
    };
    load.run()
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn clock() -> Instant {
    Instant::now()
}

impl Load {
    fn run(mut self) -> Result<()> {
        let begin = clock();
        let end = begin + SETTLING + Duration::from_secs(self.setting.secs);
        let slot = Duration::from_millis(20) / u32::try_from(SLOTS)?;
        let mut number = 0;
        loop {
            let due = begin + slot * u32::try_from(number)?;
            loop {
                let now = clock();
                self.counting = now >= begin + SETTLING && now < end;
                if now >= due {
                    break;
                }
                self.receive();
                thread::sleep((due - now).min(Duration::from_millis(1)));
            }
            if due >= end {
                break;
            }
            self.send(number);
            self.receive();
            number += 1;
        }
        self.report();
        Ok(())
    }

    /// Everyone whose turn it is in this slot sends.
    fn send(&mut self, number: usize) {
        let round = number / SLOTS;
        for participant in (number % SLOTS..self.setting.participants).step_by(SLOTS) {
            let source = match participant {
                caller if self.setting.calls => caller % 2,
                0 => 0,
                talker if talker < self.setting.talkers => talker + 1,
                _ => 1,
            };
            let payload = &self.loops[source].packets[round % MARKER_EVERY];
            let codec = self.setting.codec;
            self.packet.clear();
            self.packet
                .extend_from_slice(&[0x80, codec.offered_payload_type()]);
            self.packet.extend_from_slice(&(round as u16).to_be_bytes());
            let timestamp = (round as u32).wrapping_mul(codec.tick_units());
            self.packet.extend_from_slice(&timestamp.to_be_bytes());
            self.packet
                .extend_from_slice(&(participant as u32 + 1).to_be_bytes());
            self.packet.extend_from_slice(payload);
            if participant == 0 && round.is_multiple_of(MARKER_EVERY) {
                self.marked = Some(clock());
            }
            // A full queue loses packets, as a network does; the server's figures show it.
            let _ =
                self.sockets[participant / PER_SOCKET].send_to(&self.packet, self.to[participant]);
        }
    }

    fn receive(&mut self) {
        let mut buffer = [0; 1_500];
        for index in 0..self.sockets.len() {
            while let Ok((length, source)) = self.sockets[index].recv_from(&mut buffer) {
                let participant = self.by_port[usize::from(source.port())];
                if let Some(participant) = participant
                    && length > 12
                {
                    self.take(participant, &buffer[12..length]);
                }
            }
        }
    }

    fn take(&mut self, participant: usize, payload: &[u8]) {
        if self.counting {
            self.received[participant] += 1;
        }
        let Some(ear) = &mut self.ears[participant] else {
            return;
        };
        if ear.begins(payload)
            && self.counting
            && let Some(marked) = self.marked
        {
            self.latencies
                .push(clock().duration_since(marked).as_secs_f64() * 1_000.0);
        }
    }

    fn report(mut self) {
        self.latencies.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let index = (self.latencies.len() as f64 * part) as usize;
            let last = self.latencies.len().saturating_sub(1);
            self.latencies
                .get(index.min(last))
                .copied()
                .unwrap_or(f64::NAN)
        };
        let least = self.received.iter().min().copied().unwrap_or(0);
        println!(
            "{} {} {} {}",
            least as f64 / self.setting.secs as f64,
            at(0.5),
            at(0.99),
            self.latencies.len()
        );
    }
}
