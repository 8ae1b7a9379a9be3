CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE listings (
    index_url TEXT NOT NULL,
    project TEXT NOT NULL,
    fetched_at BIGINT NOT NULL,
    format INTEGER NOT NULL,
    etag TEXT,
    payload BLOB,
    PRIMARY KEY (index_url, project)
);

CREATE TABLE metadata (
    index_url TEXT NOT NULL,
    artifact TEXT NOT NULL,
    fetched_at BIGINT NOT NULL,
    format INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (index_url, artifact)
);

CREATE TABLE derived (
    instrument TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (instrument, content)
);

CREATE TABLE advisories (
    source TEXT NOT NULL,
    project TEXT NOT NULL,
    id TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (source, project, id)
);

CREATE TABLE observations (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    origin TEXT NOT NULL,
    observed_at BIGINT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (kind, id, origin)
);

CREATE TABLE observed_projects (
    project TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    is_blamed INTEGER NOT NULL,
    PRIMARY KEY (project, kind, id)
);

CREATE TABLE packs (
    origin TEXT NOT NULL,
    digest TEXT NOT NULL,
    trust INTEGER NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (origin)
);

INSERT INTO alembic_version (version_num) VALUES ('5');
