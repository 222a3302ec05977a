//! Registers of EtherCAT slave controllers (ETG.1000.4, Beckhoff's data sheet of the ET1100, section 2): what a datagram reads or writes from the
//! address at which it begins, little-endian. Those of vendors, and further ones of the PHY interface and latches, are shown as the datagram's octets.

use crate::decode::Walk;
use crate::schema::{Field, Item, bits, bytes, flag, le16, le32, le64, rest, u8};

/// Bits of a register: name, the lowest one, how many, doc.
type Bits = (&'static str, u8, u16, &'static str);

struct Register {
    at: u16,
    octets: u8,
    name: &'static str,
    doc: &'static str,
    bits: &'static [Bits],
}

const fn register(
    at: u16,
    octets: u8,
    name: &'static str,
    doc: &'static str,
    bits: &'static [Bits],
) -> Register {
    Register { at, octets, name, doc, bits }
}

const REGISTERS: &[Register] = &[
    register(0x0000, 1, "=ecat.reg.type", "type of the controller", &[]),
    register(0x0001, 1, "=ecat.reg.revision", "revision", &[]),
    register(0x0002, 2, "=ecat.reg.build", "build", &[]),
    register(0x0004, 1, "=ecat.reg.fmmucnt", "FMMUs", &[]),
    register(0x0005, 1, "=ecat.reg.smcnt", "sync managers", &[]),
    register(0x0006, 1, "=ecat.reg.dpram", "process data RAM (KiB)", &[]),
    register(0x0007, 1, "=ecat.reg.ports", "kinds of the ports, two bits each", &[]),
    register(
        0x0008,
        2,
        "=ecat.reg.features",
        "features",
        &[
            ("=ecat.reg.features.fmmurestrict", 0, 1, "bits of FMMUs are restricted"),
            ("=ecat.reg.features.smaddrrestrict", 1, 1, "addresses of sync managers are restricted"),
            ("=ecat.reg.features.dcsupport", 2, 1, "distributed clocks"),
            ("=ecat.reg.features.dc64support", 3, 1, "distributed clocks of 64 bits"),
            ("=ecat.reg.features.ebuslowjitter", 4, 1, "low jitter on E-bus"),
            ("=ecat.reg.features.ebusextlinkdetect", 5, 1, "enhanced link detection on E-bus"),
            ("=ecat.reg.features.miiextlinkdetect", 6, 1, "enhanced link detection on MII"),
            ("=ecat.reg.features.crcext", 7, 1, "checksum errors are counted apart"),
        ],
    ),
    register(0x0010, 2, "=ecat.reg.physaddr", "station address", &[]),
    register(0x0012, 2, "=ecat.reg.physaddr2", "station alias", &[]),
    register(0x0020, 2, "=ecat.reg.regprotect", "protection of registers against writing", &[]),
    register(0x0030, 2, "=ecat.reg.accessprotect", "protection of the controller against writing", &[]),
    register(0x0040, 1, "=ecat.reg.resetecat", "reset by EtherCAT", &[]),
    register(0x0041, 1, "=ecat.reg.resetpdi", "reset by the process data interface", &[]),
    register(
        0x0100,
        1,
        "=ecat.reg.dlctrl1",
        "data link control",
        &[("=ecat.reg.dlctrl1.killnonecat", 0, 1, "frames that are no EtherCAT are dropped")],
    ),
    register(
        0x0101,
        1,
        "=ecat.reg.dlcrtl2",
        "loop control of the ports",
        &[
            ("=ecat.reg.dlcrtl2.port0", 0, 2, "port 0"),
            ("=ecat.reg.dlcrtl2.port1", 2, 2, "port 1"),
            ("=ecat.reg.dlcrtl2.port2", 4, 2, "port 2"),
            ("=ecat.reg.dlcrtl2.port3", 6, 2, "port 3"),
        ],
    ),
    register(
        0x0102,
        1,
        "=ecat.reg.dlctrl3",
        "buffering",
        &[
            ("=ecat.reg.dlctrl3.fifosize", 0, 3, "size of the receive FIFO"),
            ("=ecat.reg.dlctrl3.lowebusjit", 3, 1, "low jitter on E-bus"),
        ],
    ),
    register(
        0x0103,
        1,
        "=ecat.reg.dlctrl4",
        "station alias",
        &[("=ecat.reg.dlctrl4.2ndaddress", 0, 1, "the alias is used")],
    ),
    register(0x0108, 2, "=ecat.reg.hysrwoffs", "offset of reading and writing", &[]),
    register(
        0x0110,
        1,
        "=ecat.reg.dlstatus1",
        "data link status",
        &[
            ("=ecat.reg.dlstatus1.operation", 0, 1, "the EEPROM is loaded"),
            ("=ecat.reg.dlstatus1.pdiwatchdog", 1, 1, "the process data interface is alive"),
            ("=ecat.reg.dlstatus1.enhlinkdetect", 2, 1, "enhanced link detection"),
            ("=ecat.reg.dlstatus1.physlink.port0", 4, 1, "link on port 0"),
            ("=ecat.reg.dlstatus1.physlink.port1", 5, 1, "link on port 1"),
            ("=ecat.reg.dlstatus1.physlink.port2", 6, 1, "link on port 2"),
            ("=ecat.reg.dlstatus1.physlink.port3", 7, 1, "link on port 3"),
        ],
    ),
    register(
        0x0111,
        1,
        "=ecat.reg.dlstatus2",
        "loops and communication of the ports",
        &[
            ("=ecat.reg.dlstatus2.port0", 0, 2, "port 0"),
            ("=ecat.reg.dlstatus2.port1", 2, 2, "port 1"),
            ("=ecat.reg.dlstatus2.port2", 4, 2, "port 2"),
            ("=ecat.reg.dlstatus2.port3", 6, 2, "port 3"),
        ],
    ),
    register(
        0x0120,
        2,
        "=ecat.reg.alctrl",
        "application layer control",
        &[
            ("=ecat.reg.alctrl.ctrl", 0, 4, "state that is wanted"),
            ("=ecat.reg.alctrl.errack", 4, 1, "the error is acknowledged"),
            ("=ecat.reg.alctrl.id", 5, 1, "the identification is wanted"),
        ],
    ),
    register(
        0x0130,
        2,
        "=ecat.reg.alstatus",
        "application layer status",
        &[
            ("=ecat.reg.alstatus.status", 0, 4, "state"),
            ("=ecat.reg.alstatus.err", 4, 1, "error"),
            ("=ecat.reg.alstatus.id", 5, 1, "identification"),
        ],
    ),
    register(0x0134, 2, "=ecat.reg.alstatuscode", "application layer status code", &[]),
    register(0x0140, 1, "=ecat.reg.pdictrl1", "process data interface", &[]),
    register(
        0x0141,
        1,
        "=ecat.reg.pdictrl2",
        "controller configuration",
        &[
            ("=ecat.reg.pdictrl2.devemul", 0, 1, "device emulation"),
            ("=ecat.reg.pdictrl2.enhlnkdetect", 1, 1, "enhanced link detection on all ports"),
            ("=ecat.reg.pdictrl2.dcsyncout", 2, 1, "sync unit"),
            ("=ecat.reg.pdictrl2.dcsyncin", 3, 1, "latch unit"),
        ],
    ),
    register(0x0200, 2, "=ecat.reg.irqmask.ecat_mask", "mask of EtherCAT's events", &[]),
    register(0x0204, 2, "=ecat.reg.irqmask.pdiL", "mask of the application's events, low half", &[]),
    register(0x0206, 2, "=ecat.reg.irqmask.pdiH", "mask of the application's events, high half", &[]),
    register(
        0x0210,
        2,
        "=ecat.reg.irq.ecat",
        "EtherCAT's events",
        &[
            ("=ecat.reg.irq.ecat.latchevt", 0, 1, "latch"),
            ("=ecat.reg.irq.ecat.escstatevt", 2, 1, "data link status"),
            ("=ecat.reg.irq.ecat.alstatevt", 3, 1, "application layer status"),
        ],
    ),
    register(
        0x0220,
        2,
        "=ecat.reg.irq.pdi1",
        "the application's events, low half",
        &[
            ("=ecat.reg.irq.pdi1.alctrl", 0, 1, "application layer control"),
            ("=ecat.reg.irq.pdi1.latchin", 1, 1, "latch"),
            ("=ecat.reg.irq.pdi1.sync0", 2, 1, "SYNC0"),
            ("=ecat.reg.irq.pdi1.sync1", 3, 1, "SYNC1"),
            ("=ecat.reg.irq.pdi1.smchg", 4, 1, "a sync manager was changed"),
            ("=ecat.reg.irq.pdi1.eepromcmdpen", 5, 1, "a command of the EEPROM waits"),
        ],
    ),
    register(0x0222, 2, "=ecat.reg.irq.pdi2", "the application's events, high half", &[]),
    register(
        0x0300,
        2,
        "=ecat.reg.crc0",
        "errors on port 0",
        &[("=ecat.reg.crc0.frame", 0, 8, "invalid frames"), ("=ecat.reg.crc0.rx", 8, 8, "receive errors")],
    ),
    register(
        0x0302,
        2,
        "=ecat.reg.crc1",
        "errors on port 1",
        &[("=ecat.reg.crc1.frame", 0, 8, "invalid frames"), ("=ecat.reg.crc1.rx", 8, 8, "receive errors")],
    ),
    register(
        0x0304,
        2,
        "=ecat.reg.crc2",
        "errors on port 2",
        &[("=ecat.reg.crc2.frame", 0, 8, "invalid frames"), ("=ecat.reg.crc2.rx", 8, 8, "receive errors")],
    ),
    register(
        0x0306,
        2,
        "=ecat.reg.crc3",
        "errors on port 3",
        &[("=ecat.reg.crc3.frame", 0, 8, "invalid frames"), ("=ecat.reg.crc3.rx", 8, 8, "receive errors")],
    ),
    register(0x0308, 1, "=ecat.reg.crc.fwd0", "errors forwarded to port 0", &[]),
    register(0x0309, 1, "=ecat.reg.crc.fwd1", "errors forwarded to port 1", &[]),
    register(0x030a, 1, "=ecat.reg.crc.fwd2", "errors forwarded to port 2", &[]),
    register(0x030b, 1, "=ecat.reg.crc.fwd3", "errors forwarded to port 3", &[]),
    register(0x030c, 1, "=ecat.reg.processuniterr", "errors of the processing unit", &[]),
    register(0x030d, 1, "=ecat.reg.pdierr", "errors of the process data interface", &[]),
    register(0x0310, 1, "=ecat.reg.linklost0", "lost links on port 0", &[]),
    register(0x0311, 1, "=ecat.reg.linklost1", "lost links on port 1", &[]),
    register(0x0312, 1, "=ecat.reg.linklost2", "lost links on port 2", &[]),
    register(0x0313, 1, "=ecat.reg.linklost3", "lost links on port 3", &[]),
    register(0x0400, 2, "=ecat.reg.wd.divisor", "divisor of the watchdogs", &[]),
    register(0x0410, 2, "=ecat.reg.wd.timepdi", "watchdog time of the process data interface", &[]),
    register(0x0420, 2, "=ecat.reg.wd.timesm", "watchdog time of process data", &[]),
    register(0x0440, 1, "=ecat.reg.wd.status", "status of the process data watchdog", &[]),
    register(0x0442, 1, "=ecat.reg.wd.cntsm", "how often the process data watchdog expired", &[]),
    register(0x0443, 1, "=ecat.reg.wd.cntpdi", "how often the interface's watchdog expired", &[]),
    register(
        0x0500,
        2,
        "=ecat.reg.eeprom.assign",
        "access to the EEPROM",
        &[
            ("=ecat.reg.eeprom.assign.ctrl", 0, 1, "the application has it"),
            ("=ecat.reg.eeprom.assign.pdiaccess", 1, 1, "taken from the application"),
            ("=ecat.reg.eeprom.assign.status", 4, 1, "in the application's hands"),
        ],
    ),
    register(
        0x0502,
        2,
        "=ecat.reg.ctrlstat",
        "control and status of the EEPROM",
        &[
            ("=ecat.reg.ctrlstat.wraccess", 0, 1, "writing is enabled"),
            ("=ecat.reg.ctrlstat.eepromemul", 5, 1, "emulated"),
            ("=ecat.reg.ctrlstat.8bacc", 6, 1, "eight octets at once"),
            ("=ecat.reg.ctrlstat.2bacc", 7, 1, "two octets of address"),
            ("=ecat.reg.ctrlstat.rdacc", 8, 1, "read"),
            ("=ecat.reg.ctrlstat.wracc", 9, 1, "write"),
            ("=ecat.reg.ctrlstat.reloadacc", 10, 1, "reload"),
            ("=ecat.reg.ctrlstat.crcerr", 11, 1, "checksum error"),
            ("=ecat.reg.ctrlstat.lderr", 12, 1, "loading error"),
            ("=ecat.reg.ctrlstat.cmderr", 13, 1, "command error"),
            ("=ecat.reg.ctrlstat.wrerr", 14, 1, "write error"),
            ("=ecat.reg.ctrlstat.busy", 15, 1, "busy"),
        ],
    ),
    register(0x0504, 2, "=ecat.reg.addrl", "address in the EEPROM, low half", &[]),
    register(0x0506, 2, "=ecat.reg.addrh", "address in the EEPROM, high half", &[]),
    register(0x0508, 2, "=ecat.reg.data0", "data of the EEPROM, word 0", &[]),
    register(0x050a, 2, "=ecat.reg.data1", "data of the EEPROM, word 1", &[]),
    register(0x050c, 2, "=ecat.reg.data2", "data of the EEPROM, word 2", &[]),
    register(0x050e, 2, "=ecat.reg.data3", "data of the EEPROM, word 3", &[]),
    register(
        0x0510,
        2,
        "=ecat.reg.mio.ctrlstat",
        "control and status of the PHYs",
        &[
            ("=ecat.reg.mio.ctrlstat.rdacc", 8, 1, "read"),
            ("=ecat.reg.mio.ctrlstat.wracc2", 9, 1, "write"),
            ("=ecat.reg.mio.ctrlstat.wrerr", 14, 1, "error"),
            ("=ecat.reg.mio.ctrlstat.busy", 15, 1, "busy"),
        ],
    ),
    register(0x0514, 2, "=ecat.reg.mio.data", "data of the PHY", &[]),
    register(0x0900, 4, "=ecat.reg.dc.recv0", "receive time of port 0", &[]),
    register(0x0904, 4, "=ecat.reg.dc.recv1", "receive time of port 1", &[]),
    register(0x0908, 4, "=ecat.reg.dc.recv2", "receive time of port 2", &[]),
    register(0x090c, 4, "=ecat.reg.dc.recv3", "receive time of port 3", &[]),
    register(0x0910, 8, "=ecat.reg.dc.systime", "system time (ns)", &[]),
    register(0x0918, 8, "=ecat.reg.dc.recvtime64", "receive time of the processing unit (ns)", &[]),
    register(0x0920, 8, "=ecat.reg.dc.systimeoffs", "offset of the system time (ns)", &[]),
    register(0x0928, 4, "=ecat.reg.dc.systimedelay", "delay of the system time (ns)", &[]),
    register(0x092c, 4, "=ecat.reg.dc.ctrlerr", "difference from the system time", &[]),
    register(0x0930, 2, "=ecat.reg.dc.speedstart", "start of the speed counter", &[]),
    register(0x0932, 2, "=ecat.reg.dc.speeddiff", "difference of the speed counter", &[]),
    register(0x0934, 1, "=ecat.reg.dc.fltdepth.systimediff", "filter depth of the difference", &[]),
    register(0x0935, 1, "=ecat.reg.dc.fltdepth.speedcnt", "filter depth of the speed counter", &[]),
    register(
        0x0980,
        1,
        "=ecat.reg.dc.cycunitctrl",
        "access to the cyclic unit",
        &[
            ("=ecat.reg.dc.cycunitctrl.access_cyclic", 0, 1, "the application has the cyclic unit"),
            ("=ecat.reg.dc.cycunitctrl.access_latch0", 4, 1, "the application has latch 0"),
            ("=ecat.reg.dc.cycunitctrl.access_latch1", 5, 1, "the application has latch 1"),
        ],
    ),
    register(
        0x0981,
        1,
        "=ecat.reg.dc.activation",
        "activation of the cyclic unit",
        &[
            ("=ecat.reg.dc.activation.enablecyclic", 0, 1, "cyclic operation"),
            ("=ecat.reg.dc.activation.gen_sync0", 1, 1, "SYNC0 is made"),
            ("=ecat.reg.dc.activation.gen_sync1", 2, 1, "SYNC1 is made"),
        ],
    ),
    register(0x0982, 2, "=ecat.reg.dc.cycimpuls", "length of the pulses", &[]),
    register(0x098e, 1, "=ecat.reg.dc.sync0.status", "status of SYNC0", &[]),
    register(0x098f, 1, "=ecat.reg.dc.sync1.status", "status of SYNC1", &[]),
    register(0x0990, 8, "=ecat.reg.dc.starttime0", "start time (ns)", &[]),
    register(0x0998, 8, "=ecat.reg.dc.starttime1", "time of the next SYNC1 (ns)", &[]),
    register(0x09a0, 4, "=ecat.reg.dc.cyctime0", "cycle of SYNC0 (ns)", &[]),
    register(0x09a4, 4, "=ecat.reg.dc.cyctime1", "cycle of SYNC1 (ns)", &[]),
];

