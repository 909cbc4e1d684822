//! Header names, with their compact forms.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::grammar::Token;

macro_rules! header_names {
    ($($variant:ident $text:literal $lower:literal $($compact:literal)?;)*) => {
        /// The name of a header; unknown ones are kept as written and compared without case.
        #[derive(Clone, Debug)]
        pub enum HeaderName {
            $(#[doc = $text] $variant,)*
            /// A header that this crate has no name for.
            Other(Token),
        }

        impl HeaderName {
            /// The name from its long or compact form in any case; `None` if it is no token.
            pub fn parse(text: &str) -> Option<Self> {
                let mut buffer = [0; 24];
                let lower = match buffer.get_mut(..text.len()) {
                    Some(lower) => {
                        lower.copy_from_slice(text.as_bytes());
                        lower.make_ascii_lowercase();
                        &*lower
                    }
                    None => &[],
                };
                $(if lower == $lower $(|| lower == $compact)? {
                    return Some(Self::$variant);
                })*
                Token::parse(text).map(Self::Other)
            }

            /// The name as it is written.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(token) => token.as_str(),
                }
            }
        }
    };
}

header_names! {
    Via "Via" b"via" b"v";
    From "From" b"from" b"f";
    To "To" b"to" b"t";
    CallId "Call-ID" b"call-id" b"i";
    CSeq "CSeq" b"cseq";
    Contact "Contact" b"contact" b"m";
    MaxForwards "Max-Forwards" b"max-forwards";
    ContentLength "Content-Length" b"content-length" b"l";
    ContentType "Content-Type" b"content-type" b"c";
    Route "Route" b"route";
    RecordRoute "Record-Route" b"record-route";
    Expires "Expires" b"expires";
    Authorization "Authorization" b"authorization";
    ProxyAuthorization "Proxy-Authorization" b"proxy-authorization";
    WwwAuthenticate "WWW-Authenticate" b"www-authenticate";
    ProxyAuthenticate "Proxy-Authenticate" b"proxy-authenticate";
    AuthenticationInfo "Authentication-Info" b"authentication-info";
    Allow "Allow" b"allow";
    Supported "Supported" b"supported" b"k";
    Require "Require" b"require";
    ProxyRequire "Proxy-Require" b"proxy-require";
    Unsupported "Unsupported" b"unsupported";
    UserAgent "User-Agent" b"user-agent";
    Server "Server" b"server";
    Accept "Accept" b"accept";
    AcceptEncoding "Accept-Encoding" b"accept-encoding";
    AcceptLanguage "Accept-Language" b"accept-language";
    AlertInfo "Alert-Info" b"alert-info";
    AllowEvents "Allow-Events" b"allow-events" b"u";
    CallInfo "Call-Info" b"call-info";
    ContentDisposition "Content-Disposition" b"content-disposition";
    ContentEncoding "Content-Encoding" b"content-encoding" b"e";
    ContentLanguage "Content-Language" b"content-language";
    Date "Date" b"date";
    Diversion "Diversion" b"diversion";
    Event "Event" b"event" b"o";
    HistoryInfo "History-Info" b"history-info";
    InReplyTo "In-Reply-To" b"in-reply-to";
    Join "Join" b"join";
    MimeVersion "MIME-Version" b"mime-version";
    MinExpires "Min-Expires" b"min-expires";
    MinSe "Min-SE" b"min-se";
    Organization "Organization" b"organization";
    PAssertedIdentity "P-Asserted-Identity" b"p-asserted-identity";
    PPreferredIdentity "P-Preferred-Identity" b"p-preferred-identity";
    Path "Path" b"path";
    Priority "Priority" b"priority";
    Privacy "Privacy" b"privacy";
    RAck "RAck" b"rack";
    Reason "Reason" b"reason";
    ReferSub "Refer-Sub" b"refer-sub";
    ReferTo "Refer-To" b"refer-to" b"r";
    ReferredBy "Referred-By" b"referred-by" b"b";
    RemotePartyId "Remote-Party-ID" b"remote-party-id";
    Replaces "Replaces" b"replaces";
    ReplyTo "Reply-To" b"reply-to";
    RetryAfter "Retry-After" b"retry-after";
    RSeq "RSeq" b"rseq";
    ServiceRoute "Service-Route" b"service-route";
    SessionExpires "Session-Expires" b"session-expires" b"x";
    SipEtag "SIP-ETag" b"sip-etag";
    SipIfMatch "SIP-If-Match" b"sip-if-match";
    Subject "Subject" b"subject" b"s";
    SubscriptionState "Subscription-State" b"subscription-state";
    TargetDialog "Target-Dialog" b"target-dialog";
    Timestamp "Timestamp" b"timestamp";
    Warning "Warning" b"warning";
}

impl HeaderName {
    /// Whether a message may have it only once. Two of them would let two readers of one
    /// message see different things, so such a message is malformed.
    pub fn is_single(&self) -> bool {
        matches!(
            self,
            Self::From
                | Self::To
                | Self::CallId
                | Self::CSeq
                | Self::MaxForwards
                | Self::ContentLength
                | Self::ContentType
                | Self::ContentEncoding
                | Self::ContentDisposition
                | Self::Expires
                | Self::Event
                | Self::MinSe
                | Self::RAck
                | Self::RSeq
                | Self::ReferTo
                | Self::ReferredBy
                | Self::Replaces
                | Self::SessionExpires
                | Self::SubscriptionState
        )
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(ours), Self::Other(theirs)) => {
                ours.as_str().eq_ignore_ascii_case(theirs.as_str())
            }
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for HeaderName {}

impl Hash for HeaderName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        if let Self::Other(token) = self {
            token.as_str().to_ascii_lowercase().hash(state);
        }
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
