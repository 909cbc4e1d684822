//! Many phones on two sockets: just enough SIP to register and to call, as text.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::{SocketAddr, UdpSocket},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use md5::{Digest, Md5};

use crate::server::now;

/// What the last calls of a run may take.
const GRACE: Duration = Duration::from_secs(10);

/// Messages that one side takes before the other has its turn.
const TURN: usize = 32;

/// A phone's credentials.
#[derive(Debug, Clone)]
pub struct Phone {
    /// Digest username.
    pub username: String,
    /// Digest password.
    pub password: String,
    /// What others dial.
    pub extension: String,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Done.
    pub done: usize,
    /// Not done.
    pub failed: usize,
    /// How long it took.
    pub took: Duration,
    /// From the authenticated INVITE that went in to the INVITE that came out.
    pub setups: Vec<Duration>,
    /// How often each status refused a call.
    pub refusals: BTreeMap<String, usize>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text))
}

/// The value of a quoted parameter.
fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let at = text.find(&format!("{name}=\""))? + name.len() + 2;
    text[at..].split('"').next()
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let found = message.split("\r\n").find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    });
    found.unwrap_or_default()
}

fn headers<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    message
        .split("\r\n")
        .take_while(|line| !line.is_empty())
        .filter(|line| {
            line.split_once(':')
                .is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
        })
        .collect()
}

fn credentials(phone: &Phone, method: &str, uri: &str, challenge: &str) -> String {
    let realm = parameter(challenge, "realm").unwrap_or_default();
    let nonce = parameter(challenge, "nonce").unwrap_or_default();
    let ha1 = md5(&format!("{}:{realm}:{}", phone.username, phone.password));
    let ha2 = md5(&format!("{method}:{uri}"));
    let response = md5(&format!("{ha1}:{nonce}:00000001:abcdef:auth:{ha2}"));
    format!(
        "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{response}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"abcdef\"",
        phone.username
    )
}

/// A socket on which any number of phones live.
pub struct Bank {
    socket: UdpSocket,
    local: SocketAddr,
    server: SocketAddr,
    buffer: Vec<u8>,
}

impl Bank {
    /// On a free port of this address.
    pub fn new(address: &str, server: SocketAddr) -> std::io::Result<Self> {
        let socket = UdpSocket::bind((address, 0))?;
        socket.set_nonblocking(true)?;
        enlarge(&socket);
        let local = socket.local_addr()?;
        Ok(Self {
            socket,
            local,
            server,
            buffer: vec![0; 65_536],
        })
    }

    fn send(&self, text: &str) {
        // A full buffer loses a packet, as a network does; the run counts what is missing.
        let _ = self.socket.send_to(text.as_bytes(), self.server);
    }

    fn receive(&mut self) -> Option<String> {
        let (length, _) = self.socket.recv_from(&mut self.buffer).ok()?;
        Some(String::from_utf8_lossy(&self.buffer[..length]).into_owned())
    }

    fn register_text(
        &self,
        index: usize,
        phone: &Phone,
        cseq: u32,
        authorization: Option<&str>,
    ) -> String {
        let Phone { username, .. } = phone;
        let (local, authorization) = (
            self.local,
            authorization
                .map(|a| format!("Authorization: {a}\r\n"))
                .unwrap_or_default(),
        );
        format!(
            "REGISTER sip:bench SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch=z9hG4bKr{index}x{cseq}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{username}@bench>;tag=r{index}\r\nTo: <sip:{username}@bench>\r\n\
             Call-ID: reg-{index}@bench\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{username}@{local}>\r\n\
             Expires: 3600\r\nUser-Agent: bench\r\n{authorization}Content-Length: 0\r\n\r\n"
        )
    }

    fn invite_text(
        &self,
        call: usize,
        round: u32,
        caller: &Phone,
        target: &Phone,
        cseq: u32,
        with: Option<&str>,
    ) -> String {
        let local = self.local;
        let authorization = with
            .map(|a| format!("Proxy-Authorization: {a}\r\n"))
            .unwrap_or_default();
        let sdp = sdp(&local, 40_000);
        format!(
            "INVITE sip:{}@bench SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch=z9hG4bKi{round}y{call}x{cseq}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{name}@bench>;tag=c{call}\r\nTo: <sip:{}@bench>\r\n\
             Call-ID: call-{call}@bench{round}\r\nCSeq: {cseq} INVITE\r\nContact: <sip:{name}@{local}>\r\n\
             X-Bench: {call}\r\n{authorization}Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            target.extension,
            target.extension,
            sdp.len(),
            name = caller.username
        )
    }

