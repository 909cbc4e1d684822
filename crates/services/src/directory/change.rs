//! What a committed transaction changes in the snapshot.

use std::sync::Arc;

use md5::{Digest, Md5};
use model::{
    AccessProfile, AccessProfileId, ConferenceManager, Contact, ContactId, Customer, CustomerId,
    Device, DeviceFacts, DeviceId, ManagerId, Room, RoomId, SessionHolder, Site, SiteId, User,
    UserId,
};
use sha2::Sha256;

use super::{DeviceEntry, Directory, NumberOwner};

/// One change, made after its transaction has committed.
#[derive(Debug, Clone)]
pub(crate) enum DirectoryChange {
    Customer(Arc<Customer>),
    CustomerGone(CustomerId),
    Site(Arc<Site>),
    SiteGone(SiteId),
    User(Arc<User>),
    UserGone(UserId),
    Device(Box<Device>),
    DeviceGone(DeviceId),
    Room(Arc<Room>),
    RoomGone(RoomId),
    Manager(Arc<ConferenceManager>),
    ManagerGone(ManagerId),
    Contact(Arc<Contact>),
    ContactGone(ContactId),
    Profile(Arc<AccessProfile>),
    ProfileGone(AccessProfileId),
}

impl Directory {
    /// Applies one change.
    pub(crate) fn apply(&mut self, change: DirectoryChange) {
        match change {
            DirectoryChange::Customer(customer) => self.put_customer(customer),
            DirectoryChange::CustomerGone(id) => self.remove_customer(id),
            DirectoryChange::Site(site) => self.sites.put(site.id, site.customer, site),
            DirectoryChange::SiteGone(id) => {
                if let Some(site) = self.sites.get(id).cloned() {
                    self.sites.remove(id, site.customer);
                }
            }
            DirectoryChange::User(user) => self.put_user(user),
            DirectoryChange::UserGone(id) => self.remove_user(id),
            DirectoryChange::Device(device) => self.put_device(&device),
            DirectoryChange::DeviceGone(id) => self.remove_device(id),
            DirectoryChange::Room(room) => self.put_room(room),
            DirectoryChange::RoomGone(id) => self.remove_room(id),
            DirectoryChange::Manager(manager) => {
                let name = manager.username.as_str().into();
                let holder = SessionHolder::Manager(manager.id);
                self.sign_in_names
                    .insert((Some(manager.customer), name), holder);
                self.managers.put(manager.id, manager.customer, manager);
            }
            DirectoryChange::ManagerGone(id) => {
                if let Some(manager) = self.managers.get(id).cloned() {
                    self.managers.remove(id, manager.customer);
                    let name = manager.username.as_str().into();
                    self.sign_in_names.remove(&(Some(manager.customer), name));
                }
            }
            DirectoryChange::Contact(contact) => {
                self.contacts.put(contact.id, contact.customer, contact);
            }
            DirectoryChange::ContactGone(id) => {
                if let Some(contact) = self.contacts.get(id).cloned() {
                    self.contacts.remove(id, contact.customer);
                }
            }
            DirectoryChange::Profile(profile) => {
                self.remove_profile(profile.id);
                let name = (profile.customer, profile.name.as_str().into());
                self.profile_names.insert(name, profile.id);
                self.profiles.insert(profile.id, profile);
            }
            DirectoryChange::ProfileGone(id) => self.remove_profile(id),
        }
    }

    fn put_customer(&mut self, customer: Arc<Customer>) {
        let before = self.customers.get(&customer.id);
        let before = before.map(|before| before.sip_domain(&self.names.sip_domain));
        let domain = customer.sip_domain(&self.names.sip_domain);
        // Only a new domain is news to the phones: all of them are looked at then.
        let moved = before.as_ref().is_some_and(|before| *before != domain);
        if let Some(before) = before {
            self.domains.remove(before.as_str());
        }
        let id = customer.id;
        self.domains.insert(domain.into_boxed_str(), id);
        self.customers.insert(id, customer);
        if moved {
            let users: Vec<_> = self
                .users
                .values()
                .filter(|user| user.customer == Some(id))
                .map(|user| user.id)
                .collect();
            for user in users {
                self.refresh_facts(user);
            }
        }
    }

    fn remove_customer(&mut self, id: CustomerId) {
        if let Some(customer) = self.customers.remove(&id) {
            let domain = customer.sip_domain(&self.names.sip_domain);
            self.domains.remove(domain.as_str());
        }
        for site in self.sites.of(Some(id)) {
            self.sites.remove(site.id, id);
        }
        for contact in self.contacts.of(Some(id)) {
            self.contacts.remove(contact.id, id);
        }
        let own = |profile: &&Arc<AccessProfile>| profile.customer == Some(id);
        let profiles: Vec<_> = self.profiles.values().filter(own).map(|p| p.id).collect();
        for profile in profiles {
            self.remove_profile(profile);
        }
    }

    fn remove_profile(&mut self, id: AccessProfileId) {
        if let Some(profile) = self.profiles.remove(&id) {
            let name = (profile.customer, profile.name.as_str().into());
            self.profile_names.remove(&name);
        }
    }

    fn put_user(&mut self, user: Arc<User>) {
        let before = self.users.get(&user.id).cloned();
        self.free_number_of(before.as_deref());
        self.free_sign_in_names(before.as_deref());
        let holder = SessionHolder::User(user.id);
        for name in sign_in_names(&user) {
            self.sign_in_names
                .insert((user.customer, name.into()), holder);
        }
        if let (Some(customer), Some(extension)) = (user.customer, &user.extension) {
            self.numbers
                .insert((customer, extension.clone()), NumberOwner::User(user.id));
        }
        let id = user.id;
        self.users.insert(id, user);
        if before.is_some() {
            self.refresh_facts(id);
        }
    }

