//! What the headers mean: typed readings of [`Headers`].

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use crate::digest::{Challenge, Credentials};
use crate::grammar::{list, saturating_number, trim};
use crate::header_name::HeaderName;
use crate::headers::Headers;
use crate::method::Method;
use crate::name_addr::NameAddr;
use crate::params::Params;
use crate::session_timer::SessionExpires;
use crate::via::Via;

/// A header that is missing or cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// A header that must be there is not.
    #[error("no {0} header")]
    Missing(HeaderName),
    /// The value does not follow the header's grammar.
    #[error("malformed {0} header")]
    Malformed(HeaderName),
    /// A header that may be there once is there more often.
    #[error("more than one {0} header")]
    Repeated(HeaderName),
}

/// The CSeq header: a number below 2³¹ and the method.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CSeq {
    /// The sequence number (RFC 3261 §8.1.1.5).
    pub number: u32,
    /// The method of the request that it belongs to.
    pub method: Method,
}

/// The Contact headers of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts {
    /// `*`: all bindings (RFC 3261 §10.2.2).
    Star,
    /// Addresses, perhaps none.
    List(Vec<NameAddr>),
}

/// The Replaces header (RFC 3891): the dialog that the new call takes the place of, with tags
/// as the receiver of the header knows them: `to_tag` is its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replaces {
    /// Call-ID of the dialog to replace.
    pub call_id: String,
    /// The receiver's own tag.
    pub to_tag: String,
    /// The tag of the receiver's other side.
    pub from_tag: String,
    /// Whether only a dialog that is still ringing may be replaced.
    pub early_only: bool,
}

impl CSeq {
    /// Number and method; leading zeros are legal, 2³¹ and above is not.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, method) = trim(text).split_once([' ', '\t'])?;
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number
            .parse::<u32>()
            .ok()
            .filter(|number| digits && *number < 1 << 31)?;
        Some(Self {
            number,
            method: Method::parse(trim(method))?,
        })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

impl Replaces {
    /// The value of the header, without the escapes it has inside a Refer-To URI.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(';')?;
        let call_id = trim(&text[..end]);
        let params = Params::of_header(&text[end..])?;
        let tag = |name| {
            params
                .get(name)
                .filter(|tag: &&str| !tag.is_empty())
                .map(str::to_owned)
        };
        Some(Self {
            call_id: is_call_id(call_id).then(|| call_id.to_owned())?,
            to_tag: tag("to-tag")?,
            from_tag: tag("from-tag")?,
            early_only: params.has("early-only"),
        })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{};to-tag={};from-tag={}",
            self.call_id, self.to_tag, self.from_tag
        )?;
        f.write_str(if self.early_only { ";early-only" } else { "" })
    }
}

impl Headers {
    /// The topmost Via.
    pub fn top_via(&self) -> Result<Via, HeaderError> {
        let value = self
            .get(&HeaderName::Via)
            .ok_or(HeaderError::Missing(HeaderName::Via))?;
        let text = value.text();
        list(&text)
            .and_then(|hops| Via::parse(hops.first()?))
            .ok_or(HeaderError::Malformed(HeaderName::Via))
    }

    /// All Vias, topmost first.
    pub fn vias(&self) -> Result<Vec<Via>, HeaderError> {
        let vias = self.each(&HeaderName::Via, Via::parse)?;
        if vias.is_empty() {
            Err(HeaderError::Missing(HeaderName::Via))
        } else {
            Ok(vias)
        }
    }

    /// Replaces the topmost Via, leaving those below as they came.
    pub(crate) fn set_top_via(&mut self, via: &Via) {
        let Some(value) = self.get(&HeaderName::Via) else {
            return;
        };
        let text = value.text();
        let rest = list(&text)
            .map(|hops| hops[1..].join(", "))
            .filter(|rest| !rest.is_empty());
        let value = match rest {
            Some(rest) => format!("{via}, {rest}"),
            None => via.to_string(),
        };
        self.replace_first(&HeaderName::Via, &value);
    }

