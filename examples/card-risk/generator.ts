// Generated card payments with known fraud, for the sample bundle, the demonstration, tests and benches. One pass in order of
// time; equal options give equal payments.
//
// Fraud 1, stolen card: payments far above the customer's usual within hours, at counters, until (and a little after) the card
// is blocked. Fraud 2, compromised terminal: for days a counter charges copies of the cards that it saw; chargebacks become known
// one to three days later. Fraud 3, card not present: within an hour a number is tried with tiny amounts and then charged, over
// the net, from another country.

import { Random } from '../random.js';
import { type City, type Customer, DAY_MS, distanceKm, isoDay, makeWorld, type Terminal, type World } from './world.js';

/** One payment as the model of this bundle (transaction.schema.yaml) wants it. Money in units, exact to the cent. */
export interface Transaction {
  transactionId: string;
  time: string;
  localDate: string;
  hour: number;
  amount: number;
  currency: string;
  channel: 'chip' | 'contactless' | 'magstripe' | 'ecommerce' | 'phone';
  authentication?: 'none' | 'pin' | 'signature' | 'threeDSecure';
  merchantCategory: string;
  merchantCountry: string;
  customer: { id: string; country: string; averageAmount: number; since: string; risk?: 'low' | 'medium' | 'high' };
  card: { present: boolean; hasChip: boolean; validUntil: string; blockedSince?: string };
  terminal: { id: string; ageDays: number; count28d: number; chargebacks28d: number; customerVisits: number };
  device?: { ageDays: number; emulator: boolean; ipCountry?: string };
  velocity: {
    count1h: number;
    count24h: number;
    amount24h: number;
    countries24h: number;
    minutesSincePresent?: number;
    kmFromPresent?: number;
  };
}

/** 0: honest. 1: stolen card. 2: compromised terminal. 3: card not present. */
export type FraudKind = 0 | 1 | 2 | 3;

export interface GeneratedTransaction {
  payload: Transaction;
  fraud: FraudKind;
}

export interface GeneratorOptions {
  /** Say it to whoever reads the result: it makes the run repeatable. */
  seed: number;
  /** At least 1; thousands make it realistic. */
  customers: number;
  /** At least 8; every fourth is an online merchant. */
  terminals: number;
  /** Payments to generate. */
  count: number;
}

/** What is about to be paid, before the counts around it are known. */
interface Attempt {
  timeMs: number;
  customer: Customer;
  terminal: Terminal;
  cents: number;
  channel: Transaction['channel'];
  authentication?: NonNullable<Transaction['authentication']>;
  device?: NonNullable<Transaction['device']>;
  fraud: FraudKind;
}

const START_MS = Date.UTC(2026, 0, 5);
const HOUR_MS = 3_600_000;
/** Honest payments of one customer a day, at full activity. */
const PAYMENTS_PER_DAY = 3;
/** Share of the payments made in each hour of the day, against the busiest. */
const HOUR_WEIGHTS = [
  0.06, 0.03, 0.02, 0.02, 0.03, 0.08, 0.25, 0.5, 0.65, 0.7, 0.8, 0.9, 1, 0.9, 0.8, 0.8, 0.9, 1, 0.95, 0.8, 0.6, 0.45, 0.3, 0.15,
];
/** Campaigns begun a payment; each makes 5 to 25 payments, so that about 1 in 80 payments is fraud. */
const STOLEN_SHARE = 0.0007;
const TERMINAL_SHARE = 0.00022;
const NOT_PRESENT_SHARE = 0.0006;
/** The honest payment after which the first campaign of each kind begins, so that short runs have all three. */
const FIRST_CAMPAIGNS: readonly number[] = [60, 20, 120];

class Simulation {
  readonly #random: Random;
  readonly #world: World;
  /** Payments already planned, latest first. */
  readonly #planned: Attempt[] = [];
  #timeMs = START_MS;
  #honest = 0;
  #sequence = 0;

  constructor(seed: number, customers: number, terminals: number) {
    this.#random = new Random(seed);
    this.#world = makeWorld(this.#random, customers, terminals, START_MS);
  }

  next(): GeneratedTransaction {
    const honest = this.#nextHonestTime();
    const planned = this.#planned.at(-1);
    if (planned && planned.timeMs <= honest.timeMs) {
      this.#planned.pop();
      this.#timeMs = planned.timeMs;
      return this.#pay(planned);
    }
    this.#timeMs = honest.timeMs;
    const result = this.#pay(this.#honestAttempt(honest.timeMs, honest.customer));
    this.#honest++;
    this.#startCampaigns(honest.customer);
    return result;
  }

