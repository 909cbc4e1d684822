DROP INDEX bindings_expires_at

ALTER TABLE bindings RENAME TO bindings_by_contact

CREATE TABLE bindings (
    device {id} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
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
    reg_id BIGINT,
    local {text} NOT NULL,
    PRIMARY KEY (device, position)
)

INSERT INTO bindings (device, position, contact, user_id, customer, transport, source, user_agent,
    expires_at, rtt_ms, updated_at, sip_username, call_id, cseq, path, instance, local)
SELECT device, ROW_NUMBER() OVER (PARTITION BY device ORDER BY contact) - 1, contact, user_id,
    customer, transport, source, user_agent, expires_at, rtt_ms, updated_at, sip_username, call_id,
    cseq, path, instance, local
FROM bindings_by_contact

DROP TABLE bindings_by_contact

CREATE INDEX bindings_expires_at ON bindings (expires_at)

CREATE INDEX call_records_running ON call_records (id) WHERE ended_at IS NULL
