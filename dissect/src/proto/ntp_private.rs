//! The items of ntpd's private mode: what each request asks for, and what its answer holds (`ntp_request.h` of ntpd 4.2.8).
//!
//! A layout is a run of fields without gaps. The octets as they stand are `ntp.priv.data` as well.

use crate::decode::Walk;
use crate::schema::{
    Field, Size, be16, be32, be64, bits, bytes, flag, ipv4, ipv6, label, lit, ntp_time, rest, text, u8,
};

/// How a field is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Number,
    Hex,
    Signed,
    Ipv4,
    Ipv6,
    Octets,
    Text,
}

/// Name, octets (0: all that are left), how it is shown, what it is. A field of another name that the time messages have too stands
/// there as it stands here.
const FIELDS: &[(&str, u16, As, &str)] = &[
    ("priv.mode7.address", 4, As::Ipv4, "address"),
    ("priv.mode7.port", 2, As::Number, "port"),
    ("priv.mode7.hmode", 1, As::Number, "mode of this host"),
    ("priv.mode7.peer.flags", 1, As::Hex, "flags of the association"),
    ("priv.mode7.ipv6_flag", 4, As::Number, "whether the addresses are those of IPv6"),
    ("priv.mode7.unused", 0, As::Octets, "unused"),
    ("priv.mode7.address6", 16, As::Ipv6, "address of IPv6"),
    ("priv.mode7.dstaddress", 4, As::Ipv4, "address of this host"),
    ("priv.mode7.srcaddress", 4, As::Ipv4, "address of the other host"),
    ("priv.mode7.srcport", 2, As::Number, "port of the other host"),
    ("priv.mode7.hpoll", 1, As::Signed, "poll interval of this host, power of 2 seconds"),
    ("priv.mode7.reach", 1, As::Number, "which of the last eight polls were answered"),
    ("priv.mode7.delay", 4, As::Signed, "delay, 1/65536 s"),
    ("priv.mode7.offset", 8, As::Number, "offset, in the format of NTP"),
    ("priv.mode7.dispersion", 4, As::Number, "dispersion, 1/65536 s"),
    ("priv.mode7.dstaddress6", 16, As::Ipv6, "address of this host, IPv6"),
    ("priv.mode7.srcaddress6", 16, As::Ipv6, "address of the other host, IPv6"),
    ("priv.mode7.leap", 1, As::Number, "leap indicator"),
    ("priv.mode7.pmode", 1, As::Number, "mode of the other host"),
    ("priv.mode7.version", 1, As::Number, "version"),
    ("priv.mode7.unreach", 1, As::Number, "polls since it was reached"),
    ("priv.mode7.flash", 1, As::Number, "tests that the last packet failed"),
    ("priv.mode7.ttl", 1, As::Number, "time to live"),
    ("priv.mode7.flash2", 2, As::Number, "tests that the last packet failed, all"),
    ("priv.mode7.associd", 2, As::Number, "association"),
    ("priv.mode7.pkeyid", 4, As::Number, "key of the other host"),
    ("priv.mode7.timer", 4, As::Number, "next poll, in seconds"),
    ("priv.mode7.filtdelay", 4, As::Signed, "delay of an earlier packet, 1/65536 s"),
    ("priv.mode7.filtoffset", 8, As::Signed, "offset of an earlier packet, in the format of NTP"),
    ("priv.mode7.order", 1, As::Number, "place of an earlier packet among them by its quality"),
    ("priv.mode7.selectdis", 4, As::Number, "dispersion of the selection, 1/65536 s"),
    ("priv.mode7.estbdelay", 4, As::Signed, "delay for broadcast, 1/65536 s"),
    ("priv.mode7.timereset", 4, As::Number, "time since the counters were reset"),
    ("priv.mode7.timereceived", 4, As::Number, "time since a packet came"),
    ("priv.mode7.timetosend", 4, As::Number, "time until the next packet goes"),
    ("priv.mode7.timereachable", 4, As::Number, "time since it can be reached"),
    ("priv.mode7.sent", 4, As::Number, "packets sent"),
    ("priv.mode7.processed", 4, As::Number, "packets processed"),
    ("priv.mode7.badauth", 4, As::Number, "packets of wrong authentication"),
    ("priv.mode7.bogusorg", 4, As::Number, "packets with an origin that was not sent"),
    ("priv.mode7.oldpkt", 4, As::Number, "packets that came again"),
    ("priv.mode7.seldisp", 4, As::Number, "packets refused for dispersion"),
    ("priv.mode7.selbroken", 4, As::Number, "packets refused for the reference time"),
    ("priv.mode7.candidate", 1, As::Number, "place among the candidates"),
    ("priv.mode7.poll", 4, As::Number, "poll interval"),
    ("priv.mode7.sys.flags8", 1, As::Hex, "flags of the system"),
    ("priv.mode7.bdelay", 4, As::Signed, "delay of broadcasts, 1/65536 s"),
    ("priv.mode7.freq", 4, As::Signed, "frequency"),
    ("priv.mode7.authdelay", 8, As::Signed, "delay of authentication, in the format of NTP"),
    ("priv.mode7.stability", 4, As::Number, "stability of the clock, 1/65536"),
    ("priv.mode7.timeup", 4, As::Number, "time since the start"),
    ("priv.mode7.denied", 4, As::Number, "packets refused by a restriction"),
    ("priv.mode7.oldversion", 4, As::Number, "packets of an older version"),
    ("priv.mode7.newversion", 4, As::Number, "packets of this version"),
    ("priv.mode7.bad_version", 4, As::Number, "packets of an unknown version"),
    ("priv.mode7.badlength", 4, As::Number, "packets of a wrong length"),
    ("priv.mode7.limitrejected", 4, As::Number, "packets refused by the rate limit"),
    ("priv.mode7.lamport", 4, As::Number, "packets refused for their order in time"),
    ("priv.mode7.tsrounding", 4, As::Number, "time stamps that were rounded"),
    ("priv.mode7.totalrecvbufs", 2, As::Number, "receive buffers"),
    ("priv.mode7.freerecvbufs", 2, As::Number, "receive buffers that are free"),
    ("priv.mode7.fullrecvbufs", 2, As::Number, "receive buffers that are full"),
    ("priv.mode7.lowwater", 2, As::Number, "times that receive buffers were added"),
    ("priv.mode7.dropped", 4, As::Number, "packets dropped for want of buffers"),
    ("priv.mode7.ignored", 4, As::Number, "packets ignored"),
    ("priv.mode7.received", 4, As::Number, "packets received"),
    ("priv.mode7.notsent", 4, As::Number, "packets that could not be sent"),
    ("priv.mode7.interrupts", 4, As::Number, "interrupts"),
    ("priv.mode7.int_received", 4, As::Number, "packets taken in interrupts"),
    ("priv.mode7.totalmem", 2, As::Number, "memory of associations"),
    ("priv.mode7.freemem", 2, As::Number, "memory of associations that is free"),
    ("priv.mode7.findpeer_calls", 4, As::Number, "searches for an association"),
    ("priv.mode7.allocations", 4, As::Number, "associations made"),
    ("priv.mode7.demobilizations", 4, As::Number, "associations ended"),
    ("priv.mode7.hashcount", 0, As::Octets, "associations in each place of the hash table"),
    ("priv.mode7.last_offset", 8, As::Signed, "last offset, in the format of NTP"),
    ("priv.mode7.drift_comp", 8, As::Signed, "frequency correction, in the format of NTP"),
    ("priv.mode7.compliance", 4, As::Number, "time constant"),
    ("priv.mode7.watchdog_timer", 4, As::Number, "time since the last update"),
    ("priv.mode7.alarms", 4, As::Number, "alarms of the timer"),
    ("priv.mode7.overflows", 4, As::Number, "alarms that were missed"),
    ("priv.mode7.xmtcalls", 4, As::Number, "calls of the transmit routine"),
    ("priv.mode7.minpoll", 1, As::Number, "shortest poll interval, power of 2 seconds"),
    ("priv.mode7.maxpoll", 1, As::Number, "longest poll interval, power of 2 seconds"),
    ("priv.config.flags", 1, As::Hex, "flags of the association"),
    ("priv.mode7.key_file", 128, As::Text, "key file"),
    ("priv.mode7.sys.flags", 4, As::Hex, "flags of the system"),
    ("priv.mode7.mask", 4, As::Ipv4, "mask"),
    ("priv.mode7.count", 4, As::Number, "uses of the entry"),
    ("priv.mode7.rflags", 2, As::Number, "flags of the restriction"),
    ("priv.mode7.mflags", 2, As::Number, "flags of the match"),
    ("priv.mode7.mask6", 16, As::Ipv6, "mask of IPv6"),
    ("priv.mode7.ippeerlimit", 2, As::Signed, "associations allowed for one address"),
    ("priv.mode7.restrict_flags", 2, As::Number, "flags of the restriction"),
    ("priv.monlist.avgint", 4, As::Number, "mean interval between packets"),
    ("priv.monlist.lsint", 4, As::Number, "time since the last packet"),
    ("priv.monlist.restr", 4, As::Hex, "restrictions"),
    ("priv.monlist.count", 4, As::Number, "packets received"),
    ("priv.monlist.remote_address", 4, As::Ipv4, "address of the other host"),
    ("priv.monlist.port", 2, As::Number, "port of the other host"),
    ("priv.monlist.mode", 1, As::Number, "mode of the last packet"),
    ("priv.monlist.version", 1, As::Number, "version of the last packet"),
    ("priv.monlist.ipv6", 4, As::Hex, "whether the addresses are those of IPv6"),
    ("priv.monlist.unused", 4, As::Number, "unused"),
    ("priv.monlist.addr6", 16, As::Ipv6, "address of the other host, IPv6"),
    ("priv.mode7.reset_stats.flags", 4, As::Hex, "statistics to reset"),
    ("priv.mode7.key", 8, As::Hex, "key"),
    ("priv.mode7.numkeys", 4, As::Number, "keys"),
    ("priv.mode7.numfreekeys", 4, As::Number, "keys that are free"),
    ("priv.mode7.keylookups", 4, As::Number, "searches for a key"),
    ("priv.mode7.keynotfound", 4, As::Number, "searches that found no key"),
    ("priv.mode7.encryptions", 4, As::Number, "messages authenticated"),
    ("priv.mode7.decryptions", 4, As::Number, "messages checked"),
    ("priv.mode7.expired", 4, As::Number, "keys that expired"),
    ("priv.mode7.keyuncached", 4, As::Number, "keys that were not at hand"),
    ("priv.mode7.local_address", 4, As::Ipv4, "address of this host"),
    ("priv.mode7.trap_address", 4, As::Ipv4, "address that traps go to"),
    ("priv.mode7.trap_port", 2, As::Number, "port that traps go to"),
    ("priv.mode7.sequence", 2, As::Number, "sequence"),
    ("priv.mode7.settime", 4, As::Number, "time since the trap was set"),
    ("priv.mode7.origtime", 4, As::Number, "time since the trap was first set"),
    ("priv.mode7.resets", 4, As::Number, "times that the trap was reset"),
    ("priv.traps.flags", 4, As::Hex, "flags of the trap"),
    ("priv.mode7.local_address6", 16, As::Ipv6, "address of this host, IPv6"),
    ("priv.mode7.trap_address6", 16, As::Ipv6, "address that traps go to, IPv6"),
    ("priv.mode7.requests", 4, As::Number, "requests"),
    ("priv.mode7.bad_packets", 4, As::Number, "bad packets"),
    ("priv.mode7.responses", 4, As::Number, "responses"),
    ("priv.mode7.fragments", 4, As::Number, "fragments sent"),
    ("priv.mode7.errors", 4, As::Number, "errors"),
    ("priv.mode7.too_short", 4, As::Number, "packets too short"),
    ("priv.mode7.input_responses", 4, As::Number, "responses that came in"),
    ("priv.mode7.input_fragments", 4, As::Number, "fragments that came in"),
    ("priv.mode7.input_errors", 4, As::Number, "errors that came in"),
    ("priv.mode7.bad_offset", 4, As::Number, "packets of a wrong offset"),
    ("priv.mode7.data_too_short", 4, As::Number, "packets with less data than they say"),
    ("priv.mode7.badop", 4, As::Number, "packets of an unknown operation"),
    ("priv.mode7.async_messages", 4, As::Number, "asynchronous messages"),
    ("priv.mode7.type", 1, As::Number, "type of the clock"),
    ("priv.mode7.clock_flags", 1, As::Number, "flags of the clock"),
    ("priv.mode7.lastevent", 1, As::Number, "last event"),
    ("priv.mode7.currentstatus", 1, As::Number, "status"),
    ("priv.mode7.polls", 4, As::Number, "polls"),
    ("priv.mode7.noresponse", 4, As::Number, "polls without an answer"),
    ("priv.mode7.badformat", 4, As::Number, "answers of a wrong format"),
    ("priv.mode7.baddata", 4, As::Number, "answers with wrong data"),
    ("priv.mode7.timestarted", 4, As::Number, "time since the clock was started"),
    ("priv.mode7.fudgetime1", 8, As::Hex, "first correction, in the format of NTP"),
    ("priv.mode7.fudgetime2", 8, As::Hex, "second correction, in the format of NTP"),
    ("priv.mode7.fudgeval1", 4, As::Signed, "stratum that is set"),
    ("priv.mode7.fudgeval2", 4, As::Number, "reference that is set"),
    ("priv.mode7.which", 4, As::Number, "which correction"),
    ("priv.mode7.fudgetime", 8, As::Number, "correction, in the format of NTP"),
    ("priv.mode7.fudgeval_flags", 4, As::Number, "correction that is a number"),
    ("priv.mode7.kernel_offset", 4, As::Signed, "offset in the kernel"),
    ("priv.mode7.maxerror", 4, As::Signed, "largest error"),
    ("priv.mode7.esterror", 4, As::Signed, "estimated error"),
    ("priv.mode7.status", 2, As::Number, "status"),
    ("priv.mode7.shift", 2, As::Number, "interval of calibration, power of 2 seconds"),
    ("priv.mode7.constant", 4, As::Signed, "time constant"),
    ("priv.mode7.precision", 4, As::Signed, "precision"),
    ("priv.mode7.tolerance", 4, As::Signed, "tolerance of the frequency"),
    ("priv.mode7.ppsfreq", 4, As::Signed, "frequency by pulses"),
    ("priv.mode7.jitter", 4, As::Signed, "jitter of the pulses"),
    ("priv.mode7.stabil", 4, As::Signed, "stability of the pulses"),
    ("priv.mode7.jitcnt", 4, As::Signed, "intervals with too much jitter"),
    ("priv.mode7.calcnt", 4, As::Signed, "calibrations"),
    ("priv.mode7.errcnt", 4, As::Signed, "calibrations that failed"),
    ("priv.mode7.stbcnt", 4, As::Signed, "intervals that were not stable"),
    ("priv.mode7.nvalues", 1, As::Number, "values"),
    ("priv.mode7.ntimes", 1, As::Number, "times"),
    ("priv.mode7.svalues", 2, As::Number, "which values are signed"),
    ("priv.mode7.stimes", 4, As::Number, "which times are signed"),
    ("priv.mode7.values", 64, As::Octets, "values"),
    ("priv.mode7.times", 0, As::Octets, "times"),
    ("priv.monlist.local_address", 4, As::Ipv4, "address of this host"),
    ("priv.monlist.flags", 4, As::Hex, "flags"),
    ("priv.monlist.daddr6", 16, As::Ipv6, "address of this host, IPv6"),
    ("priv.mode7.bcast6", 16, As::Ipv6, "broadcast address"),
    ("priv.mode7.int_name", 32, As::Text, "name of the interface"),
    ("priv.mode7.int_flags", 4, As::Signed, "flags of the interface"),
    ("priv.mode7.last_ttl", 4, As::Signed, "last time to live"),
    ("priv.mode7.num_mcast", 4, As::Signed, "groups"),
    ("priv.mode7.uptime", 4, As::Signed, "time since it is used"),
    ("priv.mode7.scopeid", 4, As::Number, "scope"),
    ("priv.mode7.ifindex", 4, As::Number, "index of the interface"),
    ("priv.mode7.ifnum", 4, As::Number, "number of the interface"),
    ("priv.mode7.peercnt", 4, As::Number, "associations"),
    ("priv.mode7.family", 2, As::Number, "address family"),
    ("priv.mode7.ignore_pkts", 1, As::Number, "packets are ignored"),
    ("priv.mode7.action", 1, As::Number, "what happened to it"),
];

