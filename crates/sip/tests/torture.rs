//! Every message of the table has the outcome that its RFC asks for; so have the RFCs' own
//! messages, where they lie beside the workspace.

use std::net::SocketAddr;
use std::path::Path;

use sip::parse::{self, Parsed};
use sip::validate::{self, Capabilities};
use sip::{Flow, Message, Method, Transport};

#[path = "torture/table.rs"]
mod table;

use table::{Case, Outcome, cases};

fn capabilities() -> Capabilities {
    Capabilities {
        methods: vec![
            Method::Invite,
            Method::Bye,
            Method::Register,
            Method::Options,
            Method::Info,
            Method::Update,
            Method::Refer,
            Method::Notify,
        ],
        extensions: vec!["replaces".into(), "timer".into()],
        content_types: vec!["application/sdp".into()],
    }
}

fn flow() -> Flow {
    let (local, peer) = (
        SocketAddr::from(([127, 0, 0, 1], 5060)),
        SocketAddr::from(([127, 0, 0, 2], 5060)),
    );
    Flow {
        transport: Transport::Udp,
        local,
        peer,
        connection: 0,
    }
}

fn outcome(message: &[u8]) -> Outcome {
    match parse::datagram(message) {
        Ok(Parsed::Message(Message::Response(_))) => Outcome::Valid,
        Ok(Parsed::Message(Message::Request(request))) => {
            match validate::request(&request, &capabilities()) {
                Ok(()) => Outcome::Valid,
                Err(rejection) => {
                    let answer = rejection.response(&request, Some("t")).to_bytes();
                    assert!(matches!(parse::datagram(&answer), Ok(Parsed::Message(_))));
                    Outcome::Refused(rejection.status)
                }
            }
        }
        Ok(Parsed::KeepAlive | Parsed::BindingRequest(_)) => panic!("taken for a keep-alive"),
        Err(malformed) => match malformed.reply(&flow()) {
            Some((reply, bytes)) => {
                assert_eq!(
                    reply.peer.ip(),
                    flow().peer.ip(),
                    "answers go where requests came from"
                );
                let status = bytes
                    .get(8..11)
                    .map(|code| String::from_utf8_lossy(code).into_owned());
                assert_eq!(status, Some(malformed.status.to_string()));
                Outcome::Refused(malformed.status)
            }
            None => Outcome::Dropped,
        },
    }
}

#[test]
fn every_message_has_its_outcome() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(
            |Case {
                 name,
                 outcomes,
                 message,
                 ..
             }| {
                let got = outcome(message);
                (got != outcomes[0]).then(|| format!("{name}: {got:?}, not {:?}", outcomes[0]))
            },
        )
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_is_whole() {
    let mut names: Vec<&str> = cases().iter().map(|case| case.name).collect();
    assert_eq!(names.len(), 50 + 12);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 50 + 12, "each name once");
    for Case {
        name,
        outcomes,
        answers,
        ..
    } in cases()
    {
        let first = match outcomes[0] {
            Outcome::Refused(status) => answers.contains(&status),
            Outcome::Valid => true,
            Outcome::Dropped => answers.is_empty(),
        };
        assert!(first, "{name}: a server may answer what is decided here");
    }
}

#[test]
fn the_rfcs_own_messages_have_the_same_outcome() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/torture");
    let mut wrong = Vec::new();
    for Case { name, outcomes, .. } in cases() {
        let paths = [
            folder.join(format!("rfc4475/{name}.dat")),
            folder.join("rfc5118").join(name),
        ];
        let Some(message) = paths.iter().find_map(|path| std::fs::read(path).ok()) else {
            assert!(!folder.exists(), "{name} is missing");
            continue;
        };
        let got = outcome(&message);
        if got != outcomes[0] {
            wrong.push(format!("{name}: {got:?}, not {:?}", outcomes[0]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_answer_to_a_malformed_message_is_hardly_larger_than_it() {
    for Case { name, message, .. } in cases() {
        let Err(malformed) = parse::datagram(&message) else {
            continue;
        };
        let Some((_, answer)) = malformed.reply(&flow()) else {
            continue;
        };
        assert!(answer.len() * 5 <= message.len() * 6 + 200, "{name}");
    }
}
