"""Writes the captures of this folder again (scapy 2.8.0)."""
from scapy.all import *
import random
random.seed(5)
E=Ether(src="02:00:00:00:00:01",dst="02:00:00:00:00:02")
def v4(payload,size,id,src="10.0.0.1",dst="10.0.0.2"):
    p=IP(src=src,dst=dst,id=id)/payload
    return [E/f for f in fragment(p,size)]
def v6(payload,size,id):
    p=IPv6(src="fe80::1",dst="fe80::2")/IPv6ExtHdrFragment(id=id)/payload
    return [E/f for f in fragment6(p,size)]
pk=[]
a=v4(UDP(sport=5000,dport=53)/DNS(id=7,qd=DNSQR(qname="a"*40+".example.com")/DNSQR(qname="b.example")),16,100)
pk+=a
b=v4(UDP(sport=40000,dport=40001)/Raw(bytes(range(256))*12),512,101)
random.shuffle(b); pk+=b
c=v4(ICMP()/Raw(b"x"*2000),800,102)
pk+=c+c[:1]+c[1:]       # copies afterwards
d=v6(UDP(sport=5000,dport=53)/DNS(id=8,qd=DNSQR(qname="six.example.com"))/Raw(b"z"*3000),1280,0x1234)
pk+=d[::-1]
e=v4(UDP(sport=1,dport=40002)/Raw(b"e"*100),48,103)
pk+=e[:-1]              # never whole
# overlap: teardrop like
f1=E/IP(src="10.0.0.3",dst="10.0.0.4",id=200,proto=17,flags=1,frag=0)/Raw(bytes(UDP(sport=9,dport=40009,len=48,chksum=0))+b"A"*24)
f2=E/IP(src="10.0.0.3",dst="10.0.0.4",id=200,proto=17,flags=1,frag=2)/Raw(b"B"*16)
f3=E/IP(src="10.0.0.3",dst="10.0.0.4",id=200,proto=17,flags=0,frag=4)/Raw(b"C"*16)
idn=300
for perm in ([f1,f2,f3],[f2,f1,f3],[f3,f2,f1],[f3,f1,f2],[f1,f1,f2,f3]):
    for p in perm:
        q=p.copy(); q[IP].id=idn; pk.append(q)
    idn+=1
for i,p in enumerate(pk): p.time=1000+i*0.001
wrpcap("fragments.pcap",pk)
