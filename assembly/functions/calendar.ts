// The proleptic Gregorian calendar over days since 1970-01-01, for every i32 and far beyond. It repeats every 400 years, an era;
// eras and their years begin on 1 March here, so that a leap day is the last day of its year.

const ERA_DAYS: i64 = 146097;
const ERA_YEARS: i64 = 400;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS: i64 = 719468;

/** dividend / divisor, rounded towards negative infinity; divisor above 0. */
export function floorDivide(dividend: i64, divisor: i64): i64 {
  const quotient = dividend / divisor;
  return quotient - i64(quotient * divisor > dividend);
}

/** Year of the era in which a day of the era lies: a day less for every 4 years, one more for every 100, and for the last. */
function yearOfEra(day: u32): u32 {
  return (day - day / 1460 + day / 36524 - day / 146096) / 365;
}

function dayOfEra(days: i64): u32 {
  return (days + EPOCH_DAYS - floorDivide(days + EPOCH_DAYS, ERA_DAYS) * ERA_DAYS) as u32;
}

/** Days since 1 March, 0 to 365. */
function dayOfMarchYear(days: i64): u32 {
  const day = dayOfEra(days);
  const year = yearOfEra(day);
  return day - (year * 365 + year / 4 - year / 100);
}

/** Months since March, 0 to 11: five months from March or from August on have 153 days. */
function marchMonth(day: u32): u32 {
  return (day * 5 + 2) / 153;
}

/** The year; 0 is 1 BC. */
export function calendarYear(days: i64): i64 {
  const era = floorDivide(days + EPOCH_DAYS, ERA_DAYS);
  // January and February, from day 306 on, are of the next year.
  return era * ERA_YEARS + i64(yearOfEra(dayOfEra(days))) + i64(dayOfMarchYear(days) >= 306);
}

/** The month, 1 to 12. */
export function calendarMonth(days: i64): u32 {
  const month = marchMonth(dayOfMarchYear(days));
  return month < 10 ? month + 3 : month - 9;
}

/** The day of the month, 1 to 31. */
export function calendarDay(days: i64): u32 {
  const day = dayOfMarchYear(days);
  return day - (marchMonth(day) * 153 + 2) / 5 + 1;
}

/** The day of the week, Monday 1 to Sunday 7. */
export function calendarDayOfWeek(days: i64): u32 {
  // 1970-01-01 was a Thursday.
  return (days + 3 - floorDivide(days + 3, 7) * 7 + 1) as u32;
}

/** The day of the year, 1 to 366. */
export function calendarDayOfYear(days: i64): u32 {
  return (days - firstDayOfYear(calendarYear(days)) + 1) as u32;
}

/** Days from 1970-01-01 to the first of January of a year. */
export function firstDayOfYear(year: i64): i64 {
  const before = year - 1;
  return before * 365 + floorDivide(before, 4) - floorDivide(before, 100) + floorDivide(before, 400) - 719162;
}
