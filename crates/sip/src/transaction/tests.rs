use super::*;
use crate::parse::{self, Parsed};
use crate::{Method, Transport, Uri};

/// One layer, a clock that only this test moves, and what has come out.
struct Bench {
    layer: Layer,
    start: Instant,
    now: Instant,
    flow: Flow,
}

fn flow(transport: Transport) -> Flow {
    let (local, peer) = (
        "10.0.0.9:5060".parse().unwrap(),
        "10.0.0.1:5060".parse().unwrap(),
    );
    Flow {
        transport,
        local,
        peer,
        connection: 3,
    }
}

impl Bench {
    fn new(transport: Transport) -> Self {
        Self::with(transport, Config::default())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test's time begins somewhere"
    )]
    fn with(transport: Transport, config: Config) -> Self {
        let start = Instant::now();
        Self {
            layer: Layer::new(config),
            start,
            now: start,
            flow: flow(transport),
        }
    }

    fn receive(&mut self, text: &str) -> Vec<String> {
        let flow = self.flow;
        self.receive_from(flow, text)
    }

    fn receive_from(&mut self, flow: Flow, text: &str) -> Vec<String> {
        let Ok(Parsed::Message(message)) = parse::datagram(text.replace('\n', "\r\n").as_bytes())
        else {
            panic!("{text}")
        };
        self.layer.receive(self.now, flow, message);
        self.drain().0
    }

    /// What has come out, in short, and the keys that came with it.
    fn drain(&mut self) -> (Vec<String>, Vec<ServerKey>) {
        let (mut out, mut keys) = (Vec::new(), Vec::new());
        while let Some(event) = self.layer.poll() {
            out.push(match event {
                Event::Send { bytes, .. } => {
                    let text = String::from_utf8(bytes.to_vec()).unwrap();
                    let line = text.lines().next().unwrap();
                    let line = line
                        .trim_end_matches(" SIP/2.0")
                        .trim_start_matches("SIP/2.0 ");
                    format!("> {line}")
                }
                Event::Request { key, request, .. } => {
                    keys.push(key);
                    format!("{} {:?}", request.method, key.0.index)
                }
                Event::Ack { key, .. } => format!("ACK {:?}", key.map(|key| key.0.index)),
                Event::Cancel { key, .. } => format!("CANCEL {}", key.0.index),
                Event::Response { response, .. } => response.status.to_string(),
                Event::Timeout { .. } => "timeout".to_owned(),
                Event::TransportError { .. } => "transport error".to_owned(),
                Event::AckTimeout { key } => format!("ACK timeout {}", key.0.index),
                Event::StrayResponse { response, .. } => format!("stray {}", response.status),
            });
        }
        (out, keys)
    }

    /// Lets time pass and tells what came out when, in milliseconds since the start.
    fn pass(&mut self, secs: f64) -> Vec<String> {
        let until = self.now + Duration::from_secs_f64(secs);
        let mut out = Vec::new();
        while let Some(at) = self.layer.deadline().filter(|at| *at <= until) {
            self.now = at.max(self.now);
            self.layer.handle_timeout(self.now);
            let millis = self.now.duration_since(self.start).as_millis();
            out.extend(
                self.drain()
                    .0
                    .into_iter()
                    .map(|what| format!("{millis} {what}")),
            );
        }
        self.now = until;
        out
    }

    fn take(&mut self, text: &str) -> (ServerKey, Request) {
        let Ok(Parsed::Message(message)) = parse::datagram(text.replace('\n', "\r\n").as_bytes())
        else {
            panic!("{text}")
        };
        self.layer.receive(self.now, self.flow, message);
        match self.layer.poll() {
            Some(Event::Request { key, request, .. }) => (key, request),
            other => panic!("{other:?}"),
        }
    }

    fn respond(&mut self, key: ServerKey, request: &Request, status: u16) -> Vec<String> {
        let response = Response::reply(request, status, Some("us"));
        self.layer.respond(self.now, key, response);
        self.drain().0
    }

    /// Sends a request and gives its key and the branch that it got.
    fn send(&mut self, method: Method) -> (ClientKey, String) {
        let request = Request::new(method.clone(), Uri::parse("sip:a@b").unwrap())
            .with(crate::HeaderName::From, "<sip:us@x>;tag=us")
            .with(crate::HeaderName::To, "<sip:a@b>")
            .with(crate::HeaderName::CallId, "call")
            .with(crate::HeaderName::CSeq, format!("7 {method}"));
        let key = self.layer.request(self.now, self.flow, request, 0xabcd);
        let Some(Event::Send { bytes, .. }) = self.layer.poll() else {
            panic!("nothing sent")
        };
        let Ok(Parsed::Message(sent)) = parse::datagram(&bytes) else {
            panic!("{bytes:?}")
        };
        (
            key,
            sent.headers()
                .top_via()
                .unwrap()
                .branch()
                .unwrap()
                .to_owned(),
        )
    }

    fn answer(&mut self, branch: &str, status: u16, method: &str, tag: &str) -> Vec<String> {
        self.receive(&format!(
            "SIP/2.0 {status} X\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch={branch}\n\
             From: <sip:us@x>;tag=us\nTo: <sip:a@b>;tag={tag}\nCall-ID: call\n\
             CSeq: 7 {method}\nContact: <sip:a@10.0.0.1>\n\n"
        ))
    }
}

