// Every document that the console sends stands here, or beside it, by what alone needs it: a page loads its own.
// test/operations.test.ts validates each against schema.graphqls.

export const viewer = /* GraphQL */ `query Viewer { viewer { name role } }`;
