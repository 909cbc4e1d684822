//! A SIP phone for tests: registers, calls, answers, holds, transfers, presses keys, sends a tone
//! and says which tones it hears.
//!
//! A phone is a thread with its own sockets; what a test calls waits for it and says whether what
//! was waited for came. Start at [`Phone::start`], then [`Phone::register`] and [`Phone::call`].

mod audio;
mod listening;
mod machine;
mod session;

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Sender},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

pub use self::listening::level_in;
pub use media::control::Codec;

use self::{listening::Heard, machine::Machine};

/// A tone at this level or above is heard: it is sent at −12 dB.
pub const AUDIBLE: f64 = -35.0;
/// How long is listened to say what is heard.
pub const LISTENING: Duration = Duration::from_millis(240);
/// How long anything may take that a test waits for, unless it says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What a phone does with a call that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Rings so long, then takes it.
    After(Duration),
    /// Rings until somebody gives up, or [`Call::answer`].
    Never,
    /// Refuses it with this status, such as 486.
    Refuse(u16),
    /// Says nothing at all, as a phone that was unplugged.
    Silent,
}

/// Whose phone it is and how it behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where everything is sent.
    pub server: SocketAddr,
    /// Digest username and user part of the address.
    pub username: String,
    /// Digest password.
    pub password: String,
    /// Host of the address of record.
    pub domain: String,
    /// The phone's own address.
    pub address: IpAddr,
    /// The phone's own SIP port; 0 for any free one.
    pub port: u16,
    /// Codecs, best first.
    pub codecs: Vec<Codec>,
    /// What it does with calls that come.
    pub answer: Answer,
    /// The tone it sends, in Hz; 0 for silence.
    pub tone: f32,
    /// Whether its own calls offer nothing, so that the called party makes the offer.
    pub late_offer: bool,
}

impl Settings {
    /// A phone on the loopback address of the server's family that speaks A-law, answers at once and
    /// says nothing.
    pub fn new(server: SocketAddr, username: &str, password: &str) -> Self {
        Self {
            server,
            username: username.to_owned(),
            password: password.to_owned(),
            domain: match server.ip() {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            },
            address: match server {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            },
            port: 0,
            codecs: vec![Codec::Pcma],
            answer: Answer::After(Duration::from_millis(50)),
            tone: 0.0,
            late_offer: false,
        }
    }
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Sent, or come in, and nothing known yet.
    Begun,
    /// It rings.
    Ringing,
    /// Both sides talk.
    Answered,
    /// It is over.
    Ended,
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// This phone hung up.
    HungUp,
    /// BYE came.
    ByeReceived,
    /// CANCEL came before it was answered.
    Cancelled,
    /// Refused with this status.
    Refused(u16),
    /// Nothing came.
    Timeout,
}

/// What is known of a call; the machine writes it, tests read it.
#[derive(Debug)]
pub(crate) struct Record {
    incoming: bool,
    state: State,
    end: Option<End>,
    remote: String,
    statuses: Vec<u16>,
    sent: u64,
    received: u64,
    media_from: Option<SocketAddr>,
    digits: String,
    heard: Heard,
    held: bool,
    codec: Option<Codec>,
    refer: Option<u16>,
    ended_at: Option<Instant>,
}

impl Record {
    pub(crate) fn new(incoming: bool, remote: String) -> Self {
        Self {
            incoming,
            state: State::Begun,
            end: None,
            remote,
            statuses: Vec::new(),
            sent: 0,
            received: 0,
            media_from: None,
            digits: String::new(),
            heard: Heard::default(),
            held: false,
            codec: None,
            refer: None,
            ended_at: None,
        }
    }
}

#[derive(Debug, Default)]
struct View {
    registration: Option<u16>,
    calls: BTreeMap<u32, Record>,
    // Status and headers of every final answer, for tests that compare refusals.
    answers: Vec<(u16, String)>,
}

#[derive(Debug, Default)]
struct Shared(Mutex<View>);

impl Shared {
    fn view(&self) -> MutexGuard<'_, View> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub(crate) enum Order {
    Register(u32),
    Call(u32, String),
    Answer(u32),
    HangUp(u32),
    Hold(u32, bool),
    Refer(u32, String),
    ReferReplacing(u32, u32),
    Press(u32, String),
    CutOff(u32, bool),
    Tone(f32),
    Behave(Answer),
    Stop,
}

/// A phone. It unplugs itself, without a word to the server, when this goes.
#[derive(Debug)]
pub struct Phone {
    settings: Settings,
    address: SocketAddr,
    shared: Arc<Shared>,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
    next_call: std::sync::atomic::AtomicU32,
}

/// One call of a phone.
#[derive(Debug, Clone)]
pub struct Call {
    number: u32,
    shared: Arc<Shared>,
    orders: Sender<Order>,
}

