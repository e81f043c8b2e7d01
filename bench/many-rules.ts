// A bundle of many rules, no two of them alike: what benches of checking and of the editor work on.

const HEAD = `name: many
version: 1.0.0
model: model.yaml
profile: standard
onError: review
decide:
  combine: score
  outcomes:
    - { atLeast: 100, outcome: decline }
    - { outcome: approve }
`;

const MODEL = `type: object
required: [amount, country, hour, vip]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  country: { type: string, maxLength: 2 }
  hour: { type: integer, minimum: 0, maximum: 23 }
  vip: { type: boolean }
  risk: { type: number }
`;

function ruleText(index: number): string {
  const letter = (n: number): string => String.fromCharCode(65 + (n % 26));
  const country = letter(index) + letter(Math.floor(index / 26));
  const when = `amount > ${3 * index} && country === "${country}" && hour < ${1 + (index % 23)} && (vip || risk !== null && risk > 0.${index})`;
  return `- id: rule-${index}\n  when: ${when}\n  then: { score: ${1 + (index % 50)}, reason: REASON_${index} }\n`;
}

/** Texts by path. */
export function bundleOf(rules: number, files: number): Map<string, string> {
  const texts = new Map([
    ['bundle.yaml', HEAD],
    ['model.yaml', MODEL],
  ]);
  const each = Math.ceil(rules / files);
  for (let file = 0; file < files; file++) {
    const count = Math.min(each, rules - file * each);
    const text = Array.from({ length: Math.max(0, count) }, (_, index) => ruleText(file * each + index)).join('');
    if (text !== '') texts.set(`rules/f${String(file).padStart(3, '0')}.yaml`, text);
  }
  return texts;
}
