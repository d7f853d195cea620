// Before a build: two configurations write to dist at once, so that neither can empty it by itself.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