impl Phone {
    /// Plugs it in; it has not registered yet.
    ///
    /// # Errors
    /// When its address or port cannot be used.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let socket = UdpSocket::bind((settings.address, settings.port))?;
        let address = socket.local_addr()?;
        socket.set_read_timeout(Some(Duration::from_millis(3)))?;
        let shared = Arc::new(Shared::default());
        let (orders, taken) = mpsc::channel();
        let machine = Machine::new(
            settings.clone(),
            socket,
            address,
            Arc::clone(&shared),
            taken,
        );
        let thread = std::thread::Builder::new()
            .name(format!("phone {}", settings.username))
            .spawn(move || machine.run())?;
        let next_call = std::sync::atomic::AtomicU32::new(1);
        Ok(Self {
            settings,
            address,
            shared,
            orders,
            thread: Some(thread),
            next_call,
        })
    }

    /// Its own SIP address and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it was set up.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Registers for an hour and waits for the final answer.
    ///
    /// # Errors
    /// The status it was refused with, 408 when nothing came.
    pub fn register(&self) -> Result<(), u16> {
        self.register_for(3_600)
    }

    /// Registers for so many seconds; 0 takes the registration away.
    ///
    /// # Errors
    /// The status it was refused with, 408 when nothing came.
    pub fn register_for(&self, secs: u32) -> Result<(), u16> {
        self.shared.view().registration = None;
        self.order(Order::Register(secs));
        let status = wait(PATIENCE, || self.shared.view().registration);
        match status {
            Some(200) => Ok(()),
            Some(status) => Err(status),
            None => Err(408),
        }
    }

    /// Calls a number, or an address that begins with `sip:`.
    pub fn call(&self, target: &str) -> Call {
        // Odd numbers are calls out, even ones calls in.
        let number = self
            .next_call
            .fetch_add(2, std::sync::atomic::Ordering::Relaxed);
        self.shared
            .view()
            .calls
            .insert(number, Record::new(false, target.to_owned()));
        self.order(Order::Call(number, target.to_owned()));
        self.handle(number)
    }

    /// The newest call that came in and is not over, waiting up to `patience` for one.
    pub fn incoming(&self, patience: Duration) -> Option<Call> {
        let number = wait(patience, || {
            let view = self.shared.view();
            view.calls
                .iter()
                .rev()
                .find(|(_, call)| call.incoming && call.end.is_none())
                .map(|(number, _)| *number)
        })?;
        Some(self.handle(number))
    }

    /// The newest answered call, waiting up to [`PATIENCE`] for one.
    pub fn talking(&self) -> Option<Call> {
        let number = wait(PATIENCE, || {
            let view = self.shared.view();
            view.calls
                .iter()
                .rev()
                .find(|(_, call)| call.state == State::Answered)
                .map(|(number, _)| *number)
        })?;
        Some(self.handle(number))
    }

    /// How many calls came in so far.
    pub fn incoming_count(&self) -> usize {
        self.shared
            .view()
            .calls
            .values()
            .filter(|call| call.incoming)
            .count()
    }

    /// Sends another tone from now on; 0 for silence.
    pub fn tone(&self, hertz: f32) {
        self.order(Order::Tone(hertz));
    }

    /// Does something else with the next calls that come.
    pub fn behave(&self, answer: Answer) {
        self.order(Order::Behave(answer));
    }

    /// Every final answer to a request of this phone so far, as status and header lines without
    /// those that name the request (Via, From, To, Call-ID, CSeq) and without the nonce's value.
    pub fn answers(&self) -> Vec<(u16, String)> {
        self.shared.view().answers.clone()
    }

    fn order(&self, order: Order) {
        // The thread ends only when the phone goes.
        let _ = self.orders.send(order);
    }

    fn handle(&self, number: u32) -> Call {
        Call {
            number,
            shared: Arc::clone(&self.shared),
            orders: self.orders.clone(),
        }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.order(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Call {
    fn read<T>(&self, of: impl FnOnce(&Record) -> T) -> Option<T> {
        self.shared.view().calls.get(&self.number).map(of)
    }

    fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// How far it is.
    pub fn state(&self) -> State {
        self.read(|call| call.state).unwrap_or(State::Ended)
    }

    /// Why it ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.read(|call| call.end).flatten()
    }

    /// The other party, as dialled or as From says.
    pub fn remote(&self) -> String {
        self.read(|call| call.remote.clone()).unwrap_or_default()
    }

    /// Statuses of the answers to its INVITE so far.
    pub fn statuses(&self) -> Vec<u16> {
        self.read(|call| call.statuses.clone()).unwrap_or_default()
    }

    /// Whether it is answered within [`PATIENCE`].
    pub fn is_answered(&self) -> bool {
        self.reaches(State::Answered, PATIENCE)
    }

    /// Whether it rings or is answered within [`PATIENCE`].
    pub fn rings(&self) -> bool {
        self.reaches(State::Ringing, PATIENCE)
    }

    /// Whether it comes so far in time; a call that ended has not, unless that was asked.
    pub fn reaches(&self, wanted: State, patience: Duration) -> bool {
        wait(patience, || match self.state() {
            State::Ended => Some(wanted == State::Ended),
            state => (state >= wanted).then_some(true),
        })
        .unwrap_or(false)
    }

    /// Why it ended, waiting up to [`PATIENCE`].
    pub fn ends(&self) -> Option<End> {
        wait(PATIENCE, || self.end())
    }

    /// When it ended, if it has.
    pub fn ended_at(&self) -> Option<Instant> {
        self.read(|call| call.ended_at).flatten()
    }

    /// The codec agreed on.
    pub fn codec(&self) -> Option<Codec> {
        self.read(|call| call.codec).flatten()
    }

    /// Packets of media sent and received.
    pub fn packets(&self) -> (u64, u64) {
        self.read(|call| (call.sent, call.received))
            .unwrap_or_default()
    }

    /// Where media comes from.
    pub fn media_from(&self) -> Option<SocketAddr> {
        self.read(|call| call.media_from).flatten()
    }

    /// The digits that came by RFC 4733.
    pub fn digits(&self) -> String {
        self.read(|call| call.digits.clone()).unwrap_or_default()
    }

    /// Whether the other side put this phone on hold.
    pub fn is_held(&self) -> bool {
        self.read(|call| call.held).unwrap_or(false)
    }

    /// What the last NOTIFY of a transfer said.
    pub fn transfer_status(&self) -> Option<u16> {
        self.read(|call| call.refer).flatten()
    }

    /// Level of a frequency in the last `window`, in dB relative to full scale.
    pub fn level(&self, hertz: f32, window: Duration) -> f64 {
        let now = now();
        self.read(|call| call.heard.level(now, f64::from(hertz), window))
            .unwrap_or(listening::SILENCE)
    }

    /// Whether this frequency is heard now.
    pub fn hears_now(&self, hertz: f32) -> bool {
        self.level(hertz, LISTENING) >= AUDIBLE
    }

    /// Whether this frequency comes to be heard within [`PATIENCE`].
    pub fn hears(&self, hertz: f32) -> bool {
        wait(PATIENCE, || self.hears_now(hertz).then_some(())).is_some()
    }

    /// How long after `since` this frequency was heard for the last time, once it was not heard for
    /// a tenth of a second; none if that does not come within `patience`.
    pub fn silent_after(&self, hertz: f32, since: Instant, patience: Duration) -> Option<Duration> {
        const WINDOW: Duration = Duration::from_millis(100);
        const EXACT: Duration = Duration::from_millis(60);
        wait(patience, || {
            (self.level(hertz, WINDOW) < AUDIBLE).then_some(())
        })?;
        let last = self.read(|call| call.heard.last(f64::from(hertz), AUDIBLE, EXACT));
        let last = last.flatten().unwrap_or(since);
        Some(last.saturating_duration_since(since))
    }

    /// Takes a call that rings.
    pub fn answer(&self) {
        self.order(Order::Answer(self.number));
    }

    /// Ends it: BYE, CANCEL or 486, whatever fits.
    pub fn hang_up(&self) {
        self.order(Order::HangUp(self.number));
    }

    /// Puts the other side on hold.
    pub fn hold(&self) {
        self.order(Order::Hold(self.number, true));
    }

    /// Takes it off hold.
    pub fn resume(&self) {
        self.order(Order::Hold(self.number, false));
    }

    /// Transfers the other side to a number.
    pub fn transfer(&self, target: &str) {
        self.order(Order::Refer(self.number, target.to_owned()));
    }

    /// Transfers the other side to the party of another call of this phone.
    pub fn transfer_to(&self, other: &Self) {
        self.order(Order::ReferReplacing(self.number, other.number));
    }

    /// Presses keys by RFC 4733.
    pub fn press(&self, digits: &str) {
        self.order(Order::Press(self.number, digits.to_owned()));
    }

    /// None of its audio leaves the phone any more, as if its cable were pulled.
    pub fn cut_off(&self) {
        self.order(Order::CutOff(self.number, true));
    }

    /// Its audio leaves the phone again.
    pub fn reconnect(&self) {
        self.order(Order::CutOff(self.number, false));
    }
}

/// Asks again and again until there is an answer or time is over.
pub fn wait<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if begun.elapsed() > patience {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a phone for tests runs in real time"
)]
fn now() -> Instant {
    Instant::now()
}

/// Numbers that no other phone has.
fn entropy() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests;
