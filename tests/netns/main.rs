//! Live captures between two network namespaces: every frame that was sent is found, by this program and by others.
//!
//! Needs root, `ip` and veth; where they are missing each test says so and counts as skipped.

#[path = "../harness/mod.rs"]
mod harness;
mod pair;
mod sending;

use harness::{Scratch, installed, peer, skip};
use nettool_capture::file::{ReadOptions, Reader};
use nettool_dissect::frame::{Direction, LinkType, Timestamp, VlanTag};
use pair::{Capture, Pair, Space};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(10);

/// A frame read back, with what the tests ask of it.
struct Back {
    data: Vec<u8>,
    direction: Direction,
    vlan: Option<VlanTag>,
    interface: String,
    link_type: LinkType,
    time: Option<Timestamp>,
    drops: u64,
}

#[track_caller]
fn read_back(path: &Path) -> Vec<Back> {
    let mut reader = Reader::open(&[path], &ReadOptions::default()).expect("the file opens");
    let mut all = Vec::new();
    while let Some(chunk) = reader.next_chunk().expect("the file is whole") {
        for frame in chunk.frames() {
            all.push(Back {
                data: frame.data.to_vec(),
                direction: frame.meta.direction,
                vlan: frame.meta.vlan.outer,
                interface: chunk
                    .interfaces()
                    .get(frame.meta.interface)
                    .map(|i| i.name.clone())
                    .unwrap_or_default(),
                link_type: frame.meta.link_type,
                time: frame.meta.time,
                drops: frame.meta.drops,
            });
        }
    }
    all
}

/// Sends `count` numbered datagrams from a to b and back; returns b's port.
fn udp_exchange(pair: &Pair, count: u32) -> u16 {
    let server = pair.b.inside(|| UdpSocket::bind("10.99.0.2:0")).expect("b has its address");
    server.set_read_timeout(Some(LIMIT)).unwrap();
    let port = server.local_addr().unwrap().port();
    let client = pair.a.inside(|| UdpSocket::bind("10.99.0.1:0")).expect("a has its address");
    client.set_read_timeout(Some(LIMIT)).unwrap();
    let mut buffer = [0u8; 2048];
    for number in 0..count {
        let mut datagram = vec![0x5a; 16 + (number as usize * 7) % 1200];
        datagram[..4].copy_from_slice(&number.to_be_bytes());
        client.send_to(&datagram, ("10.99.0.2", port)).unwrap();
        let (length, from) = server.recv_from(&mut buffer).unwrap();
        server.send_to(&buffer[..length], from).unwrap();
        client.recv_from(&mut buffer).unwrap();
    }
    port
}

/// Sends `length` octets from a to b over TCP and a word back; returns b's port.
fn tcp_exchange(pair: &Pair, length: usize) -> u16 {
    let listener = pair.b.inside(|| TcpListener::bind("10.99.0.2:0")).expect("b has its address");
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).unwrap();
        stream.write_all(b"thanks").unwrap();
        octets
    });
    let sent: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
    let mut client = pair.a.inside(|| TcpStream::connect(("10.99.0.2", port))).unwrap();
    client.write_all(&sent).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "thanks");
    assert_eq!(server.join().unwrap(), sent);
    port
}

/// IPv4 payload of a frame with `header` octets before IP, when it is of this protocol.
fn ip_payload(data: &[u8], header: usize, protocol: u8) -> Option<&[u8]> {
    let packet = data.get(header..)?;
    if packet.first()? >> 4 != 4 || *packet.get(9)? != protocol {
        return None;
    }
    let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    packet.get(usize::from(packet[0] & 15) * 4..total.max(20))
}

/// Numbers of the datagrams to and from a port.
fn datagrams(frames: &[Back], header: usize, port: u16) -> (Vec<u32>, Vec<u32>) {
    let (mut there, mut back) = (Vec::new(), Vec::new());
    for frame in frames {
        let Some(udp) = ip_payload(&frame.data, header, 17) else { continue };
        let number = u32::from_be_bytes([udp[8], udp[9], udp[10], udp[11]]);
        if udp[2..4] == port.to_be_bytes() {
            there.push(number);
        } else if udp[..2] == port.to_be_bytes() {
            back.push(number);
        }
    }
    (there, back)
}

