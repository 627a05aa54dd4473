import { text } from "../text/text";
import { Link } from "../view/Link";

export function NotFoundPage() {
  return (
    <section class="empty">
      <h1>{text("app.notFound")}</h1>
      <p><Link to="/">{text("app.notFound.home")}</Link></p>
    </section>
  );
}
