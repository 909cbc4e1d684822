//! Provider, customers and sites: everything belongs to a node.

use crate::{AccountName, CustomerId, DisplayName, NodeId, SiteId, Timestamp};

/// What a node of the hierarchy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// The one who runs the server.
    Provider,
    /// A company on the server.
    Customer,
    /// A location of a customer.
    Site,
}

/// A company on the server. Its data is invisible to every other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Identity; the same UUID is its hierarchy node.
    pub id: CustomerId,
    /// The provider's node.
    pub parent: NodeId,
    /// As people call it.
    pub name: DisplayName,
    /// At sign-in and in its SIP domain.
    pub account_name: AccountName,
    /// Where users go that name no site.
    pub default_site: SiteId,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Customer {
    /// `{account_name}.{sip-domain}`.
    #[must_use]
    pub fn sip_domain(&self, server_domain: &str) -> String {
        format!("{}.{server_domain}", self.account_name)
    }
}

/// Call progress tones of a country (ITU-T E.180 suppl. 2 values are in `media`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TonePlan {
    /// 425 Hz, continental Europe.
    #[default]
    Europe,
    /// 350/440/480/620 Hz, North America.
    NorthAmerica,
    /// 400/450 Hz, United Kingdom.
    UnitedKingdom,
}

/// A location of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Identity; the same UUID is its hierarchy node.
    pub id: SiteId,
    /// Whose.
    pub customer: CustomerId,
    /// As people call it.
    pub name: DisplayName,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// IANA name, such as `Europe/Berlin`.
    pub time_zone: String,
    /// What callers hear while a phone rings or is busy.
    pub tones: TonePlan,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}
