CREATE TABLE recordings (
    conference {id} NOT NULL REFERENCES conferences (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    customer {id} NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    failure {text},
    deleted_at BIGINT,
    PRIMARY KEY (conference, number)
)

CREATE INDEX recordings_failed ON recordings (customer) WHERE failure IS NOT NULL
