import { announcement, dismiss, notices } from "../state/announce";
import { text } from "../text/text";

/** What happened, for a while; and the same for a screen reader. */
export function Notices() {
  return (
    <>
      <div class="visually-hidden" role="status">{announcement}</div>
      <section class="notices" aria-label={text("app.notices")}>
        {notices.value.map((notice) => (
          <div key={notice.id} class={`notice is-${notice.kind}`}>
            <span>{notice.text}</span>
            <button class="quiet" aria-label={text("app.close")} onClick={() => dismiss(notice.id)}>✕</button>
          </div>
        ))}
      </section>
    </>
  );
}
