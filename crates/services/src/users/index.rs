//! The users list in memory: one index a customer, made for search by parts, any sort and any
//! page within milliseconds at 100,000 people.
//!
//! Texts lie one behind the other in one buffer, which a search runs over once; what filters ask
//! about lies in one dense array; each sort key has its order kept.

mod order;
mod text;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use model::{CustomerId, Presence, SiteId, User, UserId};

use crate::{
    fold::fold,
    listing::{Listing, Position},
};
use order::{Order, SORTS};
use text::Texts;

pub(crate) use order::SORT_NAMES;

/// What filters ask about.
#[derive(Debug, Clone)]
struct Facet {
    user: Option<UserId>,
    site: Option<SiteId>,
    role: u16,
    has_extension: bool,
}

/// A person with what their row needs to be sorted.
#[derive(Debug)]
struct Row {
    user: Arc<User>,
    name: Box<str>,
}

/// What the list is limited to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) only: Option<UserId>,
    pub(crate) site: Option<SiteId>,
    pub(crate) also_only_site: Option<SiteId>,
    pub(crate) role: Option<String>,
    pub(crate) presence: Option<Presence>,
    pub(crate) has_extension: Option<bool>,
    /// Without those whose account is disabled.
    pub(crate) enabled: bool,
    /// With exactly this number.
    pub(crate) extension: Option<String>,
    /// With exactly this email, in lower case.
    pub(crate) email: Option<String>,
    /// With exactly this username, in lower case.
    pub(crate) username: Option<String>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it names somebody, as few lists do.
    const fn is_exact(&self) -> bool {
        self.extension.is_some() || self.email.is_some() || self.username.is_some()
    }

    fn names(&self, user: &User) -> bool {
        let is = |wanted: &Option<String>, own: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == own
        };
        let username = user.username.as_str().to_lowercase();
        let email = user
            .email
            .as_ref()
            .map(|email| email.as_str().to_lowercase());
        is(&self.extension, user.extension.as_ref().map(|e| e.as_str()))
            && is(&self.email, email.as_deref())
            && is(&self.username, Some(&username))
    }
}

/// Rows with their keys, in order, and how many there are in all.
pub(crate) struct Found {
    pub(crate) rows: Vec<((String, String), Arc<User>)>,
    pub(crate) total: u64,
}

/// One customer's people.
#[derive(Debug, Default)]
pub(crate) struct CustomerIndex {
    rows: Vec<Option<Row>>,
    facets: Vec<Facet>,
    /// One byte each, because a list by live state looks at all of them in the order of names.
    presences: Vec<Presence>,
    free: Vec<u32>,
    slots: HashMap<UserId, u32>,
    roles: Vec<String>,
    texts: Texts,
    orders: [Order; SORTS.len()],
}