    /// Registers every phone once, with a challenge each; at most `window` at the same time.
    pub fn register(&mut self, phones: &[Phone], window: usize) -> Outcome {
        self.register_at(phones, window, None)
    }

    /// The same, not more than so many a second. What is not answered is sent again, as phones do.
    pub fn register_at(
        &mut self,
        phones: &[Phone],
        window: usize,
        a_second: Option<f64>,
    ) -> Outcome {
        let begun = now();
        let (mut next, mut outcome) = (0, Outcome::default());
        let mut open: HashMap<usize, Attempt> = HashMap::new();
        let mut looked = begun;
        while next < phones.len() || !open.is_empty() {
            let due = a_second.map_or(phones.len(), |rate| {
                (begun.elapsed().as_secs_f64() * rate) as usize
            });
            while next < phones.len().min(due) && open.len() < window {
                let text = self.register_text(next, &phones[next], 1, None);
                open.insert(next, self.attempt(text));
                next += 1;
            }
            let mut idle = true;
            while let Some(answer) = self.receive() {
                idle = false;
                self.registered(&answer, phones, &mut open, &mut outcome);
            }
            if looked.elapsed() > Duration::from_millis(100) {
                looked = now();
                outcome.failed += self.try_again(&mut open);
            }
            if idle && a_second.is_some() {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        outcome.took = begun.elapsed();
        outcome
    }

    fn attempt(&self, text: String) -> Attempt {
        self.send(&text);
        Attempt {
            text,
            since: now(),
            sent: 1,
        }
    }

    /// Sends again what waits for its answer too long; says how many are given up.
    fn try_again(&self, open: &mut HashMap<usize, Attempt>) -> usize {
        let before = open.len();
        open.retain(|_, attempt| attempt.sent < SENDS || attempt.since.elapsed() < LAST_WAIT);
        for attempt in open.values_mut() {
            if attempt.sent < SENDS && attempt.since.elapsed() > T1 * (1 << attempt.sent) {
                self.send(&attempt.text);
                attempt.sent += 1;
            }
        }
        before - open.len()
    }

    fn registered(
        &self,
        answer: &str,
        phones: &[Phone],
        open: &mut HashMap<usize, Attempt>,
        outcome: &mut Outcome,
    ) {
        let index = header(answer, "Call-ID")
            .strip_prefix("reg-")
            .and_then(|rest| rest.split('@').next()?.parse::<usize>().ok());
        let Some(index) = index.filter(|index| open.contains_key(index)) else {
            return;
        };
        let first = header(answer, "CSeq").starts_with("1 ");
        if answer.starts_with("SIP/2.0 401") && first {
            let challenge = header(answer, "WWW-Authenticate");
            let phone = &phones[index];
            let with = credentials(phone, "REGISTER", "sip:bench", challenge);
            let text = self.register_text(index, phone, 2, Some(&with));
            // An answer to what was sent again is late: it is answered by now.
            if open
                .get(&index)
                .is_some_and(|open| open.text.contains("CSeq: 1 "))
            {
                open.insert(index, self.attempt(text));
            }
        } else if !first {
            open.remove(&index);
            match answer.starts_with("SIP/2.0 200") {
                true => outcome.done += 1,
                false => outcome.failed += 1,
            }
        }
    }
}

/// A REGISTER without an answer yet.
struct Attempt {
    text: String,
    since: Instant,
    sent: u32,
}

/// RFC 3261's T1: a request is sent again after it, then after twice as long, and so on.
const T1: Duration = Duration::from_millis(500);
/// Times that a REGISTER is sent before it is given up.
const SENDS: u32 = 4;
/// From the first to the end of the last wait.
const LAST_WAIT: Duration = Duration::from_secs(12);

/// Somebody who tries passwords: right names, right nonces, wrong digests.
pub struct Guesser {
    bank: Bank,
    challenge: Option<String>,
    sent: u64,
    answered: u64,
}

/// The phone of somebody who does not know the password.
fn stranger(phone: &Phone, number: u64) -> Phone {
    Phone {
        password: format!("guess{number}"),
        ..phone.clone()
    }
}

/// What a guesser did.
#[derive(Debug)]
pub struct Guesses {
    /// Requests with a wrong digest.
    pub sent: u64,
    /// Answers of any kind.
    pub answered: u64,
}

impl Guesser {
    /// On a free port of this address.
    pub fn new(address: &str, server: SocketAddr) -> std::io::Result<Self> {
        Ok(Self {
            bank: Bank::new(address, server)?,
            challenge: None,
            sent: 0,
            answered: 0,
        })
    }

    /// Guesses at this rate until it is over: REGISTER and INVITE in turns, another name each.
    pub fn run(&mut self, phones: &[Phone], rate: u32, over: &AtomicBool) -> Guesses {
        let begun = now();
        let mut asked = 0;
        while !over.load(Ordering::Relaxed) {
            let due = (begun.elapsed().as_secs_f64() * f64::from(rate)) as u64;
            // A fresh nonce now and then.
            if self.challenge.is_none() || due / u64::from(rate) > asked {
                asked = due / u64::from(rate);
                let text = self
                    .bank
                    .register_text(1_000_000 + asked as usize, &phones[0], 1, None);
                self.bank.send(&text);
            }
            while let Some(challenge) = self.challenge.as_ref().filter(|_| self.sent < due) {
                let number = self.sent as usize;
                let phone = stranger(&phones[number % phones.len()], self.sent);
                let text = if number.is_multiple_of(2) {
                    let with = credentials(&phone, "REGISTER", "sip:bench", challenge);
                    self.bank
                        .register_text(2_000_000 + number, &phone, 2, Some(&with))
                } else {
                    let uri = format!("sip:{}@bench", phone.extension);
                    let with = credentials(&phone, "INVITE", &uri, challenge);
                    self.bank
                        .invite_text(2_000_000 + number, 0, &phone, &phone, 2, Some(&with))
                };
                self.bank.send(&text);
                self.sent += 1;
            }
            while let Some(answer) = self.bank.receive() {
                self.answered += 1;
                let challenge = header(&answer, "WWW-Authenticate");
                if !challenge.is_empty() {
                    self.challenge = Some(challenge.to_owned());
                }
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Guesses {
            sent: self.sent,
            answered: self.answered,
        }
    }
}

fn enlarge(socket: &UdpSocket) {
    use std::os::fd::AsRawFd;
    let size: libc::c_int = 8 << 20;
    let length = u32::try_from(size_of_val(&size)).unwrap_or(4);
    #[expect(
        unsafe_code,
        reason = "std offers no socket buffer size; the pointer is to a live integer"
    )]
    // SAFETY: the descriptor is open, and the option is an integer of the length given.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVBUF,
            (&raw const size).cast(),
            length,
        );
    }
}