fn message(method: &str, branch: &str, to: &str) -> String {
    let cseq = if method == "ACK" || method == "CANCEL" {
        "INVITE"
    } else {
        method
    };
    let number = cseq.len();
    format!(
        "{method} sip:a@b SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060{branch}\n\
         From: <sip:them@x>;tag=them\nTo: <sip:a@b>{to}\nCall-ID: call\n\
         CSeq: {number} {method}\n\n"
    )
}

const BRANCH: &str = ";branch=z9hG4bKone";

#[test]
fn a_repeated_request_gets_the_answer_again_and_is_handled_once() {
    let mut bench = Bench::new(Transport::Udp);
    let text = message("REGISTER", BRANCH, "");
    let (key, request) = bench.take(&text);
    assert!(bench.receive(&text).is_empty(), "nothing to repeat yet");
    assert_eq!(bench.respond(key, &request, 100), ["> 100 Trying"]);
    assert_eq!(bench.receive(&text), ["> 100 Trying"]);
    assert_eq!(bench.respond(key, &request, 200), ["> 200 OK"]);
    assert_eq!(bench.receive(&text), ["> 200 OK"]);
    assert!(
        bench.respond(key, &request, 200).is_empty(),
        "one final response"
    );
    bench.pass(31.9);
    assert_eq!(bench.receive(&text), ["> 200 OK"]);
    bench.pass(0.2);
    assert_eq!(bench.layer.len(), 0);
    assert_eq!(bench.receive(&text), ["REGISTER 0"]);
}

#[test]
fn a_request_that_nobody_answers_does_not_stay() {
    let mut bench = Bench::new(Transport::Udp);
    bench.take(&message("OPTIONS", BRANCH, ""));
    assert!(bench.pass(33.0).is_empty());
    assert!(bench.layer.is_empty());
}

#[test]
fn requests_with_other_branch_sent_by_or_method_are_other_transactions() {
    let mut bench = Bench::new(Transport::Udp);
    let text = message("OPTIONS", BRANCH, "");
    bench.take(&text);
    for other in [
        text.replace("bKone", "bKtwo"),
        text.replace("10.0.0.1:5060", "10.0.0.1:5061"),
        text.replace("OPTIONS", "INFO"),
    ] {
        bench.take(&other);
    }
    assert_eq!(bench.layer.len(), 4);
}

#[test]
fn an_invite_gets_100_after_200_ms_unless_answered_before() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    assert_eq!(bench.pass(5.0), ["200 > 100 Trying"]);
    assert_eq!(
        bench.receive(&message("INVITE", BRANCH, "")),
        ["> 100 Trying"]
    );
    assert_eq!(bench.respond(key, &request, 180), ["> 180 Ringing"]);
    assert_eq!(
        bench.receive(&message("INVITE", BRANCH, "")),
        ["> 180 Ringing"]
    );
    bench.take(&message("INVITE", ";branch=z9hG4bKtwo", ""));
    let (key, request) = bench.take(&message("INVITE", ";branch=z9hG4bKthree", ""));
    bench.respond(key, &request, 183);
    assert_eq!(bench.pass(5.0), ["5200 > 100 Trying"]);
}

#[test]
fn a_refused_invite_is_refused_until_its_ack() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    assert_eq!(bench.respond(key, &request, 486), ["> 486 Busy Here"]);
    let repeated = ["500", "1500", "3500", "7500"].map(|at| format!("{at} > 486 Busy Here"));
    assert_eq!(bench.pass(8.0), repeated);
    assert_eq!(
        bench.receive(&message("INVITE", BRANCH, "")),
        ["> 486 Busy Here"]
    );
    assert!(bench.receive(&message("ACK", BRANCH, ";tag=us")).is_empty());
    assert!(bench.receive(&message("ACK", BRANCH, ";tag=us")).is_empty());
    assert!(bench.receive(&message("INVITE", BRANCH, "")).is_empty());
    assert!(bench.pass(5.0).is_empty());
    assert!(bench.layer.is_empty());
}

