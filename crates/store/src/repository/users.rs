//! People, with what must go along with them: sign-in names, numbers, passwords.

use model::{
    CustomerId, Device, DisplayName, Email, Extension, Features, SiteId, Timestamp, User, UserId,
    Username,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, Select,
    sea_query::{Expr, Func, LikeExpr},
};

use super::{Use, Users, devices, numbers, rows, sign_in_names, uses};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{self, Table, nanoseconds, signed},
    entity::{password, session, user as entity},
    list::{Sort, SortKey, like_part, page},
    store::sealed::Linked,
};

/// What lists of users are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserSort {
    /// The name to sign in with.
    #[default]
    Username,
    /// First, then last name.
    Name,
    /// The address; those without one first.
    Email,
    /// The number as text; those without one first.
    Extension,
    /// The access profile's name.
    Role,
    /// When the user was made.
    CreatedAt,
}

/// Which users.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// Of this site.
    pub site: Option<SiteId>,
    /// With this access profile.
    pub role: Option<String>,
    /// Part of a name, address, username or extension.
    pub q: Option<String>,
}

/// A user to insert with many others.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// The person.
    pub user: User,
    /// A first phone.
    pub device: Option<Device>,
    /// Hash of the password to sign in with.
    pub password_hash: Option<String>,
}

const TABLE: Table = Table("users");

pub(super) fn to_row(user: &User, version: u64) -> entity::Model {
    let features = &user.features;
    entity::Model {
        id: user.id.uuid(),
        customer: user.customer.map(CustomerId::uuid),
        site: user.site.map(SiteId::uuid),
        username: user.username.to_string(),
        email: user.email.as_ref().map(Email::to_string),
        first_name: user.first_name.to_string(),
        last_name: user.last_name.as_ref().map(DisplayName::to_string),
        role: user.role.clone(),
        extension: user.extension.as_ref().map(Extension::to_string),
        ring_time_secs: features.ring_time_secs.into(),
        no_answer: codec::destination(&features.no_answer),
        busy: features.busy.as_ref().map(codec::destination),
        offline: features.offline.as_ref().map(codec::destination),
        call_waiting: features.call_waiting,
        do_not_disturb: features.do_not_disturb,
        max_calls: user.max_calls.into(),
        disabled: user.disabled,
        version: signed(version),
        created_at: nanoseconds(user.created_at),
        updated_at: nanoseconds(user.updated_at),
    }
}

pub(super) fn from_row(row: entity::Model) -> Result<User, StoreError> {
    let destination = codec::destination_from;
    Ok(User {
        id: UserId::from_uuid(row.id),
        customer: row.customer.map(CustomerId::from_uuid),
        site: row.site.map(SiteId::from_uuid),
        username: TABLE.parse("username", &row.username, Username::parse)?,
        email: TABLE.parse_some("email", row.email.as_deref(), Email::parse)?,
        first_name: TABLE.parse("first_name", &row.first_name, DisplayName::parse)?,
        last_name: TABLE.parse_some("last_name", row.last_name.as_deref(), DisplayName::parse)?,
        role: row.role,
        extension: TABLE.parse_some("extension", row.extension.as_deref(), Extension::parse)?,
        features: Features {
            ring_time_secs: TABLE.count("ring_time_secs", row.ring_time_secs)?,
            no_answer: TABLE.parse("no_answer", &row.no_answer, destination)?,
            busy: TABLE.parse_some("busy", row.busy.as_deref(), destination)?,
            offline: TABLE.parse_some("offline", row.offline.as_deref(), destination)?,
            call_waiting: row.call_waiting,
            do_not_disturb: row.do_not_disturb,
        },
        max_calls: TABLE.count("max_calls", row.max_calls)?,
        disabled: row.disabled,
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
        updated_at: TABLE.time("updated_at", row.updated_at)?,
    })
}

fn which(scope: Scope, user: UserId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(user.uuid()))
}

