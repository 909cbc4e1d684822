//! Neither a packet nor a tick allocates: a room with every codec, speakers that change, digits,
//! sounds and losses, and bridges beside it, under an allocator that counts.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use media::{
    codec::{Encoder, MAX_FRAME_OCTETS},
    control::{
        Codec, Inbound, LegParams, MediaCommand, MediaEvent, MediaLeg, MixId, PlayId, Sound,
    },
    prompt::SoundLibrary,
    rtp::Header,
    worker::{Channel, Leg, Order, Outlet, Place, RecordedTick, Seed, Worker},
};

struct Counting;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    if WATCHED.get() {
        COUNT.set(COUNT.get() + 1);
    }
}

#[expect(unsafe_code, reason = "an allocator that counts for this test only")]
// SAFETY: everything is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs something that must not allocate and says how often it did.
fn watched(work: impl FnOnce()) -> u64 {
    COUNT.set(0);
    WATCHED.set(true);
    work();
    WATCHED.set(false);
    COUNT.get()
}

#[derive(Default)]
struct Tally {
    packets: u64,
    recorded: u64,
}

impl Outlet for Tally {
    fn send(&mut self, _: Place, _: Channel, _: SocketAddr, _: &[u8]) {
        self.packets += 1;
    }

    fn record(&mut self, _: RecordedTick<'_>) {
        self.recorded += 1;
    }
}

const EVENTS: u8 = 101;
const MIX: MixId = MixId(1);

struct Phone {
    place: Place,
    address: SocketAddr,
    codec: Codec,
    encoder: Encoder,
    count: u32,
    ssrc: u32,
}

impl Phone {
    /// The next packet: noise while it talks, silence else, a digit now and then.
    fn next(&mut self, talks: bool) -> Vec<u8> {
        self.count += 1;
        let presses = self.count % 97 < 4;
        let mut payload = [0; MAX_FRAME_OCTETS];
        let length = if presses {
            let ended = u8::from(self.count % 97 == 3) << 7;
            payload[..4].copy_from_slice(&[5, ended | 10, 2, 0]);
            4
        } else {
            let mut state = self.count ^ self.ssrc;
            let pcm: Vec<i16> = (0..self.codec.tick_samples())
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    if talks { (state >> 18) as i16 } else { 0 }
                })
                .collect();
            self.encoder
                .encode(&pcm, &mut payload)
                .expect("the test is made of valid parts")
        };
        let begin = self.count - if presses { self.count % 97 } else { 0 };
        let header = Header {
            marker: false,
            payload_type: if presses {
                EVENTS
            } else {
                self.codec.offered_payload_type()
            },
            sequence: self.count as u16,
            timestamp: begin.wrapping_mul(self.codec.tick_units()),
            ssrc: self.ssrc,
        };
        let mut packet = vec![0; 1_400];
        let length = header
            .write(&payload[..length], &mut packet)
            .expect("the test is made of valid parts");
        packet.truncate(length);
        packet
    }
}

fn phone(worker: &mut Worker, number: u64, codec: Codec, ptime_ms: u8, now: Instant) -> Phone {
    let leg = MediaLeg(number);
    let seed = Seed {
        ssrc: number as u32,
        sequence: 1,
        timestamp: 1,
    };
    let place = worker.adopt(Box::new(Leg::new(leg, seed, now)));
    let address = SocketAddr::from(([10, 0, 0, number as u8], 4_000));
    let params = LegParams {
        remote: address,
        remote_rtcp: SocketAddr::from(([10, 0, 0, number as u8], 4_001)),
        codec,
        payload_type: codec.offered_payload_type(),
        telephone_event: (number % 2 == 1).then_some(EVENTS),
        event_clock: codec.clock_rate(),
        inbound: Inbound {
            payload_type: codec.offered_payload_type(),
            telephone_event: (number % 2 == 1).then_some(EVENTS),
            other_law: None,
        },
        ptime_ms,
        send: true,
        receive: true,
        may_latch: Vec::new(),
    };
    worker.order(
        now,
        Order::prepare(MediaCommand::Configure { leg, params })
            .expect("the test is made of valid parts"),
        &mut Tally::default(),
    );
    Phone {
        place,
        address,
        codec,
        encoder: Encoder::new(codec).expect("the test is made of valid parts"),
        count: 0,
        ssrc: 1_000 + number as u32,
    }
}

