#!/bin/bash
# benches/craft_peers.sh [RUNS]: frames built by nettool and by scapy from one expression, in one run; prints a line of docs/performance.md.
# Needs python3 with scapy and a release build.
set -eu
cd "$(dirname "$0")/.."
runs=${1:-5}
exec python3 - "$runs" <<'PY'
import os, subprocess, sys, tempfile, time

runs = int(sys.argv[1])
nettool = "target/release/nettool"
text = ('Ether(src="02:00:00:00:00:01",dst="02:00:00:00:00:02")/IP(src="10.0.0.1",dst="10.0.0.2")'
        '/UDP(sport=(1,%d),dport=(1,%d))/("x"*64)')


def best(command):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


with tempfile.TemporaryDirectory() as folder:
    out = os.path.join(folder, "out.pcap")
    whole = best([nettool, "craft", "-e", text % (500, 400), "-w", out])
    large = best([nettool, "craft", "-e", text % (5000, 400), "-w", out])
    start = best([nettool, "craft", "--hex", "-e", 'IP(src="1.1.1.1",dst="2.2.2.2")/UDP()'])
scapy = ("from scapy.all import *\nimport time\nt = time.perf_counter()\n"
         "n = sum(len(bytes(p)) for p in %s)\nprint(time.perf_counter() - t)" % (text % (50, 40)))
peer = min(float(subprocess.run([sys.executable, "-c", scapy], capture_output=True, text=True).stdout) for _ in range(2)) / 2000
print("| frames | nettool | scapy | ratio |")
print("|---|---|---|---|")
for frames, seconds in ((200_000, whole), (2_000_000, large)):
    print("| %d distinct Ether/IP/UDP frames into a pcap file, from start to end | %.0f ms | %.0f µs a frame | **%.0f×** |"
          % (frames, seconds * 1e3, peer * 1e6, peer / (seconds / frames)))
print("| start to end of one packet, `craft --hex -e` | %.0f ms | | |" % (start * 1e3))
PY
