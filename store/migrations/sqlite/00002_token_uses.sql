-- When each token was last used. A table of its own: it is written every minute, and the
-- rows of tokens only when somebody changes one.

-- +goose Up
CREATE TABLE IF NOT EXISTS token_uses (
  token_id integer  NOT NULL PRIMARY KEY,
  used_at  datetime NOT NULL,
  FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE
);