/// A part of a layout: the field, its octets (0: all that are left), how often it stands.
type Part = (&'static str, u16, u8);

const PEER: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.port", 2, 1),
    ("priv.mode7.hmode", 1, 1),
    ("priv.mode7.peer.flags", 1, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.address6", 16, 1),
];
const PEER_SUMMARY: &[Part] = &[
    ("priv.mode7.dstaddress", 4, 1),
    ("priv.mode7.srcaddress", 4, 1),
    ("priv.mode7.srcport", 2, 1),
    ("stratum", 1, 1),
    ("priv.mode7.hpoll", 1, 1),
    ("ppoll", 1, 1),
    ("priv.mode7.reach", 1, 1),
    ("priv.mode7.peer.flags", 1, 1),
    ("priv.mode7.hmode", 1, 1),
    ("priv.mode7.delay", 4, 1),
    ("priv.mode7.offset", 8, 1),
    ("priv.mode7.dispersion", 4, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.dstaddress6", 16, 1),
    ("priv.mode7.srcaddress6", 16, 1),
];
const PEER_INFO: &[Part] = &[
    ("priv.mode7.dstaddress", 4, 1),
    ("priv.mode7.srcaddress", 4, 1),
    ("priv.mode7.srcport", 2, 1),
    ("priv.mode7.peer.flags", 1, 1),
    ("priv.mode7.leap", 1, 1),
    ("priv.mode7.hmode", 1, 1),
    ("priv.mode7.pmode", 1, 1),
    ("stratum", 1, 1),
    ("ppoll", 1, 1),
    ("priv.mode7.hpoll", 1, 1),
    ("precision", 1, 1),
    ("priv.mode7.version", 1, 1),
    ("priv.mode7.unused", 1, 1),
    ("priv.mode7.reach", 1, 1),
    ("priv.mode7.unreach", 1, 1),
    ("priv.mode7.flash", 1, 1),
    ("priv.mode7.ttl", 1, 1),
    ("priv.mode7.flash2", 2, 1),
    ("priv.mode7.associd", 2, 1),
    ("keyid", 4, 1),
    ("priv.mode7.pkeyid", 4, 1),
    ("refid", 4, 1),
    ("priv.mode7.timer", 4, 1),
    ("rootdelay", 4, 1),
    ("rootdispersion", 4, 1),
    ("reftime", 8, 1),
    ("org", 8, 1),
    ("rec", 8, 1),
    ("xmt", 8, 1),
    ("priv.mode7.filtdelay", 4, 8),
    ("priv.mode7.filtoffset", 8, 8),
    ("priv.mode7.order", 1, 8),
    ("priv.mode7.delay", 4, 1),
    ("priv.mode7.dispersion", 4, 1),
    ("priv.mode7.offset", 8, 1),
    ("priv.mode7.selectdis", 4, 1),
    ("priv.mode7.unused", 4, 7),
    ("priv.mode7.estbdelay", 4, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.dstaddress6", 16, 1),
    ("priv.mode7.srcaddress6", 16, 1),
];
const PEER_STATISTICS: &[Part] = &[
    ("priv.mode7.dstaddress", 4, 1),
    ("priv.mode7.srcaddress", 4, 1),
    ("priv.mode7.srcport", 2, 1),
    ("priv.mode7.unused", 1, 1),
    ("priv.mode7.peer.flags", 1, 1),
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.timereceived", 4, 1),
    ("priv.mode7.timetosend", 4, 1),
    ("priv.mode7.timereachable", 4, 1),
    ("priv.mode7.sent", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.processed", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.badauth", 4, 1),
    ("priv.mode7.bogusorg", 4, 1),
    ("priv.mode7.oldpkt", 4, 1),
    ("priv.mode7.unused", 4, 2),
    ("priv.mode7.seldisp", 4, 1),
    ("priv.mode7.selbroken", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.candidate", 1, 1),
    ("priv.mode7.unused", 3, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.dstaddress6", 16, 1),
    ("priv.mode7.srcaddress6", 16, 1),
];
const SYSTEM: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.pmode", 1, 1),
    ("priv.mode7.leap", 1, 1),
    ("stratum", 1, 1),
    ("precision", 1, 1),
    ("rootdelay", 4, 1),
    ("rootdispersion", 4, 1),
    ("refid", 4, 1),
    ("reftime", 8, 1),
    ("priv.mode7.poll", 4, 1),
    ("priv.mode7.sys.flags8", 1, 1),
    ("priv.mode7.unused", 3, 1),
    ("priv.mode7.bdelay", 4, 1),
    ("priv.mode7.freq", 4, 1),
    ("priv.mode7.authdelay", 8, 1),
    ("priv.mode7.stability", 4, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.address6", 16, 1),
];
const SYSTEM_STATISTICS: &[Part] = &[
    ("priv.mode7.timeup", 4, 1),
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.denied", 4, 1),
    ("priv.mode7.oldversion", 4, 1),
    ("priv.mode7.newversion", 4, 1),
    ("priv.mode7.bad_version", 4, 1),
    ("priv.mode7.badlength", 4, 1),
    ("priv.mode7.processed", 4, 1),
    ("priv.mode7.badauth", 4, 1),
    ("priv.mode7.timereceived", 4, 1),
    ("priv.mode7.limitrejected", 4, 1),
    ("priv.mode7.lamport", 4, 1),
    ("priv.mode7.tsrounding", 4, 1),
];
const IO_STATISTICS: &[Part] = &[
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.totalrecvbufs", 2, 1),
    ("priv.mode7.freerecvbufs", 2, 1),
    ("priv.mode7.fullrecvbufs", 2, 1),
    ("priv.mode7.lowwater", 2, 1),
    ("priv.mode7.dropped", 4, 1),
    ("priv.mode7.ignored", 4, 1),
    ("priv.mode7.received", 4, 1),
    ("priv.mode7.sent", 4, 1),
    ("priv.mode7.notsent", 4, 1),
    ("priv.mode7.interrupts", 4, 1),
    ("priv.mode7.int_received", 4, 1),
];
const MEMORY: &[Part] = &[
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.totalmem", 2, 1),
    ("priv.mode7.freemem", 2, 1),
    ("priv.mode7.findpeer_calls", 4, 1),
    ("priv.mode7.allocations", 4, 1),
    ("priv.mode7.demobilizations", 4, 1),
    ("priv.mode7.hashcount", 0, 1),
];
const LOOP: &[Part] = &[
    ("priv.mode7.last_offset", 8, 1),
    ("priv.mode7.drift_comp", 8, 1),
    ("priv.mode7.compliance", 4, 1),
    ("priv.mode7.watchdog_timer", 4, 1),
];
const TIMER: &[Part] = &[
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.alarms", 4, 1),
    ("priv.mode7.overflows", 4, 1),
    ("priv.mode7.xmtcalls", 4, 1),
];
const CONFIGURE: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.hmode", 1, 1),
    ("priv.mode7.version", 1, 1),
    ("priv.mode7.minpoll", 1, 1),
    ("priv.mode7.maxpoll", 1, 1),
    ("priv.config.flags", 1, 1),
    ("priv.mode7.ttl", 1, 1),
    ("priv.mode7.unused", 2, 1),
    ("keyid", 4, 1),
    ("priv.mode7.key_file", 128, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.address6", 16, 1),
];
const ADDRESS: &[Part] =
    &[("priv.mode7.address", 4, 1), ("priv.mode7.ipv6_flag", 4, 1), ("priv.mode7.address6", 16, 1)];
const SYSTEM_FLAGS: &[Part] = &[("priv.mode7.sys.flags", 4, 1)];
const RESTRICTIONS: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.mask", 4, 1),
    ("priv.mode7.count", 4, 1),
    ("priv.mode7.rflags", 2, 1),
    ("priv.mode7.mflags", 2, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.unused", 4, 1),
    ("priv.mode7.address6", 16, 1),
    ("priv.mode7.mask6", 16, 1),
];
const RESTRICT: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.mask", 4, 1),
    ("priv.mode7.ippeerlimit", 2, 1),
    ("priv.mode7.restrict_flags", 2, 1),
    ("priv.mode7.mflags", 2, 1),
    ("priv.mode7.unused", 2, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.address6", 16, 1),
    ("priv.mode7.mask6", 16, 1),
];
const RESTRICT_BEFORE: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.mask", 4, 1),
    ("priv.mode7.restrict_flags", 2, 1),
    ("priv.mode7.mflags", 2, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.address6", 16, 1),
    ("priv.mode7.mask6", 16, 1),
];
const MONITOR: &[Part] = &[
    ("priv.monlist.avgint", 4, 1),
    ("priv.monlist.lsint", 4, 1),
    ("priv.monlist.restr", 4, 1),
    ("priv.monlist.count", 4, 1),
    ("priv.monlist.remote_address", 4, 1),
    ("priv.monlist.port", 2, 1),
    ("priv.monlist.mode", 1, 1),
    ("priv.monlist.version", 1, 1),
    ("priv.monlist.ipv6", 4, 1),
    ("priv.monlist.unused", 4, 1),
    ("priv.monlist.addr6", 16, 1),
];
const RESET: &[Part] = &[("priv.mode7.reset_stats.flags", 4, 1)];
const KEY: &[Part] = &[("priv.mode7.key", 8, 1)];
const AUTHENTICATION: &[Part] = &[
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.numkeys", 4, 1),
    ("priv.mode7.numfreekeys", 4, 1),
    ("priv.mode7.keylookups", 4, 1),
    ("priv.mode7.keynotfound", 4, 1),
    ("priv.mode7.encryptions", 4, 1),
    ("priv.mode7.decryptions", 4, 1),
    ("priv.mode7.expired", 4, 1),
    ("priv.mode7.keyuncached", 4, 1),
];
const TRAP: &[Part] = &[
    ("priv.mode7.local_address", 4, 1),
    ("priv.mode7.trap_address", 4, 1),
    ("priv.mode7.trap_port", 2, 1),
    ("priv.mode7.sequence", 2, 1),
    ("priv.mode7.settime", 4, 1),
    ("priv.mode7.origtime", 4, 1),
    ("priv.mode7.resets", 4, 1),
    ("priv.traps.flags", 4, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.local_address6", 16, 1),
    ("priv.mode7.trap_address6", 16, 1),
];
const SET_TRAP: &[Part] = &[
    ("priv.mode7.local_address", 4, 1),
    ("priv.mode7.trap_address", 4, 1),
    ("priv.mode7.trap_port", 2, 1),
    ("priv.mode7.unused", 2, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.local_address6", 16, 1),
    ("priv.mode7.trap_address6", 16, 1),
];
const KEY_NUMBER: &[Part] = &[("keyid", 4, 1)];
const CONTROL: &[Part] = &[
    ("priv.mode7.timereset", 4, 1),
    ("priv.mode7.requests", 4, 1),
    ("priv.mode7.bad_packets", 4, 1),
    ("priv.mode7.responses", 4, 1),
    ("priv.mode7.fragments", 4, 1),
    ("priv.mode7.errors", 4, 1),
    ("priv.mode7.too_short", 4, 1),
    ("priv.mode7.input_responses", 4, 1),
    ("priv.mode7.input_fragments", 4, 1),
    ("priv.mode7.input_errors", 4, 1),
    ("priv.mode7.bad_offset", 4, 1),
    ("priv.mode7.bad_version", 4, 1),
    ("priv.mode7.data_too_short", 4, 1),
    ("priv.mode7.badop", 4, 1),
    ("priv.mode7.async_messages", 4, 1),
];
const CLOCK_ADDRESS: &[Part] = &[("priv.mode7.address", 4, 1)];
const CLOCK: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.type", 1, 1),
    ("priv.mode7.clock_flags", 1, 1),
    ("priv.mode7.lastevent", 1, 1),
    ("priv.mode7.currentstatus", 1, 1),
    ("priv.mode7.polls", 4, 1),
    ("priv.mode7.noresponse", 4, 1),
    ("priv.mode7.badformat", 4, 1),
    ("priv.mode7.baddata", 4, 1),
    ("priv.mode7.timestarted", 4, 1),
    ("priv.mode7.fudgetime1", 8, 1),
    ("priv.mode7.fudgetime2", 8, 1),
    ("priv.mode7.fudgeval1", 4, 1),
    ("priv.mode7.fudgeval2", 4, 1),
];
const FUDGE: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.which", 4, 1),
    ("priv.mode7.fudgetime", 8, 1),
    ("priv.mode7.fudgeval_flags", 4, 1),
];
const KERNEL: &[Part] = &[
    ("priv.mode7.kernel_offset", 4, 1),
    ("priv.mode7.freq", 4, 1),
    ("priv.mode7.maxerror", 4, 1),
    ("priv.mode7.esterror", 4, 1),
    ("priv.mode7.status", 2, 1),
    ("priv.mode7.shift", 2, 1),
    ("priv.mode7.constant", 4, 1),
    ("priv.mode7.precision", 4, 1),
    ("priv.mode7.tolerance", 4, 1),
    ("priv.mode7.ppsfreq", 4, 1),
    ("priv.mode7.jitter", 4, 1),
    ("priv.mode7.stabil", 4, 1),
    ("priv.mode7.jitcnt", 4, 1),
    ("priv.mode7.calcnt", 4, 1),
    ("priv.mode7.errcnt", 4, 1),
    ("priv.mode7.stbcnt", 4, 1),
];
const CLOCK_BUGS: &[Part] = &[
    ("priv.mode7.address", 4, 1),
    ("priv.mode7.nvalues", 1, 1),
    ("priv.mode7.ntimes", 1, 1),
    ("priv.mode7.svalues", 2, 1),
    ("priv.mode7.stimes", 4, 1),
    ("priv.mode7.values", 64, 1),
    ("priv.mode7.times", 0, 1),
];
const MONITOR_1: &[Part] = &[
    ("priv.monlist.avgint", 4, 1),
    ("priv.monlist.lsint", 4, 1),
    ("priv.monlist.restr", 4, 1),
    ("priv.monlist.count", 4, 1),
    ("priv.monlist.remote_address", 4, 1),
    ("priv.monlist.local_address", 4, 1),
    ("priv.monlist.flags", 4, 1),
    ("priv.monlist.port", 2, 1),
    ("priv.monlist.mode", 1, 1),
    ("priv.monlist.version", 1, 1),
    ("priv.monlist.ipv6", 4, 1),
    ("priv.monlist.unused", 4, 1),
    ("priv.monlist.addr6", 16, 1),
    ("priv.monlist.daddr6", 16, 1),
];
const INTERFACE: &[Part] = &[
    ("priv.mode7.address6", 16, 1),
    ("priv.mode7.bcast6", 16, 1),
    ("priv.mode7.mask6", 16, 1),
    ("priv.mode7.ipv6_flag", 4, 1),
    ("priv.mode7.int_name", 32, 1),
    ("priv.mode7.int_flags", 4, 1),
    ("priv.mode7.last_ttl", 4, 1),
    ("priv.mode7.num_mcast", 4, 1),
    ("priv.mode7.received", 4, 1),
    ("priv.mode7.sent", 4, 1),
    ("priv.mode7.notsent", 4, 1),
    ("priv.mode7.uptime", 4, 1),
    ("priv.mode7.scopeid", 4, 1),
    ("priv.mode7.ifindex", 4, 1),
    ("priv.mode7.ifnum", 4, 1),
    ("priv.mode7.peercnt", 4, 1),
    ("priv.mode7.family", 2, 1),
    ("priv.mode7.ignore_pkts", 1, 1),
    ("priv.mode7.action", 1, 1),
    ("priv.mode7.unused", 4, 1),
];

/// Flags and their bits, the lowest first.
const FLAGS: &[(&str, &[(&str, &str)])] = &[
    (
        "priv.mode7.peer.flags",
        &[
            ("priv.mode7.peer.flags.config", "configured"),
            ("priv.mode7.peer.flags.syspeer", "source of the system"),
            ("priv.mode7.peer.flags.burst", "bursts"),
            ("priv.mode7.peer.flags.refclock", "reference clock"),
            ("priv.mode7.peer.flags.prefer", "preferred"),
            ("priv.mode7.peer.flags.authenable", "authentication is on"),
            ("priv.mode7.peer.flags.sel_candidate", "candidate"),
            ("priv.mode7.peer.flags.shortlist", "on the short list"),
        ],
    ),
    (
        "priv.config.flags",
        &[
            ("priv.mode7.config.flags.authenable", "authentication is on"),
            ("priv.mode7.config.flags.prefer", "preferred"),
            ("priv.mode7.config.flags.burst", "bursts"),
            ("priv.mode7.config.flags.iburst", "first burst"),
            ("priv.mode7.config.flags.no_select", "is not selected"),
            ("priv.mode7.config.flags.skey", "autokey"),
        ],
    ),
    (
        "priv.mode7.sys.flags",
        &[
            ("priv.mode7.sys.flags.bclient", "broadcast client"),
            ("priv.mode7.sys.flags.pps", "pulses"),
            ("priv.mode7.sys.flags.ntp", "clock is disciplined"),
            ("priv.mode7.sys.flags.kernel", "kernel disciplines"),
            ("priv.mode7.sys.flags.monitor", "monitoring"),
            ("priv.mode7.sys.flags.filegen", "statistics are written"),
            ("priv.mode7.sys.flags.auth", "authentication is on"),
            ("priv.mode7.sys.flags.cal", "calibration"),
        ],
    ),
    (
        "priv.mode7.reset_stats.flags",
        &[
            ("priv.mode7.reset_stats.flags.allpeers", "of all associations"),
            ("priv.mode7.reset_stats.flags.io", "of input and output"),
            ("priv.mode7.reset_stats.flags.sys", "of the system"),
            ("priv.mode7.reset_stats.flags.mem", "of memory"),
            ("priv.mode7.reset_stats.flags.timer", "of the timer"),
            ("priv.mode7.reset_stats.flags.auth", "of authentication"),
            ("priv.mode7.reset_stats.flags.ctl", "of control messages"),
        ],
    ),
];

/// What a request asks with, and what its answer holds.
fn layout(request: u8, answer: bool, size: usize) -> &'static [Part] {
    match (request, answer) {
        (0, _) | (2 | 3, false) => PEER,
        (1, _) => PEER_SUMMARY,
        (2, true) => PEER_INFO,
        (3, true) => PEER_STATISTICS,
        (4, _) => SYSTEM,
        (5, _) => SYSTEM_STATISTICS,
        (6, _) => IO_STATISTICS,
        (7, _) => MEMORY,
        (8, _) => LOOP,
        (9, _) => TIMER,
        (10, _) => CONFIGURE,
        (11 | 22, _) => ADDRESS,
        (12 | 13, _) => SYSTEM_FLAGS,
        (16, _) => RESTRICTIONS,
        // before the limit of associations came
        (17..=19, _) if size == 48 => RESTRICT_BEFORE,
        (17..=19, _) => RESTRICT,
        (20, _) => MONITOR,
        (21, _) => RESET,
        (26 | 27, _) => KEY,
        (28, _) => AUTHENTICATION,
        (29, _) => TRAP,
        (30 | 31, _) => SET_TRAP,
        (32 | 33, _) => KEY_NUMBER,
        (34, _) => CONTROL,
        (36 | 39, false) => CLOCK_ADDRESS,
        (36, true) => CLOCK,
        (37, _) => FUDGE,
        (38, _) => KERNEL,
        (39, true) => CLOCK_BUGS,
        (42, _) => MONITOR_1,
        (44 | 45, _) => INTERFACE,
        _ => &[],
    }
}

/// The fields, to be declared with the items.
pub(super) fn fields() -> Vec<Field> {
    let mut fields = vec![
        bytes("priv.data", rest()).doc("items"),
        bits("priv.flags.r", 8).doc("response").hidden(),
        bits("priv.flags.more", 8).doc("more follows").hidden(),
        label("priv.mode7.item").doc("item").hidden(),
        u8("stratum").doc("stratum"),
        u8("ppoll").doc("poll interval, power of 2 seconds"),
        u8("precision").doc("precision, power of 2 seconds"),
        bytes("keyid", Size::Octets(lit(4))).doc("key"),
        bytes("refid", Size::Octets(lit(4))).doc("reference"),
        be32("rootdelay").doc("root delay"),
        be32("rootdispersion").doc("root dispersion"),
        ntp_time("reftime").doc("reference time"),
        ntp_time("org").doc("origin time"),
        ntp_time("rec").doc("receive time"),
        ntp_time("xmt").doc("transmit time"),
    ];
    fields.extend(FIELDS.iter().map(|(name, octets, shown, doc)| declared(name, *octets, *shown).doc(doc)));
    fields.extend(FLAGS.iter().flat_map(|(_, bits)| bits.iter()).map(|(name, doc)| flag(name).doc(doc)));
    fields
}

fn declared(name: &'static str, octets: u16, shown: As) -> Field {
    let number = || match octets {
        1 => u8(name),
        2 => be16(name),
        8 => be64(name),
        _ => be32(name),
    };
    let size = || if octets == 0 { rest() } else { Size::Octets(lit(i64::from(octets))) };
    match shown {
        As::Number => number(),
        As::Hex => number().hex(),
        As::Signed => number().signed(),
        As::Ipv4 => ipv4(name),
        As::Ipv6 => ipv6(name),
        As::Octets => bytes(name, size()),
        As::Text => text(name, size()),
    }
}

/// The items of a message: their number and size stand before them.
pub(super) fn decode(walk: &mut Walk<'_, '_>) {
    let head = walk.layer_octets();
    let (at, octets) = (walk.offset(), walk.rest());
    let answer = head.first().is_some_and(|first| first & 0x80 != 0);
    let more = head.first().map_or(0, |first| first >> 6 & 1);
    walk.emit("priv.flags.r", walk.layer_offset(), 1, u64::from(answer));
    walk.emit("priv.flags.more", walk.layer_offset(), 1, u64::from(more));
    walk.emit("priv.data", at, octets.len(), 0);
    let word = |from: usize| {
        let pair = head.get(from..).and_then(<[u8]>::first_chunk::<2>);
        usize::from(pair.map_or(0, |pair| u16::from_be_bytes(*pair)) & 0x0fff)
    };
    let (count, size) = (word(4), word(6));
    let parts = layout(head.get(3).copied().unwrap_or(0), answer, size);
    if size > 0 && !parts.is_empty() {
        for item in octets.chunks(size).take(count) {
            if walk.too_deep() {
                break;
            }
            walk.emit("priv.mode7.item", walk.offset(), item.len(), 0);
            self::item(walk, parts, item);
            walk.advance(item.len());
        }
    }
    walk.advance(walk.rest().len());
}

/// One item, as far as it goes: older ones end before the addresses of IPv6.
fn item(walk: &mut Walk<'_, '_>, parts: &[Part], item: &[u8]) {
    let (mut at, mut left) = (walk.offset(), item);
    for (name, octets, times) in parts {
        for _ in 0..*times {
            let size = if *octets == 0 { left.len() } else { usize::from(*octets) };
            let Some((part, after)) = left.split_at_checked(size).filter(|_| size > 0) else { return };
            let value = if size <= 8 {
                part.iter().fold(0, |value, octet| value << 8 | u64::from(*octet))
            } else {
                0
            };
            walk.emit(name, at, size, value);
            let known = if *name == "priv.mode7.sys.flags8" { "priv.mode7.sys.flags" } else { name };
            if let Some((_, bits)) = FLAGS.iter().find(|(flags, _)| *flags == known) {
                let last = at.saturating_add(size).saturating_mul(8);
                for (place, (bit, _)) in bits.iter().enumerate() {
                    walk.emit_bits(bit, last.saturating_sub(place).saturating_sub(1), 1, value >> place & 1);
                }
            }
            at = at.saturating_add(size);
            left = after;
        }
    }
}