/// Units that map memory, and managers of buffers: many of a kind, each so many octets.
const MAPPERS: u16 = 0x0600;
const MANAGERS: u16 = 0x0800;
const MAPPER_OCTETS: u16 = 16;
const MANAGER_OCTETS: u16 = 8;

/// ETG.1000.6 table 9.
const STATES: &[(u64, &str)] =
    &[(1, "Init"), (2, "Pre-Operational"), (3, "Bootstrap"), (4, "Safe-Operational"), (8, "Operational")];

/// Of mappers, place within the unit.
const MAPPER: &[Register] = &[
    register(0, 4, "=ecat.fmmu.lstart", "logical address", &[]),
    register(4, 2, "=ecat.fmmu.llen", "octets", &[]),
    register(6, 1, "=ecat.fmmu.lstartbit", "first bit", &[]),
    register(7, 1, "=ecat.fmmu.lendbit", "last bit", &[]),
    register(8, 2, "=ecat.fmmu.pstart", "physical address", &[]),
    register(10, 1, "=ecat.fmmu.pstartbit", "first bit of the physical address", &[]),
    register(
        11,
        1,
        "=ecat.fmmu.type",
        "direction",
        &[("=ecat.fmmu.typeread", 0, 1, "for reading"), ("=ecat.fmmu.typewrite", 1, 1, "for writing")],
    ),
    register(12, 1, "=ecat.fmmu.activate", "activation", &[("=ecat.fmmu.activate0", 0, 1, "active")]),
];

