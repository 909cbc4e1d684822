//! What the Contacts of a REGISTER ask for (RFC 3261 §10.3, steps 6 to 8).

use std::{sync::Arc, time::Instant};

use sip::{Contacts, HeaderName, NameAddr, Request, Uri};

use crate::registrar::{Binding, LONGEST_SECS, Line, PER_DEVICE, SHORTEST_SECS};

/// Longest contact URI that is kept.
const CONTACT: usize = 512;

/// Why a REGISTER is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, String)>,
}

impl Refusal {
    pub(crate) fn plain(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
        }
    }

    pub(crate) fn with(status: u16, name: HeaderName, value: &str) -> Self {
        Self {
            status,
            headers: vec![(name, value.to_owned())],
        }
    }
}

/// One contact as it is wanted.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) uri: Uri,
    /// In seconds; 0 removes it.
    pub(crate) expires: u32,
    pub(crate) instance: Option<String>,
    pub(crate) reg_id: Option<u32>,
    pub(crate) q: Option<u16>,
}

/// The contacts, or the star, where they are legal.
pub(crate) fn wished(request: &Request) -> Result<Contacts, Refusal> {
    let contacts = request
        .headers
        .contacts()
        .map_err(|_| Refusal::plain(400))?;
    if contacts == Contacts::Star && request.headers.expires() != Some(0) {
        return Err(Refusal::plain(400));
    }
    Ok(contacts)
}

/// Changes a line as asked, by bindings that `bind` makes.
pub(crate) fn apply(
    line: &mut Line,
    contacts: &Contacts,
    expires: Option<u32>,
    asked: &Asked,
    mut bind: impl FnMut(&Wish) -> Result<Binding, Refusal>,
) -> Result<(), Refusal> {
    match contacts {
        // RFC 3261 §10.3 step 6: an un-REGISTER that was overtaken by a REGISTER removes nothing.
        Contacts::Star if line.bindings.iter().any(|known| asked.is_overtaken(known)) => {
            Err(Refusal::with(500, HeaderName::RetryAfter, "1"))
        }
        Contacts::Star => {
            line.bindings.clear();
            Ok(())
        }
        Contacts::List(list) => {
            if list.len() > PER_DEVICE {
                return Err(Refusal::plain(403));
            }
            for contact in list {
                let wish = wish(contact, expires)?;
                apply_one(line, &wish, asked, bind(&wish)?)?;
            }
            Ok(())
        }
    }
}

/// Which request it is: what orders those of one registration.
#[derive(Debug)]
pub(crate) struct Asked {
    call_id: String,
    cseq: u32,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Result<Self, Refusal> {
        let call_id = request.headers.call_id();
        let cseq = request.headers.cseq();
        Ok(Self {
            call_id: call_id.map_err(|_| Refusal::plain(400))?.into_owned(),
            cseq: cseq.map_err(|_| Refusal::plain(400))?.number,
        })
    }

    /// A later request of the same registration made the binding, or this one did.
    fn is_overtaken(&self, known: &Binding) -> bool {
        known.kept.call_id == self.call_id && self.cseq <= known.kept.cseq
    }

    fn made(&self, known: &Binding) -> bool {
        known.kept.call_id == self.call_id && self.cseq == known.kept.cseq
    }
}

fn apply_one(line: &mut Line, wish: &Wish, asked: &Asked, binding: Binding) -> Result<(), Refusal> {
    let at = position(line, wish, asked);
    // RFC 3261 §10.3 step 7: an older request of the same registration changes nothing.
    let known = at.and_then(|at| line.bindings.get(at));
    if known.is_some_and(|known| asked.is_overtaken(known)) {
        return Err(Refusal::with(500, HeaderName::RetryAfter, "1"));
    }
    match (at, wish.expires) {
        (Some(at), 0) => {
            line.bindings.remove(at);
        }
        (None, 0) => {}
        (Some(at), _) => {
            if let Some(known) = line.bindings.get_mut(at) {
                let (id, rtt_ms) = (known.id, known.kept.endpoint.rtt_ms);
                *known = Binding { id, ..binding };
                Arc::make_mut(&mut known.kept).endpoint.rtt_ms = rtt_ms;
            }
        }
        (None, _) => {
            if line.bindings.len() >= PER_DEVICE {
                make_room(line);
            }
            line.bindings.push(binding);
        }
    }
    Ok(())
}

