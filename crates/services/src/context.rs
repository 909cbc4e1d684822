//! Who acts, from where, through which door: made from credentials, never from input.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use model::{
    AccessProfile, CustomerId, Door, Grant, Model, Operation, Principal, Seat, Secret, SessionId,
    SiteId, Timestamp, UserId,
};

use crate::{
    Error, FieldError, Services,
    directory::Directory,
    error::Fields,
    gate::{Extent, Holder, Target},
    idempotency::Ticket,
};

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub principal: Principal,
    /// Where they sit in the hierarchy.
    pub seat: Seat,
    /// The site they sit at, if at one.
    pub site: Option<SiteId>,
    /// Name shown, also in the audit log.
    pub name: String,
    /// What they may do.
    pub profile: Arc<AccessProfile>,
    /// The door they came through.
    pub door: Door,
    /// From which address.
    pub source: Option<IpAddr>,
    /// Of a browser: its session.
    pub session: Option<SessionId>,
    /// Of a browser: what it has to send back with every change.
    pub csrf: Option<Secret>,
}

impl Actor {
    /// The person, if one.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self.principal {
            Principal::User(user) => Some(user),
            _ => None,
        }
    }

    /// What they may do.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.profile.grants
    }

    fn holder(&self) -> Holder<'_> {
        Holder {
            principal: &self.principal,
            seat: self.seat,
            site: self.site,
            grants: &self.profile.grants,
        }
    }
}

/// What every operation takes first: the services and who acts.
#[derive(Debug, Clone)]
pub struct Context {
    services: Services,
    actor: Arc<Actor>,
    ticket: Option<Ticket>,
    /// What the door found wrong with the form of the request, while it read it.
    wrong: Arc<OnceLock<Vec<FieldError>>>,
}

impl Context {
    pub(crate) fn new(services: Services, actor: Actor) -> Self {
        Self {
            services,
            actor: Arc::new(actor),
            ticket: None,
            wrong: Arc::default(),
        }
    }

    /// What is wrong with the form of the request: unknown fields, wrong types. The operation
    /// tells of it together with the values that it finds wrong itself, and changes nothing.
    pub fn found_wrong(&self, errors: Vec<FieldError>) {
        // A request is read once.
        let _ = self.wrong.set(errors);
    }

    /// All wrong fields of the request, to which the operation adds what it finds.
    pub(crate) fn fields(&self) -> Fields {
        Fields::of(self.wrong.get().cloned().unwrap_or_default())
    }

    /// Fails if the form of the request is wrong: the last gate before anything changes, for
    /// operations without fields of their own.
    pub(crate) fn require_well_formed(&self) -> Result<(), Error> {
        self.fields().finish()
    }

    /// The same actor, doing a request whose key was claimed.
    #[must_use]
    pub fn with_ticket(self, ticket: Ticket) -> Self {
        Self {
            ticket: Some(ticket),
            ..self
        }
    }

    pub(crate) const fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// The services.
    #[must_use]
    pub const fn services(&self) -> &Services {
        &self.services
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Of a browser: its session.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.actor.session
    }

    /// Of a browser: what it has to send back with every change.
    #[must_use]
    pub fn csrf(&self) -> Option<Secret> {
        self.actor.csrf.clone()
    }

    /// The same actor through another door: the command line acts as the server itself.
    #[must_use]
    pub fn through(self, door: Door) -> Self {
        let mut actor = Arc::unwrap_or_clone(self.actor);
        actor.door = door;
        Self::new(self.services, actor)
    }

    /// The gate that every operation passes first.
    ///
    /// # Errors
    /// `NotFound` for what the actor cannot see, `Forbidden` for what they may only see.
    pub fn require(
        &self,
        model: Model,
        operation: Operation,
        target: &Target,
    ) -> Result<(), Error> {
        self.actor.holder().require(model, operation, target)
    }

    /// Whether the actor may do it to this target.
    #[must_use]
    pub fn allows(&self, model: Model, operation: Operation, target: &Target) -> bool {
        self.actor.holder().allows(model, operation, target)
    }

    /// Whether the actor may do it to anything at all: what a page shows.
    #[must_use]
    pub fn may(&self, model: Model, operation: Operation) -> bool {
        self.actor.holder().may(model, operation)
    }

    /// `Forbidden` unless the actor may do it to anything at all: for lists.
    pub(crate) fn require_somewhere(
        &self,
        model: Model,
        operation: Operation,
    ) -> Result<Extent, Error> {
        if !self.may(model, operation) {
            return Err(Error::Forbidden {
                operation: operation.as_str(),
                model: model.as_str(),
            });
        }
        Ok(self.actor.holder().extent(model, operation))
    }

    /// Whether the actor holds all grants that someone with this profile at this seat would have.
    pub(crate) fn holds_all(&self, profile: &AccessProfile, seat: Seat) -> bool {
        self.actor.holder().holds_all(&profile.grants, seat)
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.services.directory()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.services.now()
    }

    /// The customer that an input means: the one named, if the actor can see it, else the
    /// actor's own. The provider's people have to name one, or it is noted as missing.
    pub(crate) fn customer_of_input(
        &self,
        given: Option<&str>,
        fields: &mut Fields,
    ) -> Result<Option<CustomerId>, Error> {
        let customer = self.customer_of_filter(given)?;
        if customer.is_none() {
            fields.add("customer_id", "required", "name the customer by its id");
        }
        Ok(customer)
    }

    /// The customer that a list is limited to; none: all that the actor can see.
    pub(crate) fn customer_of_filter(
        &self,
        given: Option<&str>,
    ) -> Result<Option<CustomerId>, Error> {
        let own = self.actor.seat.customer;
        let Some(text) = given else {
            return Ok(own);
        };
        text.parse::<CustomerId>()
            .ok()
            .filter(|id| own.is_none_or(|own| own == *id))
            .filter(|id| self.directory().customer(*id).is_some())
            .map(Some)
            .ok_or(Error::NotFound("customer"))
    }

    /// The store's restriction for this actor.
    pub(crate) fn scope(&self) -> store::Scope {
        self.actor
            .seat
            .customer
            .map_or(store::Scope::Provider, store::Scope::Customer)
    }
}
