use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::nonce::{self, Ledger};
use super::*;
use crate::{Method, Uri};

fn source(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

thread_local! {
    static HASHED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// So many octets are hashed.
pub(super) fn count(octets: usize) {
    HASHED.with_borrow_mut(|hashed| hashed.push(octets));
}

struct Setup {
    server: Authenticator,
    start: Instant,
    secrets: Secrets,
}

impl Setup {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test's time begins somewhere"
    )]
    fn new(algorithms: Vec<Algorithm>) -> Self {
        let start = Instant::now();
        let server = Authenticator::new(Config::new("convoke", algorithms), [7; 32], start);
        Self {
            server,
            start,
            secrets: Secrets::derive("201", "convoke", "secret"),
        }
    }

    fn challenge(&self, after: u64) -> Challenge {
        let now = self.start + Duration::from_secs(after);
        let values = self.server.challenges(now, source(5060), false, after);
        Challenge::parse(&values[0]).unwrap()
    }

    fn verify(&mut self, after: u64, port: u16, credentials: &Credentials) -> Verdict {
        let uri = Uri::parse("sip:202@convoke").unwrap();
        let now = self.start + Duration::from_secs(after);
        let known = credentials.username == "201";
        let secrets = known.then(|| self.secrets.clone());
        self.server.verify(
            now,
            source(port),
            &Method::Invite,
            &uri,
            credentials,
            secrets.as_ref(),
        )
    }
}

fn answer(challenge: &Challenge, password: &str, nc: u32) -> Credentials {
    respond(
        challenge,
        "201",
        password,
        &Method::Invite,
        "sip:202@convoke",
        nc,
        "0a4f",
    )
    .unwrap()
}

#[test]
fn the_hash_is_that_of_rfc_7616() {
    // The example of RFC 7616 §3.9.1, for a GET of /dir/index.html.
    let method = Method::parse("GET").unwrap();
    let check = |algorithm: Algorithm, expect: &str| {
        let challenge = Challenge {
            realm: "http-auth@example.org".into(),
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v".into(),
            algorithm: algorithm.as_str().into(),
            qop: vec!["auth".into()],
            opaque: None,
            stale: false,
        };
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let user = "Mufasa";
        let got = respond(
            &challenge,
            user,
            "Circle of Life",
            &method,
            "/dir/index.html",
            1,
            cnonce,
        );
        assert_eq!(got.unwrap().response, expect);
    };
    check(Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec");
    check(
        Algorithm::Sha256,
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    );
}

#[test]
fn a_right_password_is_accepted_by_each_algorithm() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let mut setup = Setup::new(vec![algorithm]);
        let challenge = setup.challenge(0);
        assert_eq!(
            setup.verify(1, 5060, &answer(&challenge, "secret", 1)),
            Verdict::Accepted
        );
        assert_eq!(
            setup.verify(1, 5060, &answer(&challenge, "wrong", 2)),
            Verdict::Refused
        );
    }
}

#[test]
fn a_replay_or_an_old_or_foreign_nonce_is_stale() {
    let mut setup = Setup::new(vec![Algorithm::Md5]);
    let challenge = setup.challenge(0);
    let first = answer(&challenge, "secret", 1);
    assert_eq!(setup.verify(1, 5060, &first), Verdict::Accepted);
    assert_eq!(
        setup.verify(1, 5060, &first),
        Verdict::Stale,
        "the same count"
    );
    assert_eq!(
        setup.verify(1, 5061, &answer(&challenge, "secret", 2)),
        Verdict::Stale,
        "a port"
    );
    assert_eq!(
        setup.verify(61, 5060, &answer(&challenge, "secret", 2)),
        Verdict::Stale,
        "age"
    );
    let foreign = Challenge {
        nonce: "0".repeat(64),
        ..challenge
    };
    assert_eq!(
        setup.verify(1, 5060, &answer(&foreign, "secret", 1)),
        Verdict::Stale
    );
    assert_eq!(
        setup.verify(1, 5060, &answer(&foreign, "wrong", 1)),
        Verdict::Refused
    );
}

#[test]
fn counts_may_overtake_each_other_but_not_come_twice() {
    let mut setup = Setup::new(vec![Algorithm::Md5]);
    let challenge = setup.challenge(0);
    for (nc, expect) in [
        (5, Verdict::Accepted),
        (3, Verdict::Accepted),
        (3, Verdict::Stale),
        (0x100, Verdict::Accepted),
        (0xff, Verdict::Accepted),
        (5, Verdict::Stale),
        (0, Verdict::Stale),
        (0xc0, Verdict::Stale),
        (u32::MAX, Verdict::Accepted),
        (u32::MAX, Verdict::Stale),
    ] {
        assert_eq!(
            setup.verify(1, 5060, &answer(&challenge, "secret", nc)),
            expect,
            "{nc:x}"
        );
    }
}

#[test]
fn what_was_not_asked_for_is_refused() {
    let mut setup = Setup::new(vec![Algorithm::Md5]);
    let good = answer(&setup.challenge(0), "secret", 1);
    let changes: [fn(&mut Credentials); 7] = [
        |credentials| credentials.qop = None,
        |credentials| credentials.qop = Some("auth-int".into()),
        |credentials| credentials.nc = None,
        |credentials| credentials.cnonce = None,
        |credentials| credentials.realm = "other".into(),
        |credentials| credentials.algorithm = "SHA-256".into(),
        |credentials| credentials.username = "nobody".into(),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut changed = good.clone();
        change(&mut changed);
        assert_eq!(
            setup.verify(1, 5060, &changed),
            Verdict::Refused,
            "change {at}"
        );
    }
    assert_eq!(setup.verify(1, 5060, &good), Verdict::Accepted);
}

