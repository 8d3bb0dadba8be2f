#!/bin/bash
# What a newcomer does on another machine than this one, where what it takes is at hand: newcomer.sh SCRIPT
exec "$1" --cached
