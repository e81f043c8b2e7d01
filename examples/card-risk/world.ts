// Who pays, and where: the customers and terminals of the generated card payments. Everything is drawn from one Random.

import type { Random } from '../random.js';

export const DAY_MS = 86_400_000;

export interface City {
  country: string;
  /** Degrees. */
  latitude: number;
  longitude: number;
  /** Cosine of the latitude, written down so that distances need no Math.cos. */
  cosine: number;
  /** Hours that local time is ahead of UTC. */
  offsetHours: number;
  currency: 'EUR' | 'GBP' | 'USD' | 'CHF' | 'PLN' | 'SEK';
  weight: number;
}

export const CITIES: readonly City[] = [
  { country: 'DE', latitude: 52.52, longitude: 13.4, cosine: 0.608, offsetHours: 1, currency: 'EUR', weight: 10 },
  { country: 'DE', latitude: 48.14, longitude: 11.58, cosine: 0.667, offsetHours: 1, currency: 'EUR', weight: 7 },
  { country: 'FR', latitude: 48.86, longitude: 2.35, cosine: 0.658, offsetHours: 1, currency: 'EUR', weight: 10 },
  { country: 'ES', latitude: 40.42, longitude: -3.7, cosine: 0.761, offsetHours: 1, currency: 'EUR', weight: 6 },
  { country: 'IT', latitude: 45.46, longitude: 9.19, cosine: 0.701, offsetHours: 1, currency: 'EUR', weight: 6 },
  { country: 'GB', latitude: 51.51, longitude: -0.13, cosine: 0.622, offsetHours: 0, currency: 'GBP', weight: 9 },
  { country: 'CH', latitude: 47.37, longitude: 8.54, cosine: 0.677, offsetHours: 1, currency: 'CHF', weight: 3 },
  { country: 'PL', latitude: 52.23, longitude: 21.01, cosine: 0.612, offsetHours: 1, currency: 'PLN', weight: 4 },
  { country: 'SE', latitude: 59.33, longitude: 18.07, cosine: 0.51, offsetHours: 1, currency: 'SEK', weight: 3 },
  { country: 'US', latitude: 40.71, longitude: -74.01, cosine: 0.758, offsetHours: -5, currency: 'USD', weight: 4 },
];

/** Kilometres between two cities on a flat map: right within a few per cent at these distances. */
export function distanceKm(from: City, to: City): number {
  const north = (to.latitude - from.latitude) * 111.2;
  const east = (to.longitude - from.longitude) * 111.2 * ((from.cosine + to.cosine) / 2);
  return Math.round(Math.sqrt(north * north + east * east) * 10) / 10;
}

