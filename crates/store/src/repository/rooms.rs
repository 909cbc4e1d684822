//! Conference rooms; their PINs are encrypted at rest.

use std::collections::HashMap;

use model::{CustomerId, DisplayName, Extension, Pin, Room, RoomId, UserId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder,
    sea_query::Func,
};
use uuid::Uuid;

use super::{Rooms, Use, numbers, rows, uses};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{self, Table, nanoseconds, signed, to_json},
    entity::{room as entity, room_moderator},
    key::{self, Place},
    list::{Sort, SortKey, page},
    store::{Shared, sealed::Linked},
};

/// What lists of rooms are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RoomSort {
    /// The internal number, as text.
    #[default]
    Number,
    /// As people call it.
    Name,
    /// When it was made.
    CreatedAt,
}

const TABLE: Table = Table("rooms");

const fn place(column: &'static str, row: Uuid) -> Place {
    Place {
        table: "rooms",
        column,
        row,
    }
}

fn to_row(shared: &Shared, room: &Room, version: u64) -> Result<entity::Model, StoreError> {
    let id = room.id.uuid();
    let seal = |column, pin: &Option<Pin>| {
        pin.as_ref()
            .map(|pin| shared.seal(place(column, id), pin.as_str()))
            .transpose()
    };
    Ok(entity::Model {
        id,
        customer: room.customer.uuid(),
        number: room.number.to_string(),
        name: room.name.to_string(),
        owner: room.owner.map(UserId::uuid),
        participant_pin: seal("participant_pin", &room.participant_pin)?,
        moderator_pin: seal("moderator_pin", &room.moderator_pin)?,
        max_participants: room.max_participants.into(),
        lobby: room.lobby,
        lock_on_start: room.lock_on_start,
        join_muted: room.join_muted,
        webinar: room.webinar,
        wait_for_moderator: room.wait_for_moderator,
        announce: codec::announce(room.announce).to_owned(),
        music_while_alone: room.music_while_alone,
        record: codec::record_policy(room.record).to_owned(),
        end_when_moderator_leaves: room.end_when_moderator_leaves,
        time_limit_secs: room.time_limit_secs.map(i64::from),
        call_out: to_json(&room.call_out),
        version: signed(version),
        created_at: nanoseconds(room.created_at),
    })
}

fn from_row(
    shared: &Shared,
    row: entity::Model,
    moderators: Vec<UserId>,
) -> Result<Room, StoreError> {
    let open = |column, sealed: Option<Vec<u8>>| {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let plain = key::open(&shared.key, place(column, row.id), &sealed)?;
        TABLE.parse(column, plain.expose(), Pin::parse).map(Some)
    };
    let participant_pin = open("participant_pin", row.participant_pin)?;
    let moderator_pin = open("moderator_pin", row.moderator_pin)?;
    let seconds = |value| TABLE.count("time_limit_secs", value);
    Ok(Room {
        id: RoomId::from_uuid(row.id),
        customer: CustomerId::from_uuid(row.customer),
        number: TABLE.parse("number", &row.number, Extension::parse)?,
        name: TABLE.parse("name", &row.name, DisplayName::parse)?,
        owner: row.owner.map(UserId::from_uuid),
        moderators,
        participant_pin,
        moderator_pin,
        max_participants: TABLE.count("max_participants", row.max_participants)?,
        lobby: row.lobby,
        lock_on_start: row.lock_on_start,
        join_muted: row.join_muted,
        webinar: row.webinar,
        wait_for_moderator: row.wait_for_moderator,
        announce: TABLE.name("announce", &row.announce, codec::announce_from)?,
        music_while_alone: row.music_while_alone,
        record: TABLE.name("record", &row.record, codec::record_policy_from)?,
        end_when_moderator_leaves: row.end_when_moderator_leaves,
        time_limit_secs: row.time_limit_secs.map(seconds).transpose()?,
        call_out: TABLE.json("call_out", &row.call_out)?,
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
    })
}

