#!/bin/sh
# Prints key and JSON of each nowcast in the topic, then ends. Needs kcat 1.6 or later.
#
#   KAFKA_BROKERS=localhost:9092 ./nowcasts.sh
#
# `-s value='>bIs'` takes the frame apart: a byte 0, the id of the schema, and the rest as text. Drop -e to follow.
set -eu
kcat -C -q -e -b "${KAFKA_BROKERS:-localhost:9092}" -t "${TOPIC:-nowcasts}" -o beginning \
  -s value='>bIs' -f '%k\t%s\n' | sed 's/\t0 *[0-9]* */\t/'
