//! Packet sockets on a stand-in for the kernel.

use super::*;
use crate::live::Event;
use crate::live::fake::{Fake, GET_NAME, Laid, block};
use crate::live::signals::Nudge;
use nettool_dissect::frame::{ChecksumState, Direction, GsoKind, LinkType, TimeSource, VlanTag};

const SOL: i32 = libc::SOL_PACKET;
const SIZE: usize = LEAST_BUFFER;
const BLOCK: usize = LEAST_BLOCK;

fn settings() -> Settings {
    Settings {
        buffer: (SIZE, true),
        hold: Duration::from_millis(1),
        snaplen: 262_144,
        promiscuous: true,
        crossing: Crossing::InOut,
        times: TimeChoice::Host,
        gso: false,
        hash: false,
        without: None,
        filter: None,
        fanout: None,
    }
}

fn target(hardware: u16) -> Target {
    Target::One(Identity { name: "test0".into(), index: 7, hardware, up: true })
}

fn open(fake: &Arc<Fake>, settings: &Settings) -> Result<(PacketSocket, Vec<Note>), Error> {
    PacketSocket::open(fake.clone(), target(1), settings)
}

/// What a source showed: octets and a copy of what is known of them.
type Shown = Vec<(Vec<u8>, nettool_dissect::frame::Meta<'static>)>;

fn take(socket: &mut PacketSocket) -> (Result<Taken, Error>, Shown) {
    let mut shown = Vec::new();
    let nudge = Nudge::new().unwrap();
    let taken = socket.take(Duration::from_millis(1), nudge.as_fd(), &mut |frame| {
        let meta = nettool_dissect::frame::Meta { options: Default::default(), ..frame.meta };
        shown.push((frame.data.to_vec(), meta));
        ControlFlow::Continue(())
    });
    (taken, shown)
}

const FRAME: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 8, 0, 0xaa, 0xbb, 0xcc, 0xdd];

#[test]
fn a_socket_is_bound_after_its_filter_is_on_so_nothing_stale_arrives() {
    let fake = Arc::new(Fake::with(|_| {}));
    open(&fake, &settings()).unwrap();
    let calls = fake.change(|state| state.calls.clone());
    let place = |call: &str| calls.iter().position(|made| made == call).unwrap();
    assert!(place("attach") < place("bind"), "{calls:?}");
    assert!(place("map") < place("bind"), "{calls:?}");
}

#[test]
fn sockets_of_a_group_reject_everything_until_they_have_joined_it() {
    let fake = Arc::new(Fake::with(|_| {}));
    open(&fake, &Settings { fanout: Some(7), ..settings() }).unwrap();
    fake.change(|state| {
        assert_eq!(state.programs[0], REJECT);
        assert_eq!(state.programs[1], [Instruction::ret(262_144)]);
        let join = state.calls.iter().position(|call| *call == format!("set {SOL} 18")).unwrap();
        let last = state.calls.iter().rposition(|call| call == "attach").unwrap();
        assert!(join < last);
    });
}

#[test]
fn lack_of_privilege_is_told_apart_and_names_the_call() {
    let fake = Arc::new(Fake::with(|state| {
        state.errors.insert("socket".into(), libc::EPERM);
    }));
    let error = open(&fake, &settings()).err().unwrap();
    assert!(matches!(error, Error::Privilege { needs: "CAP_NET_RAW", .. }));
    assert_eq!(error.to_string(), "socket AF_PACKET on test0: EPERM; needs CAP_NET_RAW");
}

#[test]
fn a_ring_that_the_user_sized_is_had_whole_or_refused_with_the_mend() {
    let fake = Arc::new(Fake::with(|state| {
        state.errors.insert(format!("set {SOL} 5"), libc::ENOMEM);
    }));
    let error = open(&fake, &settings()).err().unwrap();
    assert_eq!(error.to_string(), "setsockopt PACKET_RX_RING on test0: ENOMEM; name less --buffer");
}

#[test]
fn a_ring_of_the_usual_size_shrinks_until_the_kernel_has_room_and_says_so() {
    let fake = Arc::new(Fake::with(|state| {
        state.errors.insert(format!("set {SOL} 5"), libc::ENOMEM);
        state.error_times.insert(format!("set {SOL} 5"), 2);
    }));
    let (socket, notes) = open(&fake, &Settings { buffer: (SIZE * 8, false), ..settings() }).unwrap();
    assert_eq!(socket.memory(), SIZE * 2);
    assert_eq!(notes, [Note::SmallerRing { interface: "test0".into(), bytes: SIZE * 2 }]);
    assert_eq!(notes[0].to_string(), "test0: the kernel had memory for a ring of 512 KiB only");
}

