//! Everything that routing, sign-in to the phone system and the users list keep in memory, read
//! at once from one state of the database.

use model::{AccessProfile, ConferenceManager, Contact, Customer, Device, Room, Site, User};
use sea_orm::{EntityTrait, QueryOrder};

use super::{Directory, contacts, customers, devices, managers, profiles, rooms, sites, users};
use crate::{
    Reader, StoreError,
    entity::{access_profile, conference_manager, contact, customer, device, room, site, user},
    store::sealed::Linked,
};

/// The whole of it, each in the order in which it was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DirectoryRows {
    /// Companies.
    pub customers: Vec<Customer>,
    /// Locations.
    pub sites: Vec<Site>,
    /// People.
    pub users: Vec<User>,
    /// Phones with their passwords.
    pub devices: Vec<Device>,
    /// Rooms with their moderators.
    pub rooms: Vec<Room>,
    /// Conference manager accounts.
    pub managers: Vec<ConferenceManager>,
    /// The address books.
    pub contacts: Vec<Contact>,
    /// Access profiles, standard and own.
    pub profiles: Vec<AccessProfile>,
}

impl Directory<'_, Reader> {
    /// Reads all of it.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub async fn load(&self) -> Result<DirectoryRows, StoreError> {
        let shared = self.0.shared();
        let snapshot = self.0.snapshot().await?;
        macro_rules! all {
            ($entity:ident) => {
                $entity::Entity::find()
                    .order_by_asc($entity::Column::Id)
                    .all(&snapshot)
                    .await?
            };
        }
        let rows = DirectoryRows {
            customers: each(all!(customer), customers::from_row)?,
            sites: each(all!(site), sites::from_row)?,
            users: each(all!(user), users::from_row)?,
            devices: each(all!(device), |row| devices::from_row(shared, row))?,
            rooms: rooms::with_moderators(&snapshot, shared, all!(room)).await?,
            managers: managers::with_rooms(&snapshot, all!(conference_manager)).await?,
            contacts: each(all!(contact), contacts::from_row)?,
            profiles: each(all!(access_profile), profiles::from_row)?,
        };
        snapshot.rollback().await?;
        Ok(rows)
    }
}

fn each<M, T>(
    rows: Vec<M>,
    convert: impl FnMut(M) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(convert).collect()
}
