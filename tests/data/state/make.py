"""Writes exchanges.pcap of this folder again (scapy 2.8.0): answers, errors, a hole between fragments, a routing loop."""
from scapy.all import *
pk=[];t=1000.0
def add(p,dt=0.01):
    global t
    t+=dt; p=Ether(bytes(p)); p.time=t; pk.append(p)
C,S,R="10.0.0.1","10.0.9.9","10.0.0.254"
e=Ether(src="02:00:00:00:00:01",dst="02:00:00:00:00:02")
f=Ether(src="02:00:00:00:00:02",dst="02:00:00:00:00:01")
# TFTP
add(e/IP(src=C,dst=S)/UDP(sport=3333,dport=69)/TFTP(op=1)/TFTP_RRQ(filename="x"))
add(f/IP(src=S,dst=C)/UDP(sport=4444,dport=3333)/TFTP(op=3)/TFTP_DATA(block=1)/b"abc",0.02)
add(e/IP(src=C,dst=S)/UDP(sport=3333,dport=4444)/TFTP(op=4)/TFTP_ACK(block=1))
# DNS answered by ICMP port unreachable
q=IP(src=C,dst=S,id=77)/UDP(sport=5555,dport=53)/DNS(id=9,qd=DNSQR(qname="a.example"))
add(e/q)
add(f/IP(src=S,dst=C)/ICMP(type=3,code=3)/q,0.005)
# echo with TTL exceeded
p=IP(src=C,dst=S,id=78,ttl=1)/ICMP(id=5,seq=1)/b"ping"
add(e/p); add(f/IP(src=R,dst=C)/ICMP(type=11,code=0)/p,0.003)
# HTTP pipelined
seq={C:1000,S:9000}
def tcp(a,b,fl,data=b""):
    sp,dp=(40000,80) if a==C else (80,40000)
    add((e if a==C else f)/IP(src=a,dst=b)/TCP(sport=sp,dport=dp,flags=fl,seq=seq[a],ack=seq[b] if "A" in fl else 0)/data)
    seq[a]+=len(data)+("S" in fl)+("F" in fl)
tcp(C,S,"S");tcp(S,C,"SA");tcp(C,S,"A")
rq=lambda n:b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"%n
rs=lambda n:b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"%n+b"x"*n
tcp(C,S,"PA",rq(1)); tcp(S,C,"PA",rs(5)); tcp(C,S,"A")
tcp(C,S,"PA",rq(2)+rq(3)); tcp(S,C,"A",rs(300)[:200]); tcp(S,C,"PA",rs(300)[200:]+rs(7))
# fragments with a hole
big=IP(src=C,dst=S,id=0x4242)/UDP(sport=1,dport=2)/(b"z"*3000)
fr=fragment(big,fragsize=1480)
add(e/fr[0]); add(e/fr[2])
# loop
for ttl in (20,18,16,14,12,10): add(e/IP(src=C,dst="203.0.113.9",id=99,ttl=ttl)/UDP(sport=7,dport=8)/b"round",0.001)
wrpcap("exchanges.pcap",pk)

# SYNs that ICMP errors end, one that asks for smaller packets and does not, one that is answered all the same.
packets = []

def put(packet, time):
    packet = Ether(bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / packet))
    packet.time = 1000 + time
    packets.append(packet)

for at, error in enumerate([(3, 3), (3, 1), (3, 13), (11, 0), (3, 4), None]):
    syn = IP(src="10.0.0.1", dst="10.0.0.9", id=at + 1) / TCP(sport=4000 + at, dport=80, seq=77 + at, flags="S")
    put(syn, at)
    put(syn, at + 0.1)
    if error:
        put(IP(src="10.0.0.254", dst="10.0.0.1") / ICMP(type=error[0], code=error[1]) / Raw(bytes(syn)[:28]), at + 0.2)
syn = IP(src="10.0.0.1", dst="10.0.0.9", id=99) / TCP(sport=5000, dport=80, seq=77, flags="S")
put(syn, 10)
put(IP(src="10.0.0.254", dst="10.0.0.1") / ICMP(type=3, code=1) / Raw(bytes(syn)[:28]), 10.1)
put(IP(src="10.0.0.9", dst="10.0.0.1") / TCP(sport=80, dport=5000, seq=9, ack=78, flags="SA"), 10.2)
syn = IPv6(src="2001:db8::1", dst="2001:db8::9") / TCP(sport=4000, dport=80, seq=5, flags="S")
put(syn, 11)
put(IPv6(src="2001:db8::9", dst="2001:db8::1") / ICMPv6DestUnreach(code=4) / Raw(bytes(syn)), 11.1)
wrpcap("refused.pcap", packets)
