//! The one gate: does any of the actor's grants reach this target?

use model::{CustomerId, Grant, Model, Operation, Principal, RoomId, Scope, Seat, SiteId, UserId};

use crate::Error;

/// Where a thing is, and whose: all that a grant's scope can ask about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// None: the provider's.
    pub customer: Option<CustomerId>,
    /// The site it sits at, if it sits at one.
    pub site: Option<SiteId>,
    /// The person it belongs to, or is.
    pub owner: Option<UserId>,
    /// The room it is, or runs in.
    pub room: Option<RoomId>,
    /// People it was assigned to: a room's moderators, operators who joined.
    pub assigned: Vec<UserId>,
}

impl Target {
    /// Something of the provider's.
    #[must_use]
    pub fn provider() -> Self {
        Self::default()
    }

    /// Something of a customer, at no site, of no person.
    #[must_use]
    pub fn customer(customer: CustomerId) -> Self {
        Self {
            customer: Some(customer),
            ..Self::default()
        }
    }
}

/// How far an actor's grants for one operation reach, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Extent {
    /// Everything on the server.
    pub(crate) everything: bool,
    /// All of this customer.
    pub(crate) customer: Option<CustomerId>,
    /// All of this site.
    pub(crate) site: Option<SiteId>,
    /// What belongs to this person.
    pub(crate) own: Option<UserId>,
    /// What is assigned to the actor.
    pub(crate) assigned: bool,
}

/// What the gate needs to know of an actor.
pub(crate) struct Holder<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) seat: Seat,
    pub(crate) site: Option<SiteId>,
    pub(crate) grants: &'a [Grant],
}

impl Holder<'_> {
    fn user(&self) -> Option<UserId> {
        match self.principal {
            Principal::User(user) | Principal::Phone(Some(user)) => Some(*user),
            _ => None,
        }
    }

    fn for_operation(&self, model: Model, operation: Operation) -> impl Iterator<Item = Scope> {
        self.grants
            .iter()
            .filter(move |grant| {
                grant.model.is_none_or(|m| m == model)
                    && grant.operation.is_none_or(|o| o == operation)
            })
            .map(|grant| grant.scope)
    }

    /// Whether one grant's scope covers the target. A scope never leaves the holder's customer.
    fn covers(&self, scope: Scope, target: &Target) -> bool {
        let Some(customer) = self.seat.customer else {
            return matches!(scope, Scope::Subtree)
                || (target.customer.is_none() && self.covers_at_provider(scope, target));
        };
        if target.customer != Some(customer) {
            return false;
        }
        match scope {
            Scope::Customer => true,
            Scope::Subtree => self.seat.node == customer.node() || self.at_own_site(target),
            Scope::Site => self.at_own_site(target),
            Scope::Own => target.owner.is_some() && target.owner == self.user(),
            Scope::Assigned => self.assigned(target),
        }
    }

    fn covers_at_provider(&self, scope: Scope, target: &Target) -> bool {
        match scope {
            Scope::Own => target.owner.is_some() && target.owner == self.user(),
            Scope::Assigned | Scope::Site => false,
            Scope::Customer | Scope::Subtree => true,
        }
    }

    fn at_own_site(&self, target: &Target) -> bool {
        target.site.is_some() && target.site == self.site
    }

    fn assigned(&self, target: &Target) -> bool {
        match self.principal {
            Principal::ConferenceManager { rooms: None, .. } => target.room.is_some(),
            Principal::ConferenceManager {
                rooms: Some(rooms), ..
            } => target.room.is_some_and(|room| rooms.contains(&room)),
            _ => self
                .user()
                .is_some_and(|user| target.assigned.contains(&user)),
        }
    }

    /// Whether any grant allows it.
    pub(crate) fn allows(&self, model: Model, operation: Operation, target: &Target) -> bool {
        self.for_operation(model, operation)
            .any(|scope| self.covers(scope, target))
    }

    /// The gate. Another customer's things, and things beyond what one may read, are not there;
    /// what may be read, or belongs to a model that one may not read at all, is forbidden.
    pub(crate) fn require(
        &self,
        model: Model,
        operation: Operation,
        target: &Target,
    ) -> Result<(), Error> {
        if self.allows(model, operation, target) {
            return Ok(());
        }
        let elsewhere = self.seat.customer.is_some()
            && target.customer.is_some()
            && target.customer != self.seat.customer;
        let readable_somewhere = self.for_operation(model, Operation::Read).next().is_some();
        let visible = self.allows(model, Operation::Read, target);
        let specific = target.owner.is_some() || target.site.is_some() || target.room.is_some();
        if elsewhere || (readable_somewhere && !visible && specific) {
            return Err(Error::NotFound(model.as_str()));
        }
        Err(Error::Forbidden {
            operation: operation.as_str(),
            model: model.as_str(),
        })
    }

    /// Whether it is allowed for anything at all.
    pub(crate) fn may(&self, model: Model, operation: Operation) -> bool {
        self.for_operation(model, operation).next().is_some()
    }

    /// How far the grants for an operation reach.
    pub(crate) fn extent(&self, model: Model, operation: Operation) -> Extent {
        let mut extent = Extent::default();
        for scope in self.for_operation(model, operation) {
            match (scope, self.seat.customer) {
                (Scope::Subtree, None) => extent.everything = true,
                (Scope::Customer, Some(customer)) => extent.customer = Some(customer),
                (Scope::Subtree, Some(customer)) if self.seat.node == customer.node() => {
                    extent.customer = Some(customer);
                }
                (Scope::Site | Scope::Subtree, _) => extent.site = self.site,
                (Scope::Own, _) => extent.own = self.user(),
                (Scope::Assigned, _) => extent.assigned = true,
                (Scope::Customer, None) => {}
            }
        }
        extent
    }

    /// Whether the holder could have made every one of these grants for someone who sits there:
    /// nobody hands out more than they hold.
    pub(crate) fn holds_all(&self, grants: &[Grant], seat: Seat) -> bool {
        grants.iter().all(|grant| self.holds(grant, seat))
    }

    fn holds(&self, wanted: &Grant, seat: Seat) -> bool {
        // What reaches only one's own things hands out nothing of anybody else's. What is
        // assigned may be: whoever dials into a room is assigned to its conference.
        if wanted.scope == Scope::Own {
            return true;
        }
        self.grants.iter().any(|own| {
            let model = own.model.is_none() || own.model == wanted.model;
            let operation = own.operation.is_none() || own.operation == wanted.operation;
            model && operation && self.reaches(own.scope, wanted.scope, seat)
        })
    }

    /// Whether the holder's scope reaches all that the wanted scope means for someone at `seat`.
    fn reaches(&self, own: Scope, wanted: Scope, seat: Seat) -> bool {
        let Some(customer) = self.seat.customer else {
            return own == Scope::Subtree;
        };
        if seat.customer != Some(customer) {
            return false;
        }
        match own {
            Scope::Customer => true,
            Scope::Subtree => self.seat.node == customer.node() || wanted == Scope::Site,
            Scope::Site | Scope::Assigned => wanted == own,
            Scope::Own => false,
        }
    }
}

#[cfg(test)]
mod tests;
