//! Lists of packets as scapy has them: what `rdpcap` gives, `PacketList([…])`, with `summary()`, `filter(…)`, `sessions()`.

use super::class::{ClassValue, Shared};
use super::functions::{context, packet_of, refused, summary};
use super::packet::{PacketValue, Wanted};
use crate::craft::catalog::Catalog;
use crate::craft::script::fault::article;
use allocative::Allocative;
use nettool_plugins::limits::Charge;
use starlark::environment::{GlobalsBuilder, Methods, MethodsBuilder};
use starlark::eval::Evaluator;
use starlark::starlark_simple_value;
use starlark::values::dict::AllocDict;
use starlark::values::none::NoneType;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Octets of an entry.
const ENTRY: usize = 64;

#[derive(ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct PacketList {
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    catalog: Shared,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    packets: Mutex<Vec<PacketValue>>,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    held: Held,
    /// What the list is called.
    name: String,
}

/// What the list holds outside of the host's heap.
#[derive(Default)]
struct Held(Mutex<Vec<Charge>>);

impl Held {
    fn more(&self, entries: usize) {
        let charge = Charge::new(entries.saturating_mul(ENTRY));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(charge);
    }
}

starlark_simple_value!(PacketList);

impl fmt::Debug for PacketList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// `<PacketList: TCP:2 UDP:1 ICMP:0 Other:0>`, as scapy shows it.
impl fmt::Display for PacketList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KINDS: [&str; 3] = ["TCP", "UDP", "ICMP"];
        let mut counts = [0_usize; 4];
        for packet in self.packets().iter() {
            let kind = KINDS.iter().position(|name| packet.find(&Wanted::Name((*name).into()), 0).is_some());
            if let Some(count) = counts.get_mut(kind.unwrap_or(3)) {
                *count += 1;
            }
        }
        let [tcp, udp, icmp, other] = counts;
        write!(out, "<{}: TCP:{tcp} UDP:{udp} ICMP:{icmp} Other:{other}>", self.name)
    }
}

impl PacketList {
    pub(crate) fn new(catalog: &'static Catalog, packets: Vec<PacketValue>) -> PacketList {
        let held = Held::default();
        held.more(packets.len());
        PacketList { catalog: Shared(catalog), packets: Mutex::new(packets), held, name: "PacketList".into() }
    }

    /// The same list under a name, which is shown.
    pub(crate) fn named(self, name: &str) -> PacketList {
        PacketList { name: name.into(), ..self }
    }

    pub(crate) fn packets(&self) -> MutexGuard<'_, Vec<PacketValue>> {
        self.packets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The packets, each sharing its layers with the list's.
    fn shared(&self) -> Vec<PacketValue> {
        self.packets().iter().map(PacketValue::same).collect()
    }

    fn of(&self, packets: Vec<PacketValue>) -> PacketList {
        PacketList::new(self.catalog.0, packets)
    }

    fn push(&self, packets: Vec<PacketValue>) {
        self.held.more(packets.len());
        self.packets().extend(packets);
    }

    fn place(&self, index: i32) -> starlark::Result<usize> {
        let length = self.packets().len();
        let at =
            if index < 0 { length.checked_sub(index.unsigned_abs() as usize) } else { Some(index as usize) };
        let wrong = || refused(format!("there is no packet {index}: the list has {length}"));
        at.filter(|at| *at < length).ok_or_else(wrong)
    }
}

/// Packets of a value, each sharing its layers with the value's.
pub(super) fn packets_of<'v>(value: Value<'v>, heap: Heap<'v>) -> starlark::Result<Vec<PacketValue>> {
    if let Some(list) = PacketList::from_value(value) {
        return Ok(list.shared());
    }
    if let Some(packet) = PacketValue::from_value(value) {
        return Ok(vec![packet.same()]);
    }
    let one = |value: Value<'v>| match (PacketValue::from_value(value), ClassValue::from_value(value)) {
        (Some(packet), _) => Ok(packet.same()),
        (_, Some(class)) => Ok(class.made()),
        _ => Err(refused(format!("a list of packets holds packets, not {}", article(value.get_type())))),
    };
    value.iterate(heap)?.map(one).collect()
}

