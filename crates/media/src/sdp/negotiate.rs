//! Offer and answer (RFC 3264), for one stream of audio.

use std::net::{IpAddr, SocketAddr};

use super::{
    Attribute, Capabilities, Direction, Host, LocalMedia, Media, Negotiated, Origin, Refusal,
    Session,
};
use crate::control::{Codec, Inbound};

/// Telephone-event beside codecs of 8000 Hz in our own offers.
const EVENTS_8000: u8 = 101;
/// Telephone-event beside Opus in our own offers.
const EVENTS_48000: u8 = 110;
/// The events that we take: the sixteen keys and flash (RFC 4733 §3.2).
const EVENT_RANGE: &str = "0-16";
/// What we tell senders of Opus: short packets are welcome, and copies of lost frames are used.
const OPUS_PARAMETERS: &str = "minptime=10;useinbandfec=1";
const DEFAULT_PTIME_MS: u8 = 20;
/// Packet lengths that we can send, longest first.
const PTIMES_MS: [u8; 5] = [60, 40, 30, 20, 10];

/// A codec or telephone-event with its number in one audio section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mapping {
    payload_type: u8,
    what: Mapped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mapped {
    Codec(Codec),
    Events { clock_rate: u32 },
}

/// Offers what we can speak.
#[must_use]
pub fn offer(local: &LocalMedia, capabilities: Capabilities<'_>) -> Session {
    let audio = audio_section(local, &offered_mappings(capabilities), DEFAULT_PTIME_MS);
    session(local, vec![audio])
}

/// Offers again within a session: sections that were ever agreed stay, refused ones with port 0
/// (RFC 3264 §8), and numbers keep their meaning (§8.3.2). `previous` is the last description
/// of ours.
#[must_use]
pub fn offer_again(
    previous: &Session,
    local: &LocalMedia,
    capabilities: Capabilities<'_>,
) -> Session {
    let place = previous
        .media
        .iter()
        .position(|media| media.kind == "audio" && media.port != 0);
    let Some(place) = place else {
        return offer(local, capabilities);
    };
    let known = mappings(&previous.media[place]);
    let mut wanted = offered_mappings(capabilities);
    for mapping in &mut wanted {
        match known.iter().find(|known| known.what == mapping.what) {
            Some(known) => mapping.payload_type = known.payload_type,
            None => mapping.payload_type = unused_number(mapping.payload_type, &known),
        }
    }
    let media = previous
        .media
        .iter()
        .enumerate()
        .map(|(index, media)| {
            if index == place {
                audio_section(local, &wanted, DEFAULT_PTIME_MS)
            } else {
                refused(media)
            }
        })
        .collect();
    session(local, media)
}

/// A dynamic number that does not yet mean something else.
fn unused_number(wanted: u8, known: &[Mapping]) -> u8 {
    let taken = |number: u8| known.iter().any(|known| known.payload_type == number);
    if !taken(wanted) {
        return wanted;
    }
    (96..=127).find(|&number| !taken(number)).unwrap_or(wanted)
}

fn offered_mappings(capabilities: Capabilities<'_>) -> Vec<Mapping> {
    let mut wanted: Vec<Mapping> = capabilities
        .codecs
        .iter()
        .map(|&codec| Mapping {
            payload_type: codec.offered_payload_type(),
            what: Mapped::Codec(codec),
        })
        .collect();
    if capabilities.telephone_event {
        for (payload_type, clock_rate) in [(EVENTS_8000, 8_000), (EVENTS_48000, 48_000)] {
            let needed = |codec: &Codec| codec.clock_rate() == clock_rate;
            if capabilities.codecs.iter().any(needed) {
                wanted.push(Mapping {
                    payload_type,
                    what: Mapped::Events { clock_rate },
                });
            }
        }
    }
    wanted
}

/// Answers an offer with one codec.
///
/// # Errors
/// [`Refusal`] when nothing can be agreed; the offer is then answered 488.
pub fn answer(
    offer: &Session,
    local: &LocalMedia,
    capabilities: Capabilities<'_>,
) -> Result<(Session, Negotiated), Refusal> {
    let (place, audio) = usable_audio(offer, local, capabilities.codecs)?;
    let known = mappings(audio);
    let chosen = capabilities
        .codecs
        .iter()
        .find_map(|&codec| mapping_of(&known, codec))
        .ok_or(Refusal::NoCodec)?;
    let negotiated = agree(offer, audio, local, chosen, capabilities.telephone_event)?;
    let media = offer
        .media
        .iter()
        .enumerate()
        .map(|(index, media)| {
            if index == place {
                answered_section(media, local, &negotiated, &known)
            } else {
                refused(media)
            }
        })
        .collect();
    Ok((session(local, media), negotiated))
}

