//! Hostile and unusual messages, sent to the real server.

#[path = "../../crates/sip/tests/torture/table.rs"]
mod table;

use std::{
    collections::BTreeSet,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use e2e::{
    namespace,
    scene::Scene,
    server::{Options, Server},
};
use testkit::softphone::wait;

/// The messages ask for answers to the port in their Via, without `rport`.
const SENDER: [u8; 4] = [127, 0, 0, 2];
/// How long no answer has to come to be none.
const SILENCE: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(3);

/// A header's value, by name or compact name.
fn header<'a>(message: &'a str, names: &[&str]) -> Option<&'a str> {
    message
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            names
                .iter()
                .any(|wanted| name.trim().eq_ignore_ascii_case(wanted))
                .then(|| value.trim())
        })
}

/// Every number that may be the port of a Via, so that there is somebody to answer to.
fn ports(cases: &[table::Case]) -> BTreeSet<u16> {
    let mut ports = BTreeSet::from([5060]);
    for case in cases {
        let text = String::from_utf8_lossy(&case.message).into_owned();
        for part in text.split(':').skip(1) {
            let digits: String = part
                .trim_start()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            ports.extend(digits.parse::<u16>().ok().filter(|port| *port > 1_023));
        }
    }
    ports
}

struct Sender {
    sockets: Vec<UdpSocket>,
    server: SocketAddr,
}

impl Sender {
    /// The final status that comes to this message.
    fn ask(&self, message: &[u8], answered: bool) -> Option<u16> {
        let text = String::from_utf8_lossy(message).into_owned();
        let call_id = header(&text, &["call-id", "i"]).map(str::to_owned);
        self.sockets[0]
            .send_to(message, self.server)
            .expect("the server's port is open");
        wait(if answered { PATIENCE } else { SILENCE }, || {
            self.sockets
                .iter()
                .find_map(|socket| final_status(socket, call_id.as_deref()))
        })
    }
}

/// The next final answer with this Call-ID; others are repeats to earlier messages.
fn final_status(socket: &UdpSocket, call_id: Option<&str>) -> Option<u16> {
    let mut buffer = [0_u8; 65_536];
    while let Ok((length, _)) = socket.recv_from(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let status = text
            .strip_prefix("SIP/2.0 ")
            .and_then(|rest| rest.get(..3)?.parse::<u16>().ok());
        if header(&text, &["call-id", "i"]) == call_id && status.is_some_and(|status| status >= 200)
        {
            return status;
        }
    }
    None
}

#[test]
fn every_torture_message_is_answered_as_its_rfc_says() {
    namespace::inside("every_torture_message_is_answered_as_its_rfc_says", || {
        let sip = SocketAddr::from(([127, 0, 0, 1], 5060));
        let scene = Scene::with_people(
            Server::start_with(Options {
                sip: Some(sip),
                ..Options::default()
            }),
            2,
        );
        let cases = table::cases();
        let mut sockets: Vec<UdpSocket> = Vec::new();
        let mut ports: Vec<u16> = ports(&cases).into_iter().collect();
        ports.sort_by_key(|port| *port != 5060);
        for port in ports {
            let socket = UdpSocket::bind(SocketAddr::from((SENDER, port)))
                .expect("the namespace's ports are free");
            socket
                .set_nonblocking(true)
                .expect("a socket can be set so");
            sockets.push(socket);
        }
        let sender = Sender {
            sockets,
            server: sip,
        };
        let mut wrong = Vec::new();
        for case in &cases {
            let status = sender.ask(&case.message, !case.answers.is_empty());
            let right = match status {
                Some(status) => case.answers.contains(&status),
                None => case.answers.is_empty(),
            };
            if !right {
                let (name, answers, outcomes) = (case.name, case.answers, case.outcomes);
                wrong.push(format!(
                    "{name}: {status:?} instead of one of {answers:?} ({outcomes:?})"
                ));
            }
        }
        assert!(
            wrong.is_empty(),
            "{} of {}:\n{}",
            wrong.len(),
            cases.len(),
            wrong.join("\n")
        );
        assert!(scene.server.is_healthy());
        let (caller, _called) = (scene.phone(0, 440.0), scene.phone(1, 700.0));
        let call = caller.call("202");
        assert!(
            call.is_answered() && call.hears(700.0),
            "phones still work: {:?}",
            call.end()
        );
    });
}