/// The octets that went to a TCP port, put together by sequence number.
fn stream(frames: &[Back], header: usize, port: u16) -> Vec<u8> {
    let mut pieces = BTreeMap::new();
    let mut first = None;
    for frame in frames {
        let Some(tcp) = ip_payload(&frame.data, header, 6) else { continue };
        if tcp[2..4] != port.to_be_bytes() {
            continue;
        }
        let sequence = u32::from_be_bytes([tcp[4], tcp[5], tcp[6], tcp[7]]);
        if tcp[13] & 2 != 0 {
            first = Some(sequence.wrapping_add(1));
        }
        pieces.insert(sequence, tcp[usize::from(tcp[12] >> 4) * 4..].to_vec());
    }
    let first = first.expect("the first segment was captured");
    let mut stream = Vec::new();
    for (sequence, octets) in pieces {
        let at = sequence.wrapping_sub(first) as usize;
        if sequence == first.wrapping_sub(1) || octets.is_empty() {
            continue;
        }
        assert!(at <= stream.len(), "octets {} to {at} are missing", stream.len());
        stream.truncate(at);
        stream.extend(octets);
    }
    stream
}

/// Sends octets as they are from an interface.
fn send_raw(space: &Space, interface: &str, frames: &[Vec<u8>]) {
    space.inside(|| {
        let found = pnet_datalink::interfaces().into_iter().find(|one| one.name == interface).unwrap();
        let Ok(pnet_datalink::Channel::Ethernet(mut sender, _)) =
            pnet_datalink::channel(&found, Default::default())
        else {
            panic!("no channel on {interface}")
        };
        for frame in frames {
            sender.send_to(frame, None).expect("there is room").expect("it is sent");
        }
    });
}

#[test]
fn every_datagram_and_octet_of_an_exchange_is_found() {
    let test = "every_datagram_and_octet_of_an_exchange_is_found";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    for (name, options) in [
        ("out.pcapng", &[][..]),
        ("out.pcap", &[]),
        ("zipped.pcapng.zst", &[]),
        ("threads.pcapng", &["--threads", "2"]),
        ("gso.pcapng", &["--gso", "--rxhash"]),
        ("pnet.pcapng", &["--backend", "pnet", "--buffer", "8M"]),
        #[cfg(feature = "libpcap")]
        ("libpcap.pcapng", &["--backend", "pcap"]),
    ] {
        let path = scratch.path(name);
        let mut arguments = vec!["v1", "-w", path.to_str().unwrap()];
        arguments.extend(options);
        let capture = pair.b.capture(&arguments);
        let udp = udp_exchange(&pair, 300);
        let tcp = tcp_exchange(&pair, 300_000);
        capture.stop().ends(130, &["0 packets dropped by kernel"]);
        let frames = read_back(&path);
        let all: Vec<u32> = (0..300).collect();
        assert_eq!(datagrams(&frames, 14, udp), (all.clone(), all), "{name}");
        let wanted: Vec<u8> = (0..300_000).map(|at| (at % 251) as u8).collect();
        assert!(stream(&frames, 14, tcp) == wanted, "{name}: the stream differs");
        if let Some(run) =
            peer(test, "tcpdump", ["-n", "-r", path.to_str().unwrap()]).filter(|_| !name.contains("zst"))
        {
            assert_eq!(run.lines(), frames.len(), "{name}: {}", run.err);
        }
        if name == "out.pcapng" {
            let sent = frames.iter().filter(|frame| frame.direction == Direction::Out).count();
            assert!(sent >= 300 && sent < frames.len() - 300, "{sent} of {} sent", frames.len());
        }
    }
}

#[test]
fn a_filter_lets_through_what_it_names_and_nothing_stale() {
    let test = "a_filter_lets_through_what_it_names_and_nothing_stale";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    for interface in ["v1", "any"] {
        let path = scratch.path(interface);
        let capture = pair.b.capture(&[
            interface,
            "-w",
            path.to_str().unwrap(),
            "--file-format",
            "pcapng",
            "udp",
            "and",
            "greater",
            "500",
        ]);
        let port = udp_exchange(&pair, 200);
        tcp_exchange(&pair, 10_000);
        capture.stop().ends(130, &["0 packets dropped by kernel"]);
        let frames = read_back(&path);
        let header = if interface == "any" { 20 } else { 14 };
        // Octets before the payload; the payload of datagram n is 16 + 7n mod 1200 long.
        let overhead = header + 28;
        let wanted: Vec<u32> =
            (0..200).filter(|n| overhead + 16 + (n * 7) % 1200 >= 500).map(|n| n as u32).collect();
        let (there, back) = datagrams(&frames, header, port);
        assert_eq!(there, wanted, "{interface}");
        assert_eq!(back, wanted, "{interface}");
        assert_eq!(frames.len(), 2 * wanted.len(), "{interface}");
    }
}

