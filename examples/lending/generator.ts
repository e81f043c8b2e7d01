// Generated applicants for a loan with a known end: repaid, or not. A hidden standing drives what the applicant earns, owes and
// asks for, and what becomes of the loan, with enough noise that no rule can be right always. Equal options give equal applicants.

import { Random } from '../random.js';

/** One application as the model of this bundle (application.schema.yaml) wants it. */
export interface LoanApplication {
  /** ISO 8601, UTC. */
  appliedAt: string;
  amount: number;
  months: number;
  purpose: (typeof PURPOSES)[number];
  /** Of a month. */
  income: number;
  region: (typeof REGIONS)[number];
  employment?: (typeof EMPLOYMENTS)[number];
  employedMonths?: number;
  email?: string;
  debts?: { monthly: number; late?: boolean }[];
}

export interface GeneratedLoan {
  payload: LoanApplication;
  /** The loan was not repaid. */
  bad: boolean;
}

export interface LoanOptions {
  /** Say it to whoever reads the result: it makes the run repeatable. */
  seed: number;
  /** Applications to generate. */
  count: number;
}

const PURPOSES = ['car', 'home', 'education', 'debt', 'other'] as const;
const REGIONS = ['north', 'south', 'islands'] as const;
const EMPLOYMENTS = ['employee', 'selfEmployed', 'retired', 'none'] as const;
const TERMS_MONTHS = [6, 12, 24, 36, 48, 60, 84, 120];
/** 2026-01-05T00:00:00Z, in milliseconds. */
const BEGIN_MS = 1_767_571_200_000;
const MINUTE_MS = 60_000;

/** Rounded to cents, within bounds. */
function money(value: number, minimum: number, maximum: number): number {
  return Math.round(Math.min(maximum, Math.max(minimum, value)) * 100) / 100;
}

/** Most people apply in the day and the evening. */
function timeOfDayMinutes(random: Random): number {
  const hour = random.chance(0.06)
    ? random.integer(0, 6)
    : Math.min(23, Math.floor(7 + 16 * random.real() * random.between(0.6, 1)));
  return hour * 60 + random.integer(0, 59);
}

function debtsOf(random: Random, standing: number, income: number): LoanApplication['debts'] {
  const count = Math.min(20, Math.floor(random.exponential() * (standing < 0 ? 1.9 : 1.1)));
  if (count === 0) return random.chance(0.5) ? [] : undefined;
  const lateShare = Math.min(0.6, Math.max(0.02, 0.12 - 0.16 * standing));
  return Array.from({ length: count }, () => {
    const monthly = money(income * 0.06 * random.skewed() + 10, 0, 100_000);
    return random.chance(lateShare) ? { monthly, late: true } : { monthly };
  });
}

function application(random: Random, day: number): GeneratedLoan {
  const standing = random.normal();
  const employment = EMPLOYMENTS[random.weighted([60, 14, 16, Math.max(2, 8 - 6 * standing)])]!;
  const income = employment === 'none' ? 350 * random.skewed() : (1700 + 450 * Math.max(-1.5, standing)) * random.skewed();
  const months = TERMS_MONTHS[random.weighted([5, 14, 20, 18, 16, 14, 8, 5])]!;
  const wanted = (0.12 - 0.02 * Math.min(2, Math.max(-2, standing))) * months * income * random.skewed();
  const tenure = Math.round(Math.min(480, 60 * random.exponential() * (standing > 0 ? 1.6 : 0.8)));
  const debts = debtsOf(random, standing, income);
  const knowsWork = random.chance(0.93);
  const mail = random.chance(0.9) ? (random.chance(0.03 - 0.01 * standing) ? 'mail.invalid' : 'example.com') : undefined;
  const payload: LoanApplication = {
    appliedAt: new Date(BEGIN_MS + (day * 1440 + timeOfDayMinutes(random)) * MINUTE_MS).toISOString(),
    amount: money(wanted, 100, 100_000),
    months,
    purpose: PURPOSES[random.weighted([30, 20, 12, standing < 0 ? 24 : 12, 20])]!,
    income: money(random.chance(0.004) ? 0 : income, 0, 1_000_000),
    region: REGIONS[random.weighted([45, 40, 15])]!,
    ...(knowsWork ? { employment } : {}),
    ...(knowsWork && employment !== 'none' && random.chance(0.95) ? { employedMonths: tenure } : {}),
    ...(mail === undefined ? {} : { email: `applicant${random.integer(1, 99_999)}@${mail}` }),
    ...(debts === undefined ? {} : { debts }),
  };
  // What the loan adds to the risk, beyond the applicant's standing.
  const owed = (debts ?? []).reduce((sum, { monthly }) => sum + monthly, payload.amount / months);
  const burden = Math.min(2, owed / Math.max(100, payload.income));
  const late = (debts ?? []).filter((debt) => debt.late === true).length;
  const bad = 2.1 * burden + 0.7 * Math.min(3, late) - 0.8 * standing + 0.6 * random.normal() > 1.6;
  return { payload, bad };
}

/**
 * Generates `count` applications in order of their days, some forty a day.
 * @throws RangeError for options out of range
 */
export function* generateLoans(options: LoanOptions): Generator<GeneratedLoan, void, undefined> {
  if (!Number.isInteger(options.count) || options.count < 0) {
    throw new RangeError(`count must be an integer of at least 0, not ${options.count}`);
  }
  const random = new Random(options.seed);
  for (let i = 0; i < options.count; i++) yield application(random, Math.floor(i / 40));
}
