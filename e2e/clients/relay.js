// What tools make of the schema: Relay's compiler, and the rules of graphql-js.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as graphql from 'graphql';
import compiler from 'relay-compiler';
import { ask, check } from './shared/stepcast.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const schemaFile = here('../../schema.graphqls');
const typesOf = (schema) => graphql.lexicographicSortSchema(schema).getTypeMap();

check('graphql-js finds nothing wrong with the schema', async () => {
  const schema = graphql.buildSchema(await readFile(schemaFile, 'utf8'));
  assert.deepEqual(graphql.validateSchema(schema), []);
});

check('introspection gives the same types', async () => {
  const written = graphql.buildSchema(await readFile(schemaFile, 'utf8'));
  const served = graphql.buildClientSchema(
    await ask(graphql.getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true })),
  );
  assert.deepEqual(graphql.validateSchema(served), []);
  const want = typesOf(written);
  const got = typesOf(served);
  assert.deepEqual(Object.keys(got), Object.keys(want));
  for (const name in want) assert.equal(graphql.printType(got[name]), graphql.printType(want[name]));
});

check('relay-compiler compiles queries, connections and subscriptions', async (t) => {
  // The compiler writes beside its sources.
  const project = await mkdtemp(join(tmpdir(), 'stepcast-relay-'));
  t.after(() => rm(project, { recursive: true, force: true }));
  await cp(here('relay'), join(project, 'src'), { recursive: true });
  await mkdir(join(project, 'src/compiled'));
  await cp(schemaFile, join(project, 'schema.graphql'));
  const config = {
    src: './src',
    schema: './schema.graphql',
    language: 'javascript',
    artifactDirectory: './src/compiled',
  };
  await writeFile(join(project, 'relay.config.json'), JSON.stringify(config));
  await writeFile(join(project, 'package.json'), '{}');

  const options = { cwd: project, timeout: 50_000, killSignal: 'SIGKILL' };
  const { stdout, stderr } = await promisify(execFile)(compiler, ['relay.config.json'], options);
  assert.doesNotMatch(stdout + stderr, /warn|error|deprecated/i);
  const compiled = await readdir(join(project, 'src/compiled'));
  assert.deepEqual(compiled.sort(), [
    'StepView_step.graphql.js',
    'TaskPageQuery.graphql.js',
    'TaskPageTasksQuery.graphql.js',
    'TaskPage_tasks.graphql.js',
    'TaskViewCancelMutation.graphql.js',
    'TaskViewEventsSubscription.graphql.js',
    'TaskViewProgressSubscription.graphql.js',
    'TaskViewRefetchQuery.graphql.js',
    'TaskView_task.graphql.js',
  ]);
});
