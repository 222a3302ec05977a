#!/bin/bash
# benches/peers.sh [PACKETS]: nettool beside tcpdump, editcap and tshark on one generated capture, in one run.
#
# Prints Markdown: the machine, a table of times and ratios, the commands. Each command runs RUNS times (default 3),
# taking turns with its peer so that whatever else the machine does meets both; the run with the least wall time counts,
# with its own processor time (user + system). Input and output lie in SCRATCH (default /tmp), the input in the page cache.
# A peer that is not installed is left out, with a line that says so.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
packets=${1:-2000000}
runs=${RUNS:-3}
scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/nettool-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

cargo build --release --locked -q -p nettool
cargo build --release --locked -q -p nettool-benches
nettool=$PWD/target/release/nettool
big=$scratch/mixed.pcap slice=$scratch/slice.pcap out=$scratch/out
./target/release/mixed "$big" "$packets" 2>"$scratch/made"
slice_packets=$((packets < 200000 ? packets : 200000))
./target/release/mixed "$slice" "$slice_packets" 2>/dev/null
cat "$big" "$slice" >/dev/null # page cache

commands=()
# measure VARIABLE COMMAND: wall and processor seconds of the fastest run so far are kept in VARIABLE.
measure() {
    local -n kept=$1
    local took wall user system
    rm -f "$out"
    TIMEFORMAT='%R %U %S'
    took=$({ time bash -c "$2" >/dev/null 2>&1; } 2>&1) || { kept=failed; return 0; }
    read -r wall user system <<<"$took"
    kept=$(awk -v old="${kept:-}" -v w="$wall" -v c="$(awk "BEGIN {print $user + $system}")" \
        'BEGIN {split(old, o, " "); if (old == "" || w < o[1]) print w, c; else print old}')
}

# row NAME GOAL MINE PEER-COMMAND…: one line of the table for each peer.
row() {
    local name=$1 goal=$2 mine=$3 a b peer tool
    shift 3
    for peer in "$@"; do
        tool=${peer%% *}
        if ! command -v "$tool" >/dev/null; then
            printf '| %s | %s | not installed | | | | | %s |\n' "$name" "$tool" "$goal"
            continue
        fi
        a='' b=''
        for _ in $(seq "$runs"); do
            [ "$a" = failed ] || measure a "$mine"
            [ "$b" = failed ] || measure b "$peer"
        done
        commands+=("$mine" "$peer")
        if [ "$a" = failed ] || [ "$b" = failed ]; then
            printf '| %s | %s | %s | %s | | | | %s |\n' "$name" "$tool" "$a" "$b" "$goal"
            continue
        fi
        awk -v name="$name" -v tool="$tool" -v goal="$goal" -v a="$a" -v b="$b" 'BEGIN {
            split(a, x, " "); split(b, y, " ");
            printf "| %s | %s | %.3f s / %.3f s | %.3f s / %.3f s | **%.1f×** | %.1f× | %s |\n", name, tool, x[1], x[2], y[1], y[2],
                y[1] / (x[1] > 0 ? x[1] : 0.001), y[2] / (x[2] > 0 ? x[2] : 0.001), goal}'
    done
}

version() { command -v "$1" >/dev/null && "$@" 2>&1 | head -1; }
echo "Measured $(date -u +%F) at commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown), load $(cut -d' ' -f1 /proc/loadavg) before:"
echo
echo "- $(nproc) cores of $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), Linux $(uname -r)"
echo "- $(rustc --version); $(version tcpdump --version); $(tshark --version 2>/dev/null | sed -n 's/^\(TShark[^.]*\.[0-9]*\.[0-9]*\).*/\1/p')"
echo "- input: $(sed 's/^[^:]*: //' "$scratch/made"); slice of $slice_packets packets for JSON"
echo "- best of $runs runs, input in the page cache, output to $(df --output=fstype "$scratch" | tail -1)"
echo
echo '| work | peer | nettool wall / CPU | peer wall / CPU | wall ratio | CPU ratio | goal |'
echo '|---|---|---|---|---|---|---|'
row 'print lines, `-n`' '10× wall, 5× CPU' "$nettool read -n $big >$out" "tcpdump -n -r $big >$out"
row '`--count`' '4×' "$nettool read --count $big" "tcpdump --count -r $big"
row 'rewrite the whole file' '1.5×' "$nettool read $big -w $out.pcap" "tcpdump -r $big -w $out" "editcap -F pcap $big $out"
row 'filter `tcp port 443` and write' '3×' "$nettool read $big 'tcp port 443' -w $out.pcap" "tcpdump -r $big -w $out 'tcp port 443'"
row 'count of `tcp port 443`' '4×' "$nettool read --count $big 'tcp port 443'" "tcpdump --count -r $big 'tcp port 443'"
mixture='host 10.1.2.3 or net 10.0.0.0/9 and udp'
row "count of \`$mixture\`" '4×' "$nettool read --count $big '$mixture'" "tcpdump --count -r $big '$mixture'"
query='tcp.port == 443 && ip.ttl == 64'
row "\`-Y '$query'\` (slice)" '50×' "$nettool read -Y '$query' $slice >$out" "tshark -r $slice -Y '$query' >$out"
row 'conversations (slice)' '50×' "$nettool read --stats conv $slice >$out" "tshark -q -z conv,tcp -r $slice >$out"
row 'JSON, all fields (slice)' '100×' "$nettool read --json $slice >$out" "tshark -r $slice -T json >$out"
row 'six fields (slice)' '' "$nettool read --fields frame.number,frame.time_epoch,ip.src,ip.dst,tcp.srcport,tcp.dstport $slice >$out" \
    "tshark -r $slice -T fields -e frame.number -e frame.time_epoch -e ip.src -e ip.dst -e tcp.srcport -e tcp.dstport >$out"

# The most anonymous memory while a command runs, looked at every 5 ms.
peak() {
    "$@" >/dev/null 2>&1 &
    local pid=$! most=0 now
    while now=$(awk '/^RssAnon/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        ((now > most)) && most=$now
        sleep 0.005
    done
    wait "$pid"
    echo $((most / 1024))
}
echo
echo "Anonymous memory at its highest: printing $(peak "$nettool" read -n "$big") MB, JSON $(peak "$nettool" read --json "$slice") MB, rewriting $(peak "$nettool" read "$big" -w "$out.pcap") MB (goal: below 200 MB while printing)."
echo
echo 'Commands (paths shortened):'
echo
echo '```text'
printf '%s\n' "${commands[@]}" | awk '!seen[$0]++' | sed "s#$scratch/##g; s#$PWD/target/release/##g"
echo '```'