/// Adds to each row its moderators.
pub(super) async fn with_moderators(
    conn: &impl ConnectionTrait,
    shared: &Shared,
    found: Vec<entity::Model>,
) -> Result<Vec<Room>, StoreError> {
    let mut moderators: HashMap<Uuid, Vec<UserId>> = HashMap::new();
    for chunk in found.chunks(500) {
        let rows = room_moderator::Entity::find()
            .filter(room_moderator::Column::Room.is_in(chunk.iter().map(|row| row.id)))
            .order_by_asc(room_moderator::Column::Position)
            .all(conn)
            .await?;
        for row in rows {
            let users = moderators.entry(row.room).or_default();
            users.push(UserId::from_uuid(row.user_id));
        }
    }
    found
        .into_iter()
        .map(|row| {
            let moderators = moderators.remove(&row.id).unwrap_or_default();
            from_row(shared, row, moderators)
        })
        .collect()
}

fn which(scope: Scope, room: RoomId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(room.uuid()))
}

fn sort(by: RoomSort) -> Sort<entity::Model> {
    let id = |row: &entity::Model| row.id;
    match by {
        RoomSort::Number => Sort {
            expr: entity::Column::Number.into_simple_expr(),
            numeric: false,
            key: |row| SortKey::Text(row.number.clone()),
            id,
        },
        RoomSort::Name => Sort {
            expr: Func::lower(entity::Column::Name.into_simple_expr()).into(),
            numeric: false,
            key: |row| SortKey::Text(row.name.to_ascii_lowercase()),
            id,
        },
        RoomSort::CreatedAt => Sort {
            expr: entity::Column::CreatedAt.into_simple_expr(),
            numeric: true,
            key: |row| SortKey::Number(row.created_at),
            id,
        },
    }
}

impl<A: Access> Rooms<'_, A> {
    /// One room.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, scope: Scope, room: RoomId) -> Result<Option<Room>, StoreError> {
        let row = entity::Entity::find()
            .filter(which(scope, room))
            .all(self.0.link())
            .await?;
        let mut rooms = with_moderators(self.0.link(), self.0.shared(), row).await?;
        Ok(rooms.pop())
    }

    /// A page of rooms.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<RoomSort>,
    ) -> Result<Page<Room>, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        let found = page(
            self.0.link(),
            select,
            entity::Column::Id,
            sort(list.sort),
            list,
        )
        .await?;
        Ok(Page {
            items: with_moderators(self.0.link(), self.0.shared(), found.items).await?,
            next: found.next,
        })
    }

    /// How many rooms.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        rows::count(self.0.link(), select).await
    }

    /// What would break if the room went. In a [`Tx`] no use can be added before it ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn uses(&self, customer: CustomerId, room: RoomId) -> Result<Vec<Use>, StoreError> {
        self.0.lock_customer(customer).await?;
        uses::of_room(self.0.link(), customer, room).await
    }
}

impl Rooms<'_, Tx> {
    /// Adds a room with its number and moderators.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `number`; [`StoreError::InUse`] if the owner or a moderator is
    /// gone.
    pub async fn insert(&self, room: &Room) -> Result<(), StoreError> {
        self.0.lock_customer(room.customer).await?;
        let row = to_row(self.0.shared(), room, room.version)?;
        rows::insert(self.0.link(), row).await?;
        self.claim(room).await
    }

    /// Changes a room that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`], and as for [`Rooms::insert`].
    pub async fn update(&self, room: &mut Room) -> Result<(), StoreError> {
        self.0.lock_customer(room.customer).await?;
        let row = to_row(self.0.shared(), room, room.version + 1)?;
        let which = which(Scope::Customer(room.customer), room.id);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            room.version,
        )
        .await?;
        numbers::release(self.0.link(), room.id.uuid()).await?;
        room_moderator::Entity::delete_many()
            .filter(room_moderator::Column::Room.eq(room.id.uuid()))
            .exec(self.0.link())
            .await?;
        self.claim(room).await?;
        room.version += 1;
        Ok(())
    }

    async fn claim(&self, room: &Room) -> Result<(), StoreError> {
        numbers::claim(self.0.link(), numbers::of_room(room), "number").await?;
        let moderators = room
            .moderators
            .iter()
            .zip(0..)
            .map(|(user, position)| room_moderator::Model {
                room: room.id.uuid(),
                user_id: user.uuid(),
                position,
            })
            .collect();
        rows::insert_many(self.0.link(), moderators).await
    }

    /// Removes a room; its past conferences stay readable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while a manager is limited to it.
    pub async fn delete(&self, scope: Scope, room: RoomId) -> Result<(), StoreError> {
        if let Scope::Customer(customer) = scope {
            self.0.lock_customer(customer).await?;
        }
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, room)).await?;
        numbers::release(self.0.link(), room.uuid()).await
    }
}
