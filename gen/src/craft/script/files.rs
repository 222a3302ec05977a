//! Capture files as scripts read and write them.

use super::functions::{context, refused};
use super::lists::PacketList;
use super::packet::PacketValue;
use super::{Packets, Record, convert};
use crate::craft::from_octets;
use crate::craft::script::fault::article;
use nettool_plugins::limits::at_length;
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::Value;
use starlark::values::none::NoneType;
use std::path::Path;

/// The packets of a file, the first so many.
fn read(path: &str, count: i32, eval: &Evaluator<'_, '_, '_>) -> starlark::Result<PacketList> {
    let context = context(eval)?;
    let frames = at_length(|| context.grants.read(Path::new(path))).map_err(refused)?;
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let packets = frames.iter().take(most).map(|frame| {
        let packet = from_octets::of_link(context.catalog, frame.link_type, &frame.octets);
        PacketValue::new(context.catalog, packet).at_time(frame.time)
    });
    let name = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(PacketList::new(context.catalog, packets.collect()).named(&name.unwrap_or_default()))
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// The packets of a capture file; with `count` the first so many.
    fn rdpcap<'v>(
        #[starlark(require = pos)] filename: &str,
        #[starlark(default = -1)] count: i32,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<PacketList> {
        read(filename, count, eval)
    }

    /// The same, for loops.
    fn PcapReader<'v>(
        #[starlark(require = pos)] filename: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<PacketList> {
        read(filename, -1, eval)
    }

    /// The same.
    fn RawPcapReader<'v>(
        #[starlark(require = pos)] filename: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<PacketList> {
        read(filename, -1, eval)
    }

    /// The packets of a capture file, `sniff(offline=…)`: those for which `lfilter` gives what is true, each passed to `prn`.
    fn sniff<'v>(
        offline: Option<&str>,
        #[starlark(default = 0)] count: i32,
        lfilter: Option<Value<'v>>,
        prn: Option<Value<'v>>,
        #[starlark(kwargs)] others: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let path = offline.ok_or_else(|| {
            refused(
                "a script takes packets from files alone, `sniff(offline=\"in.pcap\")`: `nettool capture` captures, `nettool ask` waits for answers".into(),
            )
        })?;
        if others.get("filter").is_some_and(|filter| !filter.is_none()) {
            return Err(refused(
                "`sniff` takes a function here, `lfilter=lambda p: …`; `nettool read FILE 'FILTER' -w OUT` takes a filter".into(),
            ));
        }
        let heap = eval.heap();
        let all = heap.alloc(read(path, -1, eval)?);
        let most = usize::try_from(count).ok().filter(|count| *count > 0).unwrap_or(usize::MAX);
        let mut kept = Vec::new();
        let packets: Vec<Value<'v>> = all.iterate(heap)?.collect();
        for packet in packets {
            if kept.len() >= most {
                break;
            }
            if let Some(wanted) = lfilter
                && !wanted.is_none()
                && !eval.eval_function(wanted, &[packet], &[])?.to_bool()
            {
                continue;
            }
            if let Some(prn) = prn.filter(|prn| !prn.is_none()) {
                let said = eval.eval_function(prn, &[packet], &[])?;
                if !said.is_none() {
                    context(eval)?.grants.print(&format!("{}\n", said.to_str()));
                }
            }
            kept.extend(PacketValue::from_value(packet).map(PacketValue::same));
        }
        // `store=0`: what `prn` was shown is not kept
        if others.get("store").is_some_and(|store| !store.to_bool()) {
            kept.clear();
        }
        Ok(heap.alloc(PacketList::new(context(eval)?.catalog, kept).named("Sniffed")))
    }

    /// Writes packets to a capture file. With `append` behind those that it has.
    fn wrpcap<'v>(
        #[starlark(require = pos)] filename: &str,
        #[starlark(require = pos)] pkt: Value<'v>,
        #[starlark(default = false)] append: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let context = context(eval)?;
        let mut list = Vec::new();
        if !convert::packets(pkt, &mut list) {
            return Err(refused(format!("`wrpcap` takes packets, not {}", article(pkt.get_type()))));
        }
        let before = match append && Path::new(filename).exists() {
            true => at_length(|| context.grants.read(Path::new(filename))).map_err(refused)?,
            false => Vec::new(),
        };
        let mut made = Packets::new(context.catalog, list, context.seed, "wrpcap", "");
        let link = before.first().map_or_else(|| made.link_type(), |frame| frame.link_type);
        let mut before = before.into_iter();
        let mut fault = None;
        let mut frames = std::iter::from_fn(|| {
            if let Some(frame) = before.next() {
                return Some(frame);
            }
            match made.next_frame()? {
                Ok(frame) => {
                    let octets = frame.octets.to_vec();
                    Some(Record { link_type: frame.link_type, octets, time: frame.time })
                }
                Err(error) => {
                    fault = Some(error.message);
                    None
                }
            }
        });
        at_length(|| context.grants.write(Path::new(filename), link, &mut frames)).map_err(refused)?;
        match fault {
            Some(message) => Err(refused(message)),
            None => Ok(NoneType),
        }
    }
}
