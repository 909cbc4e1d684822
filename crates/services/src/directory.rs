//! The configuration in memory: what routing, the switch and the lists read.
//!
//! A snapshot never changes; a change makes a new one that shares all but what changed, after the
//! transaction has committed. Nothing in a call's path reads the database.

mod change;
mod load;
mod shelf;

use std::sync::Arc;

use imbl::HashMap;
use model::{
    AccessProfile, AccessProfileId, ConferenceManager, Contact, Customer, CustomerId, DeviceFacts,
    DeviceId, Extension, MacAddress, ManagerId, NodeId, Room, RoomId, SessionHolder, SipUsername,
    Site, SiteId, Timestamp, TonePlan, User, UserId,
};

pub(crate) use change::DirectoryChange;
pub(crate) use shelf::Shelf;

/// What has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOwner {
    /// A person.
    User(UserId),
    /// A conference room.
    Room(RoomId),
}

/// A device without its password.
#[derive(Debug, Clone)]
pub struct DeviceEntry {
    /// What the switch knows of it.
    pub facts: Arc<DeviceFacts>,
    /// Hardware address.
    pub mac: Option<MacAddress>,
    /// Free text.
    pub model: Option<String>,
    /// Counts changes.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Names that are fixed for the whole server.
#[derive(Debug, Clone)]
pub(crate) struct ServerNames {
    pub(crate) provider: NodeId,
    pub(crate) default_customer: CustomerId,
    pub(crate) realm: Arc<str>,
    pub(crate) sip_domain: Arc<str>,
}

/// A snapshot of the configuration.
#[derive(Debug, Clone)]
pub struct Directory {
    names: ServerNames,
    customers: HashMap<CustomerId, Arc<Customer>>,
    domains: HashMap<Box<str>, CustomerId>,
    sites: Shelf<SiteId, Site>,
    users: HashMap<UserId, Arc<User>>,
    numbers: HashMap<(CustomerId, Extension), NumberOwner>,
    devices: HashMap<DeviceId, Arc<DeviceEntry>>,
    devices_of: HashMap<UserId, Arc<[DeviceId]>>,
    lines: HashMap<SipUsername, DeviceId>,
    rooms: Shelf<RoomId, Room>,
    managers: Shelf<ManagerId, ConferenceManager>,
    contacts: Shelf<model::ContactId, Contact>,
    profiles: HashMap<AccessProfileId, Arc<AccessProfile>>,
    profile_names: HashMap<(Option<CustomerId>, Box<str>), AccessProfileId>,
    sign_in_names: HashMap<(Option<CustomerId>, Box<str>), SessionHolder>,
}

impl Directory {
    pub(crate) fn empty(names: ServerNames) -> Self {
        Self {
            names,
            customers: HashMap::new(),
            domains: HashMap::new(),
            sites: Shelf::default(),
            users: HashMap::new(),
            numbers: HashMap::new(),
            devices: HashMap::new(),
            devices_of: HashMap::new(),
            lines: HashMap::new(),
            rooms: Shelf::default(),
            managers: Shelf::default(),
            contacts: Shelf::default(),
            profiles: HashMap::new(),
            profile_names: HashMap::new(),
            sign_in_names: HashMap::new(),
        }
    }

    /// The provider's node.
    #[must_use]
    pub const fn provider(&self) -> NodeId {
        self.names.provider
    }

    /// The customer whose devices have bare SIP usernames, and where an empty account name leads.
    #[must_use]
    pub const fn default_customer(&self) -> CustomerId {
        self.names.default_customer
    }

    /// The digest realm of the whole server.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.names.realm
    }

    /// What follows the account name in a customer's SIP domain.
    #[must_use]
    pub fn server_domain(&self) -> &str {
        &self.names.sip_domain
    }

    /// A customer.
    #[must_use]
    pub fn customer(&self, id: CustomerId) -> Option<&Arc<Customer>> {
        self.customers.get(&id)
    }

