import { connection, followed, nextTry, tryNow } from "../api/live";
import { now } from "../state/clock";
import { signInAddress } from "../state/session";
import { text } from "../text/text";

/** How live the page is: a word when all is well, a bar across it when it is not. */
export function ConnectionState() {
  if (followed.value === 0) return null;
  return (
    <span class={`connection is-${connection.value}`}>
      <span aria-hidden="true">●</span> {text(`connection.${connection.value}`)}
    </span>
  );
}

export function ConnectionBar() {
  if (connection.value === "lost") {
    const seconds = Math.max(0, Math.ceil((nextTry.value - now.value) / 1_000));
    return (
      <div class="bar is-problem" role="alert">
        <span>{text("connection.lost.wait", seconds)}</span>
        <button onClick={tryNow}>{text("connection.now")}</button>
      </div>
    );
  }
  if (connection.value === "signed-out") {
    return (
      <div class="bar is-problem" role="alert">
        <span>{text("connection.signed-out.text")}</span>
        <a class="button" href={signInAddress()}>{text("app.signIn")}</a>
      </div>
    );
  }
  return null;
}