#[test]
fn tags_moved_out_by_the_kernel_stand_in_their_place_and_are_remembered() {
    let test = "tags_moved_out_by_the_kernel_stand_in_their_place_and_are_remembered";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let file = scratch.path("vlan.pcapng");
    let addresses = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1];
    let frame = |tags: &[u16]| {
        let mut frame = addresses.to_vec();
        for word in tags {
            frame.extend(word.to_be_bytes());
        }
        frame.extend([0x88, 0xb5]);
        frame.extend(0..100);
        frame
    };
    let sent = [
        frame(&[0x8100, 0x6005]),
        frame(&[0x88a8, 0x0007, 0x8100, 0xe008]),
        frame(&[0x8100, 0x1fff]),
        frame(&[]),
    ];
    let capture = pair.b.capture(&[
        "v1",
        "-w",
        file.to_str().unwrap(),
        "--direction",
        "in",
        "ether",
        "src",
        "02:00:00:00:00:01",
    ]);
    send_raw(&pair.a, "v0", &sent);
    capture.stop().ends(130, &["4 packets captured"]);
    let frames = read_back(&file);
    assert_eq!(frames.iter().map(|frame| frame.data.clone()).collect::<Vec<_>>(), sent);
    let tags: Vec<_> = frames.iter().map(|frame| frame.vlan).collect();
    assert_eq!(tags[0], Some(VlanTag { tpid: 0x8100, tci: 0x6005 }));
    assert_eq!(tags[1], Some(VlanTag { tpid: 0x88a8, tci: 7 }));
    assert_eq!(tags[3], None);
    if let Some(run) = peer(test, "tshark", ["-r", file.to_str().unwrap(), "-T", "fields", "-e", "vlan.id"]) {
        let ids: Vec<String> = run.text().lines().map(str::to_owned).collect();
        assert_eq!(ids, ["5", "8", "4095", ""], "{}", run.err);
    }
}

#[test]
fn live_vlan_filters_see_tags_that_were_moved_out() {
    let test = "live_vlan_filters_see_tags_that_were_moved_out";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let frame = |id: u8| {
        let mut frame =
            vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, id, 0x88, 0xb5];
        frame.extend(0..60);
        frame
    };
    for (interface, kept) in [("v1", 18), ("any", 24)] {
        let path = scratch.path(&format!("{interface}.pcapng"));
        let filter = if interface == "any" { "ether proto 0x8100" } else { "vlan 6" };
        let capture = pair.b.capture(&[interface, "-w", path.to_str().unwrap(), filter]);
        send_raw(&pair.a, "v0", &[frame(5), frame(6), frame(7)]);
        capture.stop().ends(130, &[]);
        let frames = read_back(&path);
        let ids: Vec<u8> = frames.iter().map(|frame| frame.data[kept - 3]).collect();
        assert_eq!(ids, if interface == "any" { vec![5, 6, 7] } else { vec![6] }, "{interface}");
    }
}

#[test]
fn all_interfaces_are_captured_cooked_and_loopback_frames_once() {
    let test = "all_interfaces_are_captured_cooked_and_loopback_frames_once";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("any.pcapng");
    let capture = pair.b.capture(&["any", "-w", path.to_str().unwrap()]);
    let port = udp_exchange(&pair, 50);
    let local = pair.b.inside(|| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(&[9; 20], socket.local_addr().unwrap()).unwrap();
        socket.local_addr().unwrap().port()
    });
    capture.stop().ends(130, &["LINUX_SLL2"]);
    let frames = read_back(&path);
    assert!(frames.iter().all(|frame| frame.link_type == LinkType::LINUX_SLL2));
    let all: Vec<u32> = (0..50).collect();
    assert_eq!(datagrams(&frames, 20, port), (all.clone(), all));
    assert_eq!(datagrams(&frames, 20, local).0.len(), 1);
    if let Some(run) = peer(test, "tcpdump", ["-n", "-r", path.to_str().unwrap()]) {
        assert_eq!(run.lines(), frames.len());
        assert!(run.text().contains("10.99.0.1"), "{}", run.text());
    }
}