fn select(scope: Scope, filter: &UserFilter) -> Select<entity::Entity> {
    let mut found = entity::Entity::find().filter(scope.on(entity::Column::Customer));
    if let Some(site) = filter.site {
        found = found.filter(entity::Column::Site.eq(site.uuid()));
    }
    if let Some(role) = &filter.role {
        found = found.filter(entity::Column::Role.eq(role));
    }
    if let Some(q) = &filter.q {
        let part = LikeExpr::new(like_part(q)).escape('\\');
        let any = [
            entity::Column::FirstName,
            entity::Column::LastName,
            entity::Column::Email,
            entity::Column::Username,
            entity::Column::Extension,
        ]
        .into_iter()
        .fold(Condition::any(), |any, column| {
            any.add(Expr::expr(Func::lower(column.into_simple_expr())).like(part.clone()))
        });
        found = found.filter(any);
    }
    found
}

fn fold(text: &str) -> SortKey {
    SortKey::Text(text.to_ascii_lowercase())
}

fn folded(column: entity::Column) -> Expr {
    Func::lower(Func::coalesce([column.into_simple_expr(), Expr::val("")])).into()
}

fn sort(by: UserSort) -> Sort<entity::Model> {
    let text = |column, key: fn(&entity::Model) -> SortKey| Sort {
        expr: folded(column),
        numeric: false,
        key,
        id: |row: &entity::Model| row.id,
    };
    match by {
        UserSort::Username => text(entity::Column::Username, |row| fold(&row.username)),
        UserSort::Name => text(entity::Column::FirstName, |row| fold(&row.first_name)),
        UserSort::Email => text(entity::Column::Email, |row| {
            fold(row.email.as_deref().unwrap_or(""))
        }),
        UserSort::Extension => text(entity::Column::Extension, |row| {
            fold(row.extension.as_deref().unwrap_or(""))
        }),
        UserSort::Role => text(entity::Column::Role, |row| fold(&row.role)),
        UserSort::CreatedAt => Sort {
            expr: entity::Column::CreatedAt.into_simple_expr(),
            numeric: true,
            key: |row| SortKey::Number(row.created_at),
            id: |row| row.id,
        },
    }
}

impl<A: Access> Users<'_, A> {
    /// One user.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, scope: Scope, user: UserId) -> Result<Option<User>, StoreError> {
        let found = entity::Entity::find().filter(which(scope, user));
        found.one(self.0.link()).await?.map(from_row).transpose()
    }

    /// A page of users.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        filter: &UserFilter,
        list: &List<UserSort>,
    ) -> Result<Page<User>, StoreError> {
        let select = select(scope, filter);
        page(
            self.0.link(),
            select,
            entity::Column::Id,
            sort(list.sort),
            list,
        )
        .await?
        .try_map(from_row)
    }

    /// How many users.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope, filter: &UserFilter) -> Result<u64, StoreError> {
        rows::count(self.0.link(), select(scope, filter)).await
    }

    /// The hash of the user's password, if one is set.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn password_hash(&self, user: UserId) -> Result<Option<String>, StoreError> {
        let row = password::Entity::find_by_id(user.uuid());
        Ok(row.one(self.0.link()).await?.map(|row| row.hash))
    }

    /// What would break if the user went. In a [`Tx`] no use can be added before it ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn uses(&self, customer: CustomerId, user: UserId) -> Result<Vec<Use>, StoreError> {
        self.0.lock_customer(customer).await?;
        uses::of_user(self.0.link(), customer, user).await
    }
}

