use super::*;
use crate::frame::{LinkType, Meta};

const HERE: [u8; 4] = [10, 0, 0, 1];
const THERE: [u8; 4] = [10, 0, 0, 2];
const ROUTER: [u8; 4] = [10, 9, 9, 9];

fn ip(protocol: u8, id: u16, from: [u8; 4], to: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend(20u16.saturating_add(payload.len() as u16).to_be_bytes());
    packet.extend(id.to_be_bytes());
    packet.extend([0, 0, 64, protocol, 0, 0]);
    packet.extend(from);
    packet.extend(to);
    packet.extend(payload);
    packet
}

fn echo(kind: u8, id: u16, seq: u16) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0];
    message.extend(id.to_be_bytes());
    message.extend(seq.to_be_bytes());
    message
}

fn udp(from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
    let mut datagram: Vec<u8> = [from, to, 8u16.saturating_add(payload.len() as u16), 0]
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    datagram.extend(payload);
    datagram
}

fn tcp(from: u16, to: u16, seq: u32, flags: u8) -> Vec<u8> {
    let mut segment: Vec<u8> = [from, to].iter().flat_map(|word| word.to_be_bytes()).collect();
    segment.extend(seq.to_be_bytes());
    segment.extend([0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
    segment
}

/// Time exceeded, with the IP header and 8 octets.
fn exceeded(packet: &[u8]) -> Vec<u8> {
    let mut message = vec![11, 0, 0, 0, 0, 0, 0, 0];
    message.extend(packet.iter().take(28));
    message
}

fn on(link_type: LinkType, data: &[u8]) -> Frame<'_> {
    Frame { number: 1, data, meta: Meta::new(link_type, data.len() as u32) }
}

fn raw(data: &[u8]) -> Frame<'_> {
    on(LinkType::RAW, data)
}

fn pairing() -> Pairing<'static> {
    Pairing::new(Registry::builtin(), Settings::default())
}

/// Whether the second is an answer to the first, as whoever waits for it would look it up.
#[track_caller]
fn answers(request: &[u8], answer: &[u8]) -> bool {
    let mut pairing = pairing();
    let asked = pairing.request(&raw(request), false);
    let found = pairing.answer(&raw(answer));
    let filed = asked.answer.expect("it is a request");
    match (asked.open, found.quote) {
        (_, Some(quote)) => asked.quote == Some(quote),
        (false, None) => found.exact().any(|key| key == filed),
        (true, None) => found.open().any(|key| key == filed),
    }
}

#[test]
fn an_echo_reply_answers_the_request_of_its_identifier_and_number_alone() {
    let request = ip(1, 7, HERE, THERE, &echo(8, 0x11, 3));
    assert!(answers(&request, &ip(1, 99, THERE, HERE, &echo(0, 0x11, 3))));
    for (name, other) in [
        ("number", ip(1, 7, THERE, HERE, &echo(0, 0x11, 4))),
        ("identifier", ip(1, 7, THERE, HERE, &echo(0, 0x12, 3))),
        ("host", ip(1, 7, ROUTER, HERE, &echo(0, 0x11, 3))),
        ("kind", ip(1, 7, THERE, HERE, &echo(8, 0x11, 3))),
        ("itself", request.clone()),
    ] {
        assert!(!answers(&request, &other), "another {name}");
    }
}

#[test]
fn an_error_message_answers_the_packet_that_it_quotes_whoever_sends_it() {
    let probes = [
        ip(1, 7, HERE, THERE, &echo(8, 0x11, 3)),
        ip(17, 7, HERE, THERE, &udp(1000, 33434, b"probe")),
        ip(6, 7, HERE, THERE, &tcp(1000, 80, 5, 2)),
    ];
    for (at, probe) in probes.iter().enumerate() {
        for (of, quoted) in probes.iter().enumerate() {
            let message = ip(1, 1, ROUTER, HERE, &exceeded(quoted));
            assert_eq!(answers(probe, &message), at == of, "{at} {of}");
        }
    }
    let other = ip(17, 8, HERE, THERE, &udp(1000, 33434, b"probe"));
    let message = ip(1, 1, ROUTER, HERE, &exceeded(&other));
    assert!(!answers(&probes[1], &message), "probes differ by the identification of their IP headers");
}

