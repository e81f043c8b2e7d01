// Generated credit applicants with a known end: repaid, or not. A hidden standing drives both what the applicant writes and what
// becomes of the credit, with enough noise that no rule can be right always. Equal options give equal applicants.

import { Random } from '../random.js';

/** One application as the model of this bundle (application.schema.yaml) wants it. */
export interface Application {
  checkingAccount: 'overdrawn' | 'below200' | 'from200' | 'none';
  durationMonths: number;
  creditHistory: 'noCredits' | 'allPaidHere' | 'paidTillNow' | 'delaysInPast' | 'critical';
  purpose: (typeof PURPOSES)[number];
  amount: number;
  savings?: 'below100' | 'below500' | 'below1000' | 'from1000';
  employment?: 'unemployed' | 'below1Year' | 'below4Years' | 'below7Years' | 'from7Years';
  installmentRate: number;
  otherDebtors?: 'none' | 'coApplicant' | 'guarantor';
  residenceYears?: number;
  property?: 'realEstate' | 'savingsContract' | 'carOrOther';
  otherInstallmentPlans?: 'none' | 'bank' | 'stores';
  housing: 'rent' | 'own' | 'free';
  existingCredits?: number;
  job: 'unskilledNonResident' | 'unskilledResident' | 'skilled' | 'highlyQualified';
  liablePeople?: number;
  telephone?: boolean;
}

export interface GeneratedApplication {
  payload: Application;
  /** The credit was not repaid. */
  bad: boolean;
}

export interface ApplicationOptions {
  /** Say it to whoever reads the result: it makes the run repeatable. */
  seed: number;
  /** Applications to generate. */
  count: number;
}

const PURPOSES = [
  'carNew',
  'carUsed',
  'furniture',
  'television',
  'appliances',
  'repairs',
  'education',
  'retraining',
  'business',
  'other',
] as const;
const PURPOSE_WEIGHTS = [23, 10, 18, 28, 1, 2, 5, 1, 10, 2];

/** One of the items; a standing above 0 moves the weight to the later ones. */
function byStanding<T>(random: Random, items: readonly T[], weights: readonly number[], standing: number): T {
  const middle = (items.length - 1) / 2;
  const moved = weights.map((weight, i) => weight * Math.max(0.05, 1 + standing * 0.45 * ((i - middle) / Math.max(middle, 1))));
  return items[random.weighted(moved)] as T;
}

function application(random: Random): GeneratedApplication {
  const standing = random.normal();
  const term = [6, 9, 12, 15, 18, 24, 30, 36, 48, 60];
  const durationMonths = byStanding(random, term, [8, 6, 20, 8, 14, 20, 6, 9, 6, 2], -0.8 * standing);
  const purpose = PURPOSES[random.weighted(PURPOSE_WEIGHTS)] as (typeof PURPOSES)[number];
  const factor = purpose === 'carUsed' || purpose === 'business' ? 1.7 : purpose === 'television' ? 0.7 : 1;
  const amount = Math.round(25000 + durationMonths * 13500 * factor * random.skewed()) / 100;
  const savings = byStanding(
    random,
    [undefined, 'below100', 'below500', 'below1000', 'from1000'] as const,
    [10, 60, 11, 8, 8],
    standing,
  );
  const employments = [undefined, 'unemployed', 'below1Year', 'below4Years', 'below7Years', 'from7Years'] as const;
  const employment = byStanding(random, employments, [3, 6, 17, 34, 17, 25], standing);
  const property = byStanding(
    random,
    [undefined, 'carOrOther', 'savingsContract', 'realEstate'] as const,
    [15, 33, 23, 28],
    standing,
  );
  const otherDebtors = random.chance(0.05) ? 'guarantor' : random.chance(0.04) ? 'coApplicant' : undefined;
  const plans = random.chance(standing < 0 ? 0.25 : 0.12) ? random.pick(['bank', 'stores'] as const) : undefined;
  const residenceYears = random.chance(0.95) ? random.integer(1, 4) : undefined;
  const histories = ['allPaidHere', 'noCredits', 'delaysInPast', 'paidTillNow', 'critical'] as const;
  const payload: Application = {
    checkingAccount: byStanding(random, ['overdrawn', 'below200', 'from200', 'none'] as const, [27, 27, 7, 39], 1.6 * standing),
    durationMonths,
    creditHistory: byStanding(random, histories, [6, 5, 9, 52, 28], 1.2 * standing),
    purpose,
    amount,
    ...(savings ? { savings } : {}),
    ...(employment ? { employment } : {}),
    installmentRate: byStanding(random, [1, 2, 3, 4], [14, 23, 16, 47], -0.5 * standing),
    ...(otherDebtors ? { otherDebtors } : {}),
    ...(residenceYears ? { residenceYears } : {}),
    ...(property ? { property } : {}),
    ...(plans ? { otherInstallmentPlans: plans } : {}),
    housing: byStanding(random, ['rent', 'free', 'own'] as const, [18, 11, 71], standing),
    existingCredits: 1 + random.weighted([63, 33, 3, 1]),
    job: byStanding(
      random,
      ['unskilledNonResident', 'unskilledResident', 'skilled', 'highlyQualified'] as const,
      [2, 20, 63, 15],
      standing,
    ),
    liablePeople: random.chance(0.155) ? 2 : 1,
    telephone: random.chance(0.4),
  };
  // what the credit itself adds to the risk, beyond the applicant's standing
  const burden = (durationMonths - 20) / 40 + (amount > 7500 ? 0.3 : 0) + (otherDebtors === 'guarantor' ? -0.4 : 0);
  const bad = 0.75 * burden - standing + 0.8 * random.normal() > 0.75;
  return { payload, bad };
}

/**
 * Generates `count` applications; about three in ten end badly.
 * @throws RangeError for options out of range
 */
export function* generateApplications(options: ApplicationOptions): Generator<GeneratedApplication, void, undefined> {
  if (!Number.isInteger(options.count) || options.count < 0) {
    throw new RangeError(`count must be an integer of at least 0, not ${options.count}`);
  }
  const random = new Random(options.seed);
  for (let i = 0; i < options.count; i++) yield application(random);
}
