import { render } from "preact";

import { App } from "./app";
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

const root = document.getElementById("console");
if (root) render(<App />, root);
