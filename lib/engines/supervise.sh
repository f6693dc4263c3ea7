#!/bin/sh
# Owns one server: runs it in this process group, its output appended to a log file, and leaves
# nothing of the group behind. It stops the server when its own standard input closes, which also
# happens when the program that started it is killed with -9.
#
#   supervise.sh GRACE_S LIMIT_BYTES LOG RUNTIME NAME COMMAND [ARG...]
#
# A log that outgrows LIMIT_BYTES is copied to LOG.1, over an older one, and emptied; the beginning
# of the first is kept in LOG.head. The server writes to the file itself, so it is never held up and
# its last words are there whatever is killed; only what it prints in the millisecond between copy
# and cut is lost.
#
# RUNTIME and NAME are empty, unless COMMAND is the client of a container engine: docker or podman,
# and the container's name. A container is no child of its client and has to be ended by name.
# Must be the leader of its own process group. Prints "pid N" and, when the server has ended, "exit N".
set -u
grace_s=$1
limit_bytes=$2
log=$3
runtime=$4
name=$5
shift 5

# Each with a bound, since a container engine that hangs must not keep the group alive.
stop_container() {
  [ -z "$runtime" ] || timeout "$((grace_s + 20))" "$runtime" stop -t "$grace_s" "$name"
}
remove_container() {
  [ -z "$runtime" ] || timeout 20 "$runtime" rm -f "$name"
}

exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
echo "pid $server"

# Set after the server has started, which would inherit ignored signals.
trap '' PIPE
trap : TERM INT HUP

(
  cat <&3 >/dev/null
  stop_container 2>/dev/null
  kill -TERM "$server" 2>/dev/null
  waited=0
  while [ "$waited" -lt "$((grace_s * 10))" ] && kill -0 "$server" 2>/dev/null; do
    sleep 0.1
    waited=$((waited + 1))
  done
  # A server that has ended is told of first; the line below is for when nobody tells.
  kill -0 "$server" 2>/dev/null || sleep 1
  remove_container 2>/dev/null
  kill -KILL 0
) >/dev/null &

(
  while sleep 2; do
    size=$(wc -c <"$log") || continue
    [ "$size" -le "$limit_bytes" ] && continue
    [ -e "$log.head" ] || head -c 1000000 "$log" >"$log.head"
    cp "$log" "$log.1" && : >"$log"
  done
) >/dev/null 2>&1 3<&- &

wait "$server"
code=$?
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
echo "exit $code"
remove_container >/dev/null 2>&1
kill -KILL 0
