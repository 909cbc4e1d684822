//! A server in this process, and requests to it.

mod fields;
mod schema;
mod switch;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use model::{Clock, Entropy, Secret, Timestamp};
use serde_json::{Value, json};
use services::Services;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub use fields::{Field, fields};
pub use schema::{Operation, document, operations, problems};
pub use switch::FakeSwitch;

/// A provider administrator's key.
pub const PROVIDER: &str = "a-provider-administrators-key";
/// The first administrator's password.
pub const PASSWORD: &str = "correct horse battery staple";

/// A clock that stands still unless moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Bytes that look random and are the same in every run.
#[derive(Debug, Default)]
struct TestEntropy(AtomicU64);

impl Entropy for TestEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            let bytes = Sha256::digest(count.to_le_bytes());
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("convoke.db").display())
}

/// A server with its database in a folder of its own.
pub struct Server {
    router: Router,
    pub switch: FakeSwitch,
    clock: Arc<TestClock>,
    stop: CancellationToken,
    folder: tempfile::TempDir,
    calls: AtomicU64,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// An answer, already found to be as the document says.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The answer, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }

    /// A text field.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> &str {
        let value = self.body.pointer(pointer);
        value
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no text at {pointer} of {:#}", self.body))
    }

    pub fn id(&self) -> String {
        self.text("/id").to_owned()
    }

    pub fn etag(&self) -> String {
        self.header(header::ETAG.as_str())
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("no {name} in {:?}", self.headers));
        value.to_str().unwrap().to_owned()
    }

    /// `field code` of every wrong field.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        errors
            .iter()
            .map(|error| format!("{} {}", text(&error["field"]), text(&error["code"])))
            .collect()
    }
}

/// A request in the making.
pub struct Call<'a> {
    server: &'a Server,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    peer: SocketAddr,
}