#[test]
fn a_refused_invite_without_ack_ends() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    bench.respond(key, &request, 486);
    assert_eq!(bench.pass(33.0).len(), 10);
    assert!(bench.layer.is_empty());
}

#[test]
fn an_accepted_invite_is_accepted_until_its_ack_over_tcp_too() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut bench = Bench::new(transport);
        let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
        assert_eq!(bench.respond(key, &request, 200), ["> 200 OK"]);
        assert_eq!(bench.pass(2.0), ["500 > 200 OK", "1500 > 200 OK"]);
        let ack = message("ACK", ";branch=z9hG4bKother", ";tag=us");
        assert_eq!(bench.receive(&ack), ["ACK Some(0)"]);
        assert!(bench.receive(&ack).is_empty(), "told once");
        assert!(
            bench.receive(&message("INVITE", BRANCH, "")).is_empty(),
            "absorbed"
        );
        assert!(bench.pass(33.0).is_empty());
        assert!(bench.layer.is_empty());
        assert_eq!(bench.receive(&ack), ["ACK None"]);
    }
}

#[test]
fn the_ack_of_a_2xx_with_the_branch_of_its_invite_counts() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    bench.respond(key, &request, 200);
    assert_eq!(
        bench.receive(&message("ACK", BRANCH, ";tag=us")),
        ["ACK Some(0)"]
    );
}

#[test]
fn an_accepted_invite_without_ack_is_told() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    bench.respond(key, &request, 200);
    assert_eq!(bench.pass(33.0).last().unwrap(), "32000 ACK timeout 0");
    assert!(bench.layer.is_empty());
}

#[test]
fn cancel_is_answered_and_told_once() {
    let mut bench = Bench::new(Transport::Udp);
    let cancel = message("CANCEL", BRANCH, "");
    assert_eq!(
        bench.receive(&cancel),
        ["> 481 Call/Transaction Does Not Exist"]
    );
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    bench.respond(key, &request, 180);
    let mut stranger = bench.flow;
    stranger.peer = "10.6.6.6:5060".parse().unwrap();
    let refused = bench.receive_from(stranger, &cancel);
    assert_eq!(refused, ["> 481 Call/Transaction Does Not Exist"]);
    assert_eq!(bench.receive(&cancel), ["> 200 OK", "CANCEL 0"]);
    assert_eq!(bench.receive(&cancel), ["> 200 OK"]);
    assert_eq!(
        bench.respond(key, &request, 487),
        ["> 487 Request Terminated"]
    );
    assert_eq!(bench.receive(&cancel), ["> 200 OK"]);
}

#[test]
fn a_peer_of_rfc_2543_is_matched_without_a_branch() {
    for branch in ["", ";branch=old", ";branch=z9hG4bK"] {
        let mut bench = Bench::new(Transport::Udp);
        let (key, request) = bench.take(&message("INVITE", branch, ""));
        bench.respond(key, &request, 180);
        assert_eq!(
            bench.receive(&message("INVITE", branch, "")),
            ["> 180 Ringing"],
            "{branch}"
        );
        let cancelled = bench.receive(&message("CANCEL", branch, ""));
        assert_eq!(cancelled, ["> 200 OK", "CANCEL 0"], "{branch}");
        bench.respond(key, &request, 487);
        bench.receive(&message("ACK", branch, ";tag=us"));
        assert!(bench.pass(0.6).is_empty(), "{branch}");
    }
}

#[test]
fn an_invite_is_repeated_until_something_comes_or_it_is_given_up() {
    let mut bench = Bench::new(Transport::Udp);
    bench.send(Method::Invite);
    let mut expect = ["500", "1500", "3500", "7500", "15500", "31500"]
        .map(|at| format!("{at} > INVITE sip:a@b"))
        .to_vec();
    expect.push("32000 timeout".to_owned());
    assert_eq!(bench.pass(40.0), expect);
    assert!(bench.layer.is_empty());

    let (_, branch) = bench.send(Method::Invite);
    assert!(bench.answer(&branch, 100, "INVITE", "a").is_empty());
    assert!(bench.pass(300.0).is_empty(), "it may ring for long");
    assert_eq!(bench.answer(&branch, 180, "INVITE", "a"), ["180"]);
    assert_eq!(
        bench.answer(&branch, 486, "INVITE", "a"),
        ["> ACK sip:a@b", "486"]
    );
    assert_eq!(bench.answer(&branch, 486, "INVITE", "a"), ["> ACK sip:a@b"]);
    assert!(bench.pass(33.0).is_empty());
    assert!(bench.layer.is_empty());
}