impl CustomerIndex {
    fn role_number(&mut self, role: &str) -> u16 {
        let known = self.roles.iter().position(|known| known == role);
        let index = known.unwrap_or_else(|| {
            self.roles.push(role.to_owned());
            self.roles.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// Puts many people into an empty index: sorted once instead of one by one.
    fn fill(&mut self, people: Vec<(Arc<User>, Vec<String>, Presence)>) {
        for (user, macs, presence) in people {
            self.occupy(user, &macs, presence);
        }
        let rows = &self.rows;
        for (order, sort) in self.orders.iter_mut().zip(SORTS) {
            order.sort_all(rows, *sort);
        }
    }

    fn occupy(&mut self, user: Arc<User>, macs: &[String], presence: Presence) -> u32 {
        let facet = Facet {
            user: Some(user.id),
            site: user.site,
            role: self.role_number(&user.role),
            has_extension: user.extension.is_some(),
        };
        let row = Row {
            name: fold(&user.display_name()).into(),
            user,
        };
        let slot = self.free.pop().unwrap_or_else(|| {
            self.rows.push(None);
            self.facets.push(facet.clone());
            self.presences.push(presence);
            u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
        });
        self.texts.put(slot, &row.user, macs);
        self.slots.insert(row.user.id, slot);
        self.facets[slot as usize] = facet;
        self.presences[slot as usize] = presence;
        self.rows[slot as usize] = Some(row);
        slot
    }

    fn put(&mut self, user: Arc<User>, macs: &[String], presence: Presence) {
        self.remove(user.id);
        let slot = self.occupy(user, macs, presence);
        let rows = &self.rows;
        for (order, sort) in self.orders.iter_mut().zip(SORTS) {
            order.insert(rows, *sort, slot);
        }
    }

    fn remove(&mut self, user: UserId) {
        let Some(slot) = self.slots.remove(&user) else {
            return;
        };
        let rows = &self.rows;
        for (order, sort) in self.orders.iter_mut().zip(SORTS) {
            order.remove(rows, *sort, slot);
        }
        self.texts.remove(slot);
        self.rows[slot as usize] = None;
        self.facets[slot as usize].user = None;
        self.free.push(slot);
    }

    fn set_presence(&mut self, user: UserId, presence: Presence) {
        if let Some(slot) = self.slots.get(&user) {
            self.presences[*slot as usize] = presence;
        }
    }

    /// Which slots match, and how many.
    fn matching(&self, filter: &Filter, words: &[String]) -> (Vec<bool>, u64) {
        let mut matched = self.texts.search(words, self.rows.len());
        let role = filter
            .role
            .as_ref()
            .map(|role| self.roles.iter().position(|known| known == role));
        let mut total = 0;
        let rows = self.facets.iter().zip(&self.presences).zip(&self.rows);
        for (matched, ((facet, presence), row)) in matched.iter_mut().zip(rows) {
            *matched = *matched
                && facet.user.is_some()
                && filter.only.is_none_or(|only| facet.user == Some(only))
                && filter.site.is_none_or(|site| facet.site == Some(site))
                && filter
                    .also_only_site
                    .is_none_or(|site| facet.site == Some(site))
                && role.is_none_or(|role| role == Some(usize::from(facet.role)))
                && filter.presence.is_none_or(|p| *presence == p)
                && !(filter.enabled && *presence == Presence::Disabled)
                && filter
                    .has_extension
                    .is_none_or(|has| facet.has_extension == has)
                && (!filter.is_exact() || row.as_ref().is_some_and(|row| filter.names(&row.user)));
            total += u64::from(*matched);
        }
        (matched, total)
    }

    /// A page's rows and one more, if there are more.
    fn find(&self, filter: &Filter, listing: &Listing) -> Found {
        let (matched, total) = if filter.is_empty() && listing.words.is_empty() {
            (None, self.slots.len() as u64)
        } else {
            let (matched, total) = self.matching(filter, &listing.words);
            (Some(matched), total)
        };
        let wanted = |slot: u32| matched.as_ref().is_none_or(|m| m[slot as usize]);
        let rows = if listing.sort == "state" {
            self.by_presence(listing, wanted)
        } else {
            self.by_key(listing, wanted)
        };
        Found { rows, total }
    }

    fn by_key(
        &self,
        listing: &Listing,
        wanted: impl Fn(u32) -> bool,
    ) -> Vec<((String, String), Arc<User>)> {
        let index = SORT_NAMES
            .iter()
            .position(|name| *name == listing.sort)
            .unwrap_or(0);
        let (order, sort) = (&self.orders[index], SORTS[index]);
        order
            .walk(&self.rows, sort, listing.descending, listing.after.as_ref())
            .filter(|slot| wanted(*slot))
            .take(listing.limit + 1)
            .filter_map(|slot| self.rows[slot as usize].as_ref())
            .map(|row| ((sort.key(row), row.user.id.to_string()), row.user.clone()))
            .collect()
    }

    /// By live state, and within it by name: one walk along the names that sorts into states.
    fn by_presence(
        &self,
        listing: &Listing,
        wanted: impl Fn(u32) -> bool,
    ) -> Vec<((String, String), Arc<User>)> {
        let (order, sort) = (&self.orders[0], SORTS[0]);
        let descending = listing.descending;
        let (at, within) = match &listing.after {
            Some(after) => begin_of(after),
            None => (if descending { PRESENCES.len() - 1 } else { 0 }, None),
        };
        let left = order.walk(&self.rows, sort, descending, within.as_ref());
        // Of the state that the cursor is in, only what lies behind it.
        let skipped = self.slots.len() - left.count();
        let mut found: [Vec<u32>; PRESENCES.len()] = Default::default();
        let walk = order.walk(&self.rows, sort, descending, None);
        for (place, slot) in walk.enumerate() {
            let state = number_of(self.presences[slot as usize]);
            let passed = if descending { state > at } else { state < at };
            let before = state == at && place < skipped;
            if !passed && !before && found[state].len() <= listing.limit && wanted(slot) {
                found[state].push(slot);
            }
        }
        let mut states: Vec<_> = found.into_iter().enumerate().collect();
        if descending {
            states.reverse();
        }
        states
            .into_iter()
            .flat_map(|(state, slots)| slots.into_iter().map(move |slot| (state, slot)))
            .take(listing.limit + 1)
            .filter_map(|(state, slot)| self.rows[slot as usize].as_ref().map(|row| (state, row)))
            .map(|(state, row)| {
                let key = format!("{state}{}", sort.key(row));
                ((key, row.user.id.to_string()), row.user.clone())
            })
            .collect()
    }
}

/// In the order that the list sorts them.
const PRESENCES: [Presence; 6] = [
    Presence::Available,
    Presence::Ringing,
    Presence::OnCall,
    Presence::DoNotDisturb,
    Presence::Offline,
    Presence::Disabled,
];

const fn number_of(presence: Presence) -> usize {
    match presence {
        Presence::Available => 0,
        Presence::Ringing => 1,
        Presence::OnCall => 2,
        Presence::DoNotDisturb => 3,
        Presence::Offline => 4,
        Presence::Disabled => 5,
    }
}

/// The state that a cursor is in, and where within it.
fn begin_of(after: &Position) -> (usize, Option<Position>) {
    let (state, name) = after.key.split_at_checked(1).unwrap_or(("0", ""));
    let state = state.parse().unwrap_or(0).min(PRESENCES.len() - 1);
    let within = Position {
        key: name.to_owned(),
        id: after.id.clone(),
    };
    (state, Some(within))
}

/// All customers' people, and the provider's own.
#[derive(Debug, Default)]
pub(crate) struct UserIndex {
    customers: RwLock<HashMap<Option<CustomerId>, Arc<RwLock<CustomerIndex>>>>,
}

impl UserIndex {
    fn existing(&self, customer: Option<CustomerId>) -> Option<Arc<RwLock<CustomerIndex>>> {
        self.customers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&customer)
            .cloned()
    }

    fn of(&self, customer: Option<CustomerId>) -> Arc<RwLock<CustomerIndex>> {
        self.existing(customer).unwrap_or_else(|| {
            self.customers
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(customer)
                .or_default()
                .clone()
        })
    }

    /// Puts everyone in at the start.
    pub(crate) fn fill(&self, people: Vec<(Arc<User>, Vec<String>, Presence)>) {
        let mut groups: HashMap<Option<CustomerId>, Vec<_>> = HashMap::new();
        for person in people {
            groups.entry(person.0.customer).or_default().push(person);
        }
        for (customer, people) in groups {
            let mut index = CustomerIndex::default();
            index.fill(people);
            self.customers
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(customer, Arc::new(RwLock::new(index)));
        }
    }

    /// Puts one in, or in their new shape.
    pub(crate) fn put(&self, user: Arc<User>, macs: &[String], presence: Presence) {
        self.of(user.customer)
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .put(user, macs, presence);
    }

    /// Takes one out.
    pub(crate) fn remove(&self, customer: Option<CustomerId>, user: UserId) {
        if let Some(index) = self.existing(customer) {
            index
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(user);
        }
    }

    /// Their live state changed.
    pub(crate) fn set_presence(
        &self,
        customer: Option<CustomerId>,
        user: UserId,
        presence: Presence,
    ) {
        if let Some(index) = self.existing(customer) {
            index
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .set_presence(user, presence);
        }
    }

    /// Finds in one customer, or in all.
    pub(crate) fn find(
        &self,
        customer: Option<CustomerId>,
        filter: &Filter,
        listing: &Listing,
    ) -> Found {
        let indexes: Vec<_> = match customer {
            Some(_) => self.existing(customer).into_iter().collect(),
            None => self
                .customers
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .values()
                .cloned()
                .collect(),
        };
        let mut all = Found {
            rows: Vec::new(),
            total: 0,
        };
        for index in &indexes {
            let found = index
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .find(filter, listing);
            all.rows.extend(found.rows);
            all.total += found.total;
        }
        if indexes.len() > 1 {
            all.rows.sort_by(|(a, _), (b, _)| {
                if listing.descending {
                    b.cmp(a)
                } else {
                    a.cmp(b)
                }
            });
        }
        all
    }
}

#[cfg(test)]
mod tests;