#[test]
fn hardware_times_are_refused_with_the_reason_and_another_way() {
    for (errno, said) in [
        (
            libc::EOPNOTSUPP,
            "test0 gives no hardware timestamps for all frames (EOPNOTSUPP); use --timestamps host",
        ),
        (libc::EPERM, "ioctl SIOCSHWTSTAMP on test0: EPERM; needs CAP_NET_ADMIN"),
    ] {
        let fake = Arc::new(Fake::with(|state| {
            state.errors.insert(format!("ioctl {SIOCSHWTSTAMP}"), errno);
        }));
        let error = open(&fake, &Settings { times: TimeChoice::Adapter, ..settings() }).err().unwrap();
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn gso_sizes_and_promiscuous_mode_that_are_refused_cost_a_sentence_not_the_capture() {
    let fake = Arc::new(Fake::with(|state| {
        state.errors.insert(format!("set {SOL} 15"), libc::EINVAL);
        state.errors.insert(format!("set {SOL} 1"), libc::ENOBUFS);
    }));
    let (_, notes) = open(&fake, &Settings { gso: true, ..settings() }).unwrap();
    let said: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "test0: no GSO sizes (PACKET_VNET_HDR: EINVAL)",
            "test0: not promiscuous (PACKET_ADD_MEMBERSHIP: ENOBUFS)"
        ]
    );
}

#[test]
fn vlan_tag_moved_out_by_hardware_is_put_back_before_the_ethertype() {
    let tagged = Laid { status: 1 | 1 << 4 | 1 << 6, vlan: (0x88a8, 0x6064), ..Laid::new(&FRAME) };
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[tagged, Laid::new(&FRAME)])));
    let (mut socket, _) = open(&fake, &settings()).unwrap();
    let (taken, shown) = take(&mut socket);
    assert_eq!(taken.unwrap(), Taken::Frames);
    let [(first, meta), (second, plain)] = &shown[..] else { panic!("{shown:?}") };
    assert_eq!(first[..12], FRAME[..12]);
    assert_eq!(first[12..16], [0x88, 0xa8, 0x60, 0x64]);
    assert_eq!(first[16..], FRAME[12..]);
    assert_eq!(meta.vlan.outer, Some(VlanTag { tpid: 0x88a8, tci: 0x6064 }));
    assert!(meta.vlan.put_back);
    assert_eq!(meta.original_len, 22);
    assert_eq!(second[..], FRAME);
    assert_eq!(plain.vlan.outer, None);
}

#[test]
fn a_tag_of_a_frame_too_short_for_addresses_is_told_but_not_put_back() {
    let short = Laid { status: 1 | 1 << 4, vlan: (0, 5), ..Laid::new(&FRAME[..10]) };
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[short])));
    let (mut socket, _) = open(&fake, &settings()).unwrap();
    let (_, shown) = take(&mut socket);
    assert_eq!(shown[0].0, FRAME[..10]);
    assert_eq!(shown[0].1.vlan.outer, Some(VlanTag { tpid: 0x8100, tci: 5 }));
    assert!(!shown[0].1.vlan.put_back);
}

#[test]
fn status_bits_become_checksum_truth_direction_and_clock() {
    let sent = Laid { status: 1 | 1 << 3, packet_type: 4, ..Laid::new(&FRAME) };
    let verified = Laid { status: 1 | 1 << 7 | 1 << 31, packet_type: 1, ..Laid::new(&FRAME) };
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[sent, verified])));
    let (mut socket, _) = open(&fake, &Settings { hash: true, ..settings() }).unwrap();
    let (_, shown) = take(&mut socket);
    let (sent, verified) = (&shown[0].1, &shown[1].1);
    assert_eq!((sent.checksum, sent.direction), (ChecksumState::NotReady, Direction::Out));
    assert_eq!(sent.time_source, TimeSource::Host);
    assert_eq!(sent.time.unwrap().split(), (1_700_000_000, 5));
    assert_eq!(sent.hash, Some(0xdead_beef));
    assert_eq!((verified.checksum, verified.direction), (ChecksumState::Valid, Direction::In));
    assert_eq!(verified.time_source, TimeSource::Adapter);
}

#[test]
fn the_virtio_header_before_a_frame_tells_its_segments_also_when_a_tag_is_put_back_over_it() {
    // struct virtio_net_hdr: checksum needed; TCP over IPv4 with ECN; 66 octets of headers; 1448 of payload each.
    let mut header = vec![1, 0x81];
    for word in [66u16, 1448, 34, 16] {
        header.extend(word.to_ne_bytes());
    }
    let frame = Laid { before: header, status: 1 | 1 << 4, vlan: (0, 9), ..Laid::new(&FRAME) };
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[frame])));
    let (mut socket, _) = open(&fake, &Settings { gso: true, ..settings() }).unwrap();
    let (_, shown) = take(&mut socket);
    let gso = shown[0].1.gso.unwrap();
    assert_eq!((gso.kind, gso.ecn, gso.header_len, gso.size), (GsoKind::Tcp4, true, 66, 1448));
    assert_eq!(shown[0].0[12..16], [0x81, 0, 0, 9]);
}

