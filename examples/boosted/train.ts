// Trains the model of this bundle on generated applications and writes it as XGBoost saves its models:
//
//   node dist/examples/boosted/train.js > examples/boosted/models/risk.json
//
// Equal on every machine, so that the file in the repository can be made again.

import { fileURLToPath } from 'node:url';
import { boost, type TrainingRow, xgboostDocument } from '../boosting.js';
import { type Application, generateApplications } from '../credit/generator.js';

const SEED = 2024;
const COUNT = 3000;

/** Numbers of the words of each text, as ensembles/risk.yaml has them. */
const WORDS = {
  checkingAccount: ['overdrawn', 'below200', 'from200', 'none'],
  creditHistory: ['noCredits', 'allPaidHere', 'paidTillNow', 'delaysInPast', 'critical'],
  savings: ['below100', 'below500', 'below1000', 'from1000'],
  employment: ['unemployed', 'below1Year', 'below4Years', 'below7Years', 'from7Years'],
  property: ['carOrOther', 'savingsContract', 'realEstate'],
  housing: ['rent', 'free', 'own'],
} as const satisfies Partial<Record<keyof Application, readonly string[]>>;

export const FEATURES = [
  ...(Object.keys(WORDS) as (keyof typeof WORDS)[]),
  'durationMonths',
  'amount',
  'installmentRate',
  'guarantor',
] as const;

/** What the trees see of an application. */
export function featuresOf(application: Application): number[] {
  return FEATURES.map((name) => {
    if (name === 'guarantor') return application.otherDebtors === 'guarantor' ? 1 : 0;
    const value = application[name];
    if (value === undefined) return Number.NaN;
    if (typeof value === 'number') return value;
    return (WORDS[name as keyof typeof WORDS] as readonly string[]).indexOf(value);
  });
}

/** The text of models/risk.json. */
export function trainModel(): string {
  const rows = Array.from(
    generateApplications({ seed: SEED, count: COUNT }),
    ({ payload, bad }): TrainingRow => ({ features: featuresOf(payload), isPositive: bad }),
  );
  const trees = boost(rows, { rounds: 40, depth: 3, rate: 0.2, regularisation: 1, weightMin: 10 });
  return `${JSON.stringify(xgboostDocument(trees, FEATURES))}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(trainModel());
