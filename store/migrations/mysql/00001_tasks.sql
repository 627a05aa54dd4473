-- Every statement may be run again: MySQL commits each one by itself, so that a
-- migration that was cut short starts over from its first line.
-- utf8mb4_bin throughout: ids, keys and names differ by case.

-- +goose Up
CREATE TABLE IF NOT EXISTS tasks (
  id              bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  owner           varchar(128) NOT NULL,
  description     mediumtext   NOT NULL,
  labels          mediumtext   NOT NULL,
  variables       mediumtext   NULL,
  secrets         mediumtext   NOT NULL,
  priority        int          NOT NULL,
  timeout_seconds bigint       NOT NULL,
  backoff_seconds bigint       NOT NULL,
  start_after     datetime(3)  NULL,
  created_at      datetime(3)  NOT NULL,
  idempotency_key varchar(255) NULL,
  input_hash      varchar(64)  NOT NULL,
  creator         varchar(128) NOT NULL,
  engine          varchar(64)  NOT NULL,
  instance        varchar(128) NOT NULL,
  origin          varchar(16)  NOT NULL,
  status          varchar(16)  NOT NULL,
  progress        double       NOT NULL,
  attempt         int          NOT NULL,
  max_attempts    int          NOT NULL,
  timeline_id     bigint       NOT NULL,
  past_attempts   mediumtext   NOT NULL,
  not_before      datetime(3)  NULL,
  started_at      datetime(3)  NULL,
  finished_at     datetime(3)  NULL,
  ran_millis      bigint       NOT NULL,
  clock_since     datetime(3)  NULL,
  desired         varchar(16)  NOT NULL,
  cancel_by       varchar(128) NOT NULL,
  cancel_as       varchar(16)  NOT NULL,
  worker          varchar(64)  NOT NULL,
  fencing         bigint       NOT NULL,
  report_sequence bigint       NOT NULL,
  failure         mediumtext   NULL,
  ending          mediumtext   NULL,
  `usage`         text         NULL,
  stalled_since   datetime(3)  NULL,
  next_step       int          NOT NULL,
  version         bigint       NOT NULL,
  updated_at      datetime(3)  NOT NULL,
  log_lines       bigint       NOT NULL,
  log_bytes       bigint       NOT NULL,
  last_output_at  datetime(3)  NULL,
  -- Derived by the store; see store/rows.go.
  queue           smallint     NOT NULL,
  queue_rank      int          NOT NULL,
  queue_later     smallint     NOT NULL,
  search_text     mediumtext   NOT NULL,
  UNIQUE KEY tasks_idempotency (owner, idempotency_key),
  KEY tasks_queue (queue, queue_rank, id),
  KEY tasks_queue_deferred (queue, not_before),
  KEY tasks_owner (owner, id),
  KEY tasks_owner_updated (owner, updated_at, id),
  KEY tasks_status (status, id),
  KEY tasks_updated (updated_at, id),
  -- status, creator and engine: what is listed by them is counted without reading the rows.
  KEY tasks_created (created_at, id, status, creator, engine),
  KEY tasks_owner_created (owner, created_at, id, status, creator, engine),
  -- status: what ended at a time, and how, is counted without reading the rows.
  KEY tasks_finished (finished_at, status),
  KEY tasks_owner_status (owner, status, finished_at),
  KEY tasks_worker (worker)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS task_labels (
  task_id     bigint       NOT NULL,
  label_key   varchar(128) NOT NULL,
  label_value varchar(255) NOT NULL,
  PRIMARY KEY (label_key, label_value, task_id),
  KEY task_labels_task (task_id),
  CONSTRAINT task_labels_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS steps (
  task_id      bigint       NOT NULL,
  number       int          NOT NULL,
  place        int          NOT NULL,
  step_key     varchar(128) NOT NULL,
  description  mediumtext   NOT NULL,
  submitted    mediumtext   NULL,
  max_parallel int          NOT NULL,
  declared     boolean      NOT NULL,
  status       varchar(16)  NOT NULL,
  progress     double       NOT NULL,
  started_at   datetime(3)  NULL,
  finished_at  datetime(3)  NULL,
  next_content int          NOT NULL,
  PRIMARY KEY (task_id, number),
  CONSTRAINT steps_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS contents (
  task_id     bigint       NOT NULL,
  step_number int          NOT NULL,
  number      int          NOT NULL,
  place       int          NOT NULL,
  content_key varchar(128) NOT NULL,
  run_type    varchar(32)  NOT NULL,
  declared_by text         NULL,
  submitted   mediumtext   NOT NULL,
  message     mediumtext   NOT NULL,
  status      varchar(16)  NOT NULL,
  measured    boolean      NOT NULL,
  progress    double       NOT NULL,
  exit_code   int          NULL,
  failure     mediumtext   NULL,
  started_at  datetime(3)  NULL,
  finished_at datetime(3)  NULL,
  PRIMARY KEY (task_id, step_number, number),
  CONSTRAINT contents_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS content_sources (
  task_id     bigint     NOT NULL,
  step_number int        NOT NULL,
  number      int        NOT NULL,
  code        mediumtext NOT NULL,
  params      mediumtext NULL,
  PRIMARY KEY (task_id, step_number, number),
  CONSTRAINT content_sources_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS task_originals (
  task_id bigint     NOT NULL PRIMARY KEY,
  data    mediumtext NOT NULL,
  CONSTRAINT task_originals_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS task_events (
  task_id     bigint      NOT NULL,
  number      bigint      NOT NULL,
  attempt     int         NOT NULL,
  timeline_id bigint      NOT NULL,
  at          datetime(3) NOT NULL,
  kind        varchar(16) NOT NULL,
  data        mediumtext  NOT NULL,
  PRIMARY KEY (task_id, number),
  KEY task_events_timeline (task_id, timeline_id, number),
  CONSTRAINT task_events_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS log_chunks (
  task_id    bigint     NOT NULL,
  first_line bigint     NOT NULL,
  last_line  bigint     NOT NULL,
  levels     int        NOT NULL,
  size       bigint     NOT NULL,
  data       mediumblob NOT NULL,
  PRIMARY KEY (task_id, first_line),
  CONSTRAINT log_chunks_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS workers (
  id          varchar(64)  NOT NULL PRIMARY KEY,
  name        varchar(128) NOT NULL,
  lease_until bigint       NOT NULL,
  created_at  datetime(3)  NOT NULL,
  KEY workers_lease (lease_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS users (
  name          varchar(128) NOT NULL PRIMARY KEY,
  role          varchar(16)  NOT NULL,
  password_hash varchar(255) NOT NULL,
  locale        varchar(35)  NOT NULL,
  disabled      boolean      NOT NULL,
  created_at    datetime(3)  NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS tokens (
  id              bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hash            varchar(64)  NOT NULL,
  user_name       varchar(128) NOT NULL,
  name            varchar(128) NOT NULL,
  scopes          text         NOT NULL,
  acts_for        mediumtext   NOT NULL,
  allow_new_users boolean      NOT NULL,
  expires_at      datetime(3)  NULL,
  created_at      datetime(3)  NOT NULL,
  revoked_at      datetime(3)  NULL,
  UNIQUE KEY tokens_hash (hash),
  KEY tokens_user (user_name),
  CONSTRAINT tokens_of_user FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS sessions (
  hash       varchar(64)  NOT NULL PRIMARY KEY,
  kind       varchar(16)  NOT NULL,
  user_name  varchar(128) NOT NULL,
  created_at datetime(3)  NOT NULL,
  expires_at datetime(3)  NOT NULL,
  credential varchar(192) NOT NULL,
  KEY sessions_user (user_name),
  KEY sessions_expiry (expires_at),
  CONSTRAINT sessions_of_user FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS task_results (
  task_id        bigint       NOT NULL,
  number         int          NOT NULL,
  attempt        int          NOT NULL,
  step_number    int          NOT NULL,
  content_number int          NOT NULL,
  name           text         NOT NULL,
  content_type   varchar(255) NOT NULL,
  format         varchar(16)  NOT NULL,
  columns        mediumtext   NULL,
  units          bigint       NOT NULL,
  bytes          bigint       NOT NULL,
  cut            boolean      NOT NULL,
  created_at     datetime(3)  NOT NULL,
  finished_at    datetime(3)  NULL,
  dropped_at     datetime(3)  NULL,
  PRIMARY KEY (task_id, number),
  CONSTRAINT task_results_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS result_chunks (
  task_id       bigint     NOT NULL,
  result_number int        NOT NULL,
  first_byte    bigint     NOT NULL,
  first_unit    bigint     NOT NULL,
  data          mediumblob NOT NULL,
  PRIMARY KEY (task_id, result_number, first_byte),
  CONSTRAINT result_chunks_of_task FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
