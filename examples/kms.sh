#!/usr/bin/env bash
# A key that never leaves its service: Ensign hands bytes to a command and takes a signature back. Here openssl stands for
# the command line tool of the key service. Run in a workspace; bob and carol sign the root that lists the new key.
set -euo pipefail

# In a key service: create an asymmetric P-256 key for signing, and get its public half.
openssl ecparam -name prime256v1 -genkey -noout -out alice.pem
openssl pkey -in alice.pem -pubout -out alice.pub

# The root lists public keys as JWK. This one replaces alice's others.
ensign root show --edit >root.json
node -e '
  const { createHash, createPublicKey } = require("node:crypto")
  const { readFileSync, writeFileSync } = require("node:fs")
  const { crv, kty, x, y } = createPublicKey(readFileSync("alice.pub")).export({ format: "jwk" })
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url")
  const root = JSON.parse(readFileSync("root.json"))
  root.people.find(({ id }) => id === "alice").keys = [{ crv, kid, kty, x, y }]
  writeFileSync("root.json", JSON.stringify(root))
'
ensign root propose --from root.json
ensign root sign --as bob
ensign root sign --as carol
ensign root publish

# From now on alice signs through the command. No shell reads it, and what it returns is verified before it is used.
ensign propose -e production --reason "the first from the key service" --id from-kms \
  --as alice --key "exec:openssl dgst -sha256 -sign alice.pem"
ensign approve from-kms --as bob --yes
ensign publish from-kms
