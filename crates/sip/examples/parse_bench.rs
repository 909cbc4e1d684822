//! Prints what reading, writing and carrying SIP costs:
//! `cargo run --release -p convoke-sip --example parse_bench`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use sip::digest::{Algorithm, Authenticator, Challenge, Config, Secrets, Verdict, respond};
use sip::parse::{self, Parsed};
use sip::transaction::{self, Event, Layer};
use sip::{Flow, HeaderName, Message, Method, Request, Response, Transport, Uri};

const REALM: &str = "convoke";

fn register(number: u64, authorization: Option<&str>) -> Request {
    let uri = Uri::parse("sip:192.0.2.1").unwrap_or_else(|| panic!("a URI"));
    let request = Request::new(Method::Register, uri)
        .with(
            HeaderName::Via,
            format!("SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-{number};rport"),
        )
        .with(HeaderName::MaxForwards, "70")
        .with(
            HeaderName::From,
            "\"Anna Berg\" <sip:201@192.0.2.1>;tag=4fxaed73sl",
        )
        .with(HeaderName::To, "<sip:201@192.0.2.1>")
        .with(HeaderName::CallId, format!("7710@192.0.2.2-{}", number / 2))
        .with(HeaderName::CSeq, format!("{} REGISTER", 1 + number % 2))
        .with(
            HeaderName::Contact,
            "<sip:201@192.0.2.2:5060;transport=udp>;expires=3600",
        )
        .with(HeaderName::UserAgent, "Softphone/1.0")
        .with(
            HeaderName::Allow,
            "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY",
        );
    match authorization {
        Some(value) => request.with(HeaderName::Authorization, value),
        None => request,
    }
}

/// CPU time of this thread: what others do on the machine does not count. Where the system
/// does not tell, the clock has to do.
fn cpu_time(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn measure(what: &str, rounds: u64, mut work: impl FnMut(u64)) {
    for round in 0..rounds / 10 {
        work(round);
    }
    let start = Instant::now();
    let before = cpu_time(start);
    for round in 0..rounds {
        work(rounds + round);
    }
    let nanos = (cpu_time(start) - before).as_nanos() / u128::from(rounds);
    println!("{what:<52} {nanos:>8} ns");
}

fn read(bytes: &[u8]) -> Message {
    match parse::datagram(bytes) {
        Ok(Parsed::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn main() {
    let start = Instant::now();
    messages();
    transactions(start);
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        authentication(start, algorithm);
    }
}

fn messages() {
    let bytes = register(1, None).to_bytes();
    println!("a REGISTER of {} bytes", bytes.len());
    measure("parse", 200_000, |_| {
        black_box(read(black_box(&bytes)));
    });
    let message = read(&bytes);
    measure("write", 200_000, |_| {
        black_box(black_box(&message).to_bytes());
    });
    measure("make and write", 200_000, |round| {
        black_box(register(round, None).to_bytes());
    });
}

/// Time runs 100 µs a round: 10,000 requests a second.
fn transactions(start: Instant) {
    let mut layer = Layer::new(transaction::Config::default());
    measure(
        "make, write, parse, transaction, 200, write",
        400_000,
        |round| {
            let bytes = register(round, None).to_bytes();
            let now = start + Duration::from_micros(100 * round);
            layer.handle_timeout(now);
            layer.receive(now, flow(), read(&bytes));
            while let Some(event) = layer.poll() {
                if let Event::Request { key, request, .. } = event {
                    layer.respond(now, key, Response::reply(&request, 200, Some("t")));
                }
            }
        },
    );
    println!("{} transactions at the end", layer.len());
}

fn authentication(start: Instant, algorithm: Algorithm) {
    let secrets = Secrets::derive("201", REALM, "secret");
    let mut server = Authenticator::new(Config::new(REALM, vec![algorithm]), [7; 32], start);
    let uri = Uri::parse("sip:192.0.2.1").unwrap_or_else(|| panic!("a URI"));
    let what = format!(
        "digest: challenge, client's answer, verify ({})",
        algorithm.as_str()
    );
    measure(&what, 50_000, |round| {
        let now = start + Duration::from_micros(100 * round);
        let value = server.challenges(now, flow().peer, false, round);
        let challenge = value.first().and_then(|value| Challenge::parse(value));
        let answer = challenge.and_then(|challenge| {
            respond(
                &challenge,
                "201",
                "secret",
                &Method::Register,
                "sip:192.0.2.1",
                1,
                "c",
            )
        });
        let Some(answer) = answer else {
            panic!("no answer")
        };
        let verdict = server.verify(
            now,
            flow().peer,
            &Method::Register,
            &uri,
            &answer,
            Some(&secrets),
        );
        assert_eq!(verdict, Verdict::Accepted);
    });
}

fn flow() -> Flow {
    Flow {
        transport: Transport::Udp,
        local: ([192, 0, 2, 1], 5060).into(),
        peer: ([192, 0, 2, 2], 5060).into(),
        connection: 0,
    }
}
