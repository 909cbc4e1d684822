//! Where phones are: the bindings of every device, by device and by user.
//!
//! A binding is an address of record's contact (RFC 3261 §10) with the flow it was registered
//! over: requests to it go down that flow, whatever the contact says, because a phone behind NAT
//! writes an address nobody can reach.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Instant};

use model::{CustomerId, DeviceId, StoredBinding, UserId};
use sip::Flow;

use crate::Now;

/// Bindings of one device: for the eleventh the oldest makes room.
pub(crate) const PER_DEVICE: usize = 10;

/// Names a binding for as long as it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BindingId(pub(crate) u64);

/// One registered contact.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) id: BindingId,
    /// Where it registered from.
    pub(crate) flow: Flow,
    /// By the monotonic clock: a jump of the wall clock expires nobody.
    pub(crate) ends: Instant,
    /// When it registered last, by the same clock: a jump makes nobody older than others.
    pub(crate) heard: Instant,
    /// All that the phone said, shared with those who show and keep it. Its contact is the request
    /// URI of calls to the phone.
    pub(crate) kept: Arc<StoredBinding>,
}

impl Binding {
    /// The contact URI as the phone wrote it.
    pub(crate) fn contact(&self) -> &str {
        &self.kept.endpoint.contact
    }

    /// The phone is somewhere else: a stream of its own is gone.
    fn move_to(&mut self, peer: SocketAddr) {
        self.flow.connection = 0;
        self.flow.peer = peer;
        Arc::make_mut(&mut self.kept).endpoint.source = peer.to_string();
    }
}

/// A device and its bindings.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) customer: CustomerId,
    pub(crate) bindings: Vec<Binding>,
}

impl Line {
    /// As the portal shows it and the store keeps it.
    pub(crate) fn kept(&self) -> Arc<[Arc<StoredBinding>]> {
        self.bindings.iter().map(|b| b.kept.clone()).collect()
    }

    /// The next end of a binding.
    pub(crate) fn first_end(&self) -> Option<Instant> {
        self.bindings.iter().map(|b| b.ends).min()
    }
}

/// All devices with bindings.
#[derive(Debug, Default)]
pub(crate) struct Location {
    lines: HashMap<DeviceId, Line>,
    by_user: HashMap<UserId, Vec<DeviceId>>,
    /// Sources with bindings, and how many: phones there are known.
    sources: HashMap<std::net::IpAddr, u32>,
    /// Devices by the streams they registered over.
    by_connection: HashMap<u64, Vec<DeviceId>>,
    count: usize,
}

fn is_over(binding: &Binding, connection: u64) -> bool {
    binding.flow.transport.is_reliable() && binding.flow.connection == connection
}

impl Location {
    pub(crate) fn line(&self, device: DeviceId) -> Option<&Line> {
        self.lines.get(&device)
    }

    /// All bindings there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Whether any binding was registered from this address.
    pub(crate) fn knows(&self, source: std::net::IpAddr) -> bool {
        self.sources.contains_key(&source)
    }

    /// Bindings of all the phones of a user.
    pub(crate) fn of_user(&self, user: UserId) -> impl Iterator<Item = (&Line, &Binding)> {
        self.by_user
            .get(&user)
            .into_iter()
            .flatten()
            .filter_map(|device| self.lines.get(device))
            .flat_map(|line| line.bindings.iter().map(move |binding| (line, binding)))
    }

    /// The flow that a device registered over last, of those that stand.
    pub(crate) fn latest_flow(&self, device: DeviceId) -> Option<Flow> {
        let stands = |b: &&Binding| !b.flow.transport.is_reliable() || b.flow.connection != 0;
        let bindings = self.lines.get(&device)?.bindings.iter().filter(stands);
        bindings.max_by_key(|b| b.heard).map(|b| b.flow)
    }

    pub(crate) fn binding_mut(&mut self, device: DeviceId, id: BindingId) -> Option<&mut Binding> {
        let line = self.lines.get_mut(&device)?;
        line.bindings.iter_mut().find(|binding| binding.id == id)
    }

