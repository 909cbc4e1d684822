//! Calls over a bad network: one datagram in twenty is lost, and they overtake each other.

use std::{thread, time::Duration};

use e2e::{scene::Scene, server::Server};
use testkit::{
    relay::{Relay, Weather},
    softphone::{End, Phone, Settings, State, wait},
};

const PAIRS: u32 = 5;
const CALLS: u32 = 20;
/// Seven transmissions of an INVITE: the chance that all are lost is one in a billion.
const PATIENCE: Duration = Duration::from_secs(32);

/// The phone of a new person, behind the relay.
fn phone(scene: &Scene, relay: &Relay, extension: &str) -> Phone {
    let person = scene.person("Kim", extension);
    let phone = Phone::start(Settings {
        domain: scene.server.sip.ip().to_string(),
        ..Settings::new(relay.address(), &person.username, &person.password)
    });
    let phone = phone.expect("a phone has a free port");
    let registered = wait(PATIENCE, || phone.register().ok());
    assert!(registered.is_some(), "{extension} could not register");
    phone
}

#[test]
fn every_call_comes_about_with_five_percent_loss() {
    let scene = Scene::with_people(Server::start(), 0);
    let weather = Weather {
        loss: 0.05,
        jitter: Duration::from_millis(30),
        seed: 27,
    };
    let relay = Relay::start(scene.server.sip, weather).expect("a relay");
    let pairs: Vec<(Phone, Phone, String)> = (0..PAIRS)
        .map(|pair| {
            let called = (401 + pair).to_string();
            let caller = phone(&scene, &relay, &(301 + pair).to_string());
            (caller, phone(&scene, &relay, &called), called)
        })
        .collect();
    thread::scope(|scope| {
        for (caller, called, number) in &pairs {
            scope.spawn(move || {
                for call in 1..=CALLS {
                    let call_out = caller.call(number);
                    assert!(
                        call_out.reaches(State::Answered, PATIENCE) && call_out.end().is_none(),
                        "call {call} to {number}: {:?} {:?}",
                        call_out.statuses(),
                        call_out.end()
                    );
                    let taken = called.incoming(PATIENCE).expect("it rang there");
                    call_out.hang_up();
                    let ended = wait(PATIENCE, || taken.end());
                    assert_eq!(ended, Some(End::ByeReceived), "call {call} to {number}");
                }
            });
        }
    });
    assert!(
        relay.lost() > 50,
        "the network was not bad: {}",
        relay.lost()
    );
    let path = format!("/calls?customer_id={}&limit=200", scene.customer);
    let kept = wait(PATIENCE, || {
        let total = scene.server.get(&path).expect(200).body["total"].as_u64()?;
        (total == u64::from(PAIRS * CALLS)).then_some(())
    });
    assert!(kept.is_some(), "each call has one record");
    assert!(!scene.server.log().contains("panicked"));
}
