//! The first snapshot, from one consistent read of the database.

use std::sync::Arc;

use store::DirectoryRows;

use super::{Directory, DirectoryChange, ServerNames};

impl Directory {
    /// Everything that is stored.
    pub(crate) fn load(names: ServerNames, rows: DirectoryRows) -> Self {
        let mut directory = Self::empty(names);
        for customer in rows.customers {
            directory.apply(DirectoryChange::Customer(Arc::new(customer)));
        }
        for site in rows.sites {
            directory.apply(DirectoryChange::Site(Arc::new(site)));
        }
        for user in rows.users {
            directory.apply(DirectoryChange::User(Arc::new(user)));
        }
        for device in rows.devices {
            directory.put_device(&device);
        }
        for room in rows.rooms {
            directory.apply(DirectoryChange::Room(Arc::new(room)));
        }
        for manager in rows.managers {
            directory.apply(DirectoryChange::Manager(Arc::new(manager)));
        }
        for contact in rows.contacts {
            directory.apply(DirectoryChange::Contact(Arc::new(contact)));
        }
        for profile in rows.profiles {
            directory.apply(DirectoryChange::Profile(Arc::new(profile)));
        }
        directory
    }
}
