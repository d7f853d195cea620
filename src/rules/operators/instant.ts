const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * RFC 3339 with an offset to milliseconds; undefined where it is no moment. Stricter than Date.parse, which takes
 * 2026-02-30 and local times: `T` and `Z` in upper case, no leap second, 1 to 9 digits of fraction, cut to three.
 */
export function parseInstant(text: string): number | undefined {
  const found = FORM.exec(text)
  if (found === null) return undefined
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const offsetHour = Number(found[9] ?? 0)
  const offsetMinute = Number(found[10] ?? 0)
  if (offsetHour > 23 || offsetMinute > 59) return undefined
  const fraction = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const offset = (offsetHour * 60 + offsetMinute) * (found[8] === '-' ? -60_000 : 60_000)
  return daysBefore(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : DAYS[month - 1]!
}

/** Days from 1970-01-01. Date.UTC would take the years 0 to 99 for 1900 to 1999, so 400 years are added first. */
function daysBefore(year: number, month: number, day: number): number {
  const DAYS_IN_400_YEARS = 146_097
  return Date.UTC(year + 400, month - 1, day) / 86_400_000 - DAYS_IN_400_YEARS
}
