//! One call's RTP: sends a tone or silence every 20 ms in real time, and decodes what comes.

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use media::{
    codec::{Decoder, Encoder, MAX_FRAME_OCTETS, MAX_PACKET_SAMPLES},
    control::Codec,
    dtmf::{EventPacket, EventReceiver, EventSender},
    rtp::{Header, Packet},
    sdp::Negotiated,
    tone::Oscillator,
};

use super::{Record, entropy};

/// A quarter of full scale.
const AMPLITUDE: f32 = 8_192.0;
const TICK: Duration = Duration::from_millis(20);
/// How long a digit is pressed, and the pause after it.
const PRESS_MS: u16 = 100;
const PAUSE_TICKS: u8 = 5;

pub(super) struct Audio {
    rtp: UdpSocket,
    // Held so that nothing else gets reports that are meant for this call.
    _rtcp: UdpSocket,
    port: u16,
    stream: Option<Stream>,
    tone: f32,
    /// Its packets are lost on the way out.
    pub(super) cut_off: bool,
    digits: std::collections::VecDeque<u8>,
}

/// What there is once both sides agreed.
struct Stream {
    agreed: Negotiated,
    encoder: Encoder,
    decoder: Decoder,
    events: EventReceiver,
    oscillator: Oscillator,
    due: Instant,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    press: Option<EventSender>,
    pause: u8,
}

impl Audio {
    /// Takes a free pair of ports on this address.
    pub(super) fn open(address: IpAddr, tone: f32) -> io::Result<Self> {
        for _ in 0..200 {
            let rtp = UdpSocket::bind((address, 0))?;
            let port = rtp.local_addr()?.port();
            if port % 2 == 1 || port == u16::MAX {
                continue;
            }
            if let Ok(rtcp) = UdpSocket::bind((address, port + 1)) {
                rtp.set_nonblocking(true)?;
                return Ok(Self {
                    rtp,
                    _rtcp: rtcp,
                    port,
                    stream: None,
                    tone,
                    cut_off: false,
                    digits: Default::default(),
                });
            }
        }
        Err(io::Error::other("no free pair of ports for media"))
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn set_tone(&mut self, hertz: f32) {
        self.tone = hertz;
        if let Some(stream) = &mut self.stream {
            stream.oscillator = Oscillator::new(hertz, stream.agreed.codec.pcm_rate());
        }
    }

    pub(super) fn press(&mut self, digits: &str) {
        self.digits.extend(digits.bytes());
    }

    /// Begins, or goes on with what was agreed anew.
    pub(super) fn agree(&mut self, now: Instant, agreed: Negotiated) {
        if let Some(stream) = &mut self.stream
            && stream.agreed.codec == agreed.codec
        {
            stream.agreed = agreed;
            return;
        }
        let (Ok(encoder), Ok(decoder)) = (Encoder::new(agreed.codec), Decoder::new(agreed.codec))
        else {
            return;
        };
        let random = entropy();
        self.stream = Some(Stream {
            agreed,
            encoder,
            decoder,
            events: EventReceiver::new(agreed.codec.clock_rate()),
            oscillator: Oscillator::new(self.tone, agreed.codec.pcm_rate()),
            due: now,
            sequence: (random & 0xFFFF) as u16,
            timestamp: (random >> 16) as u32,
            ssrc: (random >> 32) as u32,
            press: None,
            pause: 0,
        });
    }

    /// Sends what is due.
    pub(super) fn send(&mut self, now: Instant, record: &mut Record) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        // After a stall of the machine the missed packets are sent at once, but not seconds of them.
        if now.duration_since(stream.due) > Duration::from_secs(1) {
            stream.due = now;
        }
        while stream.due <= now {
            stream.due += TICK;
            let packet = stream.next(self.tone, &mut self.digits);
            if stream.agreed.direction.sends()
                && !self.cut_off
                && self.rtp.send_to(&packet, stream.agreed.remote).is_ok()
            {
                record.sent += 1;
            }
        }
    }

    /// Takes in everything that has come.
    pub(super) fn receive(&mut self, now: Instant, record: &mut Record) {
        let mut buffer = [0_u8; 2_048];
        while let Ok((length, source)) = self.rtp.recv_from(&mut buffer) {
            let Some(stream) = &mut self.stream else {
                continue;
            };
            stream.take(now, source, &buffer[..length], record);
        }
    }
}

impl Stream {
    fn next(&mut self, tone: f32, digits: &mut std::collections::VecDeque<u8>) -> Vec<u8> {
        let codec = self.agreed.codec;
        let mut samples = vec![0_i16; codec.tick_samples()];
        if tone > 0.0 {
            for sample in &mut samples {
                *sample = (self.oscillator.sample() * AMPLITUDE) as i16;
            }
        }
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        self.sequence = sequence.wrapping_add(1);
        self.timestamp = timestamp.wrapping_add(codec.tick_units());
        if let Some((payload_type, event)) = self.event(digits, timestamp, codec) {
            let head = Header {
                marker: event.marker,
                payload_type,
                sequence,
                timestamp: event.timestamp,
                ssrc: self.ssrc,
            };
            return [&head.to_bytes()[..], &event.payload].concat();
        }
        let mut payload = [0_u8; MAX_FRAME_OCTETS];
        let length = self.encoder.encode(&samples, &mut payload).unwrap_or(0);
        let head = Header {
            marker: false,
            payload_type: self.agreed.payload_type,
            sequence,
            timestamp,
            ssrc: self.ssrc,
        };
        [&head.to_bytes()[..], &payload[..length]].concat()
    }

    fn event(
        &mut self,
        digits: &mut std::collections::VecDeque<u8>,
        timestamp: u32,
        codec: Codec,
    ) -> Option<(u8, EventPacket)> {
        let payload_type = self.agreed.telephone_event?;
        if self.press.is_none() {
            if self.pause > 0 {
                self.pause -= 1;
                return None;
            }
            self.press =
                EventSender::new(digits.pop_front()?, PRESS_MS, timestamp, codec.clock_rate());
        }
        let packet = self.press.as_mut()?.tick();
        if packet.is_none() {
            self.press = None;
            self.pause = PAUSE_TICKS;
        }
        Some((payload_type, packet?))
    }

    fn take(&mut self, now: Instant, source: SocketAddr, octets: &[u8], record: &mut Record) {
        let Ok(packet) = Packet::parse(octets) else {
            return;
        };
        record.received += 1;
        record.media_from = Some(source);
        if Some(packet.payload_type) == self.agreed.telephone_event {
            let told = self.events.receive(now, packet.timestamp, packet.payload);
            record
                .digits
                .extend(told.into_iter().flatten().map(char::from));
            return;
        }
        if packet.payload_type != self.agreed.payload_type {
            return;
        }
        let mut samples = [0_i16; MAX_PACKET_SAMPLES];
        if let Ok(length) = self.decoder.decode(packet.payload, &mut samples) {
            record
                .heard
                .take(now, self.decoder.sample_rate(), &samples[..length]);
        }
    }
}