/// Calls from phones of one bank to phones of another: INVITE, answer at once, ACK, BYE.
pub struct Calls<'a> {
    /// Who calls.
    pub callers: &'a mut Bank,
    /// Who is called: registered from this bank.
    pub called: &'a mut Bank,
    /// Names the run: what has a name of an earlier one would be a retransmission.
    pub round: u32,
}

impl Calls<'_> {
    /// Makes calls at this rate, the next pair of phones each time.
    pub fn run(&mut self, from: &[Phone], to: &[Phone], rate: u32, count: usize) -> Outcome {
        let begun = now();
        let mut open: HashSet<usize> = HashSet::new();
        // By the caller's extension: since when an authenticated INVITE has not come out.
        let mut inside: HashMap<String, Instant> = HashMap::new();
        let mut outcome = Outcome::default();
        let mut next = 0;
        let mut last = begun;
        // What the server asks of calls that got stuck must not keep the run alive.
        let longest = Duration::from_secs_f64(count as f64 / f64::from(rate)) + GRACE;
        while (next < count || !open.is_empty())
            && last.elapsed() < Duration::from_secs(5)
            && begun.elapsed() < longest
        {
            let due = (begun.elapsed().as_secs_f64() * f64::from(rate)) as usize;
            while next < count && next < due {
                let (caller, target) = (&from[next % from.len()], &to[next % to.len()]);
                let invite = self
                    .callers
                    .invite_text(next, self.round, caller, target, 1, None);
                self.callers.send(&invite);
                open.insert(next);
                next += 1;
                last = now();
            }
            let mut idle = true;
            // In turns: a side that is never empty must not keep the other from answering.
            for _ in 0..TURN {
                let Some(message) = self.callers.receive() else {
                    break;
                };
                idle = false;
                last = now();
                self.caller_got(&message, (from, to), &mut open, &mut inside, &mut outcome);
            }
            for _ in 0..TURN {
                let Some(message) = self.called.receive() else {
                    break;
                };
                idle = false;
                self.called_got(&message, &mut inside, &mut outcome);
            }
            if idle {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        outcome.took = begun.elapsed();
        outcome.failed += open.len();
        outcome
    }

    fn caller_got(
        &self,
        message: &str,
        (from, to): (&[Phone], &[Phone]),
        open: &mut HashSet<usize>,
        inside: &mut HashMap<String, Instant>,
        outcome: &mut Outcome,
    ) {
        let Some(call) = header(message, "Call-ID")
            .strip_prefix("call-")
            .and_then(|rest| rest.split('@').next()?.parse::<usize>().ok())
        else {
            return;
        };
        let cseq = header(message, "CSeq").to_owned();
        let (caller, target) = (&from[call % from.len()], &to[call % to.len()]);
        if message.starts_with("SIP/2.0 407") {
            self.callers.send(&self.ack(call, message, 1));
            let uri = format!("sip:{}@bench", target.extension);
            let with = credentials(
                caller,
                "INVITE",
                &uri,
                header(message, "Proxy-Authenticate"),
            );
            let invite = self
                .callers
                .invite_text(call, self.round, caller, target, 2, Some(&with));
            self.callers.send(&invite);
            inside.insert(caller.extension.clone(), now());
        } else if message.starts_with("SIP/2.0 200") && cseq.ends_with("INVITE") {
            self.callers.send(&self.in_dialog(call, message, "ACK", 2));
            self.callers.send(&self.in_dialog(call, message, "BYE", 3));
        } else if message.starts_with("SIP/2.0 200") && cseq.ends_with("BYE") {
            if open.remove(&call) {
                outcome.done += 1;
            }
        } else if message.starts_with("SIP/2.0 ")
            && !message.starts_with("SIP/2.0 1")
            && cseq.ends_with("INVITE")
        {
            self.callers.send(&self.ack(call, message, 2));
            if open.remove(&call) {
                outcome.failed += 1;
                let status = message.get(8..11).unwrap_or_default().to_owned();
                *outcome.refusals.entry(status).or_default() += 1;
            }
        }
    }

    fn ack(&self, call: usize, answer: &str, cseq: u32) -> String {
        let round = self.round;
        format!(
            "ACK sip:bench SIP/2.0\r\nVia: SIP/2.0/UDP {};rport;branch=z9hG4bKi{round}y{call}x{cseq}\r\nMax-Forwards: 70\r\n\
             From: {}\r\nTo: {}\r\nCall-ID: call-{call}@bench{round}\r\nCSeq: {cseq} ACK\r\nContent-Length: 0\r\n\r\n",
            self.callers.local,
            header(answer, "From"),
            header(answer, "To")
        )
    }

    fn in_dialog(&self, call: usize, answer: &str, method: &str, cseq: u32) -> String {
        let round = self.round;
        let contact = header(answer, "Contact");
        let uri = contact.split(['<', '>']).nth(1).unwrap_or(contact);
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {};rport;branch=z9hG4bK{method}{round}y{call}\r\nMax-Forwards: 70\r\n\
             From: {}\r\nTo: {}\r\nCall-ID: call-{call}@bench{round}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n",
            self.callers.local,
            header(answer, "From"),
            header(answer, "To")
        )
    }

    fn called_got(
        &self,
        message: &str,
        inside: &mut HashMap<String, Instant>,
        outcome: &mut Outcome,
    ) {
        let method = message.split(' ').next().unwrap_or_default();
        if message.starts_with("SIP/2.0") || method == "ACK" {
            return;
        }
        let copied = [headers(message, "Via"), headers(message, "Record-Route")]
            .concat()
            .join("\r\n");
        let to = header(message, "To");
        let tag = if to.contains("tag=") {
            ""
        } else {
            ";tag=called"
        };
        let mut body = String::new();
        let mut kind = "";
        if method == "INVITE" {
            let from = header(message, "From")
                .split("sip:")
                .nth(1)
                .unwrap_or_default();
            let caller = from.split('@').next().unwrap_or_default();
            if let Some(since) = inside.remove(caller) {
                outcome.setups.push(since.elapsed());
            }
            body = sdp(&self.called.local, 40_002);
            kind = "Content-Type: application/sdp\r\n";
        }
        self.called.send(&format!(
            "SIP/2.0 200 OK\r\n{copied}\r\nFrom: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n\
             Contact: <sip:called@{}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            header(message, "From"),
            header(message, "Call-ID"),
            header(message, "CSeq"),
            self.called.local,
            body.len()
        ));
    }
}

fn sdp(local: &SocketAddr, port: u16) -> String {
    let ip = local.ip();
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
    )
}