/// The binding that a contact is for. A phone that has a new address, or a new port of its own on
/// a stream, is still the same phone by its instance, if it names no flows (RFC 5626 §6) and does
/// not list both at once.
fn position(line: &Line, wish: &Wish, asked: &Asked) -> Option<usize> {
    let bindings = &line.bindings;
    let same_phone = |known: &Binding| {
        let flows = wish.reg_id.is_some() || known.kept.reg_id.is_some();
        wish.instance.is_some() && known.kept.instance == wish.instance && !flows
    };
    bindings
        .iter()
        .position(|known| is_same(known, wish))
        .or_else(|| {
            let moved = |known: &Binding| same_phone(known) && !asked.made(known);
            (wish.expires > 0).then(|| bindings.iter().position(moved))?
        })
}

/// The longest unheard of goes, one whose stream is gone before others: a phone without an
/// instance that reconnects often does not lock itself out.
fn make_room(line: &mut Line) {
    let is_cut = |b: &Binding| b.flow.transport.is_reliable() && b.flow.connection == 0;
    let oldest = (0..line.bindings.len()).min_by_key(|at| {
        let binding = line.bindings.get(*at);
        binding.map(|b| (!is_cut(b), b.heard))
    });
    if let Some(at) = oldest {
        line.bindings.remove(at);
    }
}

/// The same binding: the same flow of the same phone (RFC 5626 §6), else an equivalent URI.
fn is_same(known: &Binding, wish: &Wish) -> bool {
    if wish.instance.is_some() && wish.reg_id.is_some() && known.kept.instance.is_some() {
        return known.kept.instance == wish.instance && known.kept.reg_id == wish.reg_id;
    }
    Uri::parse(known.contact()).is_some_and(|uri| uri.equivalent(&wish.uri))
}

fn wish(contact: &NameAddr, default: Option<u32>) -> Result<Wish, Refusal> {
    let params = &contact.params;
    let expires = contact.expires().or(default).unwrap_or(LONGEST_SECS);
    if expires > 0 && expires < SHORTEST_SECS {
        let shortest = SHORTEST_SECS.to_string();
        return Err(Refusal::with(423, HeaderName::MinExpires, &shortest));
    }
    let is_sip = contact.uri.as_sip().is_some_and(|uri| !uri.secure);
    if !is_sip || contact.uri.to_string().len() > CONTACT {
        return Err(Refusal::plain(400));
    }
    let instance = params
        .get("+sip.instance")
        .filter(|instance| !instance.is_empty() && instance.len() <= 200);
    Ok(Wish {
        uri: contact.uri.clone(),
        expires,
        instance: instance.map(str::to_owned),
        reg_id: params.get("reg-id").and_then(|id| id.parse().ok()),
        q: params.get("q").and_then(thousandths),
    })
}

/// A `q` of RFC 3261 §25.1 in thousandths.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u16 = whole.parse().ok()?;
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    let value = whole.checked_mul(1000)?.checked_add(fraction)?;
    (digits && value <= 1000).then_some(value)
}

/// A binding as a 200 lists it.
pub(crate) fn listed(binding: &Binding, now: Instant) -> String {
    let left = binding.ends.saturating_duration_since(now).as_secs();
    let mut text = format!("<{}>;expires={left}", binding.contact());
    if let Some(q) = binding.kept.q {
        text.push_str(&format!(";q={}.{:03}", q / 1000, q % 1000));
    }
    if let Some(instance) = &binding.kept.instance {
        text.push_str(&format!(
            ";+sip.instance=\"{}\"",
            instance.replace(['"', '\\'], "")
        ));
    }
    if let Some(reg_id) = binding.kept.reg_id {
        text.push_str(&format!(";reg-id={reg_id}"));
    }
    text
}
