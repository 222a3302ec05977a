//! Taking frames from a ring takes no memory for each: an allocator that counts proves it, on the loopback interface.

#[path = "../../tests/harness/counting.rs"]
mod counting;
#[path = "../../tests/harness/skip.rs"]
mod skip;

use counting::allocations;
use nettool_capture::live::{Nudge, Options, Taken, open};
use skip::skip;
use std::net::UdpSocket;
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

#[test]
fn taking_frames_from_a_ring_takes_no_memory_for_each() {
    let test = "taking_frames_from_a_ring_takes_no_memory_for_each";
    let Ok(mut opened) = open("lo", &Options { buffer: 1 << 20, ..Options::default() }) else {
        return skip(test, "needs CAP_NET_RAW");
    };
    let source = opened.sources.first_mut().expect("one thread, one source");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("the loopback is up");
    let address = socket.local_addr().expect("it is bound");
    for _ in 0..500 {
        socket.send_to(&[0x5a; 77], address).expect("it is sent");
    }
    let nudge = Nudge::new().expect("a descriptor");
    let port = address.port().to_be_bytes();
    let mut found = 0;
    let taken = allocations(|| {
        let end = Instant::now() + Duration::from_secs(10);
        while found < 500 && Instant::now() < end {
            let taken = source.take(Duration::from_millis(20), nudge.as_fd(), &mut |frame| {
                // Ethernet, IPv4 without options, UDP to our port.
                found += u32::from(frame.data.get(36..38) == Some(&port));
                ControlFlow::Continue(())
            });
            assert!(matches!(taken, Ok(Taken::Frames | Taken::Idle)), "{taken:?}");
        }
    });
    assert_eq!((found, taken), (500, 0));
}