  /** Poisson arrivals, thinned by the hour of the day and by each customer's activity. */
  #nextHonestTime(): { timeMs: number; customer: Customer } {
    const random = this.#random;
    const customers = this.#world.customers;
    const meanMs = DAY_MS / (customers.length * PAYMENTS_PER_DAY);
    let timeMs = this.#timeMs;
    for (;;) {
      timeMs += random.exponential() * meanMs;
      const customer = random.pick(customers);
      const hour = localHour(timeMs, customer.city);
      if (random.real() >= customer.activity * (HOUR_WEIGHTS[hour] as number)) continue;
      if (customer.blockedSinceMs !== undefined && timeMs < customer.blockedSinceMs + 3 * DAY_MS) continue;
      return { timeMs: Math.floor(timeMs), customer };
    }
  }

  #honestAttempt(timeMs: number, customer: Customer): Attempt {
    const random = this.#random;
    if (customer.blockedSinceMs !== undefined) {
      // a new card came in the post
      customer.blockedSinceMs = undefined;
      customer.validUntilDay = Math.floor(timeMs / DAY_MS) + 1400;
    }
    if (Math.floor(timeMs / DAY_MS) > customer.validUntilDay && random.chance(0.8)) {
      customer.validUntilDay = Math.floor(timeMs / DAY_MS) + 1400;
    }
    this.#travel(timeMs, customer);
    const online = random.chance(0.22);
    const terminal = this.#honestTerminal(customer, online);
    let cents = Math.max(50, Math.round(customer.usualCents * terminal.factor * random.skewed()));
    if (random.chance(0.004)) cents = Math.round(cents * random.between(4, 12)); // a sofa, a flight
    if (!online) {
      const channel =
        !customer.hasChip || random.chance(0.002) ? 'magstripe' : cents < 5000 && random.chance(0.7) ? 'contactless' : 'chip';
      const authentication = channel === 'chip' ? 'pin' : channel === 'magstripe' ? 'signature' : 'none';
      return { timeMs, customer, terminal, cents, channel, authentication, fraud: 0 };
    }
    if (random.chance(0.05)) return { timeMs, customer, terminal, cents, channel: 'phone', fraud: 0 };
    if (random.chance(0.003)) customer.deviceSinceMs = timeMs;
    const device = {
      ageDays: Math.floor((timeMs - customer.deviceSinceMs) / DAY_MS),
      emulator: false,
      ...(random.chance(0.03) ? {} : { ipCountry: (customer.trip?.city ?? customer.city).country }),
    };
    const strong = cents >= 3000 && random.chance(0.85);
    return {
      timeMs,
      customer,
      terminal,
      cents,
      channel: 'ecommerce',
      authentication: strong ? 'threeDSecure' : 'none',
      device,
      fraud: 0,
    };
  }

  /** Begins and ends trips. A journey needs half a day since the card was last present, so honest cards never travel too fast. */
  #travel(timeMs: number, customer: Customer): void {
    const rested = customer.lastPresent === undefined || timeMs - customer.lastPresent.timeMs > 12 * HOUR_MS;
    if (!rested) return;
    if (customer.trip) {
      if (timeMs >= customer.trip.untilMs) customer.trip = undefined;
      return;
    }
    if (!this.#random.chance(0.02)) return;
    const city = this.#random.pick([...this.#world.physicalByCity.keys()]);
    if (city !== customer.city) customer.trip = { city, untilMs: timeMs + this.#random.integer(1, 6) * DAY_MS };
  }

  #honestTerminal(customer: Customer, online: boolean): Terminal {
    const random = this.#random;
    if (online) return random.chance(0.6) ? random.pick(customer.favouritesOnline) : random.pick(this.#world.online);
    if (customer.trip) return random.pick(this.#world.physicalByCity.get(customer.trip.city) as Terminal[]);
    return random.chance(0.75)
      ? random.pick(customer.favourites)
      : random.pick(this.#world.physicalByCity.get(customer.city) as Terminal[]);
  }

  #startCampaigns(customer: Customer): void {
    const random = this.#random;
    if (random.chance(STOLEN_SHARE) || this.#honest === FIRST_CAMPAIGNS[0]) this.#stealCard(customer);
    if (random.chance(TERMINAL_SHARE) || this.#honest === FIRST_CAMPAIGNS[1]) this.#compromiseTerminal();
    if (random.chance(NOT_PRESENT_SHARE) || this.#honest === FIRST_CAMPAIGNS[2]) this.#burst(customer);
  }

  #plan(attempt: Attempt): void {
    const planned = this.#planned;
    let low = 0;
    let high = planned.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((planned[middle] as Attempt).timeMs > attempt.timeMs) low = middle + 1;
      else high = middle;
    }
    planned.splice(low, 0, attempt);
  }

  #stealCard(customer: Customer): void {
    const random = this.#random;
    const cities = [...this.#world.physicalByCity.keys()];
    const where = this.#world.physicalByCity.get(
      random.chance(0.5) ? (customer.trip?.city ?? customer.city) : random.pick(cities),
    ) as Terminal[];
    let timeMs = this.#timeMs + Math.floor(random.between(0.3, 4) * HOUR_MS);
    const blockedMs = timeMs + Math.floor(random.between(2, 14) * HOUR_MS);
    const count = random.integer(4, 9);
    for (let i = 0; i < count; i++) {
      // some try once more after the card is blocked
      if (timeMs > blockedMs && random.chance(0.5)) break;
      const terminal = random.pick(where);
      const cents = Math.round(customer.usualCents * random.between(5, 22)) + 8000;
      const channel = customer.hasChip && random.chance(0.7) ? 'chip' : 'magstripe';
      this.#plan({ timeMs, customer, terminal, cents, channel, authentication: 'signature', fraud: 1 });
      timeMs += Math.floor(random.exponential() * 1.2 * HOUR_MS) + 120_000;
    }
    this.#blocks.push({ customer, timeMs: blockedMs });
  }

  /** Cards that will be reported, applied when their time has come. */
  readonly #blocks: { customer: Customer; timeMs: number }[] = [];

  #applyBlocks(timeMs: number): void {
    for (let i = this.#blocks.length - 1; i >= 0; i--) {
      const block = this.#blocks[i];
      if (!block || block.timeMs > timeMs) continue;
      block.customer.blockedSinceMs = block.timeMs;
      this.#blocks.splice(i, 1);
    }
  }

  #compromiseTerminal(): void {
    const random = this.#random;
    const terminal = random.pick(random.pick([...this.#world.physicalByCity.values()]));
    const days = random.integer(4, 9);
    const count = days * random.integer(3, 5);
    for (let i = 0; i < count; i++) {
      const customer = random.pick(this.#world.customers);
      const timeMs = this.#timeMs + Math.floor(random.between(0.02, days) * DAY_MS);
      const cents = Math.round(customer.usualCents * random.between(1.5, 6)) + 4000;
      const channel = random.chance(0.75) ? 'magstripe' : 'contactless';
      this.#plan({
        timeMs,
        customer,
        terminal,
        cents,
        channel,
        authentication: channel === 'magstripe' ? 'signature' : 'none',
        fraud: 2,
      });
    }
  }

  #burst(customer: Customer): void {
    const random = this.#random;
    const cities = [...this.#world.physicalByCity.keys()].map((city) => city.country);
    const abroad = ['BR', 'VN', 'NG', 'UA', ...cities].filter((country) => country !== customer.city.country);
    const ipCountry = random.pick(abroad);
    const emulator = random.chance(0.35);
    let timeMs = this.#timeMs + Math.floor(random.between(0.1, 6) * HOUR_MS);
    const tries = random.integer(1, 4);
    const count = tries + random.integer(4, 9);
    for (let i = 0; i < count; i++) {
      const cents = i < tries ? random.integer(50, 240) : Math.round(customer.usualCents * random.between(2, 9)) + 3000;
      const device = { ageDays: 0, emulator, ...(random.chance(0.1) ? {} : { ipCountry }) };
      const terminal = random.pick(this.#world.online);
      const attempt = {
        timeMs,
        customer,
        terminal,
        cents,
        channel: 'ecommerce',
        authentication: 'none',
        device,
        fraud: 3,
      } as const;
      this.#plan(attempt);
      timeMs += Math.floor(random.exponential() * 240_000) + 15_000;
    }
  }

  /** Counts the payment into the state of its customer and terminal, and renders it. */
  #pay(attempt: Attempt): GeneratedTransaction {
    const { timeMs, customer, terminal, cents, fraud } = attempt;
    this.#applyBlocks(timeMs);
    const present = attempt.channel !== 'ecommerce' && attempt.channel !== 'phone';
    const velocity = this.#velocity(attempt, present);
    const day = Math.floor((timeMs - START_MS) / DAY_MS);
    countTerminal(terminal, day);
    while ((terminal.chargebacksMs[0] ?? Number.POSITIVE_INFINITY) < timeMs - 28 * DAY_MS) terminal.chargebacksMs.shift();
    let chargebacks = 0;
    for (const known of terminal.chargebacksMs) if (known <= timeMs) chargebacks++;
    const visits = customer.visits.get(terminal) ?? 0;
    const seconds = new Date(timeMs).toISOString();
    const payload: Transaction = {
      transactionId: `x${String(++this.#sequence).padStart(9, '0')}`,
      time: `${seconds.slice(0, 19)}Z`,
      localDate: isoDay(Math.floor((timeMs + customer.city.offsetHours * HOUR_MS) / DAY_MS)),
      hour: localHour(timeMs, customer.city),
      amount: cents / 100,
      currency: customer.city.currency,
      channel: attempt.channel,
      ...(attempt.authentication ? { authentication: attempt.authentication } : {}),
      merchantCategory: terminal.category,
      merchantCountry: terminal.city.country,
      customer: {
        id: customer.id,
        country: customer.city.country,
        averageAmount: Math.round(customer.meanCents) / 100,
        since: customer.since,
        ...(customer.risk ? { risk: customer.risk } : {}),
      },
      card: {
        present,
        hasChip: customer.hasChip,
        validUntil: isoDay(customer.validUntilDay),
        ...(customer.blockedSinceMs === undefined
          ? {}
          : { blockedSince: `${new Date(customer.blockedSinceMs).toISOString().slice(0, 19)}Z` }),
      },
      terminal: {
        id: terminal.id,
        ageDays: terminal.ageDays + day,
        count28d: Math.round(terminal.countSum),
        chargebacks28d: chargebacks,
        customerVisits: visits,
      },
      ...(attempt.device ? { device: attempt.device } : {}),
      velocity,
    };
    if (fraud === 0) {
      customer.visits.set(terminal, visits + 1);
      customer.meanCents += (cents - customer.meanCents) * 0.02;
      if (this.#random.chance(0.0004)) this.#dispute(terminal, timeMs);
    } else {
      this.#dispute(terminal, timeMs);
    }
    return { payload, fraud };
  }

  #dispute(terminal: Terminal, timeMs: number): void {
    const knownMs = timeMs + Math.floor(this.#random.between(1, 3) * DAY_MS);
    const list = terminal.chargebacksMs;
    let at = list.length;
    while (at > 0 && (list[at - 1] as number) > knownMs) at--;
    list.splice(at, 0, knownMs);
  }

  #velocity(attempt: Attempt, present: boolean): Transaction['velocity'] {
    const { timeMs, customer, terminal, cents } = attempt;
    const recent = customer.recent;
    while ((recent[0]?.timeMs ?? timeMs) <= timeMs - DAY_MS) recent.shift();
    recent.push({ timeMs, cents, country: terminal.city.country });
    let count1h = 0;
    let sumCents = 0;
    const countries = new Set<string>();
    for (const payment of recent) {
      if (payment.timeMs > timeMs - HOUR_MS) count1h++;
      sumCents += payment.cents;
      countries.add(payment.country);
    }
    const velocity: Transaction['velocity'] = {
      count1h,
      count24h: recent.length,
      amount24h: sumCents / 100,
      countries24h: countries.size,
    };
    const last = customer.lastPresent;
    if (last) {
      velocity.minutesSincePresent = Math.floor((timeMs - last.timeMs) / 60_000);
      velocity.kmFromPresent = distanceKm(last.city, terminal.city);
    }
    // where a copy was used says nothing of where the card is
    if (present && attempt.fraud !== 2) customer.lastPresent = { timeMs, city: terminal.city };
    return velocity;
  }
}

function localHour(timeMs: number, city: City): number {
  return (Math.floor(timeMs / HOUR_MS) + city.offsetHours + 24) % 24;
}

function countTerminal(terminal: Terminal, day: number): void {
  while (terminal.dayNow < day) {
    terminal.dayNow++;
    const place = terminal.dayNow % 28;
    terminal.countSum -= terminal.countByDay[place] as number;
    terminal.countByDay[place] = 0;
  }
  const place = terminal.dayNow % 28;
  terminal.countByDay[place] = (terminal.countByDay[place] as number) + 1;
  terminal.countSum++;
}

/**
 * Generates `count` payments in order of time, from 2026-01-05 on.
 * @throws RangeError for options out of range
 */
export function* generateTransactions(options: GeneratorOptions): Generator<GeneratedTransaction, void, undefined> {
  const { seed, customers, terminals, count } = options;
  if (!Number.isInteger(count) || count < 0) throw new RangeError(`count must be an integer of at least 0, not ${count}`);
  const simulation = new Simulation(seed, customers, terminals);
  for (let i = 0; i < count; i++) yield simulation.next();
}
