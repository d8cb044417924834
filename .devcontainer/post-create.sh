#!/usr/bin/env bash
# Prepares a new development container: the Debian packages that the tests start programs from, and the npm packages.
set -euo pipefail

sudo apt-get update -qq
sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  $(cat examples/python/debian-packages.txt test/debian-packages.txt) make g++
npm install --no-audit