    fn free_number_of(&mut self, user: Option<&User>) {
        if let Some(user) = user
            && let (Some(customer), Some(extension)) = (user.customer, &user.extension)
        {
            let key = (customer, extension.clone());
            if self.numbers.get(&key) == Some(&NumberOwner::User(user.id)) {
                self.numbers.remove(&key);
            }
        }
    }

    fn free_sign_in_names(&mut self, user: Option<&User>) {
        if let Some(user) = user {
            for name in sign_in_names(user) {
                self.sign_in_names.remove(&(user.customer, name.into()));
            }
        }
    }

    fn remove_user(&mut self, id: UserId) {
        let before = self.users.remove(&id);
        self.free_number_of(before.as_deref());
        self.free_sign_in_names(before.as_deref());
        for device in self.devices_of.remove(&id).iter().flat_map(|d| d.iter()) {
            if let Some(entry) = self.devices.remove(device) {
                self.lines.remove(&entry.facts.sip_username);
            }
        }
    }

    fn put_room(&mut self, room: Arc<Room>) {
        self.free_number_of_room(room.id);
        self.numbers.insert(
            (room.customer, room.number.clone()),
            NumberOwner::Room(room.id),
        );
        self.rooms.put(room.id, room.customer, room);
    }

    fn remove_room(&mut self, id: RoomId) {
        self.free_number_of_room(id);
        if let Some(room) = self.rooms.get(id).cloned() {
            self.rooms.remove(id, room.customer);
        }
    }

    fn free_number_of_room(&mut self, id: RoomId) {
        if let Some(room) = self.rooms.get(id) {
            let key = (room.customer, room.number.clone());
            if self.numbers.get(&key) == Some(&NumberOwner::Room(id)) {
                self.numbers.remove(&key);
            }
        }
    }

    pub(super) fn put_device(&mut self, device: &Device) {
        let Some(user) = self.users.get(&device.user).cloned() else {
            return;
        };
        let (ha1_md5, ha1_sha256) = self.hashes(device);
        let facts = DeviceFacts {
            device: device.id,
            user: device.user,
            customer: device.customer,
            sip_domain: self.sip_domain_of(device.customer),
            sip_username: device.sip_username.clone(),
            ha1_md5,
            ha1_sha256,
            extension: user.extension.clone(),
            name: user.display_name().into(),
            max_calls: user.max_calls,
        };
        self.lines.insert(device.sip_username.clone(), device.id);
        self.devices.insert(
            device.id,
            Arc::new(DeviceEntry {
                facts: Arc::new(facts),
                mac: device.mac.clone(),
                model: device.model.clone(),
                version: device.version,
                created_at: device.created_at,
            }),
        );
        let known = self.devices_of.get(&device.user).cloned();
        let mut ids: Vec<_> = known.iter().flat_map(|ids| ids.iter().copied()).collect();
        if !ids.contains(&device.id) {
            ids.push(device.id);
            ids.sort_unstable();
            self.devices_of.insert(device.user, ids.into());
        }
    }

    /// RFC 7616 §3.4.2: H(username ":" realm ":" password), by MD5 and by SHA-256.
    fn hashes(&self, device: &Device) -> ([u8; 16], [u8; 32]) {
        let text = format!(
            "{}:{}:{}",
            device.sip_username,
            self.names.realm,
            device.sip_password.expose()
        );
        (
            Md5::digest(text.as_bytes()).into(),
            Sha256::digest(text.as_bytes()).into(),
        )
    }

    fn sip_domain_of(&self, customer: CustomerId) -> Arc<str> {
        self.customers.get(&customer).map_or_else(
            || self.names.sip_domain.clone(),
            |customer| customer.sip_domain(&self.names.sip_domain).into(),
        )
    }

    fn remove_device(&mut self, id: DeviceId) {
        let Some(entry) = self.devices.remove(&id) else {
            return;
        };
        self.lines.remove(&entry.facts.sip_username);
        let user = entry.facts.user;
        if let Some(ids) = self.devices_of.get(&user) {
            let left: Vec<_> = ids.iter().copied().filter(|d| *d != id).collect();
            self.devices_of.insert(user, left.into());
        }
    }

    /// A person's name, number or limits changed: their phones present them.
    fn refresh_facts(&mut self, id: UserId) {
        let Some(user) = self.users.get(&id).cloned() else {
            return;
        };
        let devices = self.devices_of.get(&id).cloned();
        for device in devices.iter().flat_map(|ids| ids.iter()) {
            let Some(entry) = self.devices.get(device) else {
                continue;
            };
            let facts = DeviceFacts {
                sip_domain: self.sip_domain_of(entry.facts.customer),
                extension: user.extension.clone(),
                name: user.display_name().into(),
                max_calls: user.max_calls,
                ..(*entry.facts).clone()
            };
            let entry = DeviceEntry {
                facts: Arc::new(facts),
                ..(**entry).clone()
            };
            self.devices.insert(*device, Arc::new(entry));
        }
    }
}

fn sign_in_names(user: &User) -> impl Iterator<Item = &str> {
    let email = user.email.as_ref().map(|email| email.as_str());
    std::iter::once(user.username.as_str()).chain(email)
}