#[test]
fn frames_of_all_interfaces_get_a_cooked_header_with_tag_and_interface() {
    let tagged = Laid { status: 1 | 1 << 4 | 1 << 6, vlan: (0x8100, 0x2003), ..Laid::new(&FRAME[14..]) };
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[tagged, Laid::new(&FRAME[14..])])));
    let (mut socket, _) = PacketSocket::open(fake.clone(), Target::Any, &settings()).unwrap();
    assert_eq!(socket.interfaces()[0].link_type, LinkType::LINUX_SLL2);
    let (_, shown) = take(&mut socket);
    let header = [0, 0, 0, 0, 0, 7, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0];
    assert_eq!(shown[0].0[..2], [0x81, 0x00]);
    assert_eq!(shown[0].0[2..20], header);
    assert_eq!(shown[0].0[20..], [0x20, 0x03, 0x08, 0x00, 0xaa, 0xbb, 0xcc, 0xdd]);
    assert_eq!(shown[1].0[..2], [0x08, 0x00]);
    assert_eq!(shown[1].0[20..], FRAME[14..]);
    assert_eq!(shown[1].1.original_len, 24);
}

#[test]
fn the_snapshot_length_counts_octets_that_are_put_in_front() {
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[Laid::new(&FRAME)])));
    let (mut socket, _) =
        PacketSocket::open(fake.clone(), Target::Any, &Settings { snaplen: 22, ..settings() }).unwrap();
    let (_, shown) = take(&mut socket);
    assert_eq!((shown[0].0.len(), shown[0].1.original_len), (22, 38));
}

#[test]
fn drops_are_told_with_the_first_frame_after_them_and_counted_once() {
    // The kernel marks a block, not its frames (net/packet/af_packet.c, `prb_close_block`).
    let fake = Arc::new(Fake::with(|state| {
        state.image = block(BLOCK, &[Laid::new(&FRAME)]);
        state.image.extend(losing(block(BLOCK, &[Laid::new(&FRAME), Laid::new(&FRAME)])));
        let words = [10u32, 4, 1].map(u32::to_ne_bytes).concat();
        state.options.insert((SOL, libc::PACKET_STATISTICS), words);
    }));
    let (mut socket, _) = open(&fake, &settings()).unwrap();
    let drops: Vec<_> = (0..2).flat_map(|_| take(&mut socket).1).map(|(_, meta)| meta.drops).collect();
    assert_eq!(drops, [0, 4, 0]);
    let counts = socket.counts();
    assert_eq!((counts.received, counts.kernel_drops), (10, 4));
}

/// A block with the kernel's mark of drops.
fn losing(mut block: Vec<u8>) -> Vec<u8> {
    block[8] |= 1 << 2;
    block
}

#[test]
fn blocks_are_taken_in_turn_and_handed_back() {
    let fake = Arc::new(Fake::with(|state| {
        state.image = block(BLOCK, &[Laid::new(&FRAME)]);
        state.image.extend(block(BLOCK, &[Laid::new(&FRAME), Laid::new(&FRAME)]));
    }));
    let (mut socket, _) = open(&fake, &settings()).unwrap();
    assert_eq!(take(&mut socket).1.len(), 1);
    assert_eq!(take(&mut socket).1.len(), 2);
    // Round again: the first block is the kernel's now.
    let (taken, shown) = take(&mut socket);
    assert_eq!((taken.unwrap(), shown.len()), (Taken::Idle, 0));
}

#[test]
fn a_block_that_lies_about_lengths_ends_without_harm() {
    for (at, value) in
        [(48 + 12, u32::MAX), (48 + 24, 0), (48, u32::MAX), (16, 3), (16, u32::MAX), (12, u32::MAX)]
    {
        let mut image = block(BLOCK, &[Laid::new(&FRAME), Laid::new(&FRAME)]);
        image[at..at + 4].copy_from_slice(&value.to_ne_bytes());
        let fake = Arc::new(Fake::with(|state| state.image = image));
        let (mut socket, _) = open(&fake, &settings()).unwrap();
        let (taken, shown) = take(&mut socket);
        assert_eq!(taken.unwrap(), Taken::Frames, "octet {at}");
        assert!(shown.len() <= 2, "octet {at}");
        // The block went back: the ring goes on with the next.
        assert_eq!(take(&mut socket).0.unwrap(), Taken::Idle, "octet {at}");
    }
}

