//! A simulated phone and a stage for several of them around one worker.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use super::super::{Channel, Leg, Order, Outlet, Place, RecordedTick, Seed, TICK, Worker};
use crate::{
    codec::{Decoder, Encoder, MAX_FRAME_OCTETS, MAX_PACKET_SAMPLES},
    control::{Codec, Inbound, LegParams, MediaCommand, MediaEvent, MediaLeg, MixId},
    prompt::SoundLibrary,
    rtp::{Header, Packet},
};

pub static LIBRARY: LazyLock<Arc<SoundLibrary>> =
    LazyLock::new(|| Arc::new(SoundLibrary::build(|_| None)));

pub const EVENTS: u8 = 101;

/// Packets that left the worker.
#[derive(Default)]
pub struct Sends {
    pub packets: Vec<(Place, Channel, SocketAddr, Vec<u8>)>,
    pub recorded: Vec<(u64, u32, Vec<i16>)>,
}

impl Outlet for Sends {
    fn send(&mut self, place: Place, channel: Channel, to: SocketAddr, packet: &[u8]) {
        self.packets.push((place, channel, to, packet.to_vec()));
    }

    fn record(&mut self, recorded: RecordedTick<'_>) {
        self.recorded
            .push((recorded.tick, recorded.rate, recorded.samples.to_vec()));
    }
}

/// A phone that sends a tone.
pub struct Phone {
    pub place: Place,
    pub address: SocketAddr,
    pub codec: Codec,
    pub payload_type: u8,
    pub ptime_ms: u8,
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub hertz: f32,
    pub amplitude: f32,
    /// Sends nothing.
    pub quiet: bool,
    phase: f32,
    encoder: Encoder,
    decoder: Decoder,
    due_ms: u32,
    /// What it heard, at its codec's rate.
    pub heard: Vec<i16>,
    /// Headers of audio it received.
    pub headers: Vec<Header>,
    /// Payloads of events it received, with their headers.
    pub events: Vec<(Header, Vec<u8>)>,
    pub reports: Vec<Vec<u8>>,
}

impl Phone {
    pub fn next_packet(&mut self) -> Option<Vec<u8>> {
        self.due_ms += 20;
        if self.due_ms < u32::from(self.ptime_ms) {
            return None;
        }
        self.due_ms -= u32::from(self.ptime_ms);
        let rate = self.codec.pcm_rate();
        let count = (rate / 1_000) as usize * usize::from(self.ptime_ms);
        let step = self.hertz * std::f32::consts::TAU / rate as f32;
        let pcm: Vec<i16> = (0..count)
            .map(|_| {
                self.phase = (self.phase + step) % std::f32::consts::TAU;
                (self.phase.sin() * self.amplitude) as i16
            })
            .collect();
        let mut payload = [0; MAX_FRAME_OCTETS];
        let length = self.encoder.encode(&pcm, &mut payload).unwrap();
        let packet = self.packet(self.payload_type, &payload[..length]);
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self
            .timestamp
            .wrapping_add(self.codec.clock_rate() / 1_000 * u32::from(self.ptime_ms));
        Some(packet)
    }

