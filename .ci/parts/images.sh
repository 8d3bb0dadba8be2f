#!/bin/bash
# Builds the image with all languages, which the parts with containers use.
exec npm run images -- all
