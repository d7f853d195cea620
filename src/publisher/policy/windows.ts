import { DAYS, type Day, type WindowRule } from './types.ts'

/** Weekday from 0 (Monday) and minute of the day, on the clocks of a zone. */
function clockOf(at: number, zone: string): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const read = (type: string) => parts.find(part => part.type === type)?.value ?? ''
  return {
    day: DAYS.indexOf(read('weekday').toLowerCase() as Day),
    minute: Number(read('hour')) * 60 + Number(read('minute')),
  }
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** A window that ends before it begins runs over midnight and belongs to the day on which it began. */
export function isOpen(window: WindowRule, at: number): boolean {
  const { day, minute } = clockOf(at, window.zone)
  const [from, until] = [minuteOf(window.from), minuteOf(window.until)]
  const on = (which: number) => window.days.includes(DAYS[(which + 7) % 7]!)
  if (from < until) return on(day) && minute >= from && minute < until
  return (on(day) && minute >= from) || (on(day - 1) && minute < until)
}

const MINUTE = 60_000

/** The next time at which one of the windows is open, to the minute; undefined if not within two weeks. */
export function nextOpening(windows: readonly WindowRule[], at: number): number | undefined {
  const start = Math.ceil(at / MINUTE) * MINUTE
  for (let time = start; time < start + 14 * 24 * 60 * MINUTE; time += 15 * MINUTE) {
    if (!windows.some(window => isOpen(window, time))) continue
    let first = time
    while (first - MINUTE >= start && windows.some(window => isOpen(window, first - MINUTE))) first -= MINUTE
    return first
  }
  return undefined
}