#[starlark_value(type = "packets")]
impl<'v> StarlarkValue<'v> for PacketList {
    fn get_methods() -> Option<&'static Methods> {
        Some(METHODS.methods())
    }

    fn length(&self) -> starlark::Result<i32> {
        Ok(i32::try_from(self.packets().len()).unwrap_or(i32::MAX))
    }

    fn to_bool(&self) -> bool {
        !self.packets().is_empty()
    }

    fn at(&self, index: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        if let Some(index) = index.unpack_i32() {
            let at = self.place(index)?;
            return self
                .packets()
                .get(at)
                .map(|packet| heap.alloc(packet.same()))
                .ok_or_else(|| refused("the list has changed".into()));
        }
        // `packets[TCP]`: those that have the layer
        let wanted = Wanted::of(index).ok_or_else(|| {
            refused(format!("a list of packets takes a number or a layer, not {}", article(index.get_type())))
        })?;
        let kept = self.shared().into_iter().filter(|packet| packet.find(&wanted, 0).is_some());
        Ok(heap.alloc(self.of(kept.collect())))
    }

    fn slice(
        &self,
        start: Option<Value<'v>>,
        stop: Option<Value<'v>>,
        stride: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let all = self.shared();
        let number = |value: Option<Value<'v>>| value.and_then(|value| value.unpack_i32()).map(i64::from);
        let kept = cut(all.len(), number(start), number(stop), number(stride).unwrap_or(1));
        Ok(heap
            .alloc(self.of(kept.into_iter().filter_map(|at| all.get(at)).map(PacketValue::same).collect())))
    }

    fn set_at(&self, index: Value<'v>, value: Value<'v>) -> starlark::Result<()> {
        let at = self.place(index.unpack_i32().ok_or_else(|| refused("the place is a number".into()))?)?;
        let packet = packet_of(value)?.same();
        if let Some(entry) = self.packets().get_mut(at) {
            *entry = packet;
        }
        Ok(())
    }

    fn iterate_collect(&self, heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        Ok(self.shared().into_iter().map(|packet| heap.alloc(packet)).collect())
    }

    fn add(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let all = packets_of(other, heap).map(|more| {
            let mut all = self.shared();
            all.extend(more);
            heap.alloc(self.of(all))
        });
        Some(all)
    }

    fn radd(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let all = packets_of(other, heap).map(|mut all| {
            all.extend(self.shared());
            heap.alloc(self.of(all))
        });
        Some(all)
    }

    fn mul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let times = usize::try_from(other.unpack_i32()?).unwrap_or(0);
        let packets = self.shared();
        if packets.len().saturating_mul(times) > MOST {
            return Some(Err(refused(format!("a list of packets holds at most {MOST}"))));
        }
        let all = (0..times).flat_map(|_| packets.iter().map(PacketValue::same)).collect();
        Some(Ok(heap.alloc(self.of(all))))
    }

    fn rmul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        self.mul(other, heap)
    }

    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        let Some(other) = PacketList::from_value(other) else { return Ok(false) };
        let (own, other) = (self.shared(), other.shared());
        Ok(own.len() == other.len() && own.iter().zip(&other).all(|(a, b)| a.packet() == b.packet()))
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        match attribute {
            // `packets.res`: the packets as a plain list
            "res" => Some(
                heap.alloc(self.shared().into_iter().map(|packet| heap.alloc(packet)).collect::<Vec<_>>()),
            ),
            "listname" => Some(heap.alloc(self.name.as_str())),
            "stats" => Some(heap.alloc(Vec::<Value<'v>>::new())),
            _ => None,
        }
    }

    fn dir_attr(&self) -> Vec<String> {
        vec!["listname".into(), "res".into()]
    }
}

/// The places that `[start:stop:stride]` takes of so many.
fn cut(length: usize, start: Option<i64>, stop: Option<i64>, stride: i64) -> Vec<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (least, most) = if stride < 0 { (-1, length - 1) } else { (0, length) };
    let place = |at: i64| if at < 0 { at.saturating_add(length) } else { at }.clamp(least, most);
    let (first, last) = if stride < 0 { (most, least) } else { (least, most) };
    let (mut at, end) = (start.map_or(first, place), stop.map_or(last, place));
    let mut places = Vec::new();
    while stride != 0 && (stride > 0 && at < end || stride < 0 && at > end) {
        places.extend(usize::try_from(at));
        at = at.saturating_add(stride);
    }
    places
}

