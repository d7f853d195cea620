/** The known name that a wrong one most probably means; undefined where none is near. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  const limit = wrong.length < 3 ? 0 : Math.max(1, Math.floor(wrong.length / 3))
  let best: string | undefined
  let least = limit + 1
  for (const name of known) {
    if (wrong.length >= 3 && name.startsWith(wrong)) return name
    if (Math.abs(name.length - wrong.length) >= least) continue
    const distance = name.toLowerCase() === wrong.toLowerCase() ? 0 : distanceOf(wrong, name)
    if (distance < least) {
      least = distance
      best = name
    }
  }
  return best
}

/** The cure that goes with a wrong name. */
export function didYouMean(wrong: string, known: Iterable<string>, otherwise: string): string {
  const best = nearest(wrong, known)
  return best === undefined ? otherwise : `Did you mean "${best}"?`
}

/** Edits from one text to the other; two neighbours that changed places count as one. */
function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return above[b.length]!
}