/// Reads the answer to an offer of ours.
///
/// # Errors
/// [`Refusal`] when the answer agrees on nothing that was offered; the call is then ended.
pub fn accept(our_offer: &Session, answer: &Session) -> Result<Negotiated, Refusal> {
    if answer.media.len() != our_offer.media.len() {
        return Err(Refusal::Mismatch);
    }
    let (ours, theirs) = our_offer
        .media
        .iter()
        .zip(&answer.media)
        .filter(|(ours, _)| ours.kind == "audio" && ours.port != 0)
        .find(|(_, theirs)| theirs.port != 0)
        .ok_or(Refusal::NoAudio)?;
    if theirs.kind != "audio" {
        return Err(Refusal::Mismatch);
    }
    if !theirs.protocol.eq_ignore_ascii_case(&ours.protocol) {
        return Err(Refusal::Transport);
    }
    let offered = mappings(ours);
    let chosen = mappings(theirs)
        .into_iter()
        .find_map(|mapping| match mapping.what {
            Mapped::Codec(codec) if mapping_of(&offered, codec).is_some() => {
                Some((codec, mapping.payload_type))
            }
            _ => None,
        })
        .ok_or(Refusal::NoCodec)?;
    let local = local_of(our_offer, ours).ok_or(Refusal::Mismatch)?;
    let events = offered
        .iter()
        .any(|mapping| matches!(mapping.what, Mapped::Events { .. }));
    let mut agreed = agree(answer, theirs, &local, chosen, events)?;
    agreed.inbound = inbound(&offered, &mappings(theirs), agreed);
    Ok(agreed)
}

/// By which of the numbers that we offered the peer may send.
fn inbound(offered: &[Mapping], answered: &[Mapping], agreed: Negotiated) -> Inbound {
    let number = |known: &[Mapping], codec| mapping_of(known, codec).map(|(_, number)| number);
    let other = match agreed.codec {
        Codec::Pcma => Some(Codec::Pcmu),
        Codec::Pcmu => Some(Codec::Pcma),
        Codec::G722 | Codec::Opus => None,
    };
    let both = other.filter(|&other| number(answered, other).is_some());
    Inbound {
        payload_type: number(offered, agreed.codec).unwrap_or(agreed.payload_type),
        telephone_event: agreed
            .telephone_event
            .and_then(|_| events_of(offered, agreed.event_clock)),
        other_law: both.and_then(|other| number(offered, other)),
    }
}

/// What our own offer said, as far as [`agree`] asks.
fn local_of(offer: &Session, audio: &Media) -> Option<LocalMedia> {
    let address = address_of(offer, audio)?;
    Some(LocalMedia {
        address,
        port: audio.port,
        rtcp_port: audio.port,
        session_id: offer.origin.session_id,
        version: offer.origin.version,
        direction: audio.direction(offer),
    })
}

/// What we take from the peer's section once the codec is known.
fn agree(
    peer: &Session,
    audio: &Media,
    local: &LocalMedia,
    (codec, payload_type): (Codec, u8),
    telephone_event: bool,
) -> Result<Negotiated, Refusal> {
    let address = usable_address(peer, audio, local)?;
    let remote = SocketAddr::new(address, audio.port);
    let mut wanted = audio.direction(peer).reversed();
    if address.is_unspecified() {
        // Hold in the manner of RFC 2543 (RFC 3264 §8.4): nothing may be sent there.
        wanted = wanted.and(Direction::RecvOnly);
    }
    let events = telephone_event
        .then(|| events_for(&mappings(audio), codec))
        .flatten();
    Ok(Negotiated {
        remote,
        remote_rtcp: remote_rtcp(audio, remote),
        codec,
        payload_type,
        telephone_event: events.map(|(number, _)| number),
        event_clock: events.map_or(codec.clock_rate(), |(_, clock_rate)| clock_rate),
        // Our answer keeps the numbers of the offer.
        inbound: Inbound {
            payload_type,
            telephone_event: events.map(|(number, _)| number),
            other_law: None,
        },
        ptime_ms: packet_length(audio, codec),
        direction: local.direction.and(wanted),
    })
}

/// The first audio section that has all it takes; else the reason why the best one has not.
fn usable_audio<'a>(
    offer: &'a Session,
    local: &LocalMedia,
    codecs: &[Codec],
) -> Result<(usize, &'a Media), Refusal> {
    let mut reason = Refusal::NoAudio;
    for (index, media) in offer.media.iter().enumerate() {
        if media.kind != "audio" || media.port == 0 {
            continue;
        }
        if !is_plain_rtp(media) {
            reason = reason_of_more_weight(reason, Refusal::Transport);
            continue;
        }
        let known = mappings(media);
        if !codecs
            .iter()
            .any(|&codec| mapping_of(&known, codec).is_some())
        {
            reason = reason_of_more_weight(reason, Refusal::NoCodec);
            continue;
        }
        match usable_address(offer, media, local) {
            Ok(_) => return Ok((index, media)),
            Err(refusal) => reason = reason_of_more_weight(reason, refusal),
        }
    }
    Err(reason)
}

