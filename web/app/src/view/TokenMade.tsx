import { useEffect, useRef } from "preact/hooks";

import { isolated } from "../layout/task";
import type { TokenAnswer } from "../state/account";
import { announce } from "../state/announce";
import { text } from "../text/text";
import { CopyBlock } from "./CopyText";

/** The text of a token, the only time that it is shown, with what it is good for. */
export function TokenMade({ made, onClose }: { made: TokenAnswer; onClose: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { origin } = location;
  const title = text("token.made", isolated(made.token.name));
  useEffect(() => {
    announce(title);
    heading.current?.focus();
  }, []);
  return (
    <div class="card made">
      <h3 ref={heading} tabIndex={-1} >{title}</h3>
      <p><strong>{text("token.once")}</strong></p>
      <CopyBlock value={made.text} what={text("token.text")} />
      <p>{text("token.use.http")}</p>
      <CopyBlock
        value={`curl ${origin}/graphql -H 'Authorization: Bearer ${made.text}' -H 'Content-Type: application/json' -d '{"query":"{ viewer { name } }"}'`}
        what={text("token.use.http")}
      />
      <p>{text("token.use.cli")}</p>
      <CopyBlock value={`stepcast login ${origin} --token -`} what={text("token.use.cli")} />
      <div><button onClick={onClose}>{text("token.kept")}</button></div>
    </div>
  );
}