/// Of managers.
const MANAGER: &[Register] = &[
    register(0, 2, "=ecat.syncman.start", "physical address", &[]),
    register(2, 2, "=ecat.syncman.len", "octets", &[]),
    register(
        4,
        2,
        "=ecat.syncman.ctrlstatus",
        "control and status",
        &[
            ("=ecat.syncman.opmode", 0, 2, "mode: 0 three buffers, 2 mailbox"),
            ("=ecat.syncman.access", 2, 2, "direction: 0 the application reads, 1 it writes"),
            ("=ecat.syncman.irq.ecat", 4, 1, "event of EtherCAT"),
            ("=ecat.syncman.irq.pdi", 5, 1, "event of the application"),
            ("=ecat.syncman.wdt", 6, 1, "watchdog"),
            ("=ecat.syncman.irq.write", 8, 1, "written"),
            ("=ecat.syncman.irq.read", 9, 1, "read"),
            ("=ecat.syncman.1bufstate", 11, 1, "the mailbox is full"),
            ("=ecat.syncman.3bufstate", 12, 2, "last of three buffers that was written"),
        ],
    ),
    register(
        6,
        2,
        "=ecat.syncman.smenable",
        "activation",
        &[
            ("=ecat.syncman.enable", 0, 1, "enabled"),
            ("=ecat.syncman.repeatreq", 1, 1, "the mailbox is to be repeated"),
            ("=ecat.syncman.latchsmchg.ecat", 6, 1, "latches when EtherCAT writes"),
            ("=ecat.syncman.latchsmchg.pdi", 7, 1, "latches when the application writes"),
            ("=ecat.syncman.deactivate", 8, 1, "deactivated by the application"),
            ("=ecat.syncman.repeatack", 9, 1, "repetition is acknowledged"),
        ],
    ),
];

