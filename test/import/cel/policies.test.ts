// Policies of Kubernetes and of Google Cloud, as people have them in files.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importCel } from '#src/import/cel/import-cel.js';
import { recogniseFormat } from '#src/import/formats.js';

const OBJECT = { object: { spec: { replicas: 3, containers: [{ image: 'a/b' }], paused: false } } };

interface Result {
  outputs: Record<string, unknown>;
  said: string[];
}

function imported(name: string, text: string, payloads: Record<string, unknown>[] = [OBJECT]): Result {
  const source = { name, text };
  expect(recogniseFormat(source)?.id).toBe('cel');
  const { files, diagnostics } = importCel(source, { payloads });
  const written = files.get('outputs.yaml');
  const outputs = written === undefined ? [] : (parse(new TextDecoder().decode(written)) as { name: string; value?: unknown }[]);
  return {
    outputs: Object.fromEntries(outputs.map(({ name: output, value }) => [output, value])),
    said: diagnostics.map(({ code, message, span }) => `${code} ${message} @ ${text.slice(span.start, span.end)}`),
  };
}

const policy = (spec: string): string =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: { name: p }\nspec:\n${spec}`;

describe('ValidatingAdmissionPolicy', () => {
  it('has an output for each expression, with its variables written out', () => {
    const { outputs, said } = imported(
      'policy.yaml',
      policy(`  failurePolicy: Fail
  matchConditions: [{ name: not-paused, expression: '!object.spec.paused' }]
  variables:
    - { name: spec, expression: object.spec }
    - { name: few, expression: variables.spec.replicas < 5 || variables.spec.paused }
  validations:
    - { expression: object.spec.replicas > 0, message: at least one }
    - expression: "!variables.few"
      messageExpression: "variables.few ? 'few' : 'many'"
  auditAnnotations: [{ key: kind, valueExpression: "object.spec.replicas > 1 ? 'many' : 'one'" }]
`),
    );
    expect(said).toEqual([]);
    expect(outputs).toEqual({
      'match.not-paused': '!object.spec.paused',
      'valid.1': 'object.spec.replicas > 0',
      'valid.2': '!(object.spec.replicas < 5 || object.spec.paused)',
      'message.2': 'object.spec.replicas < 5 || object.spec.paused ? "few" : "many"',
      'annotations.kind': 'object.spec.replicas > 1 ? "many" : "one"',
    });
  });

  it.each<[string, string, string, string]>([
    [
      'a variable that is not there',
      '[]',
      'variables.none > 1',
      'V7002 the policy has no variable `none` before this @ variables.none',
    ],
    [
      'a variable that stands further down',
      '[{ name: a, expression: variables.b }, { name: b, expression: "1" }]',
      'variables.b > 0',
      'V7002 the policy has no variable `b` before this @ variables.b',
    ],
    [
      'a name that a macro takes away',
      '[{ name: spec, expression: object.spec }]',
      'object.spec.containers.all(object, variables.spec.replicas > 1)',
      'V7002 `object` is something else inside of `variables.spec` @ variables.spec',
    ],
    [
      'what a variable does, where it is read',
      '[{ name: image, expression: object.spec.image }]',
      'object.spec.replicas > 1 && variables.image == "a"',
      '@ variables.image',
    ],
  ])('refuses %s, at its place', (_, variables, expression, message) => {
    const { said } = imported('p.yaml', policy(`  variables: ${variables}\n  validations:\n    - expression: '${expression}'\n`));
    expect(said).toContainEqual(expect.stringContaining(message));
  });
});

describe('an IAM policy', () => {
  const binding = (title: string, expression: string): object => ({
    role: 'roles/viewer',
    members: ['user:a@example.com'],
    condition: { title, expression },
  });

  it('has an output for each condition, by its title', () => {
    const bindings = [
      binding('expires', 'request.time < timestamp("2026-12-31T00:00:00Z")'),
      binding('own bucket', 'resource.name == "a"'),
      binding('own bucket', 'resource.name == "b"'),
      { role: 'roles/owner', members: [] },
    ];
    const { outputs, said } = imported('policy.json', JSON.stringify({ bindings, version: 3 }), [
      { request: { time: '2026-01-01T00:00:00Z' }, resource: { name: 'a' } },
    ]);
    expect(said).toEqual([]);
    expect(Object.keys(outputs)).toEqual(['expires', 'own bucket', 'own bucket2']);
    expect(outputs['own bucket']).toBe('resource.name === "a"');
  });

  it('says what is no expression', () => {
    const { said } = imported('policy.json', JSON.stringify({ bindings: [binding('none', '')] }));
    expect(said).toEqual([expect.stringContaining('V7301 `none` is no expression')]);
  });
});
