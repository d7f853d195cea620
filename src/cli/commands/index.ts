import type { Command } from '../command.ts'
import { archive } from './archive.ts'
import { completions } from './completions.ts'
import { diff } from './diff.ts'
import { explain } from './explain.ts'
import { fmt } from './fmt.ts'
import { help } from './help.ts'
import { init } from './init.ts'
import { lint } from './lint.ts'
import { newFlag } from './new.ts'
import { rename } from './rename.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { stale } from './stale.ts'
import { test } from './test.ts'
import { token } from './token.ts'
import { types } from './types.ts'
import { usages } from './usages.ts'

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  init,
  newFlag,
  rename,
  archive,
  lint,
  fmt,
  test,
  explain,
  simulate,
  diff,
  types,
  usages,
  stale,
  serve,
  token,
  completions,
  help,
]
