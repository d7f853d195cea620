import type { Command } from '../command.ts'
import { approve } from './approve.ts'
import { archive } from './archive.ts'
import { auditExport, auditLogCommand, auditShow, auditVerify } from './audit.ts'
import { reject, withdraw } from './close.ts'
import { completions } from './completions.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { drill } from './drill.ts'
import { explain } from './explain.ts'
import { fmt } from './fmt.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { init } from './init.ts'
import { inspect } from './inspect.ts'
import { keysExport, keysList, keysNew } from './keys.ts'
import { lint } from './lint.ts'
import { newFlag } from './new.ts'
import { promote } from './promote.ts'
import { propose } from './propose.ts'
import { publish } from './publish.ts'
import { refresh } from './refresh.ts'
import { rename } from './rename.ts'
import { resume } from './resume.ts'
import { review } from './review.ts'
import { rollback } from './rollback.ts'
import { rootEpoch, rootPropose, rootPublish, rootRevoke, rootShow, rootSign } from './root.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { stale } from './stale.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'
import { test } from './test.ts'
import { token } from './token.ts'
import { types } from './types.ts'
import { usages } from './usages.ts'
import { verify } from './verify.ts'

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  init,
  newFlag,
  rename,
  archive,
  lint,
  fmt,
  doctor,
  test,
  explain,
  simulate,
  diff,
  propose,
  review,
  approve,
  reject,
  withdraw,
  publish,
  promote,
  rollback,
  history,
  status,
  refresh,
  stop,
  resume,
  drill,
  keysNew,
  keysList,
  keysExport,
  rootPropose,
  rootSign,
  rootShow,
  rootPublish,
  rootRevoke,
  rootEpoch,
  verify,
  inspect,
  auditVerify,
  auditLogCommand,
  auditShow,
  auditExport,
  types,
  usages,
  stale,
  serve,
  token,
  completions,
  help,
]