#[test]
fn loopback_frames_are_captured_once() {
    let test = "loopback_frames_are_captured_once";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("lo.pcapng");
    let capture = pair.a.capture(&["lo", "-w", path.to_str().unwrap()]);
    let port = pair.a.inside(|| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let own = socket.local_addr().unwrap();
        (0..20u32)
            .for_each(|number| drop(socket.send_to(&[&number.to_be_bytes()[..], &[0; 8]].concat(), own)));
        own.port()
    });
    capture.stop().ends(130, &[]);
    assert_eq!(datagrams(&read_back(&path), 14, port).0, (0..20).collect::<Vec<u32>>());
}

#[test]
fn several_interfaces_go_into_one_file_each_with_its_name() {
    let test = "several_interfaces_go_into_one_file_each_with_its_name";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("both.pcapng");
    let capture = pair.b.capture(&["v1", "lo", "-w", path.to_str().unwrap()]);
    let port = udp_exchange(&pair, 20);
    let local = pair.b.inside(|| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(&[9; 20], socket.local_addr().unwrap()).unwrap();
        socket.local_addr().unwrap().port()
    });
    capture.stop().ends(130, &["v1: 0 packets dropped by kernel", "lo: 0 packets dropped by kernel"]);
    let frames = read_back(&path);
    let (veth, lo): (Vec<Back>, Vec<Back>) = frames.into_iter().partition(|frame| frame.interface == "v1");
    assert_eq!(datagrams(&veth, 14, port).0.len(), 20);
    assert!(lo.iter().all(|frame| frame.interface == "lo"));
    assert_eq!(datagrams(&lo, 14, local).0.len(), 1);
}

#[test]
fn frames_of_several_interfaces_and_threads_stand_in_the_order_of_time() {
    let test = "frames_of_several_interfaces_and_threads_stand_in_the_order_of_time";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    for threads in ["1", "2"] {
        let path = scratch.path(&format!("{threads}.pcapng"));
        let file = path.to_str().unwrap();
        let capture = pair.b.capture(&["v1", "lo", "--threads", threads, "-w", file, "udp port 9"]);
        pair.b.inside(|| {
            let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
            for round in 0..600_u32 {
                for place in ["127.0.0.1:9", "10.99.0.1:9"] {
                    // Nobody listens: what comes back as an error is not of interest.
                    let _ = socket.send_to(&round.to_be_bytes(), place);
                }
                if round % 100 == 99 {
                    std::thread::sleep(Duration::from_millis(7));
                }
            }
        });
        capture.stop().ends(130, &[]);
        let frames = read_back(&path);
        let of = |name: &str| frames.iter().filter(|frame| frame.interface == name).count();
        assert!(of("v1") >= 600 && of("lo") >= 600, "{} and {} frames", of("v1"), of("lo"));
        // Threads on one interface have it together.
        let mut reader = Reader::open(&[&path], &ReadOptions::default()).unwrap();
        let described = reader.next_chunk().unwrap().map(|chunk| chunk.interfaces().len());
        assert_eq!(described, Some(2), "{threads} threads");
        let turned = frames.windows(2).filter(|pair| pair[0].time > pair[1].time).count();
        assert_eq!(turned, 0, "of {} frames, {threads} threads", frames.len());
    }
}

#[test]
fn directions_are_kept_apart() {
    let test = "directions_are_kept_apart";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    for (direction, there, back) in [("in", 30, 0), ("out", 0, 30)] {
        let path = scratch.path(&format!("{direction}.pcapng"));
        let capture = pair.b.capture(&["v1", "--direction", direction, "-w", path.to_str().unwrap(), "udp"]);
        let port = udp_exchange(&pair, 30);
        capture.stop().ends(130, &[]);
        let (got_there, got_back) = datagrams(&read_back(&path), 14, port);
        assert_eq!((got_there.len(), got_back.len()), (there, back), "{direction}");
    }
}

#[test]
fn a_capture_ends_at_its_count_exactly_with_one_thread_or_several() {
    let test = "a_capture_ends_at_its_count_exactly_with_one_thread_or_several";
    let Some(pair) = Pair::new(test) else { return };
    for threads in ["1", "2"] {
        let capture = pair.b.capture(&["v1", "-n", "-c", "25", "--threads", threads, "udp"]).listening();
        udp_exchange(&pair, 40);
        let run = capture.end();
        run.ends(0, &["25 packets captured"]);
        assert_eq!(run.lines(), 25, "{}", run.text());
        assert!(run.text().contains("10.99.0.1"), "{}", run.text());
    }
}