#[test]
fn a_repeated_2xx_gets_its_ack_again_and_a_fork_is_told() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, branch) = bench.send(Method::Invite);
    assert_eq!(bench.answer(&branch, 200, "INVITE", "a"), ["200"]);
    assert!(
        bench.answer(&branch, 200, "INVITE", "a").is_empty(),
        "no ACK to repeat yet"
    );
    let ack = Request::new(Method::Ack, Uri::parse("sip:a@10.0.0.1").unwrap())
        .with(crate::HeaderName::To, "<sip:a@b>;tag=a")
        .with(crate::HeaderName::CSeq, "7 ACK");
    let flow = bench.flow;
    bench.layer.acknowledge(key, flow, ack, 5);
    assert_eq!(bench.drain().0, ["> ACK sip:a@10.0.0.1"]);
    assert_eq!(
        bench.answer(&branch, 200, "INVITE", "a"),
        ["> ACK sip:a@10.0.0.1"]
    );
    assert_eq!(bench.answer(&branch, 200, "INVITE", "fork"), ["200"]);
    assert!(bench.pass(33.0).is_empty());
    assert!(bench.layer.is_empty());
    assert_eq!(bench.answer(&branch, 200, "INVITE", "a"), ["stray 200"]);
    assert!(bench.answer(&branch, 180, "INVITE", "a").is_empty());
}

#[test]
fn a_cancel_waits_for_a_provisional_response() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, branch) = bench.send(Method::Invite);
    assert!(bench.layer.cancel(bench.now, key));
    assert!(bench.drain().0.is_empty());
    assert_eq!(
        bench.answer(&branch, 100, "INVITE", "a"),
        ["> CANCEL sip:a@b"]
    );
    assert_eq!(bench.pass(0.6), ["500 > CANCEL sip:a@b"]);
    assert!(bench.answer(&branch, 200, "CANCEL", "a").is_empty());
    assert_eq!(
        bench.answer(&branch, 487, "INVITE", "a"),
        ["> ACK sip:a@b", "487"]
    );
    assert!(!bench.layer.cancel(bench.now, key));
    assert!(bench.pass(33.0).is_empty());
    assert!(bench.layer.is_empty());
}

#[test]
fn a_cancelled_invite_that_never_ends_times_out() {
    let mut bench = Bench::new(Transport::Tcp);
    let (key, branch) = bench.send(Method::Invite);
    assert_eq!(bench.answer(&branch, 180, "INVITE", "a"), ["180"]);
    bench.pass(100.0);
    bench.layer.cancel(bench.now, key);
    assert_eq!(bench.drain().0, ["> CANCEL sip:a@b"]);
    assert_eq!(bench.pass(33.0), ["132000 timeout"]);
    assert!(bench.layer.is_empty());
}

#[test]
fn other_requests_are_repeated_up_to_t2_and_given_up() {
    let mut bench = Bench::new(Transport::Udp);
    bench.send(Method::Options);
    let out = bench.pass(40.0);
    let at = |index: usize| out[index].split(' ').next().unwrap().to_owned();
    assert_eq!(
        [at(0), at(1), at(2), at(3), at(4)],
        ["500", "1500", "3500", "7500", "11500"]
    );
    assert_eq!(
        (out.len(), out.last().unwrap().as_str()),
        (11, "32000 timeout")
    );

    let (_, branch) = bench.send(Method::Options);
    assert!(bench.answer(&branch, 100, "OPTIONS", "a").is_empty());
    assert_eq!(bench.pass(5.0).len(), 2, "after 500 ms, then every 4 s");
    assert_eq!(bench.answer(&branch, 200, "OPTIONS", "a"), ["200"]);
    assert!(bench.answer(&branch, 200, "OPTIONS", "a").is_empty());
    assert!(bench.pass(5.0).is_empty());
    assert!(bench.layer.is_empty());
}

