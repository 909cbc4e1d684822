//! Reading: strict where a wrong guess would send media astray, tolerant of what phones leave
//! out (an empty `s=`, a missing `t=`, bare line feeds).

use super::{
    Attribute, Host, MAX_FORMATS, MAX_LINES, MAX_MEDIA, MAX_OCTETS, Media, Origin, Session,
};

/// Why octets are not a session description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More octets, lines, sections or formats than we read.
    #[error("the session description is too large")]
    TooLarge,
    /// Not UTF-8, or with control characters.
    #[error("the session description is not text")]
    NotText,
    /// A line that is not a letter, an equals sign and a value.
    #[error("line {0} of the session description is not of the form x=value")]
    Line(u16),
    /// It doesn't begin with `v=0`.
    #[error("the session description's version is not 0")]
    Version,
    /// `o=` is missing or has not six fields.
    #[error("the session description has no usable o= line")]
    Origin,
    /// `c=` that is not of the form `IN IP4 address`.
    #[error("line {0} of the session description is no usable c= line")]
    Connection(u16),
    /// `m=` that is not of the form `kind port protocol formats`.
    #[error("line {0} of the session description is no usable m= line")]
    Media(u16),
}

pub(super) fn session(octets: &[u8]) -> Result<Session, Malformed> {
    if octets.len() > MAX_OCTETS {
        return Err(Malformed::TooLarge);
    }
    let text = std::str::from_utf8(octets).map_err(|_| Malformed::NotText)?;
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t'))
    {
        return Err(Malformed::NotText);
    }
    let mut reading = Reading::default();
    let mut number = 0_u16;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        number = number.saturating_add(1);
        if usize::from(number) > MAX_LINES {
            return Err(Malformed::TooLarge);
        }
        if line.is_empty() {
            continue;
        }
        if line.contains('\r') {
            return Err(Malformed::Line(number));
        }
        let mut chars = line.chars();
        match (chars.next(), chars.next()) {
            (Some(letter), Some('=')) if letter.is_ascii_lowercase() => {
                reading.line(number, letter, chars.as_str())?;
            }
            _ => return Err(Malformed::Line(number)),
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    version: bool,
    origin: Option<Origin>,
    name: Option<String>,
    connection: Option<Host>,
    attributes: Vec<Attribute>,
    media: Vec<Media>,
}

impl Reading {
    fn line(&mut self, number: u16, letter: char, value: &str) -> Result<(), Malformed> {
        if !self.version {
            if letter != 'v' || value.trim() != "0" {
                return Err(Malformed::Version);
            }
            self.version = true;
            return Ok(());
        }
        match letter {
            'v' => return Err(Malformed::Version),
            'o' if self.origin.is_none() => self.origin = Some(origin(value)?),
            'o' => return Err(Malformed::Origin),
            's' if self.media.is_empty() => self.name = Some(value.to_owned()),
            'c' => {
                let host = connection(value).ok_or(Malformed::Connection(number))?;
                match self.media.last_mut() {
                    // A section may name several addresses (multicast layers): the first counts.
                    Some(media) => _ = media.connection.get_or_insert(host),
                    None => self.connection = Some(host),
                }
            }
            'a' => {
                let attribute = attribute(value).ok_or(Malformed::Line(number))?;
                match self.media.last_mut() {
                    Some(media) => media.attributes.push(attribute),
                    None => self.attributes.push(attribute),
                }
            }
            'm' => {
                if self.media.len() == MAX_MEDIA {
                    return Err(Malformed::TooLarge);
                }
                self.media.push(media(number, value)?);
            }
            // Information, addresses of people, bandwidth, times and keys say nothing to us.
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Session, Malformed> {
        if !self.version {
            return Err(Malformed::Version);
        }
        Ok(Session {
            origin: self.origin.ok_or(Malformed::Origin)?,
            name: self
                .name
                .filter(|name| !name.trim().is_empty())
                .unwrap_or_else(|| "-".to_owned()),
            connection: self.connection,
            attributes: self.attributes,
            media: self.media,
        })
    }
}

fn origin(value: &str) -> Result<Origin, Malformed> {
    let fields: Vec<&str> = value.split_ascii_whitespace().take(7).collect();
    let [username, id, version, "IN", "IP4" | "IP6", address] = fields[..] else {
        return Err(Malformed::Origin);
    };
    Ok(Origin {
        username: username.to_owned(),
        session_id: digits(id).ok_or(Malformed::Origin)?,
        version: digits(version).ok_or(Malformed::Origin)?,
        host: host(address),
    })
}

/// Numbers of `o=` have no upper bound (RFC 8866 §5.2): beyond 64 bits the low digits count,
/// since they are only compared.
fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    Some(text.bytes().fold(0_u64, |number, octet| {
        number
            .wrapping_mul(10)
            .wrapping_add(u64::from(octet - b'0'))
    }))
}

fn connection(value: &str) -> Option<Host> {
    let mut fields = value.split_ascii_whitespace();
    match (fields.next()?, fields.next()?, fields.next(), fields.next()) {
        ("IN", "IP4" | "IP6", Some(address), None) => Some(host(address)),
        _ => None,
    }
}

fn host(text: &str) -> Host {
    match text.parse() {
        Ok(address) => Host::Ip(address),
        Err(_) => Host::Name(text.to_owned()),
    }
}

fn attribute(value: &str) -> Option<Attribute> {
    let (name, value) = match value.split_once(':') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (value, None),
    };
    let name = name.trim_end();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    Some(Attribute {
        name: name.to_owned(),
        value,
    })
}

fn media(number: u16, value: &str) -> Result<Media, Malformed> {
    let wrong = Malformed::Media(number);
    let mut fields = value.split_ascii_whitespace();
    let mut next = || fields.next().ok_or(wrong);
    let kind = next()?.to_owned();
    // "49170/2" reserves a range of ports; the first is the one that counts.
    let port = next()?
        .split('/')
        .next()
        .and_then(|port| port.parse().ok())
        .ok_or(wrong)?;
    let protocol = next()?.to_owned();
    let formats: Vec<String> = fields
        .take(MAX_FORMATS + 1)
        .map(ToOwned::to_owned)
        .collect();
    if formats.is_empty() {
        return Err(wrong);
    }
    if formats.len() > MAX_FORMATS {
        return Err(Malformed::TooLarge);
    }
    Ok(Media {
        kind,
        port,
        protocol,
        formats,
        connection: None,
        attributes: Vec::new(),
    })
}
