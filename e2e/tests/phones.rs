//! Phones that others wrote, and what strangers are told.

use std::{
    fs,
    net::{Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use e2e::{
    baresip::{Baresip, Setup},
    namespace, program,
    scene::{Person, Scene},
    server::{Options, Server},
};
use serde_json::Value;
use testkit::{
    ports::free_port_of,
    softphone::{AUDIBLE, Answer, Codec, End, Phone, Settings, wait},
};

const TONES: [f64; 2] = [440.0, 1_000.0];

/// A server on the namespace's address, which baresip insists on.
fn server() -> Server {
    let sip = format!("{}:5060", namespace::ADDRESS)
        .parse()
        .expect("an address");
    Server::start_with(Options {
        sip: Some(sip),
        ..Options::default()
    })
}

fn check_baresip(scene: &Scene, people: [usize; 2], codec: &str, port: u16) {
    let start = |index: usize, transport: &str| {
        let setup = Setup {
            person: &scene.people[people[index]],
            server: scene.server.sip,
            transport,
            codec,
            tone: TONES[index],
            port: port + 2 * index as u16,
        };
        let phone = Baresip::start(scene.server.folder(), &setup);
        assert!(phone.is_registered(), "{codec} {transport}: not registered");
        phone
    };
    let (mut caller, mut called) = (start(0, "udp"), start(1, "tcp"));
    caller.order(
        "dial",
        &format!(
            "sip:{}@{}",
            scene.people[people[1]].extension, scene.server.sip
        ),
    );
    for phone in [&mut caller, &mut called] {
        assert!(
            phone.tells("CALL_ESTABLISHED", Duration::from_secs(10)),
            "{codec}: no call"
        );
    }
    let heard = wait(Duration::from_secs(15), || {
        (caller.heard(TONES[1]) > AUDIBLE && called.heard(TONES[0]) > AUDIBLE).then_some(())
    });
    let levels = [caller.heard(TONES[1]), called.heard(TONES[0])];
    assert!(
        heard.is_some(),
        "{codec}: the other's tone was heard at {levels:?} dB"
    );
    let own = [caller.heard(TONES[0]), called.heard(TONES[1])];
    assert!(
        own.iter().all(|level| *level < AUDIBLE),
        "{codec}: its own tone was heard at {own:?} dB"
    );
    caller.order("hangup", "");
    assert!(
        called.tells("CALL_CLOSED", Duration::from_secs(10)),
        "{codec}: BYE did not come"
    );
}

#[test]
fn two_baresip_phones_hear_each_other_in_a_law_and_opus_over_udp_and_tcp() {
    namespace::inside(
        "two_baresip_phones_hear_each_other_in_a_law_and_opus_over_udp_and_tcp",
        || {
            let scene = Scene::with_people(server(), 4);
            check_baresip(&scene, [0, 1], "PCMA", 15_060);
            check_baresip(&scene, [2, 3], "opus/48000/2", 15_080);
        },
    );
}

#[test]
fn two_phones_register_and_hear_each_other_over_ipv6() {
    let server = Server::start_with(Options {
        sip: Some(free_port_of(Ipv6Addr::LOCALHOST.into())),
        ..Options::default()
    });
    let scene = Scene::with_people(server, 2);
    let (caller, called) = (scene.phone(0, 440.0), scene.phone(1, 1_000.0));
    assert!(caller.address().is_ipv6() && called.address().is_ipv6());
    let endpoints = format!("/users/{}/endpoints", scene.people[1].id);
    let endpoints = scene.server.get(&endpoints).expect(200);
    let contact = endpoints.text_at("/items/0/contact");
    assert!(contact.contains("@[::1]:"), "{contact}");
    let call = caller.call("202");
    assert!(call.is_answered(), "{:?}", call.end());
    let other = called.talking().expect("it took the call");
    assert!(call.hears(1_000.0) && other.hears(440.0), "no media");
    for side in [&call, &other] {
        let from = side.media_from().expect("media came");
        assert_eq!(from.ip(), Ipv6Addr::LOCALHOST);
    }
    call.hang_up();
    assert_eq!(other.ends(), Some(End::ByeReceived));
}

/// Status and headers of all answers that a stranger gets.
fn answers(server: SocketAddr, username: &str, password: &str) -> Vec<(u16, String)> {
    let phone =
        Phone::start(Settings::new(server, username, password)).expect("a phone has a free port");
    assert!(phone.register().is_err(), "{username} was let in");
    assert!(phone.call("202").ends().is_some());
    phone.answers()
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_refused_alike() {
    let scene = Scene::with_people(Server::start(), 2);
    let wrong = answers(scene.server.sip, "201", "wrong");
    let unknown = answers(scene.server.sip, "299", "wrong");
    let statuses: Vec<u16> = wrong.iter().map(|(status, _)| *status).collect();
    // Each is challenged, answers the challenge, and is refused.
    assert_eq!(statuses.len(), 4, "{wrong:#?}");
    assert_eq!((statuses[0], statuses[2]), (401, 407), "{wrong:#?}");
    assert_eq!(wrong, unknown);
    assert!(wrong[0].1.contains("qop=\"auth\""), "{}", wrong[0].1);
    // The called one noticed nothing, and the real phone is let in.
    drop(scene.phone(0, 0.0));
}

#[test]
fn an_unauthenticated_call_is_challenged_whatever_it_calls() {
    let scene = Scene::with_people(Server::start(), 2);
    let first_answer = |username: &str, target: &str| {
        let phone = Phone::start(Settings::new(scene.server.sip, username, ""))
            .expect("a phone has a free port");
        assert!(phone.call(target).ends().is_some());
        phone.answers().remove(0)
    };
    let known = first_answer("201", "202");
    assert_eq!(known.0, 407);
    for (username, target) in [
        ("201", "299"),
        ("299", "202"),
        ("299", "299"),
        ("nobody", "800"),
    ] {
        assert_eq!(
            first_answer(username, target),
            known,
            "{username} calls {target}"
        );
    }
}

/// Runs a scenario of `e2e/sipp` against the server for one person.
fn sipp(scene: &Scene, scenario: &str, person: &Person, target: &str) {
    let folder = scene.server.folder();
    let users = folder.join("users.csv");
    let fields = format!(
        "SEQUENTIAL\n{0};{target};[authentication username={0} password={1}]\n",
        person.username, person.password
    );
    fs::write(&users, fields).expect("a file can be written");
    let output = program::command("sipp", "sip-tester")
        .current_dir(folder)
        .arg(scene.server.sip.to_string())
        .args([
            "-sf",
            &program::source("e2e/sipp").join(scenario).to_string_lossy(),
        ])
        .args(["-inf", &users.to_string_lossy()])
        .args([
            "-i",
            "127.0.0.1",
            "-m",
            "1",
            "-timeout",
            "20",
            "-timeout_error",
            "-nostdin",
            "-trace_err",
        ])
        .output()
        .expect("sipp can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &errors(folder);
    assert!(
        output.status.success(),
        "{scenario}: {}\n{said}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What sipp wrote about messages that it did not expect.
fn errors(folder: &Path) -> String {
    let files = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|file| file.path());
    files
        .filter(|path| path.to_string_lossy().ends_with("_errors.log"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect()
}

#[test]
fn sipp_registers_and_calls() {
    let scene = Scene::with_people(Server::start(), 2);
    sipp(&scene, "register.xml", &scene.people[0], "201");
    let endpoints = scene
        .server
        .get(&format!("/users/{}/endpoints", scene.people[0].id))
        .expect(200);
    assert_eq!(
        endpoints.body["items"].as_array().map(Vec::len),
        Some(1),
        "{}",
        endpoints.text
    );
    let called = scene.phone(1, 440.0);
    sipp(&scene, "call.xml", &scene.people[0], "202");
    assert_eq!(called.incoming_count(), 1);
}

#[test]
fn softphones_call_hold_transfer_and_press_keys() {
    let scene = Scene::with_people(Server::start(), 4);
    let phones: Vec<Phone> = [440.0, 700.0, 1_000.0]
        .into_iter()
        .enumerate()
        .map(|(i, tone)| scene.phone(i, tone))
        .collect();
    let call = phones[0].call("202");
    assert!(call.is_answered(), "{:?}", call.end());
    let other = phones[1].talking().expect("202 answers");
    assert!(call.hears(700.0) && other.hears(440.0));
    call.press("42#");
    assert!(
        wait(Duration::from_secs(10), || (other.digits() == "42#")
            .then_some(()))
        .is_some(),
        "{}",
        other.digits()
    );
    call.hold();
    assert!(
        wait(Duration::from_secs(10), || (!other.hears_now(440.0))
            .then_some(()))
        .is_some(),
        "held, and still heard"
    );
    call.resume();
    assert!(other.hears(440.0));
    // Blind: 202 comes to talk to 203.
    call.transfer("203");
    let third = phones[2].talking().expect("203 is called");
    assert!(
        other.hears(1_000.0) && third.hears(700.0),
        "a transfer connects the two"
    );
    other.hang_up();
    assert!(third.ends().is_some());
    attended(&phones);
    // A phone of another codec, with a late offer.
    let settings = Settings {
        codecs: vec![Codec::Opus],
        tone: 1_400.0,
        late_offer: true,
        ..scene.settings(3)
    };
    let late = scene.phone_with(settings);
    let call = late.call("202");
    assert!(
        call.is_answered() && call.hears(700.0),
        "late offer: {:?}",
        call.end()
    );
    assert!(
        phones[1]
            .talking()
            .is_some_and(|other| other.hears(1_400.0))
    );
}

/// 201 talks to 202, asks 203, and connects them.
fn attended(phones: &[Phone]) {
    let first = phones[0].call("202");
    assert!(first.is_answered());
    let other = phones[1].talking().expect("202 answers");
    first.hold();
    let second = phones[0].call("203");
    assert!(second.is_answered() && second.hears(1_000.0));
    let third = phones[2].talking().expect("203 answers");
    first.transfer_to(&second);
    assert!(
        other.hears(1_000.0) && third.hears(700.0),
        "an attended transfer connects the two"
    );
    assert!(first.ends().is_some() || first.transfer_status() == Some(200));
    other.hang_up();
    assert!(third.ends().is_some());
    first.hang_up();
    second.hang_up();
}

#[test]
fn busy_offline_unknown_and_a_cancelled_call_say_so() {
    let scene = Scene::with_people(Server::start(), 3);
    let (caller, called) = (scene.phone(0, 0.0), scene.phone(1, 0.0));
    let refused = |target: &str| {
        let end = caller.call(target).ends();
        match end {
            Some(testkit::softphone::End::Refused(status)) => status,
            other => panic!("{target}: {other:?}"),
        }
    };
    assert_eq!(refused("203"), 480, "offline");
    assert_eq!(refused("299"), 404, "unknown");
    called.behave(Answer::Refuse(486));
    assert_eq!(refused("202"), 486, "busy");
    called.behave(Answer::Never);
    let call = caller.call("202");
    assert!(call.rings());
    let ringing = called.incoming(Duration::from_secs(5)).expect("202 rings");
    call.hang_up();
    assert_eq!(ringing.ends(), Some(testkit::softphone::End::Cancelled));
}

/// Every line of the log with this field, in order.
fn lines_of<'a>(log: &'a [Value], field: &str, id: &str) -> Vec<&'a Value> {
    let lines = log.iter().map(|line| &line["fields"]);
    lines.filter(|fields| fields[field] == id).collect()
}

/// What a line of the log says.
fn said(fields: &Value) -> &str {
    fields["message"].as_str().unwrap_or_default()
}

#[test]
fn a_call_can_be_followed_in_the_log() {
    let options = Options {
        arguments: ["--log-format", "json", "--log", "debug"]
            .map(str::to_owned)
            .to_vec(),
        ..Options::default()
    };
    let scene = Scene::with_people(Server::start_with(options), 2);
    let phones = [scene.phone(0, 440.0), scene.phone(1, 700.0)];
    let call = phones[0].call("202");
    assert!(call.is_answered(), "{:?}", call.end());
    call.hang_up();
    let ended = wait(Duration::from_secs(10), || {
        let list = scene.server.get("/calls").expect(200).body;
        let call = &list["items"][0];
        (call["state"] == "ended").then(|| call.clone())
    });
    let ended = ended.expect("the call ends");
    let log: Vec<Value> = scene
        .server
        .log()
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("a line of the log is JSON"))
        .collect();
    let id = ended["id"].as_str().expect("an id");
    let about: Vec<&str> = lines_of(&log, "call", id).into_iter().map(said).collect();
    assert_eq!(about.first(), Some(&"call began"), "{about:?}");
    assert_eq!(about.last(), Some(&"call ended"), "{about:?}");
    assert_eq!(
        about.iter().filter(|said| **said == "leg began").count(),
        2,
        "{about:?}"
    );
    assert!(about.contains(&"call answered"), "{about:?}");
    // From the leg to the messages of SIP.
    let leg = lines_of(&log, "call", id)
        .into_iter()
        .find(|fields| said(fields) == "leg began")
        .expect("seen above");
    let sip_call_id = leg["sip_call_id"].as_str().expect("a Call-ID");
    let messages = lines_of(&log, "sip_call_id", sip_call_id);
    for start in ["INVITE ", "ACK ", "BYE ", "SIP/2.0 200 "] {
        let is = |fields: &&Value| {
            let line = fields["start"].as_str();
            line.is_some_and(|line| line.starts_with(start))
        };
        assert!(messages.iter().any(is), "no {start}");
    }
    let text = scene.server.log();
    assert!(!text.contains("response="), "a digest is in the log");
}
