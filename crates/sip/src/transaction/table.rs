//! Where transactions are kept, how they are found, and when each is due.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use super::client::Client;
use super::server::Server;
use crate::flow::Flow;

/// A place in the table and which of its tenants is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub index: u32,
    pub generation: u32,
}

/// When a transaction is due: to repeat something, and to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Timers {
    pub repeat: Option<Instant>,
    pub end: Option<Instant>,
}

impl Timers {
    pub fn next(&self) -> Option<Instant> {
        match (self.repeat, self.end) {
            (Some(repeat), Some(end)) => Some(repeat.min(end)),
            (repeat, end) => repeat.or(end),
        }
    }
}

enum Tenant {
    Server(Box<Server>),
    Client(Box<Client>),
}

#[derive(Default)]
struct Place {
    generation: u32,
    tenant: Option<Tenant>,
}

/// A transaction's identity on the wire, in words of this crate.
pub(super) type Id = Box<str>;

#[derive(Default)]
pub(super) struct Table {
    places: Vec<Place>,
    free: Vec<u32>,
    servers: HashMap<Id, Key>,
    clients: HashMap<Id, Key>,
    /// INVITEs answered 2xx, by what their ACK will say.
    acks: HashMap<Id, Key>,
    /// Clients by where their requests went.
    by_flow: BTreeSet<(u64, SocketAddr, Key)>,
    due: BinaryHeap<Reverse<(Instant, Key)>>,
    /// Answered requests other than INVITE, oldest first; some of them may be gone.
    answered: VecDeque<Key>,
}

impl Table {
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub fn find_server(&self, id: &str) -> Option<Key> {
        self.servers.get(id).copied()
    }

    pub fn find_client(&self, id: &str) -> Option<Key> {
        self.clients.get(id).copied()
    }

    pub fn find_acknowledged(&self, ack: &str) -> Option<Key> {
        self.acks.get(ack).copied()
    }

    pub fn server(&mut self, key: Key) -> Option<&mut Server> {
        match self.tenant(key)? {
            Tenant::Server(server) => Some(server),
            Tenant::Client(_) => None,
        }
    }

    pub fn client(&mut self, key: Key) -> Option<&mut Client> {
        match self.tenant(key)? {
            Tenant::Client(client) => Some(client),
            Tenant::Server(_) => None,
        }
    }

    pub fn insert_server(&mut self, server: Server) -> Key {
        let id = server.id.clone();
        let key = self.settle(Tenant::Server(Box::new(server)));
        self.servers.insert(id, key);
        self.schedule(key);
        key
    }

    /// Puts in a client made for the key that it gets: its branch has the key in it.
    pub fn insert_client(&mut self, make: impl FnOnce(Key) -> Client) -> Key {
        let key = self.next_key();
        let client = make(key);
        let (id, flow) = (client.id.clone(), client.flow);
        let key = self.settle(Tenant::Client(Box::new(client)));
        self.clients.insert(id, key);
        self.by_flow.insert((flow.connection, flow.peer, key));
        self.schedule(key);
        key
    }

    /// Makes an INVITE's server findable by the ACK of its 2xx.
    pub fn expect_ack(&mut self, key: Key, ack: Id) {
        self.acks.insert(ack, key);
    }

    /// Notes that a request other than INVITE has been answered, so that it may be forgotten
    /// when room is needed.
    pub fn note_answered(&mut self, key: Key) {
        while let Some(oldest) = self.answered.front().copied() {
            if self.server(oldest).is_some() {
                break;
            }
            self.answered.pop_front();
        }
        self.answered.push_back(key);
    }

    /// Makes room by forgetting the oldest answered request other than INVITE.
    pub fn forget_oldest_answered(&mut self) -> bool {
        while let Some(oldest) = self.answered.pop_front() {
            if self.server(oldest).is_some() {
                self.remove(oldest);
                return true;
            }
        }
        false
    }

    pub fn clients_on(&self, flow: &Flow) -> Vec<Key> {
        let bound = |index| {
            (
                flow.connection,
                flow.peer,
                Key {
                    index,
                    generation: index,
                },
            )
        };
        let range = self.by_flow.range(bound(0)..=bound(u32::MAX));
        range.map(|(_, _, key)| *key).collect()
    }

    pub fn remove(&mut self, key: Key) {
        let Some(place) = self.places.get_mut(key.index as usize) else {
            return;
        };
        if place.generation != key.generation {
            return;
        }
        match place.tenant.take() {
            Some(Tenant::Server(server)) => {
                self.servers.remove(&server.id);
                if let Some(ack) = &server.ack
                    && self.acks.get(ack) == Some(&key)
                {
                    self.acks.remove(ack);
                }
            }
            Some(Tenant::Client(client)) => {
                self.clients.remove(&client.id);
                self.by_flow
                    .remove(&(client.flow.connection, client.flow.peer, key));
            }
            None => return,
        }
        place.generation = place.generation.wrapping_add(1);
        self.free.push(key.index);
    }

    /// Notes when a transaction is due, after its timers have changed.
    pub fn schedule(&mut self, key: Key) {
        let next = self.tenant(key).and_then(|tenant| tenant.timers().next());
        if let Some(next) = next {
            self.due.push(Reverse((next, key)));
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    /// A transaction that is due. It must change its timers or go.
    pub fn due(&mut self, now: Instant) -> Option<Key> {
        loop {
            let Reverse((at, key)) = *self.due.peek()?;
            if at > now {
                return None;
            }
            self.due.pop();
            let next = self.tenant(key).and_then(|tenant| tenant.timers().next());
            if next == Some(at) {
                return Some(key);
            }
        }
    }

    fn tenant(&mut self, key: Key) -> Option<&mut Tenant> {
        let place = self.places.get_mut(key.index as usize)?;
        place
            .tenant
            .as_mut()
            .filter(|_| place.generation == key.generation)
    }

    fn next_key(&mut self) -> Key {
        let index = match self.free.last() {
            Some(index) => *index,
            None => {
                self.places.push(Place::default());
                let index = u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX);
                self.free.push(index);
                index
            }
        };
        Key {
            index,
            generation: self.places[index as usize].generation,
        }
    }

    fn settle(&mut self, tenant: Tenant) -> Key {
        let key = self.next_key();
        self.free.pop();
        self.places[key.index as usize].tenant = Some(tenant);
        key
    }
}

impl Tenant {
    fn timers(&self) -> &Timers {
        match self {
            Self::Server(server) => &server.timers,
            Self::Client(client) => &client.timers,
        }
    }
}