#[test]
fn a_capture_ends_after_its_duration_and_tells_its_counts_when_asked() {
    let test = "a_capture_ends_after_its_duration_and_tells_its_counts_when_asked";
    let Some(pair) = Pair::new(test) else { return };
    pair.b.capture(&["v1", "--duration", "200ms"]).listening().end().ends(0, &["received by filter"]);
    let capture = pair.b.capture(&["v1", "-n", "udp"]).listening();
    udp_exchange(&pair, 10);
    let counts = "20 captured, 0 dropped by nettool; v1: 20 received by filter, 0 dropped by kernel, 0 dropped by interface";
    // The last frames may still be in a block when the first signal comes.
    harness::wait_for(counts, || {
        capture.signal(Signal::USR1);
        capture.said().contains(counts)
    });
    capture.stop().ends(130, &["20 packets captured"]);
    let capture = pair.b.capture(&["v1", "-n", "--stats", "50ms"]).listening();
    capture.says("0 dropped by nettool; v1:");
    capture.stop().ends(130, &[]);
}

#[test]
fn a_reader_that_leaves_ends_the_capture_quietly_even_when_nothing_comes() {
    let test = "a_reader_that_leaves_ends_the_capture_quietly_even_when_nothing_comes";
    let Some(pair) = Pair::new(test) else { return };
    let mut capture = pair.b.capture(&["v1", "-n"]);
    drop(capture.child.stdout.take());
    let run = capture.end();
    run.ends(0, &[]);
    assert!(!run.err.contains("roken pipe"), "{}", run.err);
}

