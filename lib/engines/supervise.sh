#!/bin/sh
# Owns one server: runs it in this process group, its output appended to a log file, and leaves
# nothing of the group behind. It stops the server when its own standard input closes, which also
# happens when the program that started it is killed with -9.
#
#   supervise.sh GRACE_S LOG COMMAND [ARG...]
#
# Must be the leader of its own process group. Prints "pid N" and, when the server has ended, "exit N".
set -u
grace_s=$1
log=$2
shift 2

exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
echo "pid $server"

# Set after the server has started, which would inherit ignored signals.
trap '' PIPE
trap : TERM INT HUP

(
  cat <&3 >/dev/null
  kill -TERM "$server" 2>/dev/null
  waited=0
  while [ "$waited" -lt "$((grace_s * 10))" ] && kill -0 "$server" 2>/dev/null; do
    sleep 0.1
    waited=$((waited + 1))
  done
  # A server that has ended is told of first; the line below is for when nobody tells.
  kill -0 "$server" 2>/dev/null || sleep 1
  kill -KILL 0
) >/dev/null &

wait "$server"
code=$?
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
echo "exit $code"
kill -KILL 0
