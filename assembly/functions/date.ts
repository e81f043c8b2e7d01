// Parts of dates: days since 1970-01-01.

import { FunctionId } from '../shared/function';
import { calendarDay, calendarDayOfWeek, calendarDayOfYear, calendarMonth, calendarYear } from './calendar';

/** A calendar part of a date, by its FunctionId (DATE_YEAR to DATE_DAY_OF_YEAR); 0 for any other. */
export function datePart(id: u32, days: i64): f64 {
  switch (id) {
    case FunctionId.DATE_YEAR:
      return calendarYear(days) as f64;
    case FunctionId.DATE_MONTH:
      return calendarMonth(days) as f64;
    case FunctionId.DATE_DAY:
      return calendarDay(days) as f64;
    case FunctionId.DATE_DAY_OF_WEEK:
      return calendarDayOfWeek(days) as f64;
    case FunctionId.DATE_DAY_OF_YEAR:
      return calendarDayOfYear(days) as f64;
    default:
      return 0;
  }
}