/// The one that came nearer to an agreement.
fn reason_of_more_weight(a: Refusal, b: Refusal) -> Refusal {
    let weight = |refusal: Refusal| match refusal {
        Refusal::NoAudio => 0,
        Refusal::Transport => 1,
        Refusal::NoCodec => 2,
        Refusal::Address | Refusal::Mismatch => 3,
    };
    if weight(b) > weight(a) { b } else { a }
}

fn is_plain_rtp(media: &Media) -> bool {
    ["RTP/AVP", "RTP/AVPF"]
        .iter()
        .any(|protocol| media.protocol.eq_ignore_ascii_case(protocol))
}

fn address_of(session: &Session, media: &Media) -> Option<IpAddr> {
    match media.connection.as_ref().or(session.connection.as_ref())? {
        Host::Ip(address) => Some(address.to_canonical()),
        Host::Name(_) => None,
    }
}

/// A unicast address of our own family, or the unspecified one (hold).
fn usable_address(session: &Session, media: &Media, local: &LocalMedia) -> Result<IpAddr, Refusal> {
    let address = address_of(session, media).ok_or(Refusal::Address)?;
    if address.is_unspecified() {
        return Ok(address);
    }
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    let foreign = address.is_ipv4() != local.address.to_canonical().is_ipv4();
    if address.is_multicast() || broadcast || foreign {
        return Err(Refusal::Address);
    }
    Ok(address)
}

/// Where RTCP goes (RFC 3605, RFC 5761).
fn remote_rtcp(audio: &Media, remote: SocketAddr) -> SocketAddr {
    if audio.attribute("rtcp-mux").is_some() {
        return remote;
    }
    let mut fields = audio
        .attribute("rtcp")
        .unwrap_or_default()
        .split_ascii_whitespace();
    let port = fields.next().and_then(|port| port.parse::<u16>().ok());
    let address = fields.nth(2).and_then(|address| address.parse().ok());
    // Another host than the one of the media would make us send to strangers.
    let same_host = address.is_none_or(|address: IpAddr| address.to_canonical() == remote.ip());
    match port {
        Some(port) if port != 0 && same_host => SocketAddr::new(remote.ip(), port),
        _ => SocketAddr::new(remote.ip(), remote.port().saturating_add(1)),
    }
}

/// The length of packets that the peer would like, if we can make it, within its maximum.
fn packet_length(audio: &Media, codec: Codec) -> u8 {
    let number = |name: &str| {
        let value = audio.attribute(name)?.trim();
        let value = value.split('.').next()?;
        value.parse::<u32>().ok().filter(|&ms| ms > 0)
    };
    let wanted = number("ptime").unwrap_or(u32::from(DEFAULT_PTIME_MS));
    let most = number("maxptime").unwrap_or(u32::MAX);
    PTIMES_MS
        .into_iter()
        // Opus has no frame of 30 ms (RFC 6716 §2.1.4).
        .filter(|&ms| codec != Codec::Opus || ms != 30)
        .find(|&ms| u32::from(ms) <= wanted.min(most))
        .unwrap_or(10)
}

/// Number and clock of telephone-event beside a codec; a phone that offers only that of 8000 Hz
/// beside Opus means it for both.
fn events_for(known: &[Mapping], codec: Codec) -> Option<(u8, u32)> {
    let wanted = codec.clock_rate();
    let any = known.iter().find_map(|mapping| match mapping.what {
        Mapped::Events { clock_rate } => Some((mapping.payload_type, clock_rate)),
        Mapped::Codec(_) => None,
    });
    let exact = events_of(known, wanted).map(|number| (number, wanted));
    exact.or(any)
}

/// Number of telephone-event with this clock.
fn events_of(known: &[Mapping], clock_rate: u32) -> Option<u8> {
    let what = Mapped::Events { clock_rate };
    let mapping = known.iter().find(|mapping| mapping.what == what)?;
    Some(mapping.payload_type)
}

fn mapping_of(known: &[Mapping], codec: Codec) -> Option<(Codec, u8)> {
    known
        .iter()
        .find(|mapping| mapping.what == Mapped::Codec(codec))
        .map(|mapping| (codec, mapping.payload_type))
}

/// The formats of a section that we know, in its order. A number without `a=rtpmap` means what
/// RFC 3551 says.
fn mappings(media: &Media) -> Vec<Mapping> {
    media
        .formats
        .iter()
        .filter_map(|format| {
            // 64 to 95 would look like RTCP on a shared port (RFC 5761 §4).
            let usable = |number: &u8| matches!(number, 0..=63 | 96..=127);
            let payload_type = format.parse::<u8>().ok().filter(usable)?;
            let what = match rtpmap(media, payload_type) {
                Some(value) => mapped(value)?,
                None => Mapped::Codec(Codec::from_static(payload_type)?),
            };
            Some(Mapping { payload_type, what })
        })
        .collect()
}