    pub fn packet(&self, payload_type: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![0; 1_500];
        let header = Header {
            marker: false,
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        let length = header.write(payload, &mut out).unwrap();
        out.truncate(length);
        out
    }

    fn take(&mut self, channel: Channel, octets: &[u8]) {
        if channel == Channel::Rtcp {
            self.reports.push(octets.to_vec());
            return;
        }
        let packet = Packet::parse(octets).unwrap();
        let header = Header {
            marker: packet.marker,
            payload_type: packet.payload_type,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: packet.ssrc,
        };
        if packet.payload_type == EVENTS {
            self.events.push((header, packet.payload.to_vec()));
            return;
        }
        assert_eq!(packet.payload_type, self.payload_type);
        self.headers.push(header);
        let mut pcm = [0; MAX_PACKET_SAMPLES];
        let count = self.decoder.decode(packet.payload, &mut pcm).unwrap();
        self.heard.extend_from_slice(&pcm[..count]);
    }

    /// Level of a frequency in the last so many milliseconds heard, in dB below full scale.
    pub fn hears(&self, hertz: f32, ms: usize) -> f32 {
        let rate = self.codec.pcm_rate();
        let count = (rate as usize / 1_000 * ms).min(self.heard.len());
        goertzel(&self.heard[self.heard.len() - count..], hertz, rate)
    }
}

/// Level of one frequency, in dB below a sine of full scale.
pub fn goertzel(pcm: &[i16], hertz: f32, rate: u32) -> f32 {
    if pcm.is_empty() {
        return -120.0;
    }
    let coefficient = 2.0 * (std::f32::consts::TAU * hertz / rate as f32).cos();
    let (mut one, mut two) = (0.0_f32, 0.0_f32);
    for sample in pcm {
        let next = f32::from(*sample) / 32_768.0 + coefficient * one - two;
        two = one;
        one = next;
    }
    let power = one * one + two * two - coefficient * one * two;
    let amplitude = 2.0 * power.max(0.0).sqrt() / pcm.len() as f32;
    20.0 * amplitude.max(1e-6).log10()
}

/// A worker with phones around it.
pub struct Stage {
    pub worker: Worker,
    pub now: Instant,
    pub phones: HashMap<u64, Phone>,
    pub events: Vec<MediaEvent>,
    pub sends: Sends,
    /// Packets of phones that are lost on the way: one in so many.
    pub lose_one_in: Option<u64>,
    count: u64,
}

pub const MIX: MixId = MixId(1);

#[expect(
    clippy::disallowed_methods,
    reason = "a test needs some beginning of time"
)]
pub fn beginning() -> Instant {
    Instant::now() + Duration::from_secs(3_600)
}

impl Stage {
    pub fn new() -> Self {
        Self::with(&LIBRARY)
    }

    pub fn with(library: &Arc<SoundLibrary>) -> Self {
        Self {
            worker: Worker::new(Arc::clone(library)).unwrap(),
            now: beginning(),
            phones: HashMap::new(),
            events: Vec::new(),
            sends: Sends::default(),
            lose_one_in: None,
            count: 0,
        }
    }

    pub fn params(number: u64, codec: Codec) -> LegParams {
        let last = u8::try_from(number % 250).unwrap();
        let third = u8::try_from(number / 250).unwrap();
        LegParams {
            remote: SocketAddr::from(([10, 0, third, last], 4_000)),
            remote_rtcp: SocketAddr::from(([10, 0, third, last], 4_001)),
            codec,
            payload_type: codec.offered_payload_type(),
            telephone_event: Some(EVENTS),
            event_clock: codec.clock_rate(),
            inbound: Inbound {
                payload_type: codec.offered_payload_type(),
                telephone_event: Some(EVENTS),
                other_law: None,
            },
            ptime_ms: 20,
            send: true,
            receive: true,
            may_latch: Vec::new(),
        }
    }

    /// A phone with a tone of this frequency.
    pub fn phone(&mut self, number: u64, codec: Codec, hertz: f32) -> &mut Phone {
        self.phone_with(number, hertz, Self::params(number, codec))
    }

    pub fn phone_with(&mut self, number: u64, hertz: f32, params: LegParams) -> &mut Phone {
        let seed = Seed {
            ssrc: 0x5EED_0000 + number as u32,
            sequence: 65_500,
            timestamp: u32::MAX - 5_000,
        };
        let leg = MediaLeg(number);
        let place = self.worker.adopt(Box::new(Leg::new(leg, seed, self.now)));
        let phone = Phone {
            place,
            address: params.remote,
            codec: params.codec,
            payload_type: params.payload_type,
            ptime_ms: params.ptime_ms,
            ssrc: 77_000 + number as u32,
            sequence: 65_530,
            timestamp: u32::MAX - 1_000,
            hertz,
            amplitude: 8_000.0,
            quiet: false,
            phase: 0.0,
            encoder: Encoder::new(params.codec).unwrap(),
            decoder: Decoder::new(params.codec).unwrap(),
            due_ms: 0,
            heard: Vec::new(),
            headers: Vec::new(),
            events: Vec::new(),
            reports: Vec::new(),
        };
        self.order(MediaCommand::Configure { leg, params });
        self.phones.insert(number, phone);
        self.phones.get_mut(&number).unwrap()
    }

