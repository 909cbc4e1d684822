//! What uses a user or a room: shown before a deletion, which is refused while there are any.

use model::{CustomerId, RoomId, UserId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    StoreError,
    entity::{conference_manager, manager_room, room, room_moderator, user},
};

/// How it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UseKind {
    /// A room belongs to the user.
    RoomOwner,
    /// The user moderates a room.
    RoomModerator,
    /// Another user's calls are forwarded to its number.
    ForwardingTarget,
    /// A conference manager account has the extension, or runs the room.
    ConferenceManager,
}

impl UseKind {
    /// Its name in API and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoomOwner => "room_owner",
            Self::RoomModerator => "room_moderator",
            Self::ForwardingTarget => "forwarding_target",
            Self::ConferenceManager => "conference_manager",
        }
    }
}

/// One use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// How.
    pub kind: UseKind,
    /// Id of the room, user or manager that uses it.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Use {
    fn new(kind: UseKind, id: Uuid, name: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.as_hyphenated().to_string(),
            name: name.into(),
        }
    }
}

pub(super) async fn of_user(
    conn: &impl ConnectionTrait,
    customer: CustomerId,
    user: UserId,
) -> Result<Vec<Use>, StoreError> {
    let mut uses = Vec::new();
    let rooms = || room::Entity::find().filter(room::Column::Customer.eq(customer.uuid()));
    let owned = rooms().filter(room::Column::Owner.eq(user.uuid()));
    for row in owned.all(conn).await? {
        uses.push(Use::new(UseKind::RoomOwner, row.id, row.name));
    }
    let moderated = room_moderator::Entity::find()
        .filter(room_moderator::Column::UserId.eq(user.uuid()))
        .all(conn)
        .await?;
    let moderated = rooms().filter(room::Column::Id.is_in(moderated.iter().map(|row| row.room)));
    for row in moderated.all(conn).await? {
        uses.push(Use::new(UseKind::RoomModerator, row.id, row.name));
    }
    let extension = user::Entity::find_by_id(user.uuid())
        .filter(user::Column::Customer.eq(customer.uuid()))
        .one(conn)
        .await?
        .and_then(|row| row.extension);
    if let Some(extension) = extension {
        let target = format!("extension:{extension}");
        uses.extend(forwardings(conn, customer, &target, Some(user)).await?);
        let managers = conference_manager::Entity::find()
            .filter(conference_manager::Column::Customer.eq(customer.uuid()))
            .filter(conference_manager::Column::Extension.eq(extension));
        for row in managers.all(conn).await? {
            uses.push(Use::new(UseKind::ConferenceManager, row.id, row.username));
        }
    }
    Ok(uses)
}

pub(super) async fn of_room(
    conn: &impl ConnectionTrait,
    customer: CustomerId,
    room: RoomId,
) -> Result<Vec<Use>, StoreError> {
    let row = room::Entity::find_by_id(room.uuid())
        .filter(room::Column::Customer.eq(customer.uuid()))
        .one(conn)
        .await?;
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let target = format!("conference:{}", row.number);
    let mut uses = forwardings(conn, customer, &target, None).await?;
    let assigned = manager_room::Entity::find()
        .filter(manager_room::Column::Room.eq(room.uuid()))
        .all(conn)
        .await?;
    let managers = conference_manager::Entity::find()
        .filter(conference_manager::Column::Customer.eq(customer.uuid()))
        .filter(conference_manager::Column::Id.is_in(assigned.iter().map(|row| row.manager)));
    for row in managers.all(conn).await? {
        uses.push(Use::new(UseKind::ConferenceManager, row.id, row.username));
    }
    Ok(uses)
}

/// Users whose calls go to that destination, but for `except` themselves.
async fn forwardings(
    conn: &impl ConnectionTrait,
    customer: CustomerId,
    target: &str,
    except: Option<UserId>,
) -> Result<Vec<Use>, StoreError> {
    let mut found = user::Entity::find()
        .filter(user::Column::Customer.eq(customer.uuid()))
        .filter(
            Condition::any()
                .add(user::Column::NoAnswer.eq(target))
                .add(user::Column::Busy.eq(target))
                .add(user::Column::Offline.eq(target)),
        );
    if let Some(except) = except {
        found = found.filter(user::Column::Id.ne(except.uuid()));
    }
    let rows = found.all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let name = match row.last_name {
                Some(last) => format!("{} {last}", row.first_name),
                None => row.first_name,
            };
            Use::new(UseKind::ForwardingTarget, row.id, name)
        })
        .collect())
}