fn numbers(register: &Register) -> Vec<Field> {
    let whole = match register.octets {
        1 => u8(register.name),
        2 => le16(register.name),
        4 => le32(register.name),
        _ => le64(register.name),
    };
    let parts = register.bits.iter().map(|(name, _, width, doc)| {
        let part = if *width == 1 { flag(name) } else { bits(name, *width) }.doc(doc);
        if matches!(*name, "=ecat.reg.alctrl.ctrl" | "=ecat.reg.alstatus.status") {
            part.names(STATES)
        } else {
            part
        }
    });
    std::iter::once(whole.hex().doc(register.doc)).chain(parts).collect()
}

/// The registers that a datagram's data hold; the datagram's head stands before the cursor.
pub(super) fn registers() -> Item {
    let mut fields: Vec<Field> =
        [REGISTERS, MAPPER, MANAGER].into_iter().flatten().flat_map(numbers).collect();
    fields.push(bytes("=ecat.fmmu", rest()).doc("mapper"));
    fields.push(bytes("=ecat.syncman", rest()).doc("sync manager"));
    Item::Custom(fields, show, None)
}

/// The head of a datagram has ten octets: the address within the device stands at the fifth.
fn show(walk: &mut Walk<'_, '_>) {
    let start = walk.offset();
    let head = start.checked_sub(10).and_then(|at| walk.all_octets().get(at..start));
    let Some([command, _, _, _, low, high, ..]) = head else { return };
    let (logical, first) = (matches!(command, 0 | 10..=12), u16::from_le_bytes([*low, *high]));
    let data = walk.rest();
    let octets = u16::try_from(data.len()).unwrap_or(u16::MAX);
    if logical || first >= 0x1000 {
        return;
    }
    for register in REGISTERS {
        let Some(place) = register.at.checked_sub(first) else { continue };
        emit(walk, register, data, place);
    }
    units(walk, data, first, octets, (MAPPERS, MAPPER_OCTETS, "=ecat.fmmu", MAPPER));
    units(walk, data, first, octets, (MANAGERS, MANAGER_OCTETS, "=ecat.syncman", MANAGER));
}

