#!/bin/sh
# The shipped nginx.conf with the server's name and the web containers' addresses; its log goes to the container's.
set -eu

sed -e "s/api\.clinic\.example/$HEP_NAME/" \
    -e "s/127\.0\.0\.1:8001/$HEP_NETWORK.11:8001/" -e "s/127\.0\.0\.1:8002/$HEP_NETWORK.12:8001/" \
    -e 's#/var/log/hep-api/proxy\.log#/dev/stdout#' -e 's#/var/log/hep-api/proxy-error\.log#/dev/stderr#' \
    /etc/hep/nginx.conf > /etc/nginx/conf.d/hep-api.conf
exec nginx -g 'daemon off;'
