//! Programs judged by the filter room's machine, which runs them as the kernel does.

use super::*;
use crate::filter::check::check;
use crate::filter::vm::{Facts, Packet, run_as_kernel};
use nettool_dissect::frame::{Direction, Frame, LinkType, Meta, Reception};

fn tcp4(from: (u8, u16), to: (u8, u16), fragment: u16) -> Vec<u8> {
    let mut frame = vec![0u8; 12];
    frame.extend([8, 0, 0x45, 0, 0, 44, 0, 1]);
    frame.extend(fragment.to_be_bytes());
    frame.extend([64, 6, 0, 0, 192, 0, 2, from.0, 192, 0, 2, to.0]);
    frame.extend(from.1.to_be_bytes());
    frame.extend(to.1.to_be_bytes());
    frame.extend([0; 16]);
    frame
}

fn tcp6(from: (u8, u16), to: (u8, u16)) -> Vec<u8> {
    let mut frame = vec![0u8; 12];
    frame.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 6, 64]);
    for end in [from.0, to.0] {
        frame.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, end]);
    }
    frame.extend(from.1.to_be_bytes());
    frame.extend(to.1.to_be_bytes());
    frame.extend([0; 16]);
    frame
}

fn wanted() -> Wanted<'static> {
    Wanted {
        form: Form::Ethernet,
        loopback: false,
        any: false,
        sent_ignored: false,
        crossing: Crossing::InOut,
        without: None,
        filter: None,
        snaplen: 1000,
    }
}

fn verdict(program: &[Instruction], data: &[u8], direction: Direction) -> u32 {
    let mut meta = Meta::new(LinkType::ETHERNET, data.len() as u32);
    meta.direction = direction;
    meta.reception = Reception::Unicast;
    let facts = Facts::of(&Frame { number: 1, data, meta });
    run_as_kernel(program, &Packet { data, wire_len: data.len() as u32, facts: Some(&facts) }).verdict
}

#[test]
fn an_ssh_session_is_left_out_both_ways_and_nothing_else() {
    let sessions = [("192.0.2.7 50000 192.0.2.1 22", 4), ("2001:db8::7 50000 2001:db8::1 22", 6)];
    for (text, version) in sessions {
        let connection = Connection::parse(text).unwrap();
        let program = assemble(&Wanted { without: Some(connection), ..wanted() }).unwrap();
        check(&program).unwrap();
        let frame = |from, to| if version == 4 { tcp4(from, to, 0) } else { tcp6(from, to) };
        let there = frame((7, 50000), (1, 22));
        let back = frame((1, 22), (7, 50000));
        for own in [&there, &back] {
            assert_eq!(verdict(&program, own, Direction::In), 0, "{text}");
            assert!(connection.owns(&own[14..]), "{text}");
        }
        for other in [
            frame((7, 50001), (1, 22)),
            frame((7, 50000), (1, 23)),
            frame((8, 50000), (1, 22)),
            frame((7, 50000), (2, 22)),
            frame((7, 22), (1, 50000)),
        ] {
            assert_eq!(verdict(&program, &other, Direction::In), 1000, "{text}");
            assert!(!connection.owns(&other[14..]), "{text}");
        }
    }
}

#[test]
fn a_later_fragment_has_no_ports_and_is_kept() {
    let connection = Connection::parse("192.0.2.7 50000 192.0.2.1 22").unwrap();
    let program = assemble(&Wanted { without: Some(connection), ..wanted() }).unwrap();
    let fragment = tcp4((7, 50000), (1, 22), 100);
    assert_eq!(verdict(&program, &fragment, Direction::In), 1000);
    assert!(!connection.owns(&fragment[14..]));
}

#[test]
fn ends_of_a_session_may_be_mapped_or_have_a_zone_but_not_be_mixed() {
    let mapped = Connection::parse("::ffff:192.0.2.7 50000 192.0.2.1 22").unwrap();
    assert_eq!(mapped, Connection::parse("192.0.2.7 50000 192.0.2.1 22").unwrap());
    assert!(Connection::parse("fe80::1%eth0 1 fe80::2%eth0 2").is_some());
    for wrong in ["", "192.0.2.7 50000 192.0.2.1", "192.0.2.7 70000 192.0.2.1 22", "192.0.2.7 1 fe80::1 2"] {
        assert_eq!(Connection::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn directions_are_told_by_the_packet_type() {
    let frame = tcp4((1, 1), (2, 2), 0);
    let judge = |crossing, direction| {
        let program = assemble(&Wanted { crossing, ..wanted() }).unwrap();
        check(&program).unwrap();
        verdict(&program, &frame, direction) > 0
    };
    assert!(judge(Crossing::In, Direction::In) && !judge(Crossing::In, Direction::Out));
    assert!(judge(Crossing::Out, Direction::Out) && !judge(Crossing::Out, Direction::In));
    assert!(judge(Crossing::InOut, Direction::Out) && judge(Crossing::InOut, Direction::In));
}

#[test]
fn the_sent_side_of_loopback_frames_is_left_out_once() {
    let frame = tcp4((1, 1), (2, 2), 0);
    let program = assemble(&Wanted { loopback: true, ..wanted() }).unwrap();
    assert_eq!(verdict(&program, &frame, Direction::Out), 0);
    assert_eq!(verdict(&program, &frame, Direction::In), 1000);
    let any = assemble(&Wanted { any: true, form: Form::Cooked, ..wanted() }).unwrap();
    check(&any).unwrap();
    // The facts say Ethernet, so both ways pass.
    assert_eq!(verdict(&any, &frame, Direction::Out), 1000);
}

#[test]
fn loads_from_a_cooked_header_become_ancillary_and_those_behind_it_move() {
    use crate::filter::{Options, compile};
    let filter =
        compile("udp port 53", &Options { live: true, ..Options::new(LinkType::LINUX_SLL2) }).unwrap();
    let turned = for_headerless(Form::Cooked, &filter.instructions).unwrap();
    check(&turned).unwrap();
    assert!(turned.iter().any(|i| i.code == code::LD_W_ABS && i.k == PROTOCOL));
    assert!(!turned.iter().any(|i| i.code == code::LD_H_ABS && i.k == 0));
    let tagged = compile("vlan 5", &Options { live: true, ..Options::new(LinkType::LINUX_SLL2) });
    if let Ok(tagged) = tagged {
        assert_eq!(for_headerless(Form::Cooked, &tagged.instructions), None);
    }
    assert_eq!(for_headerless(Form::Netlink, &filter.instructions), None);
}

#[test]
fn a_program_that_is_too_long_is_not_attached() {
    let filter = vec![Instruction::ret(1); MOST_INSTRUCTIONS];
    let long = Wanted { filter: Some(&filter), ..wanted() };
    assert!(assemble(&long).is_some());
    assert_eq!(assemble(&Wanted { crossing: Crossing::In, ..long }), None);
}