#[test]
fn ports_are_swapped_and_a_name_server_repeats_the_transaction() {
    let query = [0x55, 0xaa, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut response = query;
    response[2] = 0x81;
    let request = ip(17, 1, HERE, THERE, &udp(5000, 53, &query));
    assert!(answers(&request, &ip(17, 1, THERE, HERE, &udp(53, 5000, &response))));
    assert!(!answers(&request, &ip(17, 1, THERE, HERE, &udp(53, 5001, &response))));
    assert!(!answers(&request, &ip(17, 1, THERE, HERE, &udp(53, 5000, &query))));
    response[0] = 0x56;
    assert!(!answers(&request, &ip(17, 1, THERE, HERE, &udp(53, 5000, &response))));
}

#[test]
fn an_answer_may_have_more_layers_than_its_request() {
    let mut time = [0u8; 48];
    time[0] = 0x24;
    let request = ip(17, 1, HERE, THERE, &udp(5000, 123, b""));
    assert!(answers(&request, &ip(17, 1, THERE, HERE, &udp(123, 5000, &time))));
}

#[test]
fn syn_is_answered_by_syn_ack_and_by_reset() {
    let request = ip(6, 1, HERE, THERE, &tcp(5000, 80, 9, 2));
    assert!(answers(&request, &ip(6, 1, THERE, HERE, &tcp(80, 5000, 1, 0x12))));
    assert!(answers(&request, &ip(6, 1, THERE, HERE, &tcp(80, 5000, 0, 0x14))));
    assert!(!answers(&request, &ip(6, 1, THERE, HERE, &tcp(81, 5000, 0, 0x14))));
}

#[test]
fn what_is_asked_of_all_hosts_may_be_answered_by_each() {
    let mut discover = vec![0u8; 240];
    discover[..8].copy_from_slice(&[1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
    discover[236..].copy_from_slice(&[99, 130, 83, 99]);
    let mut offer = discover.clone();
    offer[0] = 2;
    let request = ip(17, 1, [0; 4], [255; 4], &udp(68, 67, &discover));
    assert!(answers(&request, &ip(17, 1, THERE, [255; 4], &udp(67, 68, &offer))));
    assert!(answers(&request, &ip(17, 1, THERE, HERE, &udp(67, 68, &offer))));
    offer[7] = 0;
    assert!(!answers(&request, &ip(17, 1, THERE, HERE, &udp(67, 68, &offer))));
    let request = ip(1, 1, HERE, [10, 0, 0, 255], &echo(8, 1, 1));
    let mut pairing = pairing();
    let asked = pairing.request(&raw(&request), true);
    let reply = ip(1, 1, THERE, HERE, &echo(0, 1, 1));
    let answer = pairing.answer(&raw(&reply));
    assert!(asked.open && answer.open().any(|key| Some(key) == asked.answer));
}

fn arp(vlan: u16, operation: u8, sender: [u8; 4], target: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![2; 12];
    frame.extend([0x81, 0]);
    frame.extend(vlan.to_be_bytes());
    frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, operation]);
    frame.extend([2; 6]);
    frame.extend(sender);
    frame.extend([0; 6]);
    frame.extend(target);
    frame
}

#[test]
fn arp_is_answered_by_the_asked_address_within_its_vlan() {
    let mut pairing = pairing();
    let request = arp(5, 1, HERE, THERE);
    let filed = pairing.request(&on(LinkType::ETHERNET, &request), false).answer.unwrap();
    for (reply, expected) in [
        (arp(5, 2, THERE, HERE), true),
        (arp(6, 2, THERE, HERE), false),
        (arp(5, 2, ROUTER, HERE), false),
        (arp(5, 1, THERE, HERE), false),
    ] {
        let answer = pairing.answer(&on(LinkType::ETHERNET, &reply));
        assert_eq!(answer.exact().any(|key| key == filed), expected, "{reply:02x?}");
    }
}

#[test]
fn neighbour_advertisements_answer_solicitations_of_their_target() {
    fn message(kind: u8, from: u16, to: &[u16; 8], target: u16) -> Vec<u8> {
        let mut packet = vec![0x60, 0, 0, 0, 0, 24, 58, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        packet.extend(from.to_be_bytes());
        packet.extend(to.iter().flat_map(|word| word.to_be_bytes()));
        packet.extend([kind, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        packet.extend(target.to_be_bytes());
        packet
    }
    let group = [0xff02, 0, 0, 0, 0, 1, 0xff00, 2];
    let request = message(135, 1, &group, 2);
    let here = [0xfe80, 0, 0, 0, 0, 0, 0, 1];
    assert!(answers(&request, &message(136, 2, &here, 2)));
    assert!(!answers(&request, &message(136, 3, &here, 3)));
}

#[test]
fn what_is_no_request_has_no_key_for_answers() {
    let reply = ip(1, 1, HERE, THERE, &echo(0, 1, 1));
    assert_eq!(pairing().request(&raw(&reply), false).answer, None);
    assert_eq!(pairing().request(&on(LinkType::ETHERNET, &[2; 14]), false), Request::default());
}

#[test]
fn frames_that_are_passed_over_have_no_keys_that_tell() {
    let registry = Registry::builtin();
    let mut pairing = pairing();
    let (mut silent, mut telling, mut keys) = (0, 0, Vec::new());
    for sample in registry.protocols().iter().flat_map(|protocol| &protocol.samples) {
        let octets = sample.octets();
        for at in 0..octets.len() {
            for (len, flip) in [(octets.len(), 0x01), (octets.len(), 0x80), (at, 0)] {
                let mut data = octets.clone();
                data[at] ^= flip;
                let mut frame = on(sample.link_type, &data[..len]);
                frame.meta.original_len = octets.len() as u32;
                keys.clear();
                pairing.keys(&frame, None, &mut keys);
                let tells = keys.iter().any(|keys| keys.service.is_some() || keys.answer.quote.is_some());
                let passed_over = pairing.is_silent(&Scan::of(&frame), sample.link_type);
                assert!(!(tells && passed_over), "octet {at} of {}", sample.hex);
                silent += usize::from(passed_over);
                telling += usize::from(tells);
            }
        }
    }
    assert!(silent > 1000 && telling > 1000, "{silent} are passed over, {telling} tell");
}
