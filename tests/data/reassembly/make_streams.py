"""Writes the captures of TCP streams of this folder again (scapy 2.8.0)."""
from scapy.all import *
import random, struct
random.seed(7)
E=lambda a:Ether(src="02:00:00:00:00:0%d"%a,dst="02:00:00:00:00:0%d"%(3-a))
IPS={1:"10.0.0.1",2:"10.0.0.2"}
class Conn:
    def __init__(s,pk,sport,dport,isn=(1000,5000)):
        s.pk=pk; s.port={1:sport,2:dport}; s.seq={1:isn[0],2:isn[1]}
    def raw(s,a,flags,data=b"",seq=None):
        b=3-a
        q=s.seq[a] if seq is None else seq
        p=E(a)/IP(src=IPS[a],dst=IPS[b],id=len(s.pk)+1)/TCP(sport=s.port[a],dport=s.port[b],flags=flags,seq=q&0xffffffff,ack=s.seq[b]&0xffffffff if 'A' in flags else 0,window=60000)
        if data: p=p/Raw(data)
        s.pk.append(p); return p
    def open(s):
        s.raw(1,"S"); s.seq[1]+=1; s.raw(2,"SA"); s.seq[2]+=1; s.raw(1,"A")
    def send(s,a,data,flags="PA"):
        p=s.raw(a,flags,data); s.seq[a]+=len(data); return p
    def ack(s,a): s.raw(a,"A")
    def close(s):
        s.raw(1,"FA"); s.seq[1]+=1; s.raw(2,"FA"); s.seq[2]+=1; s.raw(1,"A")
def dnsmsg(i,name,ans=None):
    d=DNS(id=i,qd=DNSQR(qname=name)) if ans is None else DNS(id=i,qr=1,qd=DNSQR(qname=name),an=DNSRR(rrname=name,rdata=ans))
    b=bytes(d); return struct.pack("!H",len(b))+b
def rec(t,n): return bytes([t,3,3])+struct.pack("!H",n)+bytes(random.randrange(256) for _ in range(n))
req=b"GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: x\r\n\r\n"
resp=b"HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n01234567890123456789"
chunk=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"
def fin(pk,name):
    for i,p in enumerate(pk): p.time=1000+i*0.001
    wrpcap(name,pk,gz=True)
if __name__=="__main__":
    out="."
    # every offset
    pk=[]; port=20000
    for proto,dport,a,msg in (("dns",53,1,dnsmsg(1,"www.example.com")),("http",80,1,req),("http",80,2,resp),("http",80,2,chunk),("tls",443,2,rec(22,30)),("bgp",179,1,b"\xff"*16+struct.pack("!HB",19,4))):
        for cut in range(1,len(msg)-(msg is chunk)):  # tshark 4.0 loses a chunked body whose last octet comes alone
            c=Conn(pk,port,dport); port+=1
            c.open()
            if a==2 and proto=="http": c.send(1,req)
            c.send(a,msg[:cut]); c.ack(3-a); c.send(a,msg[cut:]); c.ack(3-a)
    fin(pk,out+"/split.pcap.gz")
    # random cuts of many messages
    pk=[]; port=30000
    for k in range(12):
        c=Conn(pk,port,53); port+=1; c.open()
        s=b"".join(dnsmsg(i,"n%d.example.com"%i) for i in range(8))
        i=0
        while i<len(s):
            n=random.randrange(1,80); c.send(1,s[i:i+n]); i+=n
            if random.random()<.5: c.ack(2)
        c.close()
    for k in range(8):
        c=Conn(pk,port,443); port+=1; c.open()
        for a in (1,2):
            s=b"".join(rec(23,random.randrange(1,900)) for i in range(10))
            i=0
            while i<len(s):
                n=random.randrange(1,1460); c.send(a,s[i:i+n]); i+=n
                c.ack(3-a)
        c.close()
    for k in range(8):
        c=Conn(pk,port,80); port+=1; c.open()
        for r in range(4):
            for a,m in ((1,req),(2,random.choice([resp,chunk]))):
                i=0
                while i<len(m):
                    n=random.randrange(1,60); n+=len(m)-i-n==1; c.send(a,m[i:i+n]); i+=n
                c.ack(3-a)
        c.close()
    fin(pk,out+"/cuts.pcap.gz")
    # out of order, retransmissions
    pk=[]; port=40000
    for k in range(12):
        c=Conn(pk,port,53); port+=1; c.open()
        s=b"".join(dnsmsg(i,"n%d.example.com"%i) for i in range(6))
        i=0; start=len(pk); segs=[]
        while i<len(s):
            n=random.randrange(10,80); c.send(1,s[i:i+n]); i+=n
        part=pk[start:]
        for _ in range(3):
            j=random.randrange(len(part)-1); part[j],part[j+1]=part[j+1],part[j]
        if k%2:
            j=random.randrange(len(part)); part.insert(min(len(part),j+random.randrange(1,4)),part[j].copy())
        pk[start:]=part
        c.ack(2); c.close()
    fin(pk,out+"/order.pcap.gz")
    # until close, and HEAD
    pk=[]
    c=Conn(pk,50000,80); c.open(); c.send(1,req); c.send(2,b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\npart one "); c.ack(1); c.send(2,b"part two"); c.ack(1); c.seq[2]; c.raw(2,"FA"); c.seq[2]+=1; c.raw(1,"FA"); c.seq[1]+=1; c.raw(2,"A")
    c=Conn(pk,50001,80); c.open(); c.send(1,b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"); c.send(2,b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"); c.send(1,req[:20]); c.send(1,req[20:]); c.send(2,resp[:30]); c.send(2,resp[30:]); c.close()
    # lost segment with ack behind it
    c=Conn(pk,50002,53); c.open(); s=b"".join(dnsmsg(i,"n%d.example.com"%i) for i in range(9)); m=len(dnsmsg(1,"n1.example.com"))
    for i in range(9):
        a=s[i*m:i*m+20]; b=s[i*m+20:(i+1)*m]
        c.send(1,a); 
        if i==3: c.seq[1]+=len(b)
        else: c.send(1,b)
        c.ack(2)
    c.close()
    # pipelined in one segment
    c=Conn(pk,50003,80); c.open(); c.send(1,req+req+req[:10]); c.send(1,req[10:]); c.send(2,resp+chunk+resp); c.close()
    # sequence numbers that wrap
    c=Conn(pk,50004,53,(0xffffffe0,0xfffffff0)); c.open(); s=b"".join(dnsmsg(i,"n%d.example.com"%i) for i in range(5))
    for i in range(0,len(s),17): c.send(1,s[i:i+17])
    c.close()
    fin(pk,out+"/odd.pcap.gz")