export const CATEGORIES = [
  'groceries',
  'fuel',
  'restaurant',
  'travel',
  'electronics',
  'jewellery',
  'clothing',
  'cash',
  'gaming',
  'services',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** How often a category is met at a counter and online, and the size of its payments against the customer's own. */
const CATEGORY_WEIGHTS_PRESENT = [30, 10, 20, 4, 5, 1, 10, 6, 0, 14];
const CATEGORY_WEIGHTS_ONLINE = [5, 0, 4, 14, 18, 2, 22, 0, 15, 20];
const CATEGORY_FACTORS = [0.8, 1.1, 0.8, 2.2, 1.8, 2.4, 1.2, 1.5, 0.5, 0.9];

export interface Terminal {
  id: string;
  online: boolean;
  city: City;
  category: Category;
  /** Payments here are this many times the customer's usual one. */
  factor: number;
  /** Day on which it was installed, in days before the start (0 or more) or after it (negative). */
  ageDays: number;
  /** Payments of each of the last 28 days, a ring by day number. */
  countByDay: Float64Array;
  countSum: number;
  dayNow: number;
  /** When each chargeback became known, rising. */
  chargebacksMs: number[];
}

export interface Customer {
  id: string;
  city: City;
  /** Median payment, cents. */
  usualCents: number;
  /** 0 to 1: the share of possible payments that are made. */
  activity: number;
  since: string;
  risk: 'low' | 'medium' | 'high' | undefined;
  hasChip: boolean;
  /** Day number since 1970 of the card's last day. */
  validUntilDay: number;
  blockedSinceMs: number | undefined;
  /** Terminals used most. */
  favourites: Terminal[];
  favouritesOnline: Terminal[];
  /** Undisputed payments by terminal. */
  visits: Map<Terminal, number>;
  /** When the customer's own device was first seen. */
  deviceSinceMs: number;
  /** Payments of the last 24 hours, oldest first. */
  recent: { timeMs: number; cents: number; country: string }[];
  lastPresent: { timeMs: number; city: City } | undefined;
  trip: { city: City; untilMs: number } | undefined;
  /** Mean of about the last 90 days, cents. */
  meanCents: number;
}

export interface World {
  terminals: Terminal[];
  physicalByCity: Map<City, Terminal[]>;
  online: Terminal[];
  customers: Customer[];
}

export function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function makeTerminal(random: Random, index: number, count28d: number): Terminal {
  const online = index % 4 === 3;
  // the first counters cover the cities in turn, so that small worlds have places to travel to
  const city = CITIES[index < 40 ? Math.floor(index / 4) % 4 : random.weighted(CITIES.map((c) => c.weight))] as City;
  const category = random.weighted(online ? CATEGORY_WEIGHTS_ONLINE : CATEGORY_WEIGHTS_PRESENT);
  const countByDay = new Float64Array(28);
  const perDay = (count28d / 28) * random.between(0.4, 1.8);
  for (let day = 0; day < 28; day++) countByDay[day] = Math.floor(perDay * random.between(0.5, 1.5) + 0.5);
  return {
    id: `t${String(index + 1).padStart(6, '0')}`,
    online,
    city,
    category: CATEGORIES[category] as Category,
    factor: CATEGORY_FACTORS[category] as number,
    ageDays: random.chance(0.04) ? random.integer(0, 10) : random.integer(20, 3000),
    countByDay,
    countSum: countByDay.reduce((sum, count) => sum + count, 0),
    dayNow: 0,
    chargebacksMs: [],
  };
}

function makeCustomer(random: Random, index: number, startMs: number, world: Omit<World, 'customers'>): Customer {
  const cities = CITIES.filter((city) => world.physicalByCity.has(city));
  const city = cities[random.weighted(cities.map((c) => c.weight))] as City;
  const near = world.physicalByCity.get(city) as Terminal[];
  const usualCents = Math.round(2600 * random.skewed() * random.between(0.7, 1.6)) + 300;
  const favourites = Array.from({ length: random.integer(4, 7) }, () => random.pick(near));
  const favouritesOnline = Array.from({ length: random.integer(1, 3) }, () => random.pick(world.online));
  const visits = new Map<Terminal, number>();
  for (const terminal of [...favourites, ...favouritesOnline]) visits.set(terminal, random.integer(2, 40));
  const startDay = Math.floor(startMs / DAY_MS);
  return {
    id: `c${String(index + 1).padStart(6, '0')}`,
    city,
    usualCents,
    activity: random.between(0.15, 1),
    since: isoDay(startDay - random.integer(30, 6000)),
    risk: random.chance(0.3) ? undefined : (['low', 'medium', 'high'] as const)[random.weighted([80, 16, 4])],
    hasChip: random.chance(0.97),
    validUntilDay: startDay + (random.chance(0.01) ? random.integer(-2, 10) : random.integer(30, 1400)),
    blockedSinceMs: undefined,
    favourites,
    favouritesOnline,
    visits,
    deviceSinceMs: startMs - random.integer(1, 900) * DAY_MS,
    recent: [],
    lastPresent: undefined,
    trip: undefined,
    meanCents: Math.round(usualCents * 1.1),
  };
}

/**
 * Draws a world. Every fourth terminal is an online merchant.
 * @throws RangeError below 1 customer or 8 terminals
 */
export function makeWorld(random: Random, customers: number, terminals: number, startMs: number): World {
  if (!Number.isInteger(customers) || customers < 1) throw new RangeError(`customers must be an integer above 0, not ${customers}`);
  if (!Number.isInteger(terminals) || terminals < 8) throw new RangeError(`terminals must be an integer above 7, not ${terminals}`);
  const count28d = (28 * customers) / terminals;
  const list = Array.from({ length: terminals }, (_, index) => makeTerminal(random, index, count28d));
  const physicalByCity = new Map<City, Terminal[]>();
  for (const terminal of list) {
    if (terminal.online) continue;
    const here = physicalByCity.get(terminal.city);
    if (here) here.push(terminal);
    else physicalByCity.set(terminal.city, [terminal]);
  }
  const world = { terminals: list, physicalByCity, online: list.filter((terminal) => terminal.online) };
  return { ...world, customers: Array.from({ length: customers }, (_, index) => makeCustomer(random, index, startMs, world)) };
}
