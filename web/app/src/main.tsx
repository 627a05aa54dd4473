import { render } from "preact";

import { App, loadPage } from "./app";
import { language } from "./state/preferences";
import { speak } from "./state/texts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/log.css";
import "./style/task.css";
import "./style/list.css";
import "./style/timeline.css";
import "./style/replay.css";
import "./style/plot.css";
import "./style/submit.css";
import "./style/steps.css";
import "./style/data.css";
import "./style/account.css";

const root = document.getElementById("console")!;

loadPage();
speak(language.peek()).then(
  () => render(<App />, root),
  // What would say it in the reader's language is what could not be loaded.
  (failure: Error) => (root.textContent = `The console cannot be loaded. Try again. / 无法加载控制台，请重试。 (${failure.message})`),
);
