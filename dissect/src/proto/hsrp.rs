//! HSRP version 1, RFC 2281.

use crate::schema::{Protocol, Size, UDP_PORT, bytes, ipv4, lit, rest, text, u8};

pub(super) fn hsrp() -> Protocol {
    Protocol::new("hsrp", "Hot Standby Router Protocol")
        .layer("HSRP")
        .ports_below("udp", 1985, 1985)
        .source("RFC 2281 §5")
        .on(UDP_PORT, &[1985])
        .accepts(UDP_PORT, |data| data.first() == Some(&0))
        .field(u8("version").doc("version"))
        .field(u8("opcode").names(&[(0, "hello"), (1, "coup"), (2, "resign"), (3, "advertise")]).doc("operation").brief())
        .field(u8("state").default(16).names(&[(0, "initial"), (1, "learn"), (2, "listen"), (4, "speak"), (8, "standby"), (16, "active")]).doc("state").brief())
        .field(u8("hellotime").default(3).unit("s").doc("hello time"))
        .field(u8("holdtime").default(10).unit("s").doc("hold time"))
        .field(u8("priority").default(120).doc("priority").brief())
        .field(u8("group").default(1).doc("group").brief())
        .field(u8("reserved").doc("reserved"))
        .field(text("auth_data", Size::Octets(lit(8))).craft("auth").default_bytes(b"cisco\0\0\0").doc("authentication"))
        .field(ipv4("virt_ip").craft("virtualIP").default(0xc0a8_0101).doc("virtual address").brief())
        .field(bytes("md5", rest()).doc("MD5 authentication"))
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a00000207c107c1001cb93f000010030a780100636973636f000000c0a80101")
}