/// Packets of a list.
const MOST: usize = 1 << 20;

/// Prints a line for each packet: what a function makes of it, or its summary, behind its number if that is wanted.
fn lines<'v>(
    list: &PacketList,
    numbered: bool,
    prn: Option<Value<'v>>,
    lfilter: Option<Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<NoneType> {
    for (at, packet) in list.shared().into_iter().enumerate() {
        let line = summary(&packet)?;
        let packet = eval.heap().alloc(packet);
        if let Some(wanted) = lfilter.filter(|wanted| !wanted.is_none())
            && !eval.eval_function(wanted, &[packet], &[])?.to_bool()
        {
            continue;
        }
        let line = match prn.filter(|prn| !prn.is_none()) {
            Some(prn) => super::python::repr::text(eval.eval_function(prn, &[packet], &[])?),
            None => line,
        };
        let number = if numbered { format!("{at:04} ") } else { String::new() };
        context(eval)?.grants.print(&format!("{number}{line}\n"));
    }
    Ok(NoneType)
}

/// What parts a list: the values that a function gives, or the ends of what a packet belongs to.
fn parted<'v>(
    list: &PacketList,
    by: Option<Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let heap = eval.heap();
    let mut parts: Vec<(Value<'v>, Vec<PacketValue>)> = Vec::new();
    for packet in list.shared() {
        let kept = packet.same();
        let key = match by {
            Some(by) => eval.eval_function(by, &[heap.alloc(packet)], &[])?,
            None => heap.alloc(super::shown::session(&packet)),
        };
        match parts.iter_mut().find(|(known, _)| known.equals(key).unwrap_or(false)) {
            Some((_, packets)) => packets.push(kept),
            None => parts.push((key, vec![kept])),
        }
    }
    Ok(heap.alloc(AllocDict(parts.into_iter().map(|(key, packets)| (key, heap.alloc(list.of(packets)))))))
}

fn list_of<'v>(value: Value<'v>) -> starlark::Result<&'v PacketList> {
    PacketList::from_value(value)
        .ok_or_else(|| refused(format!("packets are wanted, not {}", article(value.get_type()))))
}

starlark::methods_static!(METHODS = methods);

