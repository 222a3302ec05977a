//! Sockets between virtual machines and their host, as the kernel's monitor shows them (linux/vsockmon.h,
//! linux/virtio_vsock.h); all little-endian.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    Field, LINK_TYPE, Names, Protocol, Size, block, bytes, eq, label, le16, le32, le64, lit, rest, switch,
    val, when,
};

const OPERATIONS: &[(u64, &str)] =
    &[(0, "unknown"), (1, "connect"), (2, "disconnect"), (3, "control"), (4, "payload")];

const TRANSPORTS: &[(u64, &str)] = &[(0, "unknown"), (1, "no information"), (2, "virtio")];

const TYPES: &[(u64, &str)] = &[(1, "stream"), (2, "seqpacket")];

const VIRTIO: &[(u64, &str)] = &[
    (0, "invalid"),
    (1, "request"),
    (2, "response"),
    (3, "reset"),
    (4, "shutdown"),
    (5, "rw"),
    (6, "credit update"),
    (7, "credit request"),
];

/// Well-known context identifiers (linux/vm_sockets.h).
const CONTEXTS: &[(u64, &str)] = &[(0, "hypervisor"), (1, "local"), (2, "host"), (0xffff_ffff, "any")];

fn context(name: &'static str) -> Field {
    le64(name).names(CONTEXTS)
}

pub(super) fn vsock() -> Protocol {
    Protocol::new("vsock", "Linux vsock monitor")
        .source("LINKTYPE_VSOCK, linux/vsockmon.h, linux/virtio_vsock.h")
        .on(LINK_TYPE, &[271])
        .field(context("src_cid").doc("source context"))
        .field(context("dst_cid").doc("destination context"))
        .field(le32("src_port").doc("source port"))
        .field(le32("dst_port").doc("destination port"))
        .field(le16("op").names(OPERATIONS).doc("operation"))
        .field(le16("trans").default(2).names(TRANSPORTS).doc("transport"))
        .field(le16("trans_len").unit("octets").len_of_part("virtio", 1, 0).doc("length of the transport's header"))
        .field(bytes("reserved", Size::Octets(lit(2))).doc("reserved"))
        .field(block(label("virtio").doc("transport header"), Size::Octets(val("trans_len")), [switch(
            val("trans"),
            [(2, vec![
                context("virtio.src_cid").doc("source context").into(),
                context("virtio.dst_cid").doc("destination context").into(),
                le32("virtio.src_prot").alias("virtio.src_port").doc("source port").into(),
                le32("virtio.dst_prot").alias("virtio.dst_port").doc("destination port").into(),
                le32("virtio.len").unit("octets").doc("length of the payload").into(),
                le16("virtio.type").default(1).names(TYPES).doc("type").into(),
                le16("virtio.op").default(1).names(VIRTIO).doc("operation").into(),
                le32("virtio.flags").hex().doc("flags").into(),
                le32("virtio.buf_alloc").unit("octets").doc("receive buffer").into(),
                le32("virtio.fwd_cnt").unit("octets").doc("octets taken out of it").into(),
            ])],
            vec![],
        )]))
        .field(when(eq("op", 4), [bytes("payload", rest()).doc("payload").into()]))
        .summary(summary)
        .sample_on(crate::frame::LinkType::VSOCK, concat!(
            "0300000000000000 0200000000000000 00040000 d2040000 0400 0200 2c00 0000",
            "0300000000000000 0200000000000000 00040000 d2040000 03000000 0100 0500 00000000 00000400 00000000 616263"
        ))
}

fn little<const N: usize>(octets: &mut Octets<'_>) -> Option<u64> {
    octets.array::<N>().map(|value| value.iter().rev().fold(0, |sum, octet| sum << 8 | u64::from(*octet)))
}

/// `3.1024 > 2.1234 CONNECT`
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let mut head = || {
        let contexts = (little::<8>(&mut octets)?, little::<8>(&mut octets)?);
        let ports = (little::<4>(&mut octets)?, little::<4>(&mut octets)?);
        let kinds = (little::<2>(&mut octets)?, little::<2>(&mut octets)?);
        octets.take(4)?;
        Some((contexts, ports, kinds))
    };
    let Some(((from, to), (port, to_port), (operation, transport))) = head() else {
        line.text("VSOCK");
        line.cut("vsock", body);
        return;
    };
    line.text(match transport {
        1 => "NO_INFO",
        2 => "VIRTIO",
        _ => "transport unknown",
    });
    if line.style.verbose > 0 {
        if transport == 2 {
            virtio(line, &mut octets);
        }
        line.text("\n\t");
    } else {
        line.text(" ");
    }
    line.number(from);
    line.text(".");
    line.number(port);
    line.text(" > ");
    line.number(to);
    line.text(".");
    line.number(to_port);
    line.text(" ");
    line.text(match operation {
        1 => "CONNECT",
        2 => "DISCONNECT",
        3 => "CONTROL",
        4 => "PAYLOAD",
        _ => "UNKNOWN",
    });
    line.text(", length ");
    line.number(body.len as u64);
}

/// ` (len 0, type STREAM, op REQUEST, flags 0, buf_alloc 262144, fwd_cnt 0)`
fn virtio(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) {
    let mut head = || {
        octets.take(24)?;
        let len = little::<4>(octets)?;
        let kinds = (little::<2>(octets)?, little::<2>(octets)?);
        Some((len, kinds, little::<4>(octets)?, little::<4>(octets)?, little::<4>(octets)?))
    };
    let Some((len, (kind, operation), flags, buffer, forwarded)) = head() else { return };
    let upper = |line: &mut Line<'_, '_>, names: &'static [(u64, &'static str)], value| {
        let name = Names::List(names).get(value).unwrap_or("unknown");
        line.out.extend(name.bytes().map(|octet| octet.to_ascii_uppercase()));
    };
    line.text(" (len ");
    line.number(len);
    line.text(", type ");
    upper(line, TYPES, kind);
    line.text(", op ");
    if operation == 3 {
        line.text("RST");
    } else {
        upper(line, VIRTIO, operation);
    }
    line.text(", flags ");
    super::put::hex(line.out, flags);
    line.text(", buf_alloc ");
    line.number(buffer);
    line.text(", fwd_cnt ");
    line.number(forwarded);
    line.text(")");
}
