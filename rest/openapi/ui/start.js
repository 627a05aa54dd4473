/* global SwaggerUIBundle */
"use strict";

const root = document.getElementById("openapi");

SwaggerUIBundle({
  url: root.dataset.document,
  domNode: root,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  // Else it would show a badge of a validator on the internet.
  validatorUrl: null,
});
