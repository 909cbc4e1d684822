//! What the switch last said: conferences, calls, registrations and who is on a call.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use model::{
    CallId, CallView, ConferenceId, ConferenceView, DeviceId, Endpoint, LiveState, Presence,
    RoomId, StoredBinding, User, UserId,
};

/// Ended calls and conferences that are kept at hand, so that their last event can be drawn.
const KEPT_ENDED: usize = 2_000;

/// All registrations of a device.
type Bindings = Arc<[Arc<StoredBinding>]>;

/// The live side of the server.
#[derive(Debug, Default)]
pub struct Live {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    conferences: Views<ConferenceId, ConferenceView>,
    in_room: HashMap<RoomId, ConferenceId>,
    calls: Views<CallId, CallView>,
    bindings: HashMap<UserId, Vec<(DeviceId, Bindings)>>,
    busy: HashMap<UserId, UserCalls>,
}

/// A user's calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct UserCalls {
    ringing: u32,
    answered: u32,
}

/// Running ones, and the last ended ones.
#[derive(Debug)]
struct Views<K, V> {
    running: HashMap<K, Arc<V>>,
    ended: HashMap<K, Arc<V>>,
    order: VecDeque<K>,
}

impl<K, V> Default for Views<K, V> {
    fn default() -> Self {
        Self {
            running: HashMap::new(),
            ended: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<K: Hash + Eq + Copy, V> Views<K, V> {
    fn get(&self, id: K) -> Option<Arc<V>> {
        self.running
            .get(&id)
            .or_else(|| self.ended.get(&id))
            .cloned()
    }

    fn put(&mut self, id: K, view: Arc<V>, ended: bool) {
        if !ended {
            self.running.insert(id, view);
            return;
        }
        self.running.remove(&id);
        if self.ended.insert(id, view).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > KEPT_ENDED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }
}

impl Live {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A conference, running or lately ended.
    #[must_use]
    pub fn conference(&self, id: ConferenceId) -> Option<Arc<ConferenceView>> {
        self.read().conferences.get(id)
    }

    /// What runs in a room.
    #[must_use]
    pub fn running_in(&self, room: RoomId) -> Option<Arc<ConferenceView>> {
        let state = self.read();
        let id = state.in_room.get(&room)?;
        state.conferences.running.get(id).cloned()
    }

    /// All running conferences, in no order.
    #[must_use]
    pub fn conferences(&self) -> Vec<Arc<ConferenceView>> {
        self.read().conferences.running.values().cloned().collect()
    }

    /// A call, live or lately ended.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<Arc<CallView>> {
        self.read().calls.get(id)
    }

    /// All live calls, in no order.
    #[must_use]
    pub fn calls(&self) -> Vec<Arc<CallView>> {
        self.read().calls.running.values().cloned().collect()
    }

    /// The registrations of a person.
    #[must_use]
    pub fn endpoints(&self, user: UserId) -> Vec<Endpoint> {
        let state = self.read();
        let mut endpoints: Vec<_> = state
            .bindings
            .get(&user)
            .into_iter()
            .flatten()
            .flat_map(|(_, bindings)| bindings.iter().map(|b| b.endpoint.clone()))
            .collect();
        endpoints.sort_by(|a, b| (a.device, &a.contact).cmp(&(b.device, &b.contact)));
        endpoints
    }

    /// How many registrations a device has.
    #[must_use]
    pub fn endpoints_of_device(&self, user: UserId, device: DeviceId) -> usize {
        self.read()
            .bindings
            .get(&user)
            .and_then(|devices| devices.iter().find(|(id, _)| *id == device))
            .map_or(0, |(_, bindings)| bindings.len())
    }

    /// What the portal shows of a person at this moment.
    #[must_use]
    pub fn presence(&self, user: &User) -> Presence {
        let state = self.read();
        let calls = state.busy.get(&user.id).copied().unwrap_or_default();
        presence(user, state.bindings.contains_key(&user.id), calls)
    }

    pub(crate) fn put_conference(&self, view: Arc<ConferenceView>) {
        let mut state = self.write();
        let ended = view.ended_at.is_some();
        if ended {
            if state.in_room.get(&view.room) == Some(&view.id) {
                state.in_room.remove(&view.room);
            }
        } else {
            state.in_room.insert(view.room, view.id);
        }
        let newer = state
            .conferences
            .get(view.id)
            .is_none_or(|known| known.version <= view.version || ended);
        if newer {
            state.conferences.put(view.id, view, ended);
        }
    }

    pub(crate) fn put_call(&self, view: Arc<CallView>) {
        let ended = view.ended_at.is_some();
        self.write().calls.put(view.id, view, ended);
    }

    /// A device's bindings are these; answers whether phones came or went, and not just
    /// registered again.
    pub(crate) fn put_bindings(&self, user: UserId, device: DeviceId, bindings: Bindings) -> bool {
        let mut state = self.write();
        let devices = state.bindings.entry(user).or_default();
        let at = devices.iter().position(|(id, _)| *id == device);
        let before = at.map(|at| devices.swap_remove(at).1);
        if !bindings.is_empty() {
            // Most people have one phone.
            devices.reserve_exact(1);
            devices.push((device, bindings.clone()));
        }
        if devices.is_empty() {
            state.bindings.remove(&user);
        }
        places(before.as_deref().unwrap_or_default()) != places(&bindings)
    }

    pub(crate) fn put_calls_of(&self, user: UserId, ringing: u32, answered: u32) {
        let mut state = self.write();
        if ringing == 0 && answered == 0 {
            state.busy.remove(&user);
        } else {
            state.busy.insert(user, UserCalls { ringing, answered });
        }
    }

    pub(crate) fn forget_user(&self, user: UserId) {
        let mut state = self.write();
        state.bindings.remove(&user);
        state.busy.remove(&user);
    }
}

/// Where phones are, in an order of its own.
fn places(bindings: &[Arc<StoredBinding>]) -> Vec<(&str, &str)> {
    let mut places: Vec<(&str, &str)> = bindings
        .iter()
        .map(|b| (&*b.endpoint.contact, &*b.endpoint.source))
        .collect();
    places.sort_unstable();
    places
}

/// Configuration and live state together.
fn presence(user: &User, registered: bool, calls: UserCalls) -> Presence {
    if user.disabled {
        Presence::Disabled
    } else if calls.answered > 0 {
        Presence::OnCall
    } else if calls.ringing > 0 {
        Presence::Ringing
    } else if user.features.do_not_disturb {
        Presence::DoNotDisturb
    } else if registered {
        Presence::Available
    } else {
        Presence::Offline
    }
}

impl LiveState for Live {
    fn endpoints(&self, user: UserId) -> usize {
        self.read()
            .bindings
            .get(&user)
            .map_or(0, |devices| devices.iter().map(|(_, b)| b.len()).sum())
    }

    fn calls(&self, user: UserId) -> usize {
        self.read()
            .busy
            .get(&user)
            .map_or(0, |calls| (calls.ringing + calls.answered) as usize)
    }
}