/// What happens in a tick, apart from packets.
fn orders(tick: u64) -> Vec<MediaCommand> {
    let leg = MediaLeg(1 + tick / 25 % 14);
    let sound = Sound::Music;
    match tick % 25 {
        3 => vec![MediaCommand::SetHearing {
            leg,
            muted: tick % 50 < 25,
            deaf: tick % 150 < 25,
        }],
        7 => vec![MediaCommand::PlayToMix {
            mix: MIX,
            sound: Sound::JoinTone,
        }],
        11 => vec![MediaCommand::Play {
            leg,
            play: PlayId(tick),
            sound,
            repeat: false,
        }],
        17 => vec![MediaCommand::StopPlaying { leg }],
        19 => vec![MediaCommand::SendDigit {
            leg,
            digit: b'7',
            duration_ms: 100,
        }],
        _ => Vec::new(),
    }
}

/// Ten legs in a mix that is recorded, two pairs in bridges.
fn arrange(worker: &mut Worker, now: Instant) -> Vec<Phone> {
    let codecs = [Codec::Pcma, Codec::Opus, Codec::G722, Codec::Pcmu];
    let phones = (1..=14)
        .map(|number| {
            let codec = codecs[number as usize % 4];
            let ptime_ms = [20, 20, 40, 10][number as usize % 3];
            phone(worker, number, codec, ptime_ms, now)
        })
        .collect();
    order(worker, now, MediaCommand::CreateMix { mix: MIX });
    for number in 1..=10 {
        let join = MediaCommand::Join {
            leg: MediaLeg(number),
            mix: MIX,
            muted: false,
            deaf: false,
        };
        order(worker, now, join);
    }
    for (a, b) in [(11, 12), (13, 14)] {
        let (a, b) = (MediaLeg(a), MediaLeg(b));
        order(worker, now, MediaCommand::Bridge { a, b });
    }
    worker.record(MIX, true);
    phones
}

fn order(worker: &mut Worker, now: Instant, command: MediaCommand) {
    worker.order(
        now,
        Order::prepare(command).expect("there is memory for a codec"),
        &mut Tally::default(),
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
fn packets_and_ticks_do_not_allocate() {
    let library = SoundLibrary::build(|_| None);
    library
        .encode(Sound::Music)
        .expect("there is memory for a codec");
    let mut worker = Worker::new(Arc::new(library)).expect("there is memory for silence");
    let mut now = Instant::now() + Duration::from_secs(100);
    let mut phones = arrange(&mut worker, now);
    let mut tally = Tally::default();
    let mut digits = 0;
    for tick in 0..1_000_u64 {
        for command in orders(tick) {
            order(&mut worker, now, command);
        }
        for (index, phone) in phones.iter_mut().enumerate() {
            let talks = (tick / 60 + index as u64).is_multiple_of(3);
            let packet = phone.next(talks);
            if (tick + index as u64).is_multiple_of(13) {
                continue; // Lost on the way.
            }
            let (place, address) = (phone.place, phone.address);
            let times = watched(|| {
                worker.receive(now, place, Channel::Rtp, address, &packet, &mut tally);
            });
            assert_eq!(times, 0, "a packet of leg {} in tick {tick}", index + 1);
        }
        now += Duration::from_millis(20);
        assert_eq!(watched(|| worker.tick(now, &mut tally)), 0, "tick {tick}");
        while let Some(event) = worker.event() {
            digits += u64::from(matches!(event, MediaEvent::Digit { .. }));
        }
    }
    assert!(tally.packets > 10_000, "{}", tally.packets);
    assert_eq!(tally.recorded, 1_000);
    assert!(digits > 20, "{digits}");
}

#[test]
fn the_allocator_does_count() {
    assert_eq!(watched(|| drop(std::hint::black_box(Box::new(1)))), 2);
}