#[test]
fn the_hashed_uri_must_name_the_same_user() {
    let mut setup = Setup::new(vec![Algorithm::Md5]);
    let challenge = setup.challenge(0);
    let mut verify = |uri: &str, nc| {
        let answer = respond(&challenge, "201", "secret", &Method::Invite, uri, nc, "c").unwrap();
        setup.verify(1, 5060, &answer)
    };
    assert_eq!(
        verify("sip:202@192.0.2.9:5080;transport=udp", 1),
        Verdict::Accepted
    );
    assert_eq!(verify("sip:192.0.2.9:5060", 2), Verdict::Accepted);
    assert_eq!(verify("sip:203@convoke", 3), Verdict::Refused);
    assert_eq!(verify("nonsense", 4), Verdict::Refused);
}

#[test]
fn challenges_come_in_their_order_and_never_depend_on_the_user() {
    let setup = Setup::new(vec![Algorithm::Sha256, Algorithm::Md5]);
    let values = setup.server.challenges(setup.start, source(1), true, 9);
    let challenges: Vec<_> = values
        .iter()
        .map(|value| Challenge::parse(value).unwrap())
        .collect();
    let names: Vec<_> = challenges
        .iter()
        .map(|challenge| challenge.algorithm.as_str())
        .collect();
    assert_eq!(names, ["SHA-256", "MD5"]);
    assert!(
        challenges
            .iter()
            .all(|challenge| challenge.stale && challenge.qop == ["auth"])
    );
}

#[test]
fn a_full_ledger_forgets_without_letting_a_replay_through() {
    let secret = [1; 32];
    let nonce = |made| {
        let text = nonce::make(&secret, made, made, source(1));
        nonce::read(&secret, &text, source(1)).unwrap()
    };
    let mut ledger = Ledger::new(2);
    assert!(ledger.note(&nonce(10), 1));
    assert!(ledger.note(&nonce(20), 1));
    assert!(ledger.note(&nonce(30), 1));
    assert_eq!(ledger.len(), 2);
    assert!(!ledger.note(&nonce(10), 1), "forgotten, and so stale");
    assert!(!ledger.note(&nonce(10), 2));
    assert!(ledger.note(&nonce(20), 2), "still known");
    ledger.forget_before(25);
    assert_eq!(ledger.len(), 1);
}

#[test]
fn parameters_are_read_tolerantly_and_never_panic() {
    let read = |text: &str| Credentials::parse(text).map(|credentials| credentials.to_string());
    let good = "digest  USERNAME=\"2\\\"01\" ,realm=\"r\",nonce=n, uri=\"sip:a\", response=\"x\",\
        algorithm=aaaé-x, nc=000000ff,qop=auth";
    assert_eq!(
        read(good).unwrap(),
        "Digest username=\"2\\\"01\", realm=\"r\", nonce=\"n\", uri=\"sip:a\", response=\"x\", \
         qop=auth, nc=000000ff, algorithm=aaaé-x"
    );
    for bad in [
        "",
        "Digest",
        "Digest ",
        "Basic abc",
        "Digest a",
        "Digest a=\"",
        "Digest =x",
        "Digest username=a, username=b, realm=r, nonce=n, uri=u, response=x",
        "Digest username=a, realm=r, nonce=n, uri=u, response=x, nc=1",
        "Digest username=a, realm=r, nonce=n, uri=u, response=x, nc=zzzzzzzz",
        "Digest username=a, realm=r, nonce=n, uri=u, response=x, nc=+0000001",
        "Digest username=\"a\" realm=r",
        "NoOneKnowsThisScheme opaque-data=here",
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
    let mut setup = Setup::new(vec![Algorithm::Md5]);
    let strange = Credentials::parse(good).unwrap();
    assert_eq!(setup.verify(0, 1, &strange), Verdict::Refused);
}

#[test]
fn secrets_do_not_show_themselves() {
    assert_eq!(
        format!("{:?}", Secrets::derive("a", "b", "c")),
        "Secrets(…)"
    );
}

/// Counted, not timed: what is hashed for a name that nobody has is what is hashed for a wrong
/// password, and no less where the nonce is of another source.
#[test]
fn an_unknown_name_costs_the_work_of_a_known_one_and_gets_its_answer() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        for port in [5060, 5061] {
            let tried = |username: &str| {
                let mut setup = Setup::new(vec![algorithm]);
                let challenge = setup.challenge(0);
                let mut credentials = answer(&challenge, "wrong", 1);
                credentials.username = username.to_owned();
                HASHED.take();
                let verdict = setup.verify(1, port, &credentials);
                (verdict, HASHED.take(), setup.server.remembered())
            };
            let known = tried("201");
            assert_eq!((known.0, known.1.len()), (Verdict::Refused, 3), "{known:?}");
            assert_eq!(tried("209"), known);
            assert_eq!(tried(&"x".repeat(300)), known);
        }
    }
}