#[test]
fn an_interface_that_goes_down_is_waited_for_and_one_that_vanishes_ends_its_source() {
    let fake = Arc::new(Fake::with(|state| state.found = vec![libc::POLLERR, 0, 0, 0]));
    let (mut socket, _) = open(&fake, &settings()).unwrap();
    let down = libc::ENETDOWN.to_ne_bytes().to_vec();
    fake.change(|state| {
        state.flags = 0;
        state.options.insert((libc::SOL_SOCKET, libc::SO_ERROR), down);
    });
    assert_eq!(take(&mut socket).0.unwrap(), Taken::Event(Event::Down("test0".into())));
    assert_eq!(take(&mut socket).0.unwrap(), Taken::Idle);
    fake.change(|state| state.flags = 1);
    assert_eq!(take(&mut socket).0.unwrap(), Taken::Event(Event::Up("test0".into())));
    fake.change(|state| {
        state.found = vec![libc::POLLERR];
        state.options.insert((libc::SOL_SOCKET, libc::SO_ERROR), libc::ENETDOWN.to_ne_bytes().to_vec());
        state.errors.insert(format!("ioctl {GET_NAME}"), libc::ENODEV);
    });
    assert_eq!(take(&mut socket).0.unwrap(), Taken::Event(Event::Gone("test0".into())));
}

#[test]
fn another_error_of_the_socket_is_told_by_name() {
    let fake = Arc::new(Fake::with(|state| {
        state.found = vec![libc::POLLERR];
        state.options.insert((libc::SOL_SOCKET, libc::SO_ERROR), libc::ENOBUFS.to_ne_bytes().to_vec());
    }));
    let (mut socket, _) = open(&fake, &settings()).unwrap();
    let error = take(&mut socket).0.err().unwrap();
    assert_eq!(error.to_string(), "receive from AF_PACKET on test0: ENOBUFS");
}

#[test]
fn a_filter_that_the_kernel_cannot_run_on_a_cooked_socket_runs_on_the_frames() {
    // "the second octet of the header is 0": no ancillary word holds it.
    let octets = vec![
        Instruction::load(1, 1),
        Instruction::branch(crate::filter::insn::code::JEQ_K, 0xdd, 0, 1),
        Instruction::ret(100),
        Instruction::ret(0),
    ];
    let six = Laid { protocol: 0x86dd, ..Laid::new(&FRAME[14..]) };
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &[six, Laid::new(&FRAME[14..])])));
    let filter = Some(Programs { kernel: octets.clone(), octets });
    let (mut socket, _) =
        PacketSocket::open(fake.clone(), Target::Any, &Settings { filter, ..settings() }).unwrap();
    let (_, shown) = take(&mut socket);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].0[..2], [0x86, 0xdd]);
}

#[test]
fn can_frames_stand_as_their_link_type_has_them_and_are_filtered_so() {
    let laid = |word: u32, protocol, rest: [u8; 6]| {
        let data = [&word.to_ne_bytes()[..], &rest].concat();
        Laid { protocol, hardware: 280, ..Laid::new(&data) }
    };
    let frames = [
        laid(0x123, 0x000c, [2, 0, 0, 0, 0xaa, 0xbb]),
        laid(0x98fe_f100, 0x000d, [2, 1, 0, 0, 0xaa, 0xbb]),
        laid(0x0007_0123, 0x000e, [0x81, 5, 1, 0, 0xaa, 0xbb]),
    ];
    let wanted = [
        [0, 0, 0x01, 0x23, 2, 0, 0, 0, 0xaa, 0xbb],
        [0x98, 0xfe, 0xf1, 0, 2, 5, 0, 0, 0xaa, 0xbb],
        [0, 7, 0x01, 0x23, 0x81, 5, 1, 0, 0xaa, 0xbb],
    ];
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &frames)));
    let (mut socket, _) = PacketSocket::open(fake.clone(), target(280), &settings()).unwrap();
    assert_eq!(socket.interfaces()[0].link_type, LinkType::CAN_SOCKETCAN);
    let (_, shown) = take(&mut socket);
    assert_eq!(shown.iter().map(|(data, _)| data.clone()).collect::<Vec<_>>(), wanted);
    // "the word is that of the second frame"
    let octets = vec![
        Instruction::load(4, 0),
        Instruction::branch(crate::filter::insn::code::JEQ_K, 0x98fe_f100, 0, 1),
        Instruction::ret(100),
        Instruction::ret(0),
    ];
    let fake = Arc::new(Fake::with(|state| state.image = block(BLOCK, &frames)));
    let filter = Some(Programs { kernel: octets.clone(), octets });
    let (mut socket, _) =
        PacketSocket::open(fake.clone(), target(280), &Settings { filter, ..settings() }).unwrap();
    let (_, shown) = take(&mut socket);
    assert_eq!(shown.iter().map(|(data, _)| data.clone()).collect::<Vec<_>>(), wanted[1..2]);
}
