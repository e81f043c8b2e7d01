// Names of types in .fbs and TypeScript, made from paths and titles of a model.

/** `card.billing_address` -> `CardBillingAddress`; '' where nothing is left. */
export function pascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return /^\d/.test(name) ? `T${name}` : name;
}

/** The name itself, or with the first number that makes it differ from those taken; marks it as taken. */
export function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let i = 2; taken.has(unique); i++) unique = `${name}${i}`;
  taken.add(unique);
  return unique;
}
