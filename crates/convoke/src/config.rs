//! Configuration: command line beats environment beats file beats default.
//!
//! Every option can be given in all three ways under one name: `--data-dir`, `CONVOKE_DATA_DIR`,
//! `data_dir`. A wrong value names the option, what was given and what is expected.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use model::PrivateTargets;
use serde::Deserialize;

/// What is wrong with the configuration: printed as one line, exit code 2.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BadConfig(pub String);

/// Options of `convoke serve` as they are given; none: not given here.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Folder of the database, the key and the recordings [default: convoke-data]
    #[arg(long, env = "CONVOKE_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Address of the portal and the API [default: 127.0.0.1:8080]
    #[arg(long, env = "CONVOKE_HTTP", value_name = "ADDR:PORT")]
    pub http: Option<String>,
    /// Address of SIP, UDP and TCP; repeat or separate by commas for several [default: 0.0.0.0:5060 and [::]:5060]
    #[arg(long, env = "CONVOKE_SIP", value_name = "ADDR:PORT")]
    pub sip: Option<String>,
    /// UDP ports of media, first and last [default: 20000-29999]
    #[arg(long, env = "CONVOKE_MEDIA_PORTS", value_name = "A-B")]
    pub media_ports: Option<String>,
    /// Address told to phones for media [default: the local address that the route to the phone has]
    #[arg(long, env = "CONVOKE_MEDIA_ADDRESS", value_name = "IP")]
    pub media_address: Option<String>,
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME` [default: sqlite in the data folder]
    #[arg(long, env = "CONVOKE_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// File of the key that encrypts secrets at rest [default: secret.key in the data folder]
    #[arg(long, env = "CONVOKE_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Domain under which customers have their SIP domains [default: convoke.internal]
    #[arg(long, env = "CONVOKE_SIP_DOMAIN", value_name = "DOMAIN")]
    pub sip_domain: Option<String>,
    /// Digest algorithms offered to phones: `md5` or `sha-256,md5` [default: md5]
    #[arg(long, env = "CONVOKE_SIP_DIGEST", value_name = "LIST")]
    pub sip_digest: Option<String>,
    /// Whether phones and called addresses may be private or on this machine [default: true]
    #[arg(long, env = "CONVOKE_SIP_PRIVATE_TARGETS", value_name = "BOOL")]
    pub sip_private_targets: Option<bool>,
    /// Seconds that running calls may go on after a stop was asked [default: 0]
    #[arg(long, env = "CONVOKE_GRACE_SECS", value_name = "SECS")]
    pub grace_secs: Option<u64>,
    /// `text` or `json` [default: text]
    #[arg(long, env = "CONVOKE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// Levels, such as `info` or `info,switch=debug` [default: info]
    #[arg(long, env = "CONVOKE_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Media worker threads [default: processors less one, at least one]
    #[arg(long, env = "CONVOKE_MEDIA_WORKERS", value_name = "N")]
    pub media_workers: Option<usize>,
    /// Proxies in front of HTTP whose X-Forwarded-For and -Proto are believed, by address
    #[arg(long, env = "CONVOKE_TRUSTED_PROXIES", value_name = "IP,…")]
    pub trusted_proxies: Option<String>,
    /// Days that the audit log is kept; older rows go [default: for ever]
    #[arg(long, env = "CONVOKE_AUDIT_KEPT_DAYS", value_name = "DAYS")]
    pub audit_kept_days: Option<u32>,
}

/// The configuration, complete and valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Folder of the database, the key and the recordings.
    pub data_dir: PathBuf,
    /// Address of the portal and the API.
    pub http: SocketAddr,
    /// Addresses of SIP over UDP and TCP.
    pub sip: Vec<SocketAddr>,
    /// No address was asked for: a machine without IPv6 may leave that one out.
    pub sip_is_default: bool,
    /// First and last UDP port of media.
    pub media_ports: (u16, u16),
    /// Address told to phones.
    pub media_address: Option<std::net::IpAddr>,
    /// Database URL.
    pub database: String,
    /// Key file.
    pub key_file: PathBuf,
    /// Server's SIP domain.
    pub sip_domain: String,
    /// Digest algorithms, strongest first.
    pub sip_digest: Vec<DigestAlgorithm>,
    /// Whether SIP is sent to private addresses.
    pub private_targets: PrivateTargets,
    /// Seconds of grace at a stop.
    pub grace_secs: u64,
    /// Logs as JSON.
    pub log_json: bool,
    /// Log filter.
    pub log: String,
    /// Media workers; none: by the machine.
    pub media_workers: Option<usize>,
    /// Believed proxies.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Days that the audit log is kept; none: for ever.
    pub audit_kept_days: Option<u32>,
}

/// A digest algorithm offered to phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// RFC 2617, what every phone knows.
    Md5,
    /// RFC 8760.
    Sha256,
}

impl Options {
    /// Reads a TOML file with the same names in snake_case.
    ///
    /// # Errors
    /// The file, and in it the line and the unknown or mistyped name.
    pub fn from_file(path: &Path) -> Result<Self, BadConfig> {
        let text = fs::read_to_string(path)
            .map_err(|error| BadConfig(format!("--config {}: {error}", path.display())))?;
        toml::from_str(&text).map_err(|error| {
            let message = error.to_string().replace('\n', " ");
            BadConfig(format!("--config {}: {}", path.display(), message.trim()))
        })
    }

    /// These options where given, else the others'.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            data_dir: self.data_dir.or(other.data_dir),
            http: self.http.or(other.http),
            sip: self.sip.or(other.sip),
            media_ports: self.media_ports.or(other.media_ports),
            media_address: self.media_address.or(other.media_address),
            database: self.database.or(other.database),
            key_file: self.key_file.or(other.key_file),
            sip_domain: self.sip_domain.or(other.sip_domain),
            sip_digest: self.sip_digest.or(other.sip_digest),
            sip_private_targets: self.sip_private_targets.or(other.sip_private_targets),
            grace_secs: self.grace_secs.or(other.grace_secs),
            log_format: self.log_format.or(other.log_format),
            log: self.log.or(other.log),
            media_workers: self.media_workers.or(other.media_workers),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            audit_kept_days: self.audit_kept_days.or(other.audit_kept_days),
        }
    }

    /// Fills in the defaults and checks every value.
    ///
    /// # Errors
    /// The first option that is wrong, with what is expected.
    pub fn complete(self) -> Result<Config, BadConfig> {
        let data_dir = self
            .data_dir
            .unwrap_or_else(|| PathBuf::from("convoke-data"));
        let database = match self.database {
            Some(url) => database_url(url)?,
            None => format!("sqlite:{}", data_dir.join("convoke.db").display()),
        };
        let sip_is_default = self.sip.is_none();
        let sip = self.sip.as_deref().unwrap_or("0.0.0.0:5060,[::]:5060");
        let sip = list(sip, |text| address("--sip", text, 5060))?;
        let parse_ip = |option: &'static str| {
            move |text: &str| {
                text.parse()
                    .map_err(|_| bad(option, text, "an IP address such as 192.0.2.1"))
            }
        };
        Ok(Config {
            http: address(
                "--http",
                self.http.as_deref().unwrap_or("127.0.0.1:8080"),
                8080,
            )?,
            sip,
            sip_is_default,
            media_ports: ports(self.media_ports.as_deref().unwrap_or("20000-29999"))?,
            media_address: self
                .media_address
                .as_deref()
                .map(parse_ip("--media-address"))
                .transpose()?,
            database,
            key_file: self.key_file.unwrap_or_else(|| data_dir.join("secret.key")),
            data_dir,
            sip_domain: domain(self.sip_domain.as_deref().unwrap_or("convoke.internal"))?,
            sip_digest: list(self.sip_digest.as_deref().unwrap_or("md5"), algorithm)?,
            private_targets: match self.sip_private_targets {
                Some(false) => PrivateTargets::Refused,
                Some(true) | None => PrivateTargets::Allowed,
            },
            grace_secs: self.grace_secs.unwrap_or(0),
            log_json: log_format(self.log_format.as_deref().unwrap_or("text"))?,
            log: self
                .log
                .unwrap_or_else(|| "info,sea_orm_migration=warn".to_owned()),
            media_workers: workers(self.media_workers)?,
            trusted_proxies: list(
                self.trusted_proxies.as_deref().unwrap_or(""),
                parse_ip("--trusted-proxies"),
            )?,
            audit_kept_days: kept_days(self.audit_kept_days)?,
        })
    }
}

impl Config {
    /// The portal is reached over the network, and no proxy that does HTTPS is named.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        !self.http.ip().is_loopback() && self.trusted_proxies.is_empty()
    }
}

fn bad(option: &str, given: &str, expected: &str) -> BadConfig {
    BadConfig(format!("{option}: `{given}` is not {expected}"))
}

fn list<T>(text: &str, parse: impl Fn(&str) -> Result<T, BadConfig>) -> Result<Vec<T>, BadConfig> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(parse)
        .collect()
}

fn address(option: &str, text: &str, port: u16) -> Result<SocketAddr, BadConfig> {
    let expected = format!("an address and port such as 127.0.0.1:{port} or [::1]:{port}");
    text.trim()
        .parse()
        .map_err(|_| bad(option, text, &expected))
}

fn ports(text: &str) -> Result<(u16, u16), BadConfig> {
    let expected = "two UDP ports, first and last, such as 20000-29999, at least 4 apart";
    let parsed = text.split_once('-').and_then(|(first, last)| {
        Some((
            first.trim().parse::<u16>().ok()?,
            last.trim().parse::<u16>().ok()?,
        ))
    });
    match parsed {
        Some((first, last)) if first >= 1024 && last > first && last - first >= 3 => {
            Ok((first, last))
        }
        _ => Err(bad("--media-ports", text, expected)),
    }
}

fn database_url(url: String) -> Result<String, BadConfig> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(url);
    }
    // The URL may hold a password: only its scheme is shown.
    let scheme = url.split(':').next().unwrap_or_default();
    Err(bad(
        "--database",
        scheme,
        "a URL of sqlite:PATH or postgres://USER@HOST/NAME",
    ))
}

fn domain(text: &str) -> Result<String, BadConfig> {
    let label = |l: &str| {
        !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if text.len() <= 200 && text.split('.').all(label) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(bad(
        "--sip-domain",
        text,
        "a domain name such as voice.example.com",
    ))
}

fn algorithm(text: &str) -> Result<DigestAlgorithm, BadConfig> {
    match text.to_ascii_lowercase().as_str() {
        "md5" => Ok(DigestAlgorithm::Md5),
        "sha-256" => Ok(DigestAlgorithm::Sha256),
        _ => Err(bad("--sip-digest", text, "`md5` or `sha-256,md5`")),
    }
}

fn log_format(text: &str) -> Result<bool, BadConfig> {
    match text {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err(bad("--log-format", text, "`text` or `json`")),
    }
}

fn workers(count: Option<usize>) -> Result<Option<usize>, BadConfig> {
    match count {
        Some(0 | 257..) => Err(bad(
            "--media-workers",
            &count.unwrap_or_default().to_string(),
            "a number of threads from 1 to 256",
        )),
        _ => Ok(count),
    }
}

fn kept_days(days: Option<u32>) -> Result<Option<u32>, BadConfig> {
    match days {
        Some(0 | 36_501..) => Err(bad(
            "--audit-kept-days",
            &days.unwrap_or_default().to_string(),
            "a number of days from 1 to 36500",
        )),
        _ => Ok(days),
    }
}

#[cfg(test)]
mod tests;