fn rtpmap(media: &Media, payload_type: u8) -> Option<&str> {
    media.attributes_named("rtpmap").find_map(|value| {
        let (number, rest) = value.trim().split_once(|c: char| c.is_ascii_whitespace())?;
        (number.parse() == Ok(payload_type)).then(|| rest.trim())
    })
}

fn mapped(value: &str) -> Option<Mapped> {
    let mut fields = value.split('/');
    let name = fields.next()?;
    let clock_rate = fields.next()?.trim().parse().ok()?;
    let channels = match fields.next() {
        Some(channels) => channels.trim().parse().ok()?,
        None => 1,
    };
    if name.eq_ignore_ascii_case("telephone-event") {
        return Some(Mapped::Events { clock_rate });
    }
    Codec::from_rtpmap(name, clock_rate, channels).map(Mapped::Codec)
}

pub(super) fn named_codecs(session: &Session) -> Vec<Codec> {
    let section = session
        .media
        .iter()
        .find(|media| media.kind == "audio" && media.port != 0 && is_plain_rtp(media));
    let mut codecs = Vec::new();
    for mapping in section.map(mappings).unwrap_or_default() {
        if let Mapped::Codec(codec) = mapping.what
            && !codecs.contains(&codec)
        {
            codecs.push(codec);
        }
    }
    codecs
}

fn session(local: &LocalMedia, media: Vec<Media>) -> Session {
    Session {
        origin: Origin {
            username: "-".to_owned(),
            session_id: local.session_id,
            version: local.version,
            host: Host::Ip(local.address),
        },
        name: "-".to_owned(),
        connection: Some(Host::Ip(local.address)),
        attributes: Vec::new(),
        media,
    }
}

fn audio_section(local: &LocalMedia, wanted: &[Mapping], ptime_ms: u8) -> Media {
    let mut attributes = Vec::new();
    for mapping in wanted {
        let number = mapping.payload_type;
        let (encoding, parameters) = match mapping.what {
            Mapped::Codec(Codec::Opus) => ("opus/48000/2".to_owned(), Some(OPUS_PARAMETERS)),
            Mapped::Codec(codec) => (format!("{}/{}", codec.name(), codec.clock_rate()), None),
            Mapped::Events { clock_rate } => {
                (format!("telephone-event/{clock_rate}"), Some(EVENT_RANGE))
            }
        };
        attributes.push(Attribute::with("rtpmap", format!("{number} {encoding}")));
        if let Some(parameters) = parameters {
            attributes.push(Attribute::with("fmtp", format!("{number} {parameters}")));
        }
    }
    attributes.push(Attribute::with("ptime", ptime_ms.to_string()));
    if Some(local.rtcp_port) != local.port.checked_add(1) && local.rtcp_port != 0 {
        attributes.push(Attribute::with("rtcp", local.rtcp_port.to_string()));
    }
    attributes.push(Attribute::flag(local.direction.name()));
    Media {
        kind: "audio".to_owned(),
        port: local.port,
        protocol: "RTP/AVP".to_owned(),
        formats: wanted
            .iter()
            .map(|mapping| mapping.payload_type.to_string())
            .collect(),
        connection: None,
        attributes,
    }
}

/// Our section of an answer: the offer's numbers and transport, one codec.
fn answered_section(
    offered: &Media,
    local: &LocalMedia,
    negotiated: &Negotiated,
    known: &[Mapping],
) -> Media {
    let mut wanted = vec![Mapping {
        payload_type: negotiated.payload_type,
        what: Mapped::Codec(negotiated.codec),
    }];
    wanted.extend(known.iter().filter(|mapping| {
        matches!(mapping.what, Mapped::Events { .. })
            && Some(mapping.payload_type) == negotiated.telephone_event
    }));
    let multiplexed = offered.attribute("rtcp-mux").is_some();
    let local = LocalMedia {
        direction: negotiated.direction,
        // Where both share a port, another one for RTCP would only confuse.
        rtcp_port: if multiplexed { 0 } else { local.rtcp_port },
        ..*local
    };
    let mut section = audio_section(&local, &wanted, negotiated.ptime_ms);
    section.protocol.clone_from(&offered.protocol);
    if multiplexed {
        section.attributes.push(Attribute::flag("rtcp-mux"));
    }
    section
}

/// A section that we don't take: the same with port 0 (RFC 3264 §6).
fn refused(media: &Media) -> Media {
    Media {
        kind: media.kind.clone(),
        port: 0,
        protocol: media.protocol.clone(),
        formats: media.formats.clone(),
        connection: None,
        attributes: Vec::new(),
    }
}
