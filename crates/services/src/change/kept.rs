//! A customer's things that are kept in memory: each change of one is written down, put into the
//! snapshot and told of, so that none of the three is forgotten.

use std::sync::Arc;

use model::{AccessProfile, ConferenceManager, Contact, CustomerId, Model, Room, Site, User};
use serde_json::Value;

use super::{Act, Change, Record, fields_that_differ, record};
use crate::{directory::DirectoryChange, events::Subject};

/// A thing that is kept in memory.
pub(crate) trait Kept: Record {
    const MODEL: Model;
    /// `site.created`: the act's name in the log, and the event's.
    const CREATED: &'static str;
    const UPDATED: &'static str;
    const DELETED: &'static str;

    fn customer(&self) -> Option<CustomerId>;
    fn id(&self) -> String;
    /// What people call it.
    fn name(&self) -> String;
    fn subject(&self) -> Subject;
    /// Puts it into the snapshot, in the place of the one before.
    fn put(this: Arc<Self>) -> DirectoryChange;
    /// Takes it out of the snapshot.
    fn remove(&self) -> DirectoryChange;
}

/// `kept!(type: model "name", subject and snapshot's name / when gone, |this| customer, name)`.
macro_rules! kept {
    ($type:ident: $model:ident $word:literal, $part:ident / $gone:ident,
        |$this:ident| $customer:expr, $name:expr) => {
        impl Kept for $type {
            const MODEL: Model = Model::$model;
            const CREATED: &'static str = concat!($word, ".created");
            const UPDATED: &'static str = concat!($word, ".updated");
            const DELETED: &'static str = concat!($word, ".deleted");

            fn customer(&self) -> Option<CustomerId> {
                let $this = self;
                $customer
            }

            fn id(&self) -> String {
                self.id.to_string()
            }

            fn name(&self) -> String {
                let $this = self;
                $name
            }

            fn subject(&self) -> Subject {
                Subject::$part(self.id)
            }

            fn put(this: Arc<Self>) -> DirectoryChange {
                DirectoryChange::$part(this)
            }

            fn remove(&self) -> DirectoryChange {
                DirectoryChange::$gone(self.id)
            }
        }
    };
}

kept!(Site: Site "site", Site / SiteGone,
    |site| Some(site.customer), site.name.to_string());
kept!(User: User "user", User / UserGone,
    |user| user.customer, user.display_name());
kept!(Room: ConferenceRoom "conference_room", Room / RoomGone,
    |room| Some(room.customer), room.name.to_string());
kept!(ConferenceManager: ConferenceManager "conference_manager", Manager / ManagerGone,
    |manager| Some(manager.customer), manager.username.to_string());
kept!(Contact: Contact "contact", Contact / ContactGone,
    |contact| Some(contact.customer), contact.name.to_string());
kept!(AccessProfile: AccessProfile "access_profile", Profile / ProfileGone,
    |profile| profile.customer, profile.name.clone());

impl Change<'_> {
    /// A thing was made.
    pub(crate) fn created<T: Kept>(&mut self, thing: T) -> Arc<T> {
        self.write_down(T::CREATED, &thing, None, Some(record(&thing)));
        self.keep(T::CREATED, thing)
    }

    /// A thing was changed; the log keeps the fields that differ.
    pub(crate) fn updated<T: Kept>(&mut self, before: &T, thing: T) -> Arc<T> {
        let differ = fields_that_differ(&record(before), &record(&thing));
        self.updated_as(T::UPDATED, differ, thing)
    }

    /// The same with an act of another name, or with fields of which the thing itself says less.
    pub(crate) fn updated_as<T: Kept>(
        &mut self,
        action: &'static str,
        (was, is): (Value, Value),
        thing: T,
    ) -> Arc<T> {
        self.write_down(action, &thing, Some(was), Some(is));
        self.keep(T::UPDATED, thing)
    }

    /// A thing was deleted.
    pub(crate) fn deleted<T: Kept>(&mut self, thing: &T) {
        self.write_down(T::DELETED, thing, Some(record(thing)), None);
        self.apply(thing.remove());
        self.tell(T::DELETED, thing.customer(), thing.subject());
    }

    fn write_down<T: Kept>(
        &mut self,
        action: &'static str,
        thing: &T,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        self.audit(Act {
            customer: thing.customer(),
            action,
            model: T::MODEL,
            subject_id: thing.id(),
            subject_name: thing.name(),
            before,
            after,
        });
    }

    fn keep<T: Kept>(&mut self, event: &'static str, thing: T) -> Arc<T> {
        let thing = Arc::new(thing);
        self.apply(T::put(thing.clone()));
        self.tell(event, thing.customer(), thing.subject());
        thing
    }
}