impl Call<'_> {
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    pub fn json(self, body: Value) -> Self {
        self.raw(&body.to_string())
    }

    pub fn raw(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("content-type", "application/json")
    }

    pub fn form(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header(header::HOST, "pbx.example");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = self.body.clone().map_or_else(Body::empty, Body::from);
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request
    }

    /// The answer as it comes, for streams.
    pub async fn open(self) -> axum::response::Response {
        let request = self.request();
        self.server.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends it, and checks the answer against the document.
    pub async fn send(self) -> Answer {
        let (method, path) = (self.method.clone(), self.path.clone());
        let response = self.open().await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let kind = parts.headers.get(header::CONTENT_TYPE).cloned();
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let body = match &kind {
            Some(kind) if kind.contains("json") => serde_json::from_slice(&bytes).unwrap(),
            _ => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
        };
        schema::check(&method, &path, parts.status, kind.as_deref(), &body);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Server {
    /// A fresh one: the provider, the customer `main`, the administrator `admin`.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// The same with other settings.
    pub async fn start_with(change: impl FnOnce(&mut web::Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_795_000_000_000)));
        let entropy = Arc::new(TestEntropy::default());
        let store = store::Store::open(store::Options {
            url: url(&folder),
            key: store::StoreKey::generate(&*entropy),
            entropy: entropy.clone(),
            readers: 0,
        })
        .await
        .unwrap();
        let (switchboard, orders) = services::switchboard::channel(64);
        let (services, _) = Services::start(services::Options {
            store,
            clock: clock.clone(),
            entropy,
            data_dir: folder.path().to_owned(),
            switchboard,
            sip: services::SipIdentity {
                domain: "convoke.internal".to_owned(),
                server: "192.0.2.1".to_owned(),
                port: 5060,
                private_targets: model::PrivateTargets::Allowed,
            },
            audit_kept_days: None,
            bootstrap: services::Bootstrap {
                token: Some(Secret::new(PROVIDER)),
                password: Some(Secret::new(PASSWORD)),
            },
        })
        .await
        .unwrap();
        let stop = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn({
            let (services, stop) = (services.clone(), stop.clone());
            async move { services.run(stop).await }
        });
        let switch = FakeSwitch::start(orders, services.switch_events(), clock.clone());
        let probes = web::Probes {
            ready: Arc::new(|| Box::pin(async { Ok(()) })),
            metrics: Arc::new(|| "up 1\n".to_owned()),
        };
        let mut config = web::Config::new(clock.clone());
        config.trusted_proxies = vec!["10.0.0.1".parse().unwrap()];
        change(&mut config);
        let app = web::App::new(services, config, probes);
        Self {
            router: app.router(),
            switch,
            clock,
            stop,
            folder,
            calls: AtomicU64::default(),
        }
    }

    /// A recording of a conference, as the switch leaves it behind.
    pub fn recording(&self, conference: &str, content: &[u8]) -> String {
        let folder = self.folder.path().join("recordings");
        std::fs::create_dir_all(&folder).unwrap();
        let id = format!("{conference}-1");
        std::fs::write(folder.join(format!("{id}.opus")), content).unwrap();
        id
    }

    /// Runs SQL behind the server's back.
    pub async fn sql(&self, statement: &str) {
        testkit::sql::run(&url(&self.folder), statement).await;
    }

    pub fn pass_secs(&self, secs: i64) {
        self.clock.0.fetch_add(secs * 1_000, Ordering::SeqCst);
    }

    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        // `/:` is the root of the server, anything else is under the API.
        let path = match path.strip_prefix("/:") {
            Some(path) => path.to_owned(),
            None => format!("/api/v1{path}"),
        };
        Call {
            server: self,
            method: method.parse().unwrap(),
            path,
            headers: Vec::new(),
            body: None,
            peer: "192.0.2.10:40000".parse().unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).key(PROVIDER).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path)
            .key(PROVIDER)
            .json(body)
            .send()
            .await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path)
            .key(PROVIDER)
            .json(body)
            .send()
            .await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).key(PROVIDER).send().await
    }

    /// The customer that the first start made.
    pub async fn main_customer(&self) -> String {
        let customers = self.get("/customers?q=main").await.expect(200);
        customers.text("/items/0/id").to_owned()
    }

    pub async fn customer(&self, account_name: &str) -> String {
        let body = json!({"name": account_name, "account_name": account_name});
        self.post("/customers", body).await.expect(201).id()
    }

    pub async fn user(&self, customer: &str, first_name: &str, extension: Option<&str>) -> Answer {
        let email = format!("{}@example.com", first_name.to_lowercase());
        let body = json!({
            "customer_id": customer, "email": email, "first_name": first_name,
            "last_name": "Berg", "extension": extension,
        });
        self.post("/users", body).await.expect(201)
    }

    pub async fn room(&self, customer: &str, number: &str) -> Answer {
        let body = json!({"customer_id": customer, "number": number, "name": "Board"});
        self.post("/conference-rooms", body).await.expect(201)
    }

    /// A user's phone registers, and makes a call, whose id this is.
    pub async fn on_the_phone(&self, customer: &str, user: &str, device: &str) -> String {
        let owner = (customer.parse().unwrap(), user.parse().unwrap());
        let device_id = device.parse().unwrap();
        self.switch.register(owner, device_id, "sip:a@b").await;
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let call = format!("0198c0de-0000-7000-8000-{number:0>12}");
        let caller = (owner.0, Some(owner.1));
        self.switch.ring(caller, call.parse().unwrap()).await;
        let endpoints = format!("/users/{user}/endpoints");
        let registered = |answer: &Answer| answer.body.to_string().contains(device);
        self.eventually(&endpoints, registered).await;
        let path = format!("/calls/{call}");
        self.eventually(&path, |answer| answer.status == 200).await;
        call
    }

    /// Asks again until the answer is as wanted: what the switch says is taken in beside.
    pub async fn eventually(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..200 {
            let answer = self.get(path).await;
            if wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{path} never became as wanted");
    }

    /// A browser with a session.
    pub async fn sign_in(&self, account_name: &str, username: &str, password: &str) -> Browser<'_> {
        let body = json!({
            "account_name": account_name, "username": username, "password": password,
        });
        let answer = self
            .call("POST", "/session")
            .json(body)
            .send()
            .await
            .expect(201);
        let cookie = answer.header("set-cookie");
        Browser {
            server: self,
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: answer.text("/csrf_token").to_owned(),
            id: answer.text("/session/id").to_owned(),
        }
    }

    /// A key of a customer, or of the provider, with this access profile.
    pub async fn key(&self, customer: Option<&str>, profile: &str) -> String {
        let body = json!({"customer_id": customer, "name": profile, "profile": profile});
        let made = self.post("/api-keys", body).await.expect(201);
        made.text("/key").to_owned()
    }
}

/// A signed-in browser.
pub struct Browser<'a> {
    server: &'a Server,
    pub cookie: String,
    pub csrf: String,
    /// Of its session.
    pub id: String,
}

impl Browser<'_> {
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        let call = self
            .server
            .call(method, path)
            .header("cookie", &self.cookie);
        call.header("x-csrf-token", &self.csrf)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }
}
