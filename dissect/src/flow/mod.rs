//! State across packets: flows, conversations and endpoints, the protocol hierarchy, traffic over time, reassembly.
//!
//! Tables take frames one at a time, allocate nothing for a frame of a known flow, and are merged when several workers
//! filled them: the result does not depend on how frames were shared out (a property test holds it). Each has a limit, a
//! policy when it is full, and a count of what it dropped.

pub mod compare;
mod conversation;
mod dense;
mod expected;
mod hierarchy;
mod intervals;
mod latency;
mod loops;
mod neighbours;
mod pairing;
mod plain;
mod rare_links;
pub mod reassembly;
pub mod scan;
mod sent;
mod streams;
mod table;
mod tcp;
mod templates;
mod tracker;
mod tunnel;
mod unacked;

pub use crate::hash::{FlowHasher, Seeded};
pub use conversation::{
    Conversation, Conversations, Endpoint, LEVELS, Level, Party, conversations, endpoints,
};
pub use expected::{Announcement, File, MOST_EXPECTED};
pub use hierarchy::{Entry, Hierarchy};
pub use intervals::{Intervals, MAX_INTERVALS};
pub use latency::{Answers, Asked, Histogram, Reply, Requests, Service, icmp_error};
pub use loops::Loops;
pub use neighbours::Neighbours;
pub use pairing::{Answer, Keys, Pairing, Request};
pub use sent::Sent;
pub use streams::{Connection, Pair, Socket, TcpStreams, UdpFacts, UdpStreams};
pub use table::{Count, DEFAULT_LIMIT, End, Family, FlowTable, Key, Packet, Traffic};
pub use tcp::{RESETS, Reset, Scale, Tally, TcpFacts, Verdict};
pub use templates::{Kept, MOST_TEMPLATES};
pub use tracker::{Facts, Follows, State, Tracker, Within};
