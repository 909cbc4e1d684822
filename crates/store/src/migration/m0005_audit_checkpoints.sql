CREATE TABLE audit_checkpoints (
    chain {id} NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash {bytes} NOT NULL,
    seal {bytes} NOT NULL
)
