//! What is seen from outside of a server at work: its figures.

use std::{net::UdpSocket, time::Duration};

use e2e::{scene::Scene, server::Server};
use serde_json::json;
use testkit::softphone::wait;

/// Waits for a figure to be so.
#[track_caller]
fn becomes(server: &Server, name: &str, expect: f64) {
    let found = wait(Duration::from_secs(5), || {
        (server.figure(name) == Some(expect)).then_some(())
    });
    let found_instead = server.figure(name);
    assert!(found.is_some(), "{name} is {found_instead:?}, not {expect}");
}

#[test]
fn registrations_calls_and_conferences_are_shown_while_there_are_any() {
    let scene = Scene::with_people(Server::start(), 2);
    let server = &scene.server;
    for name in ["convoke_calls", "convoke_bindings", "convoke_conferences"] {
        becomes(server, name, 0.0);
    }
    let (caller, called) = (scene.phone(0, 440.0), scene.phone(1, 440.0));
    becomes(server, "convoke_bindings", 2.0);
    let call = caller.call("202");
    assert!(call.is_answered(), "{:?}", call.end());
    becomes(server, "convoke_calls", 1.0);
    call.hang_up();
    becomes(server, "convoke_calls", 0.0);
    let room = scene.room("800", json!({}));
    let path = format!("/conference-rooms/{room}/start");
    let conference = server
        .post(&path, json!({"invite": ["202"]}))
        .expect(201)
        .id();
    let _ = scene.wait_joined(&conference, 1);
    becomes(server, "convoke_conferences", 1.0);
    let _ = scene.act(&conference, "end", json!({})).expect(200);
    becomes(server, "convoke_conferences", 0.0);
    called.register_for(0).expect("it may leave");
    becomes(server, "convoke_bindings", 1.0);
}

#[test]
fn messages_that_cannot_be_read_are_counted() {
    let server = Server::start();
    let name = "convoke_sip_malformed_total";
    let before = server.figure(name).unwrap_or(0.0);
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    for message in ["no SIP at all\r\n\r\n", "INVITE sip:201@x\r\n\r\n"] {
        let sent = stranger.send_to(message.as_bytes(), server.sip);
        sent.expect("the server's port is open");
    }
    becomes(&server, name, before + 2.0);
    // One that can be read is not counted.
    let readable = format!(
        "OPTIONS sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP {1};branch=z9hG4bKx;rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:{0}>\r\nCall-ID: x\r\n\
         CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        server.sip,
        stranger.local_addr().expect("an address"),
    );
    let sent = stranger.send_to(readable.as_bytes(), server.sip);
    sent.expect("the server's port is open");
    let patience = stranger.set_read_timeout(Some(Duration::from_secs(5)));
    patience.expect("a socket can wait");
    let mut answer = [0; 2_048];
    // Those that could not be read may have been answered, too.
    let answered = (0..4).any(|_| {
        let octets = stranger.recv(&mut answer).unwrap_or(0);
        String::from_utf8_lossy(&answer[..octets]).contains("CSeq: 1 OPTIONS")
    });
    assert!(answered, "OPTIONS is answered");
    assert_eq!(server.figure(name), Some(before + 2.0));
}
