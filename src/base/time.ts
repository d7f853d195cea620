const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/** `YYYY-MM-DDTHH:MM:SSZ` to milliseconds; undefined unless printing it again gives the same text. */
export function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !FORM.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) || formatTime(ms) !== text ? undefined : ms
}

/** Milliseconds to `YYYY-MM-DDTHH:MM:SSZ`, cut down to the second. */
export function formatTime(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`
}