    /// All customers, in no order.
    pub fn customers(&self) -> impl Iterator<Item = &Arc<Customer>> {
        self.customers.values()
    }

    /// A customer by its account name.
    #[must_use]
    pub fn customer_named(&self, account_name: &str) -> Option<&Arc<Customer>> {
        let domain = format!("{account_name}.{}", self.names.sip_domain);
        self.customers.get(self.domains.get(domain.as_str())?)
    }

    /// A site.
    #[must_use]
    pub fn site(&self, id: SiteId) -> Option<&Arc<Site>> {
        self.sites.get(id)
    }

    pub(crate) const fn sites(&self) -> &Shelf<SiteId, Site> {
        &self.sites
    }

    /// A person.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&Arc<User>> {
        self.users.get(&id)
    }

    /// All people, in no order.
    pub fn users(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.values()
    }

    /// Who or what has a number in a customer.
    #[must_use]
    pub fn number(&self, customer: CustomerId, number: &Extension) -> Option<NumberOwner> {
        self.numbers.get(&(customer, number.clone())).copied()
    }

    /// The person with an extension.
    #[must_use]
    pub fn user_at(&self, customer: CustomerId, number: &Extension) -> Option<&Arc<User>> {
        match self.number(customer, number)? {
            NumberOwner::User(user) => self.user(user),
            NumberOwner::Room(_) => None,
        }
    }

    /// A phone.
    #[must_use]
    pub fn device(&self, id: DeviceId) -> Option<&Arc<DeviceEntry>> {
        self.devices.get(&id)
    }

    /// The phones of a person, oldest first.
    pub fn devices_of(&self, user: UserId) -> impl Iterator<Item = &Arc<DeviceEntry>> {
        self.devices_of
            .get(&user)
            .into_iter()
            .flat_map(|ids| ids.iter())
            .filter_map(|id| self.devices.get(id))
    }

    /// The phone with a SIP username.
    #[must_use]
    pub fn line(&self, username: &SipUsername) -> Option<&Arc<DeviceEntry>> {
        self.devices.get(self.lines.get(username)?)
    }

    /// A conference room.
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<&Arc<Room>> {
        self.rooms.get(id)
    }

    pub(crate) const fn rooms(&self) -> &Shelf<RoomId, Room> {
        &self.rooms
    }

    pub(crate) const fn managers(&self) -> &Shelf<ManagerId, ConferenceManager> {
        &self.managers
    }

    pub(crate) const fn contacts(&self) -> &Shelf<model::ContactId, Contact> {
        &self.contacts
    }

    /// The profile that a role or a key's profile names: the customer's own before the standard.
    /// Nobody can name their own like a standard one, but a new version may bring one of that name.
    #[must_use]
    pub fn profile(&self, customer: Option<CustomerId>, name: &str) -> Option<&Arc<AccessProfile>> {
        let own = self.profile_names.get(&(customer, name.into()));
        let standard = || self.profile_names.get(&(None, name.into()));
        self.profiles.get(own.or_else(standard)?)
    }

    pub(crate) fn profile_with_id(&self, id: AccessProfileId) -> Option<&Arc<AccessProfile>> {
        self.profiles.get(&id)
    }

    /// Who signs in by a name: usernames, emails and conference managers' names are one name space
    /// in each customer. In lower case.
    #[must_use]
    pub fn signs_in(&self, customer: Option<CustomerId>, name: &str) -> Option<SessionHolder> {
        self.sign_in_names.get(&(customer, name.into())).copied()
    }

    pub(crate) fn profiles(&self) -> impl Iterator<Item = &Arc<AccessProfile>> {
        self.profiles.values()
    }

    /// The tones that a person hears, by their site.
    #[must_use]
    pub fn tones_of(&self, user: UserId) -> Option<TonePlan> {
        let site = self.user(user)?.site?;
        self.site(site).map(|site| site.tones)
    }
}

#[cfg(test)]
pub(crate) mod tests;