#[starlark::starlark_module]
fn methods(builder: &mut MethodsBuilder) {
    /// Prints each packet on a line.
    fn summary<'v>(
        this: Value<'v>,
        prn: Option<Value<'v>>,
        lfilter: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        lines(list_of(this)?, false, prn, lfilter, eval)
    }

    /// Prints each packet on a line, behind its number.
    fn nsummary<'v>(
        this: Value<'v>,
        prn: Option<Value<'v>>,
        lfilter: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        lines(list_of(this)?, true, prn, lfilter, eval)
    }

    /// The same.
    fn show<'v>(this: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<NoneType> {
        lines(list_of(this)?, true, None, None, eval)
    }

    /// Prints the octets of each packet behind its number and its line.
    fn hexdump<'v>(
        this: Value<'v>,
        lfilter: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        for (at, packet) in list_of(this)?.shared().into_iter().enumerate() {
            let line = summary(&packet)?;
            let octets = super::functions::octets_of(&packet)?;
            let packet = eval.heap().alloc(packet);
            if let Some(wanted) = lfilter
                && !eval.eval_function(wanted, &[packet], &[])?.to_bool()
            {
                continue;
            }
            let dump = crate::craft::from_octets::hexdump(&octets);
            context(eval)?.grants.print(&format!("{at:04} {line}\n{dump}"));
        }
        Ok(NoneType)
    }

    /// The packets for which a function gives what is true.
    fn filter<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] function: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<PacketList> {
        let list = list_of(this)?;
        let mut kept = Vec::new();
        for packet in list.shared() {
            let own = packet.same();
            if eval.eval_function(function, &[eval.heap().alloc(packet)], &[])?.to_bool() {
                kept.push(own);
            }
        }
        Ok(list.of(kept))
    }

    /// The layers of a kind that the packets have, each from that layer on.
    fn getlayer<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] cls: Value<'v>,
        #[starlark(default = 1)] nb: i32,
        #[starlark(default = "")] name: &str,
    ) -> starlark::Result<PacketList> {
        let list = list_of(this)?;
        let wanted = Wanted::of(cls)
            .ok_or_else(|| refused(format!("a layer is wanted, not {}", article(cls.get_type()))))?;
        let nth = usize::try_from(nb).unwrap_or(1).max(1) - 1;
        let found = list.shared().into_iter().filter_map(|packet| packet.find(&wanted, nth));
        let found = list.of(found.collect());
        Ok(if name.is_empty() { found } else { found.named(name) })
    }

    /// Packets and those that answer them, as pairs; and what was not answered and answers nothing.
    fn sr<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let list = list_of(this)?;
        let packets = list.shared();
        let mut taken = vec![false; packets.len()];
        let mut pairs = Vec::new();
        for (request, answer) in super::answered::paired(&packets)? {
            for at in [request, answer] {
                taken.iter_mut().skip(at).take(1).for_each(|taken| *taken = true);
            }
            let packet = |at: usize| packets.get(at).map(|packet| heap.alloc(packet.same()));
            pairs.extend(packet(request).zip(packet(answer)).map(|pair| heap.alloc(pair)));
        }
        let left = packets.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(packet, _)| packet);
        Ok(heap.alloc((heap.alloc(pairs), heap.alloc(list.of(left.collect())))))
    }

    /// The packets by what they belong to: a dictionary of lists.
    fn sessions<'v>(
        this: Value<'v>,
        session_extractor: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        parted(list_of(this)?, session_extractor, eval)
    }

    /// Puts a packet behind the others.
    fn append<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] packet: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<NoneType> {
        let list = list_of(this)?;
        list.push(packets_of(packet, heap)?);
        Ok(NoneType)
    }

    /// Puts packets behind the others.
    fn extend<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] packets: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<NoneType> {
        let list = list_of(this)?;
        list.push(packets_of(packets, heap)?);
        Ok(NoneType)
    }

    /// Takes a packet out: the last, or the one at a place.
    fn pop<'v>(
        this: Value<'v>,
        #[starlark(require = pos, default = -1)] index: i32,
    ) -> starlark::Result<PacketValue> {
        let list = list_of(this)?;
        let at = list.place(index)?;
        Ok(list.packets().remove(at))
    }

    /// The next packet of a file, which is then no longer in the list.
    fn read_packet<'v>(this: Value<'v>) -> starlark::Result<PacketValue> {
        let list = list_of(this)?;
        let mut packets = list.packets();
        if packets.is_empty() {
            return Err(refused("the file has no further packet; ask with `while packets:`".into()));
        }
        Ok(packets.remove(0))
    }

    /// The packets of a file that are left, or so many of them.
    fn read_all<'v>(this: Value<'v>, #[starlark(default = -1)] count: i32) -> starlark::Result<PacketList> {
        let list = list_of(this)?;
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(list.packets().len());
        let taken = list.packets().drain(..count).collect();
        Ok(list.of(taken))
    }

    /// Nothing: a file is read at once.
    fn close<'v>(this: Value<'v>) -> starlark::Result<NoneType> {
        list_of(this)?;
        Ok(NoneType)
    }

    /// Turns the order round.
    fn reverse<'v>(this: Value<'v>) -> starlark::Result<NoneType> {
        list_of(this)?.packets().reverse();
        Ok(NoneType)
    }

    /// A list of its own with the same packets.
    fn copy<'v>(this: Value<'v>) -> starlark::Result<PacketList> {
        let list = list_of(this)?;
        Ok(list.of(list.shared()))
    }
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// Packets as a list, as scapy's users write it.
    fn PacketList<'v>(
        res: Option<Value<'v>>,
        #[starlark(default = "PacketList")] name: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<PacketList> {
        let catalog = context(eval)?.catalog;
        let heap = eval.heap();
        let packets = res.map_or_else(|| Ok(Vec::new()), |packets| packets_of(packets, heap))?;
        Ok(self::PacketList::new(catalog, packets).named(name))
    }
}

pub(super) fn given(list: &PacketList) -> crate::craft::value::Value {
    let packets =
        list.packets().iter().map(|packet| crate::craft::value::Value::Packet(packet.packet())).collect();
    crate::craft::value::Value::List(packets)
}
