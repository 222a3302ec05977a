"""Writes errors.pcap of this folder again (scapy 2.8.0): packets that ICMP errors quote, handshakes with segments sent again, a refused one."""
from scapy.all import *
e=Ether(src='02:00:00:00:00:01',dst='02:00:00:00:00:02'); f=Ether(dst='02:00:00:00:00:01',src='02:00:00:00:00:02')
ps=[]; t=1000.0
def add(p,dt):
    global t
    t+=dt; p.time=t; ps.append(p)
C,S,R='10.0.0.1','10.0.0.9','10.0.0.254'
syn=IP(src=C,dst=S,id=1)/TCP(sport=1000,dport=80,seq=5,flags='S')
add(e/syn,0); add(f/IP(src=S,dst=C)/ICMP(type=3,code=1)/bytes(syn)[:28],.010)
# SYN sent twice, then error
syn=IP(src=C,dst=S,id=2)/TCP(sport=1001,dport=80,seq=5,flags='S')
syn2=syn.copy(); syn2.id=3
add(e/syn,.5); add(e/syn2,1.0); add(f/IP(src=S,dst=C)/ICMP(type=3,code=1)/bytes(syn2)[:28],.020)
# UDP any
u=IP(src=C,dst=S,id=4)/UDP(sport=1002,dport=33434)/b'trace'
add(e/u,.5); add(f/IP(src=S,dst=C)/ICMP(type=3,code=3)/bytes(u)[:28],.030)
# traceroute: 3 probes, ttl exceeded
for i in range(3):
    u=IP(src=C,dst=S,id=10+i,ttl=i+1)/UDP(sport=1003,dport=33435+i)/b'trace'
    add(e/u,.5); add(f/IP(src=R,dst=C)/ICMP(type=11,code=0)/bytes(u)[:28],.001*(i+1))
# DNS
q=IP(src=C,dst=S,id=77)/UDP(sport=5555,dport=53)/DNS(id=9,qd=DNSQR(qname="a.example"))
add(e/q,.5); add(f/IP(src=S,dst=C)/ICMP(type=3,code=3)/q,0.005)
# handshake with a SYN again
for fl,a,b,sp,dp,seq,ack,dt in (('S',C,S,1004,80,5,0,.5),('S',C,S,1004,80,5,0,1.0),('SA',S,C,80,1004,50,6,.020),('A',C,S,1004,80,6,51,.001)):
    add((e if a==C else f)/IP(src=a,dst=b)/TCP(sport=sp,dport=dp,flags=fl,seq=seq,ack=ack),dt)
# handshake with SYN ACK twice
for fl,a,b,sp,dp,seq,ack,dt in (('S',C,S,1005,80,5,0,.5),('SA',S,C,80,1005,50,6,.020),('SA',S,C,80,1005,50,6,1.0),('A',C,S,1005,80,6,51,.001)):
    add((e if a==C else f)/IP(src=a,dst=b)/TCP(sport=sp,dport=dp,flags=fl,seq=seq,ack=ack),dt)
# refused by RST
for fl,a,b,sp,dp,seq,ack,dt in (('S',C,S,1006,80,5,0,.5),('RA',S,C,80,1006,0,6,.020)):
    add((e if a==C else f)/IP(src=a,dst=b)/TCP(sport=sp,dport=dp,flags=fl,seq=seq,ack=ack),dt)
# v6
six=IPv6(src='2001:db8::1',dst='2001:db8::2')/TCP(sport=1007,dport=80,seq=5,flags='S')
add(e/six,.5); add(f/IPv6(src='2001:db8::2',dst='2001:db8::1')/ICMPv6DestUnreach(code=0)/six,.040)
# vxlan inner
def vx(d,p): return Ether(src='02:00:00:00:00:01',dst='02:00:00:00:00:02')/IP(src='192.0.2.1',dst='192.0.2.2')/UDP(sport=4444,dport=4789)/VXLAN(vni=5,flags=8)/Ether(src='02:00:00:00:00:01',dst='02:00:00:00:00:02')/p
syn=IP(src=C,dst=S,id=30)/TCP(sport=1008,dport=80,seq=5,flags='S')
add(vx(0,syn),.5); add(vx(1,IP(src=S,dst=C)/ICMP(type=3,code=1)/bytes(syn)[:28]),.010)
wrpcap('errors.pcap',ps)
