// Parameters over HTTP, on real sockets: what is set, what is refused, what is told.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '#src/server/server.js';
import { decideLive } from '../lib/list-bundle.js';
import {
  PARAMETER_PAYLOAD as PAYLOAD,
  parameterBundle,
  PARAMETER_SCORE_DEFAULT as SCORE_DEFAULT,
  PARAMETER_TENANT as TENANT,
} from '../lib/parameter-bundle.js';

let server: Server;

beforeAll(async () => {
  server = await startServer({ port: 0, poolThreads: 0, profileMax: 'standard' });
  await server.engine.publish(TENANT, parameterBundle());
});

afterAll(() => server.stop());

interface Call {
  method?: string;
  path?: string;
  type?: string;
  body?: string;
}

/** Status, code of a problem, and the document. */
async function call({ method = 'PUT', path = `${TENANT}/parameters/limits`, type = 'application/json', body }: Call): Promise<{
  status: string;
  answer: Record<string, unknown>;
}> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: `${response.status}${answer.code === undefined ? '' : ` ${answer.code}`}`, answer };
}

const SET = `${TENANT}/parameters/limits`;

describe('a change', () => {
  const cases: [string, Call, string][] = [
    ['sets all', { body: '{"riskMax":1,"reviewAbove":"700.00"}' }, '201'],
    ['sets the same again', { body: '{"reviewAbove":700,"riskMax":"1"}' }, '200'],
    ['sets some', { method: 'PATCH', body: '{"isOpen":false}' }, '201'],
    ['is a merge patch', { method: 'PATCH', type: 'application/merge-patch+json', body: '{"isOpen":null}' }, '201'],
    ['sets none', { body: '{}' }, '201'],
    ['goes back', { method: 'POST', path: `${SET}/rollback`, body: '{}' }, '201'],
    [
      'does not go back to what is not there',
      { method: 'POST', path: `${SET}/rollback`, body: '{"version":"x"}' },
      '404 PARAMETERS_NOT_FOUND',
    ],
    ['does not go back by another key', { method: 'POST', path: `${SET}/rollback`, body: '{"to":"x"}' }, '422 INVALID_PARAMETERS'],
    ['is outside of its bounds', { body: '{"riskMax":2}' }, '422 INVALID_PARAMETERS'],
    ['is of a name that nobody declares', { body: '{"risk":1}' }, '422 INVALID_PARAMETERS'],
    ['has a name twice', { body: '{"riskMax":1,"riskMax":0.5}' }, '422 INVALID_PARAMETERS'],
    ['is no object', { body: '[1]' }, '422 INVALID_PARAMETERS'],
    ['is null', { body: 'null' }, '422 INVALID_PARAMETERS'],
    ['is no JSON', { body: '{' }, '400 INVALID_JSON'],
    ['is of another media type', { type: 'text/plain', body: '{}' }, '415 UNSUPPORTED_MEDIA_TYPE'],
    ['is of a set that nobody declares', { path: `${TENANT}/parameters/others`, body: '{}' }, '404 PARAMETERS_NOT_FOUND'],
    ['is of no tenant', { path: 'nobody/parameters/limits', body: '{}' }, '404 TENANT_NOT_FOUND'],
    ['is of no name', { path: `${TENANT}/parameters/a-b`, body: '{}' }, '400 INVALID_NAME'],
    ['is a DELETE', { method: 'DELETE' }, '405 METHOD_NOT_ALLOWED'],
    ['has no body', { method: 'PATCH' }, '415 UNSUPPORTED_MEDIA_TYPE'],
  ];
  it.each(cases)('%s', async (_, request, expected) => expect((await call(request)).status).toBe(expected));

  it('names every value that is wrong', async () => {
    const { answer } = await call({ body: '{"riskMax":2,"domain":5,"nothing":1}' });
    const errors = answer.errors as { pointer: string; code: string }[];
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/nothing UNKNOWN_FIELD',
      '/riskMax MAXIMUM',
      '/domain TYPE',
    ]);
  });

  it('is there for the next decision, and told', async () => {
    const { answer } = await call({ body: '{"isOpen":false}' });
    expect(answer).toMatchObject({ name: 'limits', values: { isOpen: false }, created: true });
    const { score, inputs } = await decideLive(server.engine, PAYLOAD, { bundle: 'spend' });
    expect([score, inputs.parameters]).toEqual([SCORE_DEFAULT + 4, [{ name: 'limits', version: answer.version }]]);
    const response = await fetch(`${server.url}/v1/${TENANT}/decisions/spend`, {
      method: 'POST',
      body: JSON.stringify(PAYLOAD),
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toMatchObject({ inputs: { parameters: [{ name: 'limits', version: answer.version }] } });
    const shown = await call({ method: 'GET' });
    expect(shown.answer).toMatchObject({ version: answer.version, bundles: [{ name: 'spend', version: '1.0.0' }] });
    expect((await call({ method: 'GET', path: `${TENANT}/parameters` })).answer).toEqual({ parameters: [shown.answer] });
    const { answer: history } = await call({ method: 'GET', path: `${SET}/versions` });
    expect((history.versions as { version: string }[]).at(-1)!.version).toBe(answer.version);
  });
});

it('what is not there is 404', async () => {
  for (const path of ['others', 'others/versions']) {
    expect((await call({ method: 'GET', path: `${TENANT}/parameters/${path}` })).status).toBe('404 PARAMETERS_NOT_FOUND');
  }
  expect((await call({ method: 'GET', path: 'nobody/parameters' })).status).toBe('404 TENANT_NOT_FOUND');
});
