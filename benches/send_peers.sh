#!/bin/bash
# benches/send_peers.sh: nettool send and ask beside scapy's sendp and sr on a veth pair between two network namespaces, in one run.
#
# Prints Markdown: packets a second put onto the wire, counted by the other end's kernel, and requests a second whose answers
# were matched (ICMP echo, answered by the other end's kernel). The two take turns, RUNS times (default 3); the best of each
# counts, since other work on the machine can only slow them down. Needs root and scapy.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
runs=${RUNS:-3} frames=${FRAMES:-1000000} requests=${REQUESTS:-300000} theirs=${SCAPY:-2000}
python=${PYTHON:-python3}

[ "$(id -u)" = 0 ] || { echo "send_peers.sh: needs root for network namespaces" >&2; exit 2; }
"$python" -c 'import scapy' 2>/dev/null || { echo "send_peers.sh: needs scapy" >&2; exit 2; }
cargo build --release --locked -q -p nettool
nettool=$PWD/target/release/nettool

scratch=$(mktemp -d "${SCRATCH:-/dev/shm}/nettool-send.XXXXXX")
. benches/pair.sh
received() { ip netns exec "$b" awk '$1 == "v1:" {print $3}' /proc/net/dev; }
highest() { printf '%s\n' "$@" | sort -n | tail -1; }

cat >"$scratch/sendp.py" <<'END'
import sys, time
from scapy.all import Ether, IP, UDP, Raw, conf
from scapy.all import sendp
conf.verb = 0
frame = Ether(dst="02:00:00:00:00:02") / IP(dst="192.0.2.1", src="10.99.0.1") / UDP() / Raw(b"x" * 18)
start = time.time()
sendp(frame, iface="v0", count=int(sys.argv[1]), verbose=0)
print(int(sys.argv[1]) / (time.time() - start))
END
cat >"$scratch/sr.py" <<'END'
import sys, time
from scapy.all import IP, ICMP, sr, conf
conf.verb = 0
packets = [IP(dst="10.99.0.2") / ICMP(id=1 + (n >> 16), seq=n & 0xffff) for n in range(int(sys.argv[1]))]
start = time.time()
answered, unanswered = sr(packets, timeout=0.5, verbose=0)
# It waits for the time out only where an answer is missing.
waited = 0.5 if unanswered else 0
print(len(answered) / (time.time() - start - waited), len(answered))
END
cat >"$scratch/requests.star" <<END
IP(dst = "10.99.0.2") / ICMP(id = (1, $(((requests + 9999) / 10000))), seq = (0, 9999))
END

# Seconds that nettool says it took, without its start.
rate_of_send() {
    local before after
    before=$(received)
    in_a "$nettool" send --json -i v0 --count "$frames" \
        'Ether(dst="02:00:00:00:00:02")/IP(dst="192.0.2.1",src="10.99.0.1")/UDP()/("x"*18)' >"$scratch/sent"
    after=$(received)
    [ $((after - before)) -ge "$frames" ] || echo "send_peers.sh: $((after - before)) of $frames arrived" >&2
    sed 's/.*"packets_per_second":\([0-9.]*\).*/\1/' "$scratch/sent"
}
rate_of_ask() {
    in_a "$nettool" ask --summary --json "$scratch/requests.star" >"$scratch/asked" || true
    sed -n 's/.*"answers_per_second":\([0-9.]*\).*/\1/p' "$scratch/asked"
}

mine=() peer=() mine_asked=() peer_asked=()
for _ in $(seq "$runs"); do
    mine+=("$(rate_of_send)")
    peer+=("$(in_a "$python" "$scratch/sendp.py" "$theirs" 2>/dev/null)")
    mine_asked+=("$(rate_of_ask)")
    peer_asked+=("$(in_a "$python" "$scratch/sr.py" "$theirs" 2>/dev/null | cut -d' ' -f1)")
done

row() {
    awk -v what="$1" -v mine="$2" -v theirs="$3" \
        'BEGIN {printf "| %s | %d | %d | **%.0f×** |\n", what, mine, theirs, mine / theirs}'
}
echo "Machine: $(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r), scapy $("$python" -c 'import scapy; print(scapy.__version__)')"
echo
echo '| best of '"$runs"' | nettool | scapy | ratio |'
echo '|---|---|---|---|'
row "packets/s sent ($frames frames of 60 octets; \`sendp\` $theirs)" "$(highest "${mine[@]}")" "$(highest "${peer[@]}")"
row "answers/s matched ($requests echo requests; \`sr\` $theirs)" "$(highest "${mine_asked[@]}")" "$(highest "${peer_asked[@]}")"
