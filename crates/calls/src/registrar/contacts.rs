//! What the Contacts of a REGISTER ask for (RFC 3261 §10.3, steps 6 to 8).

use std::time::Instant;

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
    pub(crate) instance: Option<Box<str>>,
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
    mut bind: impl FnMut(&Wish) -> Result<Binding, Refusal>,
) -> Result<(), Refusal> {
    match contacts {
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
                apply_one(line, &wish, bind(&wish)?)?;
            }
            Ok(())
        }
    }
}

fn apply_one(line: &mut Line, wish: &Wish, binding: Binding) -> Result<(), Refusal> {
    let at = line.bindings.iter().position(|known| is_same(known, wish));
    if let Some(known) = at.and_then(|at| line.bindings.get(at)) {
        // RFC 3261 §10.3 step 7: an older request of the same registration changes nothing.
        if known.call_id == binding.call_id && binding.cseq <= known.cseq {
            return Err(Refusal::with(500, HeaderName::RetryAfter, "1"));
        }
    }
    match (at, wish.expires) {
        (Some(at), 0) => {
            line.bindings.remove(at);
        }
        (None, 0) => {}
        (Some(at), _) => {
            if let Some(known) = line.bindings.get_mut(at) {
                let (id, rtt_ms) = (known.id, known.rtt_ms);
                *known = Binding {
                    id,
                    rtt_ms,
                    ..binding
                };
            }
        }
        (None, _) if line.bindings.len() >= PER_DEVICE => return Err(Refusal::plain(403)),
        (None, _) => line.bindings.push(binding),
    }
    Ok(())
}

/// The same binding: the same flow of the same phone (RFC 5626 §6), else an equivalent URI.
fn is_same(known: &Binding, wish: &Wish) -> bool {
    if wish.instance.is_some() && wish.reg_id.is_some() && known.instance.is_some() {
        return known.instance == wish.instance && known.reg_id == wish.reg_id;
    }
    Uri::parse(&known.contact).is_some_and(|uri| uri.equivalent(&wish.uri))
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
        instance: instance.map(Into::into),
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
    let mut text = format!("<{}>;expires={left}", binding.contact);
    if let Some(q) = binding.q {
        text.push_str(&format!(";q={}.{:03}", q / 1000, q % 1000));
    }
    if let Some(instance) = &binding.instance {
        text.push_str(&format!(
            ";+sip.instance=\"{}\"",
            instance.replace(['"', '\\'], "")
        ));
    }
    if let Some(reg_id) = binding.reg_id {
        text.push_str(&format!(";reg-id={reg_id}"));
    }
    text
}
