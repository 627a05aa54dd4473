-- Times are text in UTC; the declared type datetime makes the driver read them as
-- times. Every statement may be run again.

-- +goose Up
CREATE TABLE IF NOT EXISTS tasks (
  id              integer  PRIMARY KEY AUTOINCREMENT,
  owner           text     NOT NULL,
  description     text     NOT NULL,
  labels          text     NOT NULL,
  variables       text     NULL,
  secrets         text     NOT NULL,
  priority        integer  NOT NULL,
  timeout_seconds integer  NOT NULL,
  backoff_seconds integer  NOT NULL,
  start_after     datetime NULL,
  created_at      datetime NOT NULL,
  idempotency_key text     NULL,
  input_hash      text     NOT NULL,
  creator         text     NOT NULL,
  engine          text     NOT NULL,
  instance        text     NOT NULL,
  origin          text     NOT NULL,
  status          text     NOT NULL,
  progress        real     NOT NULL,
  attempt         integer  NOT NULL,
  max_attempts    integer  NOT NULL,
  timeline_id     integer  NOT NULL,
  past_attempts   text     NOT NULL,
  not_before      datetime NULL,
  started_at      datetime NULL,
  finished_at     datetime NULL,
  ran_millis      integer  NOT NULL,
  clock_since     datetime NULL,
  desired         text     NOT NULL,
  cancel_by       text     NOT NULL,
  cancel_as       text     NOT NULL,
  worker          text     NOT NULL,
  fencing         integer  NOT NULL,
  report_sequence integer  NOT NULL,
  failure         text     NULL,
  ending          text     NULL,
  `usage`         text     NULL,
  stalled_since   datetime NULL,
  next_step       integer  NOT NULL,
  version         integer  NOT NULL,
  updated_at      datetime NOT NULL,
  log_lines       integer  NOT NULL,
  log_bytes       integer  NOT NULL,
  last_output_at  datetime NULL,
  -- Derived by the store; see store/rows.go.
  queue           integer  NOT NULL,
  queue_rank      integer  NOT NULL,
  queue_later     integer  NOT NULL,
  search_text     text     NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS tasks_idempotency ON tasks (owner, idempotency_key);
CREATE INDEX IF NOT EXISTS tasks_queue ON tasks (queue, queue_rank, id);
CREATE INDEX IF NOT EXISTS tasks_queue_deferred ON tasks (queue, not_before);
CREATE INDEX IF NOT EXISTS tasks_owner ON tasks (owner, id);
CREATE INDEX IF NOT EXISTS tasks_owner_updated ON tasks (owner, updated_at, id);
CREATE INDEX IF NOT EXISTS tasks_status ON tasks (status, id);
CREATE INDEX IF NOT EXISTS tasks_updated ON tasks (updated_at, id);
-- status, creator and engine: what is listed by them is counted without reading the rows.
CREATE INDEX IF NOT EXISTS tasks_created ON tasks (created_at, id, status, creator, engine);
CREATE INDEX IF NOT EXISTS tasks_owner_created ON tasks (owner, created_at, id, status, creator, engine);
-- status: what ended at a time, and how, is counted without reading the rows.
CREATE INDEX IF NOT EXISTS tasks_finished ON tasks (finished_at, status);
CREATE INDEX IF NOT EXISTS tasks_owner_status ON tasks (owner, status, finished_at);
CREATE INDEX IF NOT EXISTS tasks_worker ON tasks (worker);

CREATE TABLE IF NOT EXISTS task_labels (
  task_id     integer  NOT NULL,
  label_key   text     NOT NULL,
  label_value text     NOT NULL,
  PRIMARY KEY (label_key, label_value, task_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS task_labels_task ON task_labels (task_id);

CREATE TABLE IF NOT EXISTS steps (
  task_id      integer  NOT NULL,
  number       integer  NOT NULL,
  place        integer  NOT NULL,
  step_key     text     NOT NULL,
  description  text     NOT NULL,
  submitted    text     NULL,
  max_parallel integer  NOT NULL,
  declared     numeric  NOT NULL,
  status       text     NOT NULL,
  progress     real     NOT NULL,
  started_at   datetime NULL,
  finished_at  datetime NULL,
  next_content integer  NOT NULL,
  PRIMARY KEY (task_id, number),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS contents (
  task_id     integer  NOT NULL,
  step_number integer  NOT NULL,
  number      integer  NOT NULL,
  place       integer  NOT NULL,
  content_key text     NOT NULL,
  run_type    text     NOT NULL,
  declared_by text     NULL,
  submitted   text     NOT NULL,
  message     text     NOT NULL,
  status      text     NOT NULL,
  measured    numeric  NOT NULL,
  progress    real     NOT NULL,
  exit_code   integer  NULL,
  failure     text     NULL,
  started_at  datetime NULL,
  finished_at datetime NULL,
  PRIMARY KEY (task_id, step_number, number),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS content_sources (
  task_id     integer  NOT NULL,
  step_number integer  NOT NULL,
  number      integer  NOT NULL,
  code        text     NOT NULL,
  params      text     NULL,
  PRIMARY KEY (task_id, step_number, number),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS task_originals (
  task_id integer NOT NULL PRIMARY KEY,
  data    text    NOT NULL,
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS task_events (
  task_id     integer  NOT NULL,
  number      integer  NOT NULL,
  attempt     integer  NOT NULL,
  timeline_id integer  NOT NULL,
  at          datetime NOT NULL,
  kind        text     NOT NULL,
  data        text     NOT NULL,
  PRIMARY KEY (task_id, number),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS task_events_timeline ON task_events (task_id, timeline_id, number);

CREATE TABLE IF NOT EXISTS log_chunks (
  task_id    integer  NOT NULL,
  first_line integer  NOT NULL,
  last_line  integer  NOT NULL,
  levels     integer  NOT NULL,
  size       integer  NOT NULL,
  data       blob     NOT NULL,
  PRIMARY KEY (task_id, first_line),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS workers (
  id          text     NOT NULL PRIMARY KEY,
  name        text     NOT NULL,
  lease_until integer  NOT NULL,
  created_at  datetime NOT NULL
);
CREATE INDEX IF NOT EXISTS workers_lease ON workers (lease_until);

CREATE TABLE IF NOT EXISTS users (
  name          text     NOT NULL PRIMARY KEY,
  role          text     NOT NULL,
  password_hash text     NOT NULL,
  locale        text     NOT NULL,
  disabled      numeric  NOT NULL,
  created_at    datetime NOT NULL
);

CREATE TABLE IF NOT EXISTS tokens (
  id              integer  PRIMARY KEY AUTOINCREMENT,
  hash            text     NOT NULL,
  user_name       text     NOT NULL,
  name            text     NOT NULL,
  scopes          text     NOT NULL,
  acts_for        text     NOT NULL,
  allow_new_users numeric  NOT NULL,
  expires_at      datetime NULL,
  created_at      datetime NOT NULL,
  revoked_at      datetime NULL,
  FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
);
CREATE UNIQUE INDEX IF NOT EXISTS tokens_hash ON tokens (hash);
CREATE INDEX IF NOT EXISTS tokens_user ON tokens (user_name);

CREATE TABLE IF NOT EXISTS sessions (
  hash       text     NOT NULL PRIMARY KEY,
  kind       text     NOT NULL,
  user_name  text     NOT NULL,
  created_at datetime NOT NULL,
  expires_at datetime NOT NULL,
  credential text     NOT NULL,
  FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS sessions_user ON sessions (user_name);
CREATE INDEX IF NOT EXISTS sessions_expiry ON sessions (expires_at);

CREATE TABLE IF NOT EXISTS task_results (
  task_id        integer  NOT NULL,
  number         integer  NOT NULL,
  attempt        integer  NOT NULL,
  step_number    integer  NOT NULL,
  content_number integer  NOT NULL,
  name           text     NOT NULL,
  content_type   text     NOT NULL,
  format         text     NOT NULL,
  columns        text     NULL,
  units          integer  NOT NULL,
  bytes          integer  NOT NULL,
  cut            numeric  NOT NULL,
  created_at     datetime NOT NULL,
  finished_at    datetime NULL,
  dropped_at     datetime NULL,
  PRIMARY KEY (task_id, number),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS result_chunks (
  task_id       integer NOT NULL,
  result_number integer NOT NULL,
  first_byte    integer NOT NULL,
  first_unit    integer NOT NULL,
  data          blob    NOT NULL,
  PRIMARY KEY (task_id, result_number, first_byte),
  FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);
