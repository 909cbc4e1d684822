//! What a server takes of the machine before it writes anything: a port in use, media ports that
//! others hold or a folder with too long a path stops the start while nothing is half-written.

use std::{
    fs::{self, File},
    os::unix::{self, fs::PermissionsExt},
    path::{Path, PathBuf},
};

use switch::{media, signalling::SipSocket};
use tokio::net::{TcpListener, UnixListener};

use crate::{client, config::Config, failure::Failure, foundation};

/// Everything that a second server could hold already.
pub struct Reserved {
    /// The portal and the API.
    pub http: TcpListener,
    /// SIP over UDP and TCP.
    pub sip: Vec<SipSocket>,
    /// The command line of this machine.
    pub control: UnixListener,
    /// The data folder.
    pub held: Held,
}

/// Takes it, or leaves everything as it was.
///
/// # Errors
/// The option whose part is not to be had.
pub async fn reserve(config: &Config) -> Result<Reserved, Failure> {
    let http = TcpListener::bind(config.http)
        .await
        .map_err(|error| Failure::start(format!("--http: {}: {error}", config.http)))?;
    let sip = bind_sip(config)?;
    find_media_ports(config, &sip)?;
    let (held, control) = hold(&config.data_dir)?;
    Ok(Reserved {
        http,
        sip,
        control,
        held,
    })
}

fn bind_sip(config: &Config) -> Result<Vec<SipSocket>, Failure> {
    let mut sockets = Vec::new();
    for address in &config.sip {
        match SipSocket::bind(*address) {
            Ok(socket) => sockets.push(socket),
            Err(error) if config.sip_is_default && error.is_family_missing() => {}
            Err(error) => return Err(Failure::start(format!("--sip: {error}"))),
        }
    }
    if sockets.is_empty() {
        return Err(Failure::start(
            "--sip: this machine has no address to listen on",
        ));
    }
    Ok(sockets)
}

/// Legs bind their ports when they begin: here it is seen that they will find any.
fn find_media_ports(config: &Config, sip: &[SipSocket]) -> Result<(), Failure> {
    for socket in sip {
        media::find_ports(config.media_ports, socket.address.ip()).map_err(|error| {
            let (first, last) = config.media_ports;
            Failure::start(format!("--media-ports {first}-{last}: {error}"))
        })?;
    }
    Ok(())
}

/// A data folder that no other server can take: each would end the other's conferences and take its
/// control socket. It is given back when this goes.
#[derive(Debug)]
pub struct Held {
    control: PathBuf,
    made: Made,
    _lock: File,
}

impl Held {
    /// From here on the folder holds what counts, and stays.
    pub fn keep(&mut self) {
        self.made.0.clear();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The socket's file has no use without the server.
        let _ = fs::remove_file(&self.control);
    }
}

/// Files and folders that a start made, the outermost first; removed again, if they are empty,
/// where the start ends too early to have a use for them.
#[derive(Debug, Default)]
struct Made(Vec<PathBuf>);

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
        }
    }
}

fn hold(folder: &Path) -> Result<(Held, UnixListener), Failure> {
    let named = |what: &dyn std::fmt::Display| {
        Failure::start(format!("--data-dir {}: {what}", folder.display()))
    };
    let control = client::socket(folder);
    // A path that is too long for a socket is told before there is a folder.
    unix::net::SocketAddr::from_pathname(&control).map_err(|error| named(&error))?;
    let mut made = Made(missing(folder));
    foundation::make_folder(folder)?;
    let lock = folder.join("lock");
    if !lock.exists() {
        made.0.push(lock.clone());
    }
    let lock = File::create(lock).map_err(|error| named(&error))?;
    lock.try_lock().map_err(|error| match error {
        fs::TryLockError::WouldBlock => named(&"another server runs on this folder"),
        fs::TryLockError::Error(error) => named(&error),
    })?;
    let listener = listen(&control)
        .map_err(|error| Failure::start(format!("--data-dir {}: {error}", control.display())))?;
    let held = Held {
        control,
        made,
        _lock: lock,
    };
    Ok((held, listener))
}

/// The folder and those around it that are not there, the outermost first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_path_buf)
        .collect();
    missing.reverse();
    missing
}

/// A socket that only its owner can open.
fn listen(control: &Path) -> std::io::Result<UnixListener> {
    // A file that a crash left behind would keep the name taken.
    if let Err(error) = fs::remove_file(control)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let listener = UnixListener::bind(control)?;
    fs::set_permissions(control, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}
