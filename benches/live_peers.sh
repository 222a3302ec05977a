#!/bin/bash
# benches/live_peers.sh: nettool capture beside tcpdump on a veth pair between two network namespaces, in one run.
#
# Prints Markdown: the share of frames that each did not get into its file under the highest loads that the senders at
# hand make, and the time from start to the end after one line. Captures take turns, RUNS times
# (default 3), with the same sender; the share is that of all runs together. A frame counts as lost when the capture's
# own account says that the kernel dropped it, checked against what capinfos finds in the file. Files go to /dev/shm, so that
# a disk does not decide. Needs root, tcpdump, capinfos, and trafgen or iperf3.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
runs=${RUNS:-3} frames=${FRAMES:-1000000} octets=${OCTETS:-3G}

for tool in ip tcpdump capinfos ping; do
    command -v "$tool" >/dev/null || { echo "live_peers.sh: needs $tool" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "live_peers.sh: needs root for network namespaces" >&2; exit 2; }
cargo build --release --locked -q -p nettool
nettool=$PWD/target/release/nettool

scratch=$(mktemp -d "${SCRATCH:-/dev/shm}/nettool-live.XXXXXX")
# tcpdump writes as a user of its own.
chmod 777 "$scratch"
. benches/pair.sh

# A UDP frame of 60 octets to everyone.
cat >"$scratch/udp.cfg" <<'EOF'
{ 0xff,0xff,0xff,0xff,0xff,0xff, 0x02,0,0,0,0,1, 0x08,0x00, 0x45,0,0,46, 0,1,0,0, 64,17,0,0,
  10,99,0,1, 10,99,0,2, 0x12,0x34,0x56,0x78, 0,26,0,0, fill(0x41,18) }
EOF

send_small() { in_a trafgen -o v0 -c "$scratch/udp.cfg" -n "$frames" -P "$(nproc)" -q; }
send_stream() {
    ip netns exec "$b" iperf3 -s -1 >/dev/null 2>&1 &
    local server=$!
    # The server says nothing when it is ready to a file; ask the kernel.
    until in_b ss -Hltn 'sport = 5201' | grep -q .; do sleep 0.05; done
    in_a iperf3 -c 10.99.0.2 -n "$octets"
    wait "$server" || true
}

# capture NAME SENDER COMMAND…: adds received and lost frames to the sums of NAME.
declare -A received lost processor
capture() {
    local name=$1 sender=$2 file=$scratch/out log=$scratch/log pid got drops in_file before ticks
    shift 2
    rm -f "$file"
    : >"$log"
    # Not through a function: $! is to be the capture itself.
    ip netns exec "$b" "$@" -w "$file" 2>"$log" &
    pid=$!
    until grep -q -e 'listening on' -e 'capturing on' "$log"; do
        kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; exit 1; }
        sleep 0.05
    done
    # Setting up the ring is not what a frame costs.
    before=$(awk '{print $14 + $15}' "/proc/$pid/stat")
    "$sender" >/dev/null 2>&1
    # Until the kernel has handed over what it holds back: both retire blocks within a second.
    sleep 1.2
    ticks=$(($(awk '{print $14 + $15}' "/proc/$pid/stat") - before))
    kill -INT "$pid"
    wait "$pid" || true
    got=$(sed -n 's/^\([0-9]*\) packets* received by filter/\1/p' "$log")
    drops=$(sed -n 's/^\([0-9]*\) packets* dropped by kernel/\1/p' "$log")
    in_file=$(capinfos -rTMc "$file" 2>/dev/null | cut -f2)
    # One frame may be between the kernel and the program when it is stopped.
    if ((got - drops - in_file > 1 || in_file > got - drops)); then
        echo "live_peers.sh: $name says $got - $drops, its file holds $in_file" >&2
    fi
    received[$name]=$((${received[$name]:-0} + got))
    lost[$name]=$((${lost[$name]:-0} + got - in_file))
    processor[$name]=$((${processor[$name]:-0} + ticks))
}

# row LOAD SENDER: both captures in turn, and one line of the table.
row() {
    received=() lost=() processor=()
    for _ in $(seq "$runs"); do
        capture tcpdump "$2" tcpdump -i v1
        capture nettool "$2" "$nettool" capture v1
    done
    awk -v load="$1" -v nr="${received[nettool]}" -v nl="${lost[nettool]}" -v tr="${received[tcpdump]}" -v tl="${lost[tcpdump]}" \
        -v np="${processor[nettool]}" -v tp="${processor[tcpdump]}" 'BEGIN {
            ns = nl / nr; ts = tl / tr;
            ratio = ts == 0 ? (ns == 0 ? "both 0" : "tcpdump lost none") : sprintf("**%.4f**", ns / ts);
            printf "| %s | %d of %d (%.4f %%) | %d of %d (%.4f %%) | %s | %.1f µs / %.1f µs |\n", load, nl, nr, 100 * ns, tl, tr, 100 * ts,
                ratio, 10000 * np / (nr - nl), 10000 * tp / (tr - tl)}'
}

echo "Machine: $(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r), $(tcpdump --version 2>&1 | head -1)"
echo
echo '| load | nettool lost | tcpdump lost | share / share (goal 0.5) | processor time a frame saved, nettool / tcpdump |'
echo '|---|---|---|---|---|'
if command -v trafgen >/dev/null; then
    row "$frames frames of 60 octets, trafgen on $(nproc) processors" send_small
else
    echo '| small frames | trafgen (netsniff-ng) is not installed | | | |'
fi
if command -v iperf3 >/dev/null && command -v ss >/dev/null; then
    row "$octets octets of TCP, iperf3" send_stream
else
    echo '| TCP | iperf3 or ss (iproute2) is not installed | | | |'
fi

# first COMMAND…: milliseconds from start to the first line, while a frame crosses every 2 ms.
first() {
    local start line
    start=$(date +%s%N)
    # The line that ends the pipe ends the capture.
    line=$(in_b timeout 10 "$@" 2>/dev/null | head -1)
    [ -n "$line" ] || { echo nan; return; }
    awk -v start="$start" -v stamp="$(date +%s%N)" 'BEGIN {printf "%.1f", (stamp - start) / 1e6}'
}
# median of the arguments
median() { printf '%s\n' "$@" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

ip netns exec "$a" ping -q -i 0.002 10.99.0.2 >/dev/null &
pinger=$!
mine=() theirs=()
for _ in $(seq $((runs * 3))); do
    theirs+=("$(first tcpdump -l -n -i v1 -c 1)")
    mine+=("$(first "$nettool" capture v1 -n -c 1)")
done
kill "$pinger"
wait "$pinger" 2>/dev/null || true
echo
echo '| from start to the end after one line, median | nettool | tcpdump -l |'
echo '|---|---|---|'
echo "| a frame every 2 ms, -c 1 | $(median "${mine[@]}") ms | $(median "${theirs[@]}") ms |"
