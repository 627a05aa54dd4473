-- When each token was last used. A table of its own: it is written every minute, and the
-- rows of tokens only when somebody changes one.

-- +goose Up
CREATE TABLE IF NOT EXISTS token_uses (
  token_id bigint      NOT NULL PRIMARY KEY,
  used_at  datetime(3) NOT NULL,
  CONSTRAINT token_uses_of_token FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