    /// Who sends the request; in responses too.
    pub fn from(&self) -> Result<NameAddr, HeaderError> {
        self.single(&HeaderName::From, NameAddr::parse)
    }

    /// Who is meant.
    pub fn to(&self) -> Result<NameAddr, HeaderError> {
        self.single(&HeaderName::To, NameAddr::parse)
    }

    /// The tag of From.
    pub fn from_tag(&self) -> Option<String> {
        self.from().ok()?.tag().map(str::to_owned)
    }

    /// The tag of To: there in every request within a dialog.
    pub fn to_tag(&self) -> Option<String> {
        self.to().ok()?.tag().map(str::to_owned)
    }

    /// The Call-ID; case matters.
    pub fn call_id(&self) -> Result<Cow<'_, str>, HeaderError> {
        let value = self
            .get(&HeaderName::CallId)
            .ok_or(HeaderError::Missing(HeaderName::CallId))?;
        let text = value.text();
        if is_call_id(&text) {
            Ok(text)
        } else {
            Err(HeaderError::Malformed(HeaderName::CallId))
        }
    }

    /// Sequence number and method.
    pub fn cseq(&self) -> Result<CSeq, HeaderError> {
        self.single(&HeaderName::CSeq, CSeq::parse)
    }

    /// Hops left, where the header is there and valid.
    pub fn max_forwards(&self) -> Option<u8> {
        let text = self.get(&HeaderName::MaxForwards)?.text();
        saturating_number(&text).and_then(|number| u8::try_from(number).ok())
    }

    /// The Expires header in seconds: too large is the largest; nonsense counts as absent.
    pub fn expires(&self) -> Option<u32> {
        saturating_number(&self.get(&HeaderName::Expires)?.text())
    }

    /// All Contacts, or the star.
    pub fn contacts(&self) -> Result<Contacts, HeaderError> {
        let mut values = self.get_all(&HeaderName::Contact);
        if values.next().is_some_and(|value| value.as_bytes() == b"*") {
            return match values.next() {
                None => Ok(Contacts::Star),
                Some(_) => Err(HeaderError::Malformed(HeaderName::Contact)),
            };
        }
        self.each(&HeaderName::Contact, NameAddr::parse)
            .map(Contacts::List)
    }

    /// The first Contact, where it is an address.
    pub fn contact(&self) -> Option<NameAddr> {
        match self.contacts().ok()? {
            Contacts::Star => None,
            Contacts::List(list) => list.into_iter().next(),
        }
    }

    /// The Route headers in order.
    pub fn routes(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(&HeaderName::Route, NameAddr::parse)
    }

    /// The Record-Route headers in order.
    pub fn record_routes(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(&HeaderName::RecordRoute, NameAddr::parse)
    }

    /// `type/subtype` of the body in lower case, without parameters.
    pub fn content_type(&self) -> Option<String> {
        let text = self.get(&HeaderName::ContentType)?.text().into_owned();
        let media = trim(text.split(';').next()?).to_ascii_lowercase();
        media.contains('/').then(|| media.replace([' ', '\t'], ""))
    }

    /// Option tags of Supported.
    pub fn supported(&self) -> Vec<String> {
        self.tokens(&HeaderName::Supported)
    }

    /// Option tags of Require.
    pub fn require(&self) -> Vec<String> {
        self.tokens(&HeaderName::Require)
    }

    /// Methods of Allow.
    pub fn allow(&self) -> Vec<String> {
        self.tokens(&HeaderName::Allow)
    }

    /// Media ranges of Accept in lower case, without parameters; `None` without the header.
    pub fn accept(&self) -> Option<Vec<String>> {
        self.contains(&HeaderName::Accept).then(|| {
            let range =
                |item: String| trim(item.split(';').next().unwrap_or("")).to_ascii_lowercase();
            self.tokens(&HeaderName::Accept)
                .into_iter()
                .map(range)
                .collect()
        })
    }

    /// Whether Supported or Require names the option.
    pub fn has_option(&self, option: &str) -> bool {
        let names = |tags: Vec<String>| tags.iter().any(|tag| tag.eq_ignore_ascii_case(option));
        names(self.supported()) || names(self.require())
    }

    /// Where a REFER points (RFC 3515).
    pub fn refer_to(&self) -> Result<Option<NameAddr>, HeaderError> {
        self.optional(&HeaderName::ReferTo, NameAddr::parse)
    }

    /// The dialog that an INVITE takes the place of.
    pub fn replaces(&self) -> Result<Option<Replaces>, HeaderError> {
        self.optional(&HeaderName::Replaces, Replaces::parse)
    }

    /// The session interval (RFC 4028).
    pub fn session_expires(&self) -> Option<SessionExpires> {
        SessionExpires::parse(&self.get(&HeaderName::SessionExpires)?.text())
    }

    /// The smallest session interval that the sender or a proxy accepts, in seconds.
    pub fn min_se(&self) -> Option<u32> {
        let text = self.get(&HeaderName::MinSe)?.text();
        saturating_number(trim(text.split(';').next()?))
    }

    /// What the client answered to a 401, of the Digest scheme.
    pub fn authorizations(&self) -> Vec<Credentials> {
        self.get_all(&HeaderName::Authorization)
            .filter_map(|value| Credentials::parse(&value.text()))
            .collect()
    }

    /// What the client answered to a 407, of the Digest scheme.
    pub fn proxy_authorizations(&self) -> Vec<Credentials> {
        self.get_all(&HeaderName::ProxyAuthorization)
            .filter_map(|value| Credentials::parse(&value.text()))
            .collect()
    }

    /// Digest challenges of a 401 and a 407, in order.
    pub fn challenges(&self) -> Vec<Challenge> {
        self.get_all(&HeaderName::WwwAuthenticate)
            .chain(self.get_all(&HeaderName::ProxyAuthenticate))
            .filter_map(|value| Challenge::parse(&value.text()))
            .collect()
    }

    /// The User-Agent of a request or the Server of a response.
    pub fn user_agent(&self) -> Option<String> {
        let value = self
            .get(&HeaderName::UserAgent)
            .or_else(|| self.get(&HeaderName::Server))?;
        Some(value.text().into_owned())
    }

    /// The elements of a comma list, empty ones left out.
    pub fn tokens(&self, name: &HeaderName) -> Vec<String> {
        let mut tokens = Vec::new();
        for value in self.get_all(name) {
            let text = value.text();
            tokens.extend(
                text.split(',')
                    .map(trim)
                    .filter(|item| !item.is_empty())
                    .map(str::to_owned),
            );
        }
        tokens
    }

    fn each<T>(
        &self,
        name: &HeaderName,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, HeaderError> {
        let mut elements = Vec::new();
        for value in self.get_all(name) {
            let text = value.text();
            let items = list(&text).ok_or_else(|| HeaderError::Malformed(name.clone()))?;
            for item in items {
                elements.push(parse(item).ok_or_else(|| HeaderError::Malformed(name.clone()))?);
            }
        }
        Ok(elements)
    }

    fn single<T>(
        &self,
        name: &HeaderName,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, HeaderError> {
        self.optional(name, parse)?
            .ok_or_else(|| HeaderError::Missing(name.clone()))
    }

    fn optional<T>(
        &self,
        name: &HeaderName,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, HeaderError> {
        let mut values = self.get_all(name);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(HeaderError::Repeated(name.clone()));
        }
        let parsed = parse(&value.text());
        parsed
            .map(Some)
            .ok_or_else(|| HeaderError::Malformed(name.clone()))
    }
}

fn is_call_id(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
