//! baresip, a phone that others wrote, run by its control port.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use testkit::softphone::wait;

use crate::{program, scene::Person, tones};

/// How a baresip is set up.
#[derive(Debug, Clone)]
pub struct Setup<'a> {
    /// Whose it is.
    pub person: &'a Person,
    /// The server.
    pub server: SocketAddr,
    /// `udp` or `tcp`.
    pub transport: &'a str,
    /// A codec as baresip names it: `PCMA` or `opus/48000/2`.
    pub codec: &'a str,
    /// The tone it sends.
    pub tone: f64,
    /// Its own SIP port; the next one takes orders.
    pub port: u16,
}

/// A running baresip. It is ended when this goes.
pub struct Baresip {
    child: Child,
    control: TcpStream,
    unread: Vec<u8>,
    told: Vec<Value>,
    folder: PathBuf,
}

impl Baresip {
    /// Starts it with a folder of its own below `folder`; it registers by itself and takes calls.
    ///
    /// # Panics
    /// If it is not installed or does not start.
    #[must_use]
    pub fn start(folder: &Path, setup: &Setup<'_>) -> Self {
        let folder = folder.join(format!("baresip-{}", setup.port));
        fs::create_dir_all(folder.join("heard")).expect("a folder can be made");
        let tone = folder.join("tone.wav");
        let (rate, channels) = if setup.codec.starts_with("opus") {
            (48_000, 2)
        } else {
            (8_000, 1)
        };
        tones::write(&tone, setup.tone, rate, channels, 40).expect("a file can be written");
        fs::write(folder.join("config"), config(&folder, &tone, setup))
            .expect("a file can be written");
        fs::write(folder.join("accounts"), account(setup)).expect("a file can be written");
        let log = fs::File::create(folder.join("log")).expect("a file can be made");
        let child = program::command("baresip", "baresip")
            .arg("-f")
            .arg(&folder)
            .arg("-v")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be cloned"))
            .stderr(log)
            .spawn()
            .expect("baresip can be run");
        let control = SocketAddr::from(([127, 0, 0, 1], setup.port + 1));
        let control = wait(Duration::from_secs(10), || TcpStream::connect(control).ok());
        let Some(control) = control else {
            panic!(
                "baresip takes no orders:\n{}",
                fs::read_to_string(folder.join("log")).unwrap_or_default()
            );
        };
        control
            .set_read_timeout(Some(Duration::from_millis(20)))
            .expect("a socket takes a timeout");
        Self {
            child,
            control,
            unread: Vec::new(),
            told: Vec::new(),
            folder,
        }
    }

    /// Gives an order, such as `dial` with a number.
    ///
    /// # Panics
    /// If it is gone.
    pub fn order(&mut self, command: &str, parameters: &str) {
        let order = json!({"command": command, "params": parameters, "token": "1"}).to_string();
        let order = format!("{}:{order},", order.len());
        self.control
            .write_all(order.as_bytes())
            .expect("baresip takes orders");
    }

    /// Whether it is registered within ten seconds. It may be before it takes orders, so that only
    /// its log tells.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        wait(Duration::from_secs(10), || {
            self.log().contains("200 OK").then_some(())
        })
        .is_some()
    }

    /// Whether it tells of such an event, `CALL_ESTABLISHED`, in time.
    pub fn tells(&mut self, event: &str, patience: Duration) -> bool {
        wait(patience, || {
            self.read();
            self.told
                .iter()
                .any(|told| told["type"] == event)
                .then_some(())
        })
        .is_some()
    }

    /// Takes in what it told, in netstrings.
    fn read(&mut self) {
        let mut part = [0_u8; 8_192];
        while let Ok(length @ 1..) = self.control.read(&mut part) {
            self.unread.extend(&part[..length]);
        }
        while let Some(colon) = self.unread.iter().position(|octet| *octet == b':') {
            let length = String::from_utf8_lossy(&self.unread[..colon])
                .trim()
                .parse::<usize>();
            let end = colon + 1 + length.expect("a netstring begins with its length");
            if self.unread.len() <= end {
                return;
            }
            self.told
                .extend(serde_json::from_slice::<Value>(&self.unread[colon + 1..end]).ok());
            self.unread.drain(..=end);
        }
    }

    /// Level of a frequency in what it decoded during the last second of its call.
    #[must_use]
    pub fn heard(&self, hertz: f64) -> f64 {
        let files = fs::read_dir(self.folder.join("heard"))
            .into_iter()
            .flatten()
            .flatten();
        files
            .map(|file| file.path())
            .filter(|path| path.to_string_lossy().ends_with("dec.wav"))
            .filter_map(|path| tones::level(&path, hertz).ok())
            .fold(-200.0, f64::max)
    }

    /// What it printed.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- baresip's log ---\n{}", self.log());
        }
    }
}

fn config(folder: &Path, tone: &Path, setup: &Setup<'_>) -> String {
    let server = setup.server.ip();
    let (port, control, media) = (
        setup.port,
        setup.port + 1,
        40_000 + u32::from(setup.port % 1_000) * 10,
    );
    let modules = Path::new("/usr/lib/baresip/modules");
    format!(
        "poll_method epoll\nsip_listen {server}:{port}\ncall_local_timeout 120\ncall_max_calls 4\n\
         audio_player aubridge,none\naudio_source aufile,{tone}\naudio_alert aubridge,none\n\
         rtp_tos 184\nrtp_ports {media}-{last}\nrtcp_mux no\njitter_buffer_delay 5-10\nrtp_stats no\n\
         module_path {modules}\nmodule g711.so\nmodule opus.so\nmodule aufile.so\nmodule aubridge.so\n\
         module sndfile.so\nsnd_path {heard}\nmodule_app account.so\nmodule_app menu.so\n\
         module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n",
        tone = tone.display(),
        last = media + 9,
        modules = modules.display(),
        heard = folder.join("heard").display(),
    )
}

fn account(setup: &Setup<'_>) -> String {
    let Setup {
        person,
        server,
        transport,
        codec,
        ..
    } = setup;
    let Person {
        username, password, ..
    } = person;
    format!(
        "<sip:{username}@{server};transport={transport}>;auth_user={username};auth_pass={password};\
         answermode=auto;regint=600;audio_codecs={codec};mediaenc=;medianat=\n"
    )
}
