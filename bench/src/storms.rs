//! Storms: every phone at once, as after a power cut, and somebody who guesses passwords.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crate::{
    Figure, percentile,
    phones::{Bank, Calls, Guesser, Outcome},
    seeded,
    server::{Server, exchange, now},
};

/// Phones that come back when the power does.
const PHONES: usize = 50_000;
/// Their time for it: a phone does not wait for the others.
const WITHIN: Duration = Duration::from_secs(60);
/// One phone in so many has a wrong password.
const WRONG: usize = 10;
/// Guesses a second.
const GUESSES: u32 = 2_000;
/// Calls a second during the guesses.
const CALLS: u32 = 20;

/// All phones register within a minute, one in ten with a wrong password, while an administrator
/// reads the list of users.
pub fn power() -> Result<Vec<Figure>, String> {
    let (folder, mut phones) = seeded(PHONES)?;
    for phone in phones.iter_mut().step_by(WRONG) {
        phone.password.push('x');
    }
    let right = PHONES - PHONES.div_ceil(WRONG);
    let server = Server::start(folder.path(), "40000-40099")?;
    let mut bank = Bank::new("127.0.0.1", server.sip).map_err(|error| error.to_string())?;
    let over = AtomicBool::new(false);
    let before = server.usage();
    let (outcome, mut pages) = thread::scope(|scope| {
        let reader = scope.spawn(|| read_users(&server, &over));
        let a_second = PHONES as f64 / WITHIN.as_secs_f64();
        let outcome = bank.register_at(&phones, 1_000, Some(a_second));
        over.store(true, Ordering::Relaxed);
        let pages = reader.join().map_err(|_| "the reader ended by a fault")??;
        Ok::<_, String>((outcome, pages))
    })?;
    let grown = server.usage().resident.saturating_sub(before.resident);
    Ok(vec![Figure {
        work: "50,000 phones register within a minute, one in ten with a wrong password",
        goal: "all in 120 s, API p99 < 1 s",
        measured: format!(
            "{} of {right} in {:.0} s, {} refused; API p99 {:.0} ms; {} MB more",
            outcome.done,
            outcome.took.as_secs_f64(),
            outcome.failed,
            percentile(&mut pages, 99).as_secs_f64() * 1e3,
            grown >> 20
        ),
    }])
}

/// Reads pages of users until it is over; says how long each took.
fn read_users(server: &Server, over: &AtomicBool) -> Result<Vec<Duration>, String> {
    let stream = server.connect()?;
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let path = "/api/v1/users?q=berg&sort=state&limit=50";
        let begun = now();
        let (status, _) = exchange(&stream, "GET", path, None).map_err(|e| e.to_string())?;
        if status != 200 {
            return Err(format!("{path}: {status}"));
        }
        times.push(begun.elapsed());
        thread::sleep(Duration::from_millis(50));
    }
    Ok(times)
}

/// Somebody guesses passwords, by REGISTER and by INVITE, while people call each other.
pub fn flood() -> Result<Vec<Figure>, String> {
    let (folder, phones) = seeded(2_000)?;
    let server = Server::start(folder.path(), "30000-39999")?;
    let told = |error: std::io::Error| error.to_string();
    let mut callers = Bank::new("127.0.0.1", server.sip).map_err(told)?;
    let mut called = Bank::new("127.0.0.1", server.sip).map_err(told)?;
    let mut guesser = Guesser::new("127.0.0.66", server.sip).map_err(told)?;
    let (from, to) = phones.split_at(phones.len() / 2);
    callers.register(from, 200);
    called.register(to, 200);
    let secs = flood_secs()?;
    let mut round = 0;
    let mut call = |secs: u32| -> Outcome {
        round += 1;
        let mut run = Calls {
            callers: &mut callers,
            called: &mut called,
            round,
        };
        run.run(from, to, CALLS, (CALLS * secs) as usize)
    };
    let mut calm = call(10);
    let before = server.usage();
    let over = AtomicBool::new(false);
    let (mut stormy, guesses) = thread::scope(|scope| {
        let guessing = scope.spawn(|| guesser.run(&phones, GUESSES, &over));
        let stormy = call(secs);
        over.store(true, Ordering::Relaxed);
        let guesses = guessing
            .join()
            .map_err(|_| "the guesser ended by a fault")?;
        Ok::<_, String>((stormy, guesses))
    })?;
    let after = server.usage();
    let calls = (CALLS * secs) as usize;
    let set_up = |outcome: &mut Outcome| percentile(&mut outcome.setups, 99).as_secs_f64() * 1e3;
    Ok(vec![Figure {
        work: "2,000 wrong digests a second from a stranger, 20 calls a second: set-up p99",
        goal: "< 1 s, < 200 MB more",
        measured: format!(
            "{:.1} ms (calm {:.1} ms), {} of {calls} failed; {} guesses in {secs} s, {} answered; {} MB more",
            set_up(&mut stormy),
            set_up(&mut calm),
            stormy.failed,
            guesses.sent,
            guesses.answered,
            after.resident.saturating_sub(before.resident) >> 20
        ),
    }])
}

/// How long the guesses last: the promise is for 600.
fn flood_secs() -> Result<u32, String> {
    match std::env::var("CONVOKE_FLOOD_SECS") {
        Ok(secs) => secs
            .parse()
            .map_err(|_| format!("CONVOKE_FLOOD_SECS={secs} is no number of seconds")),
        Err(_) => Ok(30),
    }
}
