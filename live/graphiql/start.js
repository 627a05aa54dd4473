/* global React, ReactDOM, GraphiQL, graphqlWs */
"use strict";

const root = document.getElementById("graphiql");
const url = new URL(root.dataset.endpoint, location.href);
const socketURL = new URL(url);
socketURL.protocol = url.protocol === "https:" ? "wss:" : "ws:";

// The session cookie goes along by itself; an Authorization header typed into the
// headers editor counts too. A socket cannot carry headers: it takes what was typed
// when it was opened, and is opened anew when nothing is subscribed any more.
let authorization;
const wsClient = graphqlWs.createClient({
  url: socketURL.href,
  connectionParams: () => (authorization ? { Authorization: authorization } : {}),
});
const fetcher = GraphiQL.createFetcher({ url: url.href, wsClient });

function fetchWith(params, options) {
  const typed = Object.entries(options?.headers ?? {});
  authorization = typed.find(([name]) => name.toLowerCase() === "authorization")?.[1];
  return fetcher(params, options);
}

ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    fetcher: fetchWith,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: true,
    defaultQuery: "# Ctrl-Enter runs the operation at the cursor.\n{\n  __typename\n}\n",
  }),
);