    /// Replaces the bindings of a device as a whole: a REGISTER does all it says or nothing
    /// (RFC 3261 §10.3, step 7).
    pub(crate) fn replace(&mut self, line: Line) {
        let device = line.device;
        self.remove(device);
        if line.bindings.is_empty() {
            return;
        }
        self.count += line.bindings.len();
        for binding in &line.bindings {
            *self.sources.entry(binding.flow.peer.ip()).or_default() += 1;
            if binding.flow.transport.is_reliable() && binding.flow.connection != 0 {
                let devices = self
                    .by_connection
                    .entry(binding.flow.connection)
                    .or_default();
                if !devices.contains(&device) {
                    devices.push(device);
                }
            }
        }
        let devices = self.by_user.entry(line.user).or_default();
        // Most people have one phone.
        devices.reserve_exact(1);
        devices.push(device);
        self.lines.insert(device, line);
    }

    /// Forgets a device.
    pub(crate) fn remove(&mut self, device: DeviceId) -> Option<Line> {
        let line = self.lines.remove(&device)?;
        self.count -= line.bindings.len();
        for binding in &line.bindings {
            let source = binding.flow.peer.ip();
            if let Some(count) = self.sources.get_mut(&source) {
                *count -= 1;
                if *count == 0 {
                    self.sources.remove(&source);
                }
            }
            let connection = binding.flow.connection;
            if let Some(devices) = self.by_connection.get_mut(&connection) {
                devices.retain(|other| *other != device);
                if devices.is_empty() {
                    self.by_connection.remove(&connection);
                }
            }
        }
        if let Some(devices) = self.by_user.get_mut(&line.user) {
            devices.retain(|other| *other != device);
            if devices.is_empty() {
                self.by_user.remove(&line.user);
            }
        }
        Some(line)
    }

    /// Keeps the bindings that the rule keeps; the line after it, if any went.
    pub(crate) fn retain(
        &mut self,
        device: DeviceId,
        keep: impl FnMut(&Binding) -> bool,
    ) -> Option<Line> {
        let mut line = self.lines.get(&device)?.clone();
        let before = line.bindings.len();
        line.bindings.retain(keep);
        if line.bindings.len() == before {
            return None;
        }
        self.replace(line.clone());
        Some(line)
    }

    /// Says of every binding anew when it ends by the wall clock; all lines that there are.
    pub(crate) fn set_clock(&mut self, now: Now) -> Vec<Line> {
        for binding in self.lines.values_mut().flat_map(|line| &mut line.bindings) {
            let left = binding.ends.saturating_duration_since(now.monotonic);
            let ends = now.wall.checked_add(left).unwrap_or(now.wall);
            Arc::make_mut(&mut binding.kept).endpoint.expires_at = ends;
        }
        let mut lines: Vec<Line> = self.lines.values().cloned().collect();
        lines.sort_unstable_by_key(|line| line.device);
        lines
    }

    /// Devices with a binding over a stream.
    pub(crate) fn on_connection(&self, connection: u64) -> Vec<DeviceId> {
        self.by_connection
            .get(&connection)
            .cloned()
            .unwrap_or_default()
    }

    /// Cuts a device's bindings off a stream that is gone: those that `reach` finds an address for
    /// are connected to anew there, the others go; the line after it, if any went.
    pub(crate) fn cut(
        &mut self,
        device: DeviceId,
        connection: u64,
        reach: impl Fn(&Binding) -> Option<SocketAddr>,
    ) -> Option<Line> {
        let mut line = self.lines.get(&device)?.clone();
        let before = line.bindings.len();
        line.bindings.retain_mut(|binding| {
            if !is_over(binding, connection) {
                return true;
            }
            let Some(address) = reach(binding) else {
                return false;
            };
            binding.move_to(address);
            true
        });
        let gone = line.bindings.len() < before;
        self.replace(line.clone());
        gone.then_some(line)
    }
}

/// Facts of a device as a line without bindings.
pub(crate) fn line_of(facts: &Arc<model::DeviceFacts>) -> Line {
    Line {
        device: facts.device,
        user: facts.user,
        customer: facts.customer,
        bindings: Vec::new(),
    }
}
