#!/bin/sh
# The shipped redis.conf with its password, for a container's network in place of this machine.
set -eu

sed -e "s/REDIS_PASSWORD/$HEP_REDIS_PASSWORD/" -e 's/^bind .*/bind * -::*/' /etc/hep/redis.conf > /tmp/queue.conf
exec valkey-server /tmp/queue.conf
