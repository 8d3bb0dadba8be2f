#!/bin/bash
# The first half of the README's command, `npm ci && npm test`: the other parts need the packages only.
exec npm ci