    pub fn order(&mut self, command: MediaCommand) {
        if let MediaCommand::Play { sound, .. } = command {
            LIBRARY.encode(sound).unwrap();
        }
        let order = Order::prepare(command).unwrap();
        self.worker.order(self.now, order, &mut self.sends);
        self.deliver();
    }

    /// All phones into one mix.
    pub fn conference(&mut self) {
        self.order(MediaCommand::CreateMix { mix: MIX });
        let mut legs: Vec<_> = self.phones.keys().copied().collect();
        legs.sort_unstable();
        for leg in legs {
            self.join(leg, false, false);
        }
    }

    pub fn join(&mut self, leg: u64, muted: bool, deaf: bool) {
        self.order(MediaCommand::Join {
            leg: MediaLeg(leg),
            mix: MIX,
            muted,
            deaf,
        });
    }

    pub fn hearing(&mut self, leg: u64, muted: bool, deaf: bool) {
        self.order(MediaCommand::SetHearing {
            leg: MediaLeg(leg),
            muted,
            deaf,
        });
    }

    pub fn bridge(&mut self, a: u64, b: u64) {
        self.order(MediaCommand::Bridge {
            a: MediaLeg(a),
            b: MediaLeg(b),
        });
    }

    pub fn inject(&mut self, place: Place, source: SocketAddr, octets: &[u8]) {
        self.worker.receive(
            self.now,
            place,
            Channel::Rtp,
            source,
            octets,
            &mut self.sends,
        );
        self.deliver();
    }

    /// So many milliseconds: everyone sends, then the worker's tick.
    pub fn run(&mut self, ms: u64) {
        for _ in 0..ms / 20 {
            let mut numbers: Vec<_> = self.phones.keys().copied().collect();
            numbers.sort_unstable();
            for number in numbers {
                let phone = self.phones.get_mut(&number).unwrap();
                if phone.quiet {
                    continue;
                }
                let Some(packet) = phone.next_packet() else {
                    continue;
                };
                self.count += 1;
                if self
                    .lose_one_in
                    .is_some_and(|n| self.count.is_multiple_of(n))
                {
                    continue;
                }
                let (place, address) = (phone.place, phone.address);
                self.inject(place, address, &packet);
            }
            self.tick();
        }
    }

    pub fn tick(&mut self) {
        // Packets came 5 ms before.
        self.now += Duration::from_millis(5);
        self.worker.tick(self.now, &mut self.sends);
        self.deliver();
        while let Some(event) = self.worker.event() {
            self.events.push(event);
        }
        self.now += TICK - Duration::from_millis(5);
    }

    fn deliver(&mut self) {
        for (place, channel, _, octets) in self.sends.packets.drain(..) {
            if let Some(phone) = self.phones.values_mut().find(|phone| phone.place == place) {
                phone.take(channel, &octets);
            }
        }
    }

    pub fn digits(&self, leg: u64) -> String {
        self.events
            .iter()
            .filter_map(|event| match event {
                MediaEvent::Digit { leg: of, digit } if of.0 == leg => Some(char::from(*digit)),
                _ => None,
            })
            .collect()
    }

    /// Which of these frequencies does this phone hear, in the last 300 ms?
    pub fn hears(&self, leg: u64, all: &[f32]) -> Vec<f32> {
        let phone = &self.phones[&leg];
        all.iter()
            .copied()
            .filter(|hertz| phone.hears(*hertz, 300) > -25.0)
            .collect()
    }
}

/// Sequence numbers without a gap, timestamps that go on by a packet, one source.
pub fn assert_continuous(headers: &[Header], step: u32) {
    assert!(headers.len() > 2);
    for pair in headers.windows(2) {
        assert_eq!(pair[1].ssrc, pair[0].ssrc);
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(step));
    }
}