#[test]
fn over_a_connection_nothing_is_repeated_and_nothing_lingers() {
    let mut bench = Bench::new(Transport::Tcp);
    let (_, branch) = bench.send(Method::Options);
    assert!(bench.pass(31.0).is_empty());
    assert_eq!(bench.answer(&branch, 200, "OPTIONS", "a"), ["200"]);
    let (_, branch) = bench.send(Method::Invite);
    assert_eq!(
        bench.answer(&branch, 404, "INVITE", "a"),
        ["> ACK sip:a@b", "404"]
    );
    let (key, request) = bench.take(&message("INFO", BRANCH, ""));
    assert_eq!(bench.respond(key, &request, 200), ["> 200 OK"]);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    assert_eq!(bench.respond(key, &request, 486), ["> 486 Busy Here"]);
    assert!(bench.pass(20.0).is_empty());
    assert!(bench.receive(&message("ACK", BRANCH, ";tag=us")).is_empty());
    assert!(bench.layer.is_empty());
}

#[test]
fn a_lost_connection_fails_what_waits_on_it() {
    let mut bench = Bench::new(Transport::Tcp);
    bench.send(Method::Options);
    let (_, branch) = bench.send(Method::Invite);
    assert_eq!(bench.answer(&branch, 200, "INVITE", "a"), ["200"]);
    let mut other = bench.flow;
    other.connection += 1;
    bench.layer.flow_failed(other);
    assert!(bench.drain().0.is_empty());
    let flow = bench.flow;
    bench.layer.flow_failed(flow);
    assert_eq!(bench.drain().0, ["transport error"]);
    assert_eq!(bench.layer.len(), 1, "an accepted INVITE stays for its 2xx");
}

#[test]
fn an_answer_with_another_branch_or_method_is_nobodys() {
    let mut bench = Bench::new(Transport::Udp);
    let (_, branch) = bench.send(Method::Options);
    assert!(
        bench
            .answer(&format!("{branch}x"), 200, "OPTIONS", "a")
            .is_empty()
    );
    assert!(bench.answer(&branch, 200, "INFO", "a").is_empty());
    assert_eq!(bench.answer(&branch, 200, "OPTIONS", "a"), ["200"]);
}

#[test]
fn above_the_limit_answered_requests_are_forgotten_and_others_refused() {
    let config = Config {
        max_transactions: 2,
        ..Config::default()
    };
    let mut bench = Bench::with(Transport::Udp, config);
    let numbered = |number: usize| message("OPTIONS", &format!(";branch=z9hG4bK{number}"), "");
    let (key, request) = bench.take(&numbered(1));
    bench.respond(key, &request, 200);
    bench.take(&numbered(2));
    bench.take(&numbered(3));
    assert_eq!(bench.layer.len(), 2);
    assert_eq!(bench.receive(&numbered(4)), ["> 503 Service Unavailable"]);
    assert_eq!((bench.layer.len(), bench.layer.refused()), (2, 1));
}

#[test]
fn a_challenge_leaves_nothing_behind() {
    let mut bench = Bench::new(Transport::Udp);
    let (key, request) = bench.take(&message("INVITE", BRANCH, ""));
    bench
        .layer
        .respond_stateless(key, Response::reply(&request, 407, Some("t")));
    assert_eq!(bench.drain().0, ["> 407 Proxy Authentication Required"]);
    assert!(bench.layer.is_empty());
    assert_eq!(
        bench.receive(&message("ACK", BRANCH, ";tag=t")),
        ["ACK None"]
    );
}

#[test]
fn answers_go_back_as_rport_says_or_via() {
    let mut bench = Bench::new(Transport::Udp);
    bench.flow.peer = "10.0.0.77:4444".parse().unwrap();
    let mut check = |branch: &str, expect: &str| {
        let (key, request) = bench.take(&message("OPTIONS", branch, ""));
        bench
            .layer
            .respond(bench.now, key, Response::reply(&request, 200, None));
        let Some(Event::Send { flow, .. }) = bench.layer.poll() else {
            panic!("nothing sent")
        };
        assert_eq!(flow.peer, expect.parse().unwrap());
        request.headers.top_via().unwrap()
    };
    let via = check(";branch=z9hG4bK1;rport", "10.0.0.77:4444");
    assert_eq!(
        (via.rport(), via.received()),
        (Some(4444), "10.0.0.77".parse().ok())
    );
    let via = check(";branch=z9hG4bK2", "10.0.0.77:5060");
    assert_eq!(
        (via.rport(), via.received()),
        (None, "10.0.0.77".parse().ok())
    );
}
