//! Ethernet Configuration Testing Protocol (loopback), Ethernet V2.0 §8: a message names the stations that send it on.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{ETHER_TYPE, Names, Protocol, bytes, label, le16, mac, repeat, rest, switch, val};

const FUNCTIONS: &[(u64, &str)] = &[(1, "Reply"), (2, "Forward Data")];

pub(super) fn configuration_test() -> Protocol {
    Protocol::new("loop", "Configuration Test Protocol (loopback)")
        .alias("ctp")
        .source("Ethernet V2.0 (DEC, Intel, Xerox) §8.4")
        .on(ETHER_TYPE, &[0x9000])
        .field(le16("skipcount").unit("octets").doc("octets to the function that is next"))
        .field(repeat(
            label("message").doc("message"),
            [
                le16("function").default(1).names(FUNCTIONS).doc("function").into(),
                switch(
                    val("function"),
                    [
                        (
                            1,
                            vec![
                                le16("receipt_number").doc("receipt number").into(),
                                bytes("data", rest()).doc("data").into(),
                            ],
                        ),
                        (2, vec![mac("forwarding_address").doc("forwarding address").into()]),
                    ],
                    vec![bytes("data", rest()).doc("data").into()],
                ),
            ],
        ))
        .extra(le16("relevant_function").names(FUNCTIONS).doc("function that is next"))
        .after(|walk: &mut Walk<'_, '_>| {
            let octets = walk.layer_octets();
            let skip = octets.first_chunk().map_or(0, |pair| usize::from(u16::from_le_bytes(*pair)));
            let at = skip.saturating_add(2);
            if let Some(pair) = octets.get(at..).and_then(<[u8]>::first_chunk) {
                let function = u64::from(u16::from_le_bytes(*pair));
                walk.emit("relevant_function", walk.layer_offset().saturating_add(at), 2, function);
            }
            walk.no_next();
        })
        .summary(summary)
        .sample("cf0000000000 020000000001 9000 0800 0200 020000000001 0100 0700 5555555555555555")
        .sample("020000000002 020000000002 9000 0000 0100 0000 5555555555555555")
}

fn little(octets: &mut Octets<'_>) -> Option<u64> {
    octets.array().map(|pair| u64::from(u16::from_le_bytes(pair)))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("Loopback");
    let mut octets = Octets::of(body);
    let Some(skip) = little(&mut octets) else {
        line.cut("loopback", body);
        return;
    };
    line.text(", skipCount ");
    line.number(skip);
    if skip % 8 != 0 {
        line.text(" (bogus)");
    }
    let head = usize::try_from(skip).unwrap_or(usize::MAX);
    let Some(function) = octets.take(head).and_then(|_| little(&mut octets)) else {
        line.text(", ");
        line.cut("loopback", body);
        return;
    };
    let mut used = head.saturating_add(4);
    match Names::List(FUNCTIONS).get(function) {
        Some(name) => {
            line.text(", ");
            line.text(name);
        }
        None => {
            line.text(",  invalid (");
            line.number(function);
            line.text(")");
            return;
        }
    }
    match function {
        1 => {
            let Some(receipt) = little(&mut octets) else {
                line.cut("loopback", body);
                return;
            };
            line.text(", receipt number ");
            line.number(receipt);
            used = used.saturating_add(2);
        }
        2 => {
            let Some(address) = octets.array::<6>() else {
                line.cut("loopback", body);
                return;
            };
            line.text(", forwarding address ");
            line.mac(address);
            if address.first().is_some_and(|first| first & 1 == 1) {
                line.text(" (bogus)");
            }
            used = used.saturating_add(6);
        }
        _ => {}
    }
    line.text(", data (");
    line.number(body.len.saturating_sub(used) as u64);
    line.text(" octets)");
}