#[test]
fn a_killed_capture_leaves_whole_records() {
    let test = "a_killed_capture_leaves_whole_records";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    for name in ["killed.pcapng", "killed.pcap"] {
        let path = scratch.path(name);
        let mut capture = pair.b.capture(&["v1", "-w", path.to_str().unwrap(), "udp"]);
        let port = udp_exchange(&pair, 100);
        // What was captured is handed out when nothing more comes; then the capture is killed while more arrives.
        harness::wait_for("the first frames in the file", || {
            std::fs::metadata(&path).is_ok_and(|file| file.len() > 1000) && read_back(&path).len() == 200
        });
        let more = udp_exchange(&pair, 50);
        capture.child.kill().unwrap();
        capture.child.wait().unwrap();
        let frames = read_back(&path);
        assert_eq!(datagrams(&frames, 14, port).0.len(), 100, "{name}");
        let (there, _) = datagrams(&frames, 14, more);
        assert_eq!(there, (0..there.len() as u32).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn what_the_kernel_drops_is_told_with_the_frame_that_comes_after() {
    let test = "what_the_kernel_drops_is_told_with_the_frame_that_comes_after";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("drops.pcapng");
    let capture =
        pair.b.capture(&["v1", "--buffer", "256K", "-w", path.to_str().unwrap(), "ether proto 0x88b5"]);
    let frame = |number: u32| {
        let mut octets = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5];
        octets.extend(number.to_be_bytes());
        octets.resize(1000, 0);
        octets
    };
    capture.signal(rustix::process::Signal::STOP);
    // More than the ring holds, while nobody empties it.
    send_raw(&pair.a, "v0", &(0..1500).map(frame).collect::<Vec<_>>());
    capture.signal(rustix::process::Signal::CONT);
    harness::wait_for("a frame that comes after drops", || {
        send_raw(&pair.a, "v0", &[frame(9999)]);
        read_back(&path).iter().any(|frame| frame.drops > 0)
    });
    let run = capture.stop();
    let frames = read_back(&path);
    let told: u64 = frames.iter().map(|frame| frame.drops).sum();
    let first = frames.iter().position(|frame| frame.drops > 0).expect("there is one");
    assert_eq!(frames[first].data[14..18], 9999u32.to_be_bytes(), "those before the drops are all there");
    run.ends(
        130,
        &[&format!("{told} packets dropped by kernel"), &format!("{} packets captured", frames.len())],
    );
}

#[test]
fn a_ring_of_files_loses_no_frame_between_them() {
    let test = "a_ring_of_files_loses_no_frame_between_them";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    std::fs::create_dir(scratch.path("ring")).unwrap();
    let path = scratch.path("ring/part.pcapng");
    let capture = pair.b.capture(&["v1", "-w", path.to_str().unwrap(), "--rotate-packets", "50", "udp"]);
    let port = udp_exchange(&pair, 200);
    capture.stop().ends(130, &["400 packets captured"]);
    let mut files: Vec<_> =
        std::fs::read_dir(scratch.path("ring")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 8, "{files:?}");
    let frames: Vec<Back> = files.iter().flat_map(|file| read_back(file)).collect();
    assert_eq!(datagrams(&frames, 14, port).0.len(), 200);
}

#[test]
fn an_interface_that_goes_down_is_waited_for() {
    let test = "an_interface_that_goes_down_is_waited_for";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("down.pcapng");
    pair.b.ip("link set v1 down");
    let capture = pair.b.capture(&["v1", "-w", path.to_str().unwrap(), "udp"]);
    assert!(capture.said().contains("v1 is down; waiting for it"), "{}", capture.said());
    pair.b.ip("link set v1 up");
    capture.says("v1 is up");
    let first = udp_exchange(&pair, 20);
    pair.b.ip("link set v1 down");
    capture.says("v1 is down; waiting for it to come up again");
    pair.b.ip("link set v1 up");
    harness::wait_for("v1 to be up again", || capture.said().matches("v1 is up").count() == 2);
    let second = udp_exchange(&pair, 20);
    capture.stop().ends(130, &[]);
    let frames = read_back(&path);
    assert_eq!(datagrams(&frames, 14, first).0.len(), 20);
    assert_eq!(datagrams(&frames, 14, second).0.len(), 20);
}

#[test]
fn an_interface_that_vanishes_ends_the_capture_with_its_file_whole() {
    let test = "an_interface_that_vanishes_ends_the_capture_with_its_file_whole";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("gone.pcapng");
    let both = pair.b.capture(&["v1", "lo", "-n", "--threads", "2"]).listening();
    let capture = pair.b.capture(&["v1", "-w", path.to_str().unwrap(), "udp"]);
    let port = udp_exchange(&pair, 20);
    pair.b.ip("link del v1");
    capture.end().ends(3, &["v1 is gone: nothing left to capture on", "40 packets captured"]);
    assert_eq!(datagrams(&read_back(&path), 14, port).0.len(), 20);
    // The other interface goes on.
    both.says("v1 is gone");
    let run = both.stop();
    assert_eq!(run.err.matches("v1 is gone").count(), 1, "once, whatever its threads: {}", run.err);
    run.ends(130, &[]);
}

#[test]
fn interfaces_that_do_not_exist_are_named_and_the_documented_one_is_replaced() {
    let test = "interfaces_that_do_not_exist_are_named_and_the_documented_one_is_replaced";
    let Some(pair) = Pair::new(test) else { return };
    pair.b.nettool(&["capture", "nosuch0"]).ends(3, &["no interface `nosuch0`", "lo", "v1"]);
    pair.b.nettool(&["capture", "v1", "nosuch0"]).ends(2, &["nosuch0"]);
    pair.b
        .nettool(&["capture", "eth0", "--duration", "1ms"])
        .ends(0, &["no interface `eth0` here: capturing on v1", "10.99.0.2/24"]);
    pair.b.nettool(&["capture", "--duration", "1ms"]).ends(0, &["no interface named: capturing on v1"]);
    let list = pair.b.nettool(&["capture", "-D"]);
    list.ends(0, &[]);
    assert!(list.text().contains("v1") && list.text().contains("10.99.0.2/24"), "{}", list.text());
}

#[test]
fn wrong_words_and_wrong_places_end_with_their_exit_codes() {
    let test = "wrong_words_and_wrong_places_end_with_their_exit_codes";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    pair.b.nettool(&["capture", "v1", "tcp", "prt", "80"]).ends(2, &["^"]);
    pair.b.nettool(&["capture", "v1", "-Y", "nosuch.field == 1"]).ends(2, &["nosuch.field", "^"]);
    pair.b.nettool(&["capture", "v1", "--user", "no-such-user"]).ends(2, &["no user `no-such-user`"]);
    pair.b.nettool(&["capture", "v1", "-w", "/nonexistent/x.pcap"]).ends(3, &["/nonexistent/x.pcap"]);
    let folder = scratch.path(".");
    pair.b.nettool(&["capture", "v1", "-w", folder.to_str().unwrap()]).ends(3, &["directory"]);
    pair.b
        .nettool(&["capture", "v1", "--timestamps", "adapter"])
        .ends(3, &["v1 gives no hardware timestamps", "--timestamps host"]);
    pair.b.nettool(&["capture", "any", "--backend", "pnet"]).ends(2, &["pnet", "--backend packet"]);
    // Built in or not, the answer is clear.
    let pcap = pair.b.nettool(&["capture", "v1", "--backend", "pcap", "--duration", "1ms"]);
    if cfg!(feature = "libpcap") {
        pcap.ends(0, &["capturing on v1"]);
    } else {
        pcap.ends(2, &["built without the pcap backend", "--features libpcap"]);
    }
    let full = pair.b.capture(&["v1", "-w", "/dev/full", "udp"]);
    udp_exchange(&pair, 5);
    full.end().ends(1, &["/dev/full", "captured", "received by filter"]);
}

#[test]
fn without_privilege_the_error_gives_the_command_that_mends_it() {
    let test = "without_privilege_the_error_gives_the_command_that_mends_it";
    if !installed("setpriv") {
        return skip(test, "needs setpriv");
    }
    let Some(pair) = Pair::new(test) else { return };
    // A copy where others may run it.
    let folder = std::env::temp_dir().join(format!("nettool-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join("nettool");
    harness::copy_program(&program);
    let mut command = std::process::Command::new("setpriv");
    command.args([
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        program.to_str().unwrap(),
        "capture",
        "lo",
    ]);
    let run = pair.b.inside(|| harness::finish(&mut command));
    std::fs::remove_dir_all(&folder).unwrap();
    let mend = format!("sudo setcap cap_net_raw,cap_net_admin=eip {}", program.display());
    run.ends(3, &["CAP_NET_RAW", &mend]);
}

#[test]
fn net_raw_alone_is_enough() {
    let test = "net_raw_alone_is_enough";
    if !installed("setpriv") {
        return skip(test, "needs setpriv");
    }
    let Some(pair) = Pair::new(test) else { return };
    let mut command = std::process::Command::new("setpriv");
    let caps = "-all,+net_raw";
    command.args([
        "--bounding-set",
        caps,
        "--inh-caps",
        caps,
        harness::NETTOOL,
        "capture",
        "v1",
        "--duration",
        "50ms",
    ]);
    pair.b.inside(|| harness::finish(&mut command)).ends(0, &["capturing on v1"]);
}

#[test]
fn another_user_captures_without_capabilities_and_owns_the_file() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let test = "another_user_captures_without_capabilities_and_owns_the_file";
    let Some(pair) = Pair::new(test) else { return };
    let folder = std::env::temp_dir().join(format!("nettool-user-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let path = folder.join("out.pcapng");
    let capture = pair.b.capture(&["v1", "--user", "nobody", "-w", path.to_str().unwrap(), "udp"]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", capture.child.id())).unwrap();
    for tasks in std::fs::read_dir(format!("/proc/{}/task", capture.child.id())).unwrap() {
        let status = std::fs::read_to_string(tasks.unwrap().path().join("status")).unwrap();
        for line in ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000"] {
            assert!(status.contains(line), "{status}");
        }
    }
    let uid = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
    assert_ne!(status.lines().find(|line| line.starts_with("Uid:")).and_then(uid).as_deref(), Some("0"));
    let port = udp_exchange(&pair, 20);
    capture.stop().ends(130, &[]);
    assert_ne!(std::fs::metadata(&path).unwrap().uid(), 0);
    assert_eq!(datagrams(&read_back(&path), 14, port).0.len(), 20);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_ssh_session_that_it_runs_in_is_left_out() {
    let test = "the_ssh_session_that_it_runs_in_is_left_out";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("ssh.pcapng");
    // A connection that stands for the session: its ends are known before the capture begins.
    let listener = pair.b.inside(|| TcpListener::bind("10.99.0.2:0")).unwrap();
    let mut client = pair.a.inside(|| TcpStream::connect(listener.local_addr().unwrap())).unwrap();
    let (mut server, from) = listener.accept().unwrap();
    let session = listener.local_addr().unwrap().port();
    let variable = format!("10.99.0.1 {} 10.99.0.2 {session}", from.port());
    let capture = pair.b.capture_with(
        &["v1", "--not-my-ssh", "-w", path.to_str().unwrap(), "tcp"],
        &[("SSH_CONNECTION", &variable)],
    );
    let mut octets = [0u8; 5];
    client.write_all(b"there").unwrap();
    server.read_exact(&mut octets).unwrap();
    server.write_all(b"back.").unwrap();
    client.read_exact(&mut octets).unwrap();
    let port = tcp_exchange(&pair, 5000);
    capture.stop().ends(130, &[]);
    let frames = read_back(&path);
    assert_eq!(stream(&frames, 14, port).len(), 5000);
    let of_session = frames.iter().filter(|frame| {
        ip_payload(&frame.data, 14, 6)
            .is_some_and(|tcp| [&tcp[..2], &tcp[2..4]].contains(&&session.to_be_bytes()[..]))
    });
    assert_eq!(of_session.count(), 0);
    pair.b
        .nettool(&["capture", "v1", "--not-my-ssh", "--duration", "1ms"])
        .ends(if std::env::var_os("SSH_CONNECTION").is_some() { 0 } else { 2 }, &[]);
}

#[test]
fn lines_follow_frames_at_once() {
    let test = "lines_follow_frames_at_once";
    let Some(pair) = Pair::new(test) else { return };
    let mut capture: Capture = pair.b.capture(&["v1", "-n", "udp"]);
    let mut lines = BufReader::new(capture.child.stdout.take().unwrap());
    for _ in 0..3 {
        // Would wait for ever if lines were held back for more to come.
        udp_exchange(&pair, 1);
        for arrow in ["10.99.0.1.", "10.99.0.2."] {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            assert!(line.contains(&format!("IP {arrow}")), "{line}");
        }
    }
    drop(lines);
    capture.end().ends(0, &[]);
}

#[test]
fn a_file_and_lines_can_be_had_together() {
    let test = "a_file_and_lines_can_be_had_together";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("both.pcapng");
    let capture = pair.b.capture(&["v1", "-n", "--print", "-w", path.to_str().unwrap(), "udp"]).listening();
    udp_exchange(&pair, 40);
    let run = capture.stop();
    run.ends(130, &["80 packets captured"]);
    assert_eq!(run.lines(), 80);
    assert_eq!(read_back(&path).len(), 80);
}

#[test]
fn xdp_takes_received_frames_that_match_and_leaves_the_rest_to_the_kernel() {
    let test = "xdp_takes_received_frames_that_match_and_leaves_the_rest_to_the_kernel";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let path = scratch.path("xdp.pcapng");
    let file = path.to_str().unwrap();
    let capture = pair.b.capture(&["v1", "--backend", "xdp", "-w", file, "--buffer", "4M", "udp src port 7"]);
    if capture.said().contains("no AF_XDP") {
        capture.stop().ends(130, &["capturing with AF_PACKET"]);
        return skip(test, "this kernel gives no AF_XDP");
    }
    assert!(capture.said().contains("not to the kernel"), "{}", capture.said());
    let mut sent = Vec::new();
    for number in 0..500u32 {
        let mut frame = vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0];
        frame.extend([
            0x45, 0, 0, 48, 0, 0, 0, 0, 64, 17, 0, 0, 10, 99, 0, 1, 10, 99, 0, 2, 0, 7, 0x30, 0x39, 0, 28, 0,
            0,
        ]);
        frame.extend(number.to_be_bytes());
        frame.extend([0; 16]);
        sent.push(frame);
    }
    send_raw(&pair.a, "v0", &sent);
    // The filter runs before a packet is made: what does not match is answered by the stack.
    udp_exchange(&pair, 3);
    harness::wait_for("all frames in the file", || {
        std::fs::metadata(&path).is_ok_and(|file| file.len() > 500 * 96)
    });
    assert!(!capture.said().contains("does not run in XDP"), "{}", capture.said());
    capture.stop().ends(130, &["500 packets captured", "0 packets dropped by kernel"]);
    let frames = read_back(&path);
    assert_eq!(frames.iter().map(|frame| frame.data.clone()).collect::<Vec<_>>(), sent);
    // What it cannot do is done by AF_PACKET, which says so.
    let out =
        pair.b.nettool(&["capture", "v1", "--backend", "xdp", "--direction", "out", "--duration", "1ms"]);
    out.ends(0, &["no AF_XDP (it sees received frames only); capturing with AF_PACKET"]);
    // The program went away with the capture: the stack sees frames again.
    udp_exchange(&pair, 3);
}
