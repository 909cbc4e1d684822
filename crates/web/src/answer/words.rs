//! Schemas of the fields that are one of a few words, so that clients get them as a closed type.

use model::{CallState, Door, Model, Operation, RecordingFailure, Scope};
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .build()
}

fn one_of_or_null<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    let words = words.into_iter().map(serde_json::Value::from);
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .enum_values(Some(words.chain([serde_json::Value::Null])))
        .build()
}

const PRESENCE: [&str; 6] = [
    "available",
    "ringing",
    "on_call",
    "do_not_disturb",
    "offline",
    "disabled",
];

/// What a user is doing.
pub(crate) fn presence() -> Object {
    one_of(PRESENCE)
}

/// The same where there may be none.
pub(crate) fn presence_or_null() -> Object {
    one_of_or_null(PRESENCE)
}

/// Where a call goes.
pub(crate) fn destination() -> Object {
    one_of(["extension", "conference", "hangup"])
}

/// Call progress tones.
pub(crate) fn tones() -> Object {
    one_of(["europe", "north_america", "united_kingdom"])
}

/// What is heard when someone joins or leaves.
pub(crate) fn announce() -> Object {
    one_of(["tone", "none"])
}

/// When a conference is recorded.
pub(crate) fn record() -> Object {
    one_of(["off", "on_demand", "always"])
}

/// Whether a room is in use.
pub(crate) fn room_state() -> Object {
    one_of(["idle", "running"])
}

/// Whether a conference goes on.
pub(crate) fn conference_state() -> Object {
    one_of(["running", "ended"])
}

/// What someone may do in a conference.
pub(crate) fn conference_role() -> Object {
    one_of(["owner", "moderator", "operator", "participant", "guest"])
}

/// Where a participant is.
pub(crate) fn participant_state() -> Object {
    one_of([
        "calling",
        "ringing",
        "lobby",
        "joined",
        "busy",
        "no_answer",
        "failed",
        "left",
        "kicked",
    ])
}

/// What became of a recording.
pub(crate) fn recording_state() -> Object {
    one_of(["recording", "finished", "failed"])
}

/// Why a recording failed, where it did.
pub(crate) fn recording_failure_or_null() -> Object {
    one_of_or_null(RecordingFailure::ALL.iter().map(|failure| failure.as_str()))
}

/// Where a call or a leg is.
pub(crate) fn call_state() -> Object {
    one_of(CallState::ALL.iter().map(|state| state.as_str()))
}

/// Who began a leg.
pub(crate) fn direction() -> Object {
    one_of(["inbound", "outbound"])
}

/// A step of a plan.
pub(crate) fn step_action() -> Object {
    one_of(["ring", "conference", "hang_up"])
}

/// A model, or all of them.
pub(crate) fn grant_model() -> Object {
    one_of(Model::ALL.iter().map(|model| model.as_str()).chain(["*"]))
}

/// An operation, or all of them.
pub(crate) fn grant_operation() -> Object {
    let names = Operation::ALL.iter().map(|operation| operation.as_str());
    one_of(names.chain(["*"]))
}

/// How far a grant reaches.
pub(crate) fn grant_scope() -> Object {
    one_of(Scope::ALL.iter().map(|scope| scope.as_str()))
}

/// A model.
pub(crate) fn model_name() -> Object {
    one_of(Model::ALL.iter().map(|model| model.as_str()))
}

/// The door an act came through.
pub(crate) fn door() -> Object {
    one_of(Door::ALL.iter().map(|door| door.as_str()))
}

/// What kind of actor it is.
pub(crate) fn actor_kind() -> Object {
    one_of(["user", "conference_manager", "api_key", "phone", "system"])
}

/// Where an entry of the phone book comes from.
pub(crate) fn phone_book_kind() -> Object {
    one_of(["user", "contact"])
}