/// Whole units of a kind among the data, sixteen at most.
fn units(
    walk: &mut Walk<'_, '_>,
    data: &[u8],
    first: u16,
    octets: u16,
    (base, size, name, fields): (u16, u16, &str, &[Register]),
) {
    for unit in 0..16 {
        let at = base.saturating_add(size.saturating_mul(unit));
        let Some(place) = at.checked_sub(first).filter(|place| *place <= octets.saturating_sub(size)) else {
            continue;
        };
        if octets < size {
            return;
        }
        walk.emit(name, walk.offset().saturating_add(usize::from(place)), usize::from(size), 0);
        for register in fields {
            emit(walk, register, data, place.saturating_add(register.at));
        }
    }
}

/// A register at a place in the data, where all of it is there.
fn emit(walk: &mut Walk<'_, '_>, register: &Register, data: &[u8], place: u16) {
    let (place, octets) = (usize::from(place), usize::from(register.octets));
    let Some(octets_of) = data.get(place..place.saturating_add(octets)) else { return };
    let value = octets_of.iter().rev().fold(0, |sum, octet| sum << 8 | u64::from(*octet));
    let at = walk.offset().saturating_add(place);
    walk.emit(register.name, at, octets, value);
    for (name, low, width, _) in register.bits {
        walk.emit(name, at, octets, value >> low & !(u64::MAX << width));
    }
}
