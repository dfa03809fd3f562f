# shellcheck shell=bash
# What tests of the box's services share; read by them.

# end_service NUMBER: ends the service that was started by that, with all that it has started: a group of their own, but only from its setsid on.
# Before that it is in the group of the test.
end_service() {
    local service=$1
    until [ "$(ps -o pgid= -p "$service" | tr -d ' ')" = "$service" ] || ! kill -0 "$service" 2>/dev/null; do sleep 0.02; done
    { kill -KILL -- "-$service"; wait "$service"; } 2>/dev/null || true
}
