#!/bin/bash
# Known vulnerabilities of what the service depends on, and its bill of materials. No registry, no audit: that is in the log.
set -euo pipefail
npm run --silent audit
npm run --silent sbom >"$WORK/sbom.json"
echo "bill of materials (CycloneDX): $(grep -c '"bom-ref"' "$WORK/sbom.json") components"
