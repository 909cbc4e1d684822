//! Rows as the ORM sees them: one module a table, columns as in `migration/`.
//!
//! Times are nanoseconds since 1970 UTC, so that what is read is what was written.

macro_rules! table {
    ($(#[$derive:meta])* $module:ident = $table:literal { $($body:tt)* }) => {
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            $(#[$derive])*
            #[sea_orm(table_name = $table)]
            pub struct Model { $($body)* }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(setting = "settings" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub value: String,
});

table!(node = "nodes" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub parent: Option<Uuid>,
    pub kind: String,
    pub created_at: i64,
});

table!(customer = "customers" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub parent: Uuid,
    pub name: String,
    pub account_name: String,
    pub default_site: Uuid,
    pub version: i64,
    pub created_at: i64,
});

table!(site = "sites" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Uuid,
    pub name: String,
    pub country: String,
    pub time_zone: String,
    pub tones: String,
    pub version: i64,
    pub created_at: i64,
});

table!(access_profile = "access_profiles" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Option<Uuid>,
    pub name: String,
    pub description: String,
    pub grants: String,
    pub version: i64,
});

table!(user = "users" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Option<Uuid>,
    pub site: Option<Uuid>,
    pub username: String,
    pub email: Option<String>,
    pub first_name: String,
    pub last_name: Option<String>,
    pub role: String,
    pub extension: Option<String>,
    pub ring_time_secs: i64,
    pub no_answer: String,
    pub busy: Option<String>,
    pub offline: Option<String>,
    pub call_waiting: bool,
    pub do_not_disturb: bool,
    pub max_calls: i64,
    pub disabled: bool,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
});

table!(password = "passwords" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner: Uuid,
    pub hash: String,
    pub changed_at: i64,
});

table!(sign_in_name = "sign_in_names" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub kind: String,
    pub owner: Uuid,
});

table!(number = "numbers" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: String,
    pub kind: String,
    pub owner: Uuid,
});

table!(device = "devices" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Uuid,
    pub user_id: Uuid,
    pub sip_username: String,
    pub sip_password: Vec<u8>,
    pub mac: Option<String>,
    pub model: Option<String>,
    pub version: i64,
    pub created_at: i64,
});

table!(binding = "bindings" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub device: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub contact: String,
    pub user_id: Uuid,
    pub customer: Uuid,
    pub transport: String,
    pub source: String,
    pub user_agent: String,
    pub expires_at: i64,
    pub rtt_ms: Option<i64>,
    pub updated_at: i64,
    pub sip_username: String,
    pub call_id: String,
    pub cseq: i64,
    pub path: String,
    pub instance: Option<String>,
    pub reg_id: Option<i64>,
    pub local: String,
    pub q: Option<i64>,
});

table!(room = "rooms" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Uuid,
    pub number: String,
    pub name: String,
    pub owner: Option<Uuid>,
    pub participant_pin: Option<Vec<u8>>,
    pub moderator_pin: Option<Vec<u8>>,
    pub max_participants: i64,
    pub lobby: bool,
    pub lock_on_start: bool,
    pub join_muted: bool,
    pub webinar: bool,
    pub wait_for_moderator: bool,
    pub announce: String,
    pub music_while_alone: bool,
    pub record: String,
    pub end_when_moderator_leaves: bool,
    pub time_limit_secs: Option<i64>,
    pub call_out: String,
    pub version: i64,
    pub created_at: i64,
});

table!(room_moderator = "room_moderators" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub room: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub position: i64,
});

table!(conference_manager = "conference_managers" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Uuid,
    pub extension: String,
    pub username: String,
    pub all_rooms: bool,
    pub disabled: bool,
    pub version: i64,
    pub created_at: i64,
});

table!(manager_room = "manager_rooms" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub manager: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub room: Uuid,
    pub position: i64,
});

table!(contact = "contacts" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Uuid,
    pub name: String,
    pub target: String,
    pub version: i64,
    pub created_at: i64,
});

table!(
    #[derive(serde::Serialize, serde::Deserialize)]
    conference = "conferences" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub room: Uuid,
    pub customer: Uuid,
    pub version: i64,
    pub locked: bool,
    pub recording: bool,
    pub started_at: i64,
    pub ended_at: Option<i64>,
});

table!(
    #[derive(serde::Serialize, serde::Deserialize)]
    participant = "participants" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub conference: Uuid,
    pub position: i64,
    pub user_id: Option<Uuid>,
    pub name: String,
    pub target: String,
    pub role: String,
    pub state: String,
    pub muted: bool,
    pub hand_raised: bool,
    pub joined_at: Option<i64>,
    pub since: i64,
    pub reason: Option<String>,
});

table!(
    #[derive(serde::Serialize, serde::Deserialize)]
    recording = "recordings" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub conference: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub customer: Uuid,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub failure: Option<String>,
    pub deleted_at: Option<i64>,
});

table!(
    #[derive(serde::Serialize, serde::Deserialize)]
    call_record = "call_records" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Uuid,
    pub version: i64,
    pub state: String,
    pub from_user: Option<Uuid>,
    pub from_number: String,
    pub from_name: String,
    pub to_user: Option<Uuid>,
    pub to_number: String,
    pub to_name: String,
    pub started_at: i64,
    pub answered_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub cause: Option<String>,
    pub conference: Option<Uuid>,
    pub legs: String,
    pub steps: String,
});

table!(
    #[derive(serde::Serialize, serde::Deserialize)]
    call_user = "call_users" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub started_at: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub call: Uuid,
});

table!(session = "sessions" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub token_hash: Vec<u8>,
    pub holder_kind: String,
    pub holder: Uuid,
    pub customer: Option<Uuid>,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
    pub source: Option<String>,
    pub user_agent: String,
});

table!(api_key = "api_keys" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer: Option<Uuid>,
    pub key_hash: Vec<u8>,
    pub name: String,
    pub profile: String,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub version: i64,
});

table!(audit = "audit" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub chain: Uuid,
    pub sequence: i64,
    pub at: i64,
    pub actor_kind: String,
    pub actor: Option<Uuid>,
    pub actor_name: String,
    pub door: String,
    pub source: Option<String>,
    pub action: String,
    pub model: String,
    pub subject_id: String,
    pub subject_name: String,
    pub before_json: Option<String>,
    pub after_json: Option<String>,
    pub hash: Vec<u8>,
});

table!(audit_head = "audit_heads" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: Uuid,
    pub sequence: i64,
    pub hash: Vec<u8>,
    pub seal: Vec<u8>,
});

table!(audit_checkpoint = "audit_checkpoints" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: Uuid,
    pub sequence: i64,
    pub hash: Vec<u8>,
    pub seal: Vec<u8>,
});

table!(idempotency_key = "idempotency_keys" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub row_id: Uuid,
    pub fingerprint: Vec<u8>,
    pub status: Option<i64>,
    pub body: Option<Vec<u8>>,
    pub created_at: i64,
});

table!(job = "jobs" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub customer: Option<Uuid>,
    pub dedupe: Option<String>,
    pub payload: String,
    pub state: String,
    pub run_at: i64,
    pub attempts: i64,
    pub fence: i64,
    pub lease_until: Option<i64>,
    pub checkpoint: Option<String>,
    pub done: i64,
    pub total: Option<i64>,
    pub cancel: bool,
    pub result: Option<String>,
    pub error: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
});

table!(schedule = "schedules" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub next_at: i64,
});