impl Users<'_, Tx> {
    /// Adds a user with their sign-in names and number.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `username`, `email` or `extension`; [`StoreError::InUse`] if the
    /// customer or site is gone.
    pub async fn insert(&self, user: &User) -> Result<(), StoreError> {
        if let Some(customer) = user.customer {
            self.0.lock_customer(customer).await?;
        }
        rows::insert(self.0.link(), to_row(user, user.version)).await?;
        self.claim(user).await
    }

    /// Adds many users, for imports and benchmarks: a few statements for all.
    ///
    /// # Errors
    /// As for [`Users::insert`], without telling which row.
    pub async fn insert_many(&self, users: &[UserRow]) -> Result<(), StoreError> {
        let link = self.0.link();
        let people = || users.iter().map(|row| &row.user);
        rows::insert_many(
            link,
            people().map(|user| to_row(user, user.version)).collect(),
        )
        .await?;
        let names = people().flat_map(sign_in_names::of_user).collect();
        rows::insert_many(link, names).await?;
        let numbers = people().filter_map(numbers::of_user).collect();
        rows::insert_many(link, numbers).await?;
        let passwords = users
            .iter()
            .filter_map(|row| {
                Some(password::Model {
                    owner: row.user.id.uuid(),
                    hash: row.password_hash.clone()?,
                    changed_at: nanoseconds(row.user.created_at),
                })
            })
            .collect();
        rows::insert_many(link, passwords).await?;
        let mut phones = Vec::new();
        for device in users.iter().filter_map(|row| row.device.as_ref()) {
            phones.push(devices::to_row(self.0.shared(), device, device.version)?);
        }
        rows::insert_many(link, phones).await
    }

    /// Changes a user that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`], and as for [`Users::insert`].
    pub async fn update(&self, user: &mut User) -> Result<(), StoreError> {
        if let Some(customer) = user.customer {
            self.0.lock_customer(customer).await?;
        }
        let which = Scope::exactly(user.customer, entity::Column::Customer)
            .add(entity::Column::Id.eq(user.id.uuid()));
        let row = to_row(user, user.version + 1);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            user.version,
        )
        .await?;
        sign_in_names::release(self.0.link(), user.id.uuid()).await?;
        numbers::release(self.0.link(), user.id.uuid()).await?;
        self.claim(user).await?;
        user.version += 1;
        Ok(())
    }

    /// Gives everyone of a customer who has one role another; counts their versions up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn change_role(
        &self,
        customer: CustomerId,
        (from, to): (&str, &str),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        entity::Entity::update_many()
            .col_expr(entity::Column::Role, Expr::val(to))
            .col_expr(entity::Column::UpdatedAt, Expr::val(nanoseconds(at)))
            .col_expr(
                entity::Column::Version,
                Expr::col(entity::Column::Version).add(1),
            )
            .filter(entity::Column::Customer.eq(customer.uuid()))
            .filter(entity::Column::Role.eq(from))
            .exec(self.0.link())
            .await?;
        Ok(())
    }

    async fn claim(&self, user: &User) -> Result<(), StoreError> {
        for (name, field) in sign_in_names::of_user(user)
            .into_iter()
            .zip(["username", "email"])
        {
            sign_in_names::claim(self.0.link(), name, field).await?;
        }
        if let Some(number) = numbers::of_user(user) {
            numbers::claim(self.0.link(), number, "extension").await?;
        }
        Ok(())
    }

    /// Sets or replaces the hash of the user's password.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn set_password_hash(
        &self,
        user: UserId,
        hash: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        set_password(self.0, user.uuid(), hash, at).await
    }

    /// Removes a user with devices, bindings, sessions, password, names and numbers.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while the user owns or moderates a room.
    pub async fn delete(&self, scope: Scope, user: UserId) -> Result<(), StoreError> {
        if let Scope::Customer(customer) = scope {
            self.0.lock_customer(customer).await?;
        }
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, user)).await?;
        forget_sign_in(self.0, user.uuid()).await?;
        numbers::release(self.0.link(), user.uuid()).await
    }
}

/// Sets the password of a user or manager.
pub(super) async fn set_password(
    tx: &Tx,
    owner: uuid::Uuid,
    hash: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    password::Entity::delete_by_id(owner)
        .exec(tx.link())
        .await?;
    let row = password::Model {
        owner,
        hash: hash.to_owned(),
        changed_at: nanoseconds(at),
    };
    rows::insert(tx.link(), row).await
}

/// Removes names, password and sessions of a user or manager that is gone.
pub(super) async fn forget_sign_in(tx: &Tx, owner: uuid::Uuid) -> Result<(), StoreError> {
    sign_in_names::release(tx.link(), owner).await?;
    password::Entity::delete_by_id(owner)
        .exec(tx.link())
        .await?;
    session::Entity::delete_many()
        .filter(session::Column::Holder.eq(owner))
        .exec(tx.link())
        .await?;
    Ok(())
}
