CREATE TABLE settings (
    key {text} NOT NULL PRIMARY KEY,
    value {text} NOT NULL
)

CREATE TABLE nodes (
    id {id} NOT NULL PRIMARY KEY,
    parent {id} REFERENCES nodes (id),
    kind {text} NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE INDEX nodes_parent ON nodes (parent)

CREATE TABLE customers (
    id {id} NOT NULL PRIMARY KEY REFERENCES nodes (id),
    parent {id} NOT NULL REFERENCES nodes (id),
    name {text} NOT NULL,
    account_name {text} NOT NULL,
    default_site {id} NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE UNIQUE INDEX customers_account_name ON customers (account_name)

CREATE TABLE sites (
    id {id} NOT NULL PRIMARY KEY REFERENCES nodes (id),
    customer {id} NOT NULL REFERENCES customers (id),
    name {text} NOT NULL,
    country {text} NOT NULL,
    time_zone {text} NOT NULL,
    tones {text} NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE INDEX sites_customer ON sites (customer)

CREATE TABLE access_profiles (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} REFERENCES customers (id),
    name {text} NOT NULL,
    description {text} NOT NULL,
    grants {text} NOT NULL,
    version BIGINT NOT NULL
)

CREATE UNIQUE INDEX access_profiles_name ON access_profiles (customer, name)

CREATE UNIQUE INDEX access_profiles_name_standard ON access_profiles (name) WHERE customer IS NULL

CREATE TABLE users (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} REFERENCES customers (id),
    site {id} REFERENCES sites (id),
    username {text} NOT NULL,
    email {text},
    first_name {text} NOT NULL,
    last_name {text},
    role {text} NOT NULL,
    extension {text},
    ring_time_secs BIGINT NOT NULL,
    no_answer {text} NOT NULL,
    busy {text},
    offline {text},
    call_waiting BOOLEAN NOT NULL,
    do_not_disturb BOOLEAN NOT NULL,
    max_calls BIGINT NOT NULL,
    disabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
)

CREATE INDEX users_customer ON users (customer, username)

CREATE INDEX users_site ON users (site)

CREATE TABLE passwords (
    owner {id} NOT NULL PRIMARY KEY,
    hash {text} NOT NULL,
    changed_at BIGINT NOT NULL
)

CREATE TABLE sign_in_names (
    tenant {id} NOT NULL,
    name {text} NOT NULL,
    kind {text} NOT NULL,
    owner {id} NOT NULL,
    PRIMARY KEY (tenant, name)
)

CREATE INDEX sign_in_names_owner ON sign_in_names (owner)

CREATE TABLE numbers (
    customer {id} NOT NULL REFERENCES customers (id),
    number {text} NOT NULL,
    kind {text} NOT NULL,
    owner {id} NOT NULL,
    PRIMARY KEY (customer, number)
)

CREATE INDEX numbers_owner ON numbers (owner)

CREATE TABLE devices (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} NOT NULL REFERENCES customers (id),
    user_id {id} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sip_username {text} NOT NULL,
    sip_password {bytes} NOT NULL,
    mac {text},
    model {text},
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE UNIQUE INDEX devices_sip_username ON devices (sip_username)

CREATE INDEX devices_user ON devices (user_id)

CREATE INDEX devices_customer ON devices (customer)

CREATE TABLE bindings (
    device {id} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    contact {text} NOT NULL,
    user_id {id} NOT NULL,
    customer {id} NOT NULL,
    transport {text} NOT NULL,
    source {text} NOT NULL,
    user_agent {text} NOT NULL,
    expires_at BIGINT NOT NULL,
    rtt_ms BIGINT,
    updated_at BIGINT NOT NULL,
    sip_username {text} NOT NULL,
    call_id {text} NOT NULL,
    cseq BIGINT NOT NULL,
    path {text} NOT NULL,
    instance {text},
    local {text} NOT NULL,
    PRIMARY KEY (device, contact)
)

CREATE INDEX bindings_expires_at ON bindings (expires_at)

CREATE TABLE rooms (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} NOT NULL REFERENCES customers (id),
    number {text} NOT NULL,
    name {text} NOT NULL,
    owner {id} REFERENCES users (id),
    participant_pin {bytes},
    moderator_pin {bytes},
    max_participants BIGINT NOT NULL,
    lobby BOOLEAN NOT NULL,
    lock_on_start BOOLEAN NOT NULL,
    join_muted BOOLEAN NOT NULL,
    webinar BOOLEAN NOT NULL,
    wait_for_moderator BOOLEAN NOT NULL,
    announce {text} NOT NULL,
    music_while_alone BOOLEAN NOT NULL,
    record {text} NOT NULL,
    end_when_moderator_leaves BOOLEAN NOT NULL,
    time_limit_secs BIGINT,
    call_out {text} NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE INDEX rooms_customer ON rooms (customer, number)

CREATE INDEX rooms_owner ON rooms (owner)

CREATE TABLE room_moderators (
    room {id} NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id {id} NOT NULL REFERENCES users (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (room, user_id)
)

CREATE INDEX room_moderators_user ON room_moderators (user_id)

CREATE TABLE conference_managers (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} NOT NULL REFERENCES customers (id),
    extension {text} NOT NULL,
    username {text} NOT NULL,
    all_rooms BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE INDEX conference_managers_customer ON conference_managers (customer, extension)

CREATE TABLE manager_rooms (
    manager {id} NOT NULL REFERENCES conference_managers (id) ON DELETE CASCADE,
    room {id} NOT NULL REFERENCES rooms (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (manager, room)
)

CREATE INDEX manager_rooms_room ON manager_rooms (room)

CREATE TABLE contacts (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} NOT NULL REFERENCES customers (id),
    name {text} NOT NULL,
    target {text} NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
)

CREATE INDEX contacts_customer ON contacts (customer, name)

CREATE TABLE conferences (
    id {id} NOT NULL PRIMARY KEY,
    room {id} NOT NULL,
    customer {id} NOT NULL,
    version BIGINT NOT NULL,
    locked BOOLEAN NOT NULL,
    recording BOOLEAN NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
)

CREATE UNIQUE INDEX conferences_running ON conferences (room) WHERE ended_at IS NULL

CREATE INDEX conferences_customer ON conferences (customer, started_at, id)

CREATE INDEX conferences_room ON conferences (room, started_at, id)

CREATE TABLE participants (
    id {id} NOT NULL PRIMARY KEY,
    conference {id} NOT NULL REFERENCES conferences (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    user_id {id},
    name {text} NOT NULL,
    target {text} NOT NULL,
    role {text} NOT NULL,
    state {text} NOT NULL,
    muted BOOLEAN NOT NULL,
    hand_raised BOOLEAN NOT NULL,
    joined_at BIGINT,
    since BIGINT NOT NULL,
    reason {text}
)

CREATE INDEX participants_conference ON participants (conference, position)

CREATE TABLE call_records (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} NOT NULL,
    version BIGINT NOT NULL,
    state {text} NOT NULL,
    from_user {id},
    from_number {text} NOT NULL,
    from_name {text} NOT NULL,
    to_user {id},
    to_number {text} NOT NULL,
    to_name {text} NOT NULL,
    started_at BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at BIGINT,
    cause {text},
    conference {id},
    legs {text} NOT NULL,
    steps {text} NOT NULL
)

CREATE INDEX call_records_customer ON call_records (customer, started_at, id)

CREATE INDEX call_records_started_at ON call_records (started_at, id)

CREATE INDEX call_records_from_number ON call_records (customer, from_number, started_at)

CREATE INDEX call_records_to_number ON call_records (customer, to_number, started_at)

CREATE INDEX call_records_conference ON call_records (conference)

CREATE TABLE call_users (
    user_id {id} NOT NULL,
    started_at BIGINT NOT NULL,
    call {id} NOT NULL REFERENCES call_records (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, started_at, call)
)

CREATE INDEX call_users_call ON call_users (call)

CREATE TABLE sessions (
    id {id} NOT NULL PRIMARY KEY,
    token_hash {bytes} NOT NULL,
    holder_kind {text} NOT NULL,
    holder {id} NOT NULL,
    customer {id},
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    source {text},
    user_agent {text} NOT NULL
)

CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash)

CREATE INDEX sessions_holder ON sessions (holder)

CREATE INDEX sessions_expires_at ON sessions (expires_at)

CREATE TABLE api_keys (
    id {id} NOT NULL PRIMARY KEY,
    customer {id} REFERENCES customers (id),
    key_hash {bytes} NOT NULL,
    name {text} NOT NULL,
    profile {text} NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT,
    version BIGINT NOT NULL
)

CREATE UNIQUE INDEX api_keys_key_hash ON api_keys (key_hash)

CREATE INDEX api_keys_customer ON api_keys (customer)

CREATE TABLE audit (
    id {id} NOT NULL PRIMARY KEY,
    chain {id} NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind {text} NOT NULL,
    actor {id},
    actor_name {text} NOT NULL,
    door {text} NOT NULL,
    source {text},
    action {text} NOT NULL,
    model {text} NOT NULL,
    subject_id {text} NOT NULL,
    subject_name {text} NOT NULL,
    before_json {text},
    after_json {text},
    hash {bytes} NOT NULL
)

CREATE UNIQUE INDEX audit_chain ON audit (chain, sequence)

CREATE INDEX audit_time ON audit (chain, at, id)

CREATE INDEX audit_at ON audit (at, id)

CREATE INDEX audit_subject ON audit (chain, subject_id, at)

CREATE TABLE audit_heads (
    chain {id} NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash {bytes} NOT NULL,
    seal {bytes} NOT NULL
)

CREATE TABLE idempotency_keys (
    holder {text} NOT NULL,
    key {text} NOT NULL,
    row_id {id} NOT NULL,
    fingerprint {bytes} NOT NULL,
    status BIGINT,
    body {bytes},
    created_at BIGINT NOT NULL,
    PRIMARY KEY (holder, key)
)

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at)

CREATE TABLE jobs (
    id {id} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    customer {id},
    dedupe {text},
    payload {text} NOT NULL,
    state {text} NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT,
    checkpoint {text},
    done BIGINT NOT NULL,
    total BIGINT,
    cancel BOOLEAN NOT NULL,
    result {text},
    error {text},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
)

CREATE INDEX jobs_due ON jobs (state, run_at)

CREATE INDEX jobs_customer ON jobs (customer, created_at, id)

CREATE UNIQUE INDEX jobs_dedupe ON jobs (kind, dedupe) WHERE state IN ('waiting', 'running')

CREATE TABLE schedules (
    name {text} NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL
)
