// Without `validatorUrl: null` Swagger UI would send the contract's address to an outside host.
SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#page",
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
});
